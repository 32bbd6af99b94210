"""Questions by everyday verbs over a made paper: what is judged right is the figure of the concept meant, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from everyday_questions import NONE, asked, figures_of, paper

NAMES = ("Assets", "NetIncomeLoss", "ProfitLoss", "Revenues")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_paper_prints_each_figure_under_its_concept(lang: str) -> None:
    figures = figures_of(NAMES)
    latest = {fact.concept: fact.value for fact in paper(lang, figures).facts if "2024" in fact.period}
    assert latest == {name: Decimal(figures[name]) * 1_000_000 for name in NAMES}


def test_the_figure_of_another_concept_is_wrong_and_no_answer_is_right_where_none_is_meant() -> None:
    rows = [
        {"q": q, "lang": "en", "concept": concept, "part": "read"}
        for q, concept in (
            ("What were the company's total assets in 2024?", "Assets"),
            ("What were the company's total assets in 2024?", "Revenues"),
            ("What was the company's net income in 2024?", "ProfitLoss"),
            ("Who audits the company?", NONE),
            ("Who audits the company?", "Assets"),
        )
    ]
    assert [found for _, found, _ in asked(rows, None)] == ["right", "wrong", "right", "right", "not answered"]
