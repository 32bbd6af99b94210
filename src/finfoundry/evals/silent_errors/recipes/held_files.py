"""What files keep beside what they show, and what they print without a table: notes at cells, formats, remarks, mails, blocks of blanks."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from email import policy
from email.message import EmailMessage

from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from finfoundry.evals.silent_errors.draw import Draw, Row, figures, grouped, whole_year
from finfoundry.evals.silent_errors.expected import Figure, Made, NoFigure, Truth
from finfoundry.evals.silent_errors.paper_blocks import Cell, CellRow, Line, Table, amount, body, opening, statement
from finfoundry.evals.silent_errors.recipe_book import paper, recipe
from finfoundry.evals.silent_errors.written_files import as_html, as_sheet, as_word

HELD_OUT = True


@recipe("note at a cell", "xlsx")
def cell_note(draw: Draw) -> Made:
    """A colleague's note at a cell has an older figure."""
    rows, old = draw.income(), draw.amount()

    def add(sheet: Worksheet) -> None:
        cell = next(one for row in sheet.iter_rows() for one in row if one.value == int(rows[1].numbers[0]))
        cell.comment = Comment(draw.say(f"was {old:,} before the audit", f"审计前为{old:,}"), "Anna")

    no = tuple(NoFigure(old * scale) for scale in (Decimal(1), draw.scale))
    return Made(as_sheet(statement(draw, body(rows)), add), "xlsx", Truth(figures(rows, draw), no))


@recipe("percent sign only in a sheet's format", "xlsx")
def percent_format(draw: Draw) -> Made:
    """12.5 is kept, and shown as 12.5% by a sign that the format prints."""
    names = draw.say("Operating margin|Return on equity|Tax rate", "营业利润率|净资产收益率|实际税率").split("|")
    pattern = ('0.0"%"', "0.0\\%")[draw.variant // 2 % 2]
    rows = [Row(name, tuple(Decimal(draw.rng.randint(112, 398)) / 10 for _ in "ab")) for name in names]
    lines: list[CellRow] = [[row.label, *(Cell(f"{one}%", number=one, pattern=pattern) for one in row.numbers)] for row in rows]
    found = tuple(
        Figure((row.label,), number / 100, "ratio", whole_year(year), str(number), number)
        for row in rows
        for year, number in zip(draw.years, row.numbers, strict=True)
    )
    table = Table([[draw.say("Ratio", "指标"), *draw.heads()], *lines])
    return paper(draw, [*opening(draw, ("Key ratios", "主要财务指标")), table], Truth(found))


@recipe("numbers that a format hides", "xlsx")
def hidden_by_format(draw: Draw) -> Made:
    """The format ;;; shows nothing of a row of helpers."""
    rows, helper = draw.income(), Row(draw.say("Check", "校验"), (draw.amount(), draw.amount()))
    hidden: CellRow = [helper.label, *(Cell(str(one), number=one, pattern=";;;") for one in helper.numbers)]
    no = tuple(NoFigure(number * scale) for number in helper.numbers for scale in (Decimal(1), draw.scale))
    return paper(draw, statement(draw, [*body(rows), hidden]), Truth(figures(rows, draw), no))


def _listed(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _texts(draw: Draw, rows: Sequence[Row]) -> list[list[str]]:
    return [[draw.say("Item", "项目"), *draw.heads()], *([row.label, *map(str, row.numbers)] for row in rows)]


def _ungrouped(draw: Draw, rows: Sequence[Row]) -> tuple[Figure, ...]:
    return tuple(replace(one, printed=str(one.shown)) for one in figures(rows, draw))


@recipe("remarks before the heading of a list", "csv")
def list_remarks(draw: Draw) -> Made:
    """Lines that begin with # tell company and unit; one remark stands in the middle."""
    rows, number = draw.income(), draw.amount()
    table = _listed(_texts(draw, rows)).splitlines()
    head = [f"# {draw.company}", f"# {draw.unit_line}", draw.say(f"# export no. {number}", f"# 导出编号 {number}")]
    table.insert(3, draw.say("# operating costs", "# 以下为费用"))
    data = "\n".join([*head, *table, ""]).encode()
    return Made(data, "csv", Truth(_ungrouped(draw, rows), (NoFigure(number), NoFigure(number * draw.scale))))


@recipe("line that names the separator", "csv")
def separator_line(draw: Draw) -> Made:
    """sep=; on the first line, as spreadsheets understand it."""
    rows, mark = draw.income(), (";", "|", "\t")[draw.variant % 3]
    head = [f"sep={mark}", draw.company, draw.unit_line]
    data = "\n".join([*head, _listed(_texts(draw, rows), mark)]).encode("utf-8-sig" if draw.variant > 2 else "utf-8")
    return Made(data, "csv", Truth(_ungrouped(draw, rows)))


@recipe("more separators than headings", "csv")
def ragged(draw: Draw) -> Made:
    """Rows end with blank cells, as sheets export them; the heading does not."""
    rows = draw.income()
    head, *lines = _texts(draw, rows)
    table = [[draw.company], [draw.unit_line], head, *([*line, "", "", ""] for line in lines), ["", "", "", ""]]
    return Made(_listed(table).encode(), "csv", Truth(_ungrouped(draw, rows)))


def _mail(draw: Draw) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = "Anna Weber <a.weber@nordfjord.example>"
    message["To"] = "board@nordfjord.example"
    message["Date"] = "Tue, 04 Feb 2025 10:00:00 +0100"
    message["Subject"] = draw.say(f"Income statement {draw.year}", f"{draw.year}年度利润表")
    message["Message-ID"] = "<1@nordfjord.example>"
    return message


@recipe("mail in quoted-printable or base64", "eml")
def encoded_mail(draw: Draw) -> Made:
    """Long lines are cut in the middle of numbers, and joined again by whoever decodes them."""
    rows = draw.income()
    message = _mail(draw)
    page = as_html(statement(draw, body(rows))).decode().replace("\n", "")
    message.set_content(page, subtype="html", charset="utf-8", cte=("quoted-printable", "base64")[draw.variant // 2 % 2])
    return Made(message.as_bytes(), "eml", Truth(figures(rows, draw)))


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _in_blanks(table: Sequence[Sequence[str]]) -> str:
    """Columns kept apart by blanks, numbers to the right; a line below the heading."""
    lines = [row[0] + " " * (32 - _wide(row[0])) + "".join(" " * (16 - _wide(cell)) + cell for cell in row[1:]) for row in table]
    return "\n".join([lines[0], "-" * 64, *lines[1:]])


@recipe("columns of blanks", "html eml")
def columns_of_blanks(draw: Draw) -> Made:
    """A table in fixed-width letters: preformatted text of a page, or the plain text of a mail."""
    rows = draw.income()
    table = _in_blanks([[draw.say("Item", "项目"), *draw.heads()], *([row.label, *map(grouped, row.numbers)] for row in rows)])
    title = draw.say(f"Income statement {draw.year}", f"{draw.year}年度利润表")
    if draw.format == "html":
        return Made(_web(draw, f"<pre>{table}</pre>"), "html", Truth(figures(rows, draw)))
    message = _mail(draw)
    message.set_content(f"{draw.company}\n{title}\n{draw.unit_line}\n\n{table}\n", charset="utf-8", cte="base64" if draw.zh else "7bit")
    return Made(message.as_bytes(), "eml", Truth(figures(rows, draw)))


def _web(draw: Draw, inner: str, style: str = "") -> bytes:
    title = draw.say(f"Income statement {draw.year}", f"{draw.year}年度利润表")
    head = f"<h1>{draw.company}</h1><h2>{title}</h2><p>{draw.unit_line}</p>"
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'><style>{style}</style></head><body>{head}\n{inner}\n</body></html>".encode()


@recipe("table made of blocks", "html")
def blocks(draw: Draw) -> Made:
    """No table element: blocks that a style sheet, or a role, makes a table."""
    rows = draw.income()
    table = [[draw.say("Item", "项目"), *draw.heads()], *([row.label, *map(grouped, row.numbers)] for row in rows)]
    if draw.variant // 2 % 2:
        lines = ["<div role='row'>" + "".join(f"<div role='cell'>{cell}</div>" for cell in row) + "</div>" for row in table]
        inner = "<div role='table'>" + "\n".join(lines) + "</div>"
    else:
        lines = ["<div class='r'>" + "".join(f"<span class='c'>{cell}</span>" for cell in row) + "</div>" for row in table]
        inner = "<div class='t'>" + "\n".join(lines) + "</div>"
    style = ".t, [role=table] {display:table} .r, [role=row] {display:table-row} .c, [role=cell] {display:table-cell; padding:4px}"
    return Made(_web(draw, inner, style), "html", Truth(figures(rows, draw)))


@recipe("terms and their figures", "html")
def terms(draw: Draw) -> Made:
    """A list of terms: each is a line of the statement, its description the amount of the one year of the title."""
    rows = draw.income(5, 1)
    inner = "<dl>" + "\n".join(f"<dt>{row.label}</dt><dd>{grouped(row.numbers[0])}</dd>" for row in rows) + "</dl>"
    return Made(_web(draw, inner), "html", Truth(figures(rows, draw)))


@recipe("rows that are commented out", "html")
def commented(draw: Draw) -> Made:
    rows, old = draw.income(3), Row(draw.say("Draft adjustment", "草稿调整"), (draw.amount(), draw.amount()))
    made = as_html(statement(draw, [*body(rows), *body([old])]))
    before, _, after = made.rpartition(b"<tr>")
    row, _, rest = after.partition(b"</tr>")
    no = tuple(NoFigure(number * draw.scale) for number in old.numbers)
    return Made(before + b"<!--<tr>" + row + b"</tr>-->" + rest, "html", Truth(figures(rows, draw), no))


@recipe("entities written twice", "html csv")
def twice(draw: Draw) -> Made:
    """&amp;nbsp; before a number, as a careless export leaves it."""
    rows = draw.income()
    lines: list[CellRow] = [[row.label, *(f"&nbsp;{grouped(number)}" for number in row.numbers)] for row in rows]
    return paper(draw, statement(draw, lines), Truth(figures(rows, draw)))


@recipe("web page in an old charset", "html")
def charset(draw: Draw) -> Made:
    rows = draw.income()
    name = ("gb18030", "gb2312")[draw.variant // 2 % 2] if draw.zh else "windows-1252"
    lines = body(rows)
    if not draw.zh:
        lines[0] = [f"{rows[0].label} – total", *lines[0][1:]]
        rows[0] = Row(f"{rows[0].label} – total", rows[0].numbers)
    return Made(as_html(statement(draw, lines), name), "html", Truth(figures(rows, draw)))


@recipe("results of fields", "docx")
def fields(draw: Draw) -> Made:
    """Amounts are results of fields whose codes have numbers of their own."""
    rows, code = draw.income(), draw.rng.randint(3111, 8899)
    xml = '<w:r {0}><w:fldChar w:fldCharType="{1}"/></w:r>'

    def change(document: WordDocument) -> None:
        for cell in document.tables[0].columns[1].cells[1:]:
            run = cell.paragraphs[0].runs[0]._r
            run.addprevious(parse_xml(xml.format(nsdecls("w"), "begin")))
            told = f' ={code}+SUM(LEFT) \\# "#,##0" '
            run.addprevious(parse_xml(f'<w:r {nsdecls("w")}><w:instrText xml:space="preserve">{told}</w:instrText></w:r>'))
            run.addprevious(parse_xml(xml.format(nsdecls("w"), "separate")))
            run.addnext(parse_xml(xml.format(nsdecls("w"), "end")))

    no = tuple(NoFigure(Decimal(code) * scale) for scale in (Decimal(1), draw.scale))
    return Made(as_word(statement(draw, body(rows)), change), "docx", Truth(figures(rows, draw), no))


@recipe("numbers split into runs", "docx")
def runs(draw: Draw) -> Made:
    """A number was typed in pieces: its digits lie in runs of other styles, with marks of a spelling checker between them."""
    rows = draw.income()

    def change(document: WordDocument) -> None:
        for row in document.tables[0].rows[1:]:
            for cell in row.cells[1:]:
                paragraph, text = cell.paragraphs[0], cell.text
                paragraph.runs[0].text = text[:2]
                paragraph._p.append(parse_xml(f'<w:proofErr {nsdecls("w")} w:type="spellStart"/>'))
                paragraph.add_run(text[2:3]).bold = True
                paragraph._p.append(parse_xml(f'<w:proofErr {nsdecls("w")} w:type="spellEnd"/>'))
                paragraph.add_run(text[3:]).italic = True

    return Made(as_word(statement(draw, body(rows)), change), "docx", Truth(figures(rows, draw)))


@recipe("soft hyphens in labels", "html docx", "en")
def soft_hyphens(draw: Draw) -> Made:
    """Labels have places to part a word that nobody sees."""
    rows = draw.income()
    lines: list[CellRow] = [[row.label[:4] + "\u00ad" + row.label[4:], *map(amount, row.numbers)] for row in rows]
    names = Line("Lines of this statement: " + "; ".join(row.label for row in rows) + ".")
    return paper(draw, [*statement(draw, lines), names], Truth(figures(rows, draw)))
