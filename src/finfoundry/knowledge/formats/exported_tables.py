"""Tables of a PDF exported row by row, put together again: a cell that takes several lines is several rows of the export, and a heading
may have another column than the figures below it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

Row = list[str]
LINES = 4  # of the tallest row that is put together
CENTS = 2  # places after the point where nothing shows how many there are
FEW = 2  # rows above their labels that show how a table is printed
WIDEST = 40  # columns
TWO = 2  # ways are as good as many

_PIECE = re.compile(r"[-－(（]?[\d,]*\.?\d*[%％]?[)）]?")
_WHOLE = re.compile(r"[-－(（]?(?:\d{1,3}(?:,\d{3})*|\d+)(?:\.(?P<cents>\d+))?(?P<percent>[%％])?[)）]?")
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.(\d+))?")


def usual_places(rows: Iterable[Row]) -> int:
    """How many places after the point most amounts have."""
    found = Counter(len(match[1] or "") for row in rows for text in row if (match := _GROUPED.fullmatch(text)))
    return found.most_common(1)[0][0] if found else CENTS


def whole_rows(rows: Sequence[Row], places: int) -> list[Row]:
    """The rows, those put together that are the lines of one: figures cut in two ("33," over "335,000.00"), or above their label."""
    found: list[Row] = []
    raised = sum(_is_above_its_label(upper, lower) for upper, lower in pairwise(rows)) >= FEW
    number = 0
    while number < len(rows):
        size = next((size for size in range(LINES, 1, -1) if _are_lines_of_one(rows[number : number + size], size, places)), 1)
        if size == 1 and raised and number + 1 < len(rows) and _is_above_its_label(rows[number], rows[number + 1]):
            size = 2
        found.append([_joined(texts) for texts in zip(*rows[number : number + size], strict=True)] if size > 1 else rows[number])
        number += size
    return found


def _are_lines_of_one(rows: Sequence[Row], size: int, places: int) -> bool:
    """Whether one of the rows has the label, and figures in them are such only together."""
    if len(rows) < size or sum(bool(row[0]) for row in rows) != 1:
        return False
    first, last = any(map(_is_piece, rows[0])), any(map(_is_piece, rows[-1]))
    cut = False
    for texts in zip(*rows, strict=True):
        pieces = [text for text in texts if text]
        if len(pieces) > 1 and any(_is_piece(text) for text in pieces):
            if not all(map(_is_piece, pieces)) or not _are_one_figure(pieces, places):
                return False
            cut = True
    return cut and first and last


def _are_one_figure(pieces: Sequence[str], places: int) -> bool:
    """Whether pieces are a figure as the table prints them, and not all of them are one by themselves."""
    open_ended = any(text[-1] in ",." for text in pieces[:-1]) or any(text[0] in ",." for text in pieces[1:])
    if all(_is_whole(text, places) for text in pieces):
        return False
    return _is_whole("".join(pieces), places if not open_ended else None)


def _is_piece(text: str) -> bool:
    return _PIECE.fullmatch(text) is not None and any(character.isdigit() or character in "%％" for character in text)


def _is_whole(text: str, places: int | None) -> bool:
    match = _WHOLE.fullmatch(text)
    return match is not None and (match["percent"] is not None or places is None or len(match["cents"] or "") == places)


def _is_above_its_label(upper: Row, lower: Row) -> bool:
    """Whether figures without a label are above one that has other cells, none of them in their columns."""
    figures = [column for column, text in enumerate(upper) if _is_piece(text)]
    return not upper[0] and bool(figures) and bool(lower[0]) and any(lower[1:]) and not any(lower[column] for column in figures)


def _joined(texts: Sequence[str]) -> str:
    pieces = [text for text in texts if text]
    return (" " if any(text[-1:].isascii() and text[-1:].isalpha() for text in pieces[:-1]) else "").join(pieces)


def with_own_headings(rows: Sequence[Row]) -> list[Row]:
    """The rows, columns of figures without a heading joined to the headings without figures beside them, where that goes in one way."""
    below = next((number for number, row in enumerate(rows) if any(map(_is_piece, row[1:]))), 0)
    width = len(rows[0]) if rows else 0
    if not below or not 2 < width <= WIDEST:
        return list(rows)
    filled = _filled(rows)
    headed = [any(row < below for row in column) for column in filled]
    valued = [any(row >= below for row in column) for column in filled]
    bare = [column for column in range(1, width) if valued[column] and not headed[column]]
    beside = {
        column: [other for other in (column - 1, column + 1) if other < width and headed[other] and not filled[column] & filled[other]]
        for column in bare
    }
    ways = list(_ways(bare, beside))
    return _merged(rows, ways[0]) if len(ways) == 1 else list(rows)


def _ways(columns: Sequence[int], beside: dict[int, list[int]], taken: int = -1) -> Iterator[dict[int, int]]:
    """How each column gets a heading of its own, two of the ways at most."""
    if not columns:
        yield {}
        return
    found = 0
    for heading in (other for other in beside[columns[0]] if other > taken):
        for rest in _ways(columns[1:], beside, heading):
            yield {columns[0]: heading, **rest}
            found += 1
            if found == TWO:
                return


def _filled(rows: Sequence[Row]) -> list[set[int]]:
    return [{number for number, row in enumerate(rows) if row[column]} for column in range(len(rows[0]))]


def _merged(rows: Sequence[Row], into: dict[int, int]) -> list[Row]:
    """The rows, the text of each column put into the other that it belongs to."""
    gone = set(into)
    back = {other: column for column, other in into.items()}
    return [
        [text or (row[back[number]] if number in back else "") for number, text in enumerate(row) if number not in gone] for row in rows
    ]


def in_columns(rows: Sequence[Row], count: int) -> list[Row] | None:
    """The rows in so many columns, neighbours joined that never both hold a text; None where that goes in no way, or in several."""
    if rows and len(rows[0]) == count:
        return list(rows)
    rows = without_empty_columns(rows)
    if not rows or len(rows[0]) == count:
        return rows or None
    filled = _filled(rows)
    cuts = list(_parted(filled, 0, count)) if count < len(filled) <= WIDEST else []
    if len(cuts) != 1:
        return None
    ends = [*cuts[0][1:], len(filled)]
    return [["".join(row[start:end]) for start, end in zip(cuts[0], ends, strict=True)] for row in rows]


def _parted(filled: Sequence[set[int]], start: int, count: int) -> Iterator[list[int]]:
    """Where so many runs of columns begin, in none of which a row holds two texts: two of the ways at most."""
    if count == 0:
        if start == len(filled):
            yield []
        return
    found, seen = 0, set[int]()
    for end in range(start, len(filled) - count + 1):
        if seen & filled[end]:
            return
        seen |= filled[end]
        for rest in _parted(filled, end + 1, count - 1):
            yield [start, *rest]
            found += 1
            if found == TWO:
                return


def without_empty_columns(rows: Sequence[Row]) -> list[Row]:
    """The rows without the columns that are empty in all of them."""
    kept = [column for column in range(len(rows[0]) if rows else 0) if any(row[column] for row in rows)]
    return [[row[column] for column in kept] for row in rows]


def has_figures(rows: Iterable[Row]) -> bool:
    """Whether a row holds a figure right of its label."""
    return any(_is_piece(text) for row in rows for text in row[1:])


def begins_with_heading(rows: Sequence[Row]) -> bool:
    """Whether the first row of more than a label holds no figure."""
    first = next((row for row in rows if any(row[1:])), None)
    return first is not None and not any(map(_is_piece, first[1:]))
