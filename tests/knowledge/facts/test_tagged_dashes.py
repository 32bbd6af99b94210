"""Dashes under tags: zero where the tag says so, under the label of their row; without a tag, or where it says nil, no figure."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.core.document import Fact
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.formats.html import parse_html
from finfoundry.knowledge.ingest.parse_file import parse

NAMESPACES = (
    'xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"'
    ' xmlns:xbrli="http://www.xbrl.org/2003/instance" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
ZERO = 'format="ixt:fixed-zero"'


def context(year: int) -> str:
    span = f"<xbrli:startDate>{year}-01-01</xbrli:startDate><xbrli:endDate>{year}-12-31</xbrli:endDate>"
    return f'<xbrli:context id="y{year}"><xbrli:period>{span}</xbrli:period></xbrli:context>'


def tag(text: str, year: int, more: str = "", name: str = "us-gaap:ImpairmentOfRealEstate") -> str:
    identity = f"{name.rpartition(':')[2]}{year}{len(text)}"
    return f'<ix:nonFraction id="{identity}" name="{name}" contextRef="y{year}" unitRef="usd" scale="6" {more}>{text}</ix:nonFraction>'


def paper(*cells: str, label: str = "Impairment of property") -> bytes:
    """A filing whose second row holds these cells, of 2024 and 2023."""
    sales = [tag(text, year, name="us-gaap:Revenues") for text, year in (("900", 2024), ("800", 2023))]
    rows = [["(in millions)", "2024", "2023"], ["Revenue", *sales], [label, *cells], ["Cost of sales", "500", "400"]]
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    unit = '<xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit>'
    head = f'<div style="display:none"><ix:header><ix:resources>{unit}{context(2024)}{context(2023)}</ix:resources></ix:header></div>'
    title = "<p>Consolidated Statements of Income</p><p>For the years ended December 31, 2024 and 2023</p>"
    return f"<html {NAMESPACES}><body>{head}{title}<table>{body}</table></body></html>".encode()


def of_row(facts: list[Fact], label: str = "Impairment of property") -> list[tuple[str, Decimal, str, str | None]]:
    return [(fact.text, fact.value, fact.period, fact.unit) for fact in facts if fact.metric == (label,)]


@pytest.mark.parametrize("dash", ["—", "–", "-"])
@pytest.mark.parametrize("label", ["Impairment of property", "投资性房地产减值损失"])
def test_a_dash_whose_tag_says_zero_is_zero_under_the_label_of_its_row(dash: str, label: str) -> None:
    facts = parse(paper(tag("7", 2024), tag(dash, 2023, ZERO), label=label), "f.htm").facts
    span = "{0}-01-01/{0}-12-31"
    assert of_row(facts, label) == [("7", Decimal(7_000_000), span.format(2024), "USD"), (dash, Decimal(0), span.format(2023), "USD")]
    assert [fact.concept for fact in facts if fact.text == dash] == ["ImpairmentOfRealEstate"]


def test_a_dash_with_the_sign_of_a_currency_around_its_tag_is_zero() -> None:
    facts = parse(paper(tag("7", 2024), f"$ {tag('—', 2023, ZERO)}"), "f.htm").facts
    assert [(text, value) for text, value, _, _ in of_row(facts)] == [("7", Decimal(7_000_000)), ("$ —", Decimal(0))]


@pytest.mark.parametrize(
    "cell",
    [
        "—",
        "$ —",
        tag("—", 2023, 'xsi:nil="true"'),
        tag("—", 2023, ZERO) + tag("–", 2024, ZERO, "us-gaap:Goodwill"),  # of which of them it is the dash, nothing tells
    ],
    ids=["no tag", "a sign and no tag", "nil", "two tags"],
)
def test_a_dash_that_no_tag_of_its_own_makes_zero_is_no_figure_of_its_row(cell: str) -> None:
    assert [text for text, *_ in of_row(parse(paper(tag("7", 2024), cell), "f.htm").facts)] == ["7"]


def test_a_page_that_only_looks_tagged_has_no_zeros() -> None:
    data = paper(tag("7", 2024), tag("—", 2023, ZERO)).replace(b"http://www.xbrl.org/2013/inlineXBRL", b"http://example.org/none")
    assert [text for text, *_ in of_row(parse(data, "f.htm").facts)] == ["7"]


def test_what_is_read_without_tags_keeps_a_dash_under_a_tag_alone() -> None:
    facts = extract(parse_html(paper(tag("—", 2024, ZERO), "—"), "f.htm"))
    assert [(text, period[:4]) for text, _, period, _ in of_row(facts)] == [("—", "2024")]


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("(5)", -5_000_000), ("-5", -5_000_000)])
def test_a_zero_and_a_negative_without_a_tag_are_figures_as_before(text: str, value: int) -> None:
    facts = parse(paper(tag("7", 2024), text), "f.htm").facts
    assert [(text, value) for text, value, _, _ in of_row(facts)] == [("7", Decimal(7_000_000)), (text, Decimal(value))]
