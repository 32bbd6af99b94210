"""Figures of a paper that contradict each other: told with both readings, less sure, and marked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.core.document import Parsed
from finfoundry.knowledge.ingest.parse_file import parse


def read(assets: str, liabilities: str, equity: str, more: str = "") -> Parsed:
    rows = (("Total assets", assets), ("Total liabilities", liabilities), ("Total stockholders’ equity", equity))
    lines = "".join(f"<tr><td>{label}</td><td>{number}</td></tr>" for label, number in rows)
    head = "<tr><td>(in thousands)</td><td>December 31, 2024</td></tr>"
    return parse(f"<html><body><p>CONSOLIDATED BALANCE SHEETS</p><table>{head}{lines}</table>{more}</body></html>".encode(), "f.html")


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        (("1,000,000", "600", "400,000"), "'Total liabilities' '600' (page 1) times 1,000"),
        (("1,000,000", "600,000,000", "400,000"), "'Total liabilities' '600,000,000' (page 1) divided by 1,000"),
        (("1,000", "600,000", "400,000"), "'Total assets' '1,000' (page 1) times 1,000"),
        (("1,000,000", "1,200,000", "200,000"), "'Total stockholders’ equity' '200,000' (page 1) with the other sign"),
    ],
)
def test_an_equation_that_holds_but_for_a_power_of_ten_or_a_sign_is_told(figures: tuple[str, str, str], told: str) -> None:
    parsed = read(*figures)
    (said,) = parsed.document.contradicted
    assert told in said
    assert said in parsed.certificate.losses
    assert parsed.certificate.mark == f"contradicted: {said}"
    assert {fact.confidence for fact in parsed.facts} == {0.5}
    assert parsed.certificate.score < 1


@pytest.mark.parametrize(
    "figures",
    [
        ("1,000,000", "600,000", "400,000"), ("1,000,000", "600,000", "390,000"), ("1,000,000", "1,200,000", "(200,000)"),
        ("1,000,000", "(600,000)", "400,000"), ("1,000,000", "999,999", "1"),
    ],
)  # fmt: skip
def test_an_equation_that_holds_or_fails_by_anything_else_is_no_contradiction(figures: tuple[str, str, str]) -> None:
    parsed = read(*figures)
    assert parsed.document.contradicted == []
    assert parsed.certificate.mark is None


SELECTED = (
    "<p>SELECTED FINANCIAL DATA</p><table><tr><td>({})</td><td>December 31, 2024</td></tr><tr><td>Total assets</td><td>{}</td></tr></table>"
)


@pytest.mark.parametrize(
    ("scale", "figure", "count"), [("in millions", "1,234,567", 1), ("in thousands", "1,234,567", 0), ("in millions", "1,235", 0)]
)
def test_one_figure_with_the_same_digits_at_two_scales_is_told(scale: str, figure: str, count: int) -> None:
    parsed = read("1,234,567", "1,000,000", "234,567", SELECTED.format(scale, figure))
    assert len(parsed.document.contradicted) == count
    assert {fact.value for fact in parsed.facts if fact.confidence < 1} == (
        {Decimal(1_234_567_000), Decimal(1_234_567_000_000)} if count else set()
    )
