"""One library of formulae: what a sentence may state by name is what a question for it computes."""

from __future__ import annotations

import ast
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.ask.lexicon.formula import expand, names_in
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.binding.expression import evaluate
from finfoundry.binding.ratios import Ratio, ratios_of
from finfoundry.core.errors import FinfoundryError
from finfoundry.core.formulas import Formula, concepts_of, formulas

YEAR = FiscalSpan(2020)
STATED = {name: formula for name, formula in formulas().items() if formula.stated}
MARGIN = ("gross margin", "gross profit margin", "毛利率", "销售毛利率")


def over_one_year(formula: Formula) -> bool:
    """Whether it is arithmetic over metrics of one year, in which no other formula stands: all that a row can be computed from."""
    calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(formula.expression)) if isinstance(node, ast.Call)}
    return calls <= {"first"} and not names_in(formula.expression) & set(formulas())


PLAIN = sorted(name for name, formula in formulas().items() if over_one_year(formula))


def value(expression: str, operands: dict[str, Decimal]) -> Decimal | str:
    """The result, or that there is none: a difference may be nothing to divide by."""
    try:
        return evaluate(expression, operands)
    except FinfoundryError as error:
        return type(error).__name__


@pytest.mark.parametrize("name", PLAIN)
@given(numbers=st.lists(st.integers(-(10**12), 10**12), min_size=8, max_size=8))
def test_asker_and_binder_compute_the_same(name: str, numbers: list[int]) -> None:
    formula = formulas()[name]
    ratio = ratios_of(formula)[-1]  # of what may be printed, as it is computed
    values = dict(zip(ratio.operands, map(Decimal, numbers), strict=False))
    of_concepts = {concepts: values[letter] for letter, concepts in ratio.operands.items()}
    asked = expand(formula.expression, YEAR, lambda metric, _: of_concepts.get(concepts_of(metric)), formulas())
    assert value(asked.expression, asked.operands) == value(ratio.expression, values)


def test_most_formulae_are_compared() -> None:
    assert len(PLAIN) > 40


def test_what_sentences_state_is_computed_over_these_rows() -> None:
    """By which names, over which rows, in which arithmetic; the first way whose rows are there is the one."""
    revenue, cost, gross = ("Revenues",), ("CostOfRevenue",), ("GrossProfit",)
    ways = {name: ratios_of(formula) for name, formula in STATED.items()}
    assert ways["gross_profit_computed"] == [Ratio("b - a", {"a": cost, "b": revenue})]
    assert ways["gross_margin"] == [Ratio("a / b", {"a": gross, "b": revenue}), Ratio("(b - a) / b", {"a": cost, "b": revenue})]
    assert ways["debt_to_assets"] == [Ratio("b / a", {"a": ("Assets",), "b": ("Liabilities",)})]
    assert ways["quick_ratio"][0].expression == "(b - a) / c"
    assert ways["interest_coverage"][0] == Ratio("b / a", {"a": ("InterestExpense",), "b": ("OperatingIncomeLoss",)})
    assert len(ways["total_debt"][0].operands) == 4  # the way with all its parts goes before those without one
    assert STATED["gross_margin"].stated == MARGIN


def test_a_name_is_stated_of_one_formula() -> None:
    said = [name.lower() for formula in STATED.values() for name in formula.stated]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("expression", ["average(a) / b", "prior(a)", "change(a) + b"])
def test_what_needs_another_year_cannot_be_stated(expression: str) -> None:
    with pytest.raises(ValueError, match="a sentence cannot state"):
        ratios_of(Formula("x", (), (), expression, "ratio", ""))
