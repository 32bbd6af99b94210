"""DOCX: what the reader of the printed page sees, in marks, tracked changes, controls, boxes, tables in tables and running lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import docx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from tests.knowledge.formats.word import ROWS, W, paper, paragraph, run, saved, with_cell

from finfoundry.core.document import Block, Parsed
from finfoundry.knowledge.ingest.parse_file import parse

MILLION = Decimal(10) ** 6


def read(made: Any) -> Parsed:
    return parse(saved(made), "report.docx")


def amounts(parsed: Parsed, metric: str = "Revenue") -> dict[str, Decimal]:
    return {fact.period[:4]: fact.value / MILLION for fact in parsed.facts if fact.metric[-1] == metric}


def blocks(parsed: Parsed, kind: str) -> list[Block]:
    return [block for page in parsed.document.pages for block in page.blocks if block.kind == kind]


def texts(parsed: Parsed, kind: str = "paragraph") -> list[str]:
    return [block.text for block in blocks(parsed, kind)]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (run("310") + run("9", "superscript"), "310\u2079"),
        (run("310") + run("(a)", "superscript"), "310\u207da\u207e"),
        (run("310") + run("1", "superscript") + run(",2", "superscript"), "310¹ ²"),
        (run("310") + run("*", "superscript"), "310*"),
        (run("310") + run("a", more='<w:rStyle w:val="FootnoteReference"/>', place="superscript"), "310\u207da\u207e"),
    ],
)
def test_a_raised_mark_is_no_digit_of_the_figure(cell: str, text: str) -> None:
    parsed = read(paper(with_cell(cell)))
    assert amounts(parsed) == {"2024": 310, "2023": 300}
    assert text in {found.text for found in blocks(parsed, "table")[0].cells}


def test_raised_letters_of_a_style_are_marks() -> None:
    made = paper(with_cell(run("310") + run("9", more='<w:rStyle w:val="Mark"/>')))
    raises = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    style = f'<w:style {W} w:type="character" w:styleId="Mark"><w:name w:val="Mark"/>{raises}</w:style>'
    made.styles.element.append(parse_xml(style))
    assert amounts(read(made)) == {"2024": 310, "2023": 300}


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ((run("Costs were 250"), run("9", "superscript"), run(" million")), "Costs were 250\u2079 million"),
        ((run("45,000 m"), run("2", "superscript"), run(" of land")), "45,000 m² of land"),
        ((run("on the 31"), run("st", "superscript"), run(" of March")), "on the 31st of March"),
        ((run("CO"), run("2", "subscript"), run(" of 12 t")), "CO2 of 12 t"),
        ((run("25"), run("0"), run(" million")), "250 million"),
        ((run("营业收入"), run("1", "superscript"), run("为2,500万元")), "营业收入¹为2,500万元"),
    ],
)
def test_marks_in_sentences_are_apart_and_units_stay(runs: tuple[str, ...], text: str) -> None:
    assert text in texts(read(paper(after=[paragraph(*runs)])))


def tracked(name: str, inner: str) -> str:
    return f'<w:{name} w:id="1" w:author="A" w:date="2025-01-01T00:00:00Z">{inner}</w:{name}>'


DELETED = '<w:r><w:delText xml:space="preserve">310</w:delText></w:r>'


@pytest.mark.parametrize(("kept", "left"), [("ins", "del"), ("moveTo", "moveFrom")])
def test_tracked_insertions_are_kept_and_deletions_left_out(kept: str, left: str) -> None:
    deleted = DELETED if left == "del" else run("310")
    parsed = read(paper(with_cell(tracked(kept, run("311")) + tracked(left, deleted))))
    assert amounts(parsed) == {"2024": 311, "2023": 300}
    assert "tracked changes are read as accepted: 1 insertions kept, 1 deletions left out" in parsed.certificate.losses


def test_a_deleted_row_is_left_out_and_a_paper_without_changes_says_nothing() -> None:
    made = paper()
    made.tables[0].rows[1]._tr.insert(0, parse_xml(f'<w:trPr {W}><w:del w:id="1" w:author="A"/></w:trPr>'))
    parsed = read(made)
    assert amounts(parsed) == {}
    assert amounts(parsed, "Cost of revenue") == {"2024": 250, "2023": 240}
    assert any("1 deletions" in loss for loss in parsed.certificate.losses)
    assert read(paper()).certificate.losses == []


def test_hidden_text_is_left_out_and_said() -> None:
    parsed = read(paper(with_cell(run("310") + run("99", more="<w:vanish/>"))))
    assert amounts(parsed)["2024"] == 310
    assert "1 pieces of hidden text were left out" in parsed.certificate.losses
    assert amounts(read(paper(with_cell(run("310", more='<w:vanish w:val="0"/>')))))["2024"] == 310


def test_struck_text_is_left_out_and_said() -> None:
    parsed = read(paper(with_cell(run("309", more="<w:strike/>") + run("310"))))
    assert amounts(parsed)["2024"] == 310
    assert "1 pieces of struck text were left out" in parsed.certificate.losses
    assert amounts(read(paper(with_cell(run("310", more='<w:strike w:val="0"/>')))))["2024"] == 310


def control(inner: str) -> str:
    return f"<w:sdt {W}><w:sdtContent>{inner}</w:sdtContent></w:sdt>"


def test_what_content_controls_hold_is_read() -> None:
    parsed = read(paper(with_cell(control(run("310"))), before=[control(paragraph(run("Amounts are audited.")))]))
    assert amounts(parsed) == {"2024": 310, "2023": 300}
    assert "Amounts are audited." in texts(parsed)


@pytest.mark.parametrize("level", ["table", "row", "cell"])
def test_tables_rows_and_cells_in_content_controls_keep_their_places(level: str) -> None:
    made = paper()
    table = made.tables[0]._tbl
    held = {"table": table, "row": table.tr_lst[1], "cell": table.tr_lst[1].tc_lst[1]}[level]
    around = parse_xml(control(""))
    held.addprevious(around)
    around[0].append(held)
    assert amounts(read(made)) == {"2024": 310, "2023": 300}


BOX = f"<w:txbxContent>{paragraph(run('Harbour fees rose by 12%.'))}</w:txbxContent>"
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
VML = 'xmlns:v="urn:schemas-microsoft-com:vml"'


@pytest.mark.parametrize(
    "held",
    [
        f"<w:pict><v:textbox {VML}>{BOX}</v:textbox></w:pict>",
        (
            f'<mc:AlternateContent {MC}><mc:Choice Requires="wps"><w:drawing>{BOX}</w:drawing></mc:Choice>'
            f"<mc:Fallback><w:pict><v:textbox {VML}>{BOX}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
        ),
    ],
)
def test_a_text_box_is_read_once(held: str) -> None:
    found = texts(read(paper(after=[f"<w:p {W}>{run('See beside.')}<w:r>{held}</w:r></w:p>"])))
    assert found[-2:] == ["See beside.", "Harbour fees rose by 12%."]


def test_a_table_inside_of_a_table_that_lays_out_the_page_is_read() -> None:
    made = docx.Document()
    made.add_paragraph("Nordfjord Harbour plc")
    made.add_paragraph("Annual report 2024")
    cell = made.add_table(1, 1).cell(0, 0)
    cell.text = "Key figures"
    inner = cell.add_table(3, 3)
    for r, row in enumerate(ROWS):
        for c, text in enumerate(row):
            inner.cell(r, c).text = text
    parsed = read(made)
    assert amounts(parsed) == {"2024": 310, "2023": 300}
    assert "Key figures" in texts(parsed)
    assert (blocks(parsed, "table")[0].locator or {})["anchor"] == "block-3.2"


def test_a_table_of_figures_with_a_table_in_one_cell_stays_a_table() -> None:
    made = paper()
    made.tables[0].cell(2, 0).add_table(1, 2).cell(0, 1).text = "inner"
    parsed = read(made)
    assert amounts(parsed) == {"2024": 310, "2023": 300}
    assert len(blocks(parsed, "table")) == 2


def test_rows_that_begin_further_right_keep_their_columns() -> None:
    made = paper([["EUR million", "", "2024"], ["Revenue", "5", "310"], ["Costs", "6", "250"]])
    row = made.tables[0].rows[0]._tr
    row.remove(row.tc_lst[1])
    row.remove(row.tc_lst[0])
    row.insert(0, parse_xml(f'<w:trPr {W}><w:gridBefore w:val="2"/></w:trPr>'))
    table = blocks(read(made), "table")[0]
    assert {(cell.row, cell.column) for cell in table.cells if cell.text in {"2024", "310", "250"}} == {(0, 2), (1, 2), (2, 2)}


def test_running_lines_of_pages_are_kept_apart_from_the_text() -> None:
    made = paper()
    section = made.sections[0]
    section.header.paragraphs[0].text = "All amounts in EUR million"
    section.footer.paragraphs[0].text = "Confidential"
    section.first_page_header.paragraphs[0].text = "Not shown, as the first page is like the others"
    parsed = read(made)
    assert texts(parsed, "header") == ["All amounts in EUR million"]
    assert texts(parsed, "footer") == ["Confidential"]
    assert parsed.document.pages[0].blocks[0].kind == "header"
    section.different_first_page_header_footer = True
    assert len(texts(read(made), "header")) == 2


def test_a_paper_without_running_lines_has_none() -> None:
    parsed = read(paper())
    assert not blocks(parsed, "header")
    assert not blocks(parsed, "footer")


def test_footnotes_are_read_after_the_text() -> None:
    made = paper()
    notes = (
        f'<w:footnotes {W}><w:footnote w:type="separator" w:id="-1">{paragraph(run("---"))}</w:footnote>'
        f'<w:footnote w:id="1">{paragraph(run("Restated for 2023."))}</w:footnote></w:footnotes>'
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), made.part.package)
    made.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes")
    assert texts(read(made))[-1] == "Restated for 2023."
    assert "---" not in texts(read(made))
