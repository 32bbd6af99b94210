"""Questions that the documents cannot answer: a company, a year, a metric that is not there. Right is every reply without an answer."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from finfoundry.core.errors import InputError
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.rows import Item, Judgement, Reply
from finfoundry.evals.run import Suite
from finfoundry.evals.suites import financebench
from finfoundry.evals.suites.reports_zh import NAME, reports, workbooks

COUNT, SEED = 240, 0
DRAWS = 40  # for each question: of few companies and years, most draws repeat another


@cache
def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((files("finfoundry.evals") / "data" / "abstention.yaml").read_text(encoding="utf-8"))
    return loaded


def made(language: str, companies: Sequence[str], years: Sequence[int]) -> list[Item]:
    """Up to COUNT different questions, a third of each kind, about companies and years that are there, but for the one thing that is not.

    Fewer where so few companies and years are there that no more different ones can be drawn.
    """
    words = _words()[language]
    chance = random.Random(SEED)  # noqa: S311  questions, no secret
    found: dict[str, Item] = {}
    for _ in range(COUNT * DRAWS):
        if len(found) == COUNT:
            break
        kind = ("company", "year", "metric")[len(found) % 3]
        text = chance.choice(words["questions"]).format(
            c=chance.choice(words["companies"] if kind == "company" else companies),
            y=chance.choice(words["years"] if kind == "year" else years),
            m=chance.choice(words["absent"] if kind == "metric" else words["metrics"]),
        )
        found.setdefault(text, Item(f"abstention-{language}/{len(found) + 1}", text, "", f"no such {kind}"))
    return list(found.values())


def english(data: Path) -> list[Item]:
    """Over the filings of FinanceBench. Raises InputError where they are not there."""
    source = data / financebench.FOLDER / "document_information.jsonl"
    if not source.exists():
        raise InputError(f"{source} is not there", remedy="Give the folder that holds it with --data")
    here = {path.stem for path in financebench.documents(data)}
    lines = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    held = [line for line in lines if line["doc_name"] in here]
    return made("en", sorted({line["company"] for line in held}), sorted({int(line["doc_period"]) for line in held}))


def chinese(data: Path) -> list[Item]:
    """Over the workbooks of annual reports. Raises InputError where they are not there."""
    found = reports(data)
    return made("zh", sorted({row[NAME] for row in found.rows.values() if NAME in row}), sorted({year for _, year in found.rows}))


def score(item: Item, reply: Reply) -> Judgement:  # noqa: ARG001  scorers share one signature
    if reply.status == "answered":
        return Judgement("wrong", 0.0, "answered what is not there")
    return Judgement("correct", 1.0, reply.status)


ENGLISH: Suite = Suite(
    "abstention", "Companies, years and metrics that the filings of FinanceBench do not hold.", "answer", english, score,
    (MEASURES["correct"],), sample=60, margin=0.0, documents=financebench.documents,
)  # fmt: skip
CHINESE: Suite = Suite(
    "abstention-zh", "Companies, years and metrics that the tables of annual reports do not hold.", "answer", chinese, score,
    (MEASURES["correct"],), margin=0.0, documents=workbooks, missing=("-1",), currency="CNY",
)  # fmt: skip
