"""Tables without a period, of papers that report on none: their figures are dated by the day that the paper gives itself."""

from __future__ import annotations

import pytest

from finfoundry.core.document import Block, Document, Page, Parsed
from finfoundry.knowledge.facts.issuers.own_day import own_day
from finfoundry.knowledge.ingest.parse_file import parse

LIMITS = "| Collateral | New | Renewal |\n|---|---|---|\n| Warehouses | 70% | 62% |\n| Vessels | 45% | 38% |\n"
LODGING = "| 职级 | 省会 | 其他 |\n|---|---|---|\n| 主管 | 620 | 480 |\n| 专员 | 390 | 310 |\n"
PREMIUMS = "| 年龄 | 计划甲 | 计划甲 |\n|---|---|---|\n| | 男 | 女 |\n| 20-29 | 1,310 | 1,240 |\n| 30-39 | 1,720 | 1,690 |\n"


def read(text: str, name: str = "paper.md") -> Parsed:
    return parse(text.encode(), name)


def test_limits_of_a_policy_hold_from_the_day_on_which_it_takes_effect_and_the_certificate_says_so() -> None:
    found = read(f"# Marine lending standard\n\nApproved on 3 March 2024. Effective 15 April 2024.\n\n## Loan to value\n\n{LIMITS}")
    assert {(fact.metric[-1], fact.text, fact.period) for fact in found.facts} == {
        ("Warehouses", "70%", "2024-04-15"),
        ("Warehouses", "62%", "2024-04-15"),
        ("Vessels", "45%", "2024-04-15"),
        ("Vessels", "38%", "2024-04-15"),
    }
    assert "4 figures without a period are dated 2024-04-15, the day that the paper gives itself" in found.certificate.losses


def test_a_table_of_a_paper_that_names_no_day_stays_without_facts() -> None:
    found = read(f"# Marine lending standard\n\n## Loan to value\n\n{LIMITS}")
    assert not found.facts
    assert any("no row or period" in loss for loss in found.certificate.losses)


def test_the_number_of_a_repealed_rule_dates_nothing() -> None:
    text = f"# 栖霞湾银行差旅管理办法\n\n自2024年8月1日起施行\n\n## 住宿\n\n单位：元\n\n{LODGING}\n\n原办法（栖银发〔2019〕7号）同时废止。"
    assert {fact.period for fact in read(text, "栖霞湾银行_差旅.md").facts} == {"2024-08-01"}


def test_the_day_of_the_last_change_is_no_end_of_a_year() -> None:
    text = f"# Questions about lending\n\n_Last updated: 6 May 2024._\n\n## Limits\n\n{LIMITS}"
    assert {fact.period for fact in read(text).facts} == {"2024-05-06"}


def test_the_year_of_an_edition_further_up_is_no_year_of_the_figures() -> None:
    text = f"# 栖霞湾证券收费标准\n\n版本：2024年第3版 生效日期：2024年8月1日\n\n## 住宿\n\n{LODGING}"
    assert {fact.period for fact in read(text, "栖霞湾证券_收费.md").facts} == {"2024-08-01"}


def test_columns_of_men_and_women_are_told_apart() -> None:
    text = f"# 附约条款\n\n2023年7月1日核准\n\n## 年缴保费（单位：元）\n\n{PREMIUMS}"
    first = [fact for fact in read(text).facts if fact.metric[-1] == "20-29"]
    assert [(fact.text, fact.dimensions[0][1].split(" · ")[-1]) for fact in first] == [("1,310", "男"), ("1,240", "女")]


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("In force from 1 February 2023, last revised 9 January 2023", "2023-02-01"),
        ("Last revised 9 January 2023", "2023-01-09"),
        ("生效日期：2023年2月1日", "2023-02-01"),
        ("The bridge was opened on 1 February 2023", None),
    ],
)
def test_a_day_is_the_papers_own_by_the_words_beside_it(line: str, day: str | None) -> None:
    paper = Document("paper.md", "0" * 64, "text/markdown", 1, [Page(1, 0, 0, [Block("paragraph", line)])])
    found = own_day(paper)
    assert (found.iso if found else None) == day
