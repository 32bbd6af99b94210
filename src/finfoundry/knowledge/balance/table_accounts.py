"""The accounts of digits that stand in a table: facts, headings, labels, references, words, and what was lost."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from finfoundry.core.balance.digit_balance import DigitAccount
from finfoundry.core.document import Block, Cell, Fact
from finfoundry.core.language import has_han
from finfoundry.knowledge.balance import cell_forms as forms
from finfoundry.knowledge.balance.digit_runs import DigitRun, digits_of, has_digits
from finfoundry.knowledge.balance.fact_cells import told_digits
from finfoundry.knowledge.balance.marks import is_mark, refers

Account = tuple[DigitAccount, str]

NO_FACT = "a figure of a table became no fact"
REST = "a figure beside another in its cell became no fact"
NO_LABEL = "a figure in a row without a label became no fact"

FEWEST_NOTES, LONGEST_NOTE = 4, 2  # of a column of notes without a heading: how many, of how many digits
LONGEST_REFERENCE = 24  # characters: longer tells what is referred to
LONGEST_LABEL, LONGEST_HAN_LABEL = 120, 50  # characters: longer is prose
_REFERENCE = re.compile(
    r"(?:foot)?notes?(?:\s+\d+)?|ref\.?|references?|pages?(?:\s+no\.?)?|附\s*[注註].{0,6}|[注註]\s*[释釋]|行\s*次|序\s*[号號]|no\.?|[页頁]\s*[码碼次]?|exhibits?(?:\s+(?:no\.?|numbers?|#))?",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\([1-9]\d?\)(?:\s*,?\s*\([1-9]\d?\))*")
_BARE_CODE = re.compile(r"\d{4,}[\dX]*")
_PAGE = re.compile(r"(?:[A-Z]{1,2}-)?\d{1,3}")


class TableAccounts:
    """What the cells of one table are, by its facts and by what stands above and beside them."""

    def __init__(self, block: Block, facts: Sequence[Fact]) -> None:
        cells = block.cells
        self.told = told_digits(cells, facts)
        whole = [cell for cell in cells if (left := self.told.get(id(cell))) and left.total() >= len(digits_of(cell.text))]
        self.fact_rows = {cell.row for cell in whole}
        self.first_row = min(self.fact_rows, default=None)
        self.references = _reference_columns(cells, {cell.column for cell in whole})
        figures = {cell.column for cell in whole} or _figure_columns(cells)
        self.amounts = bool(whole) or len(figures - self.references) > 1 or any(forms.is_sure_amount(cell.text) for cell in cells)
        self.columns = figures if self.amounts else set()
        self.first_column = min(self.columns, default=None)
        self.cells = cells

    @cached_property
    def contents(self) -> bool:
        return _is_contents(self.cells)

    @cached_property
    def labels(self) -> dict[int, int]:
        """The column of the first label of each row that has one."""
        found: dict[int, int] = {}
        for cell in self.cells:
            if cell.column < found.get(cell.row, cell.column + 1) and forms.has_letters(cell.text) and not forms.is_figure(cell.text):
                found[cell.row] = cell.column
        return found

    def tells(self, cell: Cell, digits: Sequence[str]) -> bool:
        """Whether facts tell all digits of a cell."""
        left = self.told.get(id(cell))
        return left is not None and (left == Counter(digits) if len(digits) > 1 else left[digits[0]] > 0)

    def of(self, cell: Cell, runs: Sequence[DigitRun]) -> list[Account]:
        """The account of each run of a cell."""
        left = self.told.get(id(cell))
        found: list[Account | None] = [None] * len(runs)
        for place, run in enumerate(runs) if left else ():
            if left and left[run.digits] > 0:
                left[run.digits] -= 1
                found[place] = ("fact", "")
        if None not in found:
            return [one for one in found if one]
        rest = self._rest(cell, runs, beside=any(found))
        return [one or (("reference", "") if is_mark(cell.text, run) else rest) for one, run in zip(found, runs, strict=True)]

    def _rest(self, cell: Cell, runs: Sequence[DigitRun], *, beside: bool) -> Account:
        """The account of what no fact of a cell explains."""
        text = forms.without_marks(cell.text)
        left = self.first_column is None or cell.column < self.first_column
        if cell.column in self.references and not beside and len(text) <= LONGEST_REFERENCE:
            return "reference", ""
        if self._heads(cell, text, left=left):
            return "heading", ""
        if forms.is_length_of_time(text) and cell.column not in self.columns:
            return "text", ""
        if forms.is_code(text):
            return "text", ""
        if (left and forms.has_letters(text)) or not forms.is_figure(text):
            label = left or cell.row not in self.fact_rows
            return ("heading", "") if label and len(text) < (LONGEST_HAN_LABEL if has_han(text) else LONGEST_LABEL) else ("text", "")
        if (self.contents and _PAGE.fullmatch(text)) or forms.is_list_of_notes(text) or (not self.told and forms.is_span_of_pages(text)):
            return "reference", ""
        if not self.amounts:
            return ("heading", "") if forms.is_ordinal(text) else ("text", "")
        if forms.is_sure_ordinal(text) and cell.row in self.labels:
            return "heading", ""
        if (forms.is_ordinal(text) or _BARE_CODE.fullmatch(text)) and left and self.labels.get(cell.row, -1) > cell.column:
            return "heading", ""
        if refers(cell.text, runs[-1]):
            return "reference", ""
        if beside:
            return "lost", REST
        return "lost", NO_FACT if cell.row in self.labels else NO_LABEL

    def _heads(self, cell: Cell, text: str, *, left: bool) -> bool:
        """Whether a cell is a time, a scale, or a heading over the figures."""
        if forms.is_scale(text):
            return True
        above = cell.header or (self.first_row is not None and cell.row < self.first_row)
        if forms.is_length_of_time(text):
            return left or above
        if forms.is_year(text):
            return left or above or cell.row not in self.fact_rows or cell.column not in self.columns
        if forms.is_time(text):
            return True
        if forms.names_times_alone(text):
            return above or cell.row not in self.fact_rows
        labelled = not cell.header and self.labels.get(cell.row, cell.column) < cell.column
        return above and not labelled and not forms.is_amount(text)


def _figure_columns(cells: Sequence[Cell]) -> set[int]:
    """The columns that mostly hold figures, in a table without facts."""
    count = defaultdict[int, list[bool]](list)
    for cell in cells:
        if not cell.header:
            count[cell.column].append(has_digits(cell.text) and forms.is_figure(cell.text) and not forms.is_time(cell.text))
    return {column for column, told in count.items() if sum(told) * 2 > len(told)}


def _reference_columns(cells: Sequence[Cell], taken: set[int]) -> set[int]:
    """The columns without facts that a heading says to be of notes or pages, or that hold nothing but low numbers in brackets."""
    headed = {cell.column for cell in cells if _REFERENCE.fullmatch(cell.text.strip())}
    texts = defaultdict[int, list[str]](list)
    for cell in cells:
        if cell.column not in taken and has_digits(cell.text) and not cell.header:
            texts[cell.column].append(cell.text)
    marks = {column for column, found in texts.items() if len(found) > 1 and all(map(_BRACKETED.fullmatch, found))}
    notes = {column for column, found in texts.items() if column and _are_notes(found, beside=len(texts) > 1 or bool(taken))}
    return (headed | marks | notes) - taken


def _are_notes(texts: Sequence[str], *, beside: bool) -> bool:
    """Whether figures without a heading are numbers of notes: several low ones, each once, that rise, beside figures."""
    low = [int(text) for text in texts if text.isdecimal() and len(text) <= LONGEST_NOTE]
    return beside and len(low) == len(texts) >= FEWEST_NOTES and len(set(low)) == len(low) and low == sorted(low) and 0 not in low


def _is_contents(cells: Sequence[Cell]) -> bool:
    """Whether a table lists pages: its last column holds whole numbers that rise, beside words."""
    last = max((cell.column for cell in cells), default=0)
    pages = [cell.text for cell in sorted(cells, key=lambda cell: cell.row) if cell.column == last and has_digits(cell.text)]
    if len(pages) < 3 or last == 0 or sum(_PAGE.fullmatch(text) is not None for text in pages) < 0.8 * len(pages):
        return False
    numbers = [int(digits_of(text)[-1]) for text in pages if _PAGE.fullmatch(text)]
    return sum(a > b for a, b in pairwise(numbers)) <= 0.1 * len(numbers)
