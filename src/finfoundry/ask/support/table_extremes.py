"""Superlatives over the rows of a table: "cloud brings the most revenue" is decided by the rows beside it, not by words.

It is asked of sentences that the cells of tables leave open (``binding/breakdowns``), as a trained reader is: of tables of which only the
words were read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.ask.support.paper_sentences import PaperSentences
from finfoundry.core.language import simplified
from finfoundry.core.periods import find_periods
from finfoundry.core.quantities.numbers import parse_cell
from finfoundry.knowledge.search.terms import terms

FEWEST_ROWS = 3  # that a superlative is said over
SAID = 0.2  # of the words by which a sentence ranks, at least, in the headings of the table
LOOKED_AT = 60  # pieces of evidence among which its table is looked for
_MOST = re.compile(r"\b(?:largest|highest|biggest|greatest|most|main|leading|top|number\s+one)\b|最[高大多主]|第一大|居首", re.IGNORECASE)
_LEAST = re.compile(r"\b(?:smallest|lowest|least|fewest)\b|最[低小少]", re.IGNORECASE)
_SUMMED = re.compile(
    r"\b(?:total|subtotal|elimination\w*|consolidated|net|gross|other)\b|合计|总计|小计|抵销|抵消|其他|总额|净额", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19|20)\d\d年?")
_BRACKET = re.compile(r"[(（]")
_WHOLE = re.compile(r"\s*(?:之中|当中|中[，,的]|里)")


@dataclass(frozen=True, slots=True)
class TableRank:
    """Whether the row that a sentence names is the first of its table, and what shows it: its row, then the one that really is."""

    holds: bool
    named: str
    rows: tuple[Quotable, ...]


def table_rank(sentence: str, papers: PaperSentences) -> TableRank | None:
    """Whether the row that a sentence names is the first. None where it says no superlative, or one of a time, which no row tells
    of its amounts; where no table has a row for what it names, others beside it, none as large, and headings that say what it ranks them
    by; and where tables contradict each other.
    """
    plain = simplified(sentence)
    lowest = bool(_LEAST.search(plain))
    if (not lowest and not _MOST.search(plain)) or find_periods(plain):
        return None
    found = [one for one in papers.nearest(plain, LOOKED_AT) if one.form == "row"]
    told = list(_told(plain, found, papers, lowest=lowest))
    best = [rank for share, rank in told if share == max(one for one, _ in told)]
    return best[0] if best and len({one.holds for one in best}) == 1 else None


def _told(sentence: str, found: Sequence[Quotable], papers: PaperSentences, *, lowest: bool) -> Iterator[tuple[float, TableRank]]:
    """What each table says, with how much of the sentence its headings say."""
    for one in found:
        label = _named(sentence, one)
        if not label:
            continue
        by = _measure(sentence, label, papers)
        beside = [row for row in papers.all if row.hit == one.hit and row.form == "row" and row.before == one.before]
        values = [(value, row) for row in beside if (value := _value(row)) is not None and _is_part(_label(row))]
        heads = " ".join(row.text for row in beside if _value(row) is None)
        around = set(terms(f"{' '.join(one.heading)} {one.before} {heads}"))
        mine = next((value for value, row in values if row is one), None)
        share = len(by & around) / len(by) if by else 0.0
        if mine is None or len(values) < FEWEST_ROWS or share < SAID or sum(value == mine for value, _ in values) > 1:
            continue
        first = (min if lowest else max)(values, key=lambda pair: pair[0])
        yield share, TableRank(first[0] == mine, label, (one,) if first[1] is one else (one, first[1]))


def _measure(sentence: str, label: str, papers: PaperSentences) -> set[str]:
    """The words by which a sentence ranks: without what it ranks, the superlative and the company's names."""
    rest = _LEAST.sub(" ", _MOST.sub(" ", sentence.replace(label, " ")))
    for name in papers.names:
        rest = re.sub(re.escape(name), " ", rest, flags=re.IGNORECASE)
    return {term for term in terms(rest) if len(term) > 1}


def _named(sentence: str, one: Quotable) -> str:
    """A row's label, or what stands in it before a bracket, as the sentence says it; empty where it does not, or says it of the whole."""
    label = _BRACKET.split(_label(one))[0].strip(" -－—•")
    place = sentence.lower().find(label.lower()) if len(label) > 1 and not _SUMMED.search(label) else -1
    if place < 0 or _WHOLE.match(sentence[place + len(label) :]):
        return ""
    return sentence[place : place + len(label)]


def _label(one: Quotable) -> str:
    return simplified(one.text).partition("|")[0].strip()


def _is_part(label: str) -> bool:
    """Whether a label names one of several: no sum, and not a number in a row without a label."""
    return bool(label) and not _SUMMED.search(label) and parse_cell(label) is None and not label[0].isdigit() and label[0] not in "$¥("


def _value(one: Quotable) -> Decimal | None:
    """The first amount of a row: tables begin with the present year. None for a row of years."""
    printed = [(cell.strip(), parse_cell(cell.strip())) for cell in one.text.split("|")[1:]]
    return next((cell.value for text, cell in printed if cell is not None and not _YEAR.fullmatch(text)), None)
