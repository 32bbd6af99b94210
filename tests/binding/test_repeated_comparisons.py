"""What does not change between the cells of a paper is worked out once: a sentence is held against thousands of them."""

from __future__ import annotations

from finfoundry.binding.bind import Matcher
from finfoundry.binding.sense import Sense
from finfoundry.binding.sentence.when import When, agree
from finfoundry.binding.sources import from_text
from finfoundry.core.periods import FiscalYear, parse_iso

TABLE = "| USD million | 2024 | 2023 |\n|---|---|---|\n" + "\n".join(
    f"| Line {'abcdefgh'[n % 8] * 3} {n} | {500 + n} | {n} |" for n in range(40)
)


def test_a_sentence_s_times_are_compared_once_with_each_time_of_a_paper() -> None:
    agree.cache_clear()
    matcher = Matcher(from_text(TABLE))
    matcher.match("Line aaa 0 was 777 in 2024.")
    assert agree.cache_info().hits > agree.cache_info().misses
    assert agree.cache_info().misses <= 8  # two columns, read as a year


def test_the_conflicts_of_a_cell_are_worked_out_once_a_figure() -> None:
    matcher = Matcher(from_text(TABLE))
    text = "Line aaa 0 was 500 in 2024."
    (match,) = matcher.match(text)
    sense = Sense(matcher.index, match.claim, text)
    places = range(len(matcher.index.items))
    assert all(sense.plain_conflicts(place) is sense.plain_conflicts(place) for place in places)
    told = sense.plain_conflicts(0)
    sense.conflicts(0).add("digit differs")
    assert sense.plain_conflicts(0) == told  # what is added to the one is not added to the other


def test_a_day_belongs_to_the_fiscal_year_that_ends_near_it() -> None:
    fiscal = FiscalYear.ending(parse_iso("2024-06-30").end)
    told = {day: When(parse_iso(day), fiscal=fiscal).fiscal_year for day in ("2024-06-28", "2024-07-05", "2024-07-15", "2023-09-30")}
    assert told == {"2024-06-28": 2024, "2024-07-05": 2024, "2024-07-15": 2025, "2023-09-30": 2024}
