"""A question of several parts answered part by part, each by rules over facts; the parts without an answer are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finfoundry.agent.parted import Part, parted
from finfoundry.core.answer import Answer

if TYPE_CHECKING:
    from finfoundry.agent.inquiry import Inquiry


def answered_in_parts(inquiry: Inquiry, *, sure: bool) -> Answer | None:
    """The answers to the parts in one text. ``sure``: None unless every part has one; else None where no part has."""
    parts = parted(inquiry.question, inquiry.language, sure=sure)
    told = [(part, asked) for part in parts if (asked := _answered(inquiry, part)) is not None]
    if not told or (sure and len(told) < len(parts)):
        return None
    inquiry.trace.add("parts", [part.question for part in parts])
    for _, asked in told:
        for warning in asked.warnings:
            inquiry.warn(warning)
    answered = [part for part, _ in told]
    inquiry.lacking = [line for _, asked in told for line in asked.lacking]
    inquiry.lacking += [part.words if inquiry.language == "en" else part.about for part in parts if part not in answered]
    return inquiry.released(inquiry.bind([sentence for _, asked in told for sentence in asked.stated]))


def _answered(inquiry: Inquiry, part: Part) -> Inquiry | None:
    asked = inquiry.part(part.question)
    answer = asked.by_rules()
    return asked if answer is not None and answer.status == "answered" else None
