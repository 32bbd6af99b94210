"""A plan as the learnt reader writes it: expressions over the letters of metrics and the places of years.

    metrics ("net sales",), years (2024, 2023), compute ("(a1-a2)/a2",), show "percent"

``metrics`` are copied from the question, in its order, and called a, b, c …; ``years`` are those of the plan, the latest first; a2 is
the first metric in the second year. Where the question names no year, the years are 0 (the latest), -1, …
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Shown = Literal["money", "percent", "ratio", "days", "number", "yes_no", "open"]
SHOWN: tuple[Shown, ...] = get_args(Shown)
LETTERS = "abcdefgh"
COMPANY = {"en": "the company", "zh": "该公司"}  # what stands for the names of companies


@dataclass(frozen=True, slots=True)
class WrittenPlan:
    """The plan as written. ``compute`` holds expressions over names such as a1."""

    metrics: tuple[str, ...]
    years: tuple[int, ...]
    compute: tuple[str, ...]
    show: Shown
    bar: str = ""  # the words in which the question writes the number that the result is held against


def masked(question: str, spans: Sequence[tuple[int, int]], language: Literal["en", "zh"]) -> str:
    """The question with a fixed word for the names of companies at these places."""
    word, end, pieces = COMPANY[language], 0, list[str]()
    for start, stop in sorted(spans):
        if start >= end:
            pieces += [question[end:start], word]
        end = max(end, stop)
    return " ".join("".join([*pieces, question[end:]]).split())
