"""Questions with their readings for training: wordings filled with metrics of the lexicon and invented ones, years and names.

Chinese ones are in simplified characters, in which questions are read.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.reader.written_plan import COMPANY, LETTERS, Shown, WrittenPlan
from finfoundry.core.formulas import formulas
from finfoundry.core.language import has_han, simplified
from finfoundry.usecases.readers.wordings import Wording

INVENTED = 0.55  # share of the metrics that are put together at random
NAMED = 0.4  # share of the questions that say a company's name; in the others a fixed word stands for it
KNOWN_OTHERS = 0.5  # share of the organisations named in passing that are ones of the list
PLAIN = 0.6  # share of the English labels that are written small
SMALL = 0.06  # share of the English questions that are written small
YEARS = range(2012, 2028)
ROC = 1911  # before the first year of the Republic of China's calendar
_OPENS, _CLOSES = "\ue000", "\ue001"  # around a metric or a name while a question is put together
_NAME = "n"  # the mark of the name of the company that is asked about, as a metric has its number
_ASKS = re.compile(r"[吗否?？]|有没有|盈利了")


@dataclass(frozen=True, slots=True)
class FilledQuestion:
    """A question as the reader reads it, and what it should be read as; ``spans`` are of the plan's metrics: characters, and which;
    ``names`` those of the name of the company that is asked about; ``parts``: how many figures a plan over formulas takes, 0 for one that
    takes each metric in each of its years.
    """

    wording: Wording
    question: str
    plan: WrittenPlan
    spans: tuple[tuple[int, int, int], ...]
    names: tuple[tuple[int, int], ...] = ()
    parts: int = 0


@dataclass(slots=True)
class Filler:
    """Fills wordings; ``labels`` are those of an institution's own rows, and of formulas over them, which are taken in place of the
    lexicon's.
    """

    seed: int = 0
    labels: Sequence[str] = ()
    _known: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        phrases = [*map(simplified, self.labels)] or [
            *(phrase for metric in metrics().values() for phrase in metric.say),
            *(phrase for formula in formulas().values() for phrase in (*formula.en, *formula.zh)),
        ]
        fitting = [phrase for phrase in dict.fromkeys(phrases) if can_be_asked_for(phrase)]
        self._known = {"zh": [one for one in fitting if has_han(one)], "en": [one for one in fitting if not has_han(one)]}

    def fill(self, wording: Wording, copy: int) -> FilledQuestion:
        """One filling; ``copy`` numbers the fillings of a wording. The same seed gives the same."""
        draw = random.Random(f"{self.seed}/{wording.number}/{copy}")  # noqa: S311
        labels = self._labels(wording, draw)
        latest = draw.choice(YEARS)
        text = self._around(_with_years(wording, latest, draw), wording, draw)
        small = _language(wording) == "en" and draw.random() < SMALL
        company = self._company(wording, draw)
        question = _put_together(wording, text, labels, latest, {"company": company, "other": _other(wording, draw)})
        return _in_small_letters(question) if small else question

    def _labels(self, wording: Wording, draw: random.Random) -> dict[str, str]:
        """A metric for each slot, each once."""
        found: dict[str, str] = {}
        for slot in wording.slots:
            label = self._label(wording, draw)
            while any(label.lower() in other.lower() or other.lower() in label.lower() for other in found.values()):
                label = self._label(wording, draw)
            found[slot] = label
        return found

    def _label(self, wording: Wording, draw: random.Random) -> str:
        language = _language(wording)
        known = self._known[language]
        label = draw.choice(known) if known and draw.random() >= INVENTED else invented(language, draw)
        if language == "en" and draw.random() < PLAIN:
            return label if label.isupper() else label[0].lower() + label[1:]
        return label

    def _company(self, wording: Wording, draw: random.Random) -> str:
        """A name that no store knows, marked as one; or the word that stands for those that are known."""
        language = _language(wording)
        return f"{_OPENS}{_NAME}{_made(_words()['names'][language], draw)}{_CLOSES}" if draw.random() < NAMED else COMPANY[language]

    def _around(self, text: str, wording: Wording, draw: random.Random) -> str:
        """What people put before and after a question."""
        language = _language(wording)
        lead, tail = (draw.choice(_words()[part][language]) for part in ("lead", "tail"))
        return f"{lead}{text}{tail}"


def can_be_asked_for(label: str) -> bool:
    """Whether a question can name a metric so."""
    return 2 <= len(label) <= 70 and '"' not in label and not _ASKS.search(label)


def filled_with(wording: Wording, labels: Mapping[str, str], latest: int, company: str, draw: random.Random) -> FilledQuestion:
    """A wording with these metrics for its slots, this year as the later one and this company, and with nothing around it."""
    names = {"company": f"{_OPENS}{_NAME}{company}{_CLOSES}", "other": _other(wording, draw)}
    return _put_together(wording, _with_years(wording, latest, draw), labels, latest, names)


def _put_together(wording: Wording, text: str, labels: Mapping[str, str], latest: int, names: Mapping[str, str]) -> FilledQuestion:
    slots = wording.metrics

    def filled(slot: re.Match[str]) -> str:
        if slot[1] in slots:
            return f"{_OPENS}{slots.index(slot[1])}{labels[slot[1]]}{_CLOSES}"
        return names.get(slot[1]) or labels[slot[1]]

    marked = simplified(" ".join(re.sub(r"\{(\w+)\}", filled, text).split()))
    return FilledQuestion(wording, *_unmarked(marked, plan_of(wording, labels, latest)))


def _in_small_letters(one: FilledQuestion) -> FilledQuestion:
    return replace(one, question=one.question.lower(), plan=replace(one.plan, metrics=tuple(name.lower() for name in one.plan.metrics)))


def _unmarked(marked: str, plan: WrittenPlan) -> tuple[str, WrittenPlan, tuple[tuple[int, int, int], ...], tuple[tuple[int, int], ...]]:
    """A question, its plan, and where its metrics and the company's name stand: each stands between two marks, behind its number or the
    letter of a name."""
    text, spans, names = "", [], []
    for part in re.split(f"({_OPENS}.*?{_CLOSES})", marked):
        bare = part[2:-1] if part.startswith(_OPENS) else part
        place = (len(text), len(text) + len(bare))
        if part.startswith(f"{_OPENS}{_NAME}"):
            names.append(place)
        elif part.startswith(_OPENS):
            spans.append((*place, int(part[1])))
        text += bare
    return text, plan, tuple(spans), tuple(names)


def plan_of(wording: Wording, labels: Mapping[str, str], latest: int) -> WrittenPlan:
    """The plan that a wording asks for, with these labels and this year as the later one."""
    if wording.kind == "open":
        return WrittenPlan((), (), (), "open")
    slots = wording.metrics
    years = years_of(wording)
    letters = {slot: LETTERS[place] for place, slot in enumerate(slots)}
    places = {year: place for place, year in enumerate(years, 1)}
    compute = tuple(_spelled(one, letters, places) for one in wording.expressions)
    show: Shown = "yes_no" if wording.kind == "yes_no" else wording.show  # type: ignore[assignment]  # the tests hold that it is one
    return WrittenPlan(tuple(labels[slot] for slot in slots), tuple(_written(year, latest, wording) for year in years), compute, show)


def years_of(wording: Wording) -> list[str]:
    """The slots of the years that the expressions of a wording use, the latest first."""
    used = {_year(node) for one in wording.expressions for node in ast.walk(ast.parse(one)) if isinstance(node, ast.Subscript)}
    return sorted(used, key=before_latest)


def invented(language: str, draw: random.Random) -> str:
    """A label that no statement prints."""
    return _made(_words()[language], draw)


def _other(wording: Wording, draw: random.Random) -> str:
    """An organisation that is named in passing: an auditor, a bank, an authority, another company."""
    language = _language(wording)
    return draw.choice(_words()["others"][language]) if draw.random() < KNOWN_OTHERS else _made(_words()["names"][language], draw)


def _made(words: Mapping[str, Sequence[str]], draw: random.Random) -> str:
    """One of the patterns, its slots filled with words of their lists."""
    return re.sub(r"\{(\w+)\}", lambda part: draw.choice(words[part[1]]), draw.choice(words["patterns"]))


def _language(wording: Wording) -> str:
    return "en" if wording.lang == "en" else "zh"


def _spelled(expression: str, letters: dict[str, str], places: dict[str, int]) -> str:
    """An expression over letters and places: a1-a2."""

    class Spelling(ast.NodeTransformer):
        def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
            return ast.Name(f"{letters[node.value.id]}{places[_year(node)]}") if isinstance(node.value, ast.Name) else node

    return ast.unparse(Spelling().visit(ast.parse(expression))).replace(" ", "")


def _year(node: ast.Subscript) -> str:
    return ast.unparse(node.slice).replace(" ", "")


def before_latest(slot: str) -> int:
    """How many years before the later one: 0 of y1, 1 of y2; of y0-1 as well."""
    return int(slot[1]) - 1 if slot[1] != "0" else -int(slot[2:] or 0)


def _written(slot: str, latest: int, wording: Wording) -> int:
    """A year as the plan writes it: by the republic's calendar where the question names it by that alone, 0 for the latest."""
    if slot.startswith("y0"):
        return int(slot[2:] or 0)
    year = latest - before_latest(slot)
    by_roc = "{r" in wording.text and "{y" not in wording.text
    return year - ROC if by_roc else year


def _with_years(wording: Wording, latest: int, draw: random.Random) -> str:
    """The text with its years and quarters."""
    quarter = draw.choice(_words()["quarters"][wording.lang])
    values = {f"y{place}": str(latest - place + 1) for place in (1, 2, 3)}
    values |= {f"y{place}s": f"{(latest - place + 1) % 100:02}" for place in (1, 2, 3)}
    values |= {f"r{place}": str(latest - place + 1 - ROC) for place in (1, 2, 3)}
    values |= {f"q{place}": quarter.format(year=latest - place + 1) for place in (1, 2)}
    return re.sub(r"\{([yrq]\ds?)\}", lambda slot: values[slot[1]], wording.text)


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(
        resources.files("finfoundry.usecases.readers").joinpath("data/invented_labels.yaml").read_text("utf-8")
    )
    return loaded
