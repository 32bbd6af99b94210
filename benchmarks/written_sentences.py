"""What a base model really writes about reports whose truth is known, marked twice, and what the binder says to it.

    python benchmarks/written_sentences.py --home FOLDER --keep FILE [--count 300] [--seed S] [--kinds bank,insurer,broker,fund]
        [--lang en,zh] [--show] [--json]

Each made report (``benchmarks/institutions``) gives its tables one by one to the base model of FOLDER, which writes six sentences about
each; they are kept in FILE, and a run that was stopped goes on. A sentence with figures is marked by two passes that share no code with
the binder nor with each other: ``books`` by what the generator knows of the labels and years that the sentence names, ``page`` by the
cells of the printed table alone. Where both say the same, that is the truth; how often they do is printed. Then the binder holds the
sentence against the whole report, as a client of POST /v1/verify does.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from finfoundry.binding import Checker, from_parsed
from finfoundry.core.language import sentences
from finfoundry.core.protocols import Chat, Message, Request
from finfoundry.evals.intervals import wilson
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.release.engine import EngineOnDemand
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from institutions.composed import Report
from institutions.files import made, written
from institutions.marking import class_of, marked_by_books, marked_by_page
from institutions.statements import Grid, Heading
from institutions.terms import LANGS

ROWS = 14  # of a table that the model is shown
TOKENS = 260
SHORTEST = 12  # characters
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.、)）])\s*")  # a year is no bullet
ASK = {
    "en": "{table}\n\nWrite six different sentences for a report about these figures of {name}: two that state a figure of a year, "
    "two that say how a figure changed from one year to the next and by how much, one that compares two "
    "lines, one that gives a share or a ratio. Every sentence names the line and the year. No headings, no bullet points.",
    "zh": "{table}\n\n请就{name}的这些数字写六个不同的句子：两句说明某年的一个数字，两句说明某个数字比上年变化了多少，"
    "一句比较两个项目，一句给出占比或比率。每句都写明项目和年份。不要标题，不要列表。",
}


def shown(report: Report, heading: str, grid: Grid) -> str:
    """A table as text: its heading, what it is counted in, its columns and its first rows."""
    heads = [" | ".join(cell or "" for cell in row) for row in grid.heads]
    rows = [" | ".join(cell.strip() for cell in row) for row in grid.rows[:ROWS]]
    return "\n".join([f"{report.name}: {heading}", *(one for one in (grid.title, grid.unit_line) if one), *heads, *rows])


def tables(report: Report) -> Iterator[tuple[str, Grid]]:
    """The report's tables with the headings above them."""
    heading = ""
    for block in report.blocks:
        if isinstance(block, Heading):
            heading = block.text
        elif isinstance(block, Grid) and len(block.rows) > 1:
            yield heading, block


def write(engine: Chat, report: Report, heading: str, grid: Grid) -> list[str]:
    """The model's sentences about one table, each once."""
    asked = ASK[report.lang].format(table=shown(report, heading, grid), name=report.name)
    said = engine.chat(Request((Message("user", asked),), max_tokens=TOKENS)).text
    lines = (_BULLET.sub("", line).strip() for line in said.splitlines())
    found = dict.fromkeys(line[start:end].strip() for line in lines for start, end in sentences(line))
    return [one for one in found if len(one) >= SHORTEST and one[-1] in ".。!！"]


def kept(file: Path, wanted: int, jobs: Sequence[tuple[str, Report, str, Grid]], engine: Callable[[], Chat]) -> list[dict[str, Any]]:
    """Rows of the file, and new ones until there are enough; each table is asked about once."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []
    done = {row["table"] for row in rows}
    count = sum(len(row["sentences"]) for row in rows)
    with file.open("a", encoding="utf-8") as stream:
        for name, report, heading, grid in jobs:
            if name not in done and count < wanted:
                rows.append({"table": name, "sentences": write(engine(), report, heading, grid)})
                stream.write(json.dumps(rows[-1], ensure_ascii=False) + "\n")
                stream.flush()
                count += len(rows[-1]["sentences"])
                print(f"{count} sentences of {wanted}", file=sys.stderr)
    return rows


def judged(rows: Sequence[dict[str, Any]], jobs: Sequence[tuple[str, Report, str, Grid]]) -> Iterator[dict[str, Any]]:
    """Each sentence with its class, both marks, and whether the binder holds it back."""
    by_name = {name: (report, grid) for name, report, _, grid in jobs}
    checkers: dict[str, Checker] = {}
    for row in rows:
        if row["table"] not in by_name:
            continue
        report, grid = by_name[row["table"]]
        if report.title not in checkers:
            file, data = written(report)
            checkers[report.title] = Checker(from_parsed(parse(data, file)))
        for sentence in row["sentences"]:
            told = checkers[report.title].check(sentence)
            held = bool(told.unbound) or not told.sentences or any(one.status != "supported" for one in told.sentences)
            reasons = [str(one.reason) for one in told.figures if not one.bound]
            reasons = reasons or [str(one.reason) for one in told.sentences if one.status != "supported"]
            marks = {"books": marked_by_books(report, sentence), "page": marked_by_page(report, grid, sentence)}
            yield {"sentence": sentence, "lang": report.lang, "class": class_of(sentence), **marks, "held": held, "reasons": reasons}


def line_of(name: str, rows: Sequence[dict[str, Any]]) -> dict[str, object]:
    """Agreement of the passes, and what the binder does to sentences on which they agree."""
    both = [row for row in rows if row["books"] is not None and row["page"] is not None]
    agreed = [row for row in both if row["books"] == row["page"]]
    false, true = ([row for row in agreed if row["books"] is truth] for truth in (False, True))
    return {
        "of": name, "sentences": len(rows), "marked by both": len(both), "agreement": share(len(agreed), len(both)),
        "kappa": kappa(both), "false": len(false), "false caught": share(sum(row["held"] for row in false), len(false)),
        "true": len(true), "true lost": share(sum(row["held"] for row in true), len(true)),
    }  # fmt: skip


def kappa(both: Sequence[dict[str, Any]]) -> float | None:
    """Cohen's: agreement beyond what the shares of true and false alone would give."""
    if not both:
        return None
    count = Counter((row["books"], row["page"]) for row in both)
    total = len(both)
    seen = (count[True, True] + count[False, False]) / total
    by_books, by_page = ((sum(n for key, n in count.items() if key[at]) / total) for at in (0, 1))
    chance = by_books * by_page + (1 - by_books) * (1 - by_page)
    return round((seen - chance) / (1 - chance), 2) if chance < 1 else 1.0


def share(hits: int, total: int) -> str:
    if not total:
        return "-"
    found = wilson(hits, total)
    return f"{found.value:.0%} [{found.low:.0%}, {found.high:.0%}]"


def main() -> None:
    names: Callable[[str], list[str]] = lambda text: text.split(",")  # noqa: E731
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True, help="whose base model writes")
    parser.add_argument("--keep", type=Path, required=True, help="where its sentences are kept")
    parser.add_argument("--count", type=int, default=300, help="sentences")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", type=names, default=["bank", "insurer", "broker", "fund"], help="separated by commas")
    parser.add_argument("--lang", type=names, default=[*LANGS], help="separated by commas")
    parser.add_argument("--show", action="store_true", help="false sentences that pass, true ones that are lost, marks that differ")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    reports = [made(kind, lang, given.seed, file="html") for kind in given.kinds for lang in given.lang]
    named = [
        (f"{given.seed}/{report.kind}/{report.lang}/{at}", report, *one) for report in reports for at, one in enumerate(tables(report))
    ]
    jobs = sorted(named, key=lambda job: int(job[0].rpartition("/")[2]))  # the first table of every report, then the second
    settings = Settings(home=given.home)
    with closing(EngineOnDemand(settings, Supervisor(settings.home))) as engine:
        rows = kept(given.keep, given.count, jobs, lambda: engine)
    found = list(judged(rows, jobs))
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        for name in (row["class"], row["lang"], "all"):
            groups[name].append(row)
        if given.show and row["books"] != row["page"]:
            print(f"MARKS DIFFER books {row['books']} page {row['page']}: {row['sentence']}", file=sys.stderr)
        elif given.show and row["books"] is row["held"]:
            print(f"{'LOST' if row['held'] else 'PASSED'} [{row['class']}] {row['sentence']} {row['reasons']}", file=sys.stderr)
    for name in sorted(groups, key=lambda name: (name == "all", name)):
        line = line_of(name, groups[name])
        print(json.dumps(line, ensure_ascii=False) if given.json else "  ".join(f"{key} {value}" for key, value in line.items()))


if __name__ == "__main__":
    main()
