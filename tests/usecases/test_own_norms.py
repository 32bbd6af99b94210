"""Levels that an institution sets for what papers print: figures held against them in ordinary words; no judgement where none is set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.lexicon.own_vocabulary import OwnVocabularies
from finfoundry.core.answer import Answer
from finfoundry.core.errors import InputError
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.own_terms import OwnTerm
from finfoundry.usecases.term_checks import checked
from finfoundry.usecases.term_desk import entry_of

EN = document("harrow-2024", "Harrow Vale Bank", 2024, ("Harrow Vale",))
ZH = document("liuxi-2024", "柳溪银行股份有限公司", 2024, ("柳溪银行",), language="zh")
PRINTED = {
    "NonperformingLoanRatio": ("NPL ratio", "不良贷款率", "1.32"), "CapitalAdequacyRatio": ("Capital adequacy ratio", "资本充足率", "10.5"),
    "LiquidityCoverageRatio": ("Liquidity coverage ratio", "流动性覆盖率", "131.5"),
}  # fmt: skip


@dataclass
class Terms:
    """The terms of a home, all in force."""

    terms: list[OwnTerm]

    def in_force(self, principal: Principal) -> tuple[int, ...]:  # noqa: ARG002
        return tuple(term.id for term in self.terms)

    def read(self, principal: Principal, numbers: object) -> list[OwnTerm]:  # noqa: ARG002
        return self.terms


def terms(**entries: dict[str, object]) -> Terms:
    found = checked([entry_of(name, fields) for name, fields in entries.items()], [])
    acts = {"proposed_by": "bea", "proposed_at": "2026-03-01", "proposed_proof": "", "approved_at": "2026-03-02T09:00:00+00:00"}
    return Terms([OwnTerm(number, entry, 3, "approved", **acts) for number, entry in enumerate(found, 1)])


SET = terms(
    bad_loans={"means": "NPL ratio", "norm": "5%"},
    own_funds={"means": "capital adequacy ratio", "norm": "10.5%", "definition": "Regulatory minimum with the buffer"},
)


def store(*, chinese: bool) -> MemoryStore:
    found = MemoryStore()
    for concept, (en, zh, printed) in PRINTED.items():
        found.add(ZH if chinese else EN, concept, zh if chinese else en, {2023: printed, 2024: printed}, unit="ratio", scale=1)
    found.held = [
        replace(one, fact=replace(one.fact, value=one.fact.value / 100, scale=Decimal("0.01"), text=f"{one.fact.text}%"))
        for one in found.held
    ]
    return found


def ask(question: str, known: Terms = SET) -> Answer:
    chinese = any("\u4e00" <= sign <= "\u9fff" for sign in question)
    return Agent(None, store(chinese=chinese), MemorySearch(), terms=OwnVocabularies(known)).ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    ("question", "start", "said"),
    [
        ("Is Harrow Vale's NPL ratio within our limit in 2024?", "Yes.", "no more than the norm of the institution, 5%"),
        ("Did Harrow Vale's NPL ratio breach the limit in 2024?", "No.", "no more than"),
        ("Is Harrow Vale's NPL ratio below the ceiling in 2024?", "Yes.", "less than"),
        ("Is Harrow Vale's NPL ratio above the threshold in 2024?", "No.", "less than"),
        ("Has Harrow Vale's NPL ratio stayed under our cap in 2024?", "Yes.", "less than"),
        ("Does Harrow Vale comply with the NPL ratio limit in 2024?", "Yes.", "no more than"),
        ("Is Harrow Vale's NPL ratio healthy in 2024?", "Yes.", "no more than"),
        ("Does Harrow Vale's capital adequacy ratio meet the regulatory minimum?", "Yes.", "no less than the norm"),
        ("Is Harrow Vale's capital adequacy ratio above the minimum in 2024?", "No.", "the same as"),
        ("柳溪银行2024年的不良率是否达标？", "是", "不高于本机构标准5%"),
        ("柳溪银行2024年末不良率是否在限额之内？", "是", "不高于本机构标准5%"),
        ("柳溪银行2024年不良贷款率有没有超限？", "否", "不高于"),
        ("柳溪银行2024年不良率达不达标？", "是", "不高于"),
        ("柳溪银行2024年的不良率是否不达标？", "否", "不高于"),
        ("柳溪银行2024年不良率突破限额了吗？", "否", "不高于"),
        ("柳溪银行2024年不良率是否不超过上限？", "是", "不高于"),
        ("柳溪银行2024年资本充足率是否满足监管要求？", "是", "达到本机构标准10.5%"),
        ("柳溪银行2024年资本充足率是否高于最低要求？", "否", "等于本机构标准10.5%"),
    ],
)  # fmt: skip
def test_a_printed_metric_is_held_against_its_norm_in_ordinary_words(question: str, start: str, said: str) -> None:
    answer = ask(question)
    assert answer.status == "answered", (answer.text, answer.reason)
    assert answer.text.startswith(start)
    assert said in answer.text
    assert "2026-03-02" in answer.text, "when the norm was approved"
    assert [(term.kind, term.version, term.approved) for term in answer.terms] == [("norm", 3, "2026-03-02")]
    assert answer.citations


@pytest.mark.parametrize(
    "question",
    [
        "Is Harrow Vale's liquidity coverage ratio above the minimum in 2024?",  # no norm is set for it
        "Does Harrow Vale have a healthy liquidity coverage ratio in 2024?",
        "Does Harrow Vale have a liquidity coverage ratio within our limit in 2024?",
        "Is Harrow Vale's NPL ratio above the minimum in 2024?",  # a highest level is set
        "Is Harrow Vale's NPL ratio within the regulatory limit in 2024?",  # nobody says that it is a regulator's
        "Is Harrow Vale's NPL ratio within 2% of the limit in 2024?",
        "Is Harrow Vale's NPL ratio lower than the limit of 2% in 2024?",
        "Was Harrow Vale's capital adequacy ratio below the minimum in any quarter of 2024?",
        "Did Harrow Vale's NPL ratio stay within the limit in 2023 and 2024?",
        "Is the increase in Harrow Vale's NPL ratio within the limit in 2024?",
        "Is Harrow Vale's NPL ratio for retail loans within the limit in 2024?",
        "Is Harrow Vale's NPL ratio within the limit of its peers in 2024?",
        "Is Harrow Vale's NPL ratio expected to stay within the limit?",
        "Did Harrow Vale meet its NPL ratio target in 2024?",
        "柳溪银行2024年流动性覆盖率是否达标？",
        "柳溪银行2024年不良率是否符合监管要求？",
        "柳溪银行2024年不良率是否一直达标？",
        "柳溪银行2024年零售业务不良率是否达标？",
        "柳溪银行2024年不良率是否低于同业标准？",
        "柳溪银行2024年的不良率是否达到目标？",
    ],
)
def test_nothing_is_judged_by_a_level_that_is_not_the_one_asked_about(question: str) -> None:
    answer = ask(question)
    assert not answer.text.startswith(("Yes", "No.", "是", "否")), answer.text
    assert not answer.figures


BOTH = terms(
    by_law={"means": "capital adequacy ratio", "norm": "8%", "definition": "Regulatory minimum, 监管要求"},
    own_buffer={"means": "capital adequacy ratio", "norm": "11%"},
)


@pytest.mark.parametrize(
    ("question", "start", "term", "beside"),
    [
        ("Does Harrow Vale's capital adequacy ratio meet the regulatory minimum in 2024?", "Yes.", "by_law", "own_buffer (0.11)"),
        ("Does Harrow Vale's capital adequacy ratio meet the internal minimum in 2024?", "No.", "own_buffer", "by_law (0.08)"),
        ("Does Harrow Vale's capital adequacy ratio meet the minimum in 2024?", "No.", "own_buffer", "by_law (0.08)"),
        ("柳溪银行2024年资本充足率是否符合监管要求？", "是", "by_law", "own_buffer（0.11）"),
        ("柳溪银行2024年资本充足率是否符合内部要求？", "否", "own_buffer", "by_law（0.08）"),
    ],
)
def test_of_two_norms_the_one_is_taken_that_is_meant_and_the_other_named(question: str, start: str, term: str, beside: str) -> None:
    answer = ask(question, BOTH)
    assert answer.text.startswith(start)
    assert [one.name for one in answer.terms] == [term]
    assert any(beside.replace("（", " (").replace("）", ")") in warning for warning in answer.warnings), answer.warnings


def test_without_a_norm_no_printed_metric_is_judged() -> None:
    for question in ("Is Harrow Vale's NPL ratio within our limit in 2024?", "柳溪银行2024年的不良率是否达标？"):
        assert ask(question, Terms([])).status != "answered"


def test_a_norm_of_what_has_no_known_better_side_says_which_it_is() -> None:
    with pytest.raises(InputError, match="no direction is known") as refused:
        terms(wages={"means": "headcount", "norm": "500"})
    assert "better: lower" in (refused.value.remedy or "")
    (set_for,) = terms(wages={"means": "headcount", "norm": "500", "better": "lower"}).terms
    assert set_for.entry.means == "employees"
    assert terms(bad={"means": "nonperforming_loan_ratio_computed", "norm": "5%"}).terms[0].entry.means == "nonperforming_loan_ratio"
