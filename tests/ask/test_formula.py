"""The language of formulas: what it expands to, what it refuses, and that every formula of the library can be expanded."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.ask.lexicon.formula import MissingOperandError, expand, names_in, parse
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.core.errors import PlanError
from finfoundry.core.formulas import formulas

YEAR = FiscalSpan(2020)


def everything(name: str, span: FiscalSpan) -> str:
    return f"{name}@{span.key}"


def test_average_takes_both_ends() -> None:
    found = expand("revenue / average(total_assets)", YEAR, everything, {})
    assert found.expression == "revenue_fy2020 / ((total_assets_fy2019 + total_assets_fy2020) / 2)"
    assert found.operands["total_assets_fy2019"] == "total_assets@fy2019"


def test_named_years_override_the_span() -> None:
    assert expand("inventory[2018] - inventory[2017]", YEAR, everything, {}).expression == "inventory_fy2018 - inventory_fy2017"


def test_mean_covers_each_year() -> None:
    assert (
        expand("mean(a / b, 2018, 2020)", YEAR, everything, {}).expression
        == "(a_fy2018 / b_fy2018 + a_fy2019 / b_fy2019 + a_fy2020 / b_fy2020) / 3"
    )


def test_a_quarter_is_compared_with_the_quarter_a_year_before() -> None:
    assert expand("change(x)", FiscalSpan(2023, 6, 3), everything, {}).expression == "x_fy2023q2 - x_fy2022q2"


def test_formulas_contain_formulas() -> None:
    found = expand("ebitda_margin", YEAR, lambda name, span: None if name == "EBITDA" else everything(name, span), formulas())
    assert found.expression == "(operating_income_fy2020 + depreciation_and_amortization_fy2020) / revenue_fy2020"


def test_the_first_choice_that_is_there() -> None:
    def without_gross_profit(name: str, span: FiscalSpan) -> str | None:
        return None if name == "gross_profit" else everything(name, span)

    found = expand("gross_margin", YEAR, without_gross_profit, formulas())
    assert found.expression == "(revenue_fy2020 - cost_of_revenue_fy2020) / revenue_fy2020"
    assert "gross_profit_fy2020" not in found.operands


def test_what_is_missing_is_named() -> None:
    with pytest.raises(MissingOperandError) as raised:
        expand("a / b", YEAR, lambda name, _: None if name == "b" else "", {})
    assert (raised.value.metric, raised.value.span) == ("b", YEAR)


@pytest.mark.parametrize(
    "bad",
    ["", "a +", "__import__('os')", "a.b", "a if b else c", "[a]", "lambda: a", "mean(a, 2000, 2099)", "a[b]", "f(a)", "'x'", "a // b"],
)
def test_anything_else_is_refused(bad: str) -> None:
    with pytest.raises(PlanError):
        expand(bad, YEAR, everything, {})


def test_a_formula_of_itself_is_refused() -> None:
    library = {"a": formulas()["ebit"].__class__("a", (), (), "a + 1", "money", "")}
    with pytest.raises(PlanError, match="itself"):
        expand("a", YEAR, everything, library)


@given(st.text(max_size=80))
def test_no_text_breaks_the_parser(text: str) -> None:
    """Whatever a model or a reader writes is read or refused with PlanError."""
    with contextlib.suppress(PlanError):
        expand(text, YEAR, everything, {})


def test_every_formula_of_the_library_expands() -> None:
    assert [name for name in formulas() if not expand(name, YEAR, everything, formulas()).expression] == []


def test_the_library_is_large_and_sourced() -> None:
    assert len(formulas()) >= 60
    assert all(formula.source and (formula.en or formula.zh) for formula in formulas().values())


def test_no_two_formulas_share_a_name() -> None:
    said = [phrase.lower() for formula in formulas().values() for phrase in (*formula.en, *formula.zh)]
    assert len(said) == len(set(said))


def test_names_leave_functions_out() -> None:
    assert names_in("average(x) / first(y, z)") == {"x", "y", "z"}
    assert parse("1 + 2") is not None
