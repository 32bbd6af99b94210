"""The strict judge on single answers: what each part of a truth asks of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.evals.judging import TrueFigure, Truth, judge

ASSETS = Truth(("Fernhill",), years=(2021,), labels=("total assets",), figures=(TrueFigure(Decimal(59_268 * 10**6), unit="USD"),))
QUESTION = "What were Fernhill's total assets in FY2021, in USD millions?"


@pytest.mark.parametrize(
    "text",
    [
        "Fernhill's total assets were $59,268 million at the end of FY2021 [1].",
        "Fernhill Corp. ended 2021 with $59.27 billion of total assets, after $55,556 million in 2020.",
        "$59,268,000,000",
        "59,268",
        "Total assets: USD 59,268 million (current assets 29,505 + other 29,763).",
    ],
)
def test_true_wordings_of_a_figure_are_taken(text: str) -> None:
    truth = Truth(**{**{name: getattr(ASSETS, name) for name in ASSETS.__slots__}, "money_scale": Decimal(10**6)})
    assert judge(truth, QUESTION, text).verdict == "correct"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Fernhill's total assets were $59,268.", "not stated"),
        ("Fernhill's total assets were $59,268 thousand in FY2021.", "not stated"),
        ("Fernhill's total assets were €59,268 million in FY2021.", "not stated"),
        ("Fernhill's total assets were -$59,268 million in FY2021.", "not stated"),
        ("Fernhill's total assets were $59,268 million in FY2020.", "said of 2020"),
        ("Redwater Ltd's total assets were $59,268 million in FY2021.", "said of Redwater"),
        ("Fernhill's total liabilities were $59,268 million in FY2021.", "said of total liabilities"),
        ("Fernhill's total assets were $59,268 million. A later page says $61,400 million.", "it also says"),
        ("", "it says nothing"),
    ],
)
def test_a_figure_that_is_false_in_one_respect_is_refused(text: str, why: str) -> None:
    score = judge(ASSETS, QUESTION, text)
    assert score.verdict == "wrong"
    assert why in score.why


@given(st.integers(10**6, 10**12), st.sampled_from(["0.01", "0.1", "10", "100", "1000", "1000000"]))
def test_no_power_of_ten_is_forgiven(value: int, factor: str) -> None:
    truth = Truth(figures=(TrueFigure(Decimal(value), unit="USD"),))
    assert judge(truth, "How much was it?", f"It was ${value:,}.").verdict == "correct"
    assert judge(truth, "How much was it?", f"It was ${Decimal(value) * Decimal(factor):,f}.").verdict == "wrong"


@pytest.mark.parametrize(
    ("yes", "text", "right"),
    [
        (True, "Yes, it rose from $8 million to $10 million.", True),
        (True, "Gross margin improved to 41% from 39%.", True),
        (True, "Yes. It fell to $8 million.", False),
        (True, "It did not rise.", False),
        (True, "It rose from $10 million to $8 million.", False),
        (False, "No, it declined by 0.8%.", True),
        (False, "It was lower than the year before.", True),
        (False, "Yes.", False),
        (False, "No. In short, yes.", False),
    ],
)
def test_yes_and_no_are_read_from_the_whole_answer(yes: bool, text: str, right: bool) -> None:
    assert (judge(Truth(yes=yes), "Did its gross margin rise?", text).verdict == "correct") == right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Harbour Resorts had the highest EBITDAR: $2,900 million.", True),
        ("Ahead of Inland Casinos, Harbour Resorts had the highest EBITDAR.", True),
        ("Inland Casinos had the highest EBITDAR, followed by Harbour Resorts.", False),
        ("Harbour Resorts had the lowest EBITDAR.", False),
        ("Harbour Resorts and Inland Casinos had the highest EBITDAR.", False),
        ("It was not Harbour Resorts.", False),
    ],
)
def test_an_answer_chooses_one_item_at_the_end_asked_for(text: str, right: bool) -> None:
    truth = Truth(chosen=("Harbour Resorts",), instead=("Inland Casinos",))
    assert (judge(truth, "Which segment had the highest EBITDAR?", text).verdict == "correct") == right


def test_words_stand_at_their_bounds_and_are_not_denied() -> None:
    truth = Truth(words=(("increas*", "rose"), ("new stores",)))
    assert judge(truth, "Why?", "Inventories increased because of new stores.").verdict == "correct"
    assert judge(truth, "Why?", "Inventories did not increase despite new stores.").verdict == "wrong"
    assert judge(Truth(words=(("net",),)), "Who?", "The internet.").verdict == "wrong"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("法定代表人为王一。", True),
        ("王一是其法定代表人。", True),
        ("法定代表人为王一明。", False),
        ("法定代表人不是王一。", False),
        ("法定代表人为王一或李四。", False),
    ],
)
def test_a_name_is_whole_and_the_only_one(text: str, right: bool) -> None:
    assert (judge(Truth(names=(("王一",),)), "法定代表人是谁？", text).verdict == "correct") == right


MOTOR = Truth(
    ("Fernhill",),
    years=(2024,),
    labels=("Motor",),
    others=("gross written premiums",),
    figures=(TrueFigure(Decimal(2055 * 10**6), unit="SGD"),),
)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Fernhill's Motor gross written premiums were SGD 2,055 million in FY2024.", "correct"),
        ("Fernhill's Motor was SGD 2,055 million in FY2024.", "correct"),
        ("Fernhill's gross written premiums were SGD 2,055 million in FY2024.", "wrong"),
        ("Fernhill's Marine gross written premiums were SGD 2,055 million in FY2024.", "wrong"),
        ("Unlike motor gross written premiums, marine gross written premiums were SGD 2,055 million in FY2024.", "wrong"),
    ],
)
def test_a_part_may_be_named_with_its_whole(text: str, verdict: str) -> None:
    assert judge(MOTOR, "Fernhill: Motor (gross written premiums) during 2024?", text).verdict == verdict


def test_a_name_that_speaks_of_growth_moves_nothing() -> None:
    fell = Truth(("瑞川稳健增长混合",), rises=False)
    asked = "瑞川稳健增长混合2024年的净资产高于还是低于2023年？"
    assert judge(fell, asked, "瑞川稳健增长混合的净资产由15.4亿元下降至15.3亿元。").verdict == "correct"
    assert judge(fell, asked, "瑞川稳健增长混合的净资产由15.3亿元增长至15.4亿元。").verdict == "wrong"


STAFF = Truth(("Fernhill", "云川银行"), years=(2024,), figures=(TrueFigure(Decimal(17340), form="count"),))


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("云川银行2024年末的在职员工为17,340人。“2024年末在职员工为17,340人，上年末为17,283人。”", "correct"),
        ("As at year-end 2024, there were 17,340 employees, compared with 17,283 a year before.", "correct"),
        ("云川银行2024年末的在职员工为17,340人，另有说法为17,283人。", "wrong"),
        ("As at year-end 2024, there were 17,340 employees, or 17,283 employees.", "wrong"),
        ("2024年末在职员工为17,283人，上年末为17,340人。", "wrong"),
        ("2024年末在职员工为17,340人，比上年增至17,283人。", "wrong"),
        ("2024年末在职员工为17,340人，较上年减少到17,283人。", "wrong"),
    ],
)
def test_the_count_of_the_year_before_stands_against_nothing(text: str, verdict: str) -> None:
    question = "2024年末云川银行在职员工多少？" if "员工" in text else "How many employees did Fernhill have at the end of 2024?"
    assert judge(STAFF, question, text).verdict == verdict


def test_the_code_of_a_currency_and_words_of_the_question_own_nothing() -> None:
    value = Truth(("Fernhill",), years=(2024,), figures=(TrueFigure(Decimal(7_248_000_000), unit="CNY"),))
    asked = "Tell me Fernhill's EV at the end of 2024."
    assert judge(value, asked, "Fernhill Group's EV was CNY 7.25 billion at the end of FY2024.").verdict == "correct"
    assert judge(value, asked, "Marwick's EV was CNY 7.25 billion at the end of FY2024.").verdict == "wrong"


def test_the_year_before_is_no_other_one_where_it_is_asked_for() -> None:
    value = Truth(("Fernhill",), figures=(TrueFigure(Decimal(100_000_000), unit="USD"),))
    text = "Revenue was $100 million in 2023 versus $120 million last year."
    assert judge(value, "What was Fernhill's revenue last year?", text).verdict == "wrong"
