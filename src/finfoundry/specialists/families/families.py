"""The families by name. ``market-risk`` has a life cycle of its own; the others are classifiers."""

from __future__ import annotations

from finfoundry.core.errors import InputError
from finfoundry.core.plugins import offered, plugins
from finfoundry.specialists.families import aml, credit, fraud
from finfoundry.specialists.families.family import Family

CLASSIFIERS: dict[str, Family] = {family.name: family for family in (credit.FAMILY, fraud.FAMILY, aml.FAMILY)}
MARKET_RISK = "market-risk"
NAMES = (*CLASSIFIERS, MARKET_RISK, *offered("families"))


def classifier(name: str) -> Family:
    """A family of classifiers. Raises InputError."""
    if name in CLASSIFIERS:
        return CLASSIFIERS[name]
    if name not in offered("families"):
        raise InputError(f"There is no family {name!r}", remedy=f"Choose one of {', '.join(NAMES)}")
    family: Family = plugins("families")[name]
    return family
