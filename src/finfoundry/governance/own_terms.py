"""The institution's own words: terms that a person proposes, a second one approves, and either retires. Each version stays as it was.

Rows are read and written by the application's role as the person who acts, so that a term under a label that somebody may not read is no
term to that person: not in a list, not in an answer, not as the name that a new term would share. Each act is a record of the audit in its
transaction. What an entry may say is checked before, where the vocabulary is known (``ask/lexicon/term_checks.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Literal

from psycopg.types.json import Jsonb

from finfoundry.core.display import Display
from finfoundry.core.errors import InputError, NotFound
from finfoundry.core.formulas import Show
from finfoundry.core.principal import Principal
from finfoundry.governance.policy import GENERAL
from finfoundry.runtime import audit
from finfoundry.runtime.approval import Acts, acts_of, refuse_own, refuse_unchanged
from finfoundry.runtime.database import Connection, Database

TermKind = Literal["synonym", "formula", "norm"]
TermState = Literal["proposed", "approved", "retired"]
LOCK = 7246250  # one proposal or decision at a time


@dataclass(frozen=True, slots=True)
class TermEntry:
    """What a term says.

    A synonym gives another name, ``en`` and ``zh``, to a known metric or formula (``means``), or to a line that documents print
    (``printed``). A formula is a metric by an ``expression`` over known names. A norm is the level from which on (``better`` lower: up to
    which) the metric or formula that it ``means`` is taken as sound. ``redefines``: a name of it is one of the product's, which means for
    this home what the entry says.
    """

    name: str
    kind: TermKind
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()
    means: str = ""
    printed: str = ""
    expression: str = ""
    show: Show | None = None
    better: Literal["higher", "lower"] | None = None
    norm: Decimal | None = None
    definition: str = ""
    label: str = GENERAL
    redefines: bool = False


@dataclass(frozen=True, slots=True)
class OwnTerm(Acts):
    """One version of a term with its state."""

    id: int
    entry: TermEntry
    version: int
    state: TermState

    @classmethod
    def show_all(cls, rows: Sequence[OwnTerm], display: Display) -> None:
        """The terms as one table."""
        header = ("id", "name", "version", "state", "kind", "names", "means", "label", "proposed", "approved")
        display.table(header, [row.cells() for row in rows])

    def cells(self) -> list[str]:
        """The fields of a row of that table."""
        entry = self.entry
        means = entry.expression or entry.printed or entry.means
        means += f" {'≤' if entry.better == 'lower' else '≥'} {entry.norm}" if entry.norm is not None else ""
        told = [str(self.id), entry.name, str(self.version), self.state, entry.kind, ", ".join((*entry.en, *entry.zh)), means, entry.label]
        told[4] += ", redefines" if entry.redefines else ""
        return [*told, *self.shown_acts()]


class TermRegister:
    """The terms of one database, as a person may see and change them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def propose(self, principal: Principal, entries: Sequence[TermEntry]) -> list[OwnTerm]:
        """Keep checked entries, each as the next version of its name under its label, all or none.

        Raises NotFound for a label that the principal does not know, NotPermitted where the principal may not write.
        """
        with self._changing(principal) as connection:
            return [_propose(connection, principal, entry) for entry in entries]

    def approve(self, principal: Principal, numbers: Sequence[int]) -> list[OwnTerm]:
        """Put versions in force, all or none; those of the same names that were in force are retired.

        Raises:
            NotFound: no such version that the principal may read.
            NotPermitted: the principal proposed one, nothing proves who did, or the principal may not write under its label.
            InputError: one is not proposed any more.
        """
        with self._changing(principal) as connection:
            for number in numbers:
                _approve(connection, principal, _one(connection, number))
            return [_one(connection, number) for number in numbers]

    def retire(self, principal: Principal, number: int) -> OwnTerm:
        """End the use of a version, or withdraw a proposal; one person is enough. Raises NotFound, NotPermitted, InputError."""
        with self._changing(principal) as connection:
            term = _one(connection, number)
            if term.state == "retired":
                raise InputError(f"Term {number} ({term.entry.name}) is retired already")
            _retire(connection, principal, term)
            return _one(connection, number)

    def terms(self, principal: Principal, state: TermState | None = None) -> list[OwnTerm]:
        """All versions that the principal may read, or those of one state, by name and version."""
        with self._database.transaction(principal) as connection:
            query = f"{_READ} WHERE %(state)s::text IS NULL OR t.state = %(state)s ORDER BY t.name, l.name, t.version"
            return [_term(row) for row in connection.execute(query, {"state": state})]

    def versions_of(self, principal: Principal, number: int) -> list[OwnTerm]:
        """The version of this number, then the other versions of its term, the latest first. Raises NotFound."""
        with self._database.transaction(principal) as connection:
            entry = _one(connection, number).entry
            query = f"{_READ} WHERE t.name = %s AND l.name = %s ORDER BY t.id <> %s, t.version DESC"
            return [_term(row) for row in connection.execute(query, (entry.name, entry.label, number))]

    def in_force(self, principal: Principal) -> tuple[int, ...]:
        """The numbers of the approved versions that the principal may read, in the order in which they were approved."""
        with self._database.transaction(principal) as connection:
            rows = connection.execute("SELECT id FROM terms WHERE state = 'approved' ORDER BY approved_at, id")
            return tuple(number for (number,) in rows)

    def read(self, principal: Principal, numbers: Iterable[int]) -> list[OwnTerm]:
        """Versions by their numbers, in the order in which they were approved; those that the principal may not read are left out."""
        with self._database.transaction(principal) as connection:
            rows = connection.execute(f"{_READ} WHERE t.id = ANY (%s) ORDER BY t.approved_at, t.id", (list(numbers),))
            return [_term(row) for row in rows]

    @contextmanager
    def _changing(self, principal: Principal) -> Iterator[Connection]:
        with self._database.transaction(principal) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            yield connection


def _propose(connection: Connection, principal: Principal, entry: TermEntry) -> OwnTerm:
    row = connection.execute("SELECT id FROM labels WHERE name = %s", (entry.label,)).fetchone()
    if row is None:
        raise NotFound(f"There is no label {entry.label!r} for the term {entry.name!r}", remedy="See finfoundry labels list")
    content = {key: value for key, value in asdict(entry).items() if key not in ("name", "label")}
    made = connection.execute(
        "INSERT INTO terms (label_id, name, version, content, proposed_by, proposed_proof) SELECT %(label)s, %(name)s,"
        " (SELECT coalesce(max(version), 0) + 1 FROM terms WHERE label_id = %(label)s AND name = %(name)s), %(content)s, %(by)s, %(proof)s"
        " RETURNING id",
        {
            "label": row[0], "name": entry.name, "content": Jsonb(audit.plain(content)), "by": principal.user, "proof": principal.proof,
        },
    ).fetchone()  # fmt: skip
    term = _one(connection, int(made[0]) if made else 0)
    _record(connection, principal, "term proposed", term)
    return term


def _approve(connection: Connection, principal: Principal, term: OwnTerm) -> None:
    said = f"term {term.id} ({term.entry.name}, version {term.version})"
    if term.state != "proposed":
        raise InputError(f"{said} is {term.state}, not proposed", remedy="Propose a new version: finfoundry terms add")
    refuse_own(principal, term, said)
    for before in connection.execute(
        f"{_READ} WHERE t.name = %s AND l.name = %s AND t.state = 'approved'", (term.entry.name, term.entry.label)
    ).fetchall():
        _retire(connection, principal, _term(before))
    update = "UPDATE terms SET state = 'approved', approved_by = %s, approved_proof = %s, approved_at = clock_timestamp() WHERE id = %s"
    refuse_unchanged(connection.execute(update, (principal.user, principal.proof, term.id)).rowcount, principal, term.entry.label)
    _record(connection, principal, "term approved", term)


def _retire(connection: Connection, principal: Principal, term: OwnTerm) -> None:
    update = "UPDATE terms SET state = 'retired', retired_by = %s, retired_at = clock_timestamp() WHERE id = %s"
    refuse_unchanged(connection.execute(update, (principal.user, term.id)).rowcount, principal, term.entry.label)
    _record(connection, principal, "term retired", term)


def _record(connection: Connection, principal: Principal, action: str, term: OwnTerm) -> None:
    step = audit.AuditStep("term", {"term": term, "proof": principal.proof})
    audit.append(connection, audit.AuditRecord(principal.user, action, (step,), target=str(term.id)))


_READ = (
    "SELECT t.id, t.name, l.name, t.content, t.version, t.state, t.proposed_by, t.proposed_at, t.proposed_proof, t.approved_by,"
    " t.approved_at, t.approved_proof, t.retired_by, t.retired_at FROM terms t JOIN labels l ON l.id = t.label_id"
)


def _one(connection: Connection, number: int) -> OwnTerm:
    row = connection.execute(f"{_READ} WHERE t.id = %s", (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no term {number}", remedy="See finfoundry terms list")
    return _term(row)


def _term(row: tuple[Any, ...]) -> OwnTerm:
    number, name, label, content, version, state, *acts = row
    said = {**content, "en": tuple(content["en"]), "zh": tuple(content["zh"])}
    said["norm"] = Decimal(said["norm"]) if said["norm"] is not None else None
    return OwnTerm(number, TermEntry(name=name, label=label, **said), version, state, **acts_of(acts))
