"""How much of an answer its evidence, the texts of the row, bears out: figures that are bound, sentences that are supported."""

from __future__ import annotations

from functools import lru_cache

from finfoundry.binding.verify import Checker, Report
from finfoundry.train.rewards.reward import SampledAnswer


def bound(answered: SampledAnswer) -> float:
    """The share of the figures that are bound. An answer without one is as good as the row's own is: 0 where that has some."""
    report = checked(answered.texts, answered.text)
    if count := report.bound + report.unbound:
        return report.bound / count
    expected = checked(answered.texts, answered.expected)
    return float(not expected.bound + expected.unbound)


def supported(answered: SampledAnswer) -> float:
    """The share of the sentences that state something and are supported, by the part that needs no model; one contradicted spoils all."""
    statuses = [one.status for one in checked(answered.texts, answered.text).sentences]
    if not statuses or "unsupported" in statuses:
        return 0.0
    return statuses.count("supported") / len(statuses)


def checked(texts: tuple[str, ...], answer: str) -> Report:
    return _checker(texts).check(answer)


@lru_cache(maxsize=256)
def _checker(texts: tuple[str, ...]) -> Checker:
    """Of a row: all its completions are held against the same texts."""
    return Checker(texts)
