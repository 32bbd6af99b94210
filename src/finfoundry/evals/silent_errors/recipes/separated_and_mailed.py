"""Separated values, web pages as they come, mails and pictures: delimiters, encodings, split cells, cut files, attachments."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from decimal import Decimal

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from finfoundry.evals.silent_errors.draw import Draw, Row, figures, grouped
from finfoundry.evals.silent_errors.expected import Made, Truth
from finfoundry.evals.silent_errors.paper_blocks import CellRow, Heading, Line, Table, amount, body, opening, statement
from finfoundry.evals.silent_errors.recipe_book import paper, recipe
from finfoundry.evals.silent_errors.written_files import SMALL_PAGE, as_csv, as_html, as_mail, as_picture, as_sheet, as_table

HALF = Decimal("0.5")


@recipe("other delimiters", "csv")
def delimiters(draw: Draw) -> Made:
    """Semicolons, tabs or bars part the values."""
    rows = draw.income()
    return Made(as_csv(statement(draw, body(rows)), ";\t|"[draw.variant % 3]), "csv", Truth(figures(rows, draw)))


@recipe("semicolons and decimal commas", "csv", "en")
def european(draw: Draw) -> Made:
    """1234,5 and 1.234,5 between semicolons."""
    rows = [Row(row.label, tuple(number + HALF for number in row.numbers)) for row in draw.income()]
    signs = str.maketrans(",.", ".," if draw.variant % 2 else "\u00a0,")
    printed = {number: f"{number:,}".translate(signs) for row in rows for number in row.numbers}
    lines = [[row.label, *(printed[number] for number in row.numbers)] for row in rows]
    found = tuple(replace(one, printed=printed[one.shown]) for one in figures(rows, draw))
    return Made(as_csv(statement(draw, lines), ";"), "csv", Truth(found))


@recipe("other encodings", "csv html eml")
def encodings(draw: Draw) -> Made:
    """GB18030, UTF-16 with its mark, Latin-1."""
    rows = draw.income()
    label = draw.say("Übrige Erträge", "其他收益")
    rows.append(Row(label, (draw.amount(), draw.amount())))
    charset = draw.say(("cp1252", "utf-16", "utf-8-sig")[draw.variant % 3], ("gb18030", "utf-16", "big5")[draw.variant % 2])
    blocks, truth = statement(draw, body(rows)), Truth(figures(rows, draw))
    if draw.format == "csv":
        return Made(as_csv(blocks, encoding=charset), "csv", truth)
    web = draw.say("windows-1252", "gb18030")
    return Made(as_html(blocks, web) if draw.format == "html" else as_mail(blocks, charset=web), draw.format, truth)


@recipe("quoted values with lines and commas", "csv", "en zh")
def quoted(draw: Draw) -> Made:
    """A label holds a comma, a quotation mark and a line's end."""
    rows = draw.income(3)
    label = draw.say('Other "one-off", unusual\nitems', "其他“一次性”，非经常\n损益")
    odd = Row(label.replace("\n", draw.say(" ", "")), (draw.amount(), draw.amount()))
    data = as_csv(statement(draw, [*body(rows), [label, *map(amount, odd.numbers)]]))
    return Made(data, "csv", Truth(figures([*rows, odd], draw)))


@recipe("a record a line", "csv xlsx")
def records(draw: Draw) -> Made:
    """Company, year, metric, value, unit: each line is a figure."""
    rows = draw.income()
    head = draw.say("Company,Year,Metric,Value,Unit", "公司,年度,指标,数值,单位").split(",")
    unit = f"{draw.currency} {draw.scale_word}" if not draw.zh else {"CNY": "人民币", "HKD": "港币"}[draw.currency] + draw.scale_word
    lines: list[CellRow] = [
        [draw.company, str(year), row.label, amount(row.numbers[at]), unit] for at, year in enumerate(draw.years) for row in rows
    ]
    return paper(draw, [Table([head, *lines])], Truth(figures(rows, draw)))


@recipe("remarks after a sheet's table", "csv xlsx")
def remarks(draw: Draw) -> Made:
    """Rows of words and a source follow the figures."""
    rows = draw.income()
    notes = draw.say("Source: management accounts, unaudited|Prepared on 12 March", "来源：管理报表，未经审计|制表日期：3月12日").split("|")
    return paper(draw, [*statement(draw, body(rows)), *map(Line, notes)], Truth(figures(rows, draw)))


@recipe("number in three cells", "html", "en")
def split_cells(draw: Draw) -> Made:
    """ "$", "(1,234" and ")" stand in cells of their own, as filings have them."""
    draw.currency = "USD"
    rows = [Row(row.label, tuple(-number if at % 2 else number for number in row.numbers)) for at, row in enumerate(draw.income())]
    lines = []
    for at, row in enumerate(rows):
        cells = [row.label]
        for number in row.numbers:
            text = grouped(number)
            cells += ["$" if at == 0 else "", text.rstrip(")"), ")" if number < 0 else ""]
        lines.append("".join(f"<td>{cell}</td>" for cell in cells))
    head = "<th></th>" + "".join(f"<th colspan='3'>{year}</th>" for year in draw.years)
    table = f"<table><tr>{head}</tr>" + "".join(f"<tr>{line}</tr>\n" for line in lines) + "</table>"
    return Made(_in_page(draw, table), "html", Truth(figures(rows, draw)))


def _in_page(draw: Draw, table: str) -> bytes:
    """A web page whose only table is this one."""
    page = as_html([*opening(draw), Line(draw.unit_line), Table([["x"]])]).decode()
    return page.replace(as_table(Table([["x"]])), table).encode()


@recipe("entities and breaks inside of numbers", "html")
def entities(draw: Draw) -> Made:
    """&nbsp;, &#8203;, <wbr> and comments stand inside of numbers."""
    rows = draw.income()
    mark = ("<wbr>", "&#8203;", "<!-- -->", "<span></span>")[draw.variant % 4]
    made = paper(draw, statement(draw, body(rows)), Truth(figures(rows, draw)))
    return Made(re.sub(rb"(?<=\d),(?=\d{3}<)", f",{mark}".encode(), made.data), "html", made.truth)


@recipe("web page that was cut", "html", "en zh")
def cut_page(draw: Draw) -> Made:
    """The end of the file is missing, and with it figures: what is there may be read, and it is told."""
    rows = draw.income(6)
    made = paper(draw, statement(draw, body(rows)), Truth(()))
    share = (0.55, 0.7, 0.85)[draw.variant % 3]
    cut = made.data[: int(len(made.data) * share)].decode(errors="ignore").encode()
    return Made(cut, "html", Truth((), tell=("cut", "closed", "ends", "incomplete")))


@recipe("table of a mail's text", "eml")
def mailed_table(draw: Draw) -> Made:
    """The figures stand in the mail itself."""
    rows = draw.income()
    return paper(draw, statement(draw, body(rows)), Truth(figures(rows, draw)))


@recipe("files attached to a mail", "eml")
def attachments(draw: Draw) -> Made:
    """The figures are in a sheet, a list or a page that is attached."""
    rows = draw.income()
    blocks = statement(draw, body(rows))
    name, data = (("figures.xlsx", as_sheet(blocks)), ("figures.csv", as_csv(blocks, ";")), ("figures.html", as_html(blocks)))[
        draw.variant % 3
    ]
    mail = as_mail([Line(draw.say("Please find the figures attached.", "请见附件。"))], [(name, data)])
    return Made(mail, "eml", Truth(figures(rows, draw)))


@recipe("picture of a table", "png pdf", "en")
def picture(draw: Draw) -> Made:
    """A scan: the page has no text at all."""
    rows = draw.income(4)
    data = as_picture([Heading(draw.company, 2), Line(draw.unit_line), Table([["Item", *draw.heads()], *body(rows)])])
    truth = Truth(figures(rows, draw))
    return Made(data if draw.format == "png" else _on_a_page(data), draw.format, truth)


def _on_a_page(picture: bytes) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=SMALL_PAGE, invariant=1)
    canvas.drawImage(ImageReader(io.BytesIO(picture)), 0, 0, *SMALL_PAGE)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


@recipe("thousands parted in an unquoted list", "csv", "en zh")
def unquoted(draw: Draw) -> Made:
    """A careless program writes 1,234 between commas without quotation marks: the columns do not agree, and it is told."""
    rows = draw.income()
    data = as_csv(statement(draw, body(rows)))
    bare = "\n".join(",".join(line) for line in csv.reader(io.StringIO(data.decode()))) + "\n"
    return Made(bare.encode(), "csv", Truth(figures(rows, draw), told=("column", "comma", "delimiter")))
