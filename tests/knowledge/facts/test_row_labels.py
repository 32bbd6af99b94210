"""Labels of rows and the groups that they stand in."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import Rows, document, table

from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.table.row_labels import clean_label, opens_group


def paths(rows: Rows, **options: object) -> list[tuple[str, ...]]:
    head = ["", "December 31, 2024"]
    facts = extract(document([table([head, *rows], title="Consolidated Balance Sheets", **options)]))  # type: ignore[arg-type]
    return [fact.metric for fact in facts]


def test_a_total_closes_the_group_that_it_names_and_a_bare_one_closes_none() -> None:
    assert paths(
        [
            ["Inventory, at lower of cost:", ""], ["Raw materials", "1"], ["Finished goods", "2"], ["Total inventory", "3"],
            ["Plant:", ""], ["Land", "4"], ["Buildings", "5"], ["Total", "9"], ["Total plant", "9"], ["Goodwill", "6"],
        ]
    ) == [
        ("Inventory, at lower of cost", "Raw materials"), ("Inventory, at lower of cost", "Finished goods"), ("Total inventory",),
        ("Plant", "Land"), ("Plant", "Buildings"), ("Plant", "Total"), ("Total plant",), ("Goodwill",),
    ]  # fmt: skip


def test_a_total_that_names_an_inner_group_leaves_the_outer_open() -> None:
    assert paths(
        [["Assets:", ""], ["Current assets:", ""], ["Cash", "1"], ["Total current assets", "2"], ["Deposits", "3"]],
        indents=[0, 0, 2, 4, 2, 2],
    ) == [("Assets", "Current assets", "Cash"), ("Assets", "Total current assets"), ("Assets", "Deposits")]


def test_parts_of_a_row_stand_below_it_also_in_the_second_line_of_the_ministrys_form() -> None:
    found = paths([["其他应付款", "9"], ["其中：应付利息", "4"], ["应付股利", "3"], ["合同负债", "5"]])
    assert found == [("其他应付款",), ("其他应付款", "应付利息"), ("其他应付款", "应付股利"), ("合同负债",)]


def test_a_part_that_is_empty_still_splits_its_row() -> None:
    assert paths([["其他应付款", "9"], ["其中：应付利息", ""], ["应付股利", "3"], ["合同负债", "5"]])[1:] == [
        ("其他应付款", "应付股利"),
        ("合同负债",),
    ]


def test_a_group_in_a_column_of_its_own_goes_on_until_the_next() -> None:
    rows = [["Region", "Item", "2024"], ["North", "Sales", "1"], ["", "Costs", "2"], ["South", "Sales", "3"], ["", "Costs", "4"]]
    facts = extract(document([table(rows, title="Segments")]))
    assert [fact.metric[-2:] for fact in facts] == [("North", "Sales"), ("North", "Costs"), ("South", "Sales"), ("South", "Costs")]


def test_a_label_wrapped_over_two_rows_is_one() -> None:
    assert paths([["Cash, cash equivalents and", ""], ["restricted cash", "5"], ["Inventories, net", "3"]]) == [
        ("Cash, cash equivalents and restricted cash",),
        ("Inventories, net",),
    ]


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("Revenue (1)", "Revenue"), ("Revenue (a)", "Revenue"), ("Revenue (1), (2)", "Revenue"), ("Revenue [3]", "Revenue"),
        ("Revenue*", "Revenue"), ("Revenue†‡", "Revenue"), ("Revenue¹", "Revenue"), ("Revenue . . . . .", "Revenue"),
        ("Revenue ………", "Revenue"), ("Revenue:", "Revenue"), ("营业收入：", "营业收入"), ("  Net   sales ", "Net sales"),
        ("Loss (income)", "Loss (income)"), ("Level 3", "Level 3"), ("Notes (net)", "Notes (net)"),
    ],
)  # fmt: skip
def test_a_label_is_told_without_dots_and_marks(printed: str, plain: str) -> None:
    assert clean_label(printed) == plain


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("分行业", True), ("按产品分类", True), ("分地区", True), ("按业务类型", True), ("二、其他资料", True), ("每股数据", True),
        ("短期借款", False), ("零售客户", False), ("按公允价值计量", False), ("一、营业收入", False),
    ],
)  # fmt: skip
def test_a_chinese_line_without_numbers_opens_a_group_only_where_it_says_so(text: str, opens: bool) -> None:
    assert opens_group(text) is opens
    found = paths([[text, ""], ["其他资料甲", "5"]])
    assert found == [(clean_label(text), "其他资料甲") if opens else ("其他资料甲",)]


def test_a_note_that_goes_on_below_its_label_is_no_heading_of_the_next_row() -> None:
    rows: Rows = [["所得稅費用（附註四、", "304"], ["三、二五及三二）", ""], ["本期淨利", "1,287"], ["Notes (a):", ""], ["Bonds", "5"]]
    assert paths(rows) == [("所得稅費用",), ("本期淨利",), ("Notes (a)", "Bonds")]


@pytest.mark.parametrize(
    ("labels", "empty"),
    [
        (("2025", "2026", "2027", "2028"), "2026"), (("2025", "2026", "2027"), "2025"), (("2020年", "2021年", "2022年"), "2020年"),
        (("2022", "2023", "2024"), "2024"), (("FY2026", "FY2027", "FY2028"), "FY2027"), (("Level 1", "Level 2", "Level 3"), "Level 1"),
        (("2024年1月", "2024年2月", "2024年3月"), "2024年2月"),
    ],
)  # fmt: skip
def test_a_row_without_figures_among_rows_of_its_form_heads_nothing(labels: tuple[str, ...], empty: str) -> None:
    rows = [[label, "" if label == empty else "5"] for label in labels]
    found = paths([*rows, ["Thereafter", "7"], ["Total", "9"]])
    assert found == [(label,) for label in labels if label != empty] + [("Thereafter",), ("Total",)]


def test_what_stands_below_an_empty_year_of_a_ladder_is_not_of_that_year() -> None:
    rows = [["", "EUR"], ["2021", "256"], ["2022", "260"], ["2023", ""], ["Total", "516"]]
    facts = extract(document([table(rows)]))
    assert [fact.period for fact in facts if fact.metric == ("Total",)] == ["2024-01-01/2024-12-31"]


@pytest.mark.parametrize(
    ("rows", "path"),
    [
        ([["2024", ""], ["Bonds", "5"], ["Loans", "3"], ["2023", ""], ["Bonds", "4"], ["Loans", "2"]], ("2023", "Bonds")),
        ([["2024", ""], ["2024", "5"], ["2023", "3"], ["2022", "2"]], ("2024", "2023")),  # the year over the years of origin
        ([["2024", ""], ["Plan 2021", "5"], ["Plan 2022", "3"]], ("2024", "Plan 2021")),
        ([["2023", ""], ["Current", "4"], ["2024", "6"]], ("2023", "Current")),
        ([["Bonds 1", ""], ["Bonds due", "4"], ["Bonds called", "6"]], ("Bonds 1", "Bonds due")),
    ],
)
def test_a_year_over_rows_of_another_form_heads_them(rows: Rows, path: tuple[str, ...]) -> None:
    assert path in paths(rows)


def test_a_year_over_rows_that_are_set_in_heads_them() -> None:
    rows = [["2021", ""], ["2020", "5"], ["2019", "3"]]
    assert paths(rows, indents=[0, 0, 2, 2]) == [("2021", "2020"), ("2021", "2019")]
