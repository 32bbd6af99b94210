"""Counts in tables without a unit, of papers that print their amounts to the cent."""

from __future__ import annotations

from finfoundry.knowledge.ingest.parse_file import parse

HEAD = "# 岚屿科技股份有限公司\n\n2024年年度报告\n\n"
ROWS = "| 岑怀瑾 | 9 | 8 | 310,000 |\n| 卞如晦 | 9 | 9 | 80,000 |\n"
BOARD = f"## 董事履职\n\n| 姓名 | 应参加次数 | 亲自出席次数 | 报酬 |\n|---|---|---|---|\n{ROWS}"


def paper(amount: str) -> dict[str, str | None]:
    """The unit of each figure of the board, by what is printed."""
    rows = "".join(f"| 项目{place} | {place + 1},204{amount} | {place + 2},118{amount} |\n" for place in range(60))
    amounts = f"## 费用\n\n单位：元 币种：人民币\n\n| 项目 | 2024年 | 2023年 |\n|---|---|---|\n{rows}\n"
    facts = parse(f"{HEAD}{amounts}{BOARD}".encode(), "岚屿.md").facts
    return {fact.text: fact.unit for fact in facts if not fact.metric[-1].startswith("项目")}


def test_small_whole_numbers_among_cents_are_counts() -> None:
    assert paper(".50") == {"9": "count", "8": "count", "310,000": "CNY", "80,000": "CNY"}


def test_where_amounts_are_whole_small_ones_may_be_money() -> None:
    assert set(paper("").values()) == {"CNY"}
