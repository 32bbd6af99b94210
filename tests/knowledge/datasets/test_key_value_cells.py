"""Texts that a paper prints beside a label."""

from __future__ import annotations

import pytest

from finfoundry.knowledge.datasets.key_value_cells import PlacedCell, label_names, said_beside


def cells(*rows: str, page: int = 1) -> list[PlacedCell]:
    return [PlacedCell(page, 0, r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row.split("|")) if text]


def first(held: list[PlacedCell], *phrases: str) -> str | None:
    return next((said.value for said in said_beside(held, phrases)), None)


PARTICULARS = cells(
    "公司的法定代表人|王一", "中国注册和办公地址：|海州市东路 1 号", "公司国际互联网网址||http://www.example.cn/", "电子信箱|ir@example.cn"
)


@pytest.mark.parametrize(
    ("phrase", "value"),
    [
        ("法定代表人", "王一"),
        ("注册地址", "海州市东路 1 号"),
        ("办公地址", "海州市东路 1 号"),
        ("国际互联网网址", "http://www.example.cn/"),
        ("电子信箱", "ir@example.cn"),
    ],
)
def test_a_label_has_its_text_at_its_right(phrase: str, value: str) -> None:
    assert first(PARTICULARS, phrase) == value


def test_joined_labels_stand_for_both() -> None:
    assert {"注册地址", "办公地址"} <= label_names("中国注册和办公地址：")
    assert "会计师事务所" in label_names("公司聘请的会计师事务所（境内）")


def test_what_a_cell_says_under_other_labels_is_cut_off() -> None:
    held = cells("董事会秘书：|李二联系电话： 010-1234567传真： 010-7654321E-mail： ir@example.cn")
    assert first(held, "董事会秘书") == "李二"
    assert first(held, "E-mail") == "ir@example.cn"
    listed = cells("上市地点：|交易所： 海州证券交易所股票简称： 示例科技股票代码： 600999股份登记处： 海州")
    assert first(listed, "股票代码") == "600999"
    assert first(listed, "股票简称") == "示例科技"


def test_an_introduced_value_and_one_in_a_row_of_its_own() -> None:
    assert first(cells("公司聘请的会计师事务所（境内）|名称|甲乙会计师事务所", "|办公地址|海州"), "会计师事务所") == "甲乙会计师事务所"
    assert first(cells("公司注册地址", "|海州市西路 2 号"), "注册地址") == "海州市西路 2 号"


def test_persons_stand_below_their_office_and_listings_below_their_head() -> None:
    assert first(cells("|董事会秘书|证券事务代表", "姓名|李二|赵三", "电话|010-1|010-2"), "董事会秘书") == "李二"
    assert first(cells("股票种类|上市交易所|股票简称|股票代码|变更前简称", "A股|海州|示例科技|600999|示例"), "股票代码") == "600999"


def test_heads_of_columns_and_tables_of_persons_say_nothing() -> None:
    assert first(cells("子公司名称|主要经营地|注册地|业务性质", "甲公司|海州|海州|制造"), "注册地") is None
    assert first(cells("王一|董事长|现任|男|57", "李二|总经理|现任|女|50"), "董事长", "总经理") is None


def test_two_labels_may_share_a_row() -> None:
    held = cells("股票简称||示例科技|股票代码|600999", "公司名称|示例科技股份有限公司")
    assert first(held, "股票简称") == "示例科技"
    assert first(held, "股票代码") == "600999"
