"""Each figure of a text against the items of the evidence: which one it is, or why it is none.

A figure is bound when its value rounds to what is printed and nothing in the sentence speaks against the item: unit, sign, period,
scope, entity, and the name of the metric, for which no other item may fit better.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Literal

from finfoundry.binding.claims import Claim, read_claims
from finfoundry.binding.derive import derive, supposed
from finfoundry.binding.entities import Entities
from finfoundry.binding.evidence import (
    CalculationEvidence,
    Evidence,
    Item,
    PassageEvidence,
    SpecialistEvidence,
    TableEvidence,
    question_items,
    read_items,
)
from finfoundry.binding.labels import Labels, weight, words
from finfoundry.binding.units import fits_sign, fits_unit
from finfoundry.binding.when import When, agree, exact, shifted
from finfoundry.core import leaving
from finfoundry.core.periods import FoundPeriod, find_periods

Reason = Literal[
    "not there", "digit differs", "wrong scale", "sign differs", "other unit", "other year", "other entity", "other scope", "sibling row",
    "metric not found", "only in the question",
]  # fmt: skip
_ORDER: tuple[Reason, ...] = ("sign differs", "other unit", "other scope", "other year", "other entity", "sibling row", "metric not found")
_STRONG = 0.7  # words that name a label this well decide which metric is meant
_NAMED = 0.45  # below it, words do not name a label
_PROSE = 0.3  # words that a passage and a claim must share
_OWN_WORDS = 1.5  # weight of the words before a figure that tell it from its neighbours
_JOINTS = re.compile(r",\s|，|、|\band\b|[和与及]")
_MOST_JOINTS = 8
_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"[^\W\d_]")
_CHANGE = re.compile(r"\b(?:chang|var(?:y|i)|rate|cagr|year[- ]over[- ]year)\w*|变动|变化|同比|环比|增|减|幅|率", re.IGNORECASE)
_FACTORS = [Decimal(10) ** sign for power in (3, 6, 9, 2, 4, 8, 1) for sign in (power, -power)]  # scales, the usual ones first
_SOURCES = ("cell", "sql", "specialist", "calculation", "span", "question")


@dataclass(frozen=True, slots=True)
class Match:
    """A figure of the text with the item that it is, or the reason why it is none and the nearest item, if any."""

    claim: Claim
    item: Item | None
    reason: Reason | None = None
    nearest: Item | None = None


@dataclass(slots=True)
class _Asked:
    """What the question says: used where the sentence itself is silent."""

    text: str
    periods: tuple[FoundPeriod, ...]
    entities: frozenset[int]
    items: list[Item] = field(default_factory=list)


class Matcher:
    """The evidence, indexed once; then each figure is a few lookups."""

    def __init__(self, evidence: Sequence[Evidence], question: str = "") -> None:
        read = read_items(evidence)
        self.items, self.evidence_of = [item for item, _ in read], [number for _, number in read]
        self._values = [abs(item.value) for item in self.items]
        self.labels = Labels(item.label for item in self.items)
        self._label_of = [self.labels.number(item.label) for item in self.items]
        self._by_label: dict[int, list[int]] = {}
        for index, number in enumerate(self._label_of):
            self._by_label.setdefault(number, []).append(index)
        leaves = {(item.reference.metric or "").rpartition(" > ")[2].lower() for item in self.items if item.source == "cell"}
        named = {name.lower() for one in evidence if isinstance(one, SpecialistEvidence) for name in one.inputs if _LETTER.search(name)}
        self._digit_names = [name for name in sorted(leaves | named, key=len, reverse=True) if _DIGIT.search(name) and not name.isdigit()]
        self.entities = Entities((item.entity for item in self.items), leaves, told(evidence, question))
        self._computed_for = Entities(one.aliases for one in evidence if isinstance(one, CalculationEvidence))
        self.question = _Asked(question, tuple(find_periods(question)), self.entities.named(question), question_items(question))

    def match(self, text: str) -> list[Match]:
        """All figures of the text in order."""
        names = (*self.entities.spans(text), *self._computed_for.spans(text))
        return [self._match(claim, text) for claim in read_claims(self._without_name_digits(text), names)]

    def _without_name_digits(self, text: str) -> str:
        """The text with the digits masked where it repeats a row's name: they are no figures and no years."""
        lowered = text.lower()
        for name in self._digit_names:
            start = lowered.find(name)
            while start >= 0:
                end = start + len(name)
                text = text[:start] + re.sub(r"\d", "#", text[start:end]) + text[end:]
                start = lowered.find(name, end)
        return text

    def _match(self, claim: Claim, text: str) -> Match:
        leaving.check()
        sense = Sense(self, claim, text)
        near = [(index, sense.conflicts(index)) for index in self._rounding_to(claim)]
        fitting = [index for index, conflicts in near if not conflicts]
        if fitting:
            return Match(claim, self.items[min(fitting, key=sense.rank)])
        derived = derive(sense)
        if derived:
            return Match(claim, derived)
        given = sense.given()
        if given:
            return Match(claim, given)
        if near:
            index, conflicts = min(near, key=lambda pair: (len(pair[1]), -sense.score(pair[0])))
            return Match(claim, None, next(reason for reason in _ORDER if reason in conflicts), self.items[index])
        return self._missing(claim, sense)

    def _rounding_to(self, claim: Claim) -> Iterable[int]:
        """Items that print as this figure at its own precision: within half a step, or below or above as the words say."""
        value, step = abs(claim.number.value), claim.number.step
        if not value:  # what is printed as nothing must be nothing
            return range(bisect.bisect_left(self._values, 0), bisect.bisect_right(self._values, 0))
        low, high = value - step / 2, value + step / 2
        if claim.bound > 0:
            high = value + step
        elif claim.bound < 0:
            low = value - step
        return range(bisect.bisect_left(self._values, low), bisect.bisect_right(self._values, high))

    def _missing(self, claim: Claim, sense: Sense) -> Match:
        """No item has the value: say how the item that is meant differs."""
        meant = sense.meant()
        number = abs(claim.number.value)
        for index in meant:
            if _scaled(number, abs(self.items[index].value), claim.number.step):
                return Match(claim, None, "wrong scale", self.items[index])
        for index in self._values_scaled(claim):
            if sense.score(index) >= _NAMED:
                return Match(claim, None, "wrong scale", self.items[index])
        for index in meant:
            if _one_digit(claim, self.items[index]):
                return Match(claim, None, "digit differs", self.items[index])
        return Match(claim, None, "not there", self.items[meant[0]] if meant else None)

    def _values_scaled(self, claim: Claim) -> Iterable[int]:
        low, high = abs(claim.number.value) - claim.number.step / 2, abs(claim.number.value) + claim.number.step / 2
        for factor in _FACTORS if self._values else ():
            first = bisect.bisect_left(self._values, low * factor)
            if first < len(self._values) and self._values[first] <= high * factor:
                yield from range(first, bisect.bisect_right(self._values, high * factor))


class Sense:
    """What one figure's sentence says, worked out against the evidence."""

    def __init__(self, matcher: Matcher, claim: Claim, text: str) -> None:
        self.matcher, self.claim = matcher, claim
        self.items = matcher.items
        self.context, self.named = self._metric_words()
        self.whens = tuple(When.found(period) for period in self._periods())
        self.entities = matcher.entities.of_claim(claim, text, matcher.question.text, matcher.labels)
        self._best_row, self._best_prose = self._best_rival(prose=False), self._best_rival(prose=True)

    # ---- the metric

    def _metric_words(self) -> tuple[str, bool]:
        """The closest words that name some label strongly; else those that name one best; else whether nothing is named at all."""
        told, bare = (*self.claim.contexts, self.matcher.question.text), self.matcher.entities.without
        for group in self._in_order(), *(map(bare, group) for group in (told[:2], *((one,) for one in told[2:]))):
            scored = [(self._best_score(context), place, context) for place, context in enumerate(group)]
            if scored and max(scored)[0] >= _STRONG:
                return max(scored)[2], True
        best = max((self._best_score(bare(one)), -place, bare(one)) for place, one in enumerate(told))
        return best[2], best[0] >= _PROSE

    def _best_score(self, context: str) -> float:
        return self.matcher.labels.best(context)

    def _in_order(self) -> list[str]:
        """ "A and B were 1 and 2": the kth name for the kth figure."""
        if self.claim.order is None:
            return []
        place, count = self.claim.order
        parts = split_names(self.claim.lead, count, self.matcher)
        return [parts[place]] if parts else []

    def score(self, index: int) -> float:
        return self.matcher.labels.scores(self.context).get(self.matcher._label_of[index], 0.0)

    def _best_rival(self, *, prose: bool) -> float:
        """How well the words name the best label, of a row or of prose, that has an item of this unit, period, scope and entity."""
        known = self.matcher.labels.known
        for number, score in self.matcher.labels.ranked(self.context):
            if score < _PROSE:
                break
            if known[number].prose is prose and any(not self._plain_conflicts(index) for index in self.matcher._by_label[number]):
                return score
        return 0.0

    # ---- time

    def _periods(self) -> tuple[FoundPeriod, ...]:
        asked = [period for period in self.matcher.question.periods if period.kind != "relative"]
        own = self.claim.periods
        if own and any(period.kind == "relative" for period in own):
            base = next((year for period in asked if (year := When.found(period).fiscal_year)), None)
            own = tuple(_shift(period, base) for period in own if base is not None)
        if own:
            return own
        return tuple(asked) if len(asked) == 1 or not self.claim.periods else ()

    # ---- conflicts

    def conflicts(self, index: int) -> set[Reason]:
        item = self.items[index]
        found = self._plain_conflicts(index)
        if not fits_sign(self.claim, item):
            found.add("sign differs")
        metric = self._metric_conflict(index)
        if metric:
            found.add(metric)
        return found

    def _plain_conflicts(self, index: int) -> set[Reason]:
        """All but the value, its sign and the metric."""
        item, found = self.items[index], set[Reason]()
        if not fits_unit(self.claim.number, item):
            found.add("other unit")
        if not self.fits_time(index):
            found.add("other year")
        if not self._fits_scope(item):
            found.add("other scope")
        if not self.matcher.entities.fits(self.entities, item.entity):
            found.add("other entity")
        return found

    def fits_who(self, index: int) -> bool:
        """Of the right entity and scope, whatever the rest."""
        item = self.items[index]
        return self._fits_scope(item) and self.matcher.entities.fits(self.entities, item.entity)

    def fits_time(self, index: int) -> bool:
        item = self.items[index]
        return not self.whens or not item.whens or any(agree(claimed, when) for claimed in self.whens for when in item.whens)

    def _fits_scope(self, item: Item) -> bool:
        wanted = self.claim.scope or (None if item.scope != "parent" else "consolidated")
        if item.scope is None:
            return wanted != "parent"  # papers speak of the group where they don't say
        return wanted is None or wanted == item.scope

    def _metric_conflict(self, index: int) -> Reason | None:
        item, score = self.items[index], self.score(index)
        if item.source == "span" and item.direction and self.claim.number.percent and not self._tells_change():
            return "sibling row"  # the passage says by how much something changed, the claim how large it is
        if any(not part & words(f"{self.context} {self.claim.sentence} {self.matcher.question.text}") for part in item.label.required):
            return "sibling row"
        if item.source == "span" and self._is_neighbours(item):
            return "sibling row"
        if item.source == "calculation" and score >= self._best_row - 0.3:
            return None
        if not self.named:
            return None if self._says_nothing() else "metric not found"
        rival = max(self._best_prose - 0.15, self._best_row if self._best_row >= _STRONG else 0.0) if item.label.prose else self._best_row
        if score + 0.05 < rival or (not self._exact_time(index) and self._has_exact(score)):
            return "sibling row"
        return None if score >= (_PROSE if item.label.prose else _NAMED) else "metric not found"

    def _is_neighbours(self, item: Item) -> bool:
        """Whether the words are those right before another figure of the passage's sentence, and none of those before this one."""
        said = words(self.context)
        if not item.label.alternatives or weight(said & item.label.alternatives[0]):
            return False
        return any(
            other.source == "span"
            and other.label.alternatives[-1] == item.label.alternatives[-1]
            and other.unit == item.unit
            and weight(said & other.label.alternatives[0]) >= _OWN_WORDS
            for other in self.items
        )

    def _tells_change(self) -> bool:
        return self.claim.direction != 0 or _CHANGE.search(self.claim.nearby) is not None

    def _exact_time(self, index: int) -> bool:
        whens = self.items[index].whens
        return not self.whens or not whens or any(exact(claimed, when) for claimed in self.whens for when in whens)

    def _has_exact(self, score: float) -> bool:
        """Whether a row named as well has an item of just the claimed time: a span where a span is claimed."""
        scores = self.matcher.labels.scores(self.context)
        rivals = [index for number, other in scores.items() if other + 0.05 >= score for index in self.matcher._by_label[number]]
        return any(self.items[index].whens and self._exact_time(index) and not self._plain_conflicts(index) for index in rivals)

    def _says_nothing(self) -> bool:
        """Whether the sentence and the question name no metric at all, so that the value alone has to do."""
        said = words(self.matcher.entities.without(f"{self.claim.sentence} {self.matcher.question.text}"))
        return not said

    # ---- choosing

    def rank(self, index: int) -> tuple[int, int, float, int, int]:
        item = self.items[index]
        cited = 0 if self.matcher.evidence_of[index] + 1 in self.claim.markers else 1
        exact = 0 if not self.whens or item.whens else 1
        return cited, exact, -round(self.score(index), 2), _SOURCES.index(item.source), index

    def meant(self) -> list[int]:
        """Items that the words name, whatever their value, best first."""
        scores = self.matcher.labels.scores(self.context)
        found = [
            index
            for number, score in scores.items()
            if score >= max(_NAMED, self._best_row - 0.05)
            for index in self.matcher._by_label[number]
        ]
        return sorted((index for index in found if not self._plain_conflicts(index)), key=lambda index: -self.score(index))

    def given(self) -> Item | None:
        """A number that the question supposes ("at a tax rate of 25 %") and the answer repeats."""
        return next((item for item in self.matcher.question.items if supposed(self.claim, item, self.matcher.question.text)), None)


def told(evidence: Sequence[Evidence], question: str) -> str:
    """All that the evidence and the question say; nothing where the evidence is not texts alone, as rows and cells say no more of whose."""
    if not all(isinstance(one, PassageEvidence | TableEvidence) for one in evidence):
        return ""
    tables = (f"{one.caption} {one.markup}" for one in evidence if isinstance(one, TableEvidence))
    return " ".join([question, *(one.text for one in evidence if isinstance(one, PassageEvidence)), *tables])


def split_names(lead: str, count: int, matcher: Matcher) -> list[str]:
    """Cut "Research and development and net income were" into so many names: where the parts name labels best, each of them well."""
    joints = [match.span() for match in _JOINTS.finditer(lead)][-_MOST_JOINTS:]
    best: list[str] = []
    best_score = 0.0
    for cuts in combinations(joints, count - 1):
        edges = [0, *(edge for cut in cuts for edge in cut), len(lead)]
        parts = [matcher.entities.without(lead[start:end]) for start, end in zip(edges[::2], edges[1::2], strict=True)]
        scores = [max(matcher.labels.scores(part).values(), default=0.0) if matcher.labels.tells(part) else 0.0 for part in parts]
        if min(scores) >= _STRONG and sum(scores) > best_score:
            best, best_score = parts, sum(scores)
    return best


def _shift(period: FoundPeriod, base: int | None) -> FoundPeriod:
    return period if period.kind != "relative" or base is None else shifted(base, period.offset or 0)


def _scaled(value: Decimal, other: Decimal, step: Decimal) -> bool:
    if not value or not other:
        return False
    power = (other / value).adjusted() if other >= value else -(value / other).adjusted()
    return any(
        shift and abs(value * Decimal(10) ** shift - other) <= step * Decimal(10) ** shift / 2 for shift in (power - 1, power, power + 1)
    )


def _one_digit(claim: Claim, item: Item) -> bool:
    """The figure and the item, printed alike, differ in one or two digits of the same place."""
    step = claim.number.step
    if not step:
        return False
    ours, theirs = str(abs((claim.number.value / step).to_integral_value())), str(abs((item.value / step).to_integral_value()))
    return len(ours) == len(theirs) and len(ours) > 1 and sum(a != b for a, b in zip(ours, theirs, strict=True)) <= 2
