"""The form of a question for figures: what each metric that it names has to do with the result, over which years, told how.

A result is a quotient of sums of metrics, (a - b) / c, taken at a year, compared between years, or averaged over them. Few forms make most
of what people ask, and one that was never seen is put together of parts that were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from typing import Any, Literal, NamedTuple, get_args

from finfoundry.core.errors import PlanError

Time = Literal[
    "level", "change", "growth", "both", "grown", "moved", "multiple", "compound", "mean", "total", "off-mean", "off-others",
    "change-gap", "growth-gap",
]  # fmt: skip
Join = Literal["together", "apart", "against", "shown"]
TIMES: tuple[Time, ...] = get_args(Time)
MOVES: tuple[Time, ...] = ("change", "growth", "both", "grown", "moved", "multiple", "compound")  # from one year to another
JOINS: tuple[Join, ...] = get_args(Join)
SEVERAL: tuple[Time, ...] = ("off-mean", "off-others", "change-gap", "growth-gap")  # the latest of several years against the others
INSIDE: tuple[Time, ...] = ("change", "growth", "multiple", "total")  # what is taken over the years before it is divided
FLAGS = ("inside", "each", "beside", "fallen", "down", "scaled", "limited")  # of a form
Term = Callable[[int, int], Any]  # the metric of this number, so many years before the latest


class Role(NamedTuple):
    """Signs of a metric above and below the line (0: not there), and whether it is that of the year, of the year before, or their mean."""

    above: int
    below: int
    of: Literal["year", "prior", "mean"] = "year"


ROLES = {
    "plus": Role(1, 0), "minus": Role(-1, 0), "under": Role(0, 1), "under-minus": Role(0, -1), "both": Role(1, 1),
    "minus-under": Role(-1, 1), "plus-mean": Role(1, 0, "mean"), "minus-mean": Role(-1, 0, "mean"), "under-mean": Role(0, 1, "mean"),
    "under-minus-mean": Role(0, -1, "mean"), "plus-prior": Role(1, 0, "prior"), "under-prior": Role(0, 1, "prior"),
}  # fmt: skip
COMPANY_ROLE = "company"  # of the words that name whose figures are asked for
_Part = list[tuple[int, Role]]  # the metrics of one result, by number


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """``roles`` of the metrics in the order in which the question names them; ``years`` is how many it is about. Of ``time`` "both" is a
    change and the growth that it is, "grown" the later value and its growth, "moved" the later value and its change, "multiple" how many
    times the earlier year the later one is, "off-mean" how far the later one is from the mean of all, "off-others" from that of the years
    before it, "change-gap" and "growth-gap" how much more the last move is than the one before.

    ``join``: one result of all metrics, one for each above the line, the difference of those, or what is above the line told before it
    is divided. ``inside``: what is above and below the
    line is each taken over the years before it is divided. ``each``: from year to year, not from the first to the last. ``beside``: the
    values of the years are told too. ``fallen``: told as what it lost. ``down``: yes means below nothing. ``scaled``, ``limited``:
    a number of the question multiplies, or is the bar.
    """

    roles: tuple[str, ...]
    time: Time = "level"
    years: int = 1
    join: Join = "together"
    inside: bool = False
    each: bool = False
    beside: bool = False
    fallen: bool = False
    down: bool = False
    scaled: bool = False
    limited: bool = False

    def results(self, term: Term, offsets: Sequence[int], number: Any = None, bar: Any = None) -> list[Any]:
        """What it comes to over the years ``offsets`` before the latest, the latest first, in any arithmetic that ``term`` gives.
        ``number`` multiplies; ``bar`` is taken off, where there is none ``number``.

        Raises PlanError where the form has no sense, or lacks the number that it needs.
        """
        if (number is None and self.scaled) or (number is None and bar is None and self.limited):
            raise PlanError("the question names no number")
        found = [self._over_time(part, term, offsets) for part in self.parts()]
        told = [self._difference(found)] if self.join == "against" else [value for values in found for value in values]
        told = [0 - value for value in told] if self.fallen else told
        scaled = [number * value for value in told] if self.scaled else told
        barred = [value - (number if bar is None else bar) for value in scaled] if self.limited else scaled
        return [0 - value for value in barred] if self.down else barred

    def _placed(self) -> _Part:
        return [(number, ROLES[role]) for number, role in enumerate(self.roles)]

    def parts(self) -> list[_Part]:
        """The metrics of each result. Raises PlanError where the form has no sense."""
        placed = self._placed()
        own = [(number, role) for number, role in placed if role.above]
        if self.join == "together":
            return [placed]
        if self.join == "shown":
            if len(own) == len(placed):
                raise PlanError("nothing is divided")
            return [[(number, role._replace(below=0)) for number, role in own], placed]
        if (pairs := _pairs(placed)) is not None:
            return pairs
        if len(own) < 2 or {role.above for _, role in own} != ({1} if self.join == "apart" else {1, -1}):
            raise PlanError("there are no two results")
        shared = [(number, role) for number, role in placed if not role.above]
        return [[(number, role._replace(above=1)), *shared] for number, role in own]

    def _difference(self, found: Sequence[Sequence[Any]]) -> Any:
        if any(len(values) != 1 for values in found):
            raise PlanError("lists have no difference")
        paired = _pairs(self._placed()) is not None
        signs = [1, -1] if paired else [ROLES[role].above for role in self.roles if ROLES[role].above]
        return _added([(sign, values[0]) for sign, values in zip(signs, found, strict=True)])

    def _over_time(self, part: _Part, term: Term, offsets: Sequence[int]) -> list[Any]:
        if self.inside:
            if self.time not in INSIDE or self.each or self.beside:
                raise PlanError("nothing is taken over the years by itself")
            above, below = (self._timed([_side(part, term, year, side) for year in offsets], offsets)[0] for side in (0, 1))
            return [above / below]
        levels = [_quotient(part, term, year) for year in offsets]
        return [*levels, *self._timed(levels, offsets)] if self.beside else self._timed(levels, offsets)

    def _timed(self, levels: list[Any], offsets: Sequence[int]) -> list[Any]:
        if self.time == "level":
            return levels
        if len(levels) < 2:
            raise PlanError("one year is compared with none")
        if self.time in ("mean", "total"):
            total = reduce(lambda one, other: one + other, levels)
            return [total / len(levels) if self.time == "mean" else total]
        if self.time in SEVERAL:
            return [self._apart(levels)]
        pairs = pairwise(levels) if self.each else [(levels[0], levels[-1])]
        return [value for later, earlier in pairs for value in self._moved(later, earlier, offsets[-1] - offsets[0], self.time)]

    def _apart(self, levels: list[Any]) -> Any:
        """How far the latest year is from the others."""
        if self.time in ("off-mean", "off-others"):
            against = levels if self.time == "off-mean" else levels[1:]
            return levels[0] - reduce(lambda one, other: one + other, against) / len(against)
        if len(levels) != 3:
            raise PlanError("two moves have three years")
        last, before = (self._moved(*pair, 1, "change" if self.time == "change-gap" else "growth")[0] for pair in pairwise(levels))
        return last - before

    def _moved(self, later: Any, earlier: Any, years: int, time: Time) -> list[Any]:
        if time == "compound":
            return [(later / earlier) ** (1 / years) - 1]
        if time == "multiple":
            return [later / earlier]
        change, growth = later - earlier, (later - earlier) / earlier
        told = {"change": [change], "growth": [growth], "both": [change, growth], "grown": [later, growth], "moved": [later, change]}
        return told[time]


def with_sense(form: QuestionForm) -> QuestionForm:
    """The form with what contradicts itself mended: parts of it are read one by one. Where nothing is added the first metric is; one result
    is not told apart; what is set against another has the other taken off.
    """
    roles, above = list(form.roles), [place for place, role in enumerate(form.roles) if ROLES[role].above]
    if not above:
        roles[0], above = "plus", [0]
    if all(ROLES[roles[place]].above < 0 for place in above):
        roles[above[0]] = _TURNED.get(roles[above[0]], "plus")
    if form.join == "against" and len(above) == 2 and all(ROLES[roles[place]].above > 0 for place in above):
        roles[above[1]] = _TURNED.get(roles[above[1]], roles[above[1]])
    alone = form.years == 1 and form.time in ("mean", "total", *SEVERAL)
    mended = replace(form, roles=tuple(roles), time="level" if alone else form.time, inside=form.inside and form.time in INSIDE)
    try:
        mended.parts()
    except PlanError:
        return replace(mended, join="together")
    return mended


_TURNED = {"plus": "minus", "minus": "plus", "plus-mean": "minus-mean", "minus-mean": "plus-mean"}


def years_meant(form: QuestionForm, named: Sequence[int], *, ranged: bool = False) -> list[int]:
    """How many years before the latest the years of a form are; ``named`` are those that the question names (0 the latest).

    Of two that lie apart, a comparison takes both; a list, a mean or a sum takes those between as well where the form has so many years
    (a mean or a sum always where they are written as a range), and none before the first that is named.
    """
    span = named[-1] - named[0] + 1 if named else 0
    if form.time == "level" and form.years == 1 and any(ROLES[role].of != "year" for role in form.roles):
        return [0]  # an earlier year that is named is that of the mean, or of the amount before
    if form.time in MOVES and not (form.each or form.beside):
        return [0, named[-1] if len(named) > 1 else max(1, form.years - 1)]
    if form.each or form.time in SEVERAL or len(named) < 2:
        return list(range(max(form.years, span)))
    whole = form.years >= span or (ranged and form.time in ("mean", "total"))
    return list(range(span)) if whole else list(named)


def _pairs(placed: _Part) -> list[_Part] | None:
    """Four metrics as two results of two, (a / b) and (c / d), where both have one below the line; None for any others."""
    halves = [placed[:2], placed[2:]]
    whole = len(placed) == 4 and all(any(role.above for _, role in half) and any(role.below for _, role in half) for half in halves)
    return halves if whole else None


def _quotient(part: _Part, term: Term, year: int) -> Any:
    above = _side(part, term, year, 0)
    return above / _side(part, term, year, 1) if any(role.below for _, role in part) else above


def _side(part: _Part, term: Term, year: int, side: Literal[0, 1]) -> Any:
    return _added([(role[side], _amount(role, term, number, year)) for number, role in part if role[side]])


def _amount(role: Role, term: Term, number: int, year: int) -> Any:
    if role.of == "mean":
        return (term(number, year) + term(number, year + 1)) / 2
    return term(number, year + 1 if role.of == "prior" else year)


def _added(signed: Sequence[tuple[int, Any]]) -> Any:
    """The sum of amounts by their signs, what is added first. Raises PlanError where nothing is."""
    ordered = sorted(signed, key=lambda one: -one[0])
    if not ordered or ordered[0][0] < 0:
        raise PlanError("nothing is added")
    return reduce(lambda total, one: total + one[1] if one[0] > 0 else total - one[1], ordered[1:], ordered[0][1])
