"""A sentence that denies what another affirms, in both languages; and what is no denial of it."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from finfoundry.ask.support.denials import contradicts
from finfoundry.ask.support.false_sentences import KINDS, Others
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


@pytest.mark.parametrize(("language", "least"), [("en", 0.7), ("zh", 0.55)])
def test_of_sentences_of_papers_those_made_to_deny_are_found_and_no_clause_of_one_is_taken_for_its_denial(
    language: Language, least: float
) -> None:
    """As a model writes that stays near to its passage: the sentence with "not" in it or out of it, and a clause of it alone."""
    rows = [json.loads(line) for line in CONTRASTS.read_text("utf-8").splitlines()]
    told = [simplified(one) for row in rows if row["lang"].startswith(language) and row["part"] == "read" for one in row["evidence"]]
    made = [(one, KINDS["negation"](one, language, Others((), (), ()), random.Random(1))) for one in told]
    caught = [contradicts(one, false[0]) for one, false in made if false]
    clauses = [(clause, one) for one in told for clause in re.split("[,，;；]", one) if len(clause) > 20]
    assert len(caught) > 150
    assert len(clauses) > 300
    assert sum(caught) >= least * len(caught)
    assert [pair for pair in clauses if contradicts(*pair)] == []
