"""What Office files hide or keep elsewhere: hidden rows and sheets, tracked changes, controls, text boxes, pictures, formulas, dates."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches
from openpyxl.worksheet.worksheet import Worksheet

from finfoundry.evals.silent_errors.draw import Draw, Row, figures, grouped
from finfoundry.evals.silent_errors.expected import Made, NoFigure, Truth
from finfoundry.evals.silent_errors.paper_blocks import Block, Cell, CellRow, Heading, Line, Table, amount, body, opening, statement
from finfoundry.evals.silent_errors.recipe_book import paper, recipe
from finfoundry.evals.silent_errors.written_files import as_picture, as_sheet, as_word, number_in, saved

AUTHOR = 'w:id="1" w:author="Anna" w:date="2025-01-01T00:00:00Z"'


@recipe("hidden row", "xlsx html")
def hidden_row(draw: Draw) -> Made:
    """A row that whoever opens the file does not see is no fact, or it is said."""
    rows, hidden = draw.income(3), Row(draw.say("Draft adjustment", "草稿调整"), (draw.amount(), draw.amount()))
    lines = [*body(rows), *body([hidden])]
    no = tuple(NoFigure(number * draw.scale) for number in hidden.numbers)
    truth = Truth(figures(rows, draw), no, told=("hidden",))
    if draw.format == "html":
        made = paper(draw, statement(draw, lines), truth)
        shown, _, rest = made.data.rpartition(b"<tr>")
        return Made(shown + b"<tr style='display:none'>" + rest, "html", truth)

    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[_row_of(sheet, hidden.label)].hidden = True

    return Made(as_sheet(statement(draw, lines), hide), "xlsx", truth)


def _row_of(sheet: Worksheet, label: str) -> int:
    return next(cell.row for row in sheet.iter_rows(max_col=1) for cell in row if cell.value == label)


@recipe("hidden column", "xlsx")
def hidden_column(draw: Draw) -> Made:
    """The column of a third year is hidden."""
    rows = draw.income(3, 3)
    head = [*draw.heads(), draw.say(str(draw.year - 2), f"{draw.year - 2}年")]
    no = tuple(NoFigure(row.numbers[2] * draw.scale) for row in rows)

    def hide(sheet: Worksheet) -> None:
        sheet.column_dimensions["D"].hidden = True

    return Made(as_sheet(statement(draw, body(rows), heads=head), hide), "xlsx", Truth(figures(rows, draw), no, told=("hidden",)))


@recipe("hidden sheet", "xlsx")
def hidden_sheet(draw: Draw) -> Made:
    """An old version lies on a sheet that nobody sees."""
    rows, old = draw.income(3), draw.income(3)

    def add(sheet: Worksheet) -> None:
        book = sheet.parent
        assert book is not None  # noqa: S101  a sheet of a workbook
        other = book.create_sheet("Old")
        for line in [["", *draw.heads()], *([row.label, *map(int, row.numbers)] for row in old)]:
            other.append(line)
        other.sheet_state = "hidden" if draw.variant % 2 else "veryHidden"

    no = tuple(NoFigure(number * scale) for row in old for number in row.numbers for scale in (Decimal(1), draw.scale))
    return Made(as_sheet(statement(draw, body(rows)), add), "xlsx", Truth(figures(rows, draw), no))


@recipe("numbers kept as text", "xlsx")
def numbers_as_text(draw: Draw) -> Made:
    """Numbers are typed as text: with a comma, with blanks around, with a leading apostrophe."""
    rows = draw.income()
    shape = ("{:,}", " {:,} ", "'{:,}")[draw.variant % 3]
    lines: list[CellRow] = [[row.label, *(shape.format(number) for number in row.numbers)] for row in rows]
    return paper(draw, statement(draw, lines), Truth(figures(rows, draw)))


@recipe("formulas that were never computed", "xlsx")
def formulas(draw: Draw) -> Made:
    """A program wrote the file: its totals are formulas without a value."""
    rows = draw.income(3)
    label = draw.say("Sum of the above", "以上合计")
    sums = Row(label, tuple(sum((row.numbers[at] for row in rows), Decimal(0)) for at in range(2)))

    def add(sheet: Worksheet) -> None:
        at = _row_of(sheet, label)
        for column in "BC":
            sheet[f"{column}{at}"] = f"=SUM({column}{at - 3}:{column}{at - 1})"

    data = as_sheet(statement(draw, [*body(rows), [label, "0", "0"]]), add)
    return Made(data, "xlsx", Truth(figures([*rows, sums], draw), told=("formula",)))


@recipe("formulas with their values", "xlsx docx")
def computed(draw: Draw) -> Made:
    """Plain numbers in a sheet, or fields with results in a document."""
    rows = draw.income()
    if draw.format == "xlsx":
        return paper(draw, statement(draw, body(rows)), Truth(figures(rows, draw)))

    def fields(document: WordDocument) -> None:
        for cell in document.tables[0].columns[1].cells[1:]:
            run = cell.paragraphs[0].runs[0]._r
            simple = parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="=1"/>')
            run.addprevious(simple)
            simple.append(run)

    return Made(as_word(statement(draw, body(rows)), fields), "docx", Truth(figures(rows, draw)))


@recipe("label merged over rows", "xlsx docx html")
def merged_label(draw: Draw) -> Made:
    """The label of two rows is one cell: the part stands beside it."""
    names = draw.say("Sales|Rents", "销售|租金").split("|")
    parts = draw.say("Europe|Asia", "境内|境外").split("|")
    lines: list[CellRow] = []
    rows: list[tuple[str, Row]] = []
    for name in names:
        for at, part in enumerate(parts):
            row = Row(part, (draw.amount(), draw.amount()))
            rows.append((name, row))
            lines.append([Cell(name, down=2) if at == 0 else None, part, *map(amount, row.numbers)])
    found = tuple(replace(one, label=(part.label, name)) for name, part in rows for one in figures([part], draw))
    table = Table([[draw.say("Kind", "类别"), draw.say("Region", "地区"), *draw.heads()], *lines], ruled=True, wide=90)
    return paper(draw, [*opening(draw), Line(draw.unit_line), table], Truth(found))


@recipe("tracked changes", "docx")
def tracked_changes(draw: Draw) -> Made:
    """A figure was struck out and another put in: the new one holds."""
    rows, old = draw.income(3), draw.amount()

    def change(document: WordDocument) -> None:
        paragraph = document.tables[0].cell(1, 1).paragraphs[0]._p
        run = paragraph.findall(qn("w:r"))[0]
        inserted = parse_xml(f"<w:ins {nsdecls('w')} {AUTHOR}/>")
        run.addprevious(inserted)
        inserted.append(run)
        inserted.addprevious(parse_xml(f"<w:del {nsdecls('w')} {AUTHOR}><w:r><w:delText>{grouped(old)}</w:delText></w:r></w:del>"))

    return Made(as_word(statement(draw, body(rows)), change), "docx", Truth(figures(rows, draw), (NoFigure(old * draw.scale),)))


def controlled(document: WordDocument, row: int, whole: bool) -> None:
    """Put a cell's run into a content control, or its paragraph."""
    paragraph = document.tables[0].cell(row, 1).paragraphs[0]._p
    inner = paragraph if whole else paragraph.findall(qn("w:r"))[0]
    control = parse_xml(f'<w:sdt {nsdecls("w")}><w:sdtPr><w:tag w:val="figure"/></w:sdtPr><w:sdtContent/></w:sdt>')
    inner.addprevious(control)
    next(control.iter(qn("w:sdtContent"))).append(inner)
    if whole:  # a cell ends with a paragraph
        control.addnext(parse_xml(f"<w:p {nsdecls('w')}/>"))


@recipe("content controls", "docx")
def content_controls(draw: Draw) -> Made:
    """Figures of a form stand in content controls."""
    rows = draw.income(3)

    def control(document: WordDocument) -> None:
        controlled(document, 1, draw.variant % 2 == 1)
        controlled(document, 3, draw.variant % 2 == 1)

    return Made(as_word(statement(draw, body(rows)), control), "docx", Truth(figures(rows, draw)))


@recipe("row in a content control", "docx")
def controlled_row(draw: Draw) -> Made:
    """A repeating section of a form wraps a whole row."""
    rows = draw.income(3)

    def wrap(document: WordDocument) -> None:
        row = document.tables[0].rows[2]._tr
        control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtPr/><w:sdtContent/></w:sdt>")
        row.addprevious(control)
        next(control.iter(qn("w:sdtContent"))).append(row)

    return Made(as_word(statement(draw, body(rows)), wrap), "docx", Truth(figures(rows, draw)))


BOX = (
    '<w:p {spaces}><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" style="width:200pt;height:30pt"><v:textbox><w:txbxContent>'
    "<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
)


@recipe("unit line in a text box", "docx")
def text_box(draw: Draw) -> Made:
    """Scale and currency stand in a box over the table."""
    rows = draw.income()

    def box(document: WordDocument) -> None:
        document.tables[0]._tbl.addprevious(parse_xml(BOX.format(spaces=nsdecls("w"), text=draw.unit_line)))

    blocks = [*opening(draw), Table([[draw.say("Item", "项目"), *draw.heads()], *body(rows)])]
    return Made(as_word(blocks, box), "docx", Truth(figures(rows, draw)))


@recipe("table in a text box", "docx")
def table_in_a_box(draw: Draw) -> Made:
    """The whole table stands in a box."""
    rows = draw.income()

    def box(document: WordDocument) -> None:
        table = document.tables[0]._tbl
        frame = parse_xml(BOX.format(spaces=nsdecls("w"), text=""))
        table.addprevious(frame)
        content = next(frame.iter(qn("w:txbxContent")))
        content.insert(0, table)

    return Made(as_word(statement(draw, body(rows)), box), "docx", Truth(figures(rows, draw), told=("text box", "box")))


@recipe("table within a table", "docx html")
def nested_table(draw: Draw) -> Made:
    """A table for the layout holds the statement in one of its cells."""
    rows = draw.income()
    if draw.format == "html":
        made = paper(draw, statement(draw, body(rows)), Truth(figures(rows, draw)))
        start, end = b"<table><tr><td width='10'></td><td>", b"</td><td width='10'></td></tr></table>"
        return Made(made.data.replace(b"<table>", start + b"<table>", 1).replace(b"</table>", b"</table>" + end, 1), "html", made.truth)

    def nest(document: WordDocument) -> None:
        inner = document.tables[0]._tbl
        outer = document.add_table(rows=1, cols=2)
        inner.addprevious(outer._tbl)
        outer.cell(0, 1)._tc.insert(1, inner)

    return Made(as_word(statement(draw, body(rows)), nest), "docx", Truth(figures(rows, draw)))


@recipe("picture of a table in a document", "docx xlsx", "en")
def picture_inside(draw: Draw) -> Made:
    """Where a table should stand there is a picture of it: what it shows is read, or it is said that it is not."""
    rows, other = draw.income(3), draw.balance(3)
    shown: list[Block] = [Line(draw.unit_line), Table([["Item", *draw.days()], *body(other)])]
    picture = io.BytesIO(as_picture(shown))
    found = (*figures(rows, draw), *figures(other, draw, instant=True))
    truth = Truth(found, told=("picture", "image"))
    if draw.format == "xlsx":
        return Made(_with_picture(as_sheet(statement(draw, body(rows))), picture), "xlsx", truth)

    def add(document: WordDocument) -> None:
        document.add_picture(picture, width=Inches(5))

    return Made(as_word(statement(draw, body(rows)), add), "docx", truth)


def _with_picture(data: bytes, picture: io.BytesIO) -> bytes:
    from openpyxl.drawing.image import Image

    book = openpyxl.load_workbook(io.BytesIO(data))
    book.worksheets[0].add_image(Image(picture), "F2")
    return saved(book)


@recipe("two tables on one sheet", "xlsx")
def two_on_a_sheet(draw: Draw) -> Made:
    """A second table under the first, without a blank row, with headings of its own."""
    rows, more = draw.income(3), draw.balance(3)
    lines: list[CellRow] = [*body(rows), [draw.say("Balance", "余额"), *draw.days()], *body(more)]
    return paper(draw, statement(draw, lines), Truth((*figures(rows, draw), *figures(more, draw, instant=True))))


@recipe("table that begins in the middle of a sheet", "xlsx")
def middle_of_a_sheet(draw: Draw) -> Made:
    """Rows and columns before it are blank, and remarks stand beside it."""
    rows = draw.income()
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["D3"] = draw.company
    sheet["D5"] = draw.unit_line
    for at, line in enumerate([[draw.say("Item", "项目"), *draw.heads()], *body(rows)]):
        for column, cell in enumerate(line):
            sheet.cell(7 + at, 4 + column, number_in(cell) if isinstance(cell, Cell) else cell)
    sheet["I8"] = draw.say("checked by A. W.", "已复核")
    return Made(saved(book), "xlsx", Truth(figures(rows, draw)))


@recipe("error values of a sheet", "xlsx")
def error_values(draw: Draw) -> Made:
    """#REF! and #DIV/0! where a number should stand: none is read, and it is said."""
    rows = draw.income(3)
    lost = Row(draw.say("Other income", "其他收益"), (draw.amount(), draw.amount()))
    error = ("#REF!", "#DIV/0!", "#VALUE!")[draw.variant % 3]
    kept = tuple(one for one in figures([lost], draw) if one.shown == lost.numbers[0])
    lines: list[CellRow] = [*body(rows), [lost.label, amount(lost.numbers[0]), error]]
    blocks = statement(draw, lines)

    def spoil(sheet: Worksheet) -> None:
        sheet.cell(_row_of(sheet, lost.label), 3).data_type = "e"

    return Made(as_sheet(blocks, spoil), "xlsx", Truth((*figures(rows, draw), *kept), tell=(error, "error")))


@recipe("deleted table row", "docx")
def deleted_row(draw: Draw) -> Made:
    """A whole row was struck out under tracked changes."""
    rows, gone = draw.income(3), Row(draw.say("Old item", "旧项目"), (draw.amount(), draw.amount()))

    def strike(document: WordDocument) -> None:
        row = document.tables[0].rows[-1]._tr
        row.get_or_add_trPr().append(parse_xml(f"<w:del {nsdecls('w')} {AUTHOR}/>"))
        for run in list(row.iter(qn("w:r"))):
            struck = parse_xml(f"<w:del {nsdecls('w')} {AUTHOR}/>")
            run.addprevious(struck)
            struck.append(run)
            for text in run.findall(qn("w:t")):
                text.tag = qn("w:delText")

    no = tuple(NoFigure(number * draw.scale) for number in gone.numbers)
    return Made(as_word(statement(draw, body([*rows, gone])), strike), "docx", Truth(figures(rows, draw), no))


@recipe("hidden text of a document", "docx")
def vanished(draw: Draw) -> Made:
    """A row is formatted as hidden text."""
    rows, hidden = draw.income(3), Row(draw.say("Draft item", "草稿项目"), (draw.amount(), draw.amount()))

    def hide(document: WordDocument) -> None:
        for cell in document.tables[0].rows[-1].cells:
            for run in cell.paragraphs[0].runs:
                run.font.hidden = True

    no = tuple(NoFigure(number * draw.scale) for number in hidden.numbers)
    return Made(as_word(statement(draw, body([*rows, hidden])), hide), "docx", Truth(figures(rows, draw), no, told=("hidden",)))


@recipe("unit line at the foot of the page", "docx")
def foot_of_the_page(draw: Draw) -> Made:
    """The unit line stands in the footer of the section, below every page."""
    rows = draw.income()

    def foot(document: WordDocument) -> None:
        document.sections[0].footer.paragraphs[0].text = draw.unit_line

    blocks = [Heading(draw.company), opening(draw)[1], Table([[draw.say("Item", "项目"), *draw.heads()], *body(rows)])]
    return Made(as_word(blocks, foot), "docx", Truth(figures(rows, draw)))
