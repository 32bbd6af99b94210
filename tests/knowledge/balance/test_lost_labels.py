"""Words that figures are nothing without are missed when no block holds them, and nothing is told of papers that hold all."""

from __future__ import annotations

import pytest
from tests.knowledge.balance.balance_papers import ROWS, cell_with, html, pdf, read, tables_of, word

from finfoundry.core.document import Block, Cell, Document, Page
from finfoundry.knowledge.balance.lost_labels import label_losses
from finfoundry.knowledge.balance.pieces import Printed
from finfoundry.knowledge.balance.printed import printed

FILES = {"x.pdf": pdf(ROWS, ROWS), "x.html": html(ROWS), "x.docx": word(ROWS, running="Alder Bank annual report")}
LONG_ZH = "与高速公路收费权相关的特许经"


@pytest.mark.parametrize("name", list(FILES))
def test_a_paper_that_holds_its_words_loses_none(name: str) -> None:
    parsed, _ = read(FILES[name], name)
    assert list(label_losses(printed(parsed.document, FILES[name]), parsed.document)) == []


@pytest.mark.parametrize("name", list(FILES))
def test_a_label_that_no_block_holds_is_told(name: str) -> None:
    parsed, _ = read(FILES[name], name)
    prints = printed(parsed.document, FILES[name])
    block, gone = tables_of(parsed)[0], cell_with(parsed, "Debt securities")
    block.cells = [cell for cell in block.cells if cell is not gone]
    (told,) = list(label_losses(prints, parsed.document))
    assert "Debt securities" in told
    assert "stand in no block" in told


def test_raised_letters_of_notes_are_no_lost_words() -> None:
    rows = [[text.replace("Other assets", "Other assets<sup>(a)</sup>") for text in row] for row in ROWS]
    data = html(rows, below="<p>(a) Restated.</p>")
    parsed, _ = read(data, "x.html")
    assert list(label_losses(printed(parsed.document, data), parsed.document)) == []


def two_pages(above: list[list[str]], below: list[list[str]], *, continued: bool = True) -> Document:
    def table(rows: list[list[str]]) -> Block:
        cells = [Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row) if text]
        return Block("table", "\n".join("\t".join(row) for row in rows), cells=cells)

    first, second = table(above), table(below)
    second.continued = continued
    return Document("x.pdf", "0" * 64, "application/pdf", 1, [Page(1, 600, 800, [first]), Page(2, 600, 800, [second])])


def told(document: Document) -> list[str]:
    return list(label_losses(Printed("blocks"), document))


@pytest.mark.parametrize(
    ("label", "rest", "said"),
    [
        (LONG_ZH, "营权及其附属设施改良支出", True),
        ("Revenue from the operation of leased", "buildings and land", True),
        ("Revenue from the operation of leased", "", True),
        ("Non-current assets:", "intangible assets", False),  # heads a group
        ("Non-current assets", "Intangible assets", False),  # the next label begins anew
        ("二、累计折旧", "期初余额", False),  # shorter than the line
    ],
)
def test_a_label_parted_from_its_figures_by_the_end_of_a_page_is_told(label: str, rest: str, said: bool) -> None:
    above = [["Item", "2024", "2023"], ["与运输业务收入有关的应收款项", "1,200", "1,100"], [label, "", ""]]
    found = told(two_pages(above, [[rest, "8,888.88", "7,777.77"], ["Sum", "9", "8"]]))
    assert any(label in line for line in found) is said
    assert told(two_pages(above, [[rest, "8,888.88", "7,777.77"]], continued=False)) == []


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (["Item", "Opening", "Increase", "Decrease Transfer", "Closing"], True),
        (["Item", "Opening", "Increase", "Decrease", "Transfer", "Closing"], False),
        (["Item", "Opening", "Decrease of transfers", "Closing"], False),
        (["Name", "Decrease Transfer", "Sum"], False),  # no heading in common: another table
        (["项目", "期初", "增加", "减少转出", "期末"], False),
    ],
)
def test_a_heading_that_joins_two_of_the_page_before_is_told(headings: list[str], said: bool) -> None:
    above = [["Item", "Opening", "Increase", "Decrease", "Transfer", "Closing"], ["Furniture", "500", "30", "-", "-", "530"]]
    below = [headings, ["Tools", *["5"] * (len(headings) - 1)]]
    assert bool(told(two_pages(above, below))) is said


def test_a_chinese_heading_that_joins_two_is_told() -> None:
    above = [["项目", "期初", "增加", "减少", "转出", "期末"], ["设备", "500", "30", "-", "-", "530"]]
    below = [["项目", "期初", "增加", "减少转出", "期末"], ["工具", "5", "5", "5", "5"]]
    assert any("减少转出" in line for line in told(two_pages(above, below)))


ENGLISH = [["", "2024", "2023"], *([f"Income of office {one}", "317", "257"] for one in "ABCDEFG")]
BROKEN = "Gains on the sale of premises in Upper"


@pytest.mark.parametrize(
    ("above", "label", "rest", "said"),
    [
        (ENGLISH, BROKEN, "Austria and Tyrol", True),
        (ENGLISH, "Contribution of the subsidiary Linden", "Foods to the result", True),
        (ENGLISH, "Liabilities", "Deposits", False),  # heads a group
        (ENGLISH, "Income by kind", "Fees", False),
        (ENGLISH, f"{BROKEN}:", "Austria and Tyrol", False),
        ([*ENGLISH, ["Income of the year before", "", ""], ["Office H", "1", "2"]], BROKEN, "Austria and Tyrol", False),  # has headings
        (
            [*ENGLISH, ["Income of all offices together, at the end of the year", "9", "8"]],
            BROKEN,
            "Austria",
            False,
        ),  # shorter than the line
    ],
)
def test_an_english_label_may_go_on_in_one_that_begins_with_a_capital(above: list[list[str]], label: str, rest: str, said: bool) -> None:
    found = told(two_pages([*above, [label, "", ""]], [[rest, "8,888", "7,111"], ["Other items", "155", "149"]]))
    assert any(label in line for line in found) is said
