"""Terms of the institution's own over one home: read from files and options, checked, tried on a question, proposed, approved, retired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from finfoundry.app import App
from finfoundry.ask.lexicon.own_vocabulary import redefined
from finfoundry.core.answer import Answer
from finfoundry.core.display import Display
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.governance.own_terms import OwnTerm, TermEntry, TermState
from finfoundry.usecases.term_checks import checked

MOST_TERMS = 1000  # of one file
LARGEST = 2 << 20  # bytes of a file
_FIELDS = {field.name for field in fields(TermEntry)} - {"name", "kind"}
_ENTRY = TypeAdapter(TermEntry)


@dataclass(frozen=True, slots=True)
class TermTrial:
    """A question answered twice: with terms that are not in force, and as it is answered today; where they redefine something of the
    product, also by what that means without any redefinition.
    """

    question: str
    tried: list[TermEntry]
    with_terms: Answer
    without: Answer
    shipped: Answer | None = None

    def show_on(self, display: Display) -> None:
        """The answers one below the other."""
        beside = [("as shipped", self.shipped)] if self.shipped not in (None, self.without) else []
        for title, answer in (("with these terms", self.with_terms), ("without them", self.without), *beside):
            display.line(f"[bold]{title}[/]")
            display.show(answer)


@dataclass(frozen=True, slots=True)
class Redefinition:
    """What the institution redefined: ``words`` that questions use or the name of a formula, what the product means by it, and what it
    means here, by a term in force.
    """

    id: int
    name: str
    version: int
    words: str
    shipped: str
    own: str
    label: str
    approved_at: str | None

    @classmethod
    def show_all(cls, rows: Sequence[Redefinition], display: Display) -> None:
        """The redefinitions as one table."""
        told = [[str(row.id), row.name, str(row.version), row.words, row.shipped, row.own, row.label] for row in rows]
        display.table(("id", "name", "version", "redefines", "product", "here", "label"), told)


@dataclass(frozen=True, slots=True)
class TermsFile:
    """A file that terms were written to, and how many."""

    file: str
    terms: int


class TermDesk:
    """What the command line and the service both do with terms."""

    def __init__(self, app: App) -> None:
        self._app = app

    def add(self, principal: Principal, entries: Sequence[TermEntry]) -> list[OwnTerm]:
        """Propose entries, all or none. Raises InputError that names the entry and the remedy, NotFound, NotPermitted."""
        return self._app.terms.propose(principal, checked(entries, self._in_force(principal)))

    def approve(self, principal: Principal, numbers: Sequence[int]) -> list[OwnTerm]:
        """Put proposals in force, all or none, checked once more against the terms of today. Raises as ``TermRegister.approve``."""
        found = [self._app.terms.versions_of(principal, number)[0] for number in numbers]
        checked([term.entry for term in found], self._in_force(principal))
        return self._app.terms.approve(principal, numbers)

    def retire(self, principal: Principal, number: int) -> OwnTerm:
        """End the use of a version at once. Raises NotFound, NotPermitted, InputError."""
        return self._app.terms.retire(principal, number)

    def terms(self, principal: Principal, state: TermState | None = None) -> list[OwnTerm]:
        """The terms that the principal may read, each version."""
        return self._app.terms.terms(principal, state)

    def versions(self, principal: Principal, number: int) -> list[OwnTerm]:
        """The versions of one term, the one asked for first. Raises NotFound."""
        return self._app.terms.versions_of(principal, number)

    def try_on(
        self, principal: Principal, question: str, entries: Sequence[TermEntry], numbers: Sequence[int] = (), collection: str | None = None
    ) -> TermTrial:
        """Answer a question with entries, or with proposals by their numbers, and without them. No term is kept; each answer leaves its
        record in the audit, as every answer does. Raises InputError, NotFound, NotPermitted.
        """
        proposals = [self._app.terms.versions_of(principal, number)[0].entry for number in numbers]
        in_force = self._in_force(principal)
        tried = checked([*proposals, *entries], in_force)
        if not tried:
            raise InputError("There is no term to try", remedy="Name a proposal by its number, or give a file")
        trial = [
            OwnTerm(-place, entry, 0, "proposed", proposed_by=principal.user, proposed_at="", proposed_proof="")
            for place, entry in enumerate(tried, 1)
        ]
        ask = partial(self._app.ask, principal, question, collection=collection, seconds=self._app.settings.ask_deadline)
        with_terms, without = ask(trial=[*in_force, *trial]), ask()
        plain = [term for term in in_force if not term.entry.redefines]
        shipped = ask(trial=plain) if len(plain) < len(in_force) else without
        return TermTrial(question, tried, with_terms, without, shipped if any(one.redefines for one in tried) else None)

    def redefined(self, principal: Principal) -> list[Redefinition]:
        """What the terms in force that the principal may read redefine, each formula and each phrase with what the product means by it.
        Retiring the term puts that back in force.
        """
        found = []
        for term in (one for one in self._in_force(principal) if one.entry.redefines):
            entry = term.entry
            own = entry.expression or entry.printed or entry.means
            found += [
                Redefinition(term.id, entry.name, term.version, words, usual, own, entry.label, term.approved_at)
                for words, usual in redefined(entry).items()
            ]
        return found

    def export(self, principal: Principal, path: Path, label: str | None = None) -> TermsFile:
        """Write the terms in force, of one label or of all, as a file that ``add`` takes. Raises InputError where there are none."""
        found = [term for term in self._in_force(principal) if label in (None, term.entry.label)]
        if not found:
            raise InputError("No term is in force that you may read", remedy="See finfoundry terms list")
        path.write_text(written(found), "utf-8")
        return TermsFile(str(path), len(found))

    def _in_force(self, principal: Principal) -> list[OwnTerm]:
        return self._app.terms.read(principal, self._app.terms.in_force(principal))


def read_entries(path: Path) -> list[TermEntry]:
    """The entries of a YAML file (``terms:`` name to fields). Raises InputError that names the file or the entry."""
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} is larger than {LARGEST >> 20} MB", remedy="Split it")
        loaded = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise InputError(f"{path} cannot be read as YAML: {str(error)[:200]}", remedy=_SHAPE) from error
    terms = loaded.get("terms") if isinstance(loaded, dict) and set(loaded) == {"terms"} else None
    if not isinstance(terms, dict) or not 0 < len(terms) <= MOST_TERMS:
        raise InputError(f"{path} holds no terms, or more than {MOST_TERMS}", remedy=_SHAPE)
    return [entry_of(str(name), given) for name, given in terms.items()]


_SHAPE = "Write terms: and below it each name with its fields (docs/terms.md)"


def entry_of(name: str, given: object) -> TermEntry:
    """An entry from its fields; its kind follows from them. Raises InputError that names the entry."""
    if not isinstance(given, Mapping) or (unknown := sorted(map(str, set(given) - _FIELDS))):
        fault = f"has no field {unknown[0][:80]!r}" if isinstance(given, Mapping) else "has no fields"
        raise InputError(f"The term {name[:80]!r} {fault}", remedy=f"Its fields are {', '.join(sorted(_FIELDS))}")
    said: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    said |= {key: [said[key]] for key in ("en", "zh") if isinstance(said.get(key), str)}
    if isinstance(said.get("norm"), str) and said["norm"].strip().endswith("%"):
        said["norm"] = f"{said['norm'].strip()[:-1]}e-2"
    kind = "formula" if said.get("expression") else "norm" if "norm" in said else "synonym"
    try:
        return _ENTRY.validate_python({"name": name, "kind": kind, **said})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "an entry"
        raise InputError(f"The term {name[:80]!r}: {where}: {first['msg']}", remedy=_SHAPE) from error


def written(terms: Sequence[OwnTerm]) -> str:
    """Terms as a file that ``read_entries`` reads. Raises InputError where two labels have a term of one name."""
    found: dict[str, Any] = {}
    for entry in (term.entry for term in terms):
        if entry.name in found:
            raise InputError(f"Two labels have a term {entry.name!r}", remedy="Export one label at a time: --label NAME")
        said = {key: value for key, value in asdict(entry).items() if key in _FIELDS and value is not False and value not in ("", None, ())}
        found[entry.name] = {
            key: list(value) if isinstance(value, tuple) else str(value) if key == "norm" else value for key, value in said.items()
        }
    return yaml.safe_dump({"terms": found}, allow_unicode=True, sort_keys=False)
