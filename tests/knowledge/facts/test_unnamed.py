"""Where no company can be told of whom facts are, the certificate says so; where one can, it says nothing."""

from __future__ import annotations

import pytest

from finfoundry.core.document import Fact
from finfoundry.knowledge.facts.issuers.unnamed import unnamed
from finfoundry.knowledge.ingest.parse_file import parse

TABLE = "| EUR million | 2024 | 2023 |\n|---|---|---|\n| Revenue | 310 | 295 |\n| Costs | 201 | 190 |\n"
TABLE_ZH = "| 单位：万元 | 2024年 | 2023年 |\n|---|---|---|\n| 营业收入 | 310 | 295 |\n"


def told(text: str, name: str = "paper.md") -> tuple[list[str], list[Fact]]:
    parsed = parse(text.encode(), name)
    return [loss for loss in parsed.certificate.losses if loss.startswith("no issuer")], parsed.facts


@pytest.mark.parametrize("text", [f"# Monthly accounts\n\n{TABLE}", f"# Fees and expenses\n\n{TABLE}", f"# 经营情况\n\n{TABLE_ZH}", TABLE])
def test_a_paper_of_no_company_says_that_it_has_no_issuer(text: str) -> None:
    losses, facts = told(text)
    assert facts
    assert losses == [f"no issuer: no company is told of whom its {len(facts)} facts are"]


@pytest.mark.parametrize(
    "text",
    [
        f"# Nordfjord plc\n\n{TABLE}",
        f"# Annual report 2024 of Alderbank AG\n\n{TABLE}",
        f"# 松岗电子股份有限公司2024年年度报告\n\n{TABLE_ZH}",
    ],
)
def test_a_paper_of_a_company_does_not(text: str) -> None:
    losses, facts = told(text)
    assert losses == []
    assert all(fact.entity for fact in facts)


def test_a_paper_without_facts_lacks_no_issuer() -> None:
    assert told("# Rules of the house\n\nDoors are closed at eight.\n") == ([], [])


def test_rows_without_a_company_beside_rows_of_one_are_counted_by_page() -> None:
    _, (one, other, *_) = told(f"# Nordfjord plc\n\n{TABLE}")
    assert list(unnamed([one, Fact(other.metric, other.value, other.unit, other.period, other.text, 3)])) == [
        "no issuer: no company is told of whom 1 of 2 facts are (pages 3)"
    ]


def test_an_unnamed_paper_is_read_as_well_as_any() -> None:
    scores = [parse(f"# {title}\n\n{TABLE}".encode(), "paper.md").certificate.score for title in ("Monthly accounts", "Nordfjord plc")]
    assert scores[0] == scores[1]
