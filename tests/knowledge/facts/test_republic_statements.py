"""Statements as Taiwan prints them: letter-spaced headings, account codes, notes beside the labels, percents beside the amounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache

import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.knowledge.formats.drawn import CHINESE, pdf, text

from finfoundry.core.document import Block, Cell, Document, Fact, Page
from finfoundry.core.periods import find_periods
from finfoundry.knowledge.facts.extract import extract
from finfoundry.knowledge.facts.table.grid import GridRow
from finfoundry.knowledge.facts.table.reference_columns import code_columns
from finfoundry.knowledge.formats.pdf import parse
from finfoundry.knowledge.ingest.certificate import certify

WIDE = (842.0, 842.0)
RIGHTS = (430, 470, 560, 600, 690, 730, 810, 838)  # amount and percent of four periods
ROWS: Sequence[tuple[str, str, str, Sequence[str]]] = (
    ("4000", "营业收入", "六(十九)及七", ("9,000", "100", "8,000", "100", "25,000", "100", "24,000", "100")),
    ("5000", "营业成本", "六(六)(十四)", ()),
    ("", "", "(二十五)及七", ("( 6,500)", "( 72)", "( 6,000)", "( 75)", "( 18,500)", "( 74)", "( 18,000)", "( 75)")),
    ("5900", "营业毛利", "", ("2,500", "28", "2,000", "25", "6,500", "26", "6,000", "25")),
    ("6900", "营业利益", "", ("1,500", "17", "1,200", "15", "4,000", "16", "3,500", "15")),
    ("9750", "基本每股盈余", "六(二十七)", ("1.25", "", "1.10", "", "3.40", "", "3.10", "")),
)


def spaced(canvas: Canvas, x: float, top: float, line: str, step: float) -> None:
    """A line in letter-spaced type: each character by itself, at even steps."""
    for place, character in enumerate(line):
        text(canvas, x + place * step, top, character, font=CHINESE, size=8)


def draw(canvas: Canvas) -> None:
    spaced(canvas, 300, 40, "示范纺织股份有限公司及子公司", 11)
    spaced(canvas, 320, 54, "合并综合损益表", 15)
    text(canvas, 300, 68, "民国 112 年及 111 年 1 月 1 日至 9 月 30 日", font=CHINESE, size=8)
    text(canvas, 838, 82, "单位：新台币仟元", font=CHINESE, size=8, right=True)
    text(canvas, 838, 92, "(除每股盈余为新台币元外)", font=CHINESE, size=8, right=True)
    for place, (year, month) in enumerate((("112", "7"), ("111", "7"), ("112", "1"), ("111", "1"))):
        left = RIGHTS[2 * place] - 65
        spaced(canvas, left, 112, f"{year}年{month}月1日", 10)
        spaced(canvas, left, 122, "至9月30日", 15)
        spaced(canvas, left, 134, "金额", 40)
        text(canvas, RIGHTS[2 * place + 1], 134, "%", size=8, right=True)
    text(canvas, 80, 134, "项目", font=CHINESE, size=8)
    text(canvas, 260, 134, "附注", font=CHINESE, size=8)
    for row, (code, label, note, figures) in enumerate(ROWS):
        top = 150 + 12 * row
        text(canvas, 40, top, code, font=CHINESE, size=8)
        text(canvas, 80, top, label, font=CHINESE, size=8)
        text(canvas, 260, top, note, font=CHINESE, size=8)
        for right, figure in zip(RIGHTS, figures, strict=False):
            text(canvas, right, top, figure, font=CHINESE, size=8, right=True)


@cache
def statement() -> tuple[Document, list[Fact]]:
    document = parse(pdf(draw, size=WIDE), "示范.pdf")
    return document, extract(document)


def values(label: str) -> list[tuple[Decimal, str]]:
    """Values and periods of the amounts of a line."""
    found = [fact for fact in statement()[1] if fact.metric[-1] == label and fact.unit != "ratio"]
    return [(fact.value, fact.period) for fact in found]


def test_letter_spaced_headings_are_words() -> None:
    texts = [block.text for page in statement()[0].pages for block in page.blocks]

    assert any("示范纺织股份有限公司及子公司" in text for text in texts)
    assert any("合并综合损益表" in text for text in texts)


def test_dates_set_digit_by_digit_over_two_lines_head_their_columns() -> None:
    assert values("营业收入") == [
        (Decimal(9_000_000), "2023-07-01/2023-09-30"),
        (Decimal(8_000_000), "2022-07-01/2022-09-30"),
        (Decimal(25_000_000), "2023-01-01/2023-09-30"),
        (Decimal(24_000_000), "2022-01-01/2022-09-30"),
    ]


def test_a_line_whose_note_wraps_has_its_label_beside_its_figures() -> None:
    assert [value for value, _ in values("营业成本")] == [
        Decimal(-6_500_000),
        Decimal(-6_000_000),
        Decimal(-18_500_000),
        Decimal(-18_000_000),
    ]


def test_account_codes_are_no_values_and_notes_no_labels() -> None:
    facts = statement()[1]

    assert not [fact.text for fact in facts if fact.text.strip() in {row[0] for row in ROWS if row[0]}]
    assert {part for fact in facts for part in fact.metric} == {row[1] for row in ROWS if row[1]}
    assert not any(fact.dimensions for fact in facts)


def test_figures_per_share_are_in_full() -> None:
    assert [value for value, _ in values("基本每股盈余")] == [Decimal("1.25"), Decimal("1.10"), Decimal("3.40"), Decimal("3.10")]


def test_the_paper_reports_on_the_part_of_the_year_that_its_title_names() -> None:
    profile = statement()[0].profile

    assert (profile.period, profile.kind, profile.currency) == ("2023-01-01/2023-09-30", "quarterly report", "TWD")
    assert profile.entity == "示范纺织股份有限公司"


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("112.03.31", "2023-03-31"),
        ("112.01.01 - 112.03.31", "2023-01-01/2023-03-31"),
        ("民國一一○年六月三十日", "2021-06-30"),
    ],
)
def test_years_of_the_republic_with_points_and_round_zeros(written: str, period: str) -> None:
    assert [found.period.iso for found in find_periods(written) if found.period] == [period]


def test_numbers_with_points_inside_a_text_are_no_dates() -> None:
    assert find_periods("section 112.03.31 of the code") == []


def test_years_beside_labels_are_no_account_codes() -> None:
    years = [GridRow(row, [Cell(row, 0, str(2020 + row)), Cell(row, 1, "发行"), Cell(row, 2, "1,000")]) for row in range(4)]
    codes = [GridRow(row, [Cell(row, 0, str(1100 + 70 * row)), Cell(row, 1, "存货"), Cell(row, 2, "1,000")]) for row in range(4)]

    assert code_columns(years, [1]) == set()
    assert code_columns(codes, [1]) == {0}


def test_a_name_that_begins_like_a_conjunction_is_whole_in_a_title() -> None:
    def titled(canvas: Canvas) -> None:
        for place, line in enumerate(
            ("和安汽车股份有限公司及子公司", "合并财务报表附注", "民国112年及111年第一季", "本公司销售和维修各种汽车及其零件。")
        ):
            text(canvas, 60, 60 + 20 * place, line, font=CHINESE)

    document = parse(pdf(titled), "a.pdf")
    extract(document)

    assert document.profile.entity == "和安汽车股份有限公司"


EQUITY = ("普通股股本", "资本公积", "法定盈余公积", "未分配盈余", "权益总额")
SPREAD = (210, 262, 314, 366, 418)  # where the cell of each begins


def draw_equity(canvas: Canvas) -> None:
    """A statement of changes in equity: each heading stretched over its column, as near to the next as its own letters are."""
    text(canvas, 200, 40, "合并权益变动表", font=CHINESE, size=8)
    text(canvas, 460, 52, "单位：新台币仟元", font=CHINESE, size=8, right=True)
    for left, heading in zip(SPREAD, EQUITY, strict=True):
        spaced(canvas, left, 66, heading, 40 / (len(heading) - 1))
    for row, (label, figures) in enumerate(
        (("112年1月1日余额", range(11, 16)), ("本期净利", range(21, 26)), ("112年9月30日余额", range(31, 36)))
    ):
        text(canvas, 60, 80 + 12 * row, label, font=CHINESE, size=8)
        for left, figure in zip(SPREAD, figures, strict=True):
            text(canvas, left + 46, 80 + 12 * row, f"{figure},000,000", font=CHINESE, size=8, right=True)


def test_headings_stretched_over_their_columns_head_one_each() -> None:
    facts = extract(parse(pdf(draw_equity, size=WIDE), "权益.pdf"))
    opening = [fact for fact in facts if fact.value.normalize().as_tuple().digits[0] == 1]

    assert [dict(fact.dimensions)["column"] for fact in opening] == list(EQUITY)


def draw_pledged(canvas: Canvas) -> None:
    """Two tables of notes below each other; three dates set close over their columns; words behind the last figures."""
    text(canvas, 60, 40, "(四)主要管理阶层薪酬", font=CHINESE, size=8)
    for x, date in ((300, "112年1至3月"), (380, "111年1至3月")):
        text(canvas, x, 54, date, font=CHINESE, size=8)
    for row, (label, paid) in enumerate((("薪资", ("89,267", "85,823")), ("退职后福利", ("1,949", "1,890")))):
        text(canvas, 60, 68 + 12 * row, label, font=CHINESE, size=8)
        for x, figure in zip((350, 430), paid, strict=True):
            text(canvas, x, 68 + 12 * row, figure, font=CHINESE, size=8, right=True)
    text(canvas, 60, 96, "八、质押之资产", font=CHINESE, size=8)
    for x, date in ((262, "112年3月31日"), (314, "111年12月31日"), (370, "111年3月31日")):
        text(canvas, x, 110, date, font=CHINESE, size=8)
    text(canvas, 440, 110, "担保用途", font=CHINESE, size=8)
    rows = (("土地", ("594,905", "622,763", "597,222"), "注"), ("机器设备", ("563,599", "624,000", "476,360"), "银行借款及其他融资"))
    for row, (label, figures, use) in enumerate(rows):
        text(canvas, 60, 124 + 12 * row, label, font=CHINESE, size=8)
        for x, figure in zip((308, 362, 418), figures, strict=True):
            text(canvas, x, 124 + 12 * row, figure, font=CHINESE, size=8, right=True)
        text(canvas, 450 if use == "注" else 424, 124 + 12 * row, use, font=CHINESE, size=8)
    for x, figure in zip((308, 362, 418), ("1,158,504", "1,246,763", "1,073,582"), strict=True):
        text(canvas, x, 148, figure, font=CHINESE, size=8, right=True)


def test_a_date_line_begins_another_table_and_each_date_heads_its_column() -> None:
    facts = extract(parse(pdf(draw_pledged, size=WIDE), "附注.pdf"))
    pledged = [(fact.metric[-1], fact.value, fact.period) for fact in facts if fact.value > 400_000]

    dates = ("2023-03-31", "2022-12-31", "2022-03-31")
    assert pledged[:3] == [("土地", Decimal(value), date) for value, date in zip((594_905, 622_763, 597_222), dates, strict=True)]
    assert pledged[3:6] == [("机器设备", Decimal(value), date) for value, date in zip((563_599, 624_000, 476_360), dates, strict=True)]
    assert pledged[6:] == [
        ("质押之资产", Decimal(value), date) for value, date in zip((1_158_504, 1_246_763, 1_073_582), dates, strict=True)
    ]


MOVED: Sequence[tuple[str, Sequence[str]]] = (
    ("111年", ()),
    ("111年1月1日余额", ("1,000,500", "250,400")),
    ("本期净利", ("-", "90,300")),
    ("分配股东现金股利", ("-", "( 40,200)")),
    ("111年9月30日余额", ("1,000,500", "300,500")),
    ("112年", ()),
    ("112年1月1日余额", ("1,000,500", "320,600")),
    ("本期净利", ("-", "80,700")),
    ("分配股东现金股利", ("-", "( 30,100)")),
    ("112年9月30日余额", ("1,000,500", "371,200")),
)


def draw_moved(canvas: Canvas) -> None:
    spaced(canvas, 200, 40, "示范纺织股份有限公司及子公司", 11)
    spaced(canvas, 220, 54, "合并权益变动表", 15)
    text(canvas, 200, 68, "民国 112 年及 111 年 1 月 1 日至 9 月 30 日", font=CHINESE, size=8)
    text(canvas, 500, 82, "单位：新台币仟元", font=CHINESE, size=8, right=True)
    for right, head in zip((380, 500), ("普通股股本", "未分配盈余"), strict=True):
        text(canvas, right, 104, head, font=CHINESE, size=8, right=True)
    for row, (label, figures) in enumerate(MOVED):
        text(canvas, 80, 120 + 12 * row, label, font=CHINESE, size=8)
        for right, figure in zip((380, 500), figures, strict=False):
            text(canvas, right, 120 + 12 * row, figure, font=CHINESE, size=8, right=True)


def test_what_moved_equity_within_nine_months_is_of_these_under_the_heading_of_their_year() -> None:
    facts = extract(parse(pdf(draw_moved, size=(595.0, 842.0)), "equity.pdf"))
    paid = {fact.period: fact.value for fact in facts if fact.metric[-1] == "分配股东现金股利" and fact.value}
    assert paid == {"2022-01-01/2022-09-30": Decimal(-40_200_000), "2023-01-01/2023-09-30": Decimal(-30_100_000)}


def test_a_span_of_time_that_a_page_parts_is_read_whole() -> None:
    cells = [
        Cell(row, column, one, (60.0 + 100 * column, 200.0 + 12 * row, 150.0 + 100 * column, 210.0 + 12 * row))
        for row, line in enumerate(
            (("至9月30日", "其他", "合计"), ("营业收入", "$ 70,393,005", "$ 107,795,435"), ("其他收入", "62,100", "91,400"))
        )
        for column, one in enumerate(line)
    ]
    table = Block("table", "", (60, 200, 400, 240), cells, title="营业收入 / 112年7月1日", note="单位：新台币仟元")
    page = Page(1, 595.0, 842.0, [Block("paragraph", "示范纺织股份有限公司 民国112年及111年1月1日至9月30日"), table])
    facts = extract(Document("notes.pdf", "0" * 64, "application/pdf", 1, [page]))
    assert {fact.period for fact in facts if fact.metric[-1] == "营业收入"} == {"2023-07-01/2023-09-30"}


def draw_note(canvas: Canvas) -> None:
    draw_pledged(canvas)
    text(canvas, 60, 220, "合并公司之质押资产", font=CHINESE, size=8)


def test_pages_of_a_report_that_state_no_scale_are_read_in_thousands() -> None:
    """Its first page says so once. The certificate tells that no page in the file does."""
    document = parse(pdf(draw_note, size=WIDE), "附注.pdf")
    facts = extract(document)
    land = next(fact for fact in facts if fact.text == "594,905")

    assert (land.value, land.unit, land.scale) == (Decimal(594_905_000), "TWD", Decimal(1000))
    assert document.doubts.assumed_scale
    assert any("thousands" in loss for loss in certify(document, facts).losses)


def draw_stated(canvas: Canvas) -> None:
    draw_note(canvas)
    text(canvas, 60, 200, "(金额除注明外，均以新台币万元为单位)", font=CHINESE, size=8)


def test_a_sentence_states_the_scale_of_all_tables() -> None:
    document = parse(pdf(draw_stated, size=WIDE), "附注.pdf")
    land = next(fact for fact in extract(document) if fact.text == "594,905")

    assert land.scale == Decimal(10_000)
    assert not document.doubts.assumed_scale


def draw_other_money(canvas: Canvas) -> None:
    draw_note(canvas)
    text(canvas, 60, 200, "担保金额以3亿元为限", font=CHINESE, size=8)


def draw_in_full(canvas: Canvas) -> None:
    draw_note(canvas)
    text(canvas, 60, 200, "(金额均以新台币元为单位)", font=CHINESE, size=8)


@pytest.mark.parametrize(("draw", "scale"), [(draw_other_money, 1000), (draw_in_full, 1)])
def test_a_limit_in_money_is_no_scale_and_plain_dollars_are_one(draw: Callable[[Canvas], None], scale: int) -> None:
    land = next(fact for fact in extract(parse(pdf(draw, size=WIDE), "附注.pdf")) if fact.text == "594,905")

    assert land.scale == scale


def draw_rates(canvas: Canvas) -> None:
    text(canvas, 60, 40, "合并公司之汇率", font=CHINESE, size=8)
    for x, date in ((262, "112年3月31日"), (314, "111年12月31日"), (370, "111年3月31日")):
        text(canvas, x, 54, date, font=CHINESE, size=8)
    for row, (label, figures) in enumerate((("期末汇率", ("30.45", "30.71", "28.62")), ("使用年数", ("5", "6", "7")))):
        text(canvas, 60, 68 + 12 * row, label, font=CHINESE, size=8)
        for x, figure in zip((308, 362, 418), figures, strict=True):
            text(canvas, x, 68 + 12 * row, figure, font=CHINESE, size=8, right=True)


def test_a_table_without_amounts_is_not_read_in_thousands() -> None:
    facts = extract(parse(pdf(draw_rates, size=WIDE), "附注.pdf"))

    assert {fact.value for fact in facts} >= {Decimal("30.45"), Decimal(5)}
