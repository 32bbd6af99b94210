"""Questions in many wordings about ten plain lines of two years: what is told of what is asked.

    python benchmarks/plain_wordings.py [--home FOLDER] [--part read|blind] [--show] [--json]

How a line moved, several lines at once, yes or no, a level in everyday words: whoever wrote the questions, and whoever told what answers
them, had seen neither code nor this paper (``by_hand/plain.jsonl``; a fourth is sealed). Each is asked, without a base model, of a made
paper that prints each line under its usual name; ``--home``: with the learnt reader and the scorers of that home, beside rules alone.
*right*: all that is asked is told, as a figure of the answer, or, of yes and no, as its first word. Of the part blind only sums are
printed.
"""

from __future__ import annotations

import argparse
import html
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import hand_rows
from everyday_questions import MONEY, TITLES, Row, agent_over
from finfoundry.core.answer import Answer, Figure
from finfoundry.core.document import Parsed
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse

FILE = Path(__file__).parent / "by_hand" / "plain.jsonl"
TITLE = {"en": "Northwind Traders Inc. (NWT) Annual Report 2020", "zh": "海东生物股份有限公司2020年年度报告"}
ALSO = {"en": "Northwind Traders Inc., also Northwind or NWT.", "zh": "公司简称：海东生物"}
LINES = (  # statement, name in English and in Chinese, 2020 and 2019 in millions, a share's in units
    ("income", "Total revenue", "营业收入", "500", "400"),
    ("income", "Research and development expense", "研发费用", "33", "30"),
    ("income", "Operating income", "营业利润", "90", "80"),
    ("income", "Net income", "净利润", "70", "50"),
    ("income", "Basic earnings per share", "基本每股收益", "0.7", "0.5"),
    ("balance", "Cash and cash equivalents", "货币资金", "60", "75"),
    ("balance", "Inventories", "存货", "44", "40"),
    ("balance", "Goodwill", "商誉", "25", "20"),
    ("balance", "Total assets", "资产总计", "900", "810"),
    ("cash flow", "Net cash provided by operating activities", "经营活动产生的现金流量净额", "120", "100"),
)
NEAR = Decimal("0.006")


def paper(lang: str) -> Parsed:
    """A web page with the three statements."""
    tables: dict[str, list[str]] = defaultdict(list)
    for kind, english, chinese, *values in LINES:
        label = html.escape(english if lang == "en" else chinese)
        tables[kind].append(f"<tr><td>{label}</td>{''.join(f'<td>{value}</td>' for value in values)}</tr>")
    made = "".join(
        f"<h2>{TITLES[lang][kind]}</h2><table><tr><td>{MONEY[lang]}</td><td>2020</td><td>2019</td></tr>{''.join(rows)}</table>"
        for kind, rows in tables.items()
    )
    page = f"<html><head><title>{TITLE[lang]}</title></head><body><h1>{TITLE[lang]}</h1><p>{ALSO[lang]}</p>{made}</body></html>"
    return parse(page.encode(), "report.html")


def every(figures: Sequence[Figure]) -> Iterator[Figure]:
    """Figures with those that they were computed from."""
    for one in figures:
        yield one
        yield from every(list((one.reference.operands or {}).values()))


def met(alternative: str, answer: Answer) -> bool:
    """Whether a figure of the answer is the one wanted, or its text begins with the word."""
    form, _, wanted = alternative.partition(":")
    if form not in ("num", "pct", "x") or not wanted:
        return answer.text.casefold().startswith(alternative.casefold())
    goal = abs(Decimal(wanted)) / (100 if form == "pct" else 1)
    return any(abs(abs(Decimal(one.value)) - goal) <= NEAR * goal for one in every(answer.figures))


def verdict(row: Row, answer: Answer) -> str:
    if answer.status != "answered":
        return "not answered"
    return "right" if all(any(met(one, answer) for one in group) for group in row["turns"][0]["must"]) else "wrong"


def asked(rows: Sequence[Row], home: Path | None) -> Iterator[tuple[Row, str, str]]:
    """Each row with what came of it, and the answer."""
    for lang in ("en", "zh"):
        agent = agent_over(paper(lang), home)
        for row in (row for row in rows if row["lang"].startswith(lang)):
            answer, _ = agent.ask(ADMINISTRATOR, row["turns"][0]["question"])
            yield row, verdict(row, answer), answer.text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--part", choices=("read", "blind"))
    parser.add_argument("--show", action="store_true", help="what is not right, of the part read")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = [row for row in hand_rows.rows(FILE) if given.part in (None, row["part"])]
    for home in (None, given.home) if given.home else (None,):
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for row, found, text in asked(rows, home):
            for of in ("all", row["kind"], row["lang"]):
                counts[f"{row['part']}, {of}"][found] += 1
            if given.show and row["part"] == "read" and found != "right":
                print(f"{found}: {row['turns'][0]['question']} {row['turns'][0]['must']} {text}", file=sys.stderr)
        for of, count in sorted(counts.items()):
            told = {"by": "rules" if home is None else "rules and readers", "of": of, "questions": count.total()}
            told |= {name: count[name] for name in ("right", "wrong", "not answered")}
            line = json.dumps(told, ensure_ascii=False) if given.json else "  ".join(f"{name} {value}" for name, value in told.items())
            print(line)


if __name__ == "__main__":
    main()
