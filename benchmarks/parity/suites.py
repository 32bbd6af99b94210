"""The questions of the tree, gathered: those that its suites and benchmarks make over papers that are made, wordings over made companies,
and what its tests ask. Nothing of a part that nobody reads: no blind policy, no sentence of a blind family.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from tests.ask.memory import MemorySearch, MemoryStore, document, statements
from tests.ask.plan_cases import harbour

from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.core.document import Fact
from finfoundry.core.language import has_han
from finfoundry.demo.check import own_term
from finfoundry.demo.check import questions as demo_questions
from finfoundry.demo.report import annual_report
from finfoundry.evals.suites import abstention, law_questions, policies, safety
from finfoundry.evals.suites.reports_zh import Reports
from finfoundry.evals.suites.zh_generated import Maker, wording
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.usecases.readers.store_questions import StoredLine, store_questions
from institutions.files import made, written
from institutions.questions import Asker
from institutions.terms import KINDS, LANGS
from parity.bank import BANK, GIVEN, HOME, MEMORY, PAPERS, STORES, TABLES, Question, read, write
from parity.harvest import HARVEST, harvested

HERE = Path(__file__).resolve().parent.parent  # benchmarks/
TESTS = HERE.parent / "tests"
SEEDS = (3, 7)  # of the made reports
WORDINGS, EVERYDAY, OF_DEMO, RECORDS, ABSENT = 900, 300, 150, 400, 120  # questions of each
SLICE = {"wordings": 80, "everyday words": 20, "policies given": 30, "demonstration given": 25}  # so many are kept in the tree
DEMO = "demo/report.pdf"
FOLLOWING = {
    "en": ("And the year before?", "By how much did it change?", "And total assets?", "Why?"),
    "zh": ("那上一年呢？", "增长了多少？", "总资产呢？", "为什么？"),
}
COMPANIES, YEARS = 40, (2018, 2019, 2020, 2021)  # of the table of records
SYLLABLES = ("海", "岚", "启", "明", "云", "川", "瑞", "禾", "泰", "岳", "沐", "青")
TRADES = ("科技", "医药", "机械", "食品")
ADDRESSES = ("上海市浦东新区", "北京市海淀区", "浙江省杭州市", "江苏省苏州市", "广东省深圳市", "四川省成都市")


def gathered(bank: Path = BANK) -> int:
    """Gather the questions into a folder; how many they are. What the tests ask is kept from an earlier call."""
    if not (bank / HARVEST).exists():
        _run_tests(bank)
    return write(bank, [*harvested(bank), *_over_memory(bank), *_over_papers(bank)])


def _run_tests(bank: Path) -> None:
    """Run the tests that ask over stores in memory, keeping what they ask; whether they pass is not looked at."""
    names = sorted(path for path in TESTS.rglob("test_*.py") if path.parent != TESTS / "server" and _in_memory(path))
    environment = os.environ | {"BANK": str(bank), "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "parity.harvest", *map(str, names)]
    subprocess.run(command, cwd=TESTS.parent, env=environment, check=False)


def _in_memory(path: Path) -> bool:
    return any(name in path.read_text("utf-8") for name in ("MemoryStore", "tests.ask.memory", "plan_cases"))


def _over_memory(bank: Path) -> Iterator[Question]:
    """Wordings filled with lines of made companies, and everyday words for lines of one company."""
    write_stores(bank)
    lines = _lines(stored.fact for stored in harbour().held)
    yield from _filled("wordings", MEMORY, "harbour", lines, WORDINGS)
    for language, place in (("en", "tarn"), ("zh", "heyan")):
        rows = [one for one in _json_lines(HERE / "concept_questions.jsonl") if has_han(one["q"]) == (language == "zh")]
        for number, row in enumerate(random.Random(1).sample(rows, EVERYDAY // 2)):
            yield Question("everyday words", f"{language}-{number:03}", MEMORY, place, (row["q"],))


def write_stores(bank: Path) -> None:
    """Stores in memory by their names: a harbour in both languages with lines of its own trade, and the statements of one company each."""
    stores = {"harbour": harbour(), "tarn": _of_one("Tarn Harbours Inc", "en"), "heyan": _of_one("禾研港务股份有限公司", "zh")}
    (bank / STORES).mkdir(parents=True, exist_ok=True)
    for name, store in stores.items():
        (bank / STORES / f"{name}.pickle").write_bytes(pickle.dumps((store, MemorySearch())))


def _of_one(company: str, language: str) -> MemoryStore:
    store = MemoryStore()
    statements(store, document(f"{language}-2020", company, 2020, language=language), (2018, 2019, 2020))
    return store


def _json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _lines(facts: Iterable[Fact]) -> list[StoredLine]:
    """The lines of companies and the years for which they have figures; one of a known concept by a name that people give it."""
    held = [fact for fact in facts if fact.entity and fact.metric]
    lines = {(fact.entity or "", _called(fact), int(fact.period[-10:-6])) for fact in held}
    return [StoredLine(*one) for one in sorted(lines)]


def _called(fact: Fact) -> str:
    label = fact.metric[-1]
    if fact.concept is None or label != fact.concept:
        return label
    chinese = has_han(fact.entity or "")
    names = [name for metric in metrics().values() if fact.concept in metric.concepts for name in metric.say if has_han(name) == chinese]
    return names[0] if names else label


def _filled(suite: str, over: str, place: str, lines: Sequence[StoredLine], most: int) -> Iterator[Question]:
    for _, one in zip(range(most), store_questions(lines), strict=False):
        yield Question(suite, f"w{one.wording.number:05}", over, place, (one.question,))


# --- papers: written into the bank, read by the home or given with the question ------------------------------------------------------


def _over_papers(bank: Path) -> Iterator[Question]:
    yield from _of_demo(bank)
    yield from _of_reports(bank)
    yield from _of_rules(bank)
    yield from _of_records(bank)


def _write(bank: Path, place: str, data: bytes) -> str:
    """Write a paper to its place among those of the bank: collection and name."""
    path = bank / PAPERS / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return place


def _of_demo(bank: Path) -> Iterator[Question]:
    report = annual_report()
    given = _write(bank, DEMO, report.data)
    asked = [*demo_questions(report), own_term(report)[2]]
    for number, one in enumerate(asked):
        yield Question("demonstration", f"q{number:02}", HOME, "demo", (one.text,))
        yield Question("demonstration given", f"q{number:02}", GIVEN, given, (one.text,))
    lines = _lines(parse(report.data, "report.pdf").facts)
    yield from _filled("demonstration wordings", HOME, "demo", lines, OF_DEMO)
    yield from _filled("demonstration given", GIVEN, given, lines, OF_DEMO // 4)


def _of_reports(bank: Path) -> Iterator[Question]:
    """Questions over made reports of banks, insurers, brokers, funds and property companies; and conversations that begin with one."""
    reports = {(kind, lang, seed): made(kind, lang, seed) for seed in SEEDS for kind in KINDS for lang in LANGS}
    names: dict[str, set[str]] = defaultdict(set)
    for (kind, lang, seed), report in reports.items():
        title, data = written(report)
        given = _write(bank, f"made/{title}", data)
        names[lang].add(report.name)
        name, asked = f"{kind}-{lang}-{seed}", list(Asker(report, seed).questions())
        for number, one in enumerate(asked):
            yield Question(f"made reports/{one.kind}", f"{name}-{number:02}", HOME, "made", (one.text,))
        for number, one in enumerate([one for one in asked if one.kind == "lookup"][:2]):
            yield Question("conversations", f"{name}-{number}", HOME, "made", (one.text, *FOLLOWING[lang]), talks=True)
        for number, one in enumerate(asked[::4] if seed == SEEDS[0] else ()):
            yield Question("reports given", f"{name}-{number}", GIVEN, given, (one.text,))
    for language, found in names.items():
        for item in random.Random(1).sample(abstention.made(language, sorted(found), [2022, 2023]), ABSENT):
            yield Question(f"nothing there/{item.kind}", item.id, HOME, "made", (item.question,))


def _of_rules(bank: Path) -> Iterator[Question]:
    """Policies with the part of the questions that is read, versions of made rules, and what a bank's model must refuse."""
    folder = bank / PAPERS / "policies"
    files = {path.stem: path for path in policies.written(bank, folder)}
    for item in policies.items(bank, "read"):
        yield Question("policies", item.id, HOME, "policies", (item.question,))
        yield Question("policies given", item.id, GIVEN, f"policies/{files[item.group].name}", (item.question,))
    law_questions.versions_written(bank, bank / PAPERS / "versions")
    for item in law_questions.versions(bank):
        yield Question("versions of rules", item.id, HOME, "versions", (item.question,))
    for suite in (safety.REFUSAL, safety.OVER_REFUSAL):
        for item in suite.items(bank):
            yield Question(suite.name, item.id, HOME, "policies", (item.question,))


def _of_records(bank: Path) -> Iterator[Question]:
    """Questions over a wide table of made companies, as they are drawn over the real ones."""
    path = bank / TABLES / "records" / "reports.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    _workbook(path)
    maker = Maker(Reports([path]), 5)
    for number, item in enumerate(maker.make(RECORDS)):
        yield Question(f"records/{item.kind}", f"r{number:03}", HOME, "records", (item.question,))


def _workbook(path: Path) -> None:
    """A row a company and year: names, address, and a number for each column that is asked for."""
    draw, words = random.Random(2), wording()
    columns = [*words["say"], "非流动负债合计"]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["股票代码", "报告年份", "股票简称", "company_full_name", *words["texts"], *columns])
    for number in range(COMPANIES):
        pair = draw.sample(SYLLABLES, 2)
        short = f"{''.join(pair)}{TRADES[number % 4]}"
        address = draw.choice(ADDRESSES)
        for year in YEARS:
            texts = [f"王{pair[0]}", f"{address}{number}号", f"{address}{number}号", f"ir{number}@example.cn", f"www.c{number}.example.cn"]
            amounts = [_amount(column, draw, words["counts"]) for column in columns]
            sheet.append([f"{600000 + number}", f"{year}年", short, f"{short}{number}股份有限公司", *texts, *amounts])
    book.save(path)


def _amount(column: str, draw: random.Random, counts: Sequence[str]) -> str:
    if column in counts:
        return str(draw.randint(50, 20000))
    if "每股" in column:
        return f"{draw.uniform(-1, 4):.2f}"
    return f"{draw.uniform(-2e8, 9e9) if column.startswith(('净利润', '投资', '筹资')) else draw.uniform(1e6, 9e9):.2f}"


def small_bank(bank: Path) -> None:
    """What the questions of the slice are asked over: stores by name, policies, the demonstration's report."""
    write_stores(bank)
    policies.written(bank, bank / PAPERS / "policies")
    _write(bank, DEMO, annual_report().data)


def sliced(bank: Path) -> list[Question]:
    """Questions of each suite that needs no database and no day of today, evenly drawn: three times as many as are kept."""
    held = list(read(bank, [*SLICE]))
    found: list[Question] = []
    for suite, count in SLICE.items():
        own = [one for one in held if one.suite == suite]
        found += own[:: max(1, len(own) // (3 * count))][: 3 * count]
    return found


def kept_of_slice(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each suite so many rows as are kept: two thirds of them answers, as far as there are so many."""
    found: list[dict[str, Any]] = []
    for suite, count in SLICE.items():
        own = [row for row in rows if row["suite"] == suite]
        told = [row for row in own if row["status"] == "answered"][: count * 2 // 3]
        rest = [row for row in own if row not in told]
        found += [*told, *rest[: count - len(told)]]
    return sorted(found, key=lambda row: (row["suite"], row["id"]))


def by_hand(files: Sequence[Path], collection: str) -> list[Question]:
    """The read rows of files of questions by hand, to be asked of a home that holds their papers; nothing sealed is opened."""
    rows = [row | {"file": file.stem} for file in files for row in _json_lines(file) if row.get("part") == "read" and row.get("turns")]
    return [
        Question(f"by hand/{row['file']}", str(row["id"]), HOME, collection, tuple(turn["question"] for turn in row["turns"]), True)
        for row in rows
    ]
