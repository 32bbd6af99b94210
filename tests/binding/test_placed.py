"""Places below the first, decided by the parts of the table that stores them; and what a sentence is read to say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.binding import verify
from finfoundry.core.document import Certificate, Document, Fact, Page, Parsed, Profile

REGIONS = """Northwind Traders
In millions of dollars
| Revenue by region | December 31, 2024 | December 31, 2023 |
|---|---|---|
| Total revenue | 1,290 | 1,170 |
| Harbour Region | 510 | 390 |
| Inland Region | 740 | 610 |
| Island Region | 40 | 170 |
"""
BRANCHES = """单位：万元
| 分行业 | 2024年 | 2023年 |
|---|---|---|
| 营业收入合计 | 1290 | 1170 |
| 茶叶行业 | 510 | 390 |
| 咖啡行业 | 740 | 610 |
| 香料行业 | 40 | 170 |
"""


@pytest.mark.parametrize(
    ("sentence", "evidence", "expected"),
    [
        ("Harbour Region was the second largest region in 2024, with $510 million.", REGIONS, "supported"),
        ("Inland Region was the second largest region in 2024, with $740 million.", REGIONS, "unsupported"),
        ("Harbour Region was the second-smallest region in 2024, with $510 million.", REGIONS, "supported"),
        ("Island Region ranked third in 2024, with $40 million.", REGIONS, "supported"),
        ("Island Region ranked second in 2024, with $40 million.", REGIONS, "unsupported"),
        ("Harbour Region, with $510 million, was the second largest in five years.", REGIONS, "unchecked"),
        ("Island Region ranked second among its peers in 2024, with $40 million.", REGIONS, "unchecked"),
        ("茶叶行业2024年收入510万元，位列第二。", BRANCHES, "supported"),
        ("咖啡行业2024年收入740万元，市场份额位居第二。", BRANCHES, "unchecked"),
        ("咖啡行业2024年收入740万元，位居第二。", BRANCHES, "unsupported"),
        ("2024年第二大行业是茶叶行业，收入510万元。", BRANCHES, "supported"),
        ("2024年第二大行业是咖啡行业，收入740万元。", BRANCHES, "unsupported"),
    ],
)
def test_a_place_below_the_first_is_decided_by_the_parts_of_its_table(sentence: str, evidence: str, expected: str) -> None:
    (checked,) = verify(sentence, [evidence]).sentences
    assert checked.status == expected, checked.reason


@pytest.mark.parametrize(
    ("sentence", "relation"),
    [
        ("Harbour Region had $510 million in 2024.", "level"),
        ("Harbour Region accounted for 39.5% of total revenue in 2024.", "share"),
        ("Inland Region was the largest region in 2024, with $740 million.", "extreme"),
        ("Harbour Region was the second largest region in 2024, with $510 million.", "rank"),
        ("Harbour Region was 12.75 times Island Region in 2024.", "multiple"),
    ],
)
def test_the_claim_tells_how_a_figure_stands_to_others(sentence: str, relation: str) -> None:
    (checked,) = verify(sentence, [REGIONS]).sentences
    assert [one.relation for one in checked.claims] == [relation]


def test_the_claim_tells_the_company_and_the_scope() -> None:
    profile = Profile(entity="Northwind Traders Inc", aliases=("NWT",), period="2024-01-01/2024-12-31", fiscal_year=2024)
    fact = Fact(("Total assets",), Decimal(900), "USD", "2024-12-31", "900", 1, entity="Northwind Traders Inc", scope="parent")
    paper = Parsed(Document("a.pdf", "0" * 64, "application/pdf", 1, [Page(1, 1, 1, [])], profile), [fact], Certificate())
    (known,) = verify("NWT's parent company had total assets of $900 in 2024.", [paper]).sentences
    assert [(one.subject, one.scope) for one in known.claims] == [("Northwind Traders Inc", "parent")]
    (other,) = verify("Fabrikam Inc had total assets of $900 in 2024.", [paper]).sentences
    assert [one.subject for one in other.claims] == [None]


def test_strict_does_not_hold_where_nothing_decides_a_sentence() -> None:
    told = "Harbour Region had $510 million in 2024. The office stands in Boston."
    assert verify(told, [REGIONS]).holds
    assert not verify(told, [REGIONS], strict=True).holds
    assert verify("Harbour Region had $510 million in 2024.", [REGIONS], strict=True).holds
