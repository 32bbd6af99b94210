"""Figures at their stated precision and scale, required facts, TAT-QA's scale-aware metric, FinanceBench's verdicts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.evals import required
from finfoundry.evals.numeric import asked_scale, conclusion, is_figure, wanted
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
        ("以亿元为单位", "12.50", "营业收入为12.5亿元。", True),
    ],
)
def test_a_figure_is_right_at_the_precision_of_the_reference(question: str, gold: str, text: str, right: bool) -> None:
    """Scale words, percents, signs."""
    assert is_figure(gold)
    assert (wanted(question, gold).stated_in(text) is not None) == right


@given(st.integers(1, 10**9))
def test_a_neighbouring_figure_is_never_right(value: int) -> None:
    """One unit beside is wrong, whatever the size."""
    gold = wanted("Answer in dollars.", f"${value}.00", Decimal(1))
    assert gold.stated_in(f"It was ${value:,}.")
    assert not gold.stated_in(f"It was ${value + 1:,}.")


def test_the_scale_asked_for() -> None:
    """In both languages."""
    assert asked_scale("in USD thousands") == 1000
    assert asked_scale("单位：万元") == 10**4
    assert asked_scale("What is it?") is None


def test_an_answer_concludes_in_its_first_figure_or_its_last_sentence() -> None:
    """What lies between explains."""
    assert conclusion("To see. It was 5 [1]. In 2019 it was 7 [2]. So 5.") == "It was 5.\nSo 5."
    assert conclusion("为5亿元[1]。其中7亿元。共12亿元。") == "为5亿元\n共12亿元"
    assert conclusion("") == ""


def test_required_facts() -> None:
    """All must be stated, in any of the ways written down; an opening that contradicts is wrong."""
    facts: list[required.Fact] = [{"says": "no"}, {"any": ["declin", "fell"]}, {"number": "0.8%"}]
    assert required.judge(facts, "No, the margin declined by 0.8% [1].").verdict == "correct"
    assert required.judge(facts, "Yes: it declined by 0.8%.").why == "missing: says no"
    assert required.judge(facts, "The margin fell.").value == pytest.approx(2 / 3)
    assert required.judge([{"none": ["rose"]}], "It ROSE.").verdict == "wrong"
    assert required.judge([{"number": "-0.6%"}], "sales declined 0.6%").verdict == "correct"
    assert required.judge([{"number": "-0.6%"}], "growth was -0.6%").verdict == "correct"
    with pytest.raises(ValueError, match="is no figure"):
        required.figure("many")


def test_the_written_facts_are_whole() -> None:
    """Every fact of the shipped file is of a kind that is known."""
    for facts in required.facts_of("financebench").values():
        assert facts
        for fact in facts:
            assert len(fact) == 1
            assert set(fact) <= {"any", "none", "number", "says"}
            required.judge([fact], "It was so.")


def test_financebench_verdicts() -> None:
    """A status is its own verdict; figures, facts, and words where no facts are written."""
    ask = Item("x", "What was it in USD millions?", "$382.00")
    assert financebench.score(ask, Reply("", "no_evidence")).verdict == "no_evidence"
    assert financebench.score(ask, Reply("Cash flow was $382 million [1].")).verdict == "correct"
    assert financebench.score(ask, Reply("Cash flow was $381 million. In 2019 it was $382 million. That is all.")).verdict == "wrong"
    text = Item("y", "Which segment grew?", "Consumer packaging grew by 4%")
    assert financebench.score(text, Reply("Consumer packaging grew 4%.")).verdict == "correct"
    assert "no facts written" in financebench.score(text, Reply("I do not know")).why


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
