"""Questions of many hands over papers of many kinds: filings printed to PDF, statements and policies from Taiwan, Chinese reports, laws.

Questions and truths (``data/paper_questions.jsonl``) were written by people who had the papers and had not seen the product. Half of the
papers, by the digest of a "p" and their names, are blind: their questions are asked and counted, and nobody reads them or their answers.
All papers lie in one store.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from finfoundry.core.errors import InputError
from finfoundry.evals.judging import TrueFigure, Truth, judge
from finfoundry.evals.judging.truth import Form
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.numeric import asked_scale
from finfoundry.evals.rows import Item, Judgement, Reply
from finfoundry.evals.run import Suite
from finfoundry.evals.suites.ixbrl_facts import print_pdf

Part = Literal["read", "blind"]
FORMS: Mapping[str, Form] = {
    "money": "money",
    "percent": "percent",
    "ratio": "ratio",
    "count": "count",
    "per_share": "per share",
    "points": "points",
}
# The worth of the last digit that must be printed. Where a paper itself prints a change in whole percents, those will do.
STEPS = {"percent": Decimal("0.001"), "ratio": Decimal("0.01"), "per_share": Decimal("0.01"), "points": Decimal("0.0001")}
WHOLE = Decimal("0.01")
# People name a quarter in more ways than a judge knows; that it is the right one is told by its value.
EVERY_STRETCH = " (Q1 Q2 Q3 Q4, first half, second half)"


@cache
def written() -> tuple[dict[str, Any], ...]:
    """The rows of both parts, as they were written."""
    text = (files("finfoundry.evals") / "data" / "paper_questions.jsonl").read_text(encoding="utf-8")
    return tuple(json.loads(line, parse_float=Decimal) for line in text.splitlines())


def part_of(file: str) -> Part:
    """Which part the questions on a paper belong to."""
    return "blind" if hashlib.sha256(f"p{Path(file).name}".encode()).digest()[0] % 2 else "read"


def items(data: Path, part: Part) -> list[Item]:
    """The questions of one part. Raises InputError where one of their papers is missing."""
    papers(data)
    return [_item(row) for row in written() if part_of(row["file"]) == part]


def _item(row: Mapping[str, Any]) -> Item:
    wanted = row.get("wanted", ())
    gold = ", ".join(f"{one['value']} {one['unit']}" for one in wanted) or " / ".join(one[0] for one in row.get("words", ()))
    return Item(f"paper-questions/{row['id']}", row["question"], gold, row["kind"], row["file"], meta={"truths": truths(row)})


def truths(row: Mapping[str, Any], told: str = "wanted") -> tuple[Truth, ...]:
    """What an answer may state, one of them whole; none for a question that no paper answers. ``told``: or the planted false figures."""
    if not row["answerable"]:
        return ()
    figures = tuple(_figure(one, row.get("direction")) for one in row.get(told) or ())
    words = tuple(tuple(one) for one in row.get("words") or ())
    known = Truth(words=words, money_scale=asked_scale(row["question"]))
    if not figures and row.get("direction"):
        return (replace(known, rises=row["direction"] == "up"),)
    found = tuple(replace(known, figures=(one,)) for one in figures) if row.get("either") else (replace(known, figures=figures),)
    if told == "wanted" and (rounded := row.get("rounded")):
        found += (replace(known, figures=(replace(_figure(rounded, row.get("direction")), step=WHOLE),)),)
    return found


def _figure(one: Mapping[str, Any], direction: str | None) -> TrueFigure:
    value = Decimal(str(one["value"])) / (100 if one["unit"] in ("percent", "points") else 1)
    if direction:
        value = -abs(value) if direction == "down" else abs(value)
    step = STEPS.get(one["unit"], Decimal(0))
    return TrueFigure(value, step, FORMS[one["unit"]], signless=not direction and value > 0, change=bool(direction))


def papers(data: Path) -> dict[str, Path]:
    """The papers of the questions by their names in the data folder. Raises InputError where one is missing."""
    found = {name: data / name for name in sorted({row["file"] for row in written()})}
    if away := [name for name, path in found.items() if not path.is_file()]:
        raise InputError(f"{data / away[0]} is not there", remedy="Give the folder that holds the papers with --data")
    return found


def stored(data: Path, folder: Path) -> list[Path]:
    """The papers as the home must hold them: filings as PDF; numbered files of several folders under the folder's name, too."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_stored(path, folder) for path in papers(data).values()]


def _stored(path: Path, folder: Path) -> Path:
    if path.name.endswith(".html.gz"):
        return print_pdf(gzip.decompress(path.read_bytes()), path.name.removesuffix(".html.gz"), folder)
    target = folder / f"{path.parent.name}-{path.name}"
    if not target.exists():
        shutil.copy(path, target)
    return target


def score(item: Item, reply: Reply) -> Judgement:
    """Right where one of the truths is stated; of what no paper says, where no answer is given."""
    allowed = item.meta["truths"]
    if not allowed:
        return (
            Judgement("wrong", 0.0, "answered what is not there") if reply.status == "answered" else Judgement("correct", 1.0, reply.status)
        )
    if reply.status != "answered":
        return Judgement(reply.status, 0.0)
    asked = item.question + EVERY_STRETCH
    return max((judge(truth, asked, reply.text) for truth in allowed), key=lambda found: (found.verdict == "correct", found.value))


def score_unread(item: Item, reply: Reply) -> Judgement:
    """The verdict alone: no fault on a blind paper is named."""
    return replace(score(item, reply), why="")


READ: Suite = Suite(
    "paper-questions", "Questions of many hands over filings, statements, policies and laws, in three scripts.", "answer",
    partial(items, part="read"), score, (MEASURES["correct"], MEASURES["wrong"], MEASURES["error"]), written=stored,
)  # fmt: skip
BLIND: Suite = replace(
    READ, name="paper-questions-blind", about="The same over the papers that nobody read; no fault is named.",
    items=partial(items, part="blind"), score=score_unread,
)  # fmt: skip
