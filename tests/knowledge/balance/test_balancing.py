"""Every printed run of digits ends in exactly one account, and what is lost is told with its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.knowledge.balance.balance_papers import ROWS, cells, html, pdf, read, word
from tests.tiers import slow_but

from finfoundry.core.balance.digit_balance import ACCOUNTS, DigitBalance
from finfoundry.core.document import Block, Document, Fact, Page, Word
from finfoundry.demo.report import annual_report, client_report
from finfoundry.knowledge.balance.balancing import DROPPED, balance_of
from finfoundry.knowledge.balance.digit_runs import digits_of
from finfoundry.knowledge.balance.pieces import Printed
from finfoundry.knowledge.balance.table_accounts import NO_FACT, NO_LABEL, REST

FILES = {"report.pdf": pdf(ROWS), "page.html": html(ROWS), "report.docx": word(ROWS)}


@pytest.mark.parametrize("name", list(FILES))
def test_a_clean_paper_closes(name: str) -> None:
    parsed, balance = read(FILES[name], name)
    assert balance.closes, balance.lost
    assert sum(balance.accounts.values()) == balance.runs == sum(page.runs for page in balance.pages)
    assert balance.accounts["fact"] == 10
    assert balance.counted_from == ("words" if name.endswith("pdf") else "text")
    assert parsed.certificate.score == 1.0
    assert parsed.certificate.mark is None


@pytest.mark.parametrize("paper", slow_but(["annual"], ["annual", "client"]))
def test_the_demonstration_closes_to_the_last_digit(paper: str) -> None:
    data = annual_report().data if paper == "annual" else client_report()
    parsed, balance = read(data, "report.pdf")
    assert balance.closes, balance.lost
    printed = sum(len(digits_of(word.text)) for page in parsed.document.pages for word in page.words)
    assert balance.runs == printed == sum(balance.accounts.values())


def test_the_page_on_certificates_tells_the_balance_of_the_demonstration() -> None:
    _, balance = read(annual_report().data, "report.pdf")
    docs = Path(__file__).parents[3] / "docs"
    for page in (docs / "certificate.md", docs / "zh" / "certificate.md"):
        text = page.read_text("utf-8")
        assert all(f"| {name} | {balance.accounts.get(name, 0)} |" in text for name in ACCOUNTS if name != "chart")
        assert f"| **{balance.runs}** |" in text


def with_cell(text: str) -> list[list[str]]:
    """The rows with one figure written otherwise."""
    return [[text if cell == "1,305" else cell for cell in row] for row in ROWS]


@pytest.mark.parametrize("name", ["x.pdf", "x.html", "x.docx"])
@pytest.mark.parametrize(
    ("written", "lost"),
    [("13 Mar 05", 2), ("1,305 DR", 1), ("ca. 1,305", 1), ("1.2:1", 2)],
)
def test_a_figure_that_the_reader_of_numbers_does_not_know_is_lost_with_its_place(name: str, written: str, lost: int) -> None:
    rows = with_cell(written)
    data = pdf(rows) if name == "x.pdf" else html(rows) if name == "x.html" else word(rows)
    parsed, balance = read(data, name)
    told = digits_of(written)
    known = [
        fact for fact in parsed.facts if digits_of(fact.text) == told[: len(digits_of(fact.text))] and fact.metric[-1] == "Debt securities"
    ]
    if known:  # a reader that learns to read it loses nothing
        return
    assert balance.accounts["lost"] == lost
    assert {one.why for one in balance.lost} <= {NO_FACT, REST}
    assert all(written in one.around for one in balance.lost)
    assert all(one.table == 0 and (one.box or one.locator) for one in balance.lost)
    assert parsed.certificate.score < 1.0
    assert parsed.certificate.table_reports[0].lost == lost
    assert any("runs of digits are in no account" in loss for loss in parsed.certificate.losses)


@pytest.mark.parametrize("written", ["1,305", "(1,305)", "1,305 (2)", "EUR 1,305", "1,305%", "-"])
def test_a_figure_that_is_read_is_no_loss(written: str) -> None:
    _, balance = read(html(with_cell(written)), "x.html")
    assert "lost" not in balance.accounts


def test_a_raised_mark_in_html_is_a_reference_and_no_loss() -> None:
    _, balance = read(html(with_cell("1,305<sup>(3)</sup>"), below="<p><sup>3</sup> Restated.</p>"), "x.html")
    assert balance.closes
    assert balance.accounts["reference"] >= 1


def test_text_that_nobody_sees_is_not_printed() -> None:
    _, balance = read(html(ROWS, below='<p style="display:none">999,999</p><p style="color:#ffffff">888,888</p>'), "x.html")
    assert balance.closes


def test_digits_in_the_header_of_a_word_file_are_furniture() -> None:
    _, balance = read(word(ROWS, running="Alder Bank, page 1 of 3"), "x.docx")
    assert balance.closes
    assert balance.accounts.get("furniture", 0) + balance.accounts.get("text", 0) >= 2


def test_a_row_without_a_label_is_lost_unless_it_is_told() -> None:
    rows = [*ROWS, ["", "4,711", "4,712"]]
    parsed, balance = read(html(rows), "x.html")
    if not any(fact.text == "4,711" for fact in parsed.facts):
        assert {one.why for one in balance.lost} == {NO_LABEL}
        assert balance.accounts["lost"] == 2


def test_chinese_tables_balance() -> None:
    rows = [
        ["项目（万元）", "2024年12月31日", "2023年12月31日"],
        ["营业收入", "1,234.50", "1,100.00"],
        ["净利润（附注七、12）", "120.00", "98.00"],
    ]
    _, balance = read(html(rows), "x.html")
    assert balance.closes
    assert balance.accounts["fact"] == 4


def test_values_of_a_file_of_separated_values_balance() -> None:
    parsed, balance = read(b'item,2024,2023\nRevenue,"1,234",1100\nNet profit,(12),9\n', "x.csv")
    assert balance.counted_from == "text"
    assert balance.closes
    assert balance.accounts["fact"] == 4
    assert parsed.certificate.score == 1.0


# ---- generated documents


def words_of(block: Block) -> list[Word]:
    return [Word(part, cell.box) for cell in block.cells if cell.box for part in cell.text.split()]


def paper(*tables: Block) -> tuple[Document, Printed]:
    pages = [Page(number, 1000, 1000, [block], words_of(block)) for number, block in enumerate(tables, 1)]
    document = Document("x.pdf", "0" * 64, "application/pdf", 1, pages)
    return document, Printed("words", {page.number: page.words for page in pages})


def facts_of(*tables: Block) -> list[Fact]:
    return [
        Fact(
            ("x",),
            Decimal(digits_of(cell.text)[0]),
            None,
            "2024-12-31",
            cell.text,
            number + 1,
            table=number,
            row=cell.row,
            column=cell.column,
        )
        for number, block in enumerate(tables)
        for cell in block.cells
        if cell.column and cell.row and digits_of(cell.text)
    ]


def count(balance: DigitBalance) -> int:
    return sum(balance.accounts.values())


FIGURE = st.one_of(st.integers(0, 10**9).map("{:,}".format), st.integers(0, 10**6).map("({:,})".format), st.just("–"))
TABLE = st.lists(st.lists(FIGURE, min_size=3, max_size=3), min_size=1, max_size=6).map(
    lambda rows: cells([["Items", "2024", "2023", "2022"], *([f"Line {chr(97 + at)}", *row] for at, row in enumerate(rows))])
)


@given(st.lists(TABLE, min_size=1, max_size=3))
def test_the_accounts_sum_to_the_count_of_the_tokeniser(tables: Sequence[Block]) -> None:
    document, printed = paper(*tables)
    balance = balance_of(printed, document, facts_of(*tables))
    assert count(balance) == balance.runs == sum(len(digits_of(word.text)) for page in document.pages for word in page.words)
    assert "lost" not in balance.accounts
    for page in balance.pages:
        assert page.runs == sum(page.accounts.values())


@given(TABLE, st.data())
def test_a_dropped_or_changed_cell_is_noticed(block: Block, data: st.DataObject) -> None:
    document, printed = paper(block)
    facts = facts_of(block)
    figures = [cell for cell in block.cells if cell.row and cell.column and digits_of(cell.text)]
    if not figures:
        return
    victim = data.draw(st.sampled_from(figures))
    runs = balance_of(printed, document, facts).runs
    left = [fact for fact in facts if (fact.row, fact.column) != (victim.row, victim.column)]
    other = data.draw(
        st.sampled_from(
            [
                "",
                re.sub(r"\d", r"77\g<0>", victim.text, count=1),
                re.sub(r"(\d)(?=\D*$)", r"\g<1>7", victim.text),
                victim.text.translate(str.maketrans("0123456789", "1234567890")),
            ]
        )
    )
    changed = [replace(cell, text=other) if cell is victim else cell for cell in block.cells if cell is not victim or other]
    document.pages[0].blocks = [replace(block, cells=changed)]
    balance = balance_of(printed, document, left)
    assert balance.runs == runs
    assert balance.accounts["lost"] == len(digits_of(victim.text))
    assert {one.why for one in balance.lost} == {DROPPED}
    assert balance.lost[0].box == victim.box
    assert balance.unprinted == (1 if other else 0)


@given(TABLE)
def test_a_dropped_page_is_lost_whole(block: Block) -> None:
    document, printed = paper(block, block)
    document.pages.pop()
    balance = balance_of(printed, document, facts_of(block))
    gone = next(page for page in balance.pages if page.page == 2)
    assert gone.accounts == {"lost": gone.runs}


@given(TABLE)
def test_a_fact_that_is_not_told_is_lost(block: Block) -> None:
    document, printed = paper(block)
    facts = facts_of(block)
    if len(facts) < 2:  # of a table without facts nobody can tell whether a low number was to be one
        return
    balance = balance_of(printed, document, facts[1:])
    assert balance.accounts["lost"] == len(digits_of(facts[0].text))
    assert count(balance) == balance.runs


def test_a_figure_that_goes_on_in_the_next_line_of_its_cell_is_one_fact() -> None:
    block = cells([["Items", "2024"], ["Cash", "221,727,210.00"]])
    document, _ = paper(block)
    box = block.cells[-1].box
    assert box is not None
    page = document.pages[0]
    page.words = [
        *page.words[:-1],
        Word("221,727,210.", (box[0], box[1], box[2], box[1] + 4)),
        Word("00", (box[0], box[1] + 5, box[2], box[3])),
    ]
    balance = balance_of(Printed("words", {1: page.words}), document, facts_of(block))
    assert balance.accounts["fact"] == 2
    assert balance.closes


@pytest.mark.parametrize("written", ["~300", "ca. 250", "approx. 120", "c. 90", "约300", "≈ 75"])
def test_figures_that_are_only_about_a_number_are_lost_where_no_fact_comes_from_them(written: str) -> None:
    rows = [["EUR", "31 December 2024"], *([label, written] for label in ("Land", "Machinery", "Vehicles"))]
    parsed, balance = read(html(rows), "page.html")
    assert parsed.facts == []
    assert balance.accounts["lost"] == 3
    assert parsed.certificate.mark is not None


@pytest.mark.parametrize("written", ["Plan B 3", "Room c 9", "see ca 250 ff. there", "Section 3"])
def test_words_with_a_number_are_no_amounts(written: str) -> None:
    _, balance = read(html([["Item", "Place"], ["Land", written], ["Machinery", written]]), "page.html")
    assert balance.accounts.get("lost", 0) == 0
