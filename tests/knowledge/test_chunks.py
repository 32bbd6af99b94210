"""Passages: nothing lost, nothing across pages, each with its place."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.knowledge.samples import paragraph, parsed, table

from finfoundry.core.document import Block
from finfoundry.knowledge.search.passages import Hit
from finfoundry.knowledge.storage.chunks import LIGHT, TABLE_WEIGHT, TEXT_WEIGHT, chunk, weight

LONG = "The bank lends to small firms at rates that follow the market. " * 5


def test_neighbours_of_a_section_are_joined_and_sections_are_not() -> None:
    document, _ = parsed(pages=[[paragraph(LONG, "A"), paragraph("Two.", "A"), paragraph(LONG, "B")], [paragraph("Four.", "B")]])
    found = [(one.page, one.section, one.text) for one in chunk(document.document)]
    assert found == [(1, ("A",), f"{LONG.strip()}\nTwo."), (1, ("B",), LONG.strip()), (2, ("B",), "Four.")]


def test_a_heading_goes_with_what_follows_and_the_last_line_with_what_stands_before() -> None:
    heading = Block("heading", "Balance sheet", section=("A",), level=2)
    statement = table([("", "2017"), ("Total assets", "5")])
    document, _ = parsed(pages=[[paragraph(LONG, "A"), heading, statement, paragraph("See notes.", "A")]])
    found = [(one.kind, one.section, one.text) for one in chunk(document.document)]
    assert found == [
        ("text", ("A",), LONG.strip()),
        ("table", ("Balance sheet",), "Balance sheet\nin thousands\n2017\nTotal assets | 5\nSee notes."),
    ]


def test_a_question_of_a_paper_stays_with_its_answer_alone() -> None:
    title = Block("heading", "Accounts", level=1)
    asked = [paragraph("Is there a fee?"), paragraph("Yes, $6 a month."), paragraph("还款日可以改吗？"), paragraph("可以，每年一次。")]
    head = Block("heading", "Fees", level=1)
    document, _ = parsed(
        pages=[[title, *asked, head, table([("", "Fee"), ("Wire", "45")])], [*asked[:2], head, paragraph("They may change.")]]
    )
    assert [one.text for one in chunk(document.document)] == [
        "Accounts\nIs there a fee?\nYes, $6 a month.", "还款日可以改吗？\n可以，每年一次。", "Fees\nin thousands\nFee\nWire | 45",
        "Is there a fee?\nYes, $6 a month.", "Fees\nThey may change.",
    ]  # fmt: skip


def test_each_part_of_a_passage_has_the_place_where_it_stands() -> None:
    rows = [("", "Limit"), ("Staff", "550"), ("Board", "900"), ("New board", "70"), ("board", "70"), ("board", "7")]
    statement = table(rows, title="Lodging")
    for cell in statement.cells:
        cell.box = (10.0 * cell.column, 20.0 * cell.row, 10.0 * cell.column + 9, 20.0 * cell.row + 12)
    lead = replace(paragraph("Limits:"), box=(0.0, 5.0, 50.0, 9.0))
    document, _ = parsed(pages=[[lead, statement]])
    (one,) = chunk(document.document)
    hit = Hit("d/0", "d", "d.pdf", 1, 1.0, one.text, one.section, one.box, None, one.kind, None, one.places)
    assert hit.cut("Limits:").box == (0.0, 5.0, 50.0, 9.0)
    assert hit.cut("Board | 900").box == (0.0, 40.0, 19.0, 52.0)
    assert hit.cut("board | 70").box == (0.0, 80.0, 19.0, 92.0)  # not the new board's
    assert hit.cut("board | 7").box == (0.0, 100.0, 19.0, 112.0)
    assert hit.cut("nowhere").box == one.box


def test_of_a_paper_without_pages_the_row_and_the_heading_tell_the_place() -> None:
    drawn = table([("", "Limit"), ("Staff", "550")])
    cells = [replace(cell, box=None) for cell in drawn.cells]
    statement = replace(drawn, section=("Lodging",), locator={"anchor": "table-1"}, box=None, cells=cells)
    document, _ = parsed(pages=[[statement]])
    (one,) = chunk(document.document)
    hit = Hit("d/0", "d", "d.html", 1, 1.0, one.text, one.section, None, one.locator, one.kind, None, one.places)
    assert hit.cut("Staff | 550").locator == {"anchor": "table-1", "row": "2", "heading": "Lodging"}


def test_headers_and_footers_are_left_out() -> None:
    document, _ = parsed(pages=[[Block("header", "Annual report"), paragraph("Text."), Block("footer", "12")]])
    assert [one.text for one in chunk(document.document)] == ["Text."]


def test_each_part_of_a_table_has_its_head() -> None:
    rows = [("", "2017", "2016"), *((f"Line number {row} of the notes", f"{row},000", f"{row},500") for row in range(100))]
    document, _ = parsed(pages=[[table(rows, title="Long table")]])
    parts = chunk(document.document)
    assert len(parts) > 3
    assert all(part.kind == "table" and part.text.startswith("Long table\nin thousands\n2017 | 2016\n") for part in parts)
    assert all(weight(part.text) <= TABLE_WEIGHT * 1.1 for part in parts)
    assert [line for part in parts for line in part.text.split("\n")[3:]] == [" | ".join(row) for row in rows[1:]]


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=3000), max_size=5))
def test_no_character_is_lost_and_no_passage_too_long(texts: list[str]) -> None:
    document, _ = parsed(pages=[[paragraph(text) for text in texts]])
    parts = chunk(document.document)
    kept = "".join("".join(part.text.split()) for part in parts)
    whole = "".join("".join(text.split()) for text in texts)
    assert kept == whole or set(kept) == set(whole)  # what the next passage repeats is written once
    assert all(weight(part.text) <= TEXT_WEIGHT + LIGHT for part in parts)
    assert [part.ordinal for part in parts] == list(range(len(parts)))


def test_long_text_is_cut_at_sentences() -> None:
    english = "The bank lends at 5.2 percent to small firms. " * 60
    chinese = "本行向小微企业发放贷款，利率为百分之五。" * 60
    for text, end in ((english, "."), (chinese, "。")):
        document, _ = parsed(pages=[[paragraph(text)]])
        parts = chunk(document.document)
        assert len(parts) > 1
        assert all(part.text.endswith(end) for part in parts)


def test_an_article_is_a_passage_and_each_part_of_a_long_one_has_its_number() -> None:
    first = "第一条　" + "银行应当核对存款人的身份。" * 12
    second = "第二条　" + "存款人应当出示有效的身份证件，并由银行登记其号码。" * 25
    document, _ = parsed(
        "rules.txt", pages=[[paragraph(f"{first}\n{second}", "总则"), paragraph("第三条　本办法自公布之日起施行。", "附则")]]
    )
    texts = [one.text for one in chunk(document.document)]
    assert texts[0] == first
    assert len(texts) == 3
    assert all(text.startswith("第二条") for text in texts[1:])
    assert texts[-1].endswith("\n第三条　本办法自公布之日起施行。")


def test_articles_in_english_begin_passages_too() -> None:
    lines = [f"Section {number}.1 Covenants. {LONG}" for number in (1, 2)]
    document, _ = parsed(pages=[[paragraph("\n".join(lines), "Agreement")]])
    assert [one.text[:11] for one in chunk(document.document)] == ["Section 1.1", "Section 2.1"]


def test_a_sentence_that_a_page_broke_into_lines_stays_in_one_passage() -> None:
    line, last = "本公司依本條約定給付保險金時，應按當日臺灣銀行及合作金庫的收盤", "即期匯率平均值換算之，並通知受益人。"
    filler = "要保人得隨時終止本契約，並請求返還解約金。" * 15
    document, _ = parsed(pages=[[paragraph(one, "給付") for one in (filler, line, last)]])
    (whole,) = [one.text for one in chunk(document.document) if line in one.text]
    assert f"{line}\n{last}" in whole
