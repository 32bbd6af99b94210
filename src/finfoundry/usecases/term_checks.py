"""What a term of the institution's own may say: checked whole before anything is kept, against the words that are known already.

A name that means nothing by itself, or that means something else, would change what other questions ask; a formula must be one that can be
computed, over names that everybody who reads the term can read.
"""

from __future__ import annotations

import ast
import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from finfoundry.ask.lexicon.definitions import read_formula
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.formula import MAXIMUM_DEPTH, concepts_in, expand, names_in, parse, unprinted
from finfoundry.ask.lexicon.metric_terms import metrics, vocabulary
from finfoundry.ask.lexicon.own_vocabulary import DEEPEST, MOST_OPERANDS, target_of, with_terms
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.lexicon.vocabulary import Vocabulary, words_of
from finfoundry.ask.plan.unexplained import unexplained
from finfoundry.ask.understand.intent import understand
from finfoundry.binding.expression import FUNCTIONS, evaluate
from finfoundry.core.errors import InputError, PlanError
from finfoundry.core.formulas import Show, formulas
from finfoundry.core.language import has_han
from finfoundry.governance.own_terms import OwnTerm, TermEntry
from finfoundry.governance.policy import GENERAL

MOST_PHRASES, LONGEST_PHRASE, LONGEST_NAME, LONGEST_TEXT = 20, 80, 60, 500
_PHRASE = re.compile(r"[\w &%/().,'’+-]+")
_LANGUAGE_FUNCTIONS = frozenset({"average", "mean", "prior", "change", "first", "optional"})
_SAMPLES = ((3, 7), (11, 5), (17, 13))  # a start and a step: three sets of values by which a formula is tried
_NEEDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # what an entry of a kind must have, and what means nothing there
    "synonym": (("means or printed",), ("expression", "norm", "show", "better")),
    "formula": (("expression",), ("means", "printed")),
    "norm": (("means", "norm"), ("en", "zh", "expression", "printed", "show", "redefines")),
}


def checked(entries: Sequence[TermEntry], known: Sequence[OwnTerm]) -> list[TermEntry]:
    """The entries with metrics by their names and formulas in the language of formulas. ``known`` are the terms in force.

    Raises InputError that names the entry and the remedy.
    """
    entries = [_plain(entry) for entry in entries]
    for entry in entries:
        _check_form(entry)
        for phrase in (*entry.en, *entry.zh):
            _check_phrase(entry, phrase, chinese=phrase in entry.zh)
    _check_once(entries)
    given = {(entry.name, entry.label) for entry in entries}
    rest = [term for term in known if (term.entry.name, term.entry.label) not in given]
    words = _Words(with_terms([*rest, *map(_placeholder, entries)]), rest, {entry.name: entry for entry in entries})
    base = with_terms(rest)
    for entry in entries:
        _check_phrases(entry, base)
    entries = [words.resolved(entry) for entry in entries]
    for entry in entries:
        _check_labels(entry, entries, rest)
    whole = with_terms([*rest, *(replace(_placeholder(entry), entry=entry) for entry in entries)])
    parts = {name: names_in(formula.expression) for name, formula in formulas().items()}
    parts |= {one.name: names_in(one.expression) for one in (*(term.entry for term in rest), *entries) if one.expression}
    for entry in entries:
        if entry.kind == "formula":
            _check_formula(entry, parts, whole)
    return entries


def _check_once(entries: Sequence[TermEntry]) -> None:
    """Raises InputError where a term, or a name of two terms, is given twice."""
    terms: set[str] = set()
    phrases: dict[tuple[str, ...], str] = {}
    for entry in entries:
        if entry.name in terms:
            raise _refusal(entry, "is given twice", "Give each term once, with all of its names")
        terms.add(entry.name)
        for phrase in (*entry.en, *entry.zh):
            if (other := phrases.setdefault(words_of(phrase), entry.name)) != entry.name:
                raise _refusal(entry, f"shares the name {phrase!r} with the term {other!r}", "Give each of them names of its own")


def _placeholder(entry: TermEntry) -> OwnTerm:
    """An entry as a term whose formula is not read yet."""
    return OwnTerm(
        0,
        replace(entry, expression="0" if entry.kind == "formula" else ""),
        1,
        "proposed",
        proposed_by="",
        proposed_at="",
        proposed_proof="",
    )


def _refusal(entry: TermEntry, what: str, remedy: str) -> InputError:
    return InputError(f"The term {entry.name[:LONGEST_NAME]!r} {what}", remedy=remedy)


def _plain(entry: TermEntry) -> TermEntry:
    """The entry with its texts in one form (NFKC, single spaces)."""

    def text(value: str) -> str:
        return " ".join(unicodedata.normalize("NFKC", value).split())

    said: dict[str, Any] = {name: text(getattr(entry, name)) for name in ("name", "means", "printed", "expression", "definition")}
    said |= {name: tuple(dict.fromkeys(map(text, getattr(entry, name)))) for name in ("en", "zh")}
    return replace(entry, **said)


# --- form -----------------------------------------------------------------------------------------------------------------------


def _check_form(entry: TermEntry) -> None:
    if not entry.name.isidentifier() or len(entry.name) > LONGEST_NAME or entry.name.startswith("label_"):
        raise _refusal(
            entry, "has a name that cannot be one", f"Use 1 to {LONGEST_NAME} letters, digits and _, such as core_coverage or 核心覆盖率"
        )
    needed, idle = _NEEDS[entry.kind]
    for names in needed:
        if not any(getattr(entry, name) not in ("", None) for name in names.split(" or ")):
            raise _refusal(entry, f"is a {entry.kind} without {names}", f"Say what it means by {names}")
    for name in idle:
        if getattr(entry, name) not in ("", None, (), False):
            raise _refusal(entry, f"is a {entry.kind} and has no {name}", f"Leave out {name}")
    if entry.means and entry.printed:
        raise _refusal(entry, "means a metric and a printed label at once", "Give one of the two")
    if entry.norm is not None and not (entry.norm.is_finite() and abs(entry.norm) < Decimal(10) ** 15):
        raise _refusal(entry, "has a norm that is no number", "Write it as 1.5 or 12%")
    for name in ("means", "printed", "expression", "definition"):
        value = getattr(entry, name)
        if len(value) > LONGEST_TEXT or any(unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs") for character in value):
            raise _refusal(
                entry, f"has a {name} that cannot be kept", f"Use at most {LONGEST_TEXT} characters, none of them a control character"
            )


def _check_phrases(entry: TermEntry, base: Vocabulary) -> None:
    """Raises InputError for a name that is none, that means nothing, or that means something else and is not redefined."""
    phrases = [*entry.en, *entry.zh]
    if entry.kind == "norm":
        return
    redefined = _redefined_formula(entry, base)
    if (not phrases and not redefined) or len(phrases) > MOST_PHRASES:
        raise _refusal(entry, "has no name that a question could use, or too many", f"Give 1 to {MOST_PHRASES} names under en or zh")
    taken = False
    for phrase in phrases:
        mention = base.exact(phrase)
        own = base.own.get(words_of(phrase))
        taken = taken or mention is not None
        if mention is not None and not (redefined and mention.name == entry.name) and (own or not entry.redefines):
            meant = f"already means {mention.name.replace('_', ' ')}" + (f" by the term {own.entry.name!r}" if own else "")
            remedy = "Choose a name that means nothing else yet" + ("" if own else ", or redefine it for this home (redefines: true)")
            raise _refusal(entry, f"has the name {phrase!r}, which {meant}", remedy)
        if mention is None and _says_nothing(phrase):
            remedy = "Choose words that name a thing by themselves, and no year"
            raise _refusal(entry, f"has the name {phrase!r}, whose words say how a question asks, not what it asks for", remedy)
    if entry.redefines and not (taken or redefined):
        raise _refusal(entry, "redefines nothing: neither it nor its names mean anything yet", "Leave out redefines")


def _redefined_formula(entry: TermEntry, base: Vocabulary) -> bool:
    """Whether an entry redefines a formula of the product. Raises InputError for the name of anything else that there is."""
    if entry.kind != "formula" or entry.name not in {*metrics(), *base.library, *_LANGUAGE_FUNCTIONS, *FUNCTIONS}:
        return False
    shipped, what = formulas().get(entry.name), "has the name of a metric, a formula or a function that there is"
    if shipped is None or shipped.printed:
        remedy = "Choose another name" + (", and give it the phrase of what papers print so (redefines: true)" if shipped else "")
        raise _refusal(entry, what, remedy)
    if not entry.redefines:
        raise _refusal(entry, what, "Choose another name, or redefine the formula for this home (redefines: true)")
    return True


def _check_phrase(entry: TermEntry, phrase: str, *, chinese: bool) -> None:
    if len(phrase) > LONGEST_PHRASE or not _PHRASE.fullmatch(phrase) or has_han(phrase) != chinese or not words_of(phrase):
        where = "Chinese characters" if chinese else "Latin letters"
        remedy = f"Use at most {LONGEST_PHRASE} {where}, digits, blanks and & % / ( ) . , ' + -"
        raise _refusal(entry, f"has the name {phrase[:LONGEST_PHRASE]!r}, which cannot be one", remedy)


def _says_nothing(phrase: str) -> bool:
    """Whether a name holds nothing but what any question may hold (total, growth, 多少), or names a time."""
    read = understand(phrase, EntityNames(()), Vocabulary({}, {}))
    return bool(read.periods) or sum(map(len, unexplained(read))) < 2


# --- what it means --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Words:
    """Names that formulas may use: ``vocabulary`` with the entries' own names, the terms in force, the entries."""

    vocabulary: Vocabulary
    known: Sequence[OwnTerm]
    entries: Mapping[str, TermEntry]

    def resolved(self, entry: TermEntry) -> TermEntry:
        """Raises InputError where something is not known."""
        if entry.kind == "formula":
            return replace(entry, expression=self._expression(entry), show=entry.show or _usual_form(entry))
        if not entry.means:
            return entry
        name = self._name(entry.means)
        if name is None:
            raise self._unknown(entry, entry.means)
        return self._norm_of(entry, name) if entry.kind == "norm" else replace(entry, means=name)

    def _norm_of(self, entry: TermEntry, name: str) -> TermEntry:
        """A norm with which direction is the better one; of a formula that stands in for what papers print, the norm of that."""
        library = self.vocabulary.library
        name = library[name].printed or name if name in library else name
        if name in library:
            return replace(entry, means=name)
        stands_in = unprinted(name, library)
        better = entry.better or (stands_in.better if stands_in else None)
        if better is None:
            remedy = "Say better: higher where it is the lowest level that is sound, better: lower where it is the highest"
            raise _refusal(entry, f"is a norm of {name}, of which no direction is known to be the better one", remedy)
        return replace(entry, means=name, better=better)

    def _name(self, words: str) -> str | None:
        if words in metrics() or words in self.vocabulary.library or words in self.vocabulary.labels:
            return words
        preferred = next((metric.name for metric in metrics().values() if metric.concepts[:1] == (words,)), None)
        own = next((target_of(one.entry) for one in self.known if one.entry.name == words), None)
        given = target_of(self.entries[words]) if words in self.entries else None
        mention = self.vocabulary.exact(words)
        return preferred or given or own or (mention.name if mention else None)

    def _expression(self, entry: TermEntry) -> str:
        """A formula in names or in words: total_deposits / total_assets, "total deposits divided by total assets"."""
        try:
            tree = parse(entry.expression)
            names = {name: self._name(name) for name in names_in(entry.expression)}
        except PlanError:
            return self._in_words(entry)
        if None in names.values():  # 净利润除以总资产 is one name to the language of formulas
            return self._in_words(entry)
        if _depth(tree) > MAXIMUM_DEPTH:
            raise _refusal(entry, "has a formula that is nested too deeply", "Define its parts as terms of their own")
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in names:
                node.id = names[node.id] or node.id
        return ast.unparse(tree)

    def _in_words(self, entry: TermEntry) -> str:
        try:
            read = read_formula(entry.name, entry.expression, self.vocabulary)
        except (PlanError, RecursionError) as error:
            raise _refusal(entry, f"has no formula that can be read: {error}", "Write it like net_income / total_assets") from error
        if read.labels:
            raise self._unknown(entry, next(iter(read.labels.values())))
        return ast.unparse(parse(read.expression))

    def _unknown(self, entry: TermEntry, words: str) -> InputError:
        near = difflib.get_close_matches(words.lower().replace(" ", "_"), [*metrics(), *self.vocabulary.library], 3, 0.6)
        near_by = f"Near to it: {', '.join(near)}. " if near else ""
        remedy = f"{near_by}A line that documents print is named by a synonym first (printed: its label)"
        return _refusal(entry, f"names {words[:LONGEST_PHRASE]!r}, which is not known", remedy)


def _usual_form(entry: TermEntry) -> Show:
    """How a formula is shown: as the one of the product that it redefines, by its name or a phrase; else by its own form."""
    named = (mention.name for phrase in (*entry.en, *entry.zh) if (mention := vocabulary().exact(phrase)))
    shipped = next((formulas()[name] for name in (entry.name, *named) if name in formulas()), None)
    if shipped is not None:
        return shipped.show
    return "days" if "365" in entry.expression or "360" in entry.expression else "ratio" if "/" in entry.expression else "money"


def _check_labels(entry: TermEntry, entries: Sequence[TermEntry], known: Sequence[OwnTerm]) -> None:
    """Raises InputError where an entry rests on a term that its readers may not know of."""
    used = names_in(entry.expression) if entry.expression else {entry.means}
    for name in sorted(used):
        if name in formulas():
            continue  # who may not know how it is redefined has the product's
        others = [one for one in (*(term.entry for term in known), *entries) if (one.expression or one.printed) and target_of(one) == name]
        if others and not any(one.label in (entry.label, GENERAL) for one in others):
            said = f"rests on {others[0].name!r} under the label {others[0].label!r}"
            raise _refusal(entry, said, f"Put both under one label, or the other under {GENERAL!r}")


def _depth(tree: ast.expr) -> int:
    """How deep the parts of an expression lie in each other."""
    depth, level = 0, list[ast.AST]([tree])
    while level:
        depth, level = depth + 1, [child for node in level for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return depth


def _check_formula(entry: TermEntry, parts: Mapping[str, set[str]], whole: Vocabulary) -> None:
    """Raises InputError for a formula in a circle, of functions that there are none, or whose value says nothing."""
    if way := _circle(entry.name, parts):
        raise _refusal(entry, f"is defined by itself: {' → '.join(way)}", "Define one of them without the others")
    library = whole.library
    if entry.name not in whole.defined:
        remedy = f"Use at most {MOST_OPERANDS} operands, and terms that name each other at most {DEEPEST} deep"
        raise _refusal(entry, "has too large a formula, with those of the terms that it names", remedy)
    try:
        plain = expand(entry.expression, FiscalSpan(2024), lambda name, span: f"{name}_{span.key}", library)
        values = list(_values(plain.expression, sorted(plain.operands)))
    except PlanError as error:
        remedy = "Write it like net_income / total_assets"
        raise _refusal(entry, f"has a formula that cannot be computed: {error.message}", remedy) from error
    if not concepts_in(entry.expression, library) or len(set(values)) == 1:
        raise _refusal(entry, f"comes to {values[0].normalize():f} whatever the figures are", "Look for a part that is divided by itself")


def _circle(name: str, parts: Mapping[str, set[str]]) -> list[str]:
    """The shortest way from a formula through those that it names back to itself; empty where there is none."""
    came: dict[str, str] = {}
    pending = [name]
    for one in pending:
        for part in sorted(parts.get(one, set()) & parts.keys()):
            if part == name:
                way = [one, name]
                while way[0] != name:
                    way.insert(0, came[way[0]])
                return way
            if part not in came:
                came[part] = one
                pending.append(part)
    return []


def _values(expression: str, operands: Sequence[str]) -> Iterator[Decimal]:
    """The value of a formula for three sets of operands. Raises PlanError where it has none for any, as a division by zero."""
    for start, step in _SAMPLES:
        yield evaluate(expression, {name: Decimal(start + step * place * place) for place, name in enumerate(operands, 1)})
