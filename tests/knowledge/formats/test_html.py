"""HTML: what a reader sees, in order; tables on a grid without spacer columns."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finfoundry.core.document import Cell, Document
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.formats.html import parse_html


def read(body: str) -> Document:
    return parse_html(f"<html><body>{body}</body></html>".encode(), "page.html")


def texts(document: Document) -> list[str]:
    return [block.text for page in document.pages for block in page.blocks]


def rows(cells: list[Cell]) -> list[list[str]]:
    grid: dict[int, dict[int, str]] = {}
    for cell in cells:
        grid.setdefault(cell.row, {})[cell.column] = cell.text
    return [[grid[row].get(column, "") for column in range(max(grid[row]) + 1)] for row in sorted(grid)]


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">secret</div>',
        '<p style="visibility: hidden">secret</p>',
        '<span style="color:#ffffff">secret</span>',
        '<span style="font-size:0">secret</span>',
        '<div style="position:absolute;left:-9999px">secret</div>',
        "<p hidden>secret</p>",
        "<script>secret</script>",
        "<!-- secret -->",
        "<template>secret</template>",
    ],
)
def test_what_is_not_shown_is_dropped(hidden: str) -> None:
    assert texts(read(f"<p>before</p>{hidden}<p>after</p>")) == ["before", "after"]


def test_white_on_a_colour_is_shown() -> None:
    assert texts(read('<div style="background-color:#003366"><span style="color:white">Annual report</span></div>')) == ["Annual report"]


def test_headings_open_sections() -> None:
    document = read("<h1>Report</h1><h2>Item 7</h2><p>Text <b>bold</b> here.</p><ul><li>• point</li></ul>")
    blocks = document.pages[0].blocks
    assert [(block.kind, block.text) for block in blocks] == [
        ("heading", "Report"),
        ("heading", "Item 7"),
        ("paragraph", "Text bold here."),
        ("list", "• point"),
    ]
    assert blocks[2].section == ("Report", "Item 7")


def test_page_breaks_make_pages() -> None:
    assert [page.number for page in read('<p>a</p><hr style="page-break-after:always"/><p>b</p>').pages] == [1, 2]


def test_currency_brackets_and_percent_join_their_number() -> None:
    document = read(
        '<table><tr><td></td><td colspan="3">2024</td><td colspan="3">2023</td></tr>'
        "<tr><td>Income</td><td>$</td><td>1,234</td><td></td><td>$</td><td>(56</td><td>)</td></tr>"
        "<tr><td>Rate</td><td></td><td>5.2</td><td>%</td><td></td><td>—</td><td>%</td></tr></table>"
    )
    (block,) = document.pages[0].blocks
    assert rows(block.cells) == [["", "2024", "2023"], ["Income", "$ 1,234", "$ (56)"], ["Rate", "5.2%", "—%"]]


def test_row_spans_and_indentation() -> None:
    document = read(
        '<table><tr><td rowspan="2">A</td><td>x</td><td>1</td></tr><tr><td>y</td><td>2</td></tr>'
        '<tr><td style="padding-left:20pt">B</td><td>z</td><td>3</td></tr></table>'
    )
    cells = document.pages[0].blocks[0].cells
    assert rows(cells) == [["A", "x", "1"], ["", "y", "2"], ["B", "z", "3"]]
    assert [(cell.row_span, cell.indent) for cell in cells if cell.column == 0] == [(2, 0), (1, 1)]


def test_footnote_marks_are_no_part_of_numbers_and_labels() -> None:
    document = read(
        "<table><tr><td>Debt<sup>(1)</sup></td><td>5</td><td><sup>(3)</sup></td></tr><tr><td>Other</td><td>6</td><td></td></tr></table>"
    )
    assert rows(document.pages[0].blocks[0].cells) == [["Debt", "5"], ["Other", "6"]]


def test_title_and_unit_note_stand_above_the_table() -> None:
    document = read(
        "<p><b>Balance Sheets</b></p><p>(in millions)</p><table><tr><td>Cash</td><td>5</td></tr><tr><td>Debt</td><td>6</td></tr></table>"
    )
    block = document.pages[0].blocks[-1]
    assert (block.title, block.note) == ("Balance Sheets", "(in millions)")


def test_layout_tables_are_text() -> None:
    assert texts(read("<table><tr><td>one</td></tr><tr><td>two</td></tr></table>")) == ["one", "two"]


def test_encodings_and_broken_markup() -> None:
    page = '<html><head><meta charset="gbk"></head><body><p>净利润<td>5<table><tr><td>货币资金<td>1<tr><td>存货<td>2'.encode("gb18030")
    assert "净利润" in texts(parse_html(page, "页.html"))[0]


@pytest.mark.parametrize("data", [b"", b"   ", b"\x00\x01\x02\x03" * 50])
def test_what_is_no_page_is_refused(data: bytes) -> None:
    with pytest.raises(ParseError):
        parse_html(data, "x.html")


def test_deep_nesting_is_a_loss_that_is_told() -> None:
    document = read("<p>above</p>" + "<div>" * 20_000 + "deep")
    assert texts(document) == ["above"]
    assert "deeper" in document.losses[0]


def test_huge_spans_take_no_memory() -> None:
    read('<table><tr><td colspan="99999999" rowspan="99999999">a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr></table>')


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<table>", "</table>", "<tr>", "<td>", "<td colspan=3>", "</td>", "<b>", "5", "$", "a ", "<br/>", "<ix:x>", "&nbsp;", "<p>"]
        )
    )
)
def test_any_soup_is_read(parts: list[str]) -> None:
    read("x" + "".join(parts))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Costs were 250<sup>9</sup> million", "Costs were 250\u2079 million"),
        ('Costs were 250<span style="vertical-align:super">(a)</span> million', "Costs were 250\u207da\u207e million"),
        ("45,000 m<sup>2</sup> of land", "45,000 m² of land"),
        ("on the 31<sup>st</sup> of March", "on the 31st of March"),
        ("CO<sub>2</sub> of 12 t", "CO2 of 12 t"),
        ("营业收入<sup><a href='#n'>1</a></sup>为2,500万元", "营业收入¹为2,500万元"),
    ],
)
def test_raised_marks_in_sentences_are_no_digits(body: str, text: str) -> None:
    assert texts(read(f"<p>{body}</p>")) == [text]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("250<sup>9</sup>", "250"),
        ("Area (m<sup>2</sup>)", "Area (m²)"),
        ("km<sup>2</sup> of land", "km² of land"),
        ("Sum<sup>2</sup>", "Sum"),
    ],
)
def test_a_power_in_a_cell_stays_and_a_mark_does_not(cell: str, text: str) -> None:
    (table,) = read(f"<table><tr><td>{cell}</td><td>1</td></tr><tr><td>b</td><td>2</td></tr></table>").pages[0].blocks
    assert table.cells[0].text == text


@pytest.mark.parametrize(
    "struck",
    [
        "<s>310</s> 311",
        "<del>310</del>311",
        "<strike>310</strike> <ins>311</ins>",
        '<span style="text-decoration:line-through">310</span>311',
    ],
)
def test_struck_figures_are_left_out_and_said(struck: str) -> None:
    document = read(f"<p>Revenue was {struck}.</p><table><tr><td>Revenue</td><td>{struck}</td></tr><tr><td>b</td><td>2</td></tr></table>")
    assert [cell.text for cell in document.pages[0].blocks[1].cells] == ["Revenue", "311", "b", "2"]
    assert "310" not in document.pages[0].text
    assert document.losses == ["2 pieces of struck text were left out"]


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        (".off { display: none }", False),
        ("tr.off, .no {display:none !important}", False),
        (".off { visibility: collapse; color: red }", False),
        (".off { color: red }", True),
        ("@media print { .off { display: none } }", True),
        (".menu .off { display: none }", True),
        ("/* .off { display: none } */", True),
        (".off { display: none } .off { display: table-row }", True),
        (".off { display: none } .off.now { display: table-row }", True),
        (".off { display: none } #all:checked ~ .off { display: table-row }", True),
        (".off { display: none } .off.no { display: none }", False),
    ],
)
def test_rows_that_a_style_sheet_hides_are_left_out_and_said(rule: str, shown: bool) -> None:
    rows = "<tr><td>a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr><tr class='off'><td>c</td><td>3</td></tr>"
    document = read(f"<style>{rule}</style><table>{rows}</table>")
    assert ("3" in document.pages[0].text) == shown
    assert document.losses == ([] if shown else ["1 hidden rows of tables were left out"])


@pytest.mark.parametrize(
    ("rule", "losses"),
    [
        (".pane { display: none }", ["1 parts with figures that a style sheet hides were left out"]),
        (".pane { display: none } .pane.active { display: block }", []),
        (".pane { display: none } .open .pane { display: block }", []),
        (".pane { color: red }", []),
        (".words { display: none }", []),
    ],
)
def test_a_part_that_a_style_sheet_hides_is_said_where_it_has_figures_and_read_where_another_rule_shows_it(
    rule: str, losses: list[str]
) -> None:
    rows = "<tr><td>a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr>"
    document = read(
        f"<style>{rule}</style><p>Text</p><div class='words'>See more</div><div class='pane active'><table>{rows}</table></div>"
    )
    assert document.losses == losses
    assert any(block.kind == "table" for block in document.pages[0].blocks) == (not losses)


def test_the_caption_of_a_table_stands_above_it() -> None:
    document = read("<table><caption>Income (in EUR million)</caption><tr><td>a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr></table>")
    paragraph, table = document.pages[0].blocks
    assert (paragraph.text, table.note) == ("Income (in EUR million)", "Income (in EUR million)")
