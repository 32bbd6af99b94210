"""Questions on Chinese annual reports as documents: reviewed ones in the words of analysts, and generated ones from the wide tables.

The documents alone are asked; the workbooks, which hold rows of the same companies and years, are truth and no evidence. Reviewed
questions and their answers are in ``data/zh_filing_questions.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from finfoundry.core.errors import InputError
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.evals.judging import TrueFigure, Truth, judge
from finfoundry.evals.judging.periods import years_of
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.rows import Item, Judgement, Reply
from finfoundry.evals.run import Suite
from finfoundry.evals.suites.reports_zh import FULL_NAME, NAME, Key, reports
from finfoundry.evals.suites.zh_generated import Maker, Question

FOLDER = "zh_filings/docs"
EACH, SEED = 60, 0  # generated questions on a report
KINDS = {"lookup": 6, "colloquial": 3, "unit": 3, "code": 1, "ratio": 6, "growth": 4, "text": 3, "two": 2}
_ASKS = re.compile(r"(?:有|是|为|合计|一共|多少|哪家|谁|吗|？|\?|，|保留).*$")
_WHEN = re.compile(r"截至|在?(?:19|20)\d\d年(?:第?[一二三四]季度|度|末)?(?:的)?|口径的?")


@cache
def reviewed() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((files("finfoundry.evals") / "data" / "zh_filing_questions.yaml").read_text(encoding="utf-8"))
    return loaded


def documents(data: Path) -> list[Path]:
    """The reports. Raises InputError where one is missing."""
    there = sorted((data / FOLDER).glob("*")) if (data / FOLDER).is_dir() else []
    found = [next((path for path in there if one["name"] in path.name), None) for one in reviewed()["documents"]]
    if None in found:
        raise InputError(f"the Chinese reports are not all in {data / FOLDER}", remedy="Give the folder that holds them with --data")
    return [path for path in found if path is not None]


class OneReport(Maker):
    """Draws questions on one company and year."""

    def __init__(self, data: Path, key: Key, wrong: Sequence[str] = ()) -> None:
        super().__init__(reports(data), SEED + int(key[0]))
        self.key = key
        self.wrong = frozenset(wrong)

    def company(self) -> tuple[Key, str]:
        row = self.reports.rows[self.key]
        return self.key, self.random.choice([row[NAME], row[FULL_NAME], row[NAME]])

    def lookup(self, sentence: str = "lookup", kind: str = "lookup") -> Question | None:
        """A zero of the workbooks is what they hold for nothing."""
        found = super().lookup(sentence, kind)
        return found if found and Decimal(found[2]) else None

    def text(self) -> Question | None:
        """A question for a text field; None for texts that the workbook holds wrongly."""
        key, company = self.company()
        column = self.random.choice(list(self.words["texts"]))
        value = self.reports.text(key, column)
        if value is None or column in self.wrong:
            return None
        text = self.sentence("text", c=company, y=key[1], m=self.random.choice(self.words["texts"][column]))
        return "text", text, value, replace(self.truth(key), names=((value,),))

    def make(self, count: int) -> list[Item]:
        """Up to ``count`` different questions on the report; fewer where the workbooks hold too little of it."""
        kinds = [getattr(self, name) for name, share in KINDS.items() for _ in range(share)]
        made: dict[str, Item] = {}
        for _ in range(count * 20):
            question = self.random.choice(kinds)() if len(made) < count else None
            if question is not None:
                kind, text, gold, truth = question
                made.setdefault(text, Item(f"{self.key[0]}/{len(made) + 1}", text, gold, f"generated {kind}", meta={"truth": truth}))
        return list(made.values())


def items(data: Path) -> list[Item]:
    """The reviewed questions, then those generated on each report that the workbooks hold."""
    documents(data)
    asked = [
        Item(f"reviewed/{number}", one["ask"], gold(one), one["kind"], meta={"truth": truth(one)})
        for number, one in enumerate(reviewed()["questions"], 1)
    ]
    held = reports(data).rows
    for one in reviewed()["documents"]:
        key = (one["code"], one["year"])
        if {NAME, FULL_NAME} <= held.get(key, {}).keys():
            asked += OneReport(data, key, one.get("wrong", ())).make(EACH)
    return asked


def gold(one: dict[str, Any]) -> str:
    return str(one.get("is") or "、".join(one.get("says", ())))


def truth(one: dict[str, Any]) -> Truth | None:
    """What is true of a reviewed question; None for what the reports do not hold."""
    if not gold(one):
        return None
    own = [document for document in reviewed()["documents"] if document["company"] in one["ask"]]
    entity = tuple(document[key] for document in own for key in ("company", "full"))
    others = frozenset(document["company"] for document in reviewed()["documents"]) - set(entity)
    known = Truth(entity, others, years_of(one["ask"]), (metric(one["ask"], entity),))
    if "is" not in one:
        return replace(known, labels=(), names=tuple(tuple(words.split("|")) for words in one["says"]))
    return replace(known, figures=(printed_figure(one["is"], "每" in one["ask"]),))


def metric(question: str, companies: Sequence[str]) -> str:
    """What a question names besides its company and time: the metric."""
    for company in companies:
        question = question.replace(company, "")
    return _ASKS.sub("", _WHEN.sub("", question)).strip("的在")


def printed_figure(text: str, share: bool = False) -> TrueFigure:
    """A figure as a person copied it from a report: known to its last digit."""
    [number] = find_numbers(text)
    if number.percent:
        return TrueFigure(number.value, form="percent", known=number.step)
    if number.unit == "count":
        return TrueFigure(number.value, Decimal(1), "count", known=number.step)
    if number.unit == "shares":
        return TrueFigure(number.value, form="shares", known=number.step)
    return TrueFigure(number.value, form="per share" if share else "money", unit="CNY", known=number.step)


def score(item: Item, reply: Reply) -> Judgement:
    """The strict judge's verdict; what the reports do not hold must not be answered."""
    if item.kind == "absent":
        return Judgement("wrong", 0.0, "the report does not hold this") if reply.status == "answered" else Judgement("correct", 1.0)
    if reply.status != "answered":
        return Judgement(reply.status, 0.0)
    return judge(item.meta["truth"], item.question, reply.text)


SUITE: Suite = Suite(
    "zh-filing-questions", "Questions on Chinese annual reports as documents, reviewed and generated.", "answer", items, score,
    (MEASURES["correct"], MEASURES["wrong"], MEASURES["error"]), documents=documents,
)  # fmt: skip
