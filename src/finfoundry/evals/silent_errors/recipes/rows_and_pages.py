"""Rows and pages: groups, duplicates, blanks, labels and tables that go over lines and pages, tables beside tables, papers' names."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from finfoundry.evals.silent_errors.draw import BALANCE, Draw, Row, figures, grouped, year_end
from finfoundry.evals.silent_errors.expected import Figure, Made, NoFigure, Truth
from finfoundry.evals.silent_errors.paper_blocks import (
    BALANCE as BALANCE_TITLE,
)
from finfoundry.evals.silent_errors.paper_blocks import (
    Block,
    Cell,
    CellRow,
    Heading,
    Line,
    NextPage,
    Table,
    amount,
    balance_sheet,
    body,
    opening,
    statement,
)  # fmt: skip
from finfoundry.evals.silent_errors.recipe_book import paper, recipe
from finfoundry.evals.silent_errors.written_files import as_pdf, font_of

Put = Callable[[float, float, str], None]  # x, y from the top, text


def drawn(draw: Draw, pages: Sequence[Callable[[Canvas, Put, Put], None]], size: float = 9) -> bytes:
    """A PDF drawn by hand: each page is given its canvas, and what sets a text from the left and up to the right."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=1)
    font = font_of(["中"]) if draw.zh else "Helvetica"

    def left(x: float, y: float, text: str) -> None:
        canvas.drawString(x, A4[1] - y, text)

    def right(x: float, y: float, text: str) -> None:
        canvas.drawRightString(x, A4[1] - y, text)

    for page in pages:
        canvas.setFont(font, size)
        page(canvas, left, right)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def rule(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    canvas.line(x0, A4[1] - y0, x1, A4[1] - y1)


def ruled_row(canvas: Canvas, edges: Sequence[float], y: float, height: float = 16) -> None:
    """The box of a row, cut at the edges of its columns."""
    rule(canvas, edges[0], y, edges[-1], y)
    rule(canvas, edges[0], y + height, edges[-1], y + height)
    for x in edges:
        rule(canvas, x, y, x, y + height)


@recipe("one label in two groups", "html pdf docx xlsx csv")
def two_groups(draw: Draw) -> Made:
    """ "Borrowings" stands under current and under non-current."""
    groups = draw.say("Non-current|Current", "非流动负债|流动负债").split("|")
    names = draw.say("Borrowings|Lease liabilities", "借款|租赁负债").split("|")
    lines: list[CellRow] = []
    found: list[Figure] = []
    for group in groups:
        rows = [Row(name, (draw.amount(), draw.amount())) for name in names]
        lines += [[f"{group}{draw.say('', '：')}", "", ""], *body(rows)]
        found += [replace(one, label=(*one.label, group)) for one in figures(rows, draw, instant=True)]
    return paper(draw, balance_sheet(draw, lines), Truth(tuple(found)))


@recipe("label over several lines", "pdf docx html xlsx")
def wrapped_label(draw: Draw) -> Made:
    """A long label breaks inside of its cell; it is one row."""
    label = draw.say(
        ("Impairment of trade receivables and\nof other financial assets", "Share of the result of associates\nand of joint ventures")[
            draw.variant % 2
        ],
        "以摊余成本计量的金融资产\n终止确认收益",
    )
    rows = draw.income(3)
    long = Row(label.replace("\n", draw.say(" ", "")), (draw.amount(), draw.amount()))
    lines: list[CellRow] = [*body(rows[:1]), [label, *map(amount, long.numbers)], *body(rows[1:])]
    return paper(draw, statement(draw, lines), Truth(figures([*rows, long], draw)))


@recipe("label over the end of a page", "pdf")
def label_over_pages(draw: Draw) -> Made:
    """The first line of a label ends a page, the second begins the next, with the numbers."""
    first, second = draw.say(
        ("Improvements of leased premises|and of installations under concession", "Rights of use of motorways|and of other public works")[
            draw.variant % 2
        ],
        "与高速公路收费权相关的特许经|营权及其附属设施改良支出",
    ).split("|")
    rows, more = draw.income(3), draw.income(3)
    more = [Row(draw.say(f"Other {row.label.lower()}", f"其他{row.label}"), row.numbers) for row in more]
    long = Row(f"{first}{draw.say(' ', '')}{second}", (draw.amount(), draw.amount()))
    edges = (50.0, 300.0, 400.0, 500.0)

    def row(canvas: Canvas, left: Put, right: Put, y: float, label: str, numbers: Sequence[str]) -> None:
        if draw.variant % 2 == 0:
            ruled_row(canvas, edges, y)
        left(54, y + 11, label)
        for x, number in zip(edges[2:], numbers, strict=False):
            right(x - 4, y + 11, number)

    def one(canvas: Canvas, left: Put, right: Put) -> None:
        left(50, 560, draw.company)
        left(50, 590, opening(draw)[1].text)  # type: ignore[union-attr]
        left(50, 615, draw.unit_line)
        row(canvas, left, right, 630, draw.say("Item", "项目"), draw.heads())
        for at, line in enumerate(rows):
            row(canvas, left, right, 646 + 16 * at, line.label, [grouped(number) for number in line.numbers])
        row(canvas, left, right, 694, first, [])

    def two(canvas: Canvas, left: Put, right: Put) -> None:
        row(canvas, left, right, 60, second, [grouped(number) for number in long.numbers])
        for at, line in enumerate(more):
            row(canvas, left, right, 76 + 16 * at, line.label, [grouped(number) for number in line.numbers])

    return Made(drawn(draw, [one, two]), "pdf", Truth(figures([*rows, long, *more], draw)))


@recipe("table over the end of a page", "pdf")
def table_over_pages(draw: Draw) -> Made:
    """A table goes on overleaf, with its heading or without."""
    rows, more = draw.income(4), draw.income(4)
    more = [Row(draw.say(f"Other {row.label.lower()}", f"其他{row.label}"), row.numbers) for row in more]
    head: CellRow = [draw.say("Item", "项目"), *draw.heads()]
    ruled = draw.variant % 2 == 0
    second = Table([*([head] if draw.variant % 3 else []), *body(more)], ruled=ruled, heads=1 if draw.variant % 3 else 0)
    blocks = [*opening(draw), Line(draw.unit_line), Table([head, *body(rows)], ruled=ruled), NextPage(), second]
    return paper(draw, blocks, Truth(figures([*rows, *more], draw)))


@recipe("columns that are blank on a page", "pdf")
def blank_columns(draw: Draw) -> Made:
    """On the second page two columns have no figure; their headings stay their own."""
    heads = draw.say(
        "Opening|Additions|Disposals|Transfers|Exchange|Closing", "期初余额|本期增加|本期减少|转入转出|汇兑差额|期末余额"
    ).split("|")
    names = draw.say("Land|Buildings|Plant|Vehicles|Furniture|Software", "土地|房屋|机器设备|运输工具|办公家具|软件").split("|")
    words = [head.removeprefix("本期") for head in heads]
    ends = [year_end(draw.year - 1), *[str(draw.year)] * 4, year_end(draw.year)]
    tables: list[list[CellRow]] = [[], []]
    found: list[Figure] = []
    for at, name in enumerate(names):
        blank = (3, 4) if at >= 3 else ()
        numbers = [None if column in blank else draw.amount() for column in range(6)]
        tables[at // 3].append([name, *("" if number is None else amount(number) for number in numbers)])
        found += [
            Figure(
                (name, words[column]) if 0 < column < 5 else (name,),
                number * draw.scale,
                draw.currency,
                ends[column],
                grouped(number),
                number,
            )
            for column, number in enumerate(numbers)
            if number is not None
        ]
    head: CellRow = [draw.say("Class", "类别"), *heads]
    ruled = draw.variant % 3 == 0
    pages = [Table([head, *lines], ruled=ruled, wide=90) for lines in tables]
    title = ("Movements in property", "固定资产变动表")
    return paper(draw, [*opening(draw, title), Line(draw.unit_line), pages[0], NextPage(), pages[1]], Truth(tuple(found)))


@recipe("two tables side by side", "pdf xlsx")
def side_by_side(draw: Draw) -> Made:
    """Assets on the left, liabilities on the right, each with its figures."""
    names = BALANCE[draw.lang]
    left = [Row(name, (draw.amount(), draw.amount())) for name in names[:3]]
    right = [Row(name, (draw.amount(), draw.amount())) for name in names[4:7]]
    heads = draw.heads() if not draw.zh else [f"{year}年末" for year in draw.years]
    gap = [""] if draw.format == "xlsx" else []
    lines: list[CellRow] = [
        [one.label, *map(amount, one.numbers), *gap, two.label, *map(amount, two.numbers)] for one, two in zip(left, right, strict=True)
    ]
    head: CellRow = [draw.say("Assets", "资产"), *heads, *gap, draw.say("Liabilities", "负债和权益"), *heads]
    blocks = [*opening(draw, BALANCE_TITLE), Line(draw.unit_line), Table([head, *lines], ruled=draw.variant % 2 == 0, wide=90)]
    return paper(draw, blocks, Truth(figures([*left, *right], draw, instant=True)))


@recipe("row of a year without figures", "html xlsx pdf docx")
def blank_year(draw: Draw) -> Made:
    """Maturities by year, one without an amount: it is no heading of those below it."""
    years = [draw.year + 1 + at for at in range(4)]
    blank = years[draw.rng.randint(1, 2)]
    names = {year: draw.say(str(year), f"{year}年") for year in years}
    rows = [Row(names[year], (draw.amount(),)) for year in years if year != blank]
    rows.append(Row(draw.say("Total", "合计"), (sum((row.numbers[0] for row in rows), Decimal(0)),)))
    lines = [*body(rows)]
    lines.insert(years.index(blank), [names[blank], ("", "–")[draw.variant % 2]])
    dated = draw.variant % 3 != 2
    head: CellRow = [draw.say("Due in", "到期年度"), draw.days()[0] if dated else draw.say("Amount", "金额")]
    table = Table([head, *lines], ruled=draw.variant % 2 == 0)
    found = tuple(
        replace(one, alien=names[blank], period=one.period if dated else str(draw.year)) for one in figures(rows, draw, instant=True)
    )
    return paper(draw, [*opening(draw, ("Maturities of debt", "借款到期情况")), Line(draw.unit_line), table], Truth(found))


@recipe("total without a label", "html pdf xlsx docx")
def total_without_label(draw: Draw) -> Made:
    """The sum stands under a rule, without a name; the lines above keep theirs."""
    rows = draw.balance(3)
    sums = [sum((row.numbers[at] for row in rows), Decimal(0)) for at in range(2)]
    return paper(draw, balance_sheet(draw, [*body(rows), ["", *map(amount, sums)]]), Truth(figures(rows, draw, instant=True)))


@recipe("indented parts of a line", "html pdf docx xlsx")
def of_which(draw: Draw) -> Made:
    """ "of which: Europe" below a line is a part of it."""
    rows = draw.income(2)
    part = draw.say("of which: abroad", "其中：境外")
    parts = [Row(part, tuple(number - 7 for number in row.numbers)) for row in rows]
    lines: list[CellRow] = []
    for row, below in zip(rows, parts, strict=True):
        lines += [*body([row]), [f"  {part}" if draw.format != "html" else part, *map(amount, below.numbers)]]
    found = [replace(one, label=(part, row.label)) for row, below in zip(rows, parts, strict=True) for one in figures([below], draw)]
    return paper(draw, statement(draw, lines), Truth((*figures(rows, draw), *found)))


@recipe("date and text drawn over a rule", "pdf", "en")
def ledger(draw: Draw) -> Made:
    """A ledger whose date and text are one string across the first ruling, with a column for debits and one for credits."""
    edges = (50.0, 105.0, 330.0, 415.0, 500.0)
    texts = ["Rent January", "Direct debit ALPHA GMBH", "Salaries", "Fees for the account", "Insurance BETA AG"]
    amounts = [draw.amount(11_111, 98_999) / 100 for _ in texts]
    days = sorted(draw.rng.sample(range(2, 28), len(texts)))
    month = draw.rng.randint(1, 12)

    def page(canvas: Canvas, left: Put, right: Put) -> None:
        left(50, 60, draw.company)
        left(50, 80, f"Account statement, amounts in {draw.currency}")
        ruled_row(canvas, edges, 100)
        for x, head in zip(edges, ("Date", "Text", f"Debit {draw.currency}", f"Credit {draw.currency}"), strict=False):
            left(x + 4, 111, head)
        for at, (text, number) in enumerate(zip(texts, amounts, strict=True)):
            y = 116 + 16 * at
            ruled_row(canvas, edges, y)
            left(54, y + 11, f"{days[at]:02}.{month:02}.{draw.year}  {text}")
            right(411, y + 11, f"{number:,.2f}")

    found = tuple(
        Figure((text, "Debit"), number, draw.currency, f"{draw.year}-{month:02}-{day:02}", f"{number:,.2f}", number)
        for text, number, day in zip(texts, amounts, days, strict=True)
    )
    return Made(drawn(draw, [page]), "pdf", Truth(found, issuer=draw.company))


@recipe("title and heading of one size", "pdf", "en")
def one_size(draw: Draw) -> Made:
    """The company's title in the middle, and a heading of the same size under it: two lines, one name."""
    rows = draw.income()
    draw.company = f"{draw.company.split()[0]} Bank"
    heading = ("Letter", "About us", "Consolidated income statement")[draw.variant % 3]

    def page(canvas: Canvas, left: Put, right: Put) -> None:
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawCentredString(A4[0] / 2, A4[1] - 60, f"{draw.company} annual report {draw.year}")
        left(50, 80, heading)
        canvas.setFont("Helvetica", 9)
        left(50, 110, draw.unit_line)
        for at, line in enumerate([["Item", *draw.heads()], *([row.label, *map(grouped, row.numbers)] for row in rows)]):
            left(50, 130 + 15 * at, line[0])
            right(360, 130 + 15 * at, line[1])
            right(450, 130 + 15 * at, line[2])

    return Made(drawn(draw, [page]), "pdf", Truth(figures(rows, draw), issuer=draw.company))


@recipe("page on its side", "pdf")
def turned_page(draw: Draw) -> Made:
    """A page with a wide table is turned by a quarter."""
    rows = draw.income()
    return Made(as_pdf(statement(draw, body(rows)), turn=(90, 270)[draw.variant % 2]), "pdf", Truth(figures(rows, draw)))


@recipe("words that nobody sees", "pdf", "en zh")
def unseen_words(draw: Draw) -> Made:
    """A row is drawn in white: whoever looks at the page does not see it."""
    rows, hidden = draw.income(3), draw.amount()

    def page(canvas: Canvas, left: Put, right: Put) -> None:
        left(50, 60, draw.company)
        left(50, 80, draw.unit_line)
        table = [[draw.say("Item", "项目"), *draw.heads()], *([row.label, *map(grouped, row.numbers)] for row in rows)]
        for at, line in enumerate(table):
            left(50, 110 + 15 * at, line[0])
            right(360, 110 + 15 * at, line[1])
            right(450, 110 + 15 * at, line[2])
        canvas.setFillColorRGB(1, 1, 1)
        left(50, 110 + 15 * len(table), draw.say("Hidden reserve", "隐藏准备"))
        right(360, 110 + 15 * len(table), grouped(hidden))
        right(450, 110 + 15 * len(table), grouped(hidden + 1))

    no = (NoFigure(hidden * draw.scale), NoFigure((hidden + 1) * draw.scale))
    return Made(drawn(draw, [page]), "pdf", Truth(figures(rows, draw), no, told=("hidden", "cannot be seen")))


@recipe("statement whose parts do not add up", "html pdf docx xlsx", "en zh")
def does_not_add_up(draw: Draw) -> Made:
    """A total that differs from its parts is printed as it is: each figure is a fact all the same."""
    names = draw.say("Total assets|Total liabilities|Total equity", "资产总计|负债合计|所有者权益合计").split("|")
    one, two = (draw.amount(1111, 4999), draw.amount(1111, 4999)), (draw.amount(1111, 4999), draw.amount(1111, 4999))
    total = (one[0] + two[0] + 90, one[1] + two[1])
    rows = [Row(names[0], total), Row(names[1], one), Row(names[2], two)]
    return paper(draw, balance_sheet(draw, body(rows)), Truth(figures(rows, draw, instant=True), tell=("differ",)))


@recipe("figure in two tables that differ", "html pdf docx", "en zh")
def contradiction(draw: Draw) -> Made:
    """The key figures print another amount than the statement: both are facts, and the contradiction is told."""
    rows = draw.income(3)
    other = Row(rows[0].label, (rows[0].numbers[0] + 90, rows[0].numbers[1]))
    head: CellRow = [draw.say("Item", "项目"), *draw.heads()]
    blocks: list[Block] = [
        *opening(draw), Line(draw.unit_line), Table([head, *body(rows)]), Heading(draw.say("Key figures", "主要财务数据"), 2),
        Line(draw.unit_line), Table([head, *body([other])]),
    ]  # fmt: skip
    printed = grouped(other.numbers[0])
    return paper(draw, blocks, Truth((*figures(rows, draw), figures([other], draw)[0]), tell=(printed,)))


@recipe("cells of a row span its columns", "html docx xlsx", "en zh")
def spanning_row(draw: Draw) -> Made:
    """One amount stands in a cell over both years' columns, between plain rows: it is of one of them or of none, never of both."""
    rows = draw.income(3)
    text = draw.say("Continuing operations", "持续经营")
    lines = [[Cell(text, span=3), None, None], *body(rows)]
    return paper(draw, statement(draw, lines, ruled=True), Truth(figures(rows, draw)))
