"""Questions for one figure each by everyday verbs and circumlocutions ("how much did it lose", 账上还有多少现金): is it the figure meant?

    python benchmarks/everyday_questions.py [--home FOLDER] [--part read|blind] [--lang en] [--show] [--json]

Whoever wrote them had seen the names of the concepts and no code (``by_hand/everyday.jsonl``; half is sealed, by concept). Each is asked,
without a base model, of a made paper that prints six years of a line for every concept asked about, each with figures of its own.
``--home``: with the learnt reader and the scorers of that home. *right*: a figure of the concept meant, whatever its year, or, where what
is asked for is none of them, no answer. Of the part blind only sums are printed.
"""

from __future__ import annotations

import argparse
import html
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import hand_rows
from finfoundry.ask.asker import Agent
from finfoundry.ask.given.given_papers import given_papers
from finfoundry.base.concept_reader import concept_reader
from finfoundry.base.evidence_scorer import evidence_scorer, figure_scorer
from finfoundry.base.question_reader import question_reader
from finfoundry.core.answer import Answer
from finfoundry.core.document import Parsed
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.facts.table.concepts import Concept, concepts
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.runtime.settings import Settings
from measures import carried_out

FILE = Path(__file__).parent / "by_hand" / "everyday.jsonl"
NONE = "none"
ALIKE = (
    ("NetIncomeLoss", "ProfitLoss"),
    ("LongTermDebtNoncurrent", "LongTermBorrowings"),
    ("StockholdersEquity", "StockholdersEquityIncludingNoncontrollingInterest"),
)
TITLES = {
    "en": {"income": "Statements of Income", "balance": "Balance Sheets", "cash flow": "Statements of Cash Flows", "notes": "Key figures"},
    "zh": {"income": "合并利润表", "balance": "合并资产负债表", "cash flow": "合并现金流量表", "notes": "主要数据"},
}
COMPANIES = {"en": "Kestrel Bearings plc", "zh": "海棠轴承股份有限公司"}
MONEY = {"en": "(in millions of dollars)", "zh": "单位：百万元"}
YEARS = range(2024, 2018, -1)
STEP = 311  # from a year's figure to that of the year before
Row = dict[str, Any]


class _NoMeaning:
    """No encoder: there is one paper."""

    def likeness(self, question: str, texts: Sequence[str]) -> Sequence[float]:  # noqa: ARG002
        return []


def figures_of(names: Sequence[str], seed: int = 1) -> dict[str, int]:
    """A figure for each concept, none of which is another's."""
    return dict(zip(names, random.Random(seed).sample(range(1000, 99_000), len(names)), strict=True))


def paper(lang: str, figures: Mapping[str, int]) -> Parsed:
    """A web page with a table for each statement: of each concept a name in the language, and its figures of six years."""
    company, known = COMPANIES[lang], {one.name: one for one in concepts()}
    tables: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for name, figure in figures.items():
        if label := _label(known[name], lang):
            cells = "".join(f"<td>{_printed(known[name], figure - STEP * at)}</td>" for at in range(len(YEARS)))
            tables[known[name].statement, known[name].unit == "money"].append(f"<tr><td>{html.escape(label)}</td>{cells}</tr>")
    made = "".join(
        f"<h2>{TITLES[lang].get(kind, TITLES[lang]['notes'])}</h2><table>"
        f"<tr><td>{MONEY[lang] if money else ''}</td>{''.join(f'<td>{year}</td>' for year in YEARS)}</tr>{''.join(rows)}</table>"
        for (kind, money), rows in tables.items()
    )
    title = f"{company} {YEARS[0]}"
    return parse(f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{made}</body></html>".encode(), "report.html")


def _printed(concept: Concept, figure: int) -> str:
    return f"{figure / 1000:.2f}%" if concept.unit == "ratio" else f"{figure:,}"


def _label(concept: Concept, lang: str) -> str | None:
    return next((one for one in concept.labels if one.isascii() == (lang == "en")), None)


def verdict(row: Row, answer: Answer, figures: Mapping[str, int]) -> str:
    if answer.status != "answered":
        return "right" if row["concept"] == NONE else "not answered"
    names = next((pair for pair in ALIKE if row["concept"] in pair), (row["concept"],))  # everyday words do not tell them apart
    printed = {figures[name] - STEP * at for name in names if name in figures for at in range(len(YEARS))}
    wanted = {Decimal(figure) * scale for figure in printed for scale in (1, 1_000_000)} | {
        round(Decimal(one) / 100_000, 4) for one in printed
    }
    return "right" if any(abs(Decimal(one.value)) in wanted for one in answer.figures) else "wrong"


def agent_over(given: Parsed, home: Path | None) -> Agent:
    """Over one paper, without a base model; with the learnt reader and the scorers of a home."""
    settings = Settings(home=home) if home else None
    reader, scorer, lines = (read(settings) if settings else None for read in (question_reader, evidence_scorer, figure_scorer))
    means = concept_reader(settings) if settings else None
    search: Any = _NoMeaning()
    return Agent(
        None, given_papers([given], search), search,
        reader=lambda: reader, scorer=lambda: scorer, figures=lambda: lines, concepts=lambda: means,
    ).over([given])  # fmt: skip


def asked(rows: Sequence[Row], home: Path | None) -> Iterator[tuple[Row, str, str]]:
    """Each row with what came of it, and the answer."""
    figures = figures_of(sorted({row["concept"] for row in rows} - {NONE}))
    for lang in ("en", "zh"):
        agent = agent_over(paper(lang, figures), home)
        for row in (row for row in rows if row["lang"].startswith(lang)):
            answer, _ = agent.ask(ADMINISTRATOR, row["q"])
            yield row, verdict(row, answer, figures), answer.text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--part", choices=("read", "blind"))
    parser.add_argument("--lang")
    parser.add_argument("--show", action="store_true", help="what is not right, of the part read")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = [row for row in hand_rows.rows(FILE) if given.part in (None, row["part"]) and given.lang in (None, row["lang"])]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row, found, text in asked(rows, given.home):
        for of in (
            f"{row['part']}, all",
            f"{row['part']}, {row['lang']}",
            f"{row['part']}, {'no concept' if row['concept'] == NONE else 'concepts'}",
        ):
            counts[of][found] += 1
        if given.show and row["part"] == "read" and found != "right":
            print(f"{found}: {row['q']} [{row['concept']}] {text}", file=sys.stderr)
    for of, count in sorted(counts.items()):
        told = {"of": of, "questions": count.total()} | {name: count[name] for name in ("right", "wrong", "not answered")}
        print(json.dumps(told, ensure_ascii=False) if given.json else "  ".join(f"{name} {value}" for name, value in told.items()))


if __name__ == "__main__":
    carried_out(main)
