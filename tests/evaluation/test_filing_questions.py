"""Generated questions over a small tagged filing: their truth, and how answers to them are judged."""

from __future__ import annotations

import gzip
import re
from decimal import Decimal
from pathlib import Path

import pytest
from tests.evals.made_answers import measure

from finfoundry.core.errors import InputError
from finfoundry.evals.judging import TrueFigure, Truth
from finfoundry.evals.rows import Item, Reply
from finfoundry.evals.suites.filing_questions import FilingQuestionMaker, items, read_report, score, wording
from finfoundry.evals.suites.ixbrl_facts import FOLDER

NAMESPACES = (
    'xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" xmlns:xbrli="http://www.xbrl.org/2003/instance"'
)
LINES = {"Revenues": (900, 800), "CostOfRevenue": (500, 480), "GrossProfit": (400, 320), "Assets": (2000, 1500), "Liabilities": (900, 700)}
INSTANTS = ("Assets", "Liabilities")


def context(name: str, period: str) -> str:
    return (
        f'<xbrli:context id="{name}"><xbrli:entity><xbrli:identifier scheme="s">1</xbrli:identifier></xbrli:entity>'
        f"<xbrli:period>{period}</xbrli:period></xbrli:context>"
    )


def filing(form: str = "10-K") -> bytes:
    contexts = [
        text
        for year in (2024, 2023)
        for text in (
            context(f"y{year}", f"<xbrli:startDate>{year}-01-01</xbrli:startDate><xbrli:endDate>{year}-12-31</xbrli:endDate>"),
            context(f"i{year}", f"<xbrli:instant>{year}-12-31</xbrli:instant>"),
        )
    ]
    said = {"DocumentType": form, "EntityRegistrantName": "NORTHWIND TRADERS, INC.", "DocumentFiscalYearFocus": "2024"}
    cover = "".join(f'<p><ix:nonNumeric name="dei:{name}" contextRef="y2024">{text}</ix:nonNumeric></p>' for name, text in said.items())
    rows = "".join(
        f"<tr><td>{name}</td>"
        + "".join(
            f'<td><ix:nonFraction name="us-gaap:{name}" contextRef="{"i" if name in INSTANTS else "y"}{year}" unitRef="usd" scale="6">'
            f"{value}</ix:nonFraction></td>"
            for year, value in zip((2024, 2023), values, strict=True)
        )
        + "</tr>"
        for name, values in LINES.items()
    )
    unit = '<xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit>'
    head = f'<div style="display:none"><ix:header><ix:resources>{unit}{"".join(contexts)}</ix:resources></ix:header></div>'
    return f"<html {NAMESPACES}><head><title>x</title></head><body>{head}{cover}<table>{rows}</table></body></html>".encode()


def spent(value: int) -> Truth:
    return Truth(figures=(TrueFigure(Decimal(value), unit="USD", signless=True),))


def growth(value: str) -> Truth:
    return Truth(figures=(TrueFigure(Decimal(value), Decimal("0.001"), "percent", change=True),))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / FOLDER).mkdir(parents=True)
    for form in ("10-K", "10-Q"):
        (tmp_path / FOLDER / f"nwt-{form}.html.gz").write_bytes(gzip.compress(filing(form)))
    return tmp_path


def test_an_annual_report_and_its_figures(data: Path) -> None:
    report = read_report(data / FOLDER / "nwt-10-K.html.gz")
    assert report
    assert (report.company, report.year) == ("Northwind Traders", 2024)
    assert report.value("revenue", 2023) == 800_000_000
    assert report.value("net_income", 2024) is None
    assert report.total(["revenue", "-cost"], 2024) == 400_000_000
    assert read_report(data / FOLDER / "nwt-10-Q.html.gz") is None


def test_questions_are_the_same_each_time_and_only_on_annual_reports(data: Path) -> None:
    made = items(data)
    assert [item.question for item in made] == [item.question for item in items(data)]
    assert len({item.question for item in made}) == len(made) > 30
    assert {item.kind for item in made} >= {"line", "growth", "difference", "direction", "ratio"}
    assert all("Northwind Traders" in item.question and "2024" in item.question for item in made)
    margin = [item for item in made if "gross margin" in item.question]
    assert margin
    assert all(item.meta["truth"].figures[0].value == Decimal(400) / 900 for item in margin)
    with pytest.raises(InputError, match="there are no filings"):
        items(data / FOLDER)


@pytest.mark.parametrize(
    ("truth", "question", "text", "verdict"),
    [
        (spent(4_424_000_000), "capex?", "Capex was -$4,424 million in FY2024 [1].", "correct"),
        (spent(4_424_000_000), "capex?", "Capex was $4,442 million in FY2024 [1].", "wrong"),
        (growth("0.1543"), "growth?", "Growth was 15.4% in FY2024 [1][2].", "correct"),
        (growth("0.1543"), "growth?", "Growth was -15.4% in FY2024 [1][2].", "wrong"),
        (Truth(yes=True), "Did revenue rise?", "Yes. Northwind, Inc.'s revenue rose to $9 million.", "correct"),
        (Truth(yes=True), "Did revenue rise?", "No. Northwind, Inc.'s revenue fell to $7 million.", "wrong"),
    ],
)
def test_verdicts(truth: Truth, question: str, text: str, verdict: str) -> None:
    assert score(Item("1", question, "x", meta={"truth": truth}), Reply(text)).verdict == verdict


def test_b1_the_judge_of_filing_questions_takes_true_answers_and_refuses_false_ones(data: Path) -> None:
    """Answers made from the truth alone: by value, sign, direction, scale, period, company, item, or with a second figure."""
    rates = measure("filing-questions", items(data), score)
    assert rates.false > 150
    assert rates.false_taken.value <= 0.02, rates.taken
    assert rates.true_taken.value >= 0.97, rates.refused
    assert {"value", "direction", "scale", "x100", "period", "entity", "other item", "extra figure"} <= rates.kinds.keys()


def test_what_is_not_answered_keeps_its_status(data: Path) -> None:
    report = read_report(data / FOLDER / "nwt-10-K.html.gz")
    assert report
    (item, *_) = FilingQuestionMaker(report, 1).make(9)
    assert score(item, Reply("", "no_evidence")).verdict == "no_evidence"


def test_b4_no_definition_is_in_the_form_of_a_public_benchmark() -> None:
    """What a ratio is stands in words of the maker's own, and each question still names year and company."""
    told = [ratio["definition"] for ratio in wording()["ratios"] if "definition" in ratio]
    assert len(told) > 5
    assert not [text for text in told if re.search(r"\bis defined as\b|\bdefine\b|FY\{", text, re.IGNORECASE)]
    asked = [sentence for sentences in wording()["asked"].values() for sentence in sentences]
    assert not [sentence for sentence in asked if re.search(r"answer by relying|please state|round your answer", sentence, re.IGNORECASE)]
    assert all("{company}" in sentence for sentence in asked)
