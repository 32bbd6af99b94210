"""A recorded score as a tool of the agent: told digit for digit, bound to its record, withheld when a digit differs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ask.memory import MemorySearch, MemoryStore

from finfoundry.ask.asker import Agent
from finfoundry.ask.compose.answer_evidence import rebind
from finfoundry.ask.context.question import Conversation
from finfoundry.ask.scores import recorded_scores as scores
from finfoundry.ask.scores.recorded_scores import ScoreCall, read_call
from finfoundry.ask.scores.score_fields import ScoreField, shown
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.core.protocols import CutOff, ModelFigures, RecordedScore, SpecialistName
from finfoundry.runtime.audit import AuditStep, plain

LOAN = {
    "score": 514,
    "probability": 0.0823580517,
    "grade": 7,
    "base": 891.0,
    "rest": -41.0,
    "reasons": [{"column": "inq_last_6mths", "contribution": -114.0}, {"column": "open_il_12m", "contribution": -92.0}],
}
CARD = {"score": -5.1234567891, "probability": 0.0000123, "grade": 1}
STOCK = {
    "score": 0.0352,
    "base": 0.0301,
    "rest": 0.0,
    "reasons": [{"column": "volatility", "value": "1.23% a day", "contribution": 0.0051}],
    "volatility": 0.0123,
    "refused": None,
    "forecasts": {
        "historical": {"var": 0.0312, "es": 0.0413},
        "filtered_historical": {"var": 0.0352, "es": 0.0517},
        "parametric": {"var": 0.0332, "es": 0.0455},
    },
}
LETTER = {"class_name": "tier 2 complaint", "likeliest": "tier 2 complaint", "probability": 0.93}
DOUBTFUL = {"class_name": None, "likeliest": "tier 2 complaint", "probability": 0.61}
RECORDED: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {
    ("german", "1042"): ("credit", LOAN),
    ("german", "7"): ("credit", LOAN),
    ("german", "9"): ("credit", {"refused": "column 'income': empty"}),
    ("card-fraud", "7"): ("fraud", CARD),
    ("card-fraud", "T77"): ("fraud", CARD),
    ("stocks_2", "ACME"): ("market-risk", STOCK),
    ("letters", "L1"): ("text", LETTER),
    ("letters", "L2"): ("text", DOUBTFUL),
}


class Tool:
    """Scores in memory."""

    def names(self, _principal: Principal) -> list[SpecialistName]:
        in_use = [("german", "credit", "v1"), ("card-fraud", "fraud", "v2"), ("stocks_2", "market-risk", "v3"), ("old", "credit", None)]
        in_use.append(("letters", "text", "v4"))
        return [SpecialistName(*one) for one in in_use]

    def scores(self, _principal: Principal, models: Sequence[str], rows: Sequence[str]) -> list[RecordedScore]:
        keys = [(model, row) for row in rows for model in models if (model, row) in RECORDED]
        return [RecordedScore(key[0], RECORDED[key][0], "v", "record", key[1], "2026-01-01", RECORDED[key][1]) for key in keys]

    def beyond(
        self, _principal: Principal, models: Sequence[str], bound: Decimal, most: int, *, below: bool
    ) -> tuple[int, list[RecordedScore]]:
        found = [one for one in self.scores(_principal, models, list(dict.fromkeys(row for _, row in RECORDED))) if "score" in one.output]
        return len(found), [one for one in found if (Decimal(str(one.output["score"])) < bound) is below][:most]

    def cut_off(self, _principal: Principal, model: str) -> CutOff | None:
        return CutOff(model, "v", Decimal(600), True, "bob", "") if model == "german" else None

    def figures(self, _principal: Principal, model: str) -> ModelFigures | None:
        return ModelFigures(model, "v1", "scorecard", {"auc": (0.791234, 0.76, 0.82)}) if model == "german" else None


def ask(question: str) -> tuple[Answer, list[AuditStep]]:
    agent = Agent(None, MemoryStore(), MemorySearch())
    agent.specialists = Tool()
    answer, trace = agent.ask(ADMINISTRATOR, question)
    return answer, trace.steps


@pytest.mark.parametrize(
    ("question", "text", "fields"),
    [
        ("What is the credit score of applicant 1042 by model german?", "The score of ID 1042 by model german is 514.", ["score"]),
        ("客户1042的违约概率是多少？", "编号1042按模型german的违约概率为8.24%。", ["probability"]),
        ("german模型对1042号客户的评级是多少？", "编号1042按模型german的等级为7。", ["grade"]),
        ("What is the PD of customer 7?", "The probability of default of ID 7 by model german is 8.24%.", ["probability"]),
        ("Fraud probability of transaction T77?", "The probability of fraud of ID T77 by model card-fraud is 0.0012%.", ["probability"]),
        ("What is the value at risk of ACME by stocks 2?", "The value at risk of ID ACME by model stocks_2 is 3.52%.",
         ["filtered_historical value at risk"]),
        ("ACME的预期损失是多少？", "编号ACME按模型stocks_2的预期损失为5.17%。", ["filtered_historical expected shortfall"]),
        ("Why was applicant 1042 given this score by german?",
         "The score of ID 1042 by model german is 514. The principal reasons, in order, are: inq last 6mths; open il 12m.", ["score"]),
        ("What is the probability of row L1 by model letters?",
         "The probability of the likeliest class of ID L1 by model letters is 93.00%. The class told is tier 2 complaint.",
         ["probability"]),
        ("What is the probability of row L2 by model letters?",
         "The probability of the likeliest class of ID L2 by model letters is 61.00%. No class is told: the probability is below the bar.",
         ["probability"]),
        ("letters模型对编号L1的概率是多少？", "编号L1按模型letters的最可能类别的概率为93.00%。判定的类别为tier 2 complaint。",
         ["probability"]),
        ("letters模型对编号L2的概率是多少？", "编号L2按模型letters的最可能类别的概率为61.00%。未判定类别：概率低于门限。", ["probability"]),
    ],
)  # fmt: skip
def test_a_recorded_score_is_told_and_bound(question: str, text: str, fields: list[str]) -> None:
    answer, steps = ask(question)
    assert (answer.status, answer.text) == ("answered", text)
    assert [figure.reference.field for figure in answer.figures] == fields
    for figure in answer.figures:
        assert (figure.source, figure.reference.record) == ("specialist", "record")
        assert str(figure.reference.model) in answer.text
    assert "specialist" in [step.kind for step in steps]


@given(st.integers(0, 30), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_one_altered_digit_withholds_the_answer(place: int, step: int) -> None:
    honest = scores.compose

    def alter(score: RecordedScore, call: ScoreCall, language: Any) -> str:
        text = honest(score, call, language)
        start = text.index(" is ")
        digits = [at for at, letter in enumerate(text) if letter.isdigit() and at > start]
        at = digits[place % len(digits)]
        return text[:at] + str((int(text[at]) + step) % 10) + text[at + 1 :]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scores, "compose", alter)
        for question in ("What is the credit score of applicant 1042 by model german?", "What is the PD of applicant 1042 by german?"):
            answer, _ = ask(question)
            assert answer.status == "withheld", answer.text
            assert not any(letter.isdigit() for letter in answer.text)
            assert not answer.figures


def test_the_record_binds_again() -> None:
    answer, steps = ask("What is the credit score of applicant 1042 by model german, and why?")
    binding = next(step for step in steps if step.kind == "binding")
    again = rebind(plain(binding.content))
    assert again["text"] == answer.text
    assert again["figures"] == plain(answer.figures)


@pytest.mark.parametrize("pick", ["german", "2", "2. german", "the second one"])
def test_which_model_is_meant_is_picked_as_it_is_shown(pick: str) -> None:
    agent, said = Agent(None, MemoryStore(), MemorySearch()), Conversation()
    agent.specialists = Tool()
    asked, _ = agent.ask(ADMINISTRATOR, "What is the probability of customer 7?", conversation=said)
    assert (asked.status, asked.options) == ("clarify", ["card-fraud", "german"])
    answer, _ = agent.ask(ADMINISTRATOR, pick, conversation=said)
    assert answer.text == "The probability of default of ID 7 by model german is 8.24%."


@pytest.mark.parametrize(
    ("question", "status", "told"),
    [
        ("What is the score of applicant 5 by model old?", "no_evidence", "none has been promoted"),
        ("What is the credit score of applicant 5 by model german?", "no_evidence", "has recorded no score of ID 5"),
        ("申请人55的评分是多少？", "no_evidence", "没有编号55的评分记录"),
        ("客户9的评分是多少？", "no_evidence", "column 'income': empty"),
        ("What is the probability of customer 7?", "clarify", "Which model"),
    ],
)
def test_what_is_missing_is_named(question: str, status: str, told: str) -> None:
    answer, _ = ask(question)
    assert answer.status == status
    assert told in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "What was 3M's revenue in 2020?",
        "What was the credit rating of Acme in 2020?",
        "What was the German inflation rate in 2020?",
        "What percentage of customers had a score above average?",
        "公司2020年的信用评级是多少？",
        "What is the fair value of assets at level 3?",
    ],
)
def test_other_questions_go_their_way(question: str) -> None:
    call = read_call(question, Tool().names(ADMINISTRATOR))
    assert call is None or (not call.models and not call.given)


@pytest.mark.parametrize(
    ("value", "text"), [("0.0000123", "0.0012%"), ("0.5", "50.00%"), ("0", "0.00%"), ("1", "100.00%"), ("0.99999", "100.00%")]
)
def test_a_small_probability_is_not_printed_as_nothing(value: str, text: str) -> None:
    assert shown(ScoreField("probability", "probability", Decimal(value))) == text
    assert shown(ScoreField("score", "score", Decimal("-5.1234567891"))) == "-5.12"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (
            "Why was applicant 1042 declined?",
            (
                "By the cut-off of 600 in force for model german, ID 1042 with a score of 514 is declined."
                " The principal reasons, in order, are: inq last 6mths; open il 12m."
            ),
        ),
        (
            "客户1042为什么被拒绝？",
            "按模型german现行的分数线600，编号1042的评分为514，应予拒绝。主要原因依次为：inq last 6mths；open il 12m。",
        ),
        (
            "What is the AUC of model german?",
            "The AUC of model german (scorecard, out of fold) is 0.7912. Its 95% interval is 0.7600 to 0.8200.",
        ),
        ("german模型的AUC是多少？", "模型german（scorecard，折外）的AUC为0.7912。其95%区间为0.7600至0.8200。"),
        (
            "Which applicants scored below 600 by model german?",
            (
                "2 rows have a score below 600 by model german. The score of ID 1042 by model german is 514."
                " The score of ID 7 by model german is 514."
            ),
        ),
    ],
)
def test_decisions_figures_and_lists_are_told_and_bound(question: str, text: str) -> None:
    answer, _ = ask(question)
    assert (answer.status, answer.text) == ("answered", text)
    assert {figure.source for figure in answer.figures} == {"specialist"}


@pytest.mark.parametrize(
    "question",
    ["What is the AUC of model card-fraud?", "What is the KS of model german?"],
)
def test_figures_that_were_not_kept_are_said_to_be_missing(question: str) -> None:
    answer, _ = ask(question)
    assert answer.status == "no_evidence"


@pytest.mark.parametrize("question", ["Who scored the loan?", "Why was the dividend declined?", "Which segments are below 400?"])
def test_other_questions_are_left_to_others(question: str) -> None:
    answer, _ = ask(question)
    assert "score" not in answer.text
