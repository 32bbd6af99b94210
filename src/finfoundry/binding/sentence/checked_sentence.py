"""A sentence as a check leaves it: what it states, and whether that holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from finfoundry.core.answer import Figure
from finfoundry.core.document import Scope

Relation = Literal["level", "change", "difference", "sum", "ratio", "share", "multiple", "extreme", "rank"]
Support = Literal["supported", "unsupported", "unchecked"]


@dataclass(frozen=True, slots=True)
class ReadClaim:
    """What a sentence says of one of its figures, as it was read. ``start`` and ``end`` are the figure's offsets in the answer.

    ``metric``: the words that name it. ``qualifiers``: those of them without which another figure would be meant. ``value``: a decimal
    string in base units. ``direction``: 1 for a rise, -1 for a fall. ``negative``: told as a loss or an outflow. ``subject``: the company
    that it is said of, by the name that the evidence has; None where nobody is named, or one that the evidence does not know. ``scope``:
    the group or its parent company alone, where the words say so. *share*: what part of a whole; *multiple*: how many times another;
    *extreme*: the highest or lowest; *rank*: a place below the first.
    """

    relation: Relation
    metric: str
    qualifiers: list[str]
    value: str
    unit: str | None
    periods: list[str]
    direction: int
    negative: bool
    start: int
    end: int
    bound: bool
    subject: str | None = None
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence of the answer. ``start`` and ``end`` are offsets in it; ``evidence`` are markers of the citations that support it.

    *supported*: all that it states is bound, and holds together. *unsupported*: ``reason`` says what is not. *unchecked*: nothing decides.
    ``spans``: offsets in the answer of words that nothing supports, where the support checker was asked for. ``against``: the figures of
    the evidence by which what it says of figures does not hold.
    """

    text: str
    start: int
    end: int
    status: Support
    reason: str | None = None
    claims: list[ReadClaim] = field(default_factory=list)
    evidence: list[int] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    against: list[Figure] = field(default_factory=list)
