"""Tables of a PDF exported row by row: cells cut into lines, columns beside their headings, pages."""

import json
from collections.abc import Sequence

from finfoundry.core.document import Document
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.formats.exported_tables import in_columns, whole_rows, with_own_headings
from finfoundry.knowledge.formats.text import parse_text


def export(*pages: Sequence[Sequence[str]]) -> Document:
    lines = list[dict[str, object]]()
    for number, items in enumerate(pages, 1):
        for item in ["页眉 样本公司2019年年度报告全文", *items]:
            kind = "excel" if not isinstance(item, str) else "页眉" if item.startswith("页眉") else "text"
            lines.append({"page": number, "allrow": len(lines), "type": kind, "inside": str(item)})
    return parse_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode(), "report.txt")


def values(document: Document) -> dict[tuple[str, str], str]:
    return {(fact.metric[-1], fact.period[-10:]): f"{fact.value:.2f}" for fact in extract(document)}


def test_a_figure_cut_over_the_lines_of_its_cell_is_whole_again() -> None:
    rows = [["", "33,", ""], ["股本", "335,000.0", "-5,250.00"], ["", "0", ""], ["盈余公积", "1,250.00", "74.50"]]
    assert whole_rows(rows, 2) == [["股本", "33,335,000.00", "-5,250.00"], ["盈余公积", "1,250.00", "74.50"]]


def test_percents_and_counts_are_cut_too() -> None:
    rows = [["", "100.00", "101,"], ["合计", "%", "800"]]
    assert whole_rows(rows, 2) == [["合计", "100.00%", "101,800"]]


def test_figures_of_two_rows_are_not_put_together() -> None:
    rows = [["", "1,250.00"], ["合计", "3,000.00"]]
    assert whole_rows(rows, 2) == rows


def test_figures_that_stand_above_their_labels_join_them_where_a_table_does_so_twice() -> None:
    rows = [
        ["", "36.20", "", "人员增加"],
        ["销售费用", "", "39.83%", "所致"],
        ["", "22.30", "", "加大投入"],
        ["研发费用", "", "42.57%", "所致"],
    ]
    assert [row[:3] for row in whole_rows(rows, 2)] == [["销售费用", "36.20", "39.83%"], ["研发费用", "22.30", "42.57%"]]
    assert whole_rows(rows[:2], 2) == rows[:2]


def test_figures_beside_their_headings_get_them_where_there_is_one_way() -> None:
    drifted = [["", "", "2019年", "", "2018年"], ["费用", "1.00", "", "2.00", ""], ["税", "3.00", "", "4.00", ""]]
    assert with_own_headings(drifted)[:2] == [["", "2019年", "2018年"], ["费用", "1.00", "2.00"]]
    open_both_ways = [["", "新增", "", "减少", "", "期末"], ["补助", "", "7.00", "", "6.00", ""]]
    assert with_own_headings(open_both_ways) == open_both_ways


def test_rows_come_into_as_many_columns_as_the_page_before_has() -> None:
    assert in_columns([["利息", "", "4.00", "", "2.00"], ["合计", "4.00", "", "2.00", ""]], 3) == [
        ["利息", "4.00", "2.00"],
        ["合计", "4.00", "2.00"],
    ]
    assert in_columns([["利息", "4.00", "", "2.00"]], 3) == [["利息", "4.00", "2.00"]]
    assert in_columns([["利息", "4.00", "1.00", "2.00"]], 3) is None


def test_a_table_goes_on_over_pages_under_the_headings_of_its_first_also_past_one_without_figures() -> None:
    first = ["利润表", "单位：元", ["项目", "2019年度", "2018年度"], ["营业收入", "1,000.00", "900.00"]]
    document = export(
        first, [["其他综合收益"], ["其他"]], [["综合收益总额", "65.00", "75.00"]], ["八、重大事项", ["担保总额", "1.00", "2.00"]]
    )
    told = values(document)
    assert told["综合收益总额", "2019-12-31"] == "65.00"
    assert told["综合收益总额", "2018-12-31"] == "75.00"
    assert [block.continued for page in document.pages for block in page.blocks if block.kind == "table"] == [False, False, True, False]


def test_headings_alone_at_the_foot_of_a_page_head_the_next() -> None:
    document = export(
        ["财务费用", "单位：元", ["项目", "2019年度", "2018年度"]], [["利息支出", "", "4.00", "", "2.00"], ["合计", "4.00", "", "2.00", ""]]
    )
    told = values(document)
    assert told["利息支出", "2018-12-31"] == "2.00"
    assert not document.doubts.not_told_apart
