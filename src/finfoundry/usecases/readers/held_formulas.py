"""Formulas that can be carried out over what a company's papers hold: they are asked for as the lines that the papers print are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from finfoundry.ask.lexicon.formula import expand
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.lexicon.vocabulary import Vocabulary
from finfoundry.core.answer import Language
from finfoundry.core.errors import PlanError
from finfoundry.core.formulas import concepts_of
from finfoundry.usecases.readers.store_questions import StoredLine

Held = Mapping[int, AbstractSet[str]]  # by year the concepts, and the names of printed labels, of which there is a figure


def formula_lines(company: str, held: Held, known: Vocabulary, language: Language) -> Iterator[StoredLine]:
    """Each name of a formula with each year for which all its parts are held, those of the institution's own among them; none of a metric
    that papers print themselves.
    """
    for formula in known.library.values():
        phrases = () if formula.printed else formula.zh if language == "zh" else formula.en
        for year in held if phrases else ():
            if parts := _parts(formula.name, year, held, known):
                yield from (StoredLine(company, phrase, year, parts) for phrase in phrases)


def _parts(formula: str, year: int, held: Held, known: Vocabulary) -> frozenset[str]:
    """The figures that a formula takes in a year; none where one of them is not held."""

    def find(metric: str, span: FiscalSpan) -> bool | None:
        return not held.get(span.year, frozenset()).isdisjoint((metric, *concepts_of(metric))) or None

    try:
        return frozenset(expand(formula, FiscalSpan(year), find, known.library).operands)
    except PlanError:
        return frozenset()
