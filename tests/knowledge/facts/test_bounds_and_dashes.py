"""Cells that print a bound, a range, a part or a dash: no fact of a number that they do not print."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import document, table

from finfoundry.core.document import Block, Fact
from finfoundry.knowledge.facts.extract import extract
from finfoundry.knowledge.facts.table.grid import is_nothing
from finfoundry.knowledge.ingest.certificate import certify

PLAIN = [Block("heading", "Heron Bank plc"), Block("heading", "Annual report 2024")]


def cell(text: str) -> list[Fact]:
    facts = extract(document([table([["", "2024", "2023"], ["Rate", text, "0.5%"], ["Other", "0.7%", "0.6%"]])], cover=PLAIN))
    return [fact for fact in facts if fact.metric == ("Rate",) and fact.period[:4] == "2024"]


@pytest.mark.parametrize(
    "text",
    ["<0.1%", "≤ 5%", "> 99%", "~3%", "ca. 3%", "approx. 3%", "up to 5%", "约3%", "不超过5%", "1/3 %", "at least 8%", "3%+"],
)
def test_a_bound_and_what_is_about_so_much_are_no_figure(text: str) -> None:
    assert cell(text) == []


@pytest.mark.parametrize(("text", "ends"), [("2-3%", ("0.02", "0.03")), ("2% – 3%", ("0.02", "0.03")), ("2%至3%", ("0.02", "0.03"))])
def test_a_range_has_both_its_ends_each_called_so(text: str, ends: tuple[str, str]) -> None:
    told = {dict(fact.dimensions)["figure"]: format(fact.value.normalize(), "f") for fact in cell(text)}
    assert told == {"from": ends[0], "to": ends[1]}


@pytest.mark.parametrize(("text", "value"), [("1/4 %", "0.0025"), ("3%", "0.03"), ("(3%)", "-0.03"), ("+3%", "0.03"), ("3% *", "0.03")])
def test_a_figure_with_marks_is_one(text: str, value: str) -> None:
    assert [format(fact.value.normalize(), "f") for fact in cell(text)] == [value]


def test_a_figure_with_words_of_its_own_is_told_with_them() -> None:
    (fact,) = cell("of which 3% abroad")
    assert fact.dimensions == (("figure", "of which abroad"),)


@pytest.mark.parametrize("dash", ["-", "–", "—", "$ —", "—%", "(—)"])
def test_a_dash_tells_no_figure(dash: str) -> None:
    rows = [["", "2024", "2023", "2022"], ["Total assets", "900", dash, "700"], ["Goodwill", "12", "11", "10"]]
    facts = extract(document([table(rows, note="EUR million")], cover=PLAIN))
    assert [fact.text for fact in facts if fact.metric == ("Total assets",)] == ["900", "700"]


@pytest.mark.parametrize("text", ["0", "0.0", "-0.0", "0%", "-5", "(0)"])
def test_a_zero_and_a_minus_are_figures(text: str) -> None:
    assert not is_nothing(text)


def test_a_dash_counts_as_nothing_in_a_sum() -> None:
    lines = {"Cash": "-", "Loans": "60", "Bonds": "40", "Total assets": "100", "Total liabilities": "70", "Total equity": "30"}
    rows = [["", "2024"], *([label, text] for label, text in lines.items()), ["Total liabilities and equity", "100"]]
    paper = document([table(rows, title="Consolidated balance sheet", note="EUR million")], cover=PLAIN)
    certificate = certify(paper, extract(paper))
    assert all(identity.held for identity in certificate.identities)
    assert not certificate.conflicts
