"""Questions whose answers are known to be wrong in silence, until the path of answers is mended: each with what is right.

Every row fails today, and is expected to; one that comes out right must lose its mark here. What already is right stands below them.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.understand.question_text import core_of
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.answer import Answer
from finfoundry.core.language import simplified
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse

AGAIN = "NOT FOUND"
Row = Sequence[str]


def paper(company: str, lines: Sequence[str], rows: Sequence[Row]) -> str:
    """A page with a table of figures below its lines."""
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><body><h1>{company}</h1>{''.join(f'<p>{line}</p>' for line in lines)}<table>{cells}</table></body></html>"


def asked(papers: Sequence[str], question: str) -> Answer:
    """The answer by rules alone over papers that come with the question, in the order in which they were filed."""
    given = [parse(text.encode(), f"paper-{number}.html") for number, text in enumerate(papers, 2022)]
    return Agent(None, MemoryStore(), MemorySearch()).over(given).ask(ADMINISTRATOR, question)[0]


# ---- what was known by a day


def rook(year: int, filed: str, assets: Row, equity: Row) -> str:
    heads = ["EUR million", f"31 December {year}", f"31 December {year - 1}"]
    return paper(f"Rook Bank annual report {year}", [f"Filed on {filed}"], [heads, ["Total assets", *assets], ["Total equity", *equity]])


ROOK = (
    rook(2022, "20 February 2023", ("800", "700"), ("80", "70")),
    rook(2023, "22 February 2024", ("900", "810"), ("90", "81")),
    rook(2024, "20 March 2025", ("1,000", "905"), ("100", "91")),
)


@pytest.mark.xfail(strict=True, reason="words that say by which day something was known are dropped: the latest paper answers")
@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("What were Rook Bank's total assets in 2023 as known on 15 March 2025?", "900"),
        ("What were Rook Bank's total assets in 2023 as at 15 March 2025?", "900"),
        ("By what had been filed by 1 March 2024, what were Rook Bank's total assets in 2023?", "900"),
        ("What were Rook Bank's total assets in 2022 as originally reported?", "800"),
        ("What was Rook Bank's total equity in 2022 as first published?", "80"),
        ("As of 1 June 2024, what were Rook Bank's latest total assets?", "900"),
        ("Rook Bank's latest total assets, as of 1 June 2024?", "900"),
        ("As of 1 June 2023, what was Rook Bank's latest total equity?", "80"),
    ],
)
def test_only_what_had_been_filed_by_a_day_answers(question: str, right: str) -> None:
    answer = asked(ROOK, question)
    assert answer.status == "answered"
    assert f"€{right} million" in answer.text


@pytest.mark.xfail(strict=True, reason="a day before the paper was filed is dropped")
@pytest.mark.parametrize(
    "question",
    [
        "What were Rook Bank's total assets at 31 December 2024 as at 1 March 2025?",
        "What were Rook Bank's total assets at 31 December 2024 as known on 1 March 2025?",
    ],
)
def test_what_was_not_yet_filed_is_not_told(question: str) -> None:
    answer = asked(ROOK, question)
    assert answer.status != "answered" or any("March 2025" in warning for warning in answer.warnings)


@pytest.mark.parametrize(("year", "right"), [(2024, "1,000"), (2023, "905"), (2022, "810")])
def test_without_such_words_the_latest_paper_answers(year: int, right: str) -> None:
    assert f"€{right} million" in asked(ROOK, f"What were Rook Bank's total assets in {year}?").text


# ---- lines that are called a loss


def tarnwick(label: str, loss: str = "300") -> str:
    return paper("Tarnwick Group plc", ["Income statement 2024", "EUR million"], [["", "2024"], ["Revenue", "1,000"], [label, loss]])


@pytest.mark.xfail(strict=True, reason="a line that is called a loss and printed without brackets is divided as a profit")
@pytest.mark.parametrize(
    ("label", "question"),
    [
        ("Operating loss", "What was Tarnwick's operating margin in 2024?"),
        ("Operating loss", "How much was Tarnwick's operating profit margin in 2024?"),
        ("Loss from operations", "What was Tarnwick's operating margin in 2024?"),
        ("Loss before tax", "What was Tarnwick's pre-tax margin in 2024?"),
        ("Loss for the year", "What was Tarnwick's net profit margin in 2024?"),
    ],
)
def test_a_ratio_over_a_loss_is_below_nothing(label: str, question: str) -> None:
    answer = asked([tarnwick(label)], question)
    assert answer.status == "answered"
    assert "-30.0%" in answer.text


LOSSES = (["", "2024", "2023"], ["Revenue", "1,000", "900"], ["Operating loss", "300", "200"], ["Loss before tax", "310", "220"])


@pytest.mark.xfail(strict=True, reason="a loss that grew is told as a profit that rose, in percent")
@pytest.mark.parametrize(
    "question",
    [
        "By what percentage did Tarnwick's pre-tax profit change in 2024?",
        "By what percentage did Tarnwick's profit before tax change in 2024?",
    ],
)
def test_a_loss_that_grew_is_no_profit_that_rose(question: str) -> None:
    answer = asked([paper("Tarnwick Group plc", ["Income statement 2024", "EUR million"], LOSSES)], question)
    assert answer.status == "answered"
    assert "profit rose" not in answer.text
    assert "profit before tax rose" not in answer.text


def test_a_loss_that_grew_is_told_as_a_profit_that_fell() -> None:
    papers = [paper("Tarnwick Group plc", ["Income statement 2024", "EUR million"], LOSSES)]
    answer = asked(papers, "What was the change in Tarnwick's profit before tax from 2023 to 2024?")
    assert "fell by €90 million" in answer.text


def test_a_loss_alone_is_told_as_one_and_brackets_give_the_sign() -> None:
    assert "operating loss of €300 million" in asked([tarnwick("Operating loss")], "What was Tarnwick's operating profit in 2024?").text
    assert "-30.0%" in asked([tarnwick("Operating profit", "(300)")], "What was Tarnwick's operating margin in 2024?").text


# ---- one page, one scale


@pytest.mark.xfail(strict=True, reason="amounts of one sentence are told in two scales")
@pytest.mark.parametrize(("profit", "revenue"), [("9,737", "26,426"), ("812", "12,640"), ("9,990", "10,010")])
def test_amounts_that_are_compared_are_told_in_one_scale(profit: str, revenue: str) -> None:
    rows = [["", "2024"], ["Revenue", revenue], ["Net profit", profit]]
    answer = asked(
        [paper("Harrow Bank plc", ["Income statement 2024", "EUR million"], rows)], "What was Harrow Bank's net profit margin in 2024?"
    )
    assert answer.status == "answered"
    assert ("million" in answer.text) != ("billion" in answer.text)


@pytest.mark.parametrize("label", ["营业收入", "净利润"])
def test_a_known_line_is_told_in_the_language_of_the_page(label: str) -> None:
    rows = [["项目", "2024年"], ["营业收入", "26,426"], ["净利润", "9,737"]]
    chinese = paper("云洲商业银行股份有限公司", ["2024年度利润表", "单位：人民币百万元"], rows)
    english = {"营业收入": "revenue", "净利润": "net profit"}[label]
    answer = asked([chinese], f"What was the {english} of 云洲商业银行 in 2024?")
    assert answer.status == "answered"
    assert label not in answer.text


# ---- a polite beginning


@pytest.mark.xfail(strict=True, reason="請教 is cut in its middle")
@pytest.mark.parametrize("beginning", ["請教：", "請教一下，", "请教：", "请教一下，", "请教您，"])
def test_a_polite_beginning_is_cut_whole_or_not_at_all(beginning: str) -> None:
    core = core_of(simplified(f"{beginning}111年6月賣過一些大成股票的那個集團，到112年底掛了多少負債？")).strip()
    assert not core.startswith("教")


@pytest.mark.parametrize("beginning", ["請問：", "请问一下，", ""])
def test_other_beginnings_are_cut_whole(beginning: str) -> None:
    core = core_of(simplified(f"{beginning}111年6月賣過一些大成股票的那個集團，到112年底掛了多少負債？"))
    assert core.strip(" ：").startswith("111年6月")


# ---- what an engine wrote


def written(question: str, passage: str, text: str) -> Answer:
    """The answer of a model that writes ``text`` first, and finds nothing when it is asked again."""
    store, search = MemoryStore(), MemorySearch()
    of = document("paper", "云陵食品股份有限公司", 2020, ("云陵食品",), language="zh")
    statements(store, of, (2019, 2020))
    search.add(of, passage)
    return Agent(ScriptedEngine([("这些数字", AGAIN), ("", f"{text}[1]")]), store, search).ask(ADMINISTRATOR, question)[0]


WHY = "云陵食品2020年为什么实施股权激励？"


@pytest.mark.xfail(strict=True, reason="a true figure is refused for a blank before its unit, or since it stands in the question alone")
@pytest.mark.parametrize(
    ("question", "passage", "text"),
    [
        (WHY, "公司为激励员工，投入 1,200 万元实施股权激励，以留住人才。", "公司投入1,200万元实施股权激励，以留住人才。"),
        (
            "一张百元票的收入，云陵食品2020年为什么用于激励员工？",
            "公司用该收入激励员工，以留住人才。",
            "一张百元票的收入用于激励员工，以留住人才。",
        ),
        ("每100元收入，云陵食品2020年为什么用于激励员工？", "公司用该收入激励员工，以留住人才。", "每100元收入用于激励员工，以留住人才。"),
    ],
)
def test_a_true_figure_is_not_asked_for_again(question: str, passage: str, text: str) -> None:
    answer = written(question, passage, text)
    assert answer.status == "answered"
    assert text.rstrip("。") in answer.text


@pytest.mark.parametrize(
    ("passage", "text"),
    [
        ("公司为激励员工，向 225 名激励对象授予限制性股票，以留住人才。", "公司向225名激励对象授予限制性股票，以留住人才。"),
        ("公司为激励员工，授予 350 万股限制性股票，以留住人才。", "公司授予350万股限制性股票，以留住人才。"),
        ("公司为激励员工，向225名激励对象授予限制性股票，以留住人才。", "公司向 225 名激励对象授予限制性股票，以留住人才。"),
    ],
)
def test_a_blank_before_a_counted_word_is_no_difference(passage: str, text: str) -> None:
    assert text.rstrip("。") in written(WHY, passage, text).text


# ---- a rounded figure of the prose

TAGGED = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" xmlns:xbrli="http://www.xbrl.org/2003/instance">
<head><title>Marwick Inc.</title></head><body><div style="display:none"><ix:header><ix:resources>
<xbrli:context id="d"><xbrli:entity><xbrli:identifier scheme="s">1</xbrli:identifier></xbrli:entity>
<xbrli:period><xbrli:instant>2024-12-31</xbrli:instant></xbrli:period></xbrli:context>
<xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit></ix:resources></ix:header></div>
<h1>Marwick Inc.</h1><h2>Annual report 2024</h2>{}</body></html>"""
ASSETS = '<ix:nonFraction name="us-gaap:Assets" contextRef="d" unitRef="usd" scale="{}" decimals="-{}">{}</ix:nonFraction>'


@pytest.mark.parametrize("sentence", ["Marwick's assets came to about ${} billion.", "We now look after total assets of ${} billion."])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("question", ["What were Marwick's total assets in 2024?", "How large were Marwick's assets in 2024?"])
def test_the_statement_s_figure_answers_and_not_the_rounded_one_of_the_prose(sentence: str, first: bool, question: str) -> None:
    prose = f"<p>{sentence.format(ASSETS.format(9, 9, '172'))}</p>"
    row = f"<tr><td>Total assets</td><td>{ASSETS.format(6, 6, '171,797')}</td></tr><tr><td>Total liabilities</td><td>150,200</td></tr>"
    table = f"<table><tr><td>(in millions)</td><td>December 31, 2024</td></tr>{row}</table>"
    assert "171.797 billion" in asked([TAGGED.format(prose + table if first else table + prose)], question).text
