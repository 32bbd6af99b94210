"""A sentence that denies what another affirms, in both languages; and what is no denial of it."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest
from tests.ask.support.negated_sentences import negated

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.retrieve.evidence_ranking import Evidence
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.ask.support.denials import contradicts, denies_the_same
from finfoundry.ask.support.denied_quotations import denying, differ
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Language
from finfoundry.core.language import simplified

CONTRASTS = Path(__file__).parents[3] / "benchmarks" / "by_hand" / "contrast.jsonl"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Its brand is not loved by families.", "Its brand is loved by families of the harbour towns."),
        ("Yes, there are material legal proceedings pending against Nike.", "There are no material pending legal proceedings."),
        ("The Company paid dividends on its stock.", "The Company hasn’t paid any dividends on its stock."),
        ("公司的品牌不受家庭喜爱。", "公司的品牌深受港口城镇家庭喜爱。"),
        ("公司支付了股利。", "公司尚未支付股利。"),
        ("公司没有未决的重大訴訟。", "公司存在未决的重大诉讼。"),
    ],
)
def test_one_says_not_what_the_other_says(one: str, other: str) -> None:
    assert contradicts(one, other)
    assert contradicts(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Families do not love its brand.", "Its brand is not loved by families."),
        ("Its brand is loved by families.", "Its brand is loved not only by families but by sailors."),
        ("It does not intend to pay dividends.", "The Company will not pay any dividends."),
        ("The Company opened 47 stores.", "The Company opened 47 stores and did not close any."),
        ("All apps are available, but Substance apps are not available.", "All apps are available, excluding the Substance apps."),
        ("The fee is due on No. 5.", "The fee is due on number 5."),
        ("公司持续扩大生产规模。", "公司不断扩大生产规模。"),
        ("不动产登记由本局办理。", "登记由本局办理。"),
        ("同业存款不在保险范围内。", "存款在保险范围内，但同业存款除外。"),
        ("公司未支付股利。", "公司从未宣派或支付任何股利。"),
    ],
)
def test_what_is_said_otherwise_is_not_denied(one: str, other: str) -> None:
    assert not contradicts(one, other)
    assert not contradicts(other, one)


@pytest.mark.parametrize(("language", "least", "just_so"), [("en", 0.7, 0.5), ("zh", 0.55, 0.15)])
def test_of_sentences_of_papers_those_made_to_deny_are_found_and_no_clause_of_one_is_taken_for_its_denial(
    language: Language, least: float, just_so: float
) -> None:
    """As a model writes that stays near to its passage: the sentence with "not" in it or out of it, and a clause of it alone."""
    rows = [json.loads(line) for line in CONTRASTS.read_text("utf-8").splitlines()]
    told = [simplified(one) for row in rows if row["lang"].startswith(language) and row["part"] == "read" for one in row["evidence"]]
    made = [(one, negated(one, language, random.Random(1))) for one in told]
    caught = [contradicts(one, false) for one, false in made if false]
    clauses = [(clause, one) for one in told for clause in re.split("[,，;；]", one) if len(clause) > 20]
    assert len(caught) > 150
    assert len(clauses) > 300
    assert sum(caught) >= least * len(caught)
    assert [pair for pair in clauses if contradicts(*pair)] == []
    assert sum(denies_the_same(one, false) for one, false in made if false) >= just_so * len(caught)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The plant in Oslo is pledged to the bank.", "The plant in Oslo is not pledged to the bank."),
        ("The lease of the southern pier has been terminated.", "The lease of the southern pier has not been terminated."),
        ("公司持有的港务股权已质押给银行。", "公司持有的港务股权未质押给银行。"), ("公司不存在對外擔保。", "公司存在对外担保。"),
    ],
)  # fmt: skip
def test_one_denies_just_what_the_other_says(one: str, other: str) -> None:
    assert denies_the_same(one, other)
    assert denies_the_same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The plant in Oslo is pledged.", "The plant in Bergen is not pledged."),
        ("The stage at the northern harbour is pledged to the bank.", "The stage at the southern harbour is not pledged to the bank."),
        ("The 2019 bond of the harbour is secured.", "The 2021 bond of the harbour is not secured."),
        ("The plant may be pledged to the bank.", "The plant may not be pledged to the bank."),
        ("If rates rise, the loan is repaid early.", "The loan is not repaid early."),
        ("The harbour is insured against storms of all kinds.", "The harbour is not insured against fire."),
        ("Families love its brand.", "The brand is not loved everywhere."),
        ("与客户签订合同，需要安装的，安装后确认收入。", "与客户签订合同，不需要安装的，签收后确认收入。"),
        ("甲公司持有的股权已质押。", "乙公司持有的货船未质押。"), ("母公司已分配股利。", "公司未分配股利。"),
        ("Class A shares carry a right to vote.", "Class B shares do not carry a right to vote."),
        ("Goodwill was impaired in the prior year.", "Goodwill was not impaired in the year."),
        ("Deposits are insured by the fund.", "Large deposits are not insured by the fund."),
    ],
)  # fmt: skip
def test_what_is_said_of_something_else_or_under_a_condition_is_not_denied(one: str, other: str) -> None:
    assert not denies_the_same(one, other)
    assert not denies_the_same(other, one)


def test_of_headings_side_by_side_and_of_other_papers_nothing_denies_a_quotation() -> None:
    def quoted(text: str, heading: tuple[str, ...], paper: str = "a") -> Quotable:
        return Quotable(Hit(text, paper, paper, 1, 0.0, text, heading, None, None, "text", None), text, "sentence", heading)

    subject = Subject(None)
    one = quoted("The ferry of the town is insured against storms.", ("Notes", "Northern piers"))
    denied = "The ferry of the town is not insured against storms."
    cases = [
        (("Notes", "Northern piers"), "a", True),
        (("Risks",), "a", True),
        (("Notes", "Southern piers"), "a", False),
        (("Risks",), "b", False),
    ]
    for heading, paper, told in cases:
        other = quoted(denied, heading, paper)
        assert denying([one], [Evidence(other, 0.1)], subject) == ([other] if told else [])
        assert differ([one, other], subject) is told
