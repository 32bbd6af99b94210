"""A value that a manifest or a person gives of a rule, checked, in the form in which it is kept."""

from __future__ import annotations

from finfoundry.core.errors import InputError
from finfoundry.core.rules.law import LEVELS, MATTERS
from finfoundry.knowledge.laws.stated_dates import read_date

LONGEST_VALUE = 200  # characters of a title
DAYS = ("issued", "effective", "expires")


def check_value(matter: str, value: str) -> str:
    """A value in the form in which it is kept. Raises InputError that names it and the remedy."""
    said = " ".join(value.split())
    if matter not in MATTERS:
        raise InputError(f"A rule has no {matter[:40]!r}", remedy=f"Say one of {', '.join(MATTERS)}")
    if matter in DAYS:
        found = read_date(said)
        if found is None or found.day is None:
            why = found.fault if found else f"{said[:60]!r} is no date"
            raise InputError(f"The day of {matter} cannot be read: {why}", remedy="Write it as 2020-03-01")
        return found.day.isoformat()
    if matter == "level" and said not in LEVELS:
        raise InputError(f"There is no level {said[:60]!r}", remedy=f"Say one of {', '.join(LEVELS)}")
    if not said or len(said) > LONGEST_VALUE or not said.isprintable():
        raise InputError(f"The {matter} is empty, or has more than {LONGEST_VALUE} characters", remedy="Write it as the rule prints it")
    return said
