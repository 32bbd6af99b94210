"""Row labels to label paths: group headings, indentation, totals that close a group, labels wrapped over two rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from finfoundry.core.document import Cell
from finfoundry.knowledge.facts.table.concepts import find_concept
from finfoundry.knowledge.facts.table.grid import Grid, GridRow, has_period, unit_note

_MARKS = re.compile(  # but not the power of a unit, as in m²
    r"(?:\s*(?:(?<!\bm)(?<!\bkm)(?<!\bft)[¹²³⁴⁵⁶⁷⁸⁹*†‡]|\[\d{1,2}\]|\((?:\d{1,2}|[a-z])\)(?:\s*,?\s*\((?:\d{1,2}|[a-z])\))*|(?<=[a-z])\d$))+$"
)
_LEADERS, _FEWEST_LEADERS = ".…·_", 3
_ENDING = 80  # characters at a label's end in which footnote marks are looked for
_TOTAL = re.compile(
    r"^(?:sub)?totals?\b|^net\s+(?:cash|change|increase|decrease)|合\s*计$|总\s*计$|小\s*计$|总额$|^cash\s+(?:provided|used)", re.IGNORECASE
)
_TOTAL_OF = re.compile(r"^(?:sub)?totals?\b(?=\s+\w)")  # "total inventory" closes "Inventory, at lower of cost"
_NAMES = re.compile(r"[^a-z0-9\u4e00-\u9fff]+")
_CONTINUES = re.compile(r"^[a-z(（]|^(?:and|or|of|the|to|for|from|in)\b")
_OPEN_END = re.compile(
    r"(?:\b(?:and|or|of|the|to|for|from|in|on|by|with|(?<!, )net|per)|[,—–-])$", re.IGNORECASE
)  # "Inventories, net" is whole
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NUMBERED = re.compile(r"(?:[一二三四五六七八九十]{1,3}\s*[、.．]|[（(][一二三四五六七八九十\d]{1,3}[)）])")
_BREAKDOWN = re.compile(r"(?:按|分)(?:行业|产品|地区|业务|板块|客户|渠道|销售模式|经营模式)(?:类型|类别|分类|划分|列示)?$")
_BEGINS_NOTE = re.compile(r"\s*[（(]附[註注][^()（）]*$")
_ENDS_NOTE = re.compile(r"[^()（）]{1,24}[)）]\s*")  # of the label of the row before: "三、二五及三二）"
_UNIT_GROUP = re.compile(r"(?<![率例重比])\s*[（(]\s*[%％]\s*[）)]$|^每股(?:计|数据|指标|资料)")  # "盈利能力(%)" over its rows
_EMPTY_LINE = re.compile(r"^commitments?\s+and\s+contingenc", re.IGNORECASE)
_RESULT = re.compile(
    r"(?:consolidated\s+)?(?:net|operating|gross)\s+(?:income|earnings|profit|loss|margin|\(loss\))|(?:income|earnings|loss|profit)\b.{0,12}\b(?:before|from\s+operations)\b",
    re.IGNORECASE,
)
_INCOME_GROUP = re.compile(
    r"^(?!.*\bper\b)(?!.*activities).*\b(?:expenses?|costs?|revenues?|sales|other\s+income|non-?operating|interest)\b", re.IGNORECASE
)
PERIOD_ONLY = re.compile(r"(?:as\s+of\s+|at\s+)?[A-Za-z]{3,9}\.?\s+\d{1,2},\s+(?:19|20)\d\d|(?:19|20)\d\d年.*", re.IGNORECASE)
# second parts in the format of statements that the Ministry of Finance prescribes: "其中：应付利息" over "应付股利"
_ALSO_WITHIN = re.compile(r"应[收付](?:股利|利息)|永续债")
_WITHIN = re.compile(r"^(?:其中|of which|including)\s*[:：]?", re.IGNORECASE)


@dataclass(slots=True)
class _Level:
    indent: int
    text: str
    valued: bool = False
    colon: bool = False


def clean_label(text: str) -> str:
    """The label without leader dots, footnote marks, the beginning of a note that goes on below and a colon at its end."""
    text = _BEGINS_NOTE.sub("", " ".join(text.split()))
    bare = text.rstrip(f"{_LEADERS} ")
    if sum(character in _LEADERS for character in text[len(bare) :]) >= _FEWEST_LEADERS:
        text = bare
    text = f"{text[:-_ENDING]}{_MARKS.sub('', text[-_ENDING:])}"
    return text.rstrip(":： ").strip()


@lru_cache(maxsize=16384)
def opens_group(text: str) -> bool:
    """Whether a label without numbers is the heading of rows below it, not a line of a statement that is empty this time."""
    if text.rstrip().endswith((":", "：")):
        return True
    if _HAN.search(text):
        plain = text.strip()
        if _BREAKDOWN.match(plain) or _UNIT_GROUP.search(plain):
            return True
        return _NUMBERED.match(plain) is not None and find_concept((text,), None) is None
    return not _EMPTY_LINE.search(text) and find_concept((clean_label(text),), None) is None


def name_key(text: str) -> str:
    return _NAMES.sub(" ", text.lower()).strip()


class LabelReader:
    """Goes down a table and keeps the headings that govern the next row, for one block of label columns."""

    def __init__(self, columns: list[int]) -> None:
        self.columns = columns
        self.stack: list[_Level] = []
        self.carried: dict[int, str] = {}
        self.last = ""  # label of the row before, of which "其中" rows are parts
        self.split = ""  # the row whose parts the rows just above were
        self.fresh = False  # no data row since the last heading

    def heading(self, text: str, indent: int, *, sure: bool = False) -> None:
        """A label without numbers opens a group, unless it is a line of the statement that is empty this time; ``sure``: it is none."""
        if _WITHIN.match(text) and _HAN.search(text):
            self.split = self.last  # a part that is empty this time
            return
        if self.columns and (_ENDS_NOTE.fullmatch(text) or not (sure or opens_group(text))):
            return
        colon, text = text.rstrip().endswith((":", "：")), clean_label(text)
        if not text:
            return
        if not self.columns:  # numbers without labels of their own: the heading right above them is their label
            self.stack = [] if PERIOD_ONLY.fullmatch(text) else self.stack if self.fresh else self.stack[:-1]
        outer = self.stack[-2] if len(self.stack) > 1 else None
        if outer and self.stack[-1].colon == colon != outer.colon and outer.indent == self.stack[-1].indent == indent:
            self.stack.pop()  # the next of several headings with a colon, below one without; or the other way about
        else:
            self._close(indent, keep_equal=bool(self.stack) and not self.stack[-1].valued and self.fresh)
        self.stack.append(_Level(indent, text, colon=colon))
        self.fresh = True

    def data(self, row: GridRow) -> tuple[str, ...]:
        """The label path of a row with numbers, outermost first: ("Current assets", "Cash"). Closes the groups that end before it."""
        cells = [cell for cell in row.cells if cell.column in self.columns]
        label = clean_label(cells[-1].text) if cells else ""
        indent = cells[0].indent if cells else (self.stack[-1].indent + 1 if self.stack else 0)
        outer = self._outer(cells)
        if cells and (total := _TOTAL.search(label)):
            self._close_total(label, indent, bare=len(name_key(label)) <= len(total[0]) + 1)
        elif self.stack and _RESULT.match(label) and all(_INCOME_GROUP.search(level.text) for level in self.stack):
            self.stack.clear()
        elif self.stack:
            self._close(indent, keep_equal=True)
        parents = tuple(level.text for level in self.stack)
        self.fresh = False
        if _WITHIN.match(label):
            label = _WITHIN.sub("", label).strip() or label
            parents = (*parents, self.last) if self.last else parents
            self.split = self.last
        elif self.split and _ALSO_WITHIN.fullmatch(label):
            parents = (*parents, self.split)
        elif label and cells:
            self.stack = [level for level in self.stack if not level.valued]
            self.last, self.split = label, ""
            if cells[-1].text.rstrip().endswith((":", "：")):
                self.stack.append(_Level(indent, label, valued=True))
        return (*parents, *outer, label) if label else (*parents, *outer)

    def _outer(self, cells: list[Cell]) -> tuple[str, ...]:
        """Texts of the label columns left of the innermost; one that is blank goes on from above."""
        if len(self.columns) < 2:
            return ()
        present = {cell.column: clean_label(cell.text) for cell in cells}
        last = max(present, default=self.columns[-1])
        outer = []
        for column in self.columns:
            if column in present:
                self.carried[column] = present[column]
                for deeper in self.columns:
                    if deeper > column and deeper not in present:
                        self.carried.pop(deeper, None)
            if column < last and (text := self.carried.get(column)):
                outer.append(text)
        return tuple(outer)

    def _close(self, indent: int, *, keep_equal: bool) -> None:
        while self.stack and (self.stack[-1].indent > indent or (self.stack[-1].indent == indent and not keep_equal)):
            self.stack.pop()

    def _close_total(self, label: str, indent: int, *, bare: bool) -> None:
        """A total ends the group that it names, and all groups inside; a bare "Total" the innermost."""
        key = name_key(label)
        bare_key = _TOTAL_OF.sub("", key.replace("合计", "")).strip()
        names = [name_key(level.text) for level in self.stack]
        matches = [depth for depth, name in enumerate(names) if name and (name in key or (bare_key and bare_key in name))]
        if matches:
            del self.stack[max(matches, key=lambda depth: len(names[depth])) :]
            return
        if bare and self.stack:
            return
        self._close(indent, keep_equal=False) if self.stack and indent < self.stack[-1].indent else None


def label_blocks(grid: Grid) -> list[list[int]]:
    """Label columns in runs: two tables side by side have two. What stands in others says more of the row: see ``beside``."""
    values = set(grid.value_columns)
    runs: list[list[int]] = []
    for column in grid.labels:
        if runs and not any(place in values for place in range(runs[-1][-1] + 1, column)):
            runs[-1].append(column)
        elif not runs:
            runs.append([column])
        else:
            texts = [row.text_at(column) for row in grid.rows if row.kind == "data" and row.text_at(column)]
            several = len(texts) > 1 and len(set(texts)) > 0.7 * len(texts) and max(values, default=0) > column
            if several and not (_headed(grid, column) and not _headed(grid, runs[0][0])):
                runs.append([column])
    return runs


def _headed(grid: Grid, column: int) -> bool:
    """Whether a header says what the labels of a column are: "Location of gain or loss"."""
    texts = (
        cell.text for row in grid.rows if row.kind == "header" for cell in row.cells if cell.column == column and cell.column_span == 1
    )
    return any(not unit_note(text) and not has_period(text) for text in texts)


def beside(row: GridRow, columns: Iterable[int], value: int) -> str:
    """The text between the label and a number that says more of it: "Cost of sales" right of "Foreign exchange contracts"."""
    texts = [text for column in columns if column < value and (text := clean_label(row.text_at(column)))]
    return texts[-1] if texts else ""


def joined_rows(grid: Grid) -> Iterator[GridRow]:
    """The rows with wrapped labels put together: "Cash, cash equivalents and" above "restricted cash 1,234"."""
    first = grid.labels[0] if grid.labels else 0
    rows = grid.rows
    skip = -1
    for place, row in enumerate(rows):
        if place <= skip:
            continue
        following = rows[place + 1] if place + 1 < len(rows) else None
        if row.kind == "heading" and following and following.kind == "data" and _wraps(row, following, first):
            _prepend(following, row.text_at(first), first, row.cells[0].indent)
            continue
        yield row


def _wraps(row: GridRow, following: GridRow, column: int) -> bool:
    text, rest = row.text_at(column).strip(), following.text_at(column).strip()
    if not text or not rest or text.endswith((":", "：", ".")) or len(row.cells) > 1 or has_period(text):
        return False
    return _CONTINUES.match(rest) is not None or _OPEN_END.search(text) is not None


def _prepend(row: GridRow, text: str, column: int, indent: int) -> None:
    for cell in row.cells:
        if cell.column == column:
            place = row.cells.index(cell)
            row.cells[place] = replace(cell, text=f"{text.strip()} {cell.text.strip()}", indent=indent)
            return
