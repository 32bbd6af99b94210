"""Contrasts of sentences and passages: each with either outcome, so that neither alone tells it; what tells both holds on other papers."""

from __future__ import annotations

import numpy as np
import pytest

from support_contrasts import Told, by_other_papers, contrasts, figures

ROW = {
    "id": "a1", "paper": "a.pdf", "true": "Rent fell.", "false": "Rent rose.",
    "evidence": ["Rent was lower."], "edited": ["Rent was higher."],
}  # fmt: skip
PAPERS, WIDTH = 40, 6


def rows(count: int = PAPERS) -> list[Told]:
    return [told for place in range(count) for told in contrasts(ROW | {"id": f"r{place}", "paper": f"{place}.pdf"})]


def test_each_sentence_and_each_passage_comes_with_either_outcome() -> None:
    told = list(contrasts(ROW))
    assert [(one.sentence, one.passage, one.holds) for one in told] == [
        ("Rent fell.", "Rent was lower.", True),
        ("Rent fell.", "Rent was higher.", False),
        ("Rent rose.", "Rent was lower.", False),
        ("Rent rose.", "Rent was higher.", True),
    ]


@pytest.mark.parametrize("name", ["sentence", "passage"])
def test_what_tells_the_sentence_or_the_passage_alone_tells_nothing(name: str) -> None:
    told = rows()
    kinds = sorted({getattr(one, name) for one in told})
    states = np.array([[float(getattr(one, name) == kind) for kind in kinds] for one in told], np.float32)
    assert figures(told, by_other_papers(told, states))["area"] == pytest.approx(0.5, abs=0.01)


def test_a_state_that_tells_both_together_tells_it_on_papers_of_other_fifths() -> None:
    told = rows()
    states = np.random.default_rng(3).normal(size=(len(told), WIDTH)).astype(np.float32)
    states[:, 2] += [1.5 * (1 if one.holds else -1) for one in told]
    found = figures(told, by_other_papers(told, states))
    assert found["area"] > 0.9
    assert found["same sentence, likelier where it holds"] > 0.9
    assert found["same passage, likelier where it holds"] > 0.9
    assert found["rows"] == 4 * PAPERS
