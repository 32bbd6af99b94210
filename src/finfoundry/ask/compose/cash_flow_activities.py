"""Operating, investing and financing cash flow, compared as if they were segments: each is a concept of its own."""

from __future__ import annotations

from collections.abc import Callable

from finfoundry.ask.compose.ranking_text import RankedSegment
from finfoundry.ask.compute.breakdown_rows import BreakdownRow
from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.understand.comparison import SegmentComparison
from finfoundry.core.answer import Language


def activities(comparison: SegmentComparison, language: Language, operand_of: Callable[[str], Operand | None]) -> list[RankedSegment]:
    """The figure of each name in the comparison; empty where one is no concept, or two are the same."""
    found = [_activity(comparison, name, language, operand_of) for name in comparison.named]
    return [score for score in found if score] if all(found) and len({s.row.name for s in found if s}) == len(found) else []


def _activity(
    comparison: SegmentComparison, name: str, language: Language, operand_of: Callable[[str], Operand | None]
) -> RankedSegment | None:
    metric, tail = comparison.title, comparison.named[-1].split()[-1]
    if language == "zh":
        spoken = [f"{name}产生的{metric}", f"{name}{metric}", name]
    else:
        spoken = [f"{metric} from {name}", f"{name} {metric}", f"{metric} from {name} {tail}", name]
    mention = next((found for text in spoken if (found := vocabulary().exact(text)) and not found.formula), None)
    operand = operand_of(mention.name) if mention else None
    if mention is None or operand is None:
        return None
    row = BreakdownRow(operand.stored.fact.row or 0, operand.stored.fact.metric, mention.text, level=operand.stored)
    return RankedSegment(row, operand.stored.fact.value, operand.stored)
