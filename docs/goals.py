"""Whether a measured figure meets its goal, where both are numbers of one form: ``≥ 98``, ``≤ 4 %``, ``≥ 95 / ≤ 6 %``, ``12 of 12``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

NUMBER = r"(?P<sign>[+−-]\s*)?(?P<digits>\d[\d,]*(?:\.\d+)?(?:e-?\d+)?|\.\d+)"
PART = re.compile(rf"(?:(?P<relation>[≥≤<>])\s*)?{NUMBER}(?:\s+of\s+(?P<whole>\d[\d,]*))?\s*(?P<unit>\D.*)?")
OLDER = "†"  # measured on older code: what it says is not what the code does now


@dataclass(frozen=True)
class Part:
    """One number of a goal or a figure: ``≤ 4 %`` is 4, at most, per cent; ``29 of 30`` is 29 of a whole of 30."""

    relation: str
    value: Decimal
    whole: Decimal | None
    unit: str

    @property
    def share(self) -> Decimal:
        """The value in per cent of its whole; the value itself where it has none."""
        return 100 * self.value / self.whole if self.whole else self.value


def reached(goal: str, measured: str) -> bool | None:
    """Whether the figure meets the goal; None where one of them is told in words, or their forms or units differ.

    ``reached("≥ 95 / ≤ 6 %", "97.1 / 12.4 %")`` is False, ``reached("≤ 1 %", "0 of 400")`` is True, ``reached("all pass", "9")`` is None.
    """
    if OLDER in measured:
        return False
    if _bare(goal) == _bare(measured):
        return True
    had = _groups(measured)
    wanted = _spread(_groups(goal), len(had))
    if len(wanted) != len(had):
        return None
    pairs = [pair for bounds, values in zip(wanted, had, strict=True) for pair in _beside(bounds, values)]
    met = [_meets(bound, value) for bound, value in pairs]
    return False if False in met else None if None in met else True


def _bare(text: str) -> str:
    """A text without what stands in brackets beside its numbers."""
    return re.sub(r"\([^)]*\)|\[[^\]]*\]|\beach$", "", text).strip()


def _groups(text: str) -> list[list[Part | None]]:
    """The numbers of a text, parted by ``;`` and then by `` / ``; None for what is told in words."""
    groups = [[PART.fullmatch(part.strip()) for part in re.split(r"\s+/\s+", group)] for group in _bare(text).split(";")]
    units = _units([match for group in groups for match in group])
    return [_related([_part(match, units.pop(0)) for match in group]) for group in groups]


def _units(matches: Sequence[re.Match[str] | None]) -> list[str]:
    """The unit of each number: its own, or that of the next one that has any (``95 / 6 %`` are both per cent)."""
    units, last = [], ""
    for match in reversed(matches):
        last = ((match["unit"] or "").strip() if match else "") or last
        units.append(last)
    return units[::-1]


def _part(match: re.Match[str] | None, unit: str) -> Part | None:
    if match is None:
        return None
    value = Decimal(match["digits"].replace(",", "")) * (-1 if (match["sign"] or "").strip() in ("−", "-") else 1)
    whole = Decimal(match["whole"].replace(",", "")) if match["whole"] else None
    return Part(match["relation"] or "", value, whole, unit)


def _related(parts: list[Part | None]) -> list[Part | None]:
    """A bound without a relation of its own has that of the one before it in its group: ``≥ .98 / .97``."""
    related: list[Part | None] = []
    relation = ""
    for part in parts:
        relation = part.relation or relation if part else relation
        related.append(Part(relation, part.value, part.whole, part.unit) if part else None)
    return related


def _spread(groups: list[list[Part | None]], count: int) -> list[list[Part | None]]:
    """One goal holds for each of several figures."""
    return groups * count if len(groups) == 1 else groups


def _beside(bounds: Sequence[Part | None], values: Sequence[Part | None]) -> list[tuple[Part | None, Part | None]]:
    """Each bound with its figure; a pair of nothing, which decides nothing, where their numbers differ."""
    if len(bounds) == 1:
        bounds = list(bounds) * len(values)
    return list(zip(bounds, values, strict=True)) if len(bounds) == len(values) else [(None, None)]


def _meets(bound: Part | None, value: Part | None) -> bool | None:
    if bound is None or value is None:
        return None
    if bound.whole or (value.whole and bound.unit == "%"):
        wanted, had = bound.share, value.share
    elif bound.unit == value.unit:
        wanted, had = bound.value, value.value
    else:
        return None
    return {"≥": had >= wanted, "≤": had <= wanted, "<": had < wanted, ">": had > wanted, "": had == wanted}[bound.relation]
