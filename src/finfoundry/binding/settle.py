"""What a sentence says of its figures together, computed from the items that they are: changes, ratios and sums of them, the direction in
which a level moved, how many times another it is, that it is the highest or lowest of some years. And what the words of a figure say
that no label holds: that it is adjusted, a profit or a loss, a change or a level.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from finfoundry.binding.against import held, in_order, in_time
from finfoundry.binding.bind import Match, Matcher
from finfoundry.binding.evidence import EvidenceItem
from finfoundry.binding.follows import following
from finfoundry.binding.ranks import ranked, ranked_apart
from finfoundry.binding.sentence.modality import modalities
from finfoundry.binding.sentence.moves import contradicted
from finfoundry.binding.series import year_before

_MOST = 8  # figures of a sentence that are reckoned with


@dataclass(frozen=True, slots=True)
class Settled:
    """The figures of a sentence, held against each other, and what of its words could not be computed."""

    matches: list[Match]
    unchecked: str | None = None
    unsupported: str | None = None
    told_alike: bool = False  # the evidence denies, plans or alleges just what the sentence does
    against: tuple[EvidenceItem, ...] = ()  # the items by which something is unsupported: its figures', and those of the year before


def settle(matches: Sequence[Match], matcher: Matcher, text: str, *, apart: bool = False) -> Settled:
    """The figures of one sentence once more: those that follow from others are bound, those that its words speak against are not.
    ``apart``: what a clause without a figure says is of something else.
    """
    found = list(matches)
    for place in (
        (*range(len(found)), *range(len(found))) if len(found) <= _MOST else ()
    ):  # twice: what follows may follow from one behind it
        if found[place].item is None:
            found[place] = following(found[place], found, matcher, text)
    found = [held(match, matcher, text) for match in found]
    found = [in_time(match, found, matcher) for match in found]
    found = [_of_one_time(match, found, matcher, text) for match in found]
    found = [in_order(match, found, matcher) for match in found]
    unsupported, unchecked = (ranked_apart if apart else ranked)(found, matcher)
    against = contradicted([match.claim for match in found])
    unsupported = f"{against}: the figures say otherwise" if against else unsupported
    against_it = tuple(_at_issue(found, matcher)) if unsupported else ()
    return Settled(found, unchecked, unsupported, _told_alike(found), against_it)


def _at_issue(matches: Sequence[Match], matcher: Matcher) -> Iterator[EvidenceItem]:
    """The items of a sentence, each once, a cell with that of the year before."""
    told: list[EvidenceItem] = []
    for item in (match.item for match in matches if match.item):
        before = year_before(item, matcher) if item.source == "cell" else None
        for one in (item, *([before] if before else ())):
            if one not in told:
                told.append(one)
                yield one


def settle_text(text: str, matcher: Matcher, *, apart: bool = False) -> list[Settled]:
    """Each sentence of a text that states a figure, or a quantity in words. ``apart`` as for ``settle``."""
    of_sentences = groupby(matcher.match(text, rough=True), key=lambda one: one.claim.start)
    return [settle(list(matches), matcher, text, apart=apart) for _, matches in of_sentences]


def _of_one_time(match: Match, matches: Sequence[Match], matcher: Matcher, text: str) -> Match:
    """A level that is compared with another line of the same time: "larger than its inventory, at 5"; of its own row it is an earlier."""
    if match.item or not match.claim.beside:
        return match
    claim = replace(match.claim, periods=match.claim.beside, earlier=False, beside=())
    told = in_time(held(matcher.match_claim(claim, text), matcher, text), matches, matcher)
    rows = {(one.item.series, one.item.above) for one in matches if one.item}
    return told if told.item and (told.item.series, told.item.above) not in rows else match


def _told_alike(matches: Sequence[Match]) -> bool:
    """Whether each figure is one of a passage that denies or plans it as the sentence does."""
    items = [match.item for match in matches]
    return all(
        item is not None and item.source == "span" and item.place is not None
        and modalities(item.place.quote) == modalities(match.claim.sentence)
        for item, match in zip(items, matches, strict=True)
    )  # fmt: skip
