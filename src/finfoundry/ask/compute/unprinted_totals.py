"""Totals that a statement does not print, from its lines: debt, what falls due within a year, equity, what was spent on plant.

Lines are told apart by the nouns of accounts (``data/line_kinds.yaml``). Of a balance sheet they are taken only where its own sums prove
that none was missed: liabilities and equity come to the total of the assets, or the assets do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.core.language import simplified

ASSETS = ("current_assets", "quick_assets")
Kinds = Mapping[str, Sequence[StoredFact]]


def lines_of_total(name: str, anchor: StoredFact, page: Sequence[StoredFact]) -> Sequence[StoredFact]:
    """The lines that make up a total (a key of ``ANCHORS``) in the statement of ``anchor``, by the facts of its page; none where nobody
    can say.
    """
    lines = _column(anchor, page)
    place = next((at for at, line in enumerate(lines) if line.id == anchor.id), None)
    if place is None:
        return ()
    if name == "capital_expenditure":
        return _bought(lines[place + 1 :])
    if name in ("total_current_assets", "quick_asset_lines"):
        return _current_assets(lines[:place], anchor, ("held", "quick") if name == "total_current_assets" else ("quick",))
    return _of_the_other_side(name, lines[place + 1 :], anchor)


ANCHORS = {  # each total with the line beside which its own are looked for
    "debt_lines": "total_assets", "total_current_liabilities": "total_assets", "total_liabilities": "total_assets",
    "total_equity": "total_assets",
    "total_current_assets": "total_assets", "quick_asset_lines": "total_assets", "capital_expenditure": "operating_cash_flow",
}  # fmt: skip


def _column(anchor: StoredFact, page: Sequence[StoredFact]) -> list[StoredFact]:
    """The facts of the anchor's table and period, a row each, in their order."""
    fact = anchor.fact
    rows: dict[int, list[StoredFact]] = {}
    for one in page:
        other = one.fact
        same = (other.table, other.period, other.unit, other.dimensions) == (fact.table, fact.period, fact.unit, ())
        if same and one.document_id == anchor.document_id and other.row is not None and other.metric:
            rows.setdefault(other.row, []).append(one)
    return [found[0] for _, found in sorted(rows.items()) if len(found) == 1]


def _current_assets(lines: Sequence[StoredFact], assets: StoredFact, wanted: Sequence[str]) -> Sequence[StoredFact]:
    leaves = [line for line in lines if not _is(line, "total")]
    kinds = [_asset_kind(line) for line in leaves]
    if None in kinds or not _come_to(leaves, assets.fact.value):
        return ()
    return [line for line, kind in zip(leaves, kinds, strict=True) if kind in wanted]


def _asset_kind(line: StoredFact) -> str | None:
    """By its own nouns; of a line that has none by the headings above it."""
    own = _kind(line, "assets")
    if own is None and (heading := " ".join(line.fact.metric[:-1])):
        return "fixed" if _says(heading, "due", "after") else "held" if _says(heading, "due", "within") else None
    return own


def _of_the_other_side(name: str, lines: Sequence[StoredFact], assets: StoredFact) -> Sequence[StoredFact]:
    """Lines of debt, of all liabilities, of those due within a year, or of equity."""
    kinds = {line.id: _kind(line, "liabilities") for line in lines}
    equity = [line for line in lines if kinds[line.id] == "equity"]
    leaves = [line for line in lines if not _is(line, "total") and kinds[line.id] not in ("equity", None)]
    own = [line for line in equity if not _is(line, "total")] or equity[:1]
    if not leaves or not _come_to([*leaves, *own], assets.fact.value):
        return ()
    if name in ("total_liabilities", "total_equity"):
        return leaves if name == "total_liabilities" else own
    if name == "debt_lines":
        return () if "unsure" in kinds.values() else [line for line in leaves if kinds[line.id] == "debt"]
    due = [_due(line, kinds[line.id], leaves) for line in leaves]
    return () if None in due else [line for line, within in zip(leaves, due, strict=True) if within]


def _due(line: StoredFact, kind: str | None, others: Sequence[StoredFact]) -> bool | None:
    """Whether a liability falls due within a year: as it or its heading says; a loan later where another line is its current part; what is
    owed to suppliers and the like soon. None where nobody says.
    """
    for text in reversed(line.fact.metric):
        if _says(text, "due", "after") and not _says(text, "due", "part"):
            return False
        if _says(text, "due", "within") or _says(text, "due", "part"):
            return True
    if kind == "debt":
        return False if any(_says(one.fact.metric[-1], "due", "part") for one in others) else None
    return True if kind in ("payable", "owed") else None


def _bought(lines: Sequence[StoredFact]) -> Sequence[StoredFact]:
    """What was bought to be kept; none where lines print it with different signs."""
    found = [
        line for line in lines if _says(line.fact.metric[-1], "spent", "bought") and not _says(line.fact.metric[-1], "spent", "otherwise")
    ]
    return found if len({line.fact.value < 0 for line in found if line.fact.value}) <= 1 else ()


def _come_to(lines: Sequence[StoredFact], total: Decimal) -> bool:
    """Whether lines make up a total, but for what each was rounded by."""
    slack = sum((line.fact.scale.scaleb(-line.fact.precision) for line in lines), Decimal()) / 2
    return abs(sum((line.fact.value for line in lines), Decimal()) - total) <= slack


def _is(line: StoredFact, kind: str) -> bool:
    return _pattern(kind, None).search(simplified(line.fact.metric[-1])) is not None


def _says(text: str, part: str, kind: str) -> bool:
    return _pattern(part, kind).search(simplified(text)) is not None


def _kind(line: StoredFact, side: str) -> str | None:
    """The kind of a line by its own label; None where it has none of the nouns."""
    return next((kind for kind in _kinds()[side] if _says(line.fact.metric[-1], side, kind)), None)


@lru_cache(maxsize=1)
def _kinds() -> Any:
    return yaml.safe_load(resources.files("finfoundry.ask").joinpath("data/line_kinds.yaml").read_text("utf-8"))


@lru_cache(maxsize=64)
def _pattern(part: str, kind: str | None) -> re.Pattern[str]:
    words = _kinds()[part][kind] if kind else _kinds()[part]
    return re.compile(rf"\b(?:{words['en']})\b|{words['zh']}", re.IGNORECASE)
