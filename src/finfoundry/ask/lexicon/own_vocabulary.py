"""The vocabulary that questions are read by where the institution has terms of its own: the product's with the terms in force.

It is the one door: plans, checks and sentences take formulas, norms and printed labels from the vocabulary that a question was read by.
"""

from __future__ import annotations

import ast
import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Protocol

from finfoundry.ask.lexicon.definitions import label_name
from finfoundry.ask.lexicon.formula import names_in, parse
from finfoundry.ask.lexicon.metric_terms import metrics, title, vocabulary
from finfoundry.ask.lexicon.vocabulary import Mention, Vocabulary, words_of
from finfoundry.core.answer import Language, TermUsed
from finfoundry.core.formulas import Formula, formulas
from finfoundry.core.principal import Principal
from finfoundry.governance.own_terms import OwnTerm, TermEntry

MOST_OPERANDS, DEEPEST = 200, 10  # of a formula of the institution's own with those that it names; larger ones are left out
KEPT = 32  # vocabularies: as many sets of terms as there are groups of people with the same labels


class TermStore(Protocol):
    """Where terms are kept: their numbers are asked for at every question, the terms where these changed."""

    def in_force(self, principal: Principal) -> tuple[int, ...]: ...

    def read(self, principal: Principal, numbers: Iterable[int]) -> Sequence[OwnTerm]: ...


@dataclass(slots=True)
class OwnVocabularies:
    """The vocabulary of each principal, made once for a set of terms; safe to use from several threads."""

    store: TermStore
    _kept: dict[tuple[int, ...], Vocabulary] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, principal: Principal, trial: Sequence[OwnTerm] | None = None) -> Vocabulary:
        """With the terms in force that the principal may read; with those of a ``trial`` in their place."""
        if trial is not None:
            return with_terms(trial)
        numbers = self.store.in_force(principal)
        if not numbers:
            return vocabulary()
        with self._lock:
            kept = self._kept.get(numbers)
        if kept is None:
            terms = self.store.read(principal, numbers)
            kept = with_terms(terms)
            with self._lock:
                while len(self._kept) >= KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[tuple(term.id for term in terms)] = kept
        return kept


def with_terms(terms: Sequence[OwnTerm]) -> Vocabulary:
    """The product's vocabulary with terms of the institution's own; of two with one name or phrase the later holds.

    A formula that cannot be computed, since a term that it names was retired or it would grow too large, is left out with its names; of one
    that redefines a formula of the product that one holds.
    """
    own = list({(term.entry.kind, term.entry.name): term for term in terms}.values())
    labels = {label_name(term.entry.printed): term.entry.printed for term in own if term.entry.printed}
    library, defined = _library(own, known=set(metrics()) | set(labels))
    known = metrics().values()
    found = Vocabulary({one.name: one.say for one in known}, library, {one.name: one.abbreviations for one in known})
    found.labels |= labels
    found.defined = frozenset(defined)
    own = [term for term in own if term.entry.kind != "formula" or term.entry.name in defined]
    for term in own:
        _add_shipped(found, term)
    for term in sorted(own, key=lambda one: one.entry.kind == "norm"):  # a formula's own norm gives way to one that is set for it
        name = target_of(term.entry)
        if name in library or name in metrics() or name in labels:
            _add(found, term, name)
    return found


def _add_shipped(found: Vocabulary, term: OwnTerm) -> None:
    """The phrases of a formula of the product that a term redefines, those that mean it."""
    shipped = formulas().get(term.entry.name) if term.entry.kind == "formula" else None
    for phrase in (*shipped.en, *shipped.zh) if shipped else ():
        mention = vocabulary().exact(phrase)
        if mention is not None and mention.name == term.entry.name:
            found.add_own(phrase, mention.name, term, formula=True)


def _add(found: Vocabulary, term: OwnTerm, name: str) -> None:
    if term.entry.norm is not None:
        found.norms.setdefault(name, []).append(term)
    if term.entry.kind == "norm":
        return
    for phrase in (*term.entry.en, *term.entry.zh):
        found.add_own(phrase, name, term, formula=name in found.library)


def target_of(entry: TermEntry) -> str:
    """The name that the phrases of an entry stand for."""
    return entry.name if entry.kind == "formula" else label_name(entry.printed) if entry.printed else entry.means


def _library(own: Sequence[OwnTerm], known: set[str]) -> tuple[dict[str, Formula], set[str]]:
    """The formulas with the institution's own, those that can be computed, and with its norms; and the names of its own."""
    given = {term.entry.name: term for term in own if term.entry.kind == "formula"}
    library, defined = _built(given, known)
    while lost := (given.keys() & formulas().keys()) - defined:  # what cannot be computed redefines nothing
        given = {name: term for name, term in given.items() if name not in lost}
        library, defined = _built(given, known)
    for term in own:
        entry = term.entry
        if entry.kind == "norm" and entry.means in library:
            better = entry.better or library[entry.means].better
            library[entry.means] = replace(library[entry.means], norm=entry.norm, better=better)
    return library, defined


def _built(given: Mapping[str, OwnTerm], known: set[str]) -> tuple[dict[str, Formula], set[str]]:
    """The formulas of the product with those given in their order: each after what it names. One in a circle, one that names what nobody
    knows and one that is too large are left out.
    """
    library = dict(formulas())
    parts = {name: parts_of(term.entry.expression) for name, term in given.items()}
    resting = _resting(given.keys() & library.keys(), library)
    waiting = parts | resting
    known = known | (library.keys() - waiting.keys())
    sizes: dict[str, tuple[int, int]] = {}  # operands, each as often as it stands there, and depth
    while ready := [name for name in waiting if waiting[name].keys() <= known]:
        for name in ready:
            held = waiting.pop(name)
            operands = sum(count * sizes.get(part, (1, 0))[0] for part, count in held.items())
            depth = 1 + max((sizes[part][1] for part in held if part in sizes), default=0)
            if operands <= MOST_OPERANDS and depth <= DEEPEST:
                sizes[name] = (operands, depth)
        known |= sizes.keys()
    defined = given.keys() & sizes.keys()
    library |= {name: replace(library[name], norm=None) for name in resting}  # whose usual level is one of the usual parts
    return library | {name: formula_of(given[name]) for name in defined}, defined


def _resting(redefined: Set[str], library: Mapping[str, Formula]) -> dict[str, Counter[str]]:
    """The formulas of the product that name a redefined one, or one that does, with their parts."""
    if not redefined:
        return {}
    parts = {name: parts_of(formula.expression) for name, formula in library.items() if name not in redefined}
    found: dict[str, Counter[str]] = {}
    while more := {name for name, held in parts.items() if name not in found and held.keys() & (redefined | found.keys())}:
        found |= {name: parts[name] for name in more}
    return found


def parts_of(expression: str) -> Counter[str]:
    """The names in an expression, each with how often it stands there. Raises PlanError where it is none."""
    known = names_in(expression)
    return Counter(node.id for node in ast.walk(parse(expression)) if isinstance(node, ast.Name) and node.id in known)


def formula_of(term: OwnTerm) -> Formula:
    """A formula of the institution's own as one of the library; one of the product that it redefines keeps its names and its form, and is
    judged by no usual level any more.
    """
    entry = term.entry
    source = f"term {entry.name}, version {term.version}"
    own = Formula(entry.name, entry.en, entry.zh, entry.expression, entry.show or "ratio", source, entry.better, entry.norm)
    shipped = formulas().get(entry.name)
    if shipped is None:
        return own
    own = replace(own, en=(*shipped.en, *entry.en), zh=(*shipped.zh, *entry.zh), annual=shipped.annual)
    return replace(own, show=entry.show or shipped.show, better=entry.better or shipped.better)


def replaced_by(entry: TermEntry, said: str = "") -> str:
    """What the product means by the words of a question that an entry redefines, or by its name; "" where it redefines neither."""
    if not entry.redefines:
        return ""
    shipped = formulas().get(entry.name) if entry.kind == "formula" else None
    mention = vocabulary().exact(said) if said else None
    return shipped.expression if shipped else mention.name if mention else ""


def redefined(entry: TermEntry) -> dict[str, str]:
    """What an entry redefines, each with what the product means by it: its name where that is a formula's, else phrases among its names."""
    if usual := replaced_by(entry):
        return {entry.name: usual}
    return {words: usual for words in (*entry.en, *entry.zh) if (usual := replaced_by(entry, words))}


def used(found: Vocabulary, mentions: Iterable[Mention], expressions: Iterable[str] = ()) -> list[TermUsed]:
    """The terms of the institution by which a text was read: those that its phrases name, and what these are made of."""
    said = {term.id: (term, mention.text) for mention in mentions if (term := found.own.get(words_of(mention.text)))}
    made = {target_of(term.entry): term for term in found.own.values() if term.entry.expression or term.entry.printed}
    pending = [*(mention.name for mention in mentions), *expressions]
    seen: set[str] = set()
    while pending:
        for name in names_in(pending.pop()) - seen:
            seen.add(name)
            pending += [found.library[name].expression] if name in found.library else []
            if (term := made.get(name)) is not None:
                said.setdefault(term.id, (term, ""))
    return [term_used(term, text) for term, text in said.values()]


def in_words(expression: str, found: Vocabulary, language: Language) -> str:
    """A formula with the names that people use: "cash from operations / interest expense"."""
    names = names_in(expression)
    return re.sub(r"[^\W\d]\w*", lambda match: name_of(match[0], found, language) if match[0] in names else match[0], expression)


def name_of(name: str, found: Vocabulary, language: Language) -> str:
    """What a metric, a printed label or a formula is called in a language, else in the other."""
    formula = found.library.get(name)
    called = ((formula.zh or formula.en) if language == "zh" else (formula.en or formula.zh)) if formula else ()
    return called[0] if called else found.labels.get(name) or title(name, language)


def term_used(term: OwnTerm, said: str = "") -> TermUsed:
    """A term as an answer states it."""
    entry = term.entry
    norm = None if entry.norm is None else str(entry.norm)
    means = entry.expression or entry.printed or entry.means
    day = (term.approved_at or "")[:10]
    return TermUsed(entry.name, entry.kind, term.version, said, means, entry.definition, norm, day, replaced_by(entry, said))
