"""Inline XBRL: where tag and page, or two tags of one key, say two things, both readings are told and the figure is less sure."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.core.document import Fact, Parsed
from finfoundry.core.periods import parse_iso
from finfoundry.knowledge.facts.tags.ixbrl import Tagged
from finfoundry.knowledge.facts.tags.tag_checks import printed_scale
from finfoundry.knowledge.ingest.parse_file import parse

HEAD = """<?xml version='1.0' encoding='ASCII'?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" xmlns:xbrli="http://www.xbrl.org/2003/instance"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><head><title>x</title></head><body>
<div style="display:none"><ix:header><ix:resources>
<xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit>
<xbrli:unit id="pure"><xbrli:measure>xbrli:pure</xbrli:measure></xbrli:unit>
"""
BELOW = 'scale="6" sign="-"'
BILLIONS, MILLIONS = 'scale="9" decimals="-9"', 'scale="6" decimals="-6"'


def context(name: str, period: str) -> str:
    start, _, end = period.partition("/")
    inner = (
        f"<xbrli:startDate>{start}</xbrli:startDate><xbrli:endDate>{end}</xbrli:endDate>"
        if end
        else f"<xbrli:instant>{start}</xbrli:instant>"
    )
    return (
        f'<xbrli:context id="{name}"><xbrli:entity><xbrli:identifier scheme="s">1</xbrli:identifier></xbrli:entity>'
        f"<xbrli:period>{inner}</xbrli:period></xbrli:context>"
    )


CONTEXTS = "".join(
    context(name, period)
    for name, period in (
        ("y24", "2024-01-01/2024-12-31"), ("y23", "2023-01-01/2023-12-31"), ("i24", "2024-12-31"), ("i23", "2023-12-31"),
    )
)  # fmt: skip


def tag(id_: str, name: str, at: str, text: str, rest: str = 'scale="6"', unit: str = "usd") -> str:
    return f'<ix:nonFraction id="{id_}" name="us-gaap:{name}" contextRef="{at}" unitRef="{unit}" {rest}>{text}</ix:nonFraction>'


def read(body: str) -> Parsed:
    return parse(f"{HEAD}{CONTEXTS}</ix:resources></ix:header></div>{body}</body></html>".encode(), "f.htm")


def one(parsed: Parsed, concept: str) -> Fact:
    (fact,) = [fact for fact in parsed.facts if fact.concept == concept]
    return fact


def table(*rows: tuple[str, str, str], heading: str = "(in millions)") -> str:
    lines = "".join(f"<tr><td>{label}</td><td>{now}</td><td>{before}</td></tr>" for label, now, before in rows)
    return f"<p>CONSOLIDATED STATEMENTS OF OPERATIONS</p><table><tr><td>{heading}</td><td>2024</td><td>2023</td></tr>{lines}</table>"


def row(label: str, name: str, now: str, before: str, rest: str = 'scale="6"') -> tuple[str, str, str]:
    return label, tag(f"{name}1", name, "y24", now, rest), tag(f"{name}2", name, "y23", before, rest)


# --- scale -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "behind", "value"),
    [
        ("26.3", " billion", 26_300_000_000), ("26.3", "</b><i> million</i>", 26_300_000), ("26.3", "亿元", 2_630_000_000),
        ("26.3", "bn in 2024", 26_300_000_000),
    ],
)  # fmt: skip
def test_words_behind_a_tag_without_a_scale_are_the_amount_and_the_contradiction_is_told(text: str, behind: str, value: int) -> None:
    parsed = read(f"<p>Revenue was $<b>{tag('t', 'Revenues', 'y24', text, '')}{behind}</b>.</p>")
    fact = one(parsed, "Revenues")
    assert fact.value == value
    assert fact.confidence == 0.5
    (said,) = parsed.document.contradicted
    assert "as printed" in said
    assert "26.3 by its tag" in said
    assert said in parsed.certificate.losses
    assert (parsed.certificate.mark or "").startswith("contradicted: ")
    assert parsed.certificate.score < 1


@pytest.mark.parametrize(
    ("rest", "behind", "value"),
    [
        ('scale="9"', " billion", 26_300_000_000), ('scale="6"', " million", 26_300_000),
        ('scale="6"', ", in millions of dollars", 26_300_000),
        ("", " per barrel", Decimal("26.3")), ('scale="9"', " thousand million", 26_300_000_000), ('scale="6"', " m", 26_300_000),
    ],
)  # fmt: skip
def test_words_that_agree_with_the_tag_or_are_no_scale_contradict_nothing(rest: str, behind: str, value: Decimal) -> None:
    parsed = read(f"<p>Revenue was $<b>{tag('t', 'Revenues', 'y24', '26.3', rest)}{behind}</b>.</p>")
    assert one(parsed, "Revenues").value == value
    assert parsed.document.contradicted == []
    assert parsed.certificate.mark is None


@pytest.mark.parametrize(("rest", "told"), [("", 1), ('scale="-2"', 0)])
def test_a_percentage_without_its_scale_is_contradicted_by_its_sign(rest: str, told: int) -> None:
    parsed = read(f"<p>The rate was {tag('t', 'EffectiveIncomeTaxRateContinuingOperations', 'y24', '21.5', rest, 'pure')}%.</p>")
    assert one(parsed, "EffectiveIncomeTaxRateContinuingOperations").value == Decimal("0.215")
    assert len(parsed.document.contradicted) == told


ROWS = (
    row("Revenue", "Revenues", "5,100", "4,900"),
    row("Cost of revenue", "CostOfRevenue", "3,000", "2,900"),
    row("Research and development", "ResearchAndDevelopmentExpense", "812", "797"),
)


def test_a_tag_on_another_scale_than_its_heading_and_the_tags_beside_it_is_told_and_the_page_counts() -> None:
    off = (row("Interest expense", "InterestExpense", "123", "124")[0], *row("", "InterestExpense", "123", "124", 'scale="3"')[1:])
    parsed = read(table(*ROWS, off))
    values = [fact.value for fact in parsed.facts if fact.concept == "InterestExpense"]
    assert values == [123_000_000, 124_000_000]
    assert len(parsed.document.contradicted) == 2


@pytest.mark.parametrize("heading", ["(in millions)", "(in millions, except interest)", "(dollars in millions)"])
def test_tags_on_the_scale_of_the_heading_contradict_nothing(heading: str) -> None:
    parsed = read(table(*ROWS, heading=heading))
    assert parsed.document.contradicted == []
    assert {fact.confidence for fact in parsed.facts} == {1.0}


# --- period ------------------------------------------------------------------------------------------------------------------------


def test_a_tag_of_another_year_than_its_column_is_told_and_the_heading_counts() -> None:
    wrong = ("Interest expense", tag("w1", "InterestExpense", "y23", "123"), tag("w2", "InterestExpense", "y24", "124"))
    parsed = read(table(*ROWS, wrong))
    periods = {fact.text: fact.period[:4] for fact in parsed.facts if fact.concept == "InterestExpense"}
    assert periods == {"123": "2024", "124": "2023"}
    assert len(parsed.document.contradicted) == 2


@pytest.mark.parametrize("label", ["Interest expense of 2023", "Interest payable, beginning of year", "Interest payable, January 1"])
def test_a_row_that_names_its_own_time_contradicts_no_heading(label: str) -> None:
    own = (label, tag("w1", "InterestPayable", "i23", "123"), "")
    assert read(table(*ROWS, own)).document.contradicted == []


def test_tags_of_one_key_with_two_values_are_told() -> None:
    parsed = read(
        f"<p>Revenue was ${tag('a', 'Revenues', 'y24', '512')} million.</p><p>Revenue of ${tag('b', 'Revenues', 'y24', '521')} million.</p>"
    )
    (said,) = parsed.document.contradicted
    assert "'512'" in said
    assert "'521'" in said
    assert {fact.confidence for fact in parsed.facts} == {0.5}


@pytest.mark.parametrize(
    ("text", "rest", "at"),
    [
        ("0.5", 'scale="9" decimals="-8"', "y24"), ("512", 'scale="6" decimals="-6"', "y24"), ("521", 'scale="6"', "y23"),
        ("500", 'scale="6" decimals="-8"', "y24"),
    ],
)  # fmt: skip
def test_tags_that_agree_within_their_rounding_or_are_of_two_keys_contradict_nothing(text: str, rest: str, at: str) -> None:
    first = tag("a", "Revenues", "y24", "512", 'scale="6" decimals="-6"')
    assert read(f"<p>It was ${first}.</p><p>It was ${tag('b', 'Revenues', at, text, rest)}.</p>").document.contradicted == []


# --- sign --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("concept", "text", "value"),
    [
        ("NetIncomeLoss", "The net loss was $", -212_000_000),
        ("NetCashProvidedByUsedInOperatingActivities", "Operations used $", -212_000_000),
        ("OperatingIncomeLoss", "The operating loss, at $", -212_000_000),
    ],
)  # fmt: skip
def test_a_figure_of_the_text_has_the_sign_of_its_tag(concept: str, text: str, value: int) -> None:
    parsed = read(f"<p>{text}{tag('t', concept, 'y24', '212', BELOW)} million.</p>")
    assert one(parsed, concept).value == value
    assert parsed.document.contradicted == []


@pytest.mark.parametrize("concept", ["PaymentsToAcquirePropertyPlantAndEquipment", "NetIncomeLoss", "RepaymentsOfDebt"])
def test_a_figure_of_the_text_without_a_sign_is_above_zero_even_in_brackets_of_a_sentence(concept: str) -> None:
    parsed = read(f"<p>Much of it ({tag('t', concept, 'y24', '212')}) was paid.</p>")
    assert one(parsed, concept).value == 212_000_000


@pytest.mark.parametrize(
    ("label", "texts", "rest", "value", "told"),
    [
        ("Net loss", "500", BELOW, 500_000_000, 0),
        ("Net (loss) income", "(500)", BELOW, -500_000_000, 0),
        ("Net income", "500", 'scale="6"', 500_000_000, 0),
        ("Net loss", "500", 'scale="6"', 500_000_000, 1),
        ("Net income (loss)", "500", BELOW, 500_000_000, 1),
        ("Net income (loss)", "(500)", 'scale="6"', -500_000_000, 1),
    ],
)
def test_the_sign_of_a_result_is_that_of_the_page_and_a_tag_of_the_other_side_is_told(
    label: str, texts: str, rest: str, value: int, told: int
) -> None:
    number = texts.strip("()")
    now, before = (texts.replace(number, tag(f"n{at}", "NetIncomeLoss", at, number, rest)) for at in ("y24", "y23"))
    parsed = read(table(*ROWS, (label, now, before)))
    assert [fact.value for fact in parsed.facts if fact.concept == "NetIncomeLoss"] == [value, value]
    assert len(parsed.document.contradicted) == told


@pytest.mark.parametrize(("text", "value"), [("(212)", -212_000_000), ("-212", -212_000_000), ("212", 212_000_000)])
def test_brackets_inside_a_tag_are_a_sign(text: str, value: int) -> None:
    assert one(read(f"<p>It came to {tag('t', 'NetIncomeLoss', 'y24', text)}.</p>"), "NetIncomeLoss").value == value


def test_a_tag_that_says_that_there_is_no_value_is_no_zero() -> None:
    nil = tag("t", "Revenues", "y24", "—", 'xsi:nil="true"')
    assert [fact for fact in read(f"<p>It was {nil}.</p>").facts if fact.concept == "Revenues"] == []


# --- two roundings of one figure ---------------------------------------------------------------------------------------------------


BALANCE = (
    "<p>CONSOLIDATED BALANCE SHEETS</p><table><tr><td>(in millions)</td><td>December 31, 2024</td></tr>"
    f"<tr><td>Total assets</td><td>{tag('a', 'Assets', 'i24', '171,797', MILLIONS)}</td></tr></table>"
)


@pytest.mark.parametrize("letter_first", [True, False])
def test_a_rounded_figure_of_the_text_bears_the_name_of_the_row_that_prints_it_to_more_digits(letter_first: bool) -> None:
    letter = f"<p>Assets were about ${tag('r', 'Assets', 'i24', '172', BILLIONS)} billion.</p>"
    parsed = read(letter + BALANCE if letter_first else BALANCE + letter)
    assert {fact.value: fact.metric for fact in parsed.facts if fact.concept == "Assets"} == {
        Decimal(171_797_000_000): ("Total assets",),
        Decimal(172_000_000_000): ("Total assets",),
    }
    assert parsed.document.contradicted == []


@pytest.mark.parametrize(("text", "at"), [("172", "i23"), ("181", "i24")])
def test_a_figure_of_another_day_or_amount_keeps_the_name_of_its_concept(text: str, at: str) -> None:
    letter = f"<p>Assets were about ${tag('r', 'Assets', at, text, BILLIONS)} billion.</p>"
    assert [fact.metric for fact in read(letter + BALANCE).facts if fact.text == text] == [("Assets",)]


@pytest.mark.parametrize(
    ("behind", "power"),
    [
        ("(in billions)", 9),
        (" (in millions) in 2024", 6),
        ("（百万元）", 6),
        ("(thousands of dollars)", 3),
        ("(restated)", None),
        ("(in 2024)", None),
    ],
)
def test_a_scale_in_brackets_behind_a_tagged_number_is_its_scale(behind: str, power: int | None) -> None:
    year = parse_iso("2024-01-01/2024-12-31")
    assert year is not None
    value = Decimal("26.3")
    tag = Tagged("a", "us-gaap:Revenues", "26.3", value, Decimal(1), "USD", year, (), negative=False, in_table=False, behind=behind)
    assert printed_scale(tag) == (None if power is None else Decimal(1).scaleb(power))
