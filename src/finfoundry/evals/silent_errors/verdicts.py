"""The judge: a file is right, or what is not right in it is said, or it is silently wrong. A pure function of the truth and what was read.

Right: each figure of the truth is a fact with its label, value in base units, unit and period, no other fact contradicts one under its
label and period, nothing forbidden is a fact, the issuer is the one that is asked for, and what must be told is told. Said: the file is
refused with a reason, a mark stands on it, or each fault is named by a loss, a conflict or a broken identity. A loss names a fault where
it has words of the figure (its label, what is printed, or the words that the recipe tells), or is about such a fault: lost numbers where a
figure is missing, a scale where one is wrong, headings where a period is.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from finfoundry.core.document import Fact, Parsed
from finfoundry.core.errors import FinfoundryError
from finfoundry.evals.silent_errors.expected import NUMBER, Figure, NoFigure, Truth

Outcome = Literal["correct", "said", "silent"]
FaultKind = Literal["missing", "label", "value", "scale", "sign", "unit", "period", "extra", "forbidden", "issuer", "untold"]
_COUNTED = frozenset({None, "count", "shares", "people", "ratio"})  # units that a plain number may be given
_LOST = (
    r"^(?!.*(?:\bscale|\bapart))"
    r"(?=.*(?:number|figure|cell|row|amount|text|picture|line|column|sheet|page|value|digit))"
    r"(?=.*(?:\bno\b|\bnot\b|without|left out|lost|cut|error|empty|hidden|unread|cannot|low confidence|closed))"
)
_ABOUT: dict[FaultKind, str] = {
    "missing": _LOST,
    "label": r"label|headings?|apart",
    "value": r"apart|contradict|differ",
    "scale": r"\bscale|in (?:ones|thousands|millions)|\bunit",
    "sign": r"\bsign",
    "unit": r"\bunit|currenc|\bscale",
    "period": r"period|\bdated?\b|headings?|apart",
    "extra": r"apart|contradict|differ",
    "forbidden": r"(?!)",
    "issuer": r"compan|issuer|whose",
    "untold": r"(?!)",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of a file: facts, and all that it says of what it did not read. ``refused``: why the file was not read at all."""

    facts: Sequence[Fact] = ()
    losses: Sequence[str] = ()  # with conflicts and broken identities, in words
    marks: Sequence[str] = ()
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not right: what is expected of which figure, and what there is."""

    kind: FaultKind
    figure: Figure | NoFigure | str
    seen: str = ""

    def __str__(self) -> str:
        if isinstance(self.figure, Figure):
            named = f"{' > '.join(self.figure.label)} {self.figure.period} {self.figure.printed}"
        else:
            named = str(self.figure.value) if isinstance(self.figure, NoFigure) else self.figure
        return f"{self.kind}: {named}" + (f" (read: {self.seen})" if self.seen else "")


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    right: int  # figures
    faults: tuple[Fault, ...] = field(default=())


def reading_of(read: Sequence[Parsed] | FinfoundryError) -> Reading:
    """What the product makes of a file and all that is inside it, or its refusal: one without a remedy is none."""
    if isinstance(read, FinfoundryError):
        return Reading(refused=str(read) if read.remedy else None)
    certificates = [one.certificate for one in read]
    broken = [
        f"{one.name}: {one.left:f} differ from {one.right:f} {one.detail}" for c in certificates for one in c.identities if not one.held
    ]
    losses = [text for c in certificates for text in (*c.losses, *(f"contradict: {one}" for one in c.conflicts))]
    return Reading([fact for one in read for fact in one.facts], [*losses, *broken], [c.mark for c in certificates if c.mark])


def judge(truth: Truth, reading: Reading) -> Verdict:
    """Right, said or silently wrong, with the faults. Example: a fact that is missing without a loss makes a file silently wrong."""
    if reading.refused is not None:
        return Verdict("said", 0)
    faults = [*_faults(truth, reading.facts), *_untold(truth, reading)]
    right = len(truth.figures) - len({id(fault.figure) for fault in faults if isinstance(fault.figure, Figure) and fault.kind != "extra"})
    if not faults:
        return Verdict("correct", right)
    said = bool(reading.marks) or all(any(_names(loss, fault, truth) for loss in reading.losses) for fault in faults)
    return Verdict("said" if said else "silent", right, tuple(faults))


def _faults(truth: Truth, facts: Sequence[Fact]) -> Iterator[Fault]:
    for figure in truth.figures:
        there = [fact for fact in facts if of_label(fact, figure)]
        fault = None if any(_right(fact, figure) for fact in there) else _why_not(figure, there, facts)
        if fault is not None:
            yield fault
        yield from (Fault("extra", figure, _told(fact)) for fact in there if fault is None and _contradicts(fact, figure, truth.figures))
    for no in truth.forbidden:
        yield from (
            Fault("forbidden", no, _told(fact)) for fact in facts if fact.value == no.value and (no.label is None or _has(fact, no.label))
        )
    if truth.issuer is not None:
        others = sorted({fact.entity for fact in facts if fact.entity and not _same_name(fact.entity, truth.issuer)})
        yield from (Fault("issuer", truth.issuer, other) for other in others)
        if facts and not any(fact.entity for fact in facts):
            yield Fault("issuer", truth.issuer, "none")


def _untold(truth: Truth, reading: Reading) -> Iterator[Fault]:
    """That what must be told is not: words of it stand in no loss."""
    if truth.tell and not any(word.casefold() in loss.casefold() for loss in reading.losses for word in truth.tell):
        yield Fault("untold", " or ".join(truth.tell))


def _right(fact: Fact, figure: Figure) -> bool:
    return fact.value == figure.value and same_unit(fact.unit, figure.unit) and same_period(figure.period, fact.period)


def _why_not(figure: Figure, there: Sequence[Fact], facts: Sequence[Fact]) -> Fault:
    """What is wrong with the nearest fact; that there is none."""
    near = sorted(there, key=lambda fact: (not same_period(figure.period, fact.period), fact.value != figure.value))
    if near and same_period(figure.period, near[0].period):
        return Fault(_wrong(near[0], figure), figure, _told(near[0]))
    moved = next((fact for fact in there if fact.value == figure.value and same_unit(fact.unit, figure.unit)), None)
    if moved is not None:
        return Fault("period", figure, _told(moved))
    elsewhere = next((fact for fact in facts if fact.value == figure.value and figure.value and fact not in there), None)
    return Fault("label", figure, _told(elsewhere)) if elsewhere is not None else Fault("missing", figure)


def _wrong(fact: Fact, figure: Figure) -> FaultKind:
    if fact.value == figure.value:
        return "unit"
    if fact.value == -figure.value:
        return "sign"
    return "scale" if figure.value and _power_of_ten(fact.value / figure.value) else "value"


def _power_of_ten(ratio: Decimal) -> bool:
    return ratio > 0 and ratio.normalize().as_tuple().digits == (1,)


def _contradicts(fact: Fact, figure: Figure, figures: Sequence[Figure]) -> bool:
    """Whether it stands under the label and period of a figure, with a value that no figure of that label has. A share beside an amount is
    another thing.
    """
    if not same_period(figure.period, fact.period) or (fact.unit != figure.unit and "ratio" in (fact.unit, figure.unit)):
        return False
    return not any(fact.value == one.value and same_unit(fact.unit, one.unit) for one in figures if of_label(fact, one))


def of_label(fact: Fact, figure: Figure) -> bool:
    """Whether a fact is of the line of a figure: one part of its path is the line's name, and the other words stand around it."""
    if figure.concept is not None and fact.concept == figure.concept:
        return True
    parts = [*fact.metric, *(value for _, value in fact.dimensions), fact.entity or "", fact.scope]
    line, *others = figure.label
    path = _plain(" ".join(parts))
    if figure.alien is not None and _stands_in(_plain(figure.alien), path):
        return False
    return any(_bare(part) == _bare(line) for part in parts) and all(_stands_in(_plain(word), path) for word in others)


def _stands_in(word: str, path: str) -> bool:
    """Whether a path has a word; a number only where it is no part of a longer one, nor the number of a column."""
    return re.search(rf"(?<![\d#.]){re.escape(word)}(?!\d)", path) is not None if word[:1].isdigit() else word in path


def _has(fact: Fact, label: str) -> bool:
    return any(_bare(part) == _bare(label) for part in fact.metric)


def _plain(text: str) -> str:
    return re.sub(r"\s+", "" if re.search(r"[\u4e00-\u9fff]", text) else " ", unicodedata.normalize("NFKC", text)).strip().casefold()


def _bare(text: str) -> str:
    """A label without brackets, "of which", marks of notes and a colon at its end."""
    unmarked = re.sub(r"[\s:：*†‡¹²³⁰-⁹]+$", "", text)
    return re.sub(r"\([^()]*\)|\[[^\[\]]*\]|^(?:of which|thereof|其中)\s*:?\s*", "", _plain(unmarked)).strip(" :*")


def same_unit(found: str | None, expected: str | None) -> bool:
    """Whether a unit is the one expected; NUMBER is any that is no money."""
    return found in _COUNTED if expected == NUMBER else found == expected


def same_period(expected: str, found: str) -> bool:
    """Whether a period is the one expected; a bare year or month is its stretch or its last day."""
    if re.fullmatch(r"\d{4}(?:-\d\d)?", expected):
        year, month = int(expected[:4]), int(expected[5:] or 12)
        end = f"{year}-{month:02}-{monthrange(year, month)[1]:02}"
        begin = f"{expected}-01" if expected[4:] else f"{expected}-01-01"
        return found in (end, f"{begin}/{end}")
    return expected == found


def _same_name(one: str, other: str) -> bool:
    """Whether a name is the other, or a short form of it; with a word more it is another."""
    return _plain(one) in _plain(other)


def _told(fact: Fact) -> str:
    label = " > ".join((*fact.metric, *(value for _, value in fact.dimensions)))
    return f"{label} {fact.value:f} {fact.unit} {fact.period}"


def _names(loss: str, fault: Fault, truth: Truth) -> bool:
    """Whether a loss is about a fault."""
    if re.search(_ABOUT[fault.kind], loss, re.IGNORECASE | re.DOTALL):
        return True
    words = [*truth.told, *((fault.figure.printed, fault.figure.label[0]) if isinstance(fault.figure, Figure) else ())]
    return any(word.casefold() in loss.casefold() for word in words if len(word) > 1)
