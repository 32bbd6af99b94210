"""Binding part by part: each sentence against its own evidence, joined to one text; recorded so that a replay can do it again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from pydantic import TypeAdapter

from finfoundry.binding.bind import Bound, bind
from finfoundry.binding.evidence import (
    CalculationEvidence,
    CellEvidence,
    Evidence,
    PassageEvidence,
    RowEvidence,
    SpecialistEvidence,
    TableEvidence,
)
from finfoundry.core.answer import Citation, Figure, Language
from finfoundry.runtime.audit import Json, plain

_MARKER = re.compile(r"\[(\d+)\]")
_KINDS = {
    kind.__name__: kind for kind in (CellEvidence, PassageEvidence, TableEvidence, CalculationEvidence, RowEvidence, SpecialistEvidence)
}
Parts = Sequence[tuple[str, Sequence[Evidence]]]


def bind_parts(parts: Parts, question: str, language: Language) -> Bound:
    """Bind each part alone and join them; citations are numbered through."""
    return _joined([bind(text, evidence, question) for text, evidence in parts], language)


def recorded(parts: Parts, question: str, language: Language) -> dict[str, object]:
    """What ``bind_parts`` was given, for the audit record."""
    return {
        "question": question,
        "language": language,
        "parts": [
            {"text": text, "evidence": [{"kind": type(one).__name__, "content": one} for one in evidence]} for text, evidence in parts
        ],
    }


def rebind(content: Json) -> Mapping[str, object]:
    """Do again what ``recorded`` holds: the text, figures and citations as plain values. Raises as pydantic for another shape."""
    parts = [
        (part["text"], [_adapter(one["kind"]).validate_python(one["content"]) for one in part["evidence"]]) for part in content["parts"]
    ]
    bound = bind_parts(parts, content["question"], content["language"])
    return {"text": bound.text, "figures": plain(bound.figures), "citations": plain(bound.citations)}


def documents(parts: Parts) -> list[str]:
    """The ids of the documents that the evidence lies in."""
    found: dict[str, None] = {}
    for one in (one for _, evidence in parts for one in evidence):
        if isinstance(one, CellEvidence | PassageEvidence | TableEvidence):
            found[one.document.id] = None
        elif isinstance(one, CalculationEvidence):
            found |= dict.fromkeys(place.document.id for place in one.places.values())
    return list(found)


@lru_cache(maxsize=8)
def _adapter(kind: str) -> TypeAdapter[Evidence]:
    return TypeAdapter(_KINDS[kind])


def _joined(parts: Sequence[Bound], language: Language) -> Bound:
    """Sentences bound one by one as one text, citations numbered anew: one place has one number."""
    whole = Bound("")
    numbers: dict[tuple[object, ...], int] = {}
    texts = []
    for part in parts:
        renumbered = {citation.marker: _number(citation, numbers, whole) for citation in part.citations}
        texts.append(_MARKER.sub(lambda match, to=renumbered: f"[{to.get(int(match[1]), match[1])}]", part.text))  # type: ignore[misc]
        whole.figures += [_moved(figure, renumbered) for figure in part.figures]
        whole.unbound += part.unbound
    whole.text = ("" if language == "zh" else " ").join(texts)
    return whole


def _number(citation: Citation, numbers: dict[tuple[object, ...], int], whole: Bound) -> int:
    key = (citation.document.id, citation.page, citation.box, str(citation.locator), citation.quote)
    if key not in numbers:
        numbers[key] = len(whole.citations) + 1
        whole.citations.append(replace(citation, marker=numbers[key]))
    return numbers[key]


def _moved(figure: Figure, numbers: Mapping[int, int]) -> Figure:
    reference = figure.reference
    operands = {name: _moved(operand, numbers) for name, operand in reference.operands.items()} if reference.operands else None
    citation = numbers[reference.citation] if reference.citation else None
    return replace(figure, reference=replace(reference, citation=citation, operands=operands))
