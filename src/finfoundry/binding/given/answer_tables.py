"""Tables in an answer: each of their figures is a claim, told by its row's name, its column's heading and what these say of its unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.claims import read_claims
from finfoundry.core.quantities.numbers import PrintedNumber
from finfoundry.core.quantities.unit_lines import UnitLine, first_stated, own_unit

_TABLE = re.compile(r"(?:^[ \t]*\|.*\|[ \t]*(?:\n|\Z)){2,}", re.MULTILINE)
_RULE = re.compile(r"\s*\|?[\s:|-]*-{2,}[\s:|-]*\|?\s*")
_CELL = re.compile(r"(?<=\|)[^|\n]*(?=\|)")
_UNIT = re.compile(r"[(（][^()（）]*[)）]|[$%％]\s*(?:million|billion|thousand|mn|bn|m)?\b|%", re.IGNORECASE)
_PERCENT = re.compile(r"[%％]|percent|比例|占比", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A row of a table: its place in the answer, and for each of its figures the words that tell it with the claim made of them."""

    start: int
    end: int
    claims: tuple[tuple[str, Claim], ...]


def without_tables(answer: str) -> str:
    """The answer with its tables blanked out; offsets stay."""
    return _TABLE.sub(lambda table: re.sub(r"[^\n]", " ", table[0]), answer)


def told_rows(answer: str) -> Iterator[ToldRow]:
    """The rows of all tables of an answer that hold figures."""
    for table in _TABLE.finditer(answer):
        above = answer[: table.start()].rstrip().rpartition("\n")[2]
        heads: list[str] = []
        place = table.start()
        for line in table[0].splitlines(keepends=True):
            cells = [(place + cell.start(), cell[0]) for cell in _CELL.finditer(line.rstrip("\n"))]
            if not heads:
                heads = [text for _, text in cells]
            elif not _RULE.fullmatch(line) and (claims := tuple(_claims(cells, heads, above))):
                yield ToldRow(place, place + len(line.rstrip("\n")), claims)
            place += len(line)


def _claims(cells: list[tuple[int, str]], heads: list[str], above: str) -> Iterator[tuple[str, Claim]]:
    label = cells[0][1].strip() if cells else ""
    for column, (place, text) in enumerate(cells):
        head = heads[column] if column < len(heads) else ""
        unit = _stated(head, label, [*heads, above])
        words = ", ".join(part for part in (_UNIT.sub(" ", head).strip(), _UNIT.sub(" ", heads[0]).strip()) if part) if column else ""
        told = f"{above} {words} {label}: "
        for claim in read_claims(told + text.strip()) if column else ():
            if claim.number.start >= len(told):
                start = place + text.index(text.strip()) + claim.number.start - len(told)
                number = replace(_scaled(claim.number, unit, head, label), start=start, end=start + len(claim.number.text))
                yield told, replace(claim, number=number)


def _stated(head: str, label: str, others: list[str]) -> UnitLine:
    """The unit of a cell: of its column, else of its row, else of the table."""
    lines = (own_unit(head), own_unit(label))
    return next((line for line in lines if line.scale or line.currency), first_stated(others))


def _scaled(number: PrintedNumber, unit: UnitLine, head: str, label: str) -> PrintedNumber:
    """The number with the scale and the unit that its heading states."""
    if number.unit is None and number.scale == 1 and _PERCENT.search(f"{head} {label}"):
        return replace(number, value=number.value / 100, scale=Decimal("0.01"), unit="ratio", percent=True)
    if number.scale != 1 or number.percent or (number.unit and not number.unit.isupper()):
        return number
    scale = unit.scale or Decimal(1)
    return replace(number, value=number.value * scale, scale=scale, unit=number.unit or unit.currency)
