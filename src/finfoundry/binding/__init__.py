"""Binding: each figure of a text is matched to a cell, a span, a row, a calculation, or withheld. Pure; no model, no database."""

from finfoundry.binding.bind import Bound, Unbound, bind
from finfoundry.binding.evidence import (
    CalculationEvidence,
    CellEvidence,
    CitedPlace,
    Evidence,
    PassageEvidence,
    RowEvidence,
    SpecialistEvidence,
    TableEvidence,
)
from finfoundry.binding.expression import evaluate
from finfoundry.binding.sense import Reason
from finfoundry.binding.sentence.checked_sentence import CheckedSentence, ReadClaim
from finfoundry.binding.sources import fiscal_year, from_document, from_parsed, from_text
from finfoundry.binding.verify import CheckedFigure, Checker, Report, verify

__all__ = [
    "Bound",
    "CalculationEvidence",
    "CellEvidence",
    "CheckedFigure",
    "CheckedSentence",
    "Checker",
    "CitedPlace",
    "Evidence",
    "PassageEvidence",
    "ReadClaim",
    "Reason",
    "Report",
    "RowEvidence",
    "SpecialistEvidence",
    "TableEvidence",
    "Unbound",
    "bind",
    "evaluate",
    "fiscal_year",
    "from_document",
    "from_parsed",
    "from_text",
    "verify",
]
