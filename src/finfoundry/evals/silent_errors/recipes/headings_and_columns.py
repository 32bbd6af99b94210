"""What stands over the columns: merged, repeated and dated headings, months, quarters, years that end elsewhere, columns of changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from finfoundry.evals.silent_errors.draw import Draw, Row, figures, grouped, whole_year, year_end
from finfoundry.evals.silent_errors.expected import Figure, Made, Truth
from finfoundry.evals.silent_errors.paper_blocks import Block, Cell, CellRow, Line, Table, amount, body, opening, statement
from finfoundry.evals.silent_errors.recipe_book import paper, recipe

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def under(draw: Draw, rows: Sequence[Row], periods: Sequence[str], words: Sequence[str] = ()) -> tuple[Figure, ...]:
    """The figures of rows whose columns have these periods, and words of their own."""
    return tuple(
        Figure((row.label, *([words[at]] if words else [])), number * draw.scale, draw.currency, period, grouped(number), number)
        for row in rows
        for at, (period, number) in enumerate(zip(periods, row.numbers, strict=True))
    )


def headed(
    draw: Draw, rows: Sequence[Row], heads: Sequence[str], periods: Sequence[str], title: tuple[str, str] = ("Income statement", "利润表")
) -> Made:
    """A table whose columns have these headings and periods."""
    table = Table([[draw.say("Item", "项目"), *heads], *body(rows)], ruled=draw.variant % 2 == 0)
    return paper(draw, [*opening(draw, title), Line(draw.unit_line), table], Truth(under(draw, rows, periods)))


def month_end(year: int, month: int) -> str:
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(1)).isoformat()


@recipe("years over two columns each", "pdf docx html xlsx")
def merged_years(draw: Draw) -> Made:
    """Each year spans the group and the company."""
    rows = draw.income(4, 4)
    parts = draw.say("Group Company", "合并 母公司").split()
    heads: list[CellRow] = [
        [Cell(draw.say("Item", "项目"), down=2), Cell(draw.heads()[0], span=2), None, Cell(draw.heads()[1], span=2), None],
        [None, *parts, *parts],
    ]
    scopes = ("consolidated", "parent") * 2
    found = under(draw, rows, [whole_year(year) for year in draw.years for _ in range(2)], scopes)
    table = Table([*heads, *body(rows)], heads=2, ruled=draw.variant % 2 == 0, wide=150)
    return paper(draw, [*opening(draw), Line(draw.unit_line), table], Truth(found))


@recipe("one stretch over all years", "pdf docx html xlsx")
def merged_stretch(draw: Draw) -> Made:
    """ "Year ended 31 December" spans the years."""
    rows = draw.income(4, 2)
    over = draw.say("Year ended 31 December", "截至12月31日止年度")
    heads: list[CellRow] = [["", Cell(over, span=2), None], [draw.say("Item", "项目"), *draw.heads()]]
    table = Table([*heads, *body(rows)], heads=2, ruled=draw.variant % 2 == 0)
    return paper(draw, [*opening(draw), Line(draw.unit_line), table], Truth(figures(rows, draw)))


@recipe("months as numbers", "xlsx csv html pdf")
def numbered_months(draw: Draw) -> Made:
    """Columns are headed 2024-01, 2024-02 or 2024.01, 01/2024."""
    rows = draw.income(3, 3)
    first = draw.rng.randint(1, 9)
    shape = draw.variant % 3
    heads = [(f"{draw.year}-{m:02}", f"{draw.year}.{m:02}", f"{m:02}/{draw.year}")[shape] for m in range(first, first + 3)]
    return headed(draw, rows, heads, [f"{draw.year}-{month:02}" for month in range(first, first + 3)])


@recipe("months by name", "xlsx csv html docx")
def named_months(draw: Draw) -> Made:
    """ "January 2024", "Jan 24", 2024年1月."""
    rows = draw.income(3, 3)
    first = draw.rng.randint(1, 9)
    names = [
        draw.say(
            (f"{MONTHS[m - 1]} {draw.year}", f"{MONTHS[m - 1][:3]} {draw.year}", f"{MONTHS[m - 1][:3]}-{draw.year % 100}")[
                draw.variant % 3
            ],
            f"{draw.year}年{m}月",
        )
        for m in range(first, first + 3)
    ]
    return headed(draw, rows, names, [f"{draw.year}-{month:02}" for month in range(first, first + 3)])


@recipe("months as dates of a sheet", "xlsx")
def serial_dates(draw: Draw) -> Made:
    """Headings are dates, kept as serial numbers and shown as mmm-yy or as days."""
    rows = draw.balance(3, 3)
    months = sorted(draw.rng.sample(range(1, 13), 3))
    pattern = ("mmm-yy", "yyyy-mm-dd", "dd/mm/yyyy")[draw.variant % 3]
    days = [date.fromisoformat(month_end(draw.year, month)) for month in months]
    heads = [Cell(day.isoformat(), number=Decimal((day - date(1899, 12, 30)).days), pattern=pattern) for day in days]
    table = Table([[draw.say("Item", "项目"), *heads], *body(rows)])
    found = under(draw, rows, [day.isoformat()[:7] for day in days])
    return paper(draw, [*opening(draw, ("Balance sheet", "资产负债表")), Line(draw.unit_line), table], Truth(found))


@recipe("quarters", "html xlsx pdf docx")
def quarters(draw: Draw) -> Made:
    """ "Q1 2024", "1Q24", 2024年第一季度."""
    rows = draw.income(3, 4)
    heads = [
        draw.say(
            (f"Q{q} {draw.year}", f"{q}Q{draw.year % 100}", f"Q{q} {draw.year}")[draw.variant % 3],
            f"{draw.year}年第{'一二三四'[q - 1]}季度",
        )
        for q in range(1, 5)
    ]
    return headed(draw, rows, heads, [f"{draw.year}-{3 * q - 2:02}-01/{month_end(draw.year, 3 * q)}" for q in range(1, 5)])


@recipe("year that ends in June", "html pdf docx xlsx", "en")
def june_year(draw: Draw) -> Made:
    """Headings say FY2024, the title says when the year ends."""
    rows = draw.income()
    end = draw.rng.choice(("31 March", "30 June", "30 September"))
    day = {"31 March": "03-31", "30 June": "06-30", "30 September": "09-30"}[end]
    begin = {"31 March": "04-01", "30 June": "07-01", "30 September": "10-01"}[end]
    title = Line(f"Consolidated income statement for the year ended {end} {draw.year}")
    table = Table([["Item", *map(str, draw.years)], *body(rows)], ruled=draw.variant % 2 == 0)
    found = under(draw, rows, [f"{year - 1}-{begin}/{year}-{day}" for year in draw.years])
    blocks: list[Block] = [opening(draw)[0], title, Line(draw.unit_line), table]
    return paper(draw, blocks, Truth(found))


@recipe("part of a year beside the same of last year", "html pdf docx xlsx")
def half_years(draw: Draw) -> Made:
    """ "Six months ended 30 June 2024": half of the year, not the year."""
    rows, months = draw.income(), draw.rng.choice((6, 9))
    day = month_end(draw.year, months)[5:]
    words = {6: "Six months ended 30 June", 9: "Nine months ended 30 September"}[months]
    heads = [draw.say(f"{words} {year}", f"{year}年1-{months}月") for year in draw.years]
    return headed(draw, rows, heads, [f"{year}-01-01/{year}-{day}" for year in draw.years])


@recipe("opening and closing balances", "html pdf xlsx docx")
def opening_and_closing(draw: Draw) -> Made:
    """Opening, increase, decrease, closing: the first stands at the end of the year before."""
    names = draw.say("Buildings|Furniture|Vehicles", "房屋及建筑物|机器设备|运输工具").split("|")
    rows = []
    for name in names:
        start, more, less = draw.amount(), draw.amount(111, 899), draw.amount(111, 899)
        rows.append(Row(name, (start, more, less, start + more - less)))
    heads = draw.say("Opening|Increase|Decrease|Closing", "期初余额|本期增加|本期减少|期末余额").split("|")
    ends = [year_end(draw.year - 1), str(draw.year), str(draw.year), year_end(draw.year)]
    found = under(draw, rows, ends)
    found = tuple(
        replace(one, label=(*one.label, heads[at % 4].removeprefix("本期"))) if at % 4 in (1, 2) else one for at, one in enumerate(found)
    )
    table = Table([[draw.say("Class", "类别"), *heads], *body(rows)], ruled=draw.variant % 2 == 0)
    title = ("Movements in property", "固定资产变动表")
    return paper(draw, [*opening(draw, title), Line(draw.unit_line), table], Truth(found))


@recipe("column of note numbers", "html pdf docx xlsx")
def note_column(draw: Draw) -> Made:
    """The second column has the numbers of notes, which are no figures."""
    rows = draw.income()
    lines: list[CellRow] = [[row.label, str(draw.rng.randint(3, 29)), *map(amount, row.numbers)] for row in rows]
    return paper(draw, statement(draw, lines, heads=[draw.say("Note", "附注"), *draw.heads()]), Truth(figures(rows, draw)))


@recipe("column of changes", "html pdf xlsx docx")
def change_column(draw: Draw) -> Made:
    """Behind the years stands the change in per cent."""
    rows = draw.income()
    changes = [round((row.numbers[0] / row.numbers[1] - 1) * 100, 1) for row in rows]
    word = draw.say("Change %", "增减（%）") if draw.variant % 2 else draw.say("Change", "变动")
    sign = "" if "%" in word else "%"
    lines: list[CellRow] = [[row.label, *map(amount, row.numbers), f"{change}{sign}"] for row, change in zip(rows, changes, strict=True)]
    found = tuple(
        Figure((row.label, word.split(" %")[0].split("（")[0]), change / 100, "ratio", str(draw.year), f"{change}{sign}", change)
        for row, change in zip(rows, changes, strict=True)
    )
    blocks = statement(draw, lines, heads=[*draw.heads(), word])
    return paper(draw, blocks, Truth((*figures(rows, draw), *found)))


@recipe("restated last year", "html pdf docx xlsx")
def restated(draw: Draw) -> Made:
    """ "2023 (restated)" is the year 2023."""
    rows = draw.income()
    heads = [draw.heads()[0], draw.say(f"{draw.year - 1} (restated)", f"{draw.year - 1}年（经重述）")]
    return headed(draw, rows, heads, [whole_year(year) for year in draw.years])


@recipe("three years, oldest first", "html pdf docx xlsx csv eml")
def oldest_first(draw: Draw) -> Made:
    """The order of the years is turned round."""
    rows = draw.income(4, 3)
    years = [draw.year - 2, draw.year - 1, draw.year]
    heads = [draw.say(f"FY{year}" if draw.variant % 4 == 2 else str(year), f"{year}年度") for year in years]
    return headed(draw, rows, heads, [whole_year(year) for year in years])


@recipe("budget beside actual", "html pdf xlsx docx", "en zh")
def budget(draw: Draw) -> Made:
    """Actual, budget and difference of one year under their own headings."""
    rows = [Row(row.label, (*row.numbers[:2], row.numbers[0] - row.numbers[1])) for row in draw.income(4, 2)]
    words = draw.say("Actual|Budget|Difference", "实际|预算|差异").split("|")
    heads = [f"{word} {draw.year}" if not draw.zh else f"{draw.year}年{word}" for word in words]
    found = under(draw, rows, [whole_year(draw.year)] * 3, ["", *words[1:]])
    table = Table([[draw.say("Item", "项目"), *heads], *body(rows)], ruled=draw.variant % 2 == 0)
    return paper(draw, [*opening(draw, ("Management accounts", "管理报表")), Line(draw.unit_line), table], Truth(found))


@recipe("years down and lines across", "xlsx html csv pdf")
def years_down(draw: Draw) -> Made:
    """A row a year, a column a line."""
    rows = draw.income(3, 3)
    years = [draw.year, draw.year - 1, draw.year - 2]
    lines: list[CellRow] = [[draw.say(str(year), f"{year}年"), *(amount(row.numbers[at]) for row in rows)] for at, year in enumerate(years)]
    table = Table([[draw.say("Year", "年度"), *(row.label for row in rows)], *lines], ruled=True, wide=70)
    found = under(draw, rows, [whole_year(year) for year in years])
    return paper(draw, [*opening(draw, ("Key figures", "主要数据")), Line(draw.unit_line), table], Truth(found))


@recipe("segments across", "html pdf docx xlsx")
def segments(draw: Draw) -> Made:
    """Columns are parts of the company and their total, in one year."""
    rows = [Row(row.label, (*row.numbers, sum(row.numbers, Decimal(0)))) for row in draw.income(3, 2)]
    words = draw.say("Europe|Asia|Total", "华东|华南|合计").split("|")
    found = under(draw, rows, [whole_year(draw.year)] * 3, [*words[:2], ""])
    table = Table([[draw.say(str(draw.year), f"{draw.year}年度"), *words], *body(rows)], ruled=draw.variant % 2 == 0)
    return paper(draw, [*opening(draw, ("Segments", "分部信息")), Line(draw.unit_line), table], Truth(found))


@recipe("first row of long text", "html docx pdf", "en zh")
def long_text(draw: Draw) -> Made:
    """A cell tells a story of other years; the rows below are of this year all the same."""
    rows = draw.balance(3, 1)
    story = draw.say(
        f"Committed facility, amended in {draw.year - 3} and again in {draw.year - 1}, secured by receivables of the group",
        f"该授信于{draw.year - 3}年签订，{draw.year - 1}年修订，以本集团应收账款作质押",
    )
    lines: list[CellRow] = [[draw.say("Revolving credit", "循环贷款"), story], *body(rows)]
    head = draw.say(f"31 December {draw.year}", f"{draw.year}年12月31日")
    table = Table([[draw.say("Item", "项目"), head], *lines], ruled=True, wide=150)
    found = under(draw, rows, [year_end(draw.year)])
    return paper(draw, [*opening(draw, ("Borrowings", "借款")), Line(draw.unit_line), table], Truth(found))
