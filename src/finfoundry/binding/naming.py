"""Which rows a figure's own words name in full, and which of them it is: what a score over all words leaves undecided is decided by sets.

The words nearest to the figure that name a row at all are taken. Of the rows that they name, one is left out where another one explains all
that it explains and more: "total liabilities" next to "total current liabilities". Of rows of one name that differ by what stands above
them, the one counts whose headings the sentence says; where it says none, that of the statements.
"""

from __future__ import annotations

import re
from functools import cached_property

from finfoundry.binding.evidence import EvidenceItem
from finfoundry.binding.sense import Reason, Sense
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.labels import BALANCES, Words, qualifiers, weight, word_lists, words

_LITTLE = 0.9  # weight of words of a name that may be left out: "total"
_FOR_A_WORD = 2.5  # how much more of its name and headings a row may leave unsaid for each word more that it explains
FULL, PART = 0.99, 0.6  # of the weight of a row's name that is said


_TELLING, _TIMES, _WHOLE, _CAPTIONS = (word_lists()[name] for name in ("telling", "times", "whole", "captions"))
_LOOSE = word_lists()["loose"]
_OTHER_PER_SHARE = re.compile(
    r"dividend|book|price|par value|distribution|net asset|股利|股息|派|净资产|earnings|\beps\b|收益|盈余", re.IGNORECASE
)


def _per_share(claim: Claim) -> list[str]:
    """What "$6.02 per diluted share" says by itself: earnings, where the words before it tell of nothing else that is paid a share."""
    unit = claim.number.unit or ""
    if not unit.endswith("/share") or _OTHER_PER_SHARE.search(claim.nearby):
        return []
    return [f"earnings {claim.number.text}"]


class Naming:
    """The rows that the words around one figure name, held against the items of its unit, time, scope and company."""

    def __init__(self, sense: Sense, *, operands: bool = False) -> None:
        """``operands``: rows from which the figure may be computed, of any unit and time."""
        self._sense, self._index = sense, sense.evidence
        self._apart: frozenset[Reason] = frozenset(("other unit", "other year")) if operands else frozenset()
        claim = sense.claim
        self._changes = claim.direction != 0 and (claim.number.percent or claim.move == 0)

    @cached_property
    def _told(self) -> list[str]:
        """The words around the figure, nearest first, without companies' names."""
        claim, without = self._sense.claim, self._index.entities.without
        texts = (*claim.heads, *claim.contexts, self._index.question.text)
        return self._sense.in_order() or self._sense.by_verb() or _per_share(claim) + [without(text) for text in texts]

    @cached_property
    def _said(self) -> Words:
        return words(self._index.entities.without(self._sense.claim.sentence))

    @cached_property
    def _named(self) -> tuple[str, dict[int, tuple[float, Words]]]:
        """The nearest words that name rows, and the rows."""
        told = self._told
        for least in (FULL, PART):
            for text in dict.fromkeys(told):
                found = self._possible(text, least)
                if found and text is told[0] and len(told) > 1:
                    wider = self._possible(told[1], least)  # "restructuring and impairment charges": the break was within a name
                    said = {words_of for _, words_of in found.values()}
                    found = {number: one for number, one in wider.items() if any(one[1] > less for less in said)} or found
                if found:
                    return text, found
        return "", {}

    @property
    def rows(self) -> dict[int, tuple[float, Words]]:
        """Label number → how much of its name is said, and which words."""
        return self._named[1]

    @cached_property
    def _subject(self) -> Words:
        """What the sentence says besides the names of the rows."""
        return self._said.difference(*(words_of for _, words_of in self.rows.values()))

    def _possible(self, text: str, least: float) -> dict[int, tuple[float, Words]]:
        """The rows that a text names so well, of which an item can be meant and none explains more of it."""
        told = {number: one for number, one in self._index.labels.covers(text).items() if one[0] >= PART}
        found = {
            number: one
            for number, one in told.items()
            if any(self._sense.plain_conflicts(index) <= self._apart for index in self._index.by_label[number])
        }
        if any(map(self._is_of_just_then, found)):  # a balance is not meant where a span is told and a flow is named as well
            found = {number: one for number, one in found.items() if self._is_of_just_then(number) or not self._is_stated(number)}
        if max((cover for cover, _ in found.values()), default=0.0) < least:
            return {}
        printed = {said for number, (_, said) in found.items() if self._index.labels.known[number].alternatives[0] <= said}
        found = {number: one for number, one in found.items() if not self._is_another_name(number, one[1], printed)}
        explained = {said for _, said in found.values()}
        whole = {said for cover, said in found.values() if cover >= FULL}
        return {
            number: (cover, said)
            for number, (cover, said) in found.items()
            if not any(said < other and weight(other - said) >= 1 for other in explained)
            and (weight(said) * (1 / cover - 1) < _LITTLE or not any(said <= other for other in whole))  # more is missing than "total"
        }

    def _is_another_name(self, number: int, said: Words, printed: set[Words]) -> bool:
        """Whether words name a row by a name that it does not print, while they are those of another row as it is printed."""
        own, *others = self._index.labels.known[number].alternatives
        unsaid = min(weight(name - said - BALANCES) for name in (own, *(other for other in others if other < own)))  # without "(loss)"
        return unsaid >= _LITTLE and any(said <= other for other in printed)

    def names(self, index: int) -> bool:
        """Whether an item is of a row that is named, with all that qualifies it, and no row of that name is meant rather."""
        item, number = self._index.items[index], self._index.label_of[index]
        if number not in self.rows:
            return False
        if self._sense.is_another(index):
            return False
        known = item.label
        own = self._told[0] if self._told and words(self._told[0]) else self._named[0]
        meant = qualifiers(own, words(own)) & _TELLING
        if meant - known.qualifiers - known.beside - item.above - self.rows[number][1]:
            return False
        untold = self.rows[number][0] < FULL and any((name & _TELLING) - self._said for name in known.alternatives[:1])
        if untold and not self._is_one_value(index):
            return False  # "adjusted operating profit" is not named by "operating profit"
        if any(not part & (self._said | words(self._index.question.text)) for part in known.required):
            return False
        if not self._sense.exact_time(index) and any(map(self._is_of_just_then, self.rows)):
            return False
        return not self.outranked(index)

    def _is_one_value(self, index: int) -> bool:
        """Whether all rows of a share that the words name say the same, so that "basic" or "diluted" need not be told."""
        item = self._index.items[index]
        if not (item.unit or "").endswith("/share"):
            return False
        rivals = [
            self._index.items[one] for number in self.rows for one in self._index.by_label[number] if not self._sense.plain_conflicts(one)
        ]
        return all(one.value == item.value for one in rivals if one.dates == item.dates and one.unit == item.unit)

    def _is_of_just_then(self, number: int) -> bool:
        """Whether a row has a dated item of just the time that is claimed: a balance where a day is, a flow where a span is."""
        items = self._index.by_label[number]
        return any(self._index.items[one].whens and self._sense.exact_time(one) and not self._sense.plain_conflicts(one) for one in items)

    def _is_stated(self, number: int) -> bool:
        """Whether a row stands in a statement, where its times are sure."""
        return any(self._index.items[one].principal for one in self._index.by_label[number])

    def outranked(self, index: int) -> bool:
        """Whether another cell that the claim may mean explains all the words nearest to it that this one does and more; or as many
        and no less of the sentence, while it stands in a statement and this one does not.
        """
        rows, item = self._index.rows, self._index.items[index]
        explained, of_all = rows.explain(self._near), rows.explain(self._said)
        row = rows.row_of.get(index, -1)
        mine, whole = explained.get(row, frozenset()), of_all.get(row, frozenset())
        if weight(mine) < 1:
            return False
        unsaid = self._unsaid(item)
        for other, theirs in explained.items():
            more = weight(theirs - mine - _LOOSE) if mine < theirs else 0
            if more < 1 and (theirs != mine or item.principal or not whole <= of_all.get(other, frozenset())):
                continue
            for one in rows.items[other]:
                rival = self._index.items[one]
                if rival.value in (item.value, 0) or not self._rivals(index, one, more=more >= 1):
                    continue
                if more < 1 or self._unsaid(rival) <= unsaid + _FOR_A_WORD * more:
                    return True
        return False

    def _prints_alike(self, item: EvidenceItem) -> bool:
        """Whether an item is the figure as well, as it is printed."""
        claim = self._sense.claim
        low, high = claim.window
        return low <= abs(item.value) - abs(claim.number.value) <= high

    def _is_said(self, item: EvidenceItem) -> bool:
        """Whether something of an item's own name is said: a part that is not named is not meant, whatever its headings are."""
        names = item.label.alternatives
        return any(not name or ((said := name & self._near) and weight(said) >= min(1, weight(name))) for name in names)

    def _unsaid(self, item: EvidenceItem) -> float:
        """How much of an item's name, the least of its names, is not said; of its headings the half."""
        above = (item.above | item.label.beside) - self._near - _CAPTIONS - _TIMES - BALANCES
        return min(len(name - self._near - _WHOLE) + weight(above - name) / 2 for name in item.label.alternatives)

    def _rivals(self, index: int, rival: int, *, more: bool) -> bool:
        """Whether another cell may be meant rather: of the claim's unit and time; where it explains no more, of the very time and name."""
        item, other = self._index.items[index], self._index.items[rival]
        operands, then = bool(self._apart), _at_one_time(item, other)
        if other.unit != item.unit or other.change is not item.change or not self._is_said(other):
            return False
        if self._sense.plain_conflicts(rival) - self._apart or (not then if operands else self._prints_alike(other)):
            return False
        one_metric = item.concept is not None and item.concept == other.concept
        same = then and (one_metric or other.label.alternatives[0] == item.label.alternatives[0])
        return more or (other.principal and same and (operands or not self._changes))

    @cached_property
    def _near(self) -> Words:
        """The words nearest to the figure that name rows."""
        return words(self._named[0] or self._told[0])

    def unsure(self, index: int) -> bool:
        """Whether the row's name is said in full and nothing else is by which another table's row of that name and another value is
        not meant: the margin of a segment, of which there is one for each.
        """
        item, number = self._index.items[index], self._index.label_of[index]
        cover = self.rows[number][0] if number in self.rows else 0.0
        if item.principal or self._changes or cover < FULL or self._rank(index)[0] or item.unit != "ratio":
            return False
        rivals = [one for one in self._index.by_label[number] if self._index.items[one].above != item.above]
        rivals = [one for one in rivals if self._alike(index, one) and not self._rank(one)[0]]
        return any(self._index.items[one].value not in (item.value, 0) for one in rivals)

    def _alike(self, index: int, rival: int) -> bool:
        """Whether both are of one time and unit, so that one of them at most is meant."""
        one, other = self._index.items[index], self._index.items[rival]
        return one.dates == other.dates and one.unit == other.unit and not self._sense.plain_conflicts(rival)

    def _rank(self, index: int) -> tuple[float, bool]:
        """How much of its headings the sentence says besides the row's name, and whether it stands in a statement."""
        item = self._index.items[index]
        heads = (item.above | item.label.beside) - item.label.alternatives[0]
        return weight((heads & self._subject) - BALANCES - _TIMES - words(" ".join(item.entity))), item.principal


def _at_one_time(one: EvidenceItem, other: EvidenceItem) -> bool:
    return one.period == other.period and one.whens == other.whens
