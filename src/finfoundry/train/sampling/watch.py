"""Whether a policy collapses: what it writes becomes certain, endless, empty or repeats itself, while it earns no more for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from finfoundry.train.sampling.judged import Group

GRAM, TIMES = 3, 4  # so many tokens in a row, so many times, are a repetition
FIRST = 3  # rounds that say how it was
CERTAIN, REPEATING, SHORT, ENDLESS = 0.05, 0.5, 0.1, 0.9


@dataclass(frozen=True, slots=True)
class Habits:
    """Of the completions of one round. ``entropy`` in nats a token, by the tokens that were drawn."""

    entropy: float
    length: float  # tokens
    repeating: float  # share in which some tokens come again and again
    ended: float  # share
    total: float  # mean reward


def habits(groups: Sequence[Group]) -> Habits:
    drawn = [one.drawn for group in groups for one in group.found]
    scores = [score for one in drawn for score in one.scores]
    return Habits(
        -fmean(scores), fmean(len(one.ids) for one in drawn), fmean(repeats(one.ids) for one in drawn),
        fmean(one.finished for one in drawn), fmean(group.mean for group in groups),
    )  # fmt: skip


def repeats(ids: Sequence[int]) -> bool:
    grams = Counter(tuple(ids[place : place + GRAM]) for place in range(len(ids) - GRAM + 1))
    return max(grams.values(), default=0) >= TIMES


def collapse(first: Habits, now: Habits) -> str:
    """What has become of a policy that was once as ``first`` says; empty where nothing has. Being sure is no fault where it earns more."""
    if now.total > first.total:
        return ""
    if now.entropy < CERTAIN * first.entropy:
        return f"its entropy fell from {first.entropy:.3f} to {now.entropy:.3f} nats a token"
    if now.repeating > max(REPEATING, 2 * first.repeating):
        return f"{now.repeating:.0%} of its completions repeat themselves, {first.repeating:.0%} did"
    if now.length < SHORT * first.length:
        return f"its completions fell from {first.length:.0f} to {now.length:.0f} tokens"
    if 1 - now.ended > max(ENDLESS, 2 * (1 - first.ended)):
        return f"{1 - now.ended:.0%} of its completions do not end, {1 - first.ended:.0%} did not"
    return ""
