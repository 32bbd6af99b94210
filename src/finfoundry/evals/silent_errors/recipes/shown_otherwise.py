"""What a file shows is not what it holds: struck and stamped figures, formats of sheets, captions, leaders, numbers that are none."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from docx.document import Document as WordDocument
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from finfoundry.evals.silent_errors.draw import Draw, Row, figures, grouped, whole_year, year_end
from finfoundry.evals.silent_errors.expected import NUMBER, Figure, Made, NoFigure, Truth
from finfoundry.evals.silent_errors.paper_blocks import Cell, CellRow, Line, Table, amount, body, opening, statement
from finfoundry.evals.silent_errors.recipe_book import paper, recipe
from finfoundry.evals.silent_errors.recipes.rows_and_pages import Put, drawn
from finfoundry.evals.silent_errors.written_files import as_html, as_word


@recipe("struck figure beside the new one", "html docx")
def struck(draw: Draw) -> Made:
    """The old figure is struck through, the new one stands behind it in the same cell."""
    rows, old = draw.income(3), draw.amount()
    new = rows[0].numbers[0]
    truth = Truth(figures(rows, draw), (NoFigure(old * draw.scale), NoFigure(Decimal(f"{old}{new}") * draw.scale)))
    if draw.format == "html":
        tag = ("s", "del", "strike")[draw.variant % 3]
        page = as_html(statement(draw, body(rows))).decode()
        return Made(page.replace(grouped(new), f"<{tag}>{grouped(old)}</{tag}> {grouped(new)}", 1).encode(), "html", truth)

    def strike(document: WordDocument) -> None:
        paragraph = document.tables[0].cell(1, 1).paragraphs[0]
        paragraph.clear()
        paragraph.add_run(grouped(old)).font.strike = True
        paragraph.add_run(f" {grouped(new)}")

    return Made(as_word(statement(draw, body(rows)), strike), "docx", truth)


@recipe("stamp over a table", "pdf", "en")
def stamped(draw: Draw) -> Made:
    """DRAFT stands across the page in large grey letters."""
    rows = draw.income()

    def page(canvas: Canvas, left: Put, right: Put) -> None:
        canvas.saveState()
        canvas.setFillGray(0.85)
        canvas.setFont("Helvetica-Bold", 70)
        canvas.translate(150, A4[1] - 250)
        canvas.rotate(30)
        canvas.drawString(0, 0, ("DRAFT", "COPY 3", "VOID 2021")[draw.variant % 3])
        canvas.restoreState()
        left(50, 60, draw.company)
        left(50, 80, draw.unit_line)
        for at, line in enumerate([["Item", *draw.heads()], *([row.label, *map(grouped, row.numbers)] for row in rows)]):
            left(50, 110 + 15 * at, line[0])
            right(360, 110 + 15 * at, line[1])
            right(450, 110 + 15 * at, line[2])

    return Made(drawn(draw, [page]), "pdf", Truth(figures(rows, draw)))


@recipe("leaders between label and number", "pdf docx", "en zh")
def leaders(draw: Draw) -> Made:
    """Dots or tabs lead from the label to the numbers; there is no table."""
    rows = draw.income()
    if draw.format == "docx":

        def tabs(document: WordDocument) -> None:
            for line in [["", *draw.heads()], *([row.label, *map(grouped, row.numbers)] for row in rows)]:
                document.add_paragraph("\t".join(line))

        told = ("lines like rows", "not read as", "tab")
        return Made(as_word([*opening(draw), Line(draw.unit_line)], tabs), "docx", Truth(figures(rows, draw), told=told))

    def page(_: Canvas, left: Put, right: Put) -> None:
        left(50, 60, draw.company)
        left(50, 80, draw.unit_line)
        right(360, 110, draw.heads()[0])
        right(450, 110, draw.heads()[1])
        for at, row in enumerate(rows, 1):
            left(50, 110 + 15 * at, row.label + " " + "." * 30)
            right(360, 110 + 15 * at, grouped(row.numbers[0]))
            right(450, 110 + 15 * at, grouped(row.numbers[1]))

    return Made(drawn(draw, [page]), "pdf", Truth(figures(rows, draw)))


@recipe("minus that only a colour shows", "xlsx")
def red_numbers(draw: Draw) -> Made:
    """Less than nothing is shown in red without a sign: the sheet holds the sign."""
    rows = [Row(row.label, tuple(-number if at % 2 else number for number in row.numbers)) for at, row in enumerate(draw.income())]
    pattern = ("#,##0;[Red]#,##0", "#,##0_ ;[Red]\\-#,##0\\ ", "#,##0;[Red](#,##0)")[draw.variant % 3]
    lines: list[CellRow] = [[row.label, *(Cell("", number=n, pattern=pattern) for n in row.numbers)] for row in rows]
    found = tuple(replace(one, printed=str(one.shown)) for one in figures(rows, draw))
    return paper(draw, statement(draw, lines), Truth(found))


@recipe("currency in a sheet's format", "xlsx", "en")
def currency_by_format(draw: Draw) -> Made:
    """€ and $ are shown by the format; the unit line says millions alone."""
    draw.currency, sign = (("EUR", "€"), ("USD", "$"), ("GBP", "£"))[draw.variant % 3]
    draw.scale = Decimal(10**6)
    rows = draw.income()
    pattern = (f'"{sign}"#,##0', f"[${sign}-409]#,##0", f'_("{sign}"* #,##0_)')[draw.variant % 3]
    lines: list[CellRow] = [[row.label, *(Cell("", number=n, pattern=pattern) for n in row.numbers)] for row in rows]
    found = tuple(replace(one, printed=str(one.shown)) for one in figures(rows, draw))
    return paper(draw, [*opening(draw), Line("in millions"), Table([["Item", *draw.heads()], *lines])], Truth(found))


@recipe("unit line as the table's caption", "html")
def caption(draw: Draw) -> Made:
    """Title, scale and currency stand in <caption>."""
    rows = draw.income()
    page = as_html([*opening(draw), Table([[draw.say("Item", "项目"), *draw.heads()], *body(rows)])]).decode()
    return Made(page.replace("<table>", f"<table><caption>{draw.unit_line}</caption>").encode(), "html", Truth(figures(rows, draw)))


@recipe("amounts in millions except those of a share", "html pdf docx xlsx", "en")
def except_shares(draw: Draw) -> Made:
    """American statements: shares in thousands, amounts of a share in full, all else in millions."""
    draw.currency, draw.scale = "USD", Decimal(10**6)
    rows, shares, each = draw.income(3), [draw.amount() for _ in range(2)], [Decimal(draw.rng.randint(112, 989)) / 100 for _ in range(2)]
    unit = Line("(in millions, except number of shares, which are reflected in thousands, and per-share amounts)")
    lines: list[CellRow] = [
        *body(rows),
        ["Basic earnings per share", *(f"${one:.2f}" for one in each)],
        ["Basic weighted average shares outstanding", *map(amount, shares)],
    ]
    found = [*figures(rows, draw)]
    for at, year in enumerate(draw.years):
        found.append(Figure(("Basic earnings per share",), each[at], "USD/share", whole_year(year), f"{each[at]:.2f}", each[at]))
        label = ("Basic weighted average shares outstanding",)
        found.append(Figure(label, shares[at] * 1000, "shares", whole_year(year), grouped(shares[at]), shares[at]))
    head: CellRow = ["", *draw.heads()]
    return paper(draw, [*opening(draw), unit, Table([head, *lines], ruled=draw.variant % 2 == 0, wide=230)], Truth(tuple(found)))


@recipe("range and plus-minus instead of a number", "html pdf xlsx docx")
def ranges(draw: Draw) -> Made:
    """ "120 - 150" and "±5" are no single figures: no end of them is told as the figure."""
    rows = draw.income(3)
    low, high = draw.amount(1111, 4999), draw.amount(5111, 9899)
    label = draw.say("Outlook", "展望")
    text = (
        f"{grouped(low)} - {grouped(high)}",
        f"{grouped(low)}–{grouped(high)}",
        f"{grouped(low)} {draw.say('to', '至')} {grouped(high)}",
    )
    lines = [*body(rows), [label, text[draw.variant % 3], ""]]
    no = tuple(NoFigure(number * draw.scale, label) for number in (low, high, -high, low - high))
    return paper(draw, statement(draw, lines), Truth(figures(rows, draw), no))


@recipe("dates and numbers of contracts in cells", "html xlsx docx pdf")
def no_figures(draw: Draw) -> Made:
    """A date, a number of a contract and a telephone stand among amounts: none is an amount."""
    row = Row(draw.say("Loan", "贷款"), (draw.amount(),))
    day, contract, phone = f"{draw.year}-03-12", f"{draw.rng.randint(100000, 999999)}", "400-820-8820"
    label = draw.say("Contract number", "合同编号")
    lines: list[CellRow] = [
        [row.label, amount(row.numbers[0])],
        [draw.say("Signed on", "签订日期"), day],
        [label, contract],
        [draw.say("Telephone", "联系电话"), phone],
    ]
    head: CellRow = [draw.say("Item", "项目"), draw.days()[0]]
    found = Figure((row.label,), row.numbers[0] * draw.scale, draw.currency, year_end(draw.year), grouped(row.numbers[0]), row.numbers[0])
    table = Table([head, *lines], ruled=draw.variant % 2 == 0)
    no = (NoFigure(Decimal(contract) * draw.scale),)
    return paper(draw, [*opening(draw, ("Borrowings", "借款")), Line(draw.unit_line), table], Truth((found,), no))


@recipe("two figures in one cell", "html docx pdf xlsx", "en zh")
def two_in_a_cell(draw: Draw) -> Made:
    """The amount, and under it in the same cell its share of the whole."""
    rows = draw.income(3)
    share = f"{draw.rng.randint(11, 89)}.5%"
    lines: list[CellRow] = [[row.label, Cell(f"{grouped(row.numbers[0])}\n({share})"), amount(row.numbers[1])] for row in rows]
    if draw.format == "pdf":
        lines = [[row.label, f"{grouped(row.numbers[0])} ({share})", amount(row.numbers[1])] for row in rows]
    return paper(draw, statement(draw, lines), Truth(figures(rows, draw)))


@recipe("people with a decimal", "html pdf xlsx docx", "en zh")
def equivalents(draw: Draw) -> Made:
    """People as full-time equivalents, with a decimal, under amounts in millions."""
    rows, people = draw.income(3), [draw.amount(112, 989) + Decimal("0.5") for _ in range(2)]
    label = draw.say("Full-time equivalents", "全职员工人数")
    found = tuple(Figure((label,), number, NUMBER, str(year), str(number), number) for year, number in zip(draw.years, people, strict=True))
    lines: list[CellRow] = [*body(rows), [label, *(Cell(str(number), number=number, pattern="#,##0.0") for number in people)]]
    return paper(draw, statement(draw, lines), Truth((*figures(rows, draw), *found)))


@recipe("hidden parts of a web page", "html")
def hidden_parts(draw: Draw) -> Made:
    """Rows that a style, a template or the attribute hidden takes out of sight."""
    rows, hidden = draw.income(3), Row(draw.say("Draft item", "草稿项目"), (draw.amount(), draw.amount()))
    way = ("<tr hidden>", "<tr style='visibility:collapse'>", "<tr class='off'>")[draw.variant % 3]
    page = as_html(statement(draw, [*body(rows), *body([hidden])]), style=".off { display: none }").decode()
    shown, _, rest = page.rpartition("<tr>")
    no = tuple(NoFigure(number * draw.scale) for number in hidden.numbers)
    return Made(f"{shown}{way}{rest}".encode(), "html", Truth(figures(rows, draw), no, told=("hidden",)))


@recipe("thousands that look like decimals", "html xlsx csv", "en")
def doubtful(draw: Draw) -> Made:
    """A page writes 1.234 and 2,5: the point parts thousands, as its other numbers show."""
    rows = draw.income(3)
    other = Row("Other items", (Decimal(draw.rng.randint(12, 89)) / 10, Decimal(draw.rng.randint(12, 89)) / 10))
    write = {number: f"{number:,}".translate(str.maketrans(",.", ".,")) for row in [*rows, other] for number in row.numbers}
    lines: list[CellRow] = [[row.label, *(write[number] for number in row.numbers)] for row in [*rows, other]]
    found = tuple(replace(one, printed=write[one.shown]) for one in figures([*rows, other], draw))
    return paper(draw, statement(draw, lines), Truth(found))
