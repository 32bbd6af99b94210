"""Generated Chinese questions with known answers over the workbooks of annual reports, in the wording of several hands.

Kinds: lookups, unit requests, security codes, colloquial, ratios, growth, two-step, texts, rankings, counts, statistics, and questions
that the tables cannot answer (a company, a year, a metric that is not there). The words stand in ``data/zh_wording.yaml``.
"""

from __future__ import annotations

import random
import re
import statistics
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from finfoundry.core.numbers import find_numbers
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.numeric import without_markers
from finfoundry.evals.rows import Item, Reply, Score
from finfoundry.evals.run import Suite
from finfoundry.evals.suites.reports_zh import FULL_NAME, NAME, Key, Reports, reports, workbooks

COUNT, SEED = 5000, 0  # of the questions; a sample of them is chosen by the run's own seed
DIGITS = "零一二三四五六七八九十"
UNITS = (("万元", 10**4), ("亿元", 10**8), ("百万元", 10**6))
YEARS = (2019, 2020, 2021)
Check = Callable[[str], bool]
# how often each kind is made, in 108
SHARES = {
    "lookup": 18, "colloquial": 10, "unit": 10, "code": 4, "ratio": 16, "growth": 12, "text": 6, "two": 6,
    "ranking": 10, "counting": 5, "statistic": 5, "absent": 6,
}  # fmt: skip


@cache
def wording() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((files("finfoundry.evals") / "data" / "zh_wording.yaml").read_text(encoding="utf-8"))
    return loaded


def items(data: Path) -> list[Item]:
    """COUNT different questions. Raises InputError where there are no workbooks."""
    return Maker(reports(data), SEED).make(COUNT)


def near(value: Decimal, text: str, decimals: int = 2, *, ratio: bool = False) -> bool:
    """Whether a figure of the answer's first part is the value, at so many decimals."""
    step = Decimal(1).scaleb(-decimals) * (Decimal("0.01") if ratio else 1)
    numbers = find_numbers(without_markers(text).split("其中")[0])
    return any(abs(number.value - value) <= step * Decimal("0.51") + number.step / 2 for number in numbers)


def in_order(names: Sequence[str], text: str) -> bool:
    places = [without_markers(text).find(name) for name in names]
    return all(place >= 0 for place in places) and places == sorted(places)


class Maker:
    """Draws questions; each knows how to check an answer's text."""

    def __init__(self, found: Reports, seed: int) -> None:
        self.reports = found
        self.random = random.Random(seed)  # noqa: S311  questions, no secret
        self.keys = sorted(key for key, row in found.rows.items() if NAME in row and FULL_NAME in row)
        self.words = wording()
        self.say: dict[str, list[str]] = self.words["say"]
        self.counts = frozenset(self.words["counts"])
        self.money = [column for column in self.say if column not in self.counts and "每股" not in column]

    def make(self, count: int) -> list[Item]:
        kinds = [getattr(self, name) for name, share in SHARES.items() for _ in range(share)]
        made: dict[str, Item] = {}
        while len(made) < count:
            question = self.random.choice(kinds)()
            if question is not None:
                kind, text, gold, check = question
                made.setdefault(text, Item(f"zh-generated/{len(made) + 1}", text, gold, kind, meta={"check": check}))
        return list(made.values())

    def sentence(self, name: str, **words: object) -> str:
        found: str = self.random.choice(self.words["sentences"][name]).format(**words)
        return found

    def company(self) -> tuple[Key, str]:
        key = self.random.choice(self.keys)
        row = self.reports.rows[key]
        return key, self.random.choice([row[NAME], row[FULL_NAME], row[NAME]])

    def lookup(self, sentence: str = "lookup", kind: str = "lookup") -> tuple[str, str, str, Check] | None:
        key, company = self.company()
        column = self.random.choice(list(self.say))
        value = self.reports.number(key, column)
        if value is None:
            return None
        named = f"代码为{key[0]}的公司" if kind == "code" else company
        words = {"c": named, "y": key[1], "m": self.random.choice(self.say[column])}
        return kind, self.sentence("heads" if column in self.counts else sentence, **words), str(value), lambda text: near(value, text)

    def colloquial(self) -> tuple[str, str, str, Check] | None:
        return self.lookup("colloquial", "colloquial")

    def code(self) -> tuple[str, str, str, Check] | None:
        return self.lookup("lookup", "code")

    def unit(self) -> tuple[str, str, str, Check] | None:
        key, company = self.company()
        column = self.random.choice(self.money)
        value = self.reports.number(key, column)
        word, scale = self.random.choice(UNITS)
        if value is None or abs(value) < scale:
            return None
        printed = f"{(value / scale).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
        text = self.sentence("unit", c=company, y=key[1], m=self.random.choice(self.say[column]), u=word)
        return "unit", text, printed + word, lambda answer: printed in without_markers(answer)

    def ratio(self) -> tuple[str, str, str, Check] | None:
        key, company = self.company()
        ratio = self.random.choice(self.words["ratios"])
        above, below = self.reports.total(key, ratio["above"]), self.reports.total(key, ratio["below"])
        if above is None or not below:
            return None
        value = above / below
        forms = {"percent": (True,), "ratio": (False,), "either": (True, False)}[ratio["form"]]
        text = self.sentence("ratio", c=company, y=key[1], m=self.random.choice(ratio["names"]))
        return "ratio", text, f"{value:.4f}", lambda answer: any(near(value, answer, ratio=percent) for percent in forms)

    def growth(self) -> tuple[str, str, str, Check] | None:
        key, company = self.company()
        column = self.random.choice(self.money)
        now, before = self.reports.number(key, column), self.reports.number((key[0], key[1] - 1), column)
        if now is None or before is None or before <= 0:
            return None
        value = (now - before) / before
        text = self.sentence("growth", c=company, y=key[1], z=key[1] - 1, m=self.random.choice(self.say[column]))
        return "growth", text, f"{value:.4f}", lambda answer: near(value, answer, ratio=True)

    def text(self) -> tuple[str, str, str, Check] | None:
        key, company = self.company()
        column = self.random.choice(list(self.words["texts"]))
        value = self.reports.text(key, column)
        if value is None:
            return None
        text = self.sentence("text", c=company, y=key[1], m=self.random.choice(self.words["texts"][column]))
        return "text", text, value, lambda answer: value in without_markers(answer)

    def two(self) -> tuple[str, str, str, Check] | None:
        key, company = self.company()
        one, other = self.random.sample(self.money, 2)
        way = self.random.choice(["sum", "both", "mean_of_years"])
        years = way == "mean_of_years"
        first = self.reports.number(key, one)
        second = self.reports.number((key[0], key[1] - 1), one) if years else self.reports.number(key, other)
        if first is None or second is None:
            return None
        text = self.sentence(way, c=company, y=key[1], z=key[1] - 1, m=self.say[one][0], n=self.say[other][0])
        if way == "both":
            return "two metrics", text, f"{first}, {second}", lambda answer: near(first, answer) and near(second, answer)
        value = (first + second) / 2 if years else first + second
        return "two-step", text, str(value), lambda answer: near(value, answer)

    def _ranked(self) -> tuple[int, str, str, list[tuple[Decimal, str, str]]]:
        year, column = self.random.choice(YEARS), self.random.choice([c for c in self.say if "每股" not in c])
        return year, column, self.random.choice(self.say[column]), self.reports.year(year, column)

    def ranking(self) -> tuple[str, str, str, Check] | None:
        year, _, said, found = self._ranked()
        number, way = self.random.choice((3, 5, 10)), self.random.choice(["top", "bottom", "nth", "most", "place"])
        place = self.random.choice(self.words["places"])
        if way == "place":
            found = [one for one in found if in_place(self.reports.text((one[2], year), "注册地址"), place)]
        elif way == "bottom":
            found = sorted(found)
        if len(found) <= number or len({value for value, _, _ in found[: number + 1]}) <= number:
            return None  # a tie has no order
        names = [name for _, name, _ in found[:number]]
        names = names[-1:] if way == "nth" else names[:1] if way == "most" else names
        text = self.sentence(way, y=year, m=said, k=self.random.choice([str(number), DIGITS[number]]), p=place)
        return "ranking", text, "、".join(names), lambda answer: in_order(names, answer)

    def counting(self) -> tuple[str, str, str, Check] | None:
        year, column, said, found = self._ranked()
        way = self.random.choice(["over", "over", "negative", "in_place"])
        place, people = self.random.choice(self.words["places"]), column in self.counts
        limit = self.random.choice((1000, 5000, 10000)) if people else self.random.choice((1, 5, 10, 50)) * 10**8
        if way == "in_place":
            number = sum(key[1] == year and in_place(self.reports.text(key, "注册地址"), place) for key in self.keys)
        elif way == "negative":
            number = 0 if people else sum(value < 0 for value, _, _ in found)
        else:
            number = 0 if any(value == limit for value, _, _ in found) else sum(value > limit for value, _, _ in found)
        if not number:
            return None
        text = self.sentence(way, y=year, m=said, p=place, t=f"{limit}人" if people else f"{limit // 10**8}亿元")
        return "count", text, str(number), lambda answer: near(Decimal(number), answer, 0)

    def statistic(self) -> tuple[str, str, str, Check] | None:
        year, column, said, found = self._ranked()
        if column in self.counts or not found:
            return None
        values = [value for value, _, _ in found]
        way = self.random.choice(["mean", "total", "median"])
        total = sum(values, Decimal(0))
        value = total / len(values) if way == "mean" else total if way == "total" else statistics.median(values)
        return "statistic", self.sentence(way, y=year, m=said), f"{value:.2f}", lambda answer: near(value, answer)

    def absent(self) -> tuple[str, str, str, Check] | None:
        key, company = self.company()
        name = self.random.choice(["absent"] * 7 + ["stranger"] * 2)
        return "absent", self.sentence(name, c=company, y=key[1]), "", lambda _: False


def in_place(address: str | None, place: str) -> bool:
    """Whether an address lies in a place: it begins with it, perhaps after the country or the province."""
    before = r"(?:中华人民共和国|中国|[\u4e00-\u9fff]{2,3}省|[（(\s])*(?:[\u4e00-\u9fff]{2,3}省)?"
    return bool(address and re.match(rf"^{before}{place}(?!湾|[\u4e00-\u9fff]?[路街道])", address))


def score(item: Item, reply: Reply) -> Score:
    """What cannot be answered is right without an answer."""
    if item.kind == "absent":
        return Score("wrong", 0.0, "the tables do not hold this") if reply.status == "answered" else Score("correct", 1.0)
    if reply.status != "answered":
        return Score(reply.status, 0.0)
    right = bool(item.meta["check"](reply.text))
    return Score("correct" if right else "wrong", float(right), "" if right else f"{item.gold} is not stated")


SUITE = Suite(
    "zh-generated", "5,000 generated Chinese questions over the tables of 11,587 annual reports.", "answer", items, score,
    (MEASURES["correct"], MEASURES["wrong"], MEASURES["error"]), sample=1200, documents=workbooks, missing=("-1",),
)  # fmt: skip
