"""Figures at their stated precision and scale, required facts, TAT-QA's scale-aware metric, FinanceBench's verdicts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.evals.made_answers import measure

from finfoundry.evals.judging import Truth, judge, required
from finfoundry.evals.numeric import asked_scale, is_figure
from finfoundry.evals.rows import Item, Reply
from finfoundry.evals.suites import financebench
from finfoundry.evals.suites.tasks import divided, number, tatqa


@pytest.mark.parametrize(
    ("question", "gold", "text", "right"),
    [
        ("Answer in USD millions.", "$5466.00", "Total current liabilities were $5,466 million.", True),
        ("Answer in USD millions.", "$5466.00", "They were $5,466,312 thousand.", True),
        ("Answer in USD millions.", "$5466.00", "They were $5,467 million.", False),
        ("What is the margin?", "10.3%", "It was 10.3%.", True),
        ("What is the margin?", "10.3%", "It was 10.34 %.", True),
        ("What is the margin?", "10.3%", "It was 10.4%.", False),
        ("Round to two decimals.", "0.01", "The ratio is 0.01.", True),
        ("What is the CCC?", "-3.7", "It was -3.7 days.", True),
        ("What is the CCC?", "-3.7", "It was 3.7 days.", False),
    ],
)
def test_a_figure_is_right_at_the_precision_of_the_reference(question: str, gold: str, text: str, right: bool) -> None:
    """Scale words, percents, signs."""
    assert is_figure(gold)
    item = Item("x", question, gold, meta={"truth": financebench.truth("x", question, gold, "FERNHILL_2020_10K")})
    assert (financebench.score(item, Reply(text)).verdict == "correct") == right


def test_the_scale_asked_for() -> None:
    """In both languages."""
    assert asked_scale("in USD thousands") == 1000
    assert asked_scale("单位：万元") == 10**4
    assert asked_scale("What is it?") is None


def test_required_facts() -> None:
    """All must be stated, in any of the ways written down, at the bounds of words, and not denied."""
    facts: list[required.Fact] = [{"says": "no"}, {"any": ["declin*", "fell"]}, {"number": "0.8%"}]
    question = "Did the margin improve?"
    assert verdict(facts, question, "No, the margin declined by 0.8% [1].") == "correct"
    assert verdict(facts, question, "Yes: it declined by 0.8%.") == "wrong"
    assert verdict(facts, question, "The margin fell.") == "wrong"
    assert verdict([{"never": ["rose"]}], question, "It ROSE.") == "wrong"
    assert verdict([{"number": "-0.6%", "change": True}], "Growth?", "sales declined 0.6%") == "correct"
    assert verdict([{"number": "-0.6%", "change": True}], "Growth?", "growth was -0.6%") == "correct"
    assert verdict([{"number": "-0.6%", "change": True}], "Growth?", "growth was 0.6%") == "wrong"
    with pytest.raises(ValueError, match="is no figure"):
        required.figure("many")
    with pytest.raises(ValueError, match="is no fact"):
        required.truth_of([{"perhaps": 1}], Truth())


def verdict(facts: list[required.Fact], question: str, text: str) -> str:
    return judge(required.truth_of(facts, Truth()), question, text).verdict


def test_the_written_facts_are_whole() -> None:
    """Every fact of the shipped file is of a kind that is known; another raises."""
    for facts in required.facts_of("financebench").values():
        assert facts
        required.truth_of(facts, Truth())


def test_financebench_verdicts() -> None:
    """A status is its own verdict; figures, facts, and words where no facts are written."""
    question = "What was it in USD millions?"
    ask = Item("x", question, "$382.00", meta={"truth": financebench.truth("x", question, "$382.00", "FERNHILL_2020_10K")})
    assert financebench.score(ask, Reply("", "no_evidence")).verdict == "no_evidence"
    assert financebench.score(ask, Reply("Cash flow was $382 million [1].")).verdict == "correct"
    assert financebench.score(ask, Reply("Cash flow was $382 million [1]. Another page has $391 million.")).verdict == "wrong"
    text = Item("y", "Which segment grew?", "Consumer packaging grew by 4%")
    assert financebench.score(text, Reply("Consumer packaging grew 4%.")).verdict == "correct"
    assert "no facts written" in financebench.score(text, Reply("I do not know")).why


def written() -> list[Item]:
    """Questions of made companies in the forms of the set: bare figures, yes or no, choices, words."""
    bare = [("in USD millions, what were total assets of Fernhill in FY2021?", "$59268.00"), ("Fernhill's FY2020 current ratio?", "1.73")]
    bare += [
        ("What is Fernhill's FY2019 - FY2020 revenue growth rate in percents?", "101.5%"),
        ("What is the FY2019 cash conversion cycle?", "-3.7"),
    ]
    found = [Item(f"b{n}", q, g, meta={"truth": financebench.truth("b", q, g, "FERNHILL_2021_10K")}) for n, (q, g) in enumerate(bare * 5)]
    facts: list[tuple[str, str, list[required.Fact]]] = [
        ("Did its margin improve?", "No. The margin has declined by 0.8%.", [{"says": "no"}, {"moves": "down"}]),
        ("Which part had the highest revenue?", "Harbours had the highest revenue.", [{"chosen": ["Harbours"], "instead": ["Air"]}]),
        ("What was the gain?", "The gain was about $20 billion.", [{"number": "20 billion"}]),
        ("What was acquired?", "It bought Alder and a mill in Ohio.", [{"any": ["Alder"]}, {"any": ["mill*", "Ohio"]}]),
        ("How did the tax rate change?", "It dropped from 24.6% in 2021 to 21.6% in 2022.",
         [{"number": "24.6%", "year": 2021}, {"number": "21.6%", "year": 2022}, {"moves": "down"}]),
    ]  # fmt: skip
    return found + [Item(f"w{n}", q, g, meta={"truth": required.truth_of(f, Truth())}) for n, (q, g, f) in enumerate(facts)]


def test_b1_the_judge_of_financebench_takes_true_answers_and_refuses_false_ones() -> None:
    """Opposite yes and no, another segment as best, billions for millions, a fall told as a rise."""
    rates = measure("financebench", written(), financebench.score)
    assert rates.false > 120
    assert rates.false_taken.value <= 0.02, rates.taken
    assert rates.true_taken.value >= 0.97, rates.refused


@pytest.mark.parametrize(
    ("gold", "scale", "text", "verdict", "value"),
    [
        (["1,496.5"], "million", "$1,496.5 million", "correct", 1.0),
        (["1,496.5"], "million", "1496.5", "wrong", 0.0),
        (56.98, "percent", "56.98%", "correct", 1.0),
        ("0.57", "", "57 percent", "correct", 1.0),
        (["2019", "2018", "2017"], "", "2018; 2019; 2017", "correct", 1.0),
        (["2019", "2018"], "", "2019", "wrong", 0.5),
        (["the Company's own shares"], "", "company's own shares", "correct", 1.0),
        (["cost plus fee"], "", "cost plus", "wrong", 0.8),
        ("-3", "", "(3)", "correct", 1.0),
        (["$46.4 million"], "", "$46.4 million", "correct", 1.0),
    ],
)
def test_tatqa_counts_the_scale(gold: object, scale: str, text: str, verdict: str, value: float) -> None:
    """By the definition of the official metric."""
    found = tatqa(gold, scale, text)
    assert found.verdict == verdict
    assert found.value == pytest.approx(value)


def test_parts_of_an_answer() -> None:
    """Semicolons part answers, a trailing word is the scale."""
    assert divided("12.5; 13 million.") == (["12.5", "13"], "million")
    assert divided("Germany") == (["Germany"], "")
    assert number("$ (234.5)") == Decimal("-234.5")
    assert number("$ (1,234.5)") == Decimal("1234.5")  # as the official metric reads it
    assert number("$46.4 million") == Decimal("46400000")
    assert divided("$417 million; $146 million") == (["$417 million", "$146 million"], "")
    assert number("about 5") is None
