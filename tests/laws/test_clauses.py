"""Rules cut into clauses, by any numbering that goes on."""

from __future__ import annotations

import pytest
from tests.laws.papers import notice, parsed, travel


def numbers(text: str, name: str = "rule.txt") -> list[str]:
    return [one.number for one in parsed(text, name).clauses if one.number]


def test_a_clause_has_its_sub_items_its_headings_and_its_place() -> None:
    found = {one.number: one for one in parsed(travel("1 March 2019", 180)).clauses}
    assert found["2.2"].text.startswith("2.2 Hotel limit. The cost of a hotel room must not exceed USD 180 per night:\n(a) in capital")
    assert found["2.2"].text.endswith("USD 300 per night.")
    assert "2. Accommodation" in found["2.2"].heading
    assert found["2.2"].locator == {"line": "15"}


@pytest.mark.parametrize(
    ("first", "wanted"),
    [
        (["1 Scope", "1.1 All.", "1.2 More.", "2 Rules", "2.1 Here.", "2.2 There."], ["1.1", "1.2", "2.1", "2.2"]),
        (["Section 1 Scope", "1(a) All.", "1(b) More.", "Section 2 Rules", "2(a) Here.", "2(b) There."], ["1(a)", "1(b)", "2(a)", "2(b)"]),
        (["R1. All.", "R2. More.", "R3. Here.", "R4. There."], ["R1", "R2", "R3", "R4"]),
        (["A. Scope", "A.1 All.", "A.2 More.", "B. Rules", "B.1 Here."], ["A.1", "A.2", "B.1"]),
        (["Article 1. All.", "Article 2. More.", "Article 3. Here."], ["Article 1", "Article 2", "Article 3"]),
        (["Clause 7 All.", "Clause 8 More.", "Clause 9 Here."], ["Clause 7", "Clause 8", "Clause 9"]),
        (["RULE 1 — Who", "1.1 All.", "1.2 More.", "RULE 2 — What", "2.1 Here."], ["1.1", "1.2", "2.1"]),
        (["1. All.", "2. More:", "1. an item.", "2. another.", "3. Here.", "4. There."], ["1", "2"]),
        (["1. All are paid up to", "3.2 million.", "2. More.", "3. Here."], ["1", "2", "3"]),
    ],
)
def test_numberings(first: list[str], wanted: list[str]) -> None:
    text = "Cash Handling Policy\n" + "\n".join(first)
    assert numbers(text)[: len(wanted)] == wanted


def test_the_number_of_a_page_is_no_part_of_a_clause() -> None:
    articles = [
        "第一条 为规范差旅，制定本办法。",
        "第二条 报销提交以下材料：",
        "— 5 —",
        "（一）申请表；",
        "第三条 本办法自2020年1月1日起施行。",
    ]
    text = "\n".join(["差旅管理办法", *articles])
    second = next(one for one in parsed(text, "rule.txt").clauses if one.number == "第二条")
    assert second.text == "第二条 报销提交以下材料：\n（一）申请表；"


def test_chinese_articles() -> None:
    assert numbers(notice("2020年3月1日", 5)) == ["第一条", "第二条", "第三条", "第四条"]


def test_a_report_is_no_rule() -> None:
    assert parsed("Quarterly report\n\nRevenue rose to 12 million in 2024.\n\nCosts fell.").clauses == []
