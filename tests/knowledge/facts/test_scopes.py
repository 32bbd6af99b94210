"""Group and bank side by side, in a report whose truth is known."""

from functools import lru_cache

import pytest

from finfoundry.core.document import Parsed
from finfoundry.demo.report import annual_report
from finfoundry.knowledge.facts.table.column_headers import _CHANGE
from finfoundry.knowledge.ingest.parse_file import parse


@lru_cache(maxsize=1)
def parsed() -> Parsed:
    return parse(annual_report().data, "report.pdf")


@pytest.mark.parametrize("scope", ["consolidated", "parent"])
@pytest.mark.parametrize(("key", "concept"), [("total_assets", "Assets"), ("net_profit", "ProfitLoss")])
def test_each_column_has_its_scope(scope: str, key: str, concept: str) -> None:
    truth = annual_report().find(key, scope=scope)  # type: ignore[arg-type]
    found = {fact.value for fact in parsed().facts if (fact.concept, fact.scope, fact.period) == (concept, scope, truth.period)}
    assert truth.value in found
    assert not any(fact.dimensions for fact in parsed().facts if fact.concept == concept and fact.value == truth.value)


def test_the_identities_of_both_scopes_are_tried_and_hold() -> None:
    identities = parsed().certificate.identities
    assert len(identities) >= 20
    assert all(identity.held for identity in identities)


@pytest.mark.parametrize(
    ("text", "change"), [("31 Dec 2024", False), ("Inc/(Dec)", True), ("% Change", True), ("Increase (Decrease)", True)]
)
def test_december_is_no_decrease(text: str, change: bool) -> None:
    assert bool(_CHANGE.search(text)) == change


def test_what_belongs_to_the_parents_owners_is_the_groups() -> None:
    table = "| 项目 | 归属于母公司所有者权益 | 少数股东权益 |\n|---|---|---|\n| 期末余额 | 5,410 | 320 |\n| 期初余额 | 5,110 | 300 |\n"
    found = parse(f"# 岚屿科技股份有限公司\n\n2024年年度报告\n\n## 合并所有者权益变动表\n\n单位：万元\n\n{table}".encode(), "a.md").facts
    assert {fact.scope for fact in found} == {"consolidated"}
