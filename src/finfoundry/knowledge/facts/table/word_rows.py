"""Rows of values in words: "Card issue | free of charge" between fees, "Rating | AA (stable)" between ratios.

Such a row has no number, like the headings of columns, and is none of them. Headings inside a table come below a line of their own, name
a time or a unit, or say again what the first headings say. Nor is a row without figures among rows of its own form a heading of the rows
below it: "2026" without an amount between "2025 750" and "2027 500" is one of them that is empty this time, and dates nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from finfoundry.knowledge.facts.table.grid import GridRow, has_period, unit_note, year_like

NOTHING = re.compile(r"n\s*/?\s*a|n\.a\.|n\s*/\s*m|nm|n\.m\.|不适用", re.IGNORECASE)  # printed where there is no figure
STUB = re.compile(r"项\s*目|科\s*目|资\s*产|类\s*别|名\s*称|指\s*标")
LONGEST_STUB = 4  # characters: 股东名称 is over a column of names, 公司的中文名称 beside one
FEWEST = 2  # neighbours with figures that show the form of a row
_NUMBER = re.compile(r"\d+")
_OF_TIME = re.compile(r"\b(?:ended|ending|as of|years?|months?|quarters?|period)\b", re.IGNORECASE)


def rows_in_words(rows: Sequence[GridRow], labels: Sequence[int]) -> list[GridRow]:
    """The rows of words that were taken for headings of columns, or for headings of the rows below them."""
    likely = {row.index for row in _not_repeated(rows, labels) if _may_be_values(row, labels)}
    found = {row.index for row, below in itertools.pairwise(rows) if _is_followed_anew(row, below, labels)}
    for place, (above, row) in enumerate(itertools.pairwise(rows), 1):
        within = above.kind in ("data", "text") or above.index in found
        if within and row.index in likely and not _names_those_below(row, rows[place + 1 :]):
            found.add(row.index)
    said = {text for row in rows if row.kind == "data" or row.index in found for text in _beside(row, labels)}
    return [row for row in rows if row.index in found or (row.index in likely and _are_values(row, labels, said))]


def _not_repeated(rows: Sequence[GridRow], labels: Sequence[int]) -> Iterator[GridRow]:
    """The rows below the first that look like headings of columns, without those that say again what the first headings say."""
    top = sum(1 for _ in itertools.takewhile(lambda row: row.kind not in ("data", "text"), rows))
    heads = [row for row in rows[:top] if row.kind == "header"]
    first = {text for row in heads[:1] for text in _beside(row, labels)}
    for place, row in enumerate(rows):
        again = place >= top and any(_letters(row) in _letters(head) for head in heads)
        if row.kind == "header" and place and not again and not first.issuperset(_beside(row, labels)):
            yield row


def _letters(row: GridRow) -> str:
    """The text of a row, however its cells were parted."""
    return "".join("".join(cell.text.split()) for cell in row.cells)


def hints_period(text: str) -> bool:
    """Whether a text speaks of a length or an end of time."""
    return _OF_TIME.search(text) is not None


def _beside(row: GridRow, labels: Sequence[int]) -> list[str]:
    return [cell.text.strip() for cell in row.cells if cell.column not in labels]


def _may_be_values(row: GridRow, labels: Sequence[int]) -> bool:
    """Whether a row has a label of its own, and neither a time, a unit nor a name of columns."""
    label, said = row.cells[0].text, _beside(row, labels)
    if row.cells[0].column not in labels or any(cell.header for cell in row.cells[1:]):
        return False
    if has_period(label) or hints_period(label) or unit_note(label) or (STUB.search(label) and len(label) <= LONGEST_STUB):
        return False
    return bool(said) and not any(has_period(text) or unit_note(text) or year_like(text) for text in said)


def _are_values(row: GridRow, labels: Sequence[int], said: set[str]) -> bool:
    """Whether words stand in the place of figures: they say that there is none, or stand for one in other rows."""
    words = (text for text in _beside(row, labels) if any(map(str.isalnum, text)))
    return all(NOTHING.fullmatch(text) or text in said for text in words)


def _names_those_below(row: GridRow, below: Sequence[GridRow]) -> bool:
    """Whether the rows below bear the name of a row: "Deposits | Average" over "Demand deposits" and "Time deposits"."""
    name = row.cells[0].text.strip().casefold()
    part = [other.cells[0].text.casefold() for other in _until_words(below)]
    return len(part) > 1 and all(name in label for label in part)


def _until_words(rows: Sequence[GridRow]) -> Iterator[GridRow]:
    for row in rows:
        if row.kind != "data":
            return
        yield row


def _is_followed_anew(row: GridRow, below: GridRow, labels: Sequence[int]) -> bool:
    """Whether a row of several words heads nothing: it is whole, and the next says something else in each of its columns."""
    whole = len(labels) > 1 and {cell.column for cell in row.cells} == set(labels)
    return row.kind == "heading" and whole and below.kind == "data" and {cell.column for cell in below.cells}.issuperset(labels)


def empty_siblings(rows: Sequence[GridRow], labels: Sequence[int]) -> list[GridRow]:
    """The rows taken for headings that stand in a run of rows of their own form, of which two or more have figures: "2020", then "2021 256"
    and "2022 260". Empty where there is none.
    """
    return [row for run in _runs(rows, labels) if sum(map(_has_figures, run)) >= FEWEST for row in run if not _has_figures(row)]


def _runs(rows: Sequence[GridRow], labels: Sequence[int]) -> Iterator[list[GridRow]]:
    """Rows one below another whose labels differ in one number alone, which goes up or down by the same step; a label that returns, or
    rows set in below it, begin another run, so that "2024" over "2024", "2023" heads them.
    """
    run: list[GridRow] = []
    step = 0
    for row in rows:
        found = _step(run[-1], row, labels) if run else 0
        if found and step in {0, found}:
            run, step = [*run, row], found
            continue
        yield run
        goes_on = bool(found) and _has_figures(run[-1])  # the row before may belong to either
        run, step = ([run[-1], row], found) if goes_on else ([row], 0)
    yield run


def _step(above: GridRow, row: GridRow, labels: Sequence[int]) -> int:
    """By how much the number of a label is higher than that of the label above it; 0 where they are not of one form."""
    first, second = _label(above, labels), _label(row, labels)
    if _NUMBER.sub("#", first) != _NUMBER.sub("#", second) or above.cells[0].indent != row.cells[0].indent:
        return 0
    pairs = zip(_NUMBER.findall(first), _NUMBER.findall(second), strict=True)
    changed = [int(after) - int(before) for before, after in pairs if before != after]
    return changed[0] if len(changed) == 1 else 0


def _label(row: GridRow, labels: Sequence[int]) -> str:
    """The first text of a row of the table's body, where it stands in a column of labels; else nothing."""
    body = row.kind in {"data", "heading", "text"} and bool(row.cells) and row.cells[0].column in labels
    return "".join(row.cells[0].text.split()).casefold() if body else ""


def _has_figures(row: GridRow) -> bool:
    return row.kind != "heading"
