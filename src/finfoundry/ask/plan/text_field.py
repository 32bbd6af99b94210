"""Questions for a text of a table: who represents the company, where it is registered, its mail address. Answered from cells, verbatim."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import pairwise

import yaml

from finfoundry.ask.lexicon.ports import TextCell
from finfoundry.ask.plan.asked_spans import TO, spans_of
from finfoundry.ask.understand.intent import Intent
from finfoundry.core.answer import Citation, DocumentName, Language
from finfoundry.core.periods import FiscalYear

_OPEN = re.compile(r"分析|介绍|简述|说明|描述|为什么|原因|影响|含义|什么是|\b(?:why|describe|explain|discuss)\b", re.I)
_AMOUNT = re.compile(r"报酬|费用|酬金|薪酬|年薪|年限|持股|多少[元万亿家股]|履历|简历|年龄|学历", re.I)  # of the one named, not the name
_CHANGED = re.compile(r"不同|变更|变化|变动|更换|换[了人没过]|改变|[有没]变(?!现)|变了?[没吗]|\b(?:chang\w*|differ\w*)\b", re.I)
_STAYED = re.compile(
    r"相同|一致|一样|同一[个位人家]|原来的?那?|还是(?:那|同|原)|依旧|仍[然旧是]|一直|始终|\b(?:same|still|unchanged|all along)\b", re.I
)
LONGEST_RANGE = 20  # years


@lru_cache(maxsize=1)
def fields() -> Mapping[str, tuple[str, ...]]:
    """Phrases of each known field, the usual one first."""
    text = resources.files("finfoundry.ask").joinpath("data/fields.yaml").read_text(encoding="utf-8")
    return {name: tuple(phrases) for name, phrases in yaml.safe_load(text).items()}


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """Which columns to read (any of them), under which title, for which years (none: the latest)."""

    title: str
    columns: tuple[str, ...]
    years: tuple[int, ...]
    phrases: tuple[str, ...] = ()  # all that the field may be called in a filing


def plan_field(intent: Intent, columns: Sequence[str], calendar: FiscalYear) -> FieldPlan | None:
    """A plan when the question names a field and no metric; ``columns`` are the text columns that there are."""
    if _OPEN.search(intent.core) or _AMOUNT.search(intent.core) or intent.mentions:
        return None
    found = _named(intent.masked.lower(), columns)
    if found is None:
        return None
    title, phrases = found
    known = {phrase.lower() for phrase in phrases}
    years = years_of(intent, calendar)
    if len(years) == 1 and (_CHANGED.search(intent.core) or _STAYED.search(intent.core)):
        years = (years[0] - 1, *years)  # whether it is the same as before
    return FieldPlan(title, tuple(name for name in columns if name.lower() in known), years, phrases)


def _named(text: str, columns: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """The longest phrase of a field, or of a column's own name, in the text: as said, and all its phrases; None where there is none."""
    families = [*fields().values(), *((name,) for name in columns if len(name) > 1)]
    spoken = [(phrase, family) for family in families for phrase in family if phrase.lower() in text]
    return max(spoken, key=lambda one: (len(one[0]), len(one[1])), default=None)


def years_of(intent: Intent, calendar: FiscalYear) -> tuple[int, ...]:
    """The years named; of a range all, for a text may have changed in any; the year before another where words mean it, alone where they
    stand right behind that one: 2020年的上一年.
    """
    dated = sorted((found for found in intent.periods if found.fiscal_year), key=lambda found: found.start)
    years = {found.fiscal_year for found in dated if found.fiscal_year}
    for one, other in pairwise(dated):
        first, last = one.fiscal_year or 0, other.fiscal_year or 0
        if TO.fullmatch(intent.question[one.end : other.start]) and 0 < last - first <= LONGEST_RANGE:
            years |= set(range(first, last + 1))
    before = {span.year for span in spans_of(intent, calendar)} - years if len(years) == 1 else set()
    alone = len(dated) == 1 and any(
        found.offset == -1 and intent.core[dated[0].end : found.start].strip() in ("", "的") for found in intent.periods
    )
    return tuple(sorted(before if before and alone else years | before))


def without_sameness(text: str) -> str | None:
    """A question less the words that ask whether something is the same as before; None where it has none."""
    told = _STAYED.sub(" ", _CHANGED.sub(" ", re.sub("[有没]+(?=变)", " ", text)))
    return None if told == text else told


@dataclass(frozen=True, slots=True)
class FieldAnswer:
    text: str
    citations: tuple[Citation, ...]
    values: tuple[str, ...]


def answer_field(
    plan: FieldPlan, cells: Sequence[TextCell], name: str, words: Mapping[str, str], language: Language, question: str
) -> FieldAnswer | None:
    """The sentence with a citation for each cell, of several years behind whether all say the same; None when there is no cell for a year
    asked for.
    """
    by_year = {cell.year: cell for cell in reversed(cells)}
    years = plan.years or ((max(y for y in by_year if y is not None),) if any(by_year) else (None,))
    if not by_year or any(year not in by_year for year in years):
        return None
    chosen = [by_year[year] for year in years]
    values = tuple(cell.value for cell in chosen)
    citations = tuple(_citation(number, cell) for number, cell in enumerate(chosen, 1))
    said = [
        _said(cell, number, name if number == 1 or language == "en" else "", plan.title, words) for number, cell in enumerate(chosen, 1)
    ]
    text = words["field_join"].join(said) + words["stop"]
    if len(chosen) < 2:
        return FieldAnswer(text, citations, values)
    same = len({re.sub(r"\s", "", cell.value) for cell in chosen}) == 1
    verdict = words["field_same"] if same else words["field_different"]
    if _CHANGED.search(question) and not re.search("相同|一致|一样|same", question):
        verdict = words["field_unchanged"] if same else words["field_changed"]
    return FieldAnswer(verdict + text, citations, values)


def _said(cell: TextCell, number: int, entity: str, title: str, words: Mapping[str, str]) -> str:
    return words["field_year"].format(entity=entity, title=title, value=cell.value, when=_when(cell, words)) + f"[{number}]"


def _when(cell: TextCell, words: Mapping[str, str]) -> str:
    return words["field_when"].format(year=cell.year) if cell.year else ""


def _citation(marker: int, cell: TextCell) -> Citation:
    quote = f"{cell.field} {cell.value}"
    return Citation(marker, DocumentName(cell.document, cell.document_name), cell.page, None, cell.locator, quote)
