"""Formulas over what a store holds: which of them, for which years, and that a question for one is true where it comes to its parts."""

from __future__ import annotations

from dataclasses import replace

from tests.ask.memory import FLOWS, LINES
from tests.ask.plan_cases import LINES as HARBOUR
from tests.ask.test_tuned_plan import own_term
from tests.usecases.readers.test_agreement import ask

from finfoundry.ask.lexicon.definitions import label_name
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.lexicon.own_vocabulary import with_terms
from finfoundry.core.answer import Language
from finfoundry.usecases.readers.held_formulas import formula_lines
from finfoundry.usecases.readers.paraphrases import figures_of
from finfoundry.usecases.readers.store_questions import StoredLine, store_questions

YEARS = (2018, 2019, 2020)
HELD = {year: {*LINES, *FLOWS} for year in YEARS}


def held(names: set[str], language: Language = "en", year: int = 2020) -> dict[str, frozenset[str]]:
    lines = formula_lines("Tarn", {year: names}, vocabulary(), language)
    return {one.label: one.parts for one in lines}


def test_a_formula_is_held_where_all_its_parts_are() -> None:
    assert held({"AssetsCurrent", "LiabilitiesCurrent"})["current ratio"] == {
        "total_current_assets_fy2020", "total_current_liabilities_fy2020"
    }  # fmt: skip
    assert "流动比率" in held({"AssetsCurrent", "LiabilitiesCurrent"}, "zh")
    assert "current ratio" not in held({"AssetsCurrent"})


def test_a_mean_needs_the_year_before() -> None:
    lines = list(formula_lines("Tarn", HELD, vocabulary(), "en"))
    turned = {one.year for one in lines if one.label == "total asset turnover" or one.label == "asset turnover"}
    assert turned == {2019, 2020}
    assert {one.year for one in lines if one.label == "current ratio"} <= set(YEARS)


def test_a_formula_of_the_institutions_own_is_held_over_printed_labels() -> None:
    own = with_terms([
        own_term(1, name="dues", kind="synonym", en=("dues",), printed="Total harbour dues"),
        own_term(2, name="quay_share", kind="formula", en=("quay share",), expression=f"{label_name('Total harbour dues')} / revenue"),
    ])  # fmt: skip
    lines = list(formula_lines("Tarn", {2020: {label_name("Total harbour dues"), "Revenue", "Revenues"}}, own, "en"))
    assert [len(one.parts) for one in lines if one.label == "quay share"] == [2]


def test_a_formula_is_asked_for_alone_and_the_product_comes_to_its_parts() -> None:
    printed = [StoredLine("Tarn", label, year) for label, *_ in HARBOUR for year in YEARS]
    formulas = list(formula_lines("Tarn", HELD, vocabulary(), "en"))
    names = {one.label for one in formulas}
    asked = [one for one, _ in zip(store_questions([*printed, *formulas]), range(300), strict=False)]
    over = [one for one in asked if set(one.plan.metrics) & names]
    assert over
    assert all(one.parts > 0 and len(one.wording.slots) == 1 for one in over)
    assert all(not one.parts for one in asked if one not in over)
    true = next(one for one in over if figures_of(one, ask) is not None)
    assert figures_of(replace(true, parts=true.parts + 1), ask) is None, "it comes to something else than the formula"
