"""What a sentence tells of tagged facts, and how people write amounts, times and movements: rounded, hedged, in words."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from finfoundry.core.periods import Period
from tagged.paper_facts import TaggedPaper, closes, metrics, months_of

_QUARTERS = {1: "first", 2: "second", 3: "third", 4: "fourth"}
_SPANS = {3: "three", 6: "six", 9: "nine"}
_MONTH_WORDS = (
    "",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NEAREST = ("", "", "", "about ", "roughly ", "some ", "around ")
_UP = ("rose", "climbed", "grew", "went up", "increased", "was up")
_DOWN = ("fell", "dropped", "declined", "went down", "shrank", "was down")


@dataclass(frozen=True, slots=True)
class Telling:
    """One metric of one company at one time, and a year before: what a form puts into words. ``part``: a segment, "" the whole."""

    paper: TaggedPaper
    metric: str
    period: Period
    before: Period | None
    now: Decimal
    then: Decimal | None
    company: str
    noun: str
    part: str = ""
    up: bool = True  # how the movement is told

    @property
    def kind(self) -> str:
        return metrics()[self.metric].kind

    @property
    def change(self) -> Decimal:
        return (self.now - self.then) / abs(self.then) if self.then else Decimal(0)


def when(paper: TaggedPaper, period: Period, rng: random.Random) -> str:
    """A time as a noun: "fiscal 2024", "the third quarter of 2023", "the nine months to June 2023"; of a day with its "at" or "on"."""
    last, end, months = period.end, closes(period), months_of(period)
    calendar, ends = paper.year_end == 12, end.month == paper.year_end
    year = end.year + (end.month > paper.year_end) + paper.fiscal
    named = str(year) if calendar and not paper.fiscal else f"fiscal {year}"
    day = f"{_MONTH_WORDS[last.month]} {last.day}, {last.year}"
    if period.instant:
        return rng.choice((f"at the end of {named}",) if ends else (f"on {day}", f"at the end of {_MONTH_WORDS[end.month]} {end.year}"))
    if months == 12:
        return named
    number = ((end.month - paper.year_end - 1) % 12) // 3 + 1
    if months == 3:
        return rng.choice((f"the {_QUARTERS[number]} quarter of {named}", f"the three months to {day}"))
    return rng.choice((f"the first {_SPANS[months]} months of {named}", f"the {_SPANS[months]} months ended {day}"))


def inside(paper: TaggedPaper, period: Period, rng: random.Random) -> str:
    """A time as it stands in a sentence: "in fiscal 2024", "at the end of June 2023"."""
    named = when(paper, period, rng)
    return named if period.instant else f"in {named}"


def amount(value: Decimal, kind: str, rng: random.Random, *, hedged: bool = True) -> str:
    """An amount as people print it, rounded to three or four digits or in full millions; now and then above or below a round one."""
    size = abs(value)
    if kind == "share":
        return f"${size:.2f}"
    unit, scale, short = ("billion", 9, "bn") if size >= 10**9 else ("million", 6, "m") if size >= 10**6 else ("thousand", 3, "k")
    bare = size.scaleb(-scale)
    if size >= 10**9 and rng.random() < 0.3:
        return f"${_rounded(size.scaleb(-6), 0):,} million"
    digits = max(0, rng.choice((2, 3, 3, 4)) - len(str(int(bare))))
    told = _rounded(bare, digits)
    hedge = rng.choice(_NEAREST) if hedged else ""
    if hedged and rng.random() < 0.12 and told != bare:
        above = bare > told
        told, hedge = (
            told,
            rng.choice(("just over ", "a little more than ")) if above else rng.choice(("just under ", "almost ", "nearly ")),
        )
    return f"{hedge}${told}{rng.choice((f' {unit}', f' {unit}', short))}"


def percent(value: Decimal, rng: random.Random, *, hedged: bool = True) -> str:
    """A share or rate without a sign: "12.4%", "about 12%"."""
    size = abs(value) * 100
    digits = rng.choice((0, 1, 1)) if size >= 3 else 1
    hedge = rng.choice(_NEAREST) if hedged and digits == 0 else ""
    return f"{hedge}{_rounded(size, digits)}{rng.choice(('%', '%', ' percent', ' %'))}"


def points(value: Decimal) -> str:
    return f"{_rounded(abs(value) * 100, 1)} percentage points"


def multiple(value: Decimal) -> str:
    return str(_rounded(value, 1))


def moved(up: bool, rng: random.Random) -> str:
    return rng.choice(_UP if up else _DOWN)


def _rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
