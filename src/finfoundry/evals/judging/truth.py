"""What is true of one question, typed: shared by the judge and by the makers of false answers, and written by neither."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Form = Literal[
    "money", "percent", "points", "ratio", "either", "count", "days", "shares", "per share"
]  # either: a ratio, or the same in percent


@dataclass(frozen=True, slots=True)
class TrueFigure:
    """One figure in base units (a percent is a fraction), with what must be right about it.

    ``step`` is the worth of the last digit that an answer must print; zero where any that is not coarse will do. ``known``: the worth of
    the last digit to which the truth itself is known.
    ``signless``: an outflow, which statements print with or without a minus. ``change``: a growth or difference, whose sign a word
    such as "fell" may say. ``years``: the years that it is of, where an answer needs figures of several.
    """

    value: Decimal
    step: Decimal = Decimal(0)
    form: Form = "money"
    unit: str | None = None  # ISO 4217
    signless: bool = False
    change: bool = False
    years: tuple[int, ...] = ()
    known: Decimal = Decimal(0)
    labels: tuple[str, ...] = ()  # names of its metric, where an answer needs figures of several


@dataclass(frozen=True, slots=True)
class Truth:
    """What a right answer states, and what it must be about. Each part that is given must be met.

    ``chosen``: the item that a superlative asks for, in any of these names, and ``instead`` the items that it was chosen from.
    ``words``: for each thing to be said the forms in which it may be said ("substitut*" matches every ending). ``never``: what makes an
    answer false. ``names``: for each thing the exact texts of which one must be given (an address, a person).
    """

    entity: tuple[str, ...] = ()
    strangers: frozenset[str] = frozenset()  # other companies of the same documents
    years: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()  # names of the metric that is asked about
    others: tuple[str, ...] = ()  # names of other metrics of the same documents
    figures: tuple[TrueFigure, ...] = ()
    rises: bool | None = None
    yes: bool | None = None
    chosen: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    never: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    ordered: tuple[str, ...] = ()  # names in the order in which they must be given, and no other of the ``roster``
    roster: frozenset[str] = frozenset()
    money_scale: Decimal | None = None  # what the question counts money in: a bare number is taken in it
