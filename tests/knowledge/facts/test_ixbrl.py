"""Inline XBRL: what the tags say, with the sign as printed, joined to the rows of the tables."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.knowledge.facts.tags.ixbrl import read_tags
from finfoundry.knowledge.formats.html import read_tree
from finfoundry.knowledge.ingest.parse_file import parse

FILING = """<?xml version='1.0' encoding='ASCII'?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" xmlns:xbrli="http://www.xbrl.org/2003/instance"
 xmlns:xbrldi="http://xbrl.org/2006/xbrldi"><head><title>x</title></head><body>
<div style="display:none">
<ix:header><ix:hidden><ix:nonFraction name="us-gaap:Assets" contextRef="now" unitRef="usd">9</ix:nonFraction></ix:hidden>
<ix:resources>
<xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit>
<xbrli:unit id="eps"><xbrli:divide><xbrli:unitNumerator><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unitNumerator>
<xbrli:unitDenominator><xbrli:measure>xbrli:shares</xbrli:measure></xbrli:unitDenominator></xbrli:divide></xbrli:unit>
<xbrli:context id="year"><xbrli:entity><xbrli:identifier scheme="s">1</xbrli:identifier></xbrli:entity>
<xbrli:period><xbrli:startDate>2024-01-01</xbrli:startDate><xbrli:endDate>2024-12-31</xbrli:endDate></xbrli:period></xbrli:context>
<xbrli:context id="now"><xbrli:entity><xbrli:identifier scheme="s">1</xbrli:identifier><xbrli:segment>
<xbrldi:explicitMember dimension="us-gaap:StatementBusinessSegmentsAxis">ex:WestMember</xbrldi:explicitMember>
</xbrli:segment></xbrli:entity>
<xbrli:period><xbrli:instant>2024-12-31</xbrli:instant></xbrli:period></xbrli:context>
</ix:resources></ix:header></div>
<p>Sales grew to $<ix:nonFraction id="t" name="us-gaap:Revenues" contextRef="year" unitRef="usd"
 scale="9" format="ixt:num-dot-decimal">1.2</ix:nonFraction> billion.</p>
<table>
<tr><td>(in millions)</td><td>2024</td></tr>
<tr><td>Purchases of property</td><td>$</td><td>(<ix:nonFraction id="a" name="us-gaap:PaymentsToAcquirePropertyPlantAndEquipment"
 contextRef="year"
 unitRef="usd" scale="6">1,234</ix:nonFraction></td><td>)</td></tr>
<tr><td>Loss</td><td></td><td>
<ix:nonFraction id="b" name="ex:Loss" contextRef="now" unitRef="usd" scale="6" sign="-">5</ix:nonFraction></td><td></td></tr>
<tr><td>Per share</td><td>$</td><td>
<ix:nonFraction name="us-gaap:EarningsPerShareBasic" contextRef="year" unitRef="eps" scale="0">0.45</ix:nonFraction></td></tr>
<tr><td>Other</td><td></td><td>
<ix:nonFraction name="us-gaap:Other" contextRef="year" unitRef="usd" scale="6" format="ixt:fixed-zero">—</ix:nonFraction></td></tr>
</table></body></html>"""


def test_tags_are_read_with_context_unit_and_printed_sign() -> None:
    tags = {tag.concept: tag for tag in read_tags(read_tree(FILING.encode(), "f.htm"))}
    assert set(tags) == {"Revenues", "PaymentsToAcquirePropertyPlantAndEquipment", "ex:Loss", "EarningsPerShareBasic", "Other"}
    payment, loss = tags["PaymentsToAcquirePropertyPlantAndEquipment"], tags["ex:Loss"]
    assert (payment.value, payment.printed) == (Decimal(1_234_000_000), Decimal(-1_234_000_000))
    assert (loss.value, loss.printed) == (Decimal(-5_000_000), Decimal(5_000_000))
    assert loss.dimensions == (("us-gaap:StatementBusinessSegmentsAxis", "ex:WestMember"),)
    assert tags["EarningsPerShareBasic"].unit == "USD/share"
    assert tags["Other"].value == 0
    assert tags["Revenues"].in_table is False


def test_facts_take_the_row_from_the_table_and_the_meaning_from_the_tag() -> None:
    facts = {fact.concept: fact for fact in parse(FILING.encode(), "f.htm").facts}
    payment = facts["PaymentsToAcquirePropertyPlantAndEquipment"]
    assert payment.metric == ("Purchases of property",)
    assert payment.value == -1_234_000_000
    assert payment.period == "2024-01-01/2024-12-31"
    assert payment.locator is not None
    assert payment.locator["anchor"] == "a"
    assert facts["ex:Loss"].dimensions == (("Statement Business Segments", "West"),)
    assert facts["Revenues"].value == 1_200_000_000
    assert facts["Revenues"].metric == ("Revenues",)
    assert "Assets" not in facts


@pytest.mark.parametrize(
    ("label", "dimensions"),
    [
        ("Loss", (("Statement Business Segments", "West"),)),
        ("Loss, West", ()),
        ("Loss of the western world", (("Statement Business Segments", "West"),)),
    ],
)
def test_a_member_that_the_row_names_is_told_by_the_row(label: str, dimensions: tuple[tuple[str, str], ...]) -> None:
    facts = parse(FILING.replace("<td>Loss</td>", f"<td>{label}</td>").encode(), "f.htm").facts
    assert [fact.dimensions for fact in facts if fact.metric == (label,)] == [dimensions]


def test_a_line_whose_member_the_row_names_is_not_the_companys() -> None:
    paper = FILING.replace("<td>Loss</td>", "<td>West revenues</td>").replace('"ex:Loss"', '"us-gaap:Revenues"')
    assert [fact.concept for fact in parse(paper.encode(), "f.htm").facts if fact.metric == ("West revenues",)] == [None]


@pytest.mark.parametrize(
    ("tag", "concept"),
    [
        ("us-gaap:RevenueThatNobodyAsksFor", "Revenues"),
        (
            "us-gaap:EquityMethodInvestmentSummarizedFinancialInformationRevenue",
            "EquityMethodInvestmentSummarizedFinancialInformationRevenue",
        ),
        ("us-gaap:BusinessAcquisitionsProFormaRevenue", "BusinessAcquisitionsProFormaRevenue"),
    ],
)
def test_a_kind_that_no_question_asks_by_is_what_its_label_is(tag: str, concept: str) -> None:
    paper = FILING.replace("<td>Loss</td>", "<td>Total revenues</td>").replace('"ex:Loss" contextRef="now"', f'"{tag}" contextRef="year"')
    assert [fact.concept for fact in parse(paper.encode(), "f.htm").facts if fact.metric == ("Total revenues",)] == [concept]


@pytest.mark.parametrize(
    ("measures", "unit"),
    [
        ("<xbrli:measure>xbrli:shares</xbrli:measure>", "shares"), ("<xbrli:measure>xbrli:pure</xbrli:measure>", "ratio"),
        ("<xbrli:measure>iso4217:CNY</xbrli:measure>", "CNY"), ("<xbrli:measure>ex:stores</xbrli:measure>", "count"), ("", "count"),
    ],
)  # fmt: skip
def test_a_unit_is_a_currency_shares_a_ratio_or_a_count(measures: str, unit: str) -> None:
    paper = FILING.replace("<xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit>", f"{measures}</xbrli:unit>", 1)
    tags = {tag.concept: tag for tag in read_tags(read_tree(paper.encode(), "f.htm"))}
    assert (tags["Revenues"].unit, tags["EarningsPerShareBasic"].unit) == (unit, "USD/share")


@pytest.mark.parametrize("change", [('contextRef="year"', 'contextRef="unknown"'), (">1.2<", ">none of it<")])
def test_a_tag_of_no_known_context_or_without_a_number_is_none(change: tuple[str, str]) -> None:
    concepts = {tag.concept for tag in read_tags(read_tree(FILING.replace(*change, 1).encode(), "f.htm"))}
    assert "Revenues" not in concepts
    assert "ex:Loss" in concepts
