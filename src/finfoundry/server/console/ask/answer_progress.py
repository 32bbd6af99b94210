"""What is told while an answer is made: the stage in words, the seconds passed, and how many are likely left."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

STAGES = ("understand", "plan", "query", "retrieve", "generate", "bind")  # of ``QuestionContext.timed``


def progress_words(words: dict[str, str], stages: Sequence[str], seconds: float, times: Sequence[float], deadline: float) -> str:
    """``stages``: those reached so far; ``times``: how long earlier answers took; all in seconds."""
    stage = stages[-1] if stages else "waiting_turn"
    said = words[f"stage_{stage}"] if stage in STAGES else words["waiting_turn"] if not stages else words["working"]
    return f"{said} · {words['passed'].format(round(seconds))} · {_left(words, seconds, times, deadline)}"


def _left(words: dict[str, str], seconds: float, times: Sequence[float], deadline: float) -> str:
    """By what earlier answers took that took longer than this one has so far; at most until the deadline."""
    longer = [time for time in times if time > seconds]
    if longer:
        return words["left"].format(max(1, round(statistics.median(longer) - seconds)))
    return words["left_at_most"].format(max(1, round(deadline - seconds)))
