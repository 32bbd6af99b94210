"""Generated Chinese questions with known answers over the workbooks of annual reports, in the wording of several hands.

Kinds: lookups, unit requests, security codes, colloquial, ratios, growth, two-step, texts, rankings, counts, statistics, and questions
that the tables cannot answer (a company, a year, a metric that is not there). The words are in ``data/zh_wording.yaml``. Each maker
returns None where the value that it drew is missing or gives no clear answer; ``make`` then draws again.

The run's seed reaches the maker: it draws companies, metrics and sentences. Companies and sentences are split into two families. Of the
*read* one (``zh-generated``) questions and answers were read while the product was built; of the *blind* one (``zh-generated-blind``) none
may be: its companies are those whose code has an odd digest, its sentences are under ``blind``.
"""

from __future__ import annotations

import hashlib
import random
import re
import statistics
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import yaml

from finfoundry.evals.judging import TrueFigure, Truth, judge
from finfoundry.evals.judging.truth import Form
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.rows import Item, Judgement, Reply
from finfoundry.evals.run import Suite
from finfoundry.evals.suites.reports_zh import FULL_NAME, NAME, Key, Reports, reports, workbooks

COUNT, SEED = 5000, 0  # of the questions; the seed of items asked for without one
DIGITS = "零一二三四五六七八九十"
UNITS = (("万元", 10**4), ("亿元", 10**8), ("百万元", 10**6))
YEARS = (2019, 2020, 2021)
Family = Literal["read", "blind"]
Question = tuple[str, str, str, Truth | None]  # kind, sentence, reference, and what is true; None where nothing is
CENT, HUNDREDTH = Decimal("0.01"), Decimal("0.0001")  # two decimals, of a number and of a percentage
# how often each kind is made, in 108
SHARES = {
    "lookup": 18, "colloquial": 10, "unit": 10, "code": 4, "ratio": 16, "growth": 12, "text": 6, "two": 6,
    "ranking": 10, "counting": 5, "statistic": 5, "absent": 6,
}  # fmt: skip


@cache
def wording() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((files("finfoundry.evals") / "data" / "zh_wording.yaml").read_text(encoding="utf-8"))
    return loaded


def family_of(code: str) -> Family:
    """Which family a company belongs to: by a digest of its code, the same on every machine."""
    return "read" if hashlib.sha256(code.encode()).digest()[0] % 2 == 0 else "blind"


def items(data: Path, seed: int = SEED, family: Family = "read") -> list[Item]:
    """COUNT different questions of one family, drawn by the seed. Raises InputError where there are no workbooks."""
    return Maker(reports(data), seed, family).make(COUNT)


def blind(data: Path, seed: int = SEED) -> list[Item]:
    """The questions of the family that nobody read."""
    return items(data, seed, "blind")


class Maker:
    """Draws questions, each with its truth; ``family`` None draws from all companies and the read sentences."""

    def __init__(self, found: Reports, seed: int, family: Family | None = None) -> None:
        self.reports = found
        self.random = random.Random(seed)  # noqa: S311  questions, no secret
        named = [key for key, row in found.rows.items() if NAME in row and FULL_NAME in row]
        self.named_keys = named
        self.keys = sorted(key for key in named if family is None or family_of(key[0]) == family)
        self.strangers = frozenset(found.rows[key][NAME] for key in named if len(found.rows[key][NAME]) > 2)
        self.words = wording()
        self.sentences = {**self.words["sentences"], **(self.words["blind"] if family == "blind" else {})}
        self.say: dict[str, list[str]] = self.words["say"]
        self.counts = frozenset(self.words["counts"])
        self.money = [column for column in self.say if column not in self.counts and "每股" not in column]
        self.metrics = [name for names in self.say.values() for name in names] + [
            name for one in self.words["ratios"] for name in one["names"]
        ]

    def make(self, count: int) -> list[Item]:
        """``count`` different questions, in the kinds' shares."""
        kinds = [getattr(self, name) for name, share in SHARES.items() for _ in range(share)]
        made: dict[str, Item] = {}
        while len(made) < count:
            question = self.random.choice(kinds)()
            if question is not None:
                kind, text, gold, truth = question
                made.setdefault(text, Item(f"zh-generated/{len(made) + 1}", text, gold, kind, meta={"truth": truth}))
        return list(made.values())

    def sentence(self, name: str, **words: object) -> str:
        found: str = self.random.choice(self.sentences[name]).format(**words)
        return found

    def company(self) -> tuple[Key, str]:
        key = self.random.choice(self.keys)
        row = self.reports.rows[key]
        return key, self.random.choice([row[NAME], row[FULL_NAME], row[NAME]])

    def truth(self, key: Key | None, labels: Iterable[str] = (), *figures: TrueFigure, years: tuple[int, ...] = ()) -> Truth:
        """The truth about one company and year, or about all companies (``key`` None)."""
        row = self.reports.rows[key] if key else {}
        own = tuple(dict.fromkeys(labels))
        others = tuple(name for name in self.metrics if not any(name in one or one in name for one in own)) if own else ()
        entity = (row[NAME], row[FULL_NAME], key[0]) if key else ()
        strangers = self.strangers if key else frozenset()
        return Truth(entity, strangers, years or ((key[1],) if key else ()), own, others, figures)

    def named(self, column: str, first: str) -> list[str]:
        """All names of a column, the one that is asked with first."""
        return [first, *self.say[column]]

    def form(self, column: str) -> Form:
        return "count" if column in self.counts else "per share" if "每股" in column else "money"

    def lookup(self, sentence: str = "lookup", kind: str = "lookup") -> Question | None:
        """One metric of one company and year."""
        key, company = self.company()
        column = self.random.choice(list(self.say))
        value = self.reports.number(key, column)
        if value is None:
            return None
        said = self.random.choice(self.say[column])
        words = {"c": f"代码为{key[0]}的公司" if kind == "code" else company, "y": key[1], "m": said}
        figure = TrueFigure(value, CENT if "每股" in column else Decimal(0), self.form(column), "CNY")
        text = self.sentence("heads" if column in self.counts else sentence, **words)
        return kind, text, str(value), self.truth(key, self.named(column, said), figure)

    def colloquial(self) -> Question | None:
        return self.lookup("colloquial", "colloquial")

    def code(self) -> Question | None:
        return self.lookup("lookup", "code")

    def unit(self) -> Question | None:
        """One metric, asked in a unit; None below one of it."""
        key, company = self.company()
        column = self.random.choice(self.money)
        value = self.reports.number(key, column)
        word, scale = self.random.choice(UNITS)
        if value is None or abs(value) < scale:
            return None
        said = self.random.choice(self.say[column])
        text = self.sentence("unit", c=company, y=key[1], m=said, u=word)
        truth = self.truth(key, self.named(column, said), TrueFigure(value, CENT * scale, unit="CNY"))
        return "unit", text, f"{value / scale:,.2f}{word}", replace(truth, money_scale=Decimal(scale))

    def ratio(self) -> Question | None:
        """A ratio of two totals of one company and year."""
        key, company = self.company()
        ratio = self.random.choice(self.words["ratios"])
        above, below = self.reports.total(key, ratio["above"]), self.reports.total(key, ratio["below"])
        if above is None or not below:
            return None
        name = self.random.choice(ratio["names"])
        figure = TrueFigure(above / below, CENT, "ratio") if ratio["form"] == "ratio" else TrueFigure(above / below, HUNDREDTH, "either")
        text = self.sentence("ratio", c=company, y=key[1], m=name)
        return "ratio", text, f"{figure.value:.4f}", self.truth(key, [name, *ratio["names"]], figure)

    def growth(self) -> Question | None:
        """The change of a metric against the year before; None unless that was positive."""
        key, company = self.company()
        column = self.random.choice(self.money)
        now, before = self.reports.number(key, column), self.reports.number((key[0], key[1] - 1), column)
        if now is None or before is None or before <= 0:
            return None
        value, said = (now - before) / before, self.random.choice(self.say[column])
        text = self.sentence("growth", c=company, y=key[1], z=key[1] - 1, m=said)
        figure = TrueFigure(value, HUNDREDTH, "percent", change=True)
        return "growth", text, f"{value:.4f}", self.truth(key, self.named(column, said), figure, years=(key[1] - 1, key[1]))

    def text(self) -> Question | None:
        key, company = self.company()
        column = self.random.choice(list(self.words["texts"]))
        value = self.reports.text(key, column)
        if value is None:
            return None
        text = self.sentence("text", c=company, y=key[1], m=self.random.choice(self.words["texts"][column]))
        return "text", text, value, replace(self.truth(key), names=((value,),))

    def two(self) -> Question | None:
        """Two metrics of a year, or one of two years: both, their sum, or their mean."""
        key, company = self.company()
        one, other = self.random.sample(self.money, 2)
        way = self.random.choice(["sum", "both", "mean_of_years"])
        years = way == "mean_of_years"
        first = self.reports.number(key, one)
        second = self.reports.number((key[0], key[1] - 1), one) if years else self.reports.number(key, other)
        if first is None or second is None:
            return None
        text = self.sentence(way, c=company, y=key[1], z=key[1] - 1, m=self.say[one][0], n=self.say[other][0])
        labels = [*self.say[one], *(() if years else self.say[other])]
        if way == "both":
            pair = [TrueFigure(value, unit="CNY", labels=tuple(self.say[column])) for value, column in ((first, one), (second, other))]
            return "two metrics", text, f"{first}, {second}", self.truth(key, labels, *pair)
        value = (first + second) / 2 if years else first + second
        of = (key[1] - 1, key[1]) if years else (key[1],)
        return "two-step", text, str(value), self.truth(key, labels, TrueFigure(value, unit="CNY"), years=of)

    def _ranked(self) -> tuple[int, str, str, list[tuple[Decimal, str, str]]]:
        year, column = self.random.choice(YEARS), self.random.choice([c for c in self.say if "每股" not in c])
        return year, column, self.random.choice(self.say[column]), self.reports.year(year, column)

    def ranking(self) -> Question | None:
        """The first, last or n-th companies by a metric, of all or of one place; None where a tie leaves no order."""
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
        return "ranking", text, "、".join(names), Truth(years=(year,), ordered=tuple(names), roster=self.strangers)

    def counting(self) -> Question | None:
        """How many companies are over a limit, negative, or of one place; None where none is, or one is exactly at the limit."""
        year, column, said, found = self._ranked()
        way = self.random.choice(["over", "over", "negative", "in_place"])
        place, people = self.random.choice(self.words["places"]), column in self.counts
        limit = self.random.choice((1000, 5000, 10000)) if people else self.random.choice((1, 5, 10, 50)) * 10**8
        if way == "in_place":
            number = sum(key[1] == year and in_place(self.reports.text(key, "注册地址"), place) for key in self.named_keys)
        elif way == "negative":
            number = 0 if people else sum(value < 0 for value, _, _ in found)
        else:
            number = 0 if any(value == limit for value, _, _ in found) else sum(value > limit for value, _, _ in found)
        if not number:
            return None
        text = self.sentence(way, y=year, m=said, p=place, t=f"{limit}人" if people else f"{limit // 10**8}亿元")
        return "count", text, str(number), self.truth(None, (), TrueFigure(Decimal(number), Decimal(1), "count"), years=(year,))

    def statistic(self) -> Question | None:
        """Mean, total or median of an amount over all companies of a year."""
        year, column, said, found = self._ranked()
        if column in self.counts or not found:
            return None
        values = [value for value, _, _ in found]
        way = self.random.choice(["mean", "total", "median"])
        total = sum(values, Decimal(0))
        value = total / len(values) if way == "mean" else total if way == "total" else statistics.median(values)
        truth = self.truth(None, self.named(column, said), TrueFigure(value, unit="CNY"), years=(year,))
        return "statistic", self.sentence(way, y=year, m=said), f"{value:.2f}", truth

    def absent(self) -> Question | None:
        key, company = self.company()
        name = self.random.choice(["absent"] * 7 + ["stranger"] * 2)
        return "absent", self.sentence(name, c=company, y=key[1]), "", None


def in_place(address: str | None, place: str) -> bool:
    """Whether an address lies in a place: it begins with it, perhaps after the country or the province."""
    before = r"(?:中华人民共和国|中国|[\u4e00-\u9fff]{2,3}省|[（(\s])*(?:[\u4e00-\u9fff]{2,3}省)?"
    return bool(address and re.match(rf"^{before}{place}(?!湾|[\u4e00-\u9fff]?[路街道])", address))


def score(item: Item, reply: Reply) -> Judgement:
    """What cannot be answered is right without an answer."""
    if item.kind == "absent":
        return Judgement("wrong", 0.0, "the tables do not hold this") if reply.status == "answered" else Judgement("correct", 1.0)
    if reply.status != "answered":
        return Judgement(reply.status, 0.0)
    return judge(item.meta["truth"], item.question, reply.text)


SUITE: Suite = Suite(
    "zh-generated", "5,000 generated Chinese questions over 11,587 annual reports, of the family that was read.", "answer",
    items, score, (MEASURES["correct"], MEASURES["wrong"], MEASURES["error"]), sample=1200,
    documents=workbooks, missing=("-1",), currency="CNY", seeded=items,
)  # fmt: skip
BLIND: Suite = replace(
    SUITE,
    name="zh-generated-blind",
    about="The same over other companies in other sentences, which nobody read.",
    items=blind,
    seeded=blind,
)
