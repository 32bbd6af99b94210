"""Separated values: the separator, the encoding and the decimal sign are found from the content. The file is one sheet."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from finfoundry.core.document import Document
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.bounds import most
from finfoundry.knowledge.formats.encoding import decode
from finfoundry.knowledge.formats.office.sheet_blocks import Row, sheet_page
from finfoundry.knowledge.formats.office.sheets import limited, report_errors

SEPARATORS = ";\t|,"  # a comma last: it also occurs inside numbers
LOOKED_AT = 200  # lines from which the separator is found
STEADY = 0.8  # share of lines that have as many cells as most lines have
NAMED = 5  # lines that a loss names
FEWEST_ROWS = 3  # that tell how many cells a row has
LONGEST_ROW = 1000  # lines of one row
MOST_UNCLOSED = 100  # quotation marks that never close; in a file of more none quotes
FEWEST_GROUPED = 3  # numbers of the shape 1.234 that together are thousands, in a file whose separator is not a comma

_SAID = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # what Excel writes and reads in the first line
_GAP = "[ '’\u00a0\u202f]"
_SIGNED = r"[-–(]?\s*[$€£¥￥]?\s*{}\s*[%€$£]?\)?"
_COMMA = re.compile(_SIGNED.format(rf"(?:\d+|\d{{1,3}}(?:(?:\.|{_GAP})\d{{3}})+),\d+"))
_GROUPED_COMMA = re.compile(_SIGNED.format(r"\d{1,3}(?:,\d{3})+"))
_POINT = re.compile(_SIGNED.format(rf"(?:\d+|\d{{1,3}}(?:(?:,|{_GAP})\d{{3}})+)\.\d+"))
_GROUPED_POINT = re.compile(_SIGNED.format(r"\d{1,3}(?:\.\d{3})+"))
_GROUPED_GAP = re.compile(_SIGNED.format(rf"\d{{1,3}}(?:{_GAP}\d{{3}})+(?:[.,]\d+)?"))


def parse_csv(data: bytes, name: str) -> Document:
    """Read separated values. Raises ParseError."""
    text, losses = decode(data, name)
    separator = find_separator(text)
    said = _SAID.match(text)
    unclosed: list[int] = []
    try:
        read = read_rows(text[said.end() :] if said else text, separator, unclosed)
        rows = [[cell.strip() for cell in row] for row in limited(read, most("cells"))]
    except csv.Error as error:
        raise ParseError(f"{name} is not readable as separated values ({error})", remedy="Export it again as UTF-8 CSV.") from error
    missing = 0
    if not rows or sum(map(len, rows)) >= most("cells") - len(rows[-1]):  # none: the first has more cells than a file may have
        total = text.count("\n") + 1
        missing = max(total - len(rows), 0)
        losses.append(f"read {len(rows):,} of about {total:,} rows (limit of {most('cells'):,} cells a file)")
    if unclosed:
        named = ", ".join(map(str, unclosed[:NAMED])) + (", …" if len(unclosed) > NAMED else "")
        losses.append(f"{len(unclosed)} quotation marks never close: their lines are read by themselves (line {named})")
    breaks_off = not missing and not text.endswith("\n") and _is_short(rows)
    assumed = with_decimal_points(rows)
    if assumed:
        losses.append(assumed)
    page = sheet_page(1, name.rsplit("/", 1)[-1].rsplit(".", 1)[0], rows, [])
    document = Document(name, hashlib.sha256(data).hexdigest(), "text/csv", len(data), [page], losses=losses, missing_numbers=missing)
    report_errors(document)
    if breaks_off:
        document.cut_short = "the file breaks off inside of its last line: what followed is not in it"
    return document


def read_rows(text: str, separator: str, unclosed: list[int]) -> Iterator[list[str]]:
    """The rows of a text. A quotation mark that never closes, or that takes rows of the file into one cell, quotes nothing: its line is
    read as it stands, and its number from 1 is added to ``unclosed``.
    """
    lines = io.StringIO(text).readlines()
    at, usual = 0, 0
    while at < len(lines):
        strict = len(unclosed) < MOST_UNCLOSED
        taken, row = _row(lines, at, separator) if strict else (1, None)
        if row is None or (taken > 1 and _holds_rows(row, separator, usual)):
            unclosed += [at + 1] if strict else []
            taken, row = 1, [cell.strip().strip('"') for cell in next(csv.reader([lines[at]], delimiter=separator, quoting=csv.QUOTE_NONE))]
        usual = usual or (len(row) if len(row) > 1 else 0)
        yield row
        at += taken


def _row(lines: Sequence[str], at: int, separator: str) -> tuple[int, list[str] | None]:
    """How many lines the row that begins at one takes, and the row; None where its quotation mark never closes."""
    reader = csv.reader((lines[place] for place in range(at, min(len(lines), at + LONGEST_ROW))), delimiter=separator)
    try:
        row = next(reader, [])
    except csv.Error:  # a cell that is longer than any
        return 1, None
    quoted = '"' in lines[at] and _is_open(lines[at : at + reader.line_num], separator)
    return reader.line_num, None if quoted else row


def _is_open(lines: Sequence[str], separator: str) -> bool:
    """Whether lines end inside of a quotation."""
    try:
        next(csv.reader(lines, delimiter=separator, strict=True), None)
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _holds_rows(row: Sequence[str], separator: str, usual: int) -> bool:
    """Whether a cell of a row holds lines that have as many cells as the rows of the file."""
    inner = (line for cell in row if "\n" in cell for line in cell.split("\n"))
    return usual > 2 and any(line.count(separator) == usual - 1 for line in inner)


def _is_short(rows: Sequence[Row]) -> bool:
    """Whether the last row, of several cells, has fewer than each other one of several."""
    sizes = {len(row) for row in rows[:-1] if len(row) > 1}
    return len(sizes) == 1 and len(rows) > FEWEST_ROWS and 1 < len(rows[-1]) < max(sizes)


def find_separator(text: str) -> str:
    """The character that cuts most lines into one number of cells; a comma where none does."""
    if said := _SAID.match(text):
        return said[1]
    lines = text.split("\n", LOOKED_AT)[:LOOKED_AT]
    best = max(SEPARATORS, key=lambda separator: (_steadiness(lines, separator) >= STEADY, _steadiness(lines, separator)))
    return best if _steadiness(lines, best) else ","


def _steadiness(lines: Iterable[str], separator: str) -> float:
    """The share of lines that have the commonest number of cells, 0.0 where that is one. Lines before the first cut are titles."""
    try:
        sizes = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
    except csv.Error:
        return 0.0
    cut = [size for size in sizes if size > 1]
    if not cut or 2 * len(cut) < len(sizes):
        return 0.0
    return max(Counter(cut).values()) / len(cut)


def with_decimal_points(rows: list[Row]) -> str | None:
    """Write numbers with decimal commas or gaps between thousands with points and commas, in place.

    What the file says decides: a comma that can only be a decimal sign. Returns what was assumed where numbers can be read both ways.
    """
    texts = [cell for row in rows for cell in row if any(character.isdigit() for character in cell)]
    commas, points = (sum(pattern.fullmatch(text) is not None for text in texts) for pattern in (_COMMA, _POINT))
    commas -= sum(_GROUPED_COMMA.fullmatch(text) is not None for text in texts)
    both = sum(_GROUPED_POINT.fullmatch(text) is not None for text in texts)
    points -= both
    assumed = None
    if commas > 0 and points == 0:
        convert = _with_comma
    elif commas == points == 0 and both >= FEWEST_GROUPED and not any(_GROUPED_COMMA.fullmatch(text) for text in texts):
        convert = _with_comma
        assumed = f"{both} numbers such as {next(text for text in texts if _GROUPED_POINT.fullmatch(text))} are read as thousands"
    else:
        convert = _without_gaps
    for row in rows:
        row[:] = [convert(cell) for cell in row]
    return assumed


def _with_comma(text: str) -> str:
    if not any(pattern.fullmatch(text) for pattern in (_COMMA, _GROUPED_POINT, _GROUPED_COMMA)):
        return text
    return re.sub(_GAP, "", text).translate(str.maketrans(",.", ".,"))


def _without_gaps(text: str) -> str:
    if not _GROUPED_GAP.fullmatch(text):
        return text
    return re.sub(rf"(?<=\d){_GAP}(?=\d)", ",", text)
