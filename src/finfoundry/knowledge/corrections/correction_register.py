"""Corrections in the database: shown, proposed by one person, approved by a second one, undone by either. Each version stays as it was.

Rows are read and written by the application's role as the person who acts: who may not read a document sees no correction of it, who may
not write under its label makes none. The database itself changes the fact when a correction comes into force or is undone
(``0260_corrections.sql``); each act is a record of the audit in its transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from finfoundry.core.document import Certificate, FactReading
from finfoundry.core.errors import InputError, NotFound
from finfoundry.core.principal import Principal
from finfoundry.knowledge.corrections.corrected_fields import CorrectionFields, check_why
from finfoundry.knowledge.corrections.correction import Correction, CorrectionDraft, CorrectionState
from finfoundry.knowledge.corrections.drafting import Reach, drafted, no_fact, place_of
from finfoundry.knowledge.corrections.identity_changes import document_changes, identities_of
from finfoundry.knowledge.ids import document_id, document_number
from finfoundry.knowledge.ingest.certificate import find_conflicts
from finfoundry.knowledge.ingest.identities import find_identities
from finfoundry.knowledge.search.terms import label_weights, sparse
from finfoundry.knowledge.storage import fact_query
from finfoundry.knowledge.storage.document_rows import period_end
from finfoundry.knowledge.storage.fact_query import StoredFact, reading_of
from finfoundry.runtime import audit
from finfoundry.runtime.approval import acts_of, not_writable, refuse_own, refuse_unchanged
from finfoundry.runtime.database import Connection, Database

LOCK_SPACE = 7246260  # the first of the two numbers of a document's advisory lock: one proposal or decision at a time
MOST_PROPOSALS = 20  # of one fact that wait for a decision
MOST_LISTED = 1_000  # corrections of one list, training pairs of one request
ANEW = "Look at the document as it is now and propose it anew: finfoundry corrections propose"
ANYWAY = 'Look at the other cells first; if the correction is right all the same, say so: --anyway, over HTTP "anyway": true'


class CorrectionRegister:
    """The corrections of one database, as a person may see and make them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def draft(self, principal: Principal, fact: str, given: CorrectionFields, reach: Reach = "cell") -> list[CorrectionDraft]:
        """What a correction would change, of the fact first. Nothing is kept. Raises NotFound for a fact that the principal may not read,
        InputError.
        """
        with self._database.transaction(principal) as connection:
            return [draft for _, draft in drafted(connection, fact, given, reach)]

    def propose(
        self, principal: Principal, fact: str, given: CorrectionFields, why: str, *, reach: Reach = "cell", anyway: bool = False
    ) -> list[Correction]:
        """Keep a correction of a fact, and of those of its table within ``reach``; they stay as they are until a second person approves.

        Raises:
            NotFound: no such fact that the principal may read.
            NotPermitted: the principal may not write under the document's label.
            InputError: a field cannot be read, nothing changes, too many proposals wait for the fact, or, without ``anyway``, an identity
                breaks; it names those.
        """
        reason = check_why(why)
        with self._database.transaction(principal) as connection:
            _refuse_unwritable(connection, principal, fact)
            lock_documents(connection, [place_of(fact)[0]])
            together = drafted(connection, fact, given, reach)
            (_, first), *_ = together
            if first.broken and not anyway:
                broken = "; ".join(one.shown() for one in first.broken)
                raise InputError(f"The correction of {fact} breaks what holds in {first.name}: {broken}", remedy=ANYWAY)
            for stored, _ in together:
                _refuse_crowd(connection, stored.id)
            made = [_one(connection, _inserted(connection, principal, *one, reason)) for one in together]
            for one in made:
                _record(connection, principal, "correction proposed", one)
            return made

    def approve(self, principal: Principal, numbers: Sequence[int]) -> list[Correction]:
        """Put corrections in force one after another, all or none; each replaces the one of its fact that was in force. The identities of
        a document are tried once, with all of them in force.

        Raises:
            NotFound: no such correction that the principal may read; its document may have been deleted since.
            NotPermitted: the principal proposed one, nothing proves who did, or the principal may not write under its label.
            InputError: one is not proposed any more, its fact was corrected since, or they would break an identity that none showed.
        """
        with self._changing(principal, numbers) as (connection, found):
            for document in dict.fromkeys(one.change.document for one in found):
                _approve_together(connection, principal, [one for one in found if one.change.document == document])
            return [_one(connection, number) for number in numbers]

    def undo(self, principal: Principal, number: int) -> Correction:
        """Give the fact again as it was before a correction came into force; one person is enough. Raises NotFound, NotPermitted, and
        InputError for one that is not in force or on which another one rests.
        """
        with self._changing(principal, [number]) as (connection, (made,)):
            if made.state != "approved":
                remedy = f"Withdraw a proposal: finfoundry corrections retire {number}" if made.state == "proposed" else None
                raise InputError(f"Correction {number} is {made.state}, not in force", remedy=remedy)
            latest = _in_force(connection, made.change.fact)
            if latest != number:
                raise InputError(f"Correction {latest} rests on correction {number}", remedy=f"Undo {latest} first, then {number}")
            return _retired(connection, principal, made, "correction undone")

    def retire(self, principal: Principal, number: int) -> Correction:
        """Withdraw a proposal; one person is enough. Raises NotFound, NotPermitted, InputError."""
        with self._changing(principal, [number]) as (connection, (made,)):
            if made.state != "proposed":
                remedy = f"Undo it: finfoundry corrections undo {number}" if made.state == "approved" else None
                raise InputError(f"Correction {number} is {made.state}, not proposed", remedy=remedy)
            return _retired(connection, principal, made, "correction withdrawn")

    def corrections(
        self,
        principal: Principal,
        state: CorrectionState | None = None,
        document: str | None = None,
        *,
        limit: int = MOST_LISTED,
        after: int = 0,
    ) -> list[Correction]:
        """Versions that the principal may read, or those of one state or document, by their numbers: at most ``limit`` above ``after``.
        Raises NotFound for what can be no document.
        """
        values = {"state": state, "document": None if document is None else document_number(document), "limit": limit, "after": after}
        with self._database.transaction(principal) as connection:
            query = (
                f"{_READ} WHERE c.id > %(after)s AND (%(state)s::text IS NULL OR c.state = %(state)s)"
                " AND (%(document)s::bigint IS NULL OR c.document_id = %(document)s) ORDER BY c.id LIMIT %(limit)s"
            )
            return [_correction(row) for row in connection.execute(query, values)]

    def in_force(self, principal: Principal, *, limit: int = MOST_LISTED, after: int = 0) -> list[Correction]:
        """Those that their facts bear now and the principal may read, by their numbers: at most ``limit`` above ``after``."""
        with self._database.transaction(principal) as connection:
            query = f"{_READ} WHERE c.id > %s AND c.state = 'approved' AND f.correction_id = c.id ORDER BY c.id LIMIT %s"
            return [_correction(row) for row in connection.execute(query, (after, limit))]

    def versions_of(self, principal: Principal, number: int) -> list[Correction]:
        """The correction of this number, then the other versions for its fact, the latest ``MOST_LISTED`` of them. Raises NotFound."""
        with self._database.transaction(principal) as connection:
            document, ordinal = place_of(_one(connection, number).change.fact)
            query = f"{_READ} WHERE c.document_id = %s AND c.ordinal = %s ORDER BY c.id <> %s, c.version DESC LIMIT %s"
            return [_correction(row) for row in connection.execute(query, (document, ordinal, number, MOST_LISTED))]

    def retold(self, principal: Principal, document: str, certificate: Certificate) -> Certificate:
        """The certificate of a document with its corrections and readings by hand in force, and today's identities and conflicts.
        Its score and its mark stay: they say how well the file was read.
        """
        with self._database.transaction(principal) as connection:
            number = document_number(document)
            notes = [stored.correction for stored in fact_query.corrected(connection, [number]) if stored.correction]
            readings = list(fact_query.read_by_hand(connection, documents=[number]).values())
            if not notes and not readings:
                return certificate
            facts = [stored.fact for stored in fact_query.in_document_order(connection, number)]
        now = (find_identities(facts), find_conflicts(facts))
        return replace(certificate, corrections=notes, readings=readings, identities=now[0], conflicts=now[1])

    def since(self, principal: Principal, documents: Sequence[str], moment: datetime) -> list[Correction]:
        """The corrections of documents that came into force or were undone after a moment."""
        with self._database.transaction(principal) as connection:
            query = f"{_READ} WHERE c.document_id = ANY (%s) AND (c.approved_at > %s OR c.approved_at < c.retired_at AND c.retired_at > %s)"
            values = ([document_number(id) for id in documents], moment, moment)
            return [_correction(row) for row in connection.execute(f"{query} ORDER BY c.id", values)]

    @contextmanager
    def _changing(self, principal: Principal, numbers: Sequence[int]) -> Iterator[tuple[Connection, list[Correction]]]:
        """Corrections that the principal may decide, as they stand once nobody else decides about their documents."""
        with self._database.transaction(principal) as connection:
            found = [_one(connection, number) for number in dict.fromkeys(numbers)]
            for fact in {one.change.document: one.change.fact for one in found}.values():
                _refuse_unwritable(connection, principal, fact)
            lock_documents(connection, [document_number(one.change.document) for one in found])
            yield connection, [_one(connection, number) for number in numbers]


def _refuse_unwritable(connection: Connection, principal: Principal, fact: str) -> None:
    """Raises NotFound for a fact that the principal may not read, NotPermitted where nothing may be written under its label."""
    query = "SELECT l.name, l.id = ANY (writable_labels()) FROM facts f JOIN labels l ON l.id = f.label_id"
    found = connection.execute(f"{query} WHERE f.document_id = %s AND f.ordinal = %s", place_of(fact)).fetchone()
    if found is None:
        _refuse_withdrawn(connection, fact)
        raise no_fact(fact)
    if not found[1]:
        raise not_writable(principal, found[0])


def _refuse_withdrawn(connection: Connection, fact: str) -> None:
    """Raises InputError where a reading by hand took the fact away."""
    document, ordinal = place_of(fact)
    query = "SELECT id FROM hand_readings WHERE document_id = %s AND state = 'approved' AND content -> 'gone' ? %s ORDER BY id DESC LIMIT 1"
    found = connection.execute(query, (document, str(ordinal))).fetchone()
    if found is not None:
        raise InputError(
            f"Fact {fact} is there no more: its table was read within another border (reading {found[0]})",
            remedy=f"Undo that first: finfoundry readings undo {found[0]}",
        )


def lock_documents(connection: Connection, documents: Sequence[int]) -> None:
    """One proposal or decision at a time in a document; in one order, so that nobody waits in a circle."""
    for key in sorted({document % 2**31 for document in documents}):
        connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", (LOCK_SPACE, key))


def _refuse_crowd(connection: Connection, fact: str) -> None:
    query = "SELECT count(*) FROM corrections WHERE document_id = %s AND ordinal = %s AND state = 'proposed'"
    (waiting,) = connection.execute(query, place_of(fact)).fetchone() or (0,)
    if waiting >= MOST_PROPOSALS:
        raise InputError(
            f"{waiting} proposals for {fact} wait for a decision, as many as may",
            remedy="Decide about them first: finfoundry corrections approve, finfoundry corrections retire",
        )


def _inserted(connection: Connection, principal: Principal, stored: StoredFact, draft: CorrectionDraft, why: str) -> int:
    document, ordinal = place_of(draft.fact)
    label = connection.execute(
        "SELECT label_id, terms, weights::text FROM facts WHERE document_id = %s AND ordinal = %s", (document, ordinal)
    ).fetchone()
    if label is None:
        raise no_fact(draft.fact)
    before = _columns(draft.before) | {"terms": label[1], "weights": label[2]}
    after = _columns(draft.after)
    if (draft.after.metric, draft.after.concept) == (draft.before.metric, draft.before.concept):
        after |= {"terms": label[1], "weights": label[2]}
    content = {"read": _columns(draft.read), "before": before, "after": after, "why": why, "conflicts": draft.conflicts}
    content["identities"] = audit.plain(draft.identities)
    made = connection.execute(
        "INSERT INTO corrections (document_id, ordinal, label_id, version, replaces, content, proposed_by, proposed_proof)"
        " SELECT %(document)s, %(ordinal)s, %(label)s, (SELECT coalesce(max(version), 0) + 1 FROM corrections"
        " WHERE document_id = %(document)s AND ordinal = %(ordinal)s), %(replaces)s, %(content)s, %(by)s, %(proof)s RETURNING id",
        {
            "document": document, "ordinal": ordinal, "label": label[0], "content": Jsonb(content), "by": principal.user,
            "replaces": stored.correction.id if stored.correction else None, "proof": principal.proof,
        },
    ).fetchone()  # fmt: skip
    return int(made[0]) if made else 0


def _columns(reading: FactReading) -> dict[str, Any]:
    """A reading as columns of ``facts``, with those that follow from it; numbers as text, which stays exact."""
    found = {name: getattr(reading, name) for name in FactReading.__slots__}
    weights = label_weights(reading.metric, reading.concept)
    end = period_end(reading.period)
    exact = {"value": format(reading.value, "f"), "scale": format(reading.scale, "f"), "metric": list(reading.metric)}
    derived = {"period_end": end.isoformat() if end else None, "terms": list(weights), "weights": sparse(weights)}
    return found | exact | derived


def _approve_together(connection: Connection, principal: Principal, proposed: Sequence[Correction]) -> None:
    """Approve corrections of one document. Raises InputError where they would break now what none of them showed."""
    document = document_number(proposed[0].change.document)
    before = fact_query.in_document_order(connection, document)
    for made in proposed:
        _approve(connection, principal, made)
    after = fact_query.in_document_order(connection, document)
    changes = document_changes([one.fact for one in before], [one.fact for one in after]).identities
    shown = {(one.name, one.page, one.period) for made in proposed for one in made.change.broken}
    new = [one.shown() for one in changes if one.breaks and (one.name, one.page, one.period) not in shown]
    if new:
        numbers = ", ".join(str(made.id) for made in proposed)
        raise InputError(f"The approval of {numbers} now breaks what was not shown when it was proposed: {'; '.join(new)}", remedy=ANEW)


def _approve(connection: Connection, principal: Principal, made: Correction) -> None:
    said = f"correction {made.id} ({made.change.fact}, version {made.version})"
    if made.state != "proposed":
        raise InputError(f"{said} is {made.state}, not proposed", remedy=ANEW)
    refuse_own(principal, made, said)
    _refuse_overtaken(connection, made)
    update = (
        "UPDATE corrections SET state = 'approved', approved_by = %s, approved_proof = %s, approved_at = clock_timestamp() WHERE id = %s"
    )
    refuse_unchanged(connection.execute(update, (principal.user, principal.proof, made.id)).rowcount, principal, made.label)
    _record(connection, principal, "correction approved", _one(connection, made.id))


def _refuse_overtaken(connection: Connection, made: Correction) -> None:
    """Raises InputError where the fact was corrected, or a correction of it undone, since the proposal."""
    in_force = _in_force(connection, made.change.fact)
    if in_force != made.replaces:
        since = f"correction {in_force} came into force" if in_force else f"correction {made.replaces} was undone"
        raise InputError(f"Since correction {made.id} was proposed, {since} for {made.change.fact}", remedy=ANEW)


def _in_force(connection: Connection, fact: str) -> int | None:
    found = connection.execute("SELECT correction_id FROM facts WHERE document_id = %s AND ordinal = %s", place_of(fact)).fetchone()
    return found[0] if found else None


def _retired(connection: Connection, principal: Principal, made: Correction, action: str) -> Correction:
    update = "UPDATE corrections SET state = 'retired', retired_by = %s, retired_at = clock_timestamp() WHERE id = %s"
    refuse_unchanged(connection.execute(update, (principal.user, made.id)).rowcount, principal, made.label)
    ended = _one(connection, made.id)
    _record(connection, principal, action, ended)
    return ended


def _record(connection: Connection, principal: Principal, action: str, made: Correction) -> None:
    """With the contents under the keys of the person and of the document, so that erasing either forgets them."""
    step = audit.AuditStep("correction", {"correction": made, "proof": principal.proof}, (made.change.document,))
    audit.append(connection, audit.AuditRecord(principal.user, action, (step,), target=str(made.id)))


_READ = (
    "SELECT c.id, c.document_id, d.name, c.ordinal, coalesce(f.page, page_of_fact(c.document_id, c.ordinal)), c.content, l.name, c.version,"
    " c.replaces, c.state, c.proposed_by,"
    " c.proposed_at, c.proposed_proof, c.approved_by, c.approved_at, c.approved_proof, c.retired_by, c.retired_at FROM corrections c"
    " JOIN documents d ON d.id = c.document_id LEFT JOIN facts f ON f.document_id = c.document_id AND f.ordinal = c.ordinal"
    " JOIN labels l ON l.id = c.label_id"
)


def _one(connection: Connection, number: int) -> Correction:
    row = connection.execute(f"{_READ} WHERE c.id = %s", (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no correction {number}", remedy="See finfoundry corrections list")
    return _correction(row)


def _correction(row: tuple[Any, ...]) -> Correction:
    number, document, name, ordinal, page, content, label, version, replaces, state, *acts = row
    id_ = document_id(document)
    read, before, after = (reading_of(content[moment]) for moment in ("read", "before", "after"))
    identities = identities_of(content["identities"])
    change = CorrectionDraft(f"{id_}/{ordinal}", id_, name, page, read, before, after, identities, content["conflicts"])
    return Correction(number, change, content["why"], label, version, replaces, state, **acts_of(acts))
