"""A sentence as a check leaves it: what it states, and whether that holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from finfoundry.binding.sentence.modality import Modality
from finfoundry.core.answer import Figure
from finfoundry.core.document import Scope
from finfoundry.core.periods import Kind

Relation = Literal["level", "change", "difference", "sum", "ratio", "share", "multiple", "extreme", "rank"]
ClaimType = Literal["numeric", "temporal", "computed", "comparative", "attribute", "regulatory"]
Support = Literal["supported", "unsupported", "unchecked"]


@dataclass(frozen=True, slots=True)
class ClaimTime:
    """A time that a claim tells: ``text`` as it is written, empty where it is only understood ("up from 5": a year before).

    ``start`` and ``end``: its days, ISO 8601; no start where it is one day, neither where only a year is named and nothing dates it.
    ``year``: the fiscal year that it is of. ``relative``: told by another time ("a year earlier"); its kind is *relative* and it has no
    days where neither the sentence nor the evidence says which.
    """

    text: str
    kind: Kind
    start: str | None
    end: str | None
    year: int | None
    relative: bool


@dataclass(frozen=True, slots=True)
class ReadClaim:
    """What a sentence says of one of its figures, as it was read, or by its words alone: then ``value`` and ``unit`` are None. ``start``
    and ``end`` are the offsets of the figure in the answer, or of the words.

    ``type``: what kind of claim it is, which decides who checks it: programs *numeric* (how large something is), *computed* (what
    follows from other figures), *temporal* (how something moved, or on which day) and *comparative* ones (which is more, the most, the
    second), nobody *attribute* (anything else that words say) and *regulatory* ones (what must or may be done).
    ``relation``: how it stands to other figures; None for words that tell of none. *share*: what part of a whole; *multiple*: how many
    times another; *difference*: how much more than another, or that it is more; *extreme*: the highest or lowest; *rank*: a place below
    the first. ``metric``: the words that name what it is said of. ``qualifiers``: what says which figure of that name is meant:
    adjusted, per share, net, attributable, a segment, a place. ``value``: a decimal string in base units. ``periods``: the times as they
    are written, ``times`` with their days. ``direction``: 1 for a rise, or more than another, -1 for a fall, or less. ``negative``: told
    as a loss or an outflow. ``modality``: whether it is denied, planned or alleged; empty for a plain statement. ``bound``: whether
    programs found it in the evidence. ``subject``: the company that it is said of, by the name that the evidence has; None where nobody
    is named, or one that the evidence does not know. ``scope``: the group or its parent company alone, where the words say so.
    """

    relation: Relation | None
    metric: str
    qualifiers: list[str]
    value: str | None
    unit: str | None
    periods: list[str]
    direction: int
    negative: bool
    start: int
    end: int
    bound: bool
    subject: str | None = None
    scope: Scope | None = None
    type: ClaimType = "numeric"
    times: list[ClaimTime] = field(default_factory=list)
    modality: list[Modality] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence of the answer. ``start`` and ``end`` are offsets in it; ``evidence`` are markers of the citations that support it.

    *supported*: all that it states is bound, and holds together. *unsupported*: ``reason`` says what is not. *unchecked*: nothing decides.
    ``spans``: offsets in the answer of what does not hold: of an unsupported sentence the figures that are not bound, or the words that do
    not follow. ``against``: the figures of the evidence by which what it says of figures does not hold.
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
