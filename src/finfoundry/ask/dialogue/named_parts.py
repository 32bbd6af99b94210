"""Where a text names companies, figures and periods."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.spans import asked_periods
from finfoundry.ask.lexicon.vocabulary import Vocabulary
from finfoundry.ask.understand.stored_labels import labelled, whole_term

Place = tuple[int, int]
Labels = Callable[[str], Sequence[str]]
BESIDE = re.compile(r"\b(?:compare[ds]?|versus|vs|against)\b|相比|比较|对比", re.I)


@dataclass(frozen=True, slots=True)
class Parts:
    """The places of each kind, in order. ``known`` are those of the figures that the vocabulary has; the others are labels of rows."""

    entities: list[Place]
    figures: list[Place]
    periods: list[Place]
    known: list[Place]


def parts_in(text: str, names: EntityNames, vocabulary: Vocabulary, labels: Labels) -> Parts:
    """The parts of a text. ``labels`` gives the row labels that a text names: such a term is one, whole."""
    entities = outermost([(item.start, item.end) for item in names.find(text)])
    masked = blanked(text, entities)
    found = vocabulary.find(masked)
    terms = labelled(found, masked, labels(masked), asked_periods(masked))
    figures = outermost([(item.start, whole_term(masked, item)) for item in terms])
    periods = outermost([(item.start, item.end) for item in asked_periods(blanked(masked, figures))])
    return Parts(entities, figures, periods, outermost([(item.start, item.end) for item in found]))


def outermost(places: Sequence[Place]) -> list[Place]:
    """The places in order, without those that overlap an earlier or longer one."""
    kept: list[Place] = []
    for start, end in sorted(set(places), key=lambda place: (place[0], -place[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def blanked(text: str, places: Sequence[Place]) -> str:
    """The text with the places blanked out, so that positions stay."""
    for start, end in places:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
