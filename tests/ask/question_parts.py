"""Whether questions of two or three parts are answered whole, or say what of them is not answered.

The questions are made over what two generated documents print, in English and Chinese: the report of the demonstration bank, and accounts
that are drawn from the seed. Some ask for what no document holds. An answer counts as *silent* where a part is neither among its figures
nor named as not answered.
"""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer, Language
from finfoundry.core.document import Parsed
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.demo.bank import YEAR
from finfoundry.demo.report import annual_report
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.search.passages import Search
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.runtime.postgres import Postgres
from finfoundry.runtime.supervisor import Supervisor

COMPANY = "Kestrel Bearings plc"
ABSENT: dict[Language, Sequence[str]] = {
    "en": ("the number of leased aircraft", "goodwill impairment of the mining unit", "the carbon tax", "royalties on patents"),
    "zh": ("租赁飞机数量", "矿业分部商誉减值", "碳排放税", "专利使用费"),
}
EARLIEST = 2011  # a year of which no document speaks
NAMED = ("Not answered", "未回答")
_INCOME = ("Net sales", "Cost of sales", "Gross profit", "Selling and marketing expenses", "Operating income", "Interest expense",
           "Income before income taxes", "Income tax expense", "Net income")  # fmt: skip
_COST = re.compile(r"expense|tax|loss|cost|支出|税|损失|费", re.IGNORECASE)  # printed as negatives: of which sign a difference is, is open
_BALANCE = ("Cash and cash equivalents", "Trade receivables", "Inventories", "Total current assets", "Goodwill", "Total assets",
            "Trade payables", "Total current liabilities", "Long-term debt", "Total liabilities", "Total equity")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One thing asked for: its words, its year, and the amount that is printed or follows from it; None where the document holds none."""

    words: str
    year: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    kind: str
    collection: str
    parts: tuple[Part, ...]


Lines = dict[str, dict[int, Decimal]]  # label -> year -> amount


def accounts(seed: int) -> bytes:
    """The accounts of a company that does not exist, as HTML; every statement adds up."""
    draw = random.Random(seed)
    tables = []
    for title, labels, heads in (
        ("Consolidated income statement", _INCOME, [str(YEAR - back) for back in range(3)]),
        ("Consolidated balance sheet", _BALANCE, [f"December 31, {YEAR - back}" for back in range(3)]),
    ):
        rows = "".join(
            f"<tr><td>{label}</td>{''.join(f'<td>{value:,}</td>' for value in values)}</tr>"
            for label, values in _drawn(draw, labels).items()
        )
        head = "".join(f"<th>{one}</th>" for one in heads)
        tables.append(f"<h2>{title}</h2><p>(in millions of US dollars)</p><table><tr><th></th>{head}</tr>{rows}</table>")
    cover = f"<h1>{COMPANY}</h1><h2>Annual Report {YEAR}</h2><p>For the fiscal year ended December 31, {YEAR}</p>"
    return f"<html><head><title>{COMPANY} {YEAR}</title></head><body>{cover}{''.join(tables)}</body></html>".encode()


def _drawn(draw: random.Random, labels: Sequence[str]) -> dict[str, list[int]]:
    """Amounts of three years, each line another."""
    return {
        label: [draw.randrange(1_000, 9_000) * (place + 1) + draw.randrange(999) for _ in range(3)] for place, label in enumerate(labels)
    }


def lines_of(parsed: Parsed, language: Language) -> Lines:
    """The lines of the whole company that the document prints with one amount a year, by their labels."""
    found: dict[str, dict[int, set[Decimal]]] = defaultdict(lambda: defaultdict(set))
    for fact in parsed.facts:
        chinese = re.search(r"[\u4e00-\u9fff]", "".join(fact.metric)) is not None
        plain = len(fact.metric) == 1 and not fact.dimensions and fact.scope == "consolidated" and fact.statement in ("income", "balance")
        if plain and chinese == (language == "zh") and not re.search(r"\d|[（(]", fact.metric[0]):
            found[fact.metric[0]][int(fact.period[-10:-6])].add(abs(fact.value))
    kept = {label: {year: amounts.pop() for year, amounts in years.items() if len(amounts) == 1} for label, years in found.items()}
    return {label: years for label, years in kept.items() if len(years) > 1 and all(years.values())}


def questions(lines: Lines, collection: str, language: Language, number: int, draw: random.Random) -> Iterator[Question]:
    """Questions of all kinds in turn."""
    kinds = KINDS[language]
    for place in range(number):
        kind, make = list(kinds.items())[place % len(kinds)]
        text, parts = make(lines, draw)
        yield Question(text, kind, collection, tuple(parts))


Maker = Callable[[Lines, random.Random], tuple[str, list[Part]]]


def _pick(lines: Lines, draw: random.Random, number: int) -> tuple[list[str], int, int]:
    """Labels, a year, and the year before it."""
    labels = draw.sample(sorted(lines), number)
    years = sorted(set.intersection(*(set(lines[label]) for label in labels)))
    return labels, years[-1], years[-2]


def _part(lines: Lines, label: str, year: int) -> Part:
    return Part(label, year, lines[label][year])


def _several(pattern: str, number: int) -> Maker:
    """So many lines of one year; {a}, {b}, {c} and {y} in the pattern."""

    def make(lines: Lines, draw: random.Random) -> tuple[str, list[Part]]:
        labels, year, _ = _pick(lines, draw, number)
        names = {name: _said(label) for name, label in zip("abc", labels, strict=False)}
        return pattern.format(y=year, **names), [_part(lines, label, year) for label in labels]

    return make


def _years(pattern: str) -> Maker:
    """One line in two years: {y}, {z} and, in two digits, {s}."""

    def make(lines: Lines, draw: random.Random) -> tuple[str, list[Part]]:
        (label,), year, before = _pick(lines, draw, 1)
        text = pattern.format(a=_said(label), y=year, z=before, s=f"{before % 100:02}", t=f"{year % 100:02}")
        return text, [_part(lines, label, year), _part(lines, label, before)]

    return make


def _crossed(pattern: str) -> Maker:
    """Two lines, each of a year of its own."""

    def make(lines: Lines, draw: random.Random) -> tuple[str, list[Part]]:
        (one, other), year, before = _pick(lines, draw, 2)
        text = pattern.format(a=_said(one), b=_said(other), y=year, z=before)
        return text, [_part(lines, one, year), _part(lines, other, before)]

    return make


def _difference(pattern: str, *, of_years: bool = False) -> Maker:
    """By how much two lines, or two years of one, differ."""

    def make(lines: Lines, draw: random.Random) -> tuple[str, list[Part]]:
        gains = {label: years for label, years in lines.items() if not _COST.search(label)}
        (one, other), year, before = _pick(gains, draw, 2)
        first, second = (lines[one][year], lines[one][before]) if of_years else (lines[one][year], lines[other][year])
        text = pattern.format(a=_said(one), b=_said(other), y=year, z=before)
        return text, [Part("differ 差 多少 more higher 高 by how much", year, abs(first - second))]

    return make


def _with_absent(pattern: str, language: Language) -> Maker:
    """A line, and something that no document holds."""

    def make(lines: Lines, draw: random.Random) -> tuple[str, list[Part]]:
        (label,), year, _ = _pick(lines, draw, 1)
        absent = draw.choice(ABSENT[language])
        return pattern.format(a=_said(label), b=absent, y=year), [_part(lines, label, year), Part(absent, year, None)]

    return make


def _absent_year(pattern: str) -> Maker:
    def make(lines: Lines, draw: random.Random) -> tuple[str, list[Part]]:
        (label,), year, _ = _pick(lines, draw, 1)
        text = pattern.format(a=_said(label), y=year, z=EARLIEST)
        return text, [_part(lines, label, year), Part(str(EARLIEST), EARLIEST, None)]

    return make


def _why(pattern: str) -> Maker:
    def make(lines: Lines, draw: random.Random) -> tuple[str, list[Part]]:
        (label,), year, _ = _pick(lines, draw, 1)
        return pattern.format(a=_said(label), y=year), [_part(lines, label, year), Part("why 为什么 为何 原因 reason", year, None)]

    return make


def _said(label: str) -> str:
    return label[0].lower() + label[1:] if label[:2] != label[:2].upper() else label


KINDS: dict[Language, dict[str, Maker]] = {
    "en": {
        "two lines": _several("What were {a} and {b} in {y}?", 2),
        "two lines, loosely": _several("Give me {a} as well as {b} for {y}.", 2),
        "three lines": _several("State {a}, {b} and {c} for the year {y}.", 3),
        "two questions": _several("What was {a} in {y}? And what was {b}?", 2),
        "two clauses": _several("How high was {a} in {y}, and how high was {b}?", 2),
        "two years": _years("What was {a} in {y} and in {z}?"),
        "two digits": _years("What was {a} in {y} compared with {s}?"),
        "years against each other": _years("{a} {t} vs {s}"),
        "each its year": _crossed("What was {a} in {y} and {b} in {z}?"),
        "difference": _difference("By how much do {a} and {b} differ in {y}?"),
        "difference, more": _difference("How much more was {a} than {b} in {y}?"),
        "difference of years": _difference("How much did {a} in {y} differ from {z}?", of_years=True),
        "something absent": _with_absent("What were {a} and {b} in {y}?", "en"),
        "absent, in a clause": _with_absent("How much was {a} in {y}, and how large was {b}?", "en"),
        "an absent year": _absent_year("What was {a} in {y} and in {z}?"),
        "a reason": _why("What was {a} in {y}, and why did it change?"),
    },
    "zh": {
        "两项": _several("{y}年{a}和{b}分别是多少？", 2),
        "三项": _several("请列出{y}年的{a}、{b}以及{c}。", 3),
        "两问": _several("{y}年{a}是多少？{b}呢？", 2),
        "两句": _several("{y}年{a}是多少，{b}又是多少？", 2),
        "两年": _years("{a}在{y}年和{z}年各是多少？"),
        "两位年份": _years("{s}年和{t}年的{a}是多少？"),
        "各自年份": _crossed("{y}年的{a}和{z}年的{b}是多少？"),
        "相差": _difference("{y}年{a}与{b}相差多少？"),
        "高多少": _difference("{y}年{a}比{b}高多少？"),
        "两年之差": _difference("{a}{y}年比{z}年多多少？", of_years=True),
        "没有的": _with_absent("{y}年{a}和{b}分别是多少？", "zh"),
        "没有的年份": _absent_year("{a}在{y}年和{z}年各是多少？"),
        "原因": _why("{y}年{a}是多少？为什么变化？"),
    },
}


def silent(question: Question, answer: Answer) -> list[Part]:
    """The parts of an answered question that the answer neither gives nor names."""
    notes = " ".join(text for text in (*re.split(r"(?<=[.。])\s*", answer.text), *answer.warnings) if text.startswith(NAMED)).lower()
    return [part for part in lacking(question, answer) if not _named(part, notes)]


def lacking(question: Question, answer: Answer) -> list[Part]:
    """The parts that are not among the answer's figures."""
    if answer.status != "answered":
        return []
    given = {abs(Decimal(figure.value)) for figure in answer.figures}
    return [part for part in question.parts if part.amount is None or part.amount not in given]


def _named(part: Part, notes: str) -> bool:
    words = [word for word in re.split(r"\s+", part.words.lower()) if word not in ("the", "of", "and", "on")]
    return any(word in notes for word in words) or (bool(notes) and str(part.year) in notes)


@contextmanager
def asked(reports: Mapping[str, tuple[Parsed, bytes]]) -> Iterator[Agent]:
    """An agent without a model over a store of its own; each report lies in a collection of its name."""
    home = Path(tempfile.mkdtemp(prefix="ff-"))
    supervisor = Supervisor(home)
    try:
        database = Database(Postgres(home, durable=False).start(supervisor))
        database.migrate()
        with database.owner() as owner:
            audit.install(owner, Master.open(home))
        store = Store(database)
        for name, (parsed, data) in reports.items():
            store.add(ADMINISTRATOR, parsed, data, collection=name)
        yield Agent(None, store, Search(database))
        database.close()
    finally:
        supervisor.stop()
        shutil.rmtree(home, ignore_errors=True)


def reports(seed: int) -> dict[str, tuple[Parsed, bytes]]:
    """Both documents, as they are read."""
    files = (("bank", annual_report().data, "bank.pdf"), ("company", accounts(seed), "company.html"))
    return {name: (parse(data, file), data) for name, data, file in files}


def made(held: dict[str, Parsed], number: int, seed: int) -> list[Question]:
    """So many questions, half of them on the bank in English, a quarter in Chinese, a quarter on the company."""
    draw = random.Random(seed)
    shares: tuple[tuple[str, Language, int], ...] = (("bank", "en", 3), ("bank", "zh", 4), ("company", "en", 3))
    return [
        question
        for name, language, share in shares
        for question in questions(lines_of(held[name], language), name, language, number * share // 10, draw)
    ]
