"""Headings as reports of many countries print them: read right or marked, in documents, by the binder, in answers; never silently wrong."""

from __future__ import annotations

import importlib.util
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from tests.knowledge.facts.papers import document, found, table

from finfoundry.core.document import Block
from finfoundry.knowledge.facts.extract import extract
from finfoundry.knowledge.ingest.certificate import certify


def _load() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks/table_heads.py"
    spec = importlib.util.spec_from_file_location("table_heads", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["table_heads"] = module
    spec.loader.exec_module(module)
    return module


table_heads = _load()
HEADS = table_heads.heads()


def test_there_are_enough_headings() -> None:
    assert len(HEADS) >= 600


@pytest.mark.parametrize("part", range(8))
def test_every_heading_is_read_right(part: int) -> None:
    wrong = []
    for head in HEADS[part::8]:
        paper = document(
            [table([[head.text, "2024", "2023"], ["Revenue", "35,919", "34,100"]])], cover=[Block("heading", "Heron Mills plc")]
        )
        [now, _] = found(extract(paper), "Revenue")
        if (now.value, now.unit) != (Decimal(35919).scaleb(head.power), head.currency):
            wrong.append((head.text, now.value, now.unit))
    assert not wrong


@pytest.mark.parametrize("text", table_heads.STRANGE)
def test_a_heading_that_nobody_knows_is_marked(text: str) -> None:
    paper = document([table([[text, "2024", "2023"], ["Revenue", "35,919", "34,100"]])], cover=[Block("heading", "Heron Mills plc")])
    facts = extract(paper)
    assert {fact.unit for fact in facts} == {None}
    assert certify(paper, facts).mark


@pytest.mark.parametrize("layout", table_heads.LAYOUTS)
def test_files_of_every_kind(layout: str) -> None:
    outcomes = {head.text: table_heads.outcome(head, layout) for head in HEADS[::40]}
    assert set(outcomes.values()) == {"right"}, outcomes


def test_the_binder_and_answers_take_the_scale_that_is_stated() -> None:
    faults = {head.text: faults for head in HEADS[3::12] if (faults := table_heads.judged(head, "html"))}
    assert not faults
