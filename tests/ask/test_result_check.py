"""Results of plans are checked before they are stated: kind, unit, size, lines, years; a percentage is one once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ask.memory import MemorySearch, MemoryStore, document
from tests.ask.plan_cases import BERTHS, FAULTY, MORE, PAIR, REPAIRED, SOUND, Case, ask, harbour

from finfoundry.ask.asker import Agent
from finfoundry.ask.compose.printed_numbers import show_number
from finfoundry.ask.compute import result_check
from finfoundry.ask.compute.operands import Operands
from finfoundry.ask.compute.results import compute
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.formula import expand
from finfoundry.ask.lexicon.metric_terms import metrics, vocabulary
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.plan.dimension import AskedResult, Dimension, dimension_of
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.plan.naming import name_of
from finfoundry.ask.plan.rules import Plan, Source
from finfoundry.ask.understand.intent import Wish, understand
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.errors import PlanError
from finfoundry.core.formulas import formulas
from finfoundry.core.periods import CALENDAR_YEAR
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.facts.table.concepts import concepts


@pytest.mark.parametrize("case", [*SOUND, *REPAIRED], ids=lambda case: case.name)
def test_a_sound_plan_is_stated(case: Case) -> None:
    """Also where its only fault is a percent sign too many or too few."""
    answer, engine = ask(case)
    assert engine.requests, "the model planned it"
    assert answer.status == "answered"
    assert case.holds
    assert case.holds in answer.text


@pytest.mark.parametrize("case", FAULTY, ids=lambda case: case.name)
def test_a_planted_fault_is_not_stated(case: Case) -> None:
    answer, engine = ask(case)
    assert engine.requests, "the model planned it"
    assert answer.status == "no_evidence"
    assert not answer.figures


def test_the_reader_gets_the_reason_and_the_closest_passages() -> None:
    case = Case("", MORE, (PAIR[0], ("Dredging costs", 2020)), "a - b", "money")
    search = MemorySearch()
    search.add(harbour().papers[0], "Berth rental income rose because the marina was full.")
    engine = ScriptedEngine([("Passages", "NOT FOUND"), ("NOT FOUND", "NOT FOUND"), ("", case.plan)])
    answer = Agent(engine, harbour(), search).ask(ADMINISTRATOR, case.question)[0]
    assert answer.status == "no_evidence"
    assert answer.reason
    assert "the question names no dredging" in answer.reason
    assert [citation.quote for citation in answer.nearest] == ["Berth rental income rose because the marina was full."]


def test_the_metric_is_named() -> None:
    """Never "the result asked for"."""
    for case in SOUND:
        answer, _ = ask(case)
        assert "result asked for" not in answer.text
        assert "所求结果" not in answer.text
    assert "ferry ticket sales fell" in ask(REPAIRED[0])[0].text


def test_a_year_that_nobody_names_is_the_latest() -> None:
    """The model must write years; those it makes up are read as so many years before the latest."""
    question = "How much more does Tarn take in ferry ticket sales than in berth rental income, a difference in money?"
    answer, _ = ask(Case("", question, (("Ferry ticket sales", 2016), (BERTHS, 2016)), "a - b", "money"))
    assert "$300 million in FY2020" in answer.text
    assert any("latest" in warning for warning in answer.warnings)


def test_rules_are_checked_as_well() -> None:
    """A growth from a loss is no percentage, whoever planned it."""
    agent = Agent(None, harbour(), MemorySearch())
    assert agent.ask(ADMINISTRATOR, "What was the growth rate of Tarn's salvage result in FY2020?")[0].status == "no_evidence"
    assert "8.3%" in agent.ask(ADMINISTRATOR, "What was the growth rate of Tarn's total harbour dues in FY2019?")[0].text


@pytest.mark.parametrize("amount", ["$700 million", "$0.7 billion", "$680 million"])
def test_what_the_question_states_itself_is_no_answer_to_it(amount: str) -> None:
    answer, _ = Agent(None, harbour(), MemorySearch()).ask(ADMINISTRATOR, f"What is in Tarn's total harbour dues of {amount} in FY2020?")
    assert answer.status == ("answered" if amount == "$680 million" else "no_evidence")


@pytest.mark.parametrize(
    "question",
    ["Over how many years were Tarn's total harbour dues of FY2020?", "For how many months were Tarn's total harbour dues of FY2020?"],
)
def test_an_amount_is_no_number_of_years(question: str) -> None:
    assert Agent(None, harbour(), MemorySearch()).ask(ADMINISTRATOR, question)[0].status == "no_evidence"


def test_an_amount_is_no_number_of_years_however_sure_a_plan_is() -> None:
    found = compute(PlannedExpression("dues", "dues", None), FiscalSpan(2020), _dues(), formulas())
    years, any_kind = AskedResult("level", frozenset({"years"})), AskedResult("level")
    assert list(result_check._of_kind(years, found, doubted=False))
    assert not list(result_check._of_kind(any_kind, found, doubted=False))


def _dues() -> Operands:
    store, paper = MemoryStore(), document("p", "Alder Foods Inc", 2020)
    store.add(paper, None, "Harbour dues", {2020: "680"}, statement=None, scale=1, table=1)
    labels = {"dues": "Harbour dues"}
    return Operands(
        lambda _, label: [s for s in store.held if s.fact.metric[0] == label], lambda *_: {}, CALENDAR_YEAR, metrics(), "", labels, {}
    )


def test_a_kind_that_is_named_is_that_of_one_of_several_metrics() -> None:
    """ "Earnings per share and net income": the second is no amount per share."""
    store, paper = MemoryStore(), document("tarn-2020", "Tarn Harbours Inc", 2020, ("Tarn",))
    store.add(paper, "ProfitLoss", "Net income", {2020: "70"}, statement="income")
    store.add(paper, "EarningsPerShareBasic", "Basic earnings per share", {2020: "0.7"}, statement="income", unit="USD/share", scale=1)
    agent = Agent(None, store, MemorySearch())
    both = agent.ask(ADMINISTRATOR, "What were Tarn's basic earnings per share and its net income in 2020?")[0]
    assert "$70 million" in both.text
    assert "$0.70" in both.text


@pytest.mark.parametrize(
    ("question", "source", "told"),
    [
        ("Give harbour dues and harbour rents for 2020.", "learnt", False),
        ("What were harbour dues plus harbour rents in 2020?", "learnt", True),
        ("Harbour dues and harbour rents of 2020 together?", "learnt", True),
        ("Give harbour dues and harbour rents for 2020.", "model", True),
        ("What were harbour dues as well as harbour rents in 2020?", "learnt", False),
        ("What were total assets and goodwill in 2020?", "learnt", False),
        ("2020年的总资产和商誉各是多少？", "learnt", False),
        ("2020年的总资产和商誉一共是多少？", "learnt", True),
    ],
)
def test_two_lines_that_are_asked_for_are_not_their_sum(question: str, source: Source, *, told: bool) -> None:
    """What a learnt reader adds is told only where a word of the question does."""
    store, paper = MemoryStore(), document("p", "Alder Foods Inc", 2020)
    labels = {"dues": "Harbour dues", "rents": "Harbour rents"}
    for label in labels.values():
        store.add(paper, None, label, {2020: "680"}, statement=None, scale=1, table=1)
    lines = Operands(
        lambda _, label: [s for s in store.held if s.fact.metric[0] == label], lambda *_: {}, CALENDAR_YEAR, metrics(), "", labels, {}
    )
    item = PlannedExpression("dues and rents", "dues + rents", None)
    plan = Plan("value", (item,), (FiscalSpan(2020),), labels, source=source)
    intent = understand(question, EntityNames([]), vocabulary())
    assert (not list(result_check._of_sums([compute(item, FiscalSpan(2020), lines, {})], plan, intent))) == told


def test_who_asks_where_gets_no_amount_of_a_row() -> None:
    store = harbour()
    store.add(store.papers[0], None, "Mooring buoys", {2020: "37"}, table=9)
    agent = Agent(None, store, MemorySearch())
    where = "Where does Tarn have mooring buoys, according to its FY2020 buoys?"
    assert agent.ask(ADMINISTRATOR, where)[0].status == "no_evidence"
    assert agent.ask(ADMINISTRATOR, "What were Tarn's mooring buoys of FY2020?")[0].status == "answered"


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("How much did Tarn spend on mooring buoys in FY2020?", "no_evidence"),
        ("What were Tarn's prepaid mooring buoys in FY2020?", "answered"),
    ],
)
def test_what_is_spent_is_no_balance_of_a_day(question: str, status: str) -> None:
    store = harbour()
    store.add(store.papers[0], None, "Prepaid mooring buoys", {2020: "37"}, table=9)
    assert Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0].status == status


# --- dimensions -----------------------------------------------------------------------------------------------------------------

UNITS = {"a": "USD", "b": "USD", "c": "EUR", "n": "count", "s": "shares", "r": "ratio", "e": "USD/share"}


@pytest.mark.parametrize(
    ("expression", "kind", "hundreds"),
    [
        ("a + b", "money", 0),
        ("a / b", "number", 0),
        ("(a - b) / b * 100", "number", 1),
        ("a / b / 100", "number", -1),
        ("a / s", "per_share", 0),
        ("e * s", "money", 0),
        ("a / n", "money", 0),
        ("365 * a / b", "days", 0),
        ("a / (b / 365)", "days", 0),
        ("a * r", "money", 0),
        ("(a / b) ** (1 / 3) - 1", "number", 0),
        ("a / e", "shares", 0),
        ("-a", "money", 0),
        ("(a + b) / 2", "money", 0),
        ("a * b", "other", 0),
        ("a + 0", "money", 0),
        ("n - n", "count", 0),
    ],
)
def test_dimensions_of_expressions(expression: str, kind: str, hundreds: int) -> None:
    found = dimension_of(expression, UNITS)
    assert (found.kind, found.hundreds) == (kind, hundreds)


@pytest.mark.parametrize(
    "expression", ["a + n", "a + c", "a - 5", "a + r", "a / b * 100 - r", "a ** 2", "2 ** a", "a / b - 100", "x + a", "a @ b"]
)
def test_unlike_things_are_not_added(expression: str) -> None:
    with pytest.raises(PlanError):
        dimension_of(expression, UNITS)


def test_an_amount_without_a_currency_stands_next_to_amounts_of_the_only_one() -> None:
    assert dimension_of("a + u", {"a": "USD", "u": None}) == Dimension({"USD": 1})
    assert dimension_of("u / v", {"u": None, "v": None}).kind == "number"


FITS = {
    "ratio": ("number",),
    "times": ("number",),
    "percent": ("number",),
    "days": ("days",),
    "money": ("money",),
    "per_share": ("per_share", "number"),
    "number": ("number", "count"),
}  # fmt: skip  share capital in a currency may stand for the number of shares


def test_formulas_of_the_library_are_of_the_kind_that_they_show() -> None:
    """Over operands of the units that their concepts are printed in."""
    known = {concept.name: concept.unit for concept in concepts()}

    def unit_of(metric: str, span: FiscalSpan) -> str:  # noqa: ARG001
        first = next(iter(metrics()[metric].concepts))
        return {"money": "USD", "per share": "USD/share"}.get(known[first], known[first])

    found = {name: expand(formula.expression, FiscalSpan(2020), unit_of, formulas()) for name, formula in formulas().items()}
    shown = {name: dimension_of(one.expression, one.operands) for name, one in found.items()}
    assert [name for name, one in shown.items() if one.kind not in FITS[formulas()[name].show]] == []
    assert [name for name, one in shown.items() if one.hundreds] == []


amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(10) ** 9, places=2)
SAME = (
    "{x} / {y}",
    "({x}) / ({y})",
    "{x} / {y} * 100",
    "100 * {x} / {y}",
    "100 * ({x} / {y})",
    "({x} * 100) / {y}",
    "{x} / {y} / 100",
    "{x} / ({y} / 100)",
)
CHANGE = (
    "({x} - {y}) / {y}",
    "{x} / {y} - 1",
    "({x} - {y}) / {y} * 100",
    "100 * ({x} - {y}) / {y}",
    "({x} / {y} - 1) * 100",
    "{x} / {y} * 100 - 100",
)


@settings(deadline=None)
@given(amounts, amounts, st.sampled_from(SAME + CHANGE))
def test_no_percentage_is_a_hundred_times_too_large_or_small(x: Decimal, y: Decimal, form: str) -> None:
    """Whichever way a plan writes a quotient or a growth, one percentage is printed."""
    store, paper = MemoryStore(), document("p", "Alder Foods Inc", 2020)
    store.add(paper, None, "Kelp harvest", {2020: str(x)}, statement=None, scale=1, table=1)
    store.add(paper, None, "Salt harvest", {2020: str(y)}, statement=None, scale=1, table=2)
    labels = {"label_kelp": "Kelp harvest", "label_salt": "Salt harvest"}
    operands = Operands(
        lambda _, label: [s for s in store.held if s.fact.metric[0] == label], lambda *_: {}, CALENDAR_YEAR, metrics(), "", labels, {}
    )
    item = PlannedExpression("quotient", form.format(x="label_kelp", y="label_salt"), "percent")
    computed = compute(item, FiscalSpan(2020), operands, formulas())
    wanted = (x - y) / y if form in CHANGE else x / y
    printed = show_number(computed.value, computed.unit, computed.item.show, Wish(), "en")
    assert printed == show_number(wanted, "ratio", "percent", Wish(), "en")


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("(a - b) / b", "growth in eel sales"),
        ("a / b - 1", "growth in eel sales"),
        ("a - b", "change in eel sales"),
        ("b - a", "decrease in eel sales"),
        ("a / c * 100", "eel sales as a percentage of landing fees"),
        ("a - c", "eel sales less landing fees"),
        ("a / (a + c)", "eel sales as a percentage of (eel sales plus landing fees)"),
        ("a / (a + c + d)", "eel sales as a percentage of the sum of eel sales, landing fees and mooring fees"),
        ("(a + b) / 2", "average eel sales"),
        ("a / b", "eel sales as a multiple of the earlier year's"),
        ("a", "eel sales"),
        ("a * c", "eel sales times landing fees"),
        ("-c", "minus landing fees"),
    ],
)
def test_results_are_named_by_their_expression(expression: str, name: str) -> None:
    lines = {"a": ("eel sales", 2020), "b": ("eel sales", 2019), "c": ("landing fees", 2020), "d": ("mooring fees", 2020)}
    assert name_of(expression, lines, "percent", "en") == name


def test_what_has_no_unit_printed_over_it_may_be_counted_and_an_amount_may_not() -> None:
    for unit, status in ((None, "answered"), ("USD", "no_evidence")):
        store = MemoryStore()
        paper = document("tarn-2024", "Tarn Harbours Inc", 2024, ("Tarn",))
        store.add(paper, None, "Berth holders", {2024: "3"}, unit=unit, scale=1000)
        answer = Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, "How many berth holders did Tarn have at the end of 2024?")[0]
        assert answer.status == status
