"""Whether a fact has the digits that it says are printed: a scale and a percent move the point, and change no digit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from finfoundry.core.document import Fact
from finfoundry.knowledge.balance.digit_runs import digits_of

MOST_TOLD = 10


def has_printed_digits(fact: Fact) -> bool:
    """Whether the digits of a fact's value, without zeros at the ends, are those of a run in its text, or of all of them together; True
    where the text has no digit ("nil", "two").

    ``1,234.5`` in thousands is 1234500: True. ``1,234.5`` read as 1254500: False.
    """
    runs = digits_of(fact.text)
    if not runs:
        return True
    value = format(fact.value, "f").replace("-", "").replace(".", "").strip("0")
    return any(run.strip("0") == value for run in runs) or "".join(runs).strip("0") == value


def other_digits(facts: Sequence[Fact]) -> Iterator[str]:
    """Which facts have other digits than are printed, each in one line."""
    wrong = [fact for fact in facts if not has_printed_digits(fact)]
    for fact in wrong[:MOST_TOLD]:
        yield f"page {fact.page}: a fact has other digits than are printed: {fact.value:f} for {fact.text!r} ({' › '.join(fact.metric)})"
    if len(wrong) > MOST_TOLD:
        yield f"{len(wrong) - MOST_TOLD} further facts have other digits than are printed"
