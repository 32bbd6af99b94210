"""What a table states once for all its numbers: scale and currency, and the end of the years that head its columns."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import document, table, values

from finfoundry.core.document import Block, Document
from finfoundry.knowledge.facts.extract import extract
from finfoundry.knowledge.ingest.certificate import certify

PLAIN = [Block("heading", "Heron Mills plc"), Block("heading", "Annual report 2024")]
ROWS = [["Revenue", "35,919", "34,100"], ["Total assets", "99,000", "98,000"]]


def paper(head: str, place: str, years: tuple[str, str] = ("2024", "2023"), corner: str = "") -> Document:
    """A report with one table, and what it states in the corner, in a line above, in a title, or in a heading over the columns."""
    if place == "corner":
        blocks = [table([[head, *years], *ROWS])]
    elif place == "title":
        blocks = [table([[corner, *years], *ROWS], title=head)]
    elif place == "over":
        blocks = [table([["", f"{head}>2"], [corner, *years], *ROWS])]
    else:
        blocks = [Block("paragraph", head), table([[corner, *years], *ROWS])]
    return document(blocks, cover=PLAIN)


@pytest.mark.parametrize("place", ["corner", "above", "title"])
@pytest.mark.parametrize(
    ("head", "value", "unit"),
    [
        ("GBP thousand", "35919000", "GBP"),
        ("Rs. in lakhs", "3591900000", "INR"),
        ("TEUR", "35919000", "EUR"),
        ("港幣千元", "35919000", "HKD"),
    ],
)
def test_scale_and_currency_of_a_table(head: str, value: str, unit: str, place: str) -> None:
    assert values(extract(paper(head, place)), "Revenue")[0][:2] == (value, unit)


def test_columns_that_state_their_own() -> None:
    facts = extract(paper("Group accounts", "above", ("2024 £m", "2023 US$'000")))
    assert [found[:2] for found in values(facts, "Revenue")] == [("35919000000", "GBP"), ("34100000", "USD")]
    assert not facts[0].dimensions


@pytest.mark.parametrize("head", ["in zillions of euros", "CHF thousends"])
def test_a_scale_not_understood_marks_the_document(head: str) -> None:
    paper_ = paper(head, "corner")
    facts = extract(paper_)
    certificate = certify(paper_, facts)
    assert {fact.unit for fact in facts} == {None}
    assert certificate.mark
    assert certificate.score < 0.75


def test_dollars_are_those_that_are_stated() -> None:
    rows = [["", "2024", "2023"], ["Revenue", "$ 35,919", "$ 34,100"]]
    facts = extract(document([Block("paragraph", "Expressed in thousands of Canadian dollars"), table(rows)], cover=PLAIN))
    assert values(facts, "Revenue")[0][:2] == ("35919000", "CAD")


def test_no_currency_is_null() -> None:
    facts = extract(document([table([["", "2024", "2023"], ["Drivers, full-time equivalents", "41.5", "39.0"]])], cover=PLAIN))
    assert [fact.unit for fact in facts] == [None, None]
    chinese = [Block("heading", "苍鹭纺织股份有限公司"), Block("heading", "2024 年年度报告")]
    assert extract(document([table([["项目", "2024年"], ["专职岗位", "41.5"]])], cover=chinese))[0].unit is None


def test_yuan_alone_is_cny_and_the_text_may_state_a_currency() -> None:
    chinese = [Block("heading", "苍鹭纺织股份有限公司"), Block("heading", "2024 年年度报告")]
    assert extract(document([table([["项目（元）", "2024年"], ["营业收入", "4,150"]])], cover=chinese))[0].unit == "CNY"
    stated = [*PLAIN, Block("paragraph", "All amounts are in Norwegian kroner unless noted otherwise.")]
    assert extract(document([table([["", "2024"], ["Revenue", "4,150"]])], cover=stated))[0].unit == "NOK"


ENDS = [
    ("Year ended 31 March", "2023-04-01/2024-03-31", "2024-03-31"),
    ("For the years ended September 30,", "2023-10-01/2024-09-30", "2024-09-30"),
    ("52 weeks ended 28 September", "2023-10-01/2024-09-28", "2024-09-28"),
    ("Statement of financial position as at 30 June", None, "2024-06-30"),
    ("截至六月三十日止年度", "2023-07-01/2024-06-30", "2024-06-30"),
    ("截至6月30日止年度", "2023-07-01/2024-06-30", "2024-06-30"),
]


@pytest.mark.parametrize("place", ["corner", "above", "title", "over"])
@pytest.mark.parametrize(("head", "span", "day"), ENDS)
def test_years_end_where_it_is_stated(head: str, span: str | None, day: str, place: str) -> None:
    facts = extract(paper(head, place, corner="£m"))
    if span is not None:
        assert values(facts, "Revenue")[0][2] == span
    assert values(facts, "Total assets")[0][2] == day


def test_a_full_date_in_the_title_dates_the_year_before_too() -> None:
    facts = extract(paper("Balance sheet at 31 March 2024", "title", corner="£m"))
    assert [period for _, _, period in values(facts, "Total assets")] == ["2024-03-31", "2023-03-31"]


def test_tables_without_a_day_end_as_the_document_says() -> None:
    blocks = [Block("paragraph", "Accounts for the years ended 31 March"), table([["", "2024"], ["Revenue", "1,234"]])]
    later = [Block("paragraph", text) for text in ("Other matters of the group", "that are of interest", "to its owners")]
    facts = extract(document([*blocks, *later, table([["£m", "2024", "2023"], *ROWS])], cover=PLAIN))
    assert {period for _, _, period in values(facts, "Total assets")} == {"2024-03-31", "2023-03-31"}


def test_a_day_in_running_text_ends_no_year() -> None:
    text = (
        "On 15 May the board declared a dividend, which was paid on 30 June to those who held shares on the register of members"
        " at the end of trading on that day; see below."
    )
    facts = extract(document([Block("paragraph", text), table([["£m", "2024", "2023"], *ROWS])], cover=PLAIN))
    assert values(facts, "Total assets")[0][2] == "2024-12-31"


@pytest.mark.parametrize(
    ("over", "value", "unit"),
    [
        ("KRW 100 million", "3591900000000", "KRW"),
        ("RMB100 million", "3591900000000", "CNY"),
        ("(10,000 yuan)", "359190000", "CNY"),
        ("Millions of euros", "35919000000", "EUR"),
        ("百万円", "35919000000", "JPY"),
        ("单位：元 币种：人民币", "35919", "CNY"),
    ],
)
@pytest.mark.parametrize("own_row", [True, False])
def test_a_unit_repeated_over_each_column(over: str, value: str, unit: str, *, own_row: bool) -> None:
    heads = [["", "2024", "2023"], ["", over, over]] if own_row else [["", f"2024 {over}", f"2023 {over}"]]
    found = values(extract(document([table([*heads, *ROWS])], cover=PLAIN)), "Revenue")
    assert found[0][:2] == (value, unit)


@pytest.mark.parametrize(
    ("heads", "units"),
    [
        ([["", "2024", "2024"], ["", "£m", "US$m"]], [("GBP", 6), ("USD", 6)]),
        ([["", "£m", "US$"], ["", "2024", "2024"]], [("GBP", 6), ("USD", 0)]),
        ([["", "2024 £m", "2024 US$m"]], [("GBP", 6), ("USD", 6)]),
        ([["US$ thousand", "2024", "2024"], ["", "USD", "EUR"]], [("USD", 3), ("EUR", 3)]),
        ([["", "2024 CHF thousends", "2023 £m"]], [(None, 0), ("GBP", 6)]),
    ],
)
def test_columns_of_different_units_keep_their_own(heads: list[list[str]], units: list[tuple[str | None, int]]) -> None:
    paper_ = document([table([*heads, *ROWS])], cover=PLAIN)
    facts = extract(paper_)
    assert [(fact.unit, fact.scale) for fact in facts[:2]] == [(unit, 10**power) for unit, power in units]
    assert bool(certify(paper_, facts).mark) == (None in [unit for unit, _ in units])


def test_a_figure_below_the_years_stays_a_figure() -> None:
    rows = [["", "2024", "2023"], ["Facility", "KRW 100 million", "KRW 200 million"], ["Drawn", "KRW 10 million", "KRW 20 million"]]
    assert [fact.value for fact in extract(document([table(rows)], cover=PLAIN))] == [10**8, 2 * 10**8, 10**7, 2 * 10**7]


WEEKS = ["2024-09-28", "2023-09-30"]


@pytest.mark.parametrize(
    "head",
    [
        "52 weeks ended 28 September",
        "52 weeks ended Saturday 28 September",
        "52 weeks ended 28 September 2024",
        "52 weeks ended 28 September 2024 (2023: 52 weeks)",
    ],
)
@pytest.mark.parametrize("place", ["above", "over"])
def test_a_year_of_weeks_ends_on_its_own_day_each_year(head: str, place: str) -> None:
    assert [fact.period[-10:] for fact in extract(paper(head, place)) if fact.metric[-1] == "Revenue"] == WEEKS


def test_weeks_that_are_dated_for_both_years_keep_their_dates() -> None:
    facts = extract(paper("52 weeks ended 28 September 2024 and 53 weeks ended 30 September 2023", "above"))
    assert [fact.period[-10:] for fact in facts if fact.metric[-1] == "Revenue"] == WEEKS


@pytest.mark.parametrize("place", ["above", "over"])
def test_a_full_date_over_bare_years_holds_for_its_own_year(place: str) -> None:
    found = extract(paper("As at 30 June 2024", place))
    assert [fact.period for fact in found if fact.metric[-1] == "Total assets"] == ["2024-06-30", "2023-06-30"]


def test_a_day_in_full_width_digits() -> None:
    blocks = [Block("paragraph", "于６月３０日"), table([["项目", "2024", "2023"], ["资产总计", "99,000", "98,000"]])]
    assert [fact.period for fact in extract(document(blocks, cover=[Block("heading", "苍鹭纺织股份有限公司")]))] == [
        "2024-06-30",
        "2023-06-30",
    ]


@pytest.mark.parametrize("years", [("FY2024", "FY2023"), ("2024年", "2023年"), ("2024年度", "2023年度"), ("二零二四年", "二零二三年")])
@pytest.mark.parametrize("head", ["As at 30 June", "于6月30日", "於六月三十日", "截至六月三十日止年度"])
@pytest.mark.parametrize("place", ["above", "over"])
def test_a_named_year_ends_on_the_day_stated_over_it(head: str, years: tuple[str, str], place: str) -> None:
    rows = [["项目", *years], ["资产总计", "99,000", "98,000"]]
    blocks = [Block("paragraph", head), table(rows)] if place == "above" else [table([["", head, ""], *rows])]
    found = extract(document(blocks, cover=[Block("heading", "苍鹭纺织股份有限公司")]))
    assert [fact.period for fact in found] == ["2024-06-30", "2023-06-30"]


def test_a_named_year_without_a_day_stays_the_calendar_year() -> None:
    rows = [["项目", "2024年", "二零二三年"], ["营业收入", "4,150", "4,000"]]
    found = extract(document([table(rows)], cover=[Block("heading", "苍鹭纺织股份有限公司")]))
    assert [fact.period for fact in found] == ["2024-01-01/2024-12-31", "2023-01-01/2023-12-31"]
