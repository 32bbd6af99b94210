"""What is no sentence any more (thousands of figures without a stop) is still bound figure by figure, and no figure costs more for it."""

from __future__ import annotations

import cProfile
import pstats
import threading

import pytest
from tests.tiers import slow_but

from finfoundry.binding.bind import bind
from finfoundry.binding.sentence import claims
from finfoundry.binding.sources import from_text
from finfoundry.binding.verify import verify
from finfoundry.core import cancellation
from finfoundry.core.errors import EngineTimeout

SHAPES = {
    "amounts": lambda number: f"${1000 + number:,} million, ",
    "bare": lambda number: f"{1000 + number} ",
    "chinese": lambda number: f"{1000 + number}万元、",
    "names": lambda number: f"revenue {1000 + number} and Acme{number} Corp ",
    "brackets": lambda number: f"({1000 + number}",
}
TABLE = "| USD million | 2024 | 2023 |\n|---|---|---|\n| Revenue | 1,234 | 1,100 |\n| Cost of sales | 800 | 790 |"


def calls(text: str) -> int:
    """How many functions a check runs through: what it costs, whatever else the machine does."""
    profile = cProfile.Profile()
    evidence = from_text(TABLE)
    profile.enable()
    verify(text, evidence)
    profile.disable()
    return pstats.Stats(profile).total_calls  # type: ignore[attr-defined, no-any-return]  # unknown to the types of the library


@pytest.mark.parametrize("shape", slow_but(["amounts"], SHAPES))
def test_twice_the_figures_of_one_sentence_cost_twice(shape: str) -> None:
    few, many = ("Revenue in 2024 was " + "".join(map(SHAPES[shape], range(count))) + "." for count in (300, 1200))
    calls(few)  # what is read but once
    assert calls(many) <= 4 * 1.3 * calls(few)


def test_no_figure_sees_more_than_a_stretch() -> None:
    text = "Revenue in 2024 was " + "".join(map(SHAPES["amounts"], range(500)))
    found = claims.read_claims(text)
    assert len(found) == 500
    assert max(len(context) for claim in found for context in claim.contexts) <= 2 * claims._LONGEST
    assert {claim.periods[0].text for claim in found if claim.periods} == {"2024"}, "the year of the sentence is that of its stretches"


@pytest.mark.parametrize("digits", ["1" * 20_000, "1," * 10_000, "1." * 10_000, "一" * 20_000])
def test_a_figure_is_never_cut(digits: str) -> None:
    text = f"Revenue was {digits} million in 2024"
    for claim in claims.read_claims(text):
        assert text[claim.number.start : claim.number.end] == claim.number.text


def test_figures_far_into_a_sentence_are_still_bound_and_still_refused() -> None:
    evidence = from_text(TABLE)
    filler = "as the board and the managers of all the regions said again and again to everybody who would listen, " * 20
    right = bind(f"In 2024, {filler} revenue was $1,234 million.", evidence)
    assert [figure.text for figure in right.figures] == ["$1,234 million"]
    assert not right.unbound
    wrong = bind(f"In 2023, {filler} revenue was $1,234 million.", evidence)
    assert [(one.text, one.reason) for one in wrong.unbound] == [("$1,234 million", "other year")]


def test_a_check_that_nobody_waits_for_ends() -> None:
    left = threading.Event()
    left.set()
    with cancellation.work_until(left), pytest.raises(EngineTimeout):
        verify("Revenue was $1,234 million in 2024. " * 50, from_text(TABLE))
    with cancellation.work_until(seconds=0.0), pytest.raises(EngineTimeout):
        verify("Revenue was $1,235 million in 2024. " * 50, from_text(TABLE))
