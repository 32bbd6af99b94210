"""Clauses of a rule: each numbered clause, section or article with its sub-items, word for word, under its headings.

Numbers count: "4." begins a section only behind section 3, and is else an item of a list; "3.2" begins a clause of section 3. A rule
without numbers is cut at its headings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from finfoundry.core.document import Block, Box, Document
from finfoundry.core.law import Clause

LEAST_NUMBERED = 3  # clauses from which on a document is taken for numbered
LONGEST_HEADING = 90  # characters
_CN = "〇零一二三四五六七八九十百千"
_NAMED = re.compile(
    rf"(?P<number>第[{_CN}\d]+条(?:之[{_CN}]+)?|(?:ARTICLE|Article|SECTION|Section|CLAUSE|Clause|RULE|Rule|§)\s*\d+[A-Z]?(?:\.\d+)*(?:\([a-z0-9]+\))*)"
    r"(?=[\s\u3000.:：、)—–-]|$|(?<=条))"
)
_DOTTED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){1,3})\.?(?=\s+[^\s\d.,%a-z])")
_PLAIN = re.compile(r"(?P<number>\d{1,2})(?:\.(?!\d)\s*|\s{1,4})(?=[A-Z\u4e00-\u9fff“\"])")
_CHAPTER = re.compile(
    rf"(?P<number>第[{_CN}\d]+[编章节]|(?:CHAPTER|Chapter|PART|Part)\s+(?:\d+|[IVXLC]+))(?=[\s\u3000:：.—–-]|$|[\u4e00-\u9fff])"
)
_COUNTED = re.compile(rf"(?P<number>[{_CN}]{{1,3}}、|[（(][{_CN}]{{1,3}}[)）])")  # of notices, which have no articles


@dataclass(slots=True)
class _Line:
    """A line of a block with its place."""

    text: str
    page: int
    box: Box | None
    heading: bool
    section: tuple[str, ...]


@dataclass(slots=True)
class _Open:
    """A clause that lines are still added to."""

    number: str
    heading: tuple[str, ...]
    lines: list[_Line] = field(default_factory=list)

    def closed(self, ordinal: int) -> Clause:
        first = self.lines[0]
        boxes = [line.box for line in self.lines if line.page == first.page and line.box]
        text = "\n".join(line.text for line in self.lines)
        return Clause(ordinal, self.number, self.heading, text, first.page, _around(boxes))


def clauses(document: Document) -> list[Clause]:
    """The clauses in reading order; a heading without a text of its own is none."""
    lines = list(_lines(document))
    found = list(_numbered(lines))
    if sum(bool(one.number) for one in found) < LEAST_NUMBERED:
        found = list(_headed(lines))
    kept = (one for one in found if any(not line.heading for line in one.lines) or len(one.lines) > 1 or _says(one.lines[0].text))
    return [one.closed(ordinal) for ordinal, one in enumerate(kept)]


def _says(line: str) -> bool:
    """Whether a line that is a clause alone says something: a heading ends without a stop."""
    return len(line) > LONGEST_HEADING or line.rstrip().endswith((".", "。", "；", ";"))


def _lines(document: Document) -> Iterator[_Line]:
    for page in document.pages:
        for block in page.blocks:
            if block.kind in ("header", "footer") or not block.text.strip():
                continue
            parts = block.text.split("\n")
            for number, part in enumerate(parts):
                text = " | ".join(cell.strip() for cell in part.split("\t") if cell.strip()) if block.kind == "table" else part.strip()
                if text:
                    box = _slice(block, number, len(parts))
                    yield _Line(text, page.number, box, block.kind == "heading", block.section)


def _slice(block: Block, number: int, count: int) -> Box | None:
    """The part of a block's box in which one of its lines lies; lines of a paragraph are equally high."""
    if block.box is None or block.kind == "table":
        return block.box
    x0, y0, x1, y1 = block.box
    step = (y1 - y0) / count
    return (x0, y0 + number * step, x1, y0 + (number + 1) * step)


def _numbered(lines: Sequence[_Line]) -> Iterator[_Open]:
    counter = _Counter(named=sum(bool(_NAMED.match(line.text)) for line in lines) >= LEAST_NUMBERED)
    now: _Open | None = None
    for line in lines:
        number = counter.number(line)
        if number is None and not (line.heading and (now is None or counter.leaves(line))):
            now = now or _Open("", ())
            now.lines.append(line)
            continue
        if now is not None and now.lines:
            yield now
        now = _Open(number or "", counter.path(line, number))
        now.lines.append(line)
    if now is not None:
        yield now


class _Counter:
    """Which numbers begin clauses, and under which headings. ``named``: articles or sections with their word begin them, no others do."""

    def __init__(self, *, named: bool) -> None:
        self._named = named
        self._section, self._item = 0, 0  # the last number of a section, and of an item of a list
        self._headings: dict[str, str] = {}  # number of a section or chapter → its line

    def number(self, line: _Line) -> str | None:
        """The number of the clause that a line begins; None where it begins none."""
        text = line.text
        if found := _CHAPTER.match(text):
            if line.heading or len(text) <= LONGEST_HEADING:
                self._headings = {"chapter": text}
                return found["number"]
            return None
        if found := _NAMED.match(text):
            self._item = 0
            return found["number"]
        if self._named:
            return None
        if found := _DOTTED.match(text):
            return self._dotted(found["number"])
        if found := _PLAIN.match(text):
            return self._plain(int(found["number"]), line)
        if found := _COUNTED.match(text):
            return found["number"].strip("、（）()")
        return None

    def _dotted(self, number: str) -> str | None:
        major = int(number.split(".")[0])
        if major not in (self._section, self._section + 1):
            return None
        self._section, self._item = major, 0
        return number

    def _plain(self, number: int, line: _Line) -> str | None:
        if self._item and number == self._item + 1 and not line.heading:
            self._item = number
            return None
        if number == self._section + 1 and (number > 1 or line.heading or not self._section):
            self._section, self._item = number, 0
            return str(number)
        self._item = number
        return None

    def leaves(self, line: _Line) -> bool:
        """Whether a heading without a number ends the clause before it: an annex, a closing part."""
        return not _PLAIN.match(line.text)

    def path(self, line: _Line, number: str | None) -> tuple[str, ...]:
        """The headings above a clause, outermost first, without its own line."""
        above = [self._headings[key] for key in self._keys(number) if key in self._headings]
        if number and len(line.text) <= LONGEST_HEADING:
            self._headings[number] = line.text
        own = [part for part in line.section if part != line.text and part not in above]
        return tuple(dict.fromkeys([*own[-2:], *above]))

    def _keys(self, number: str | None) -> list[str]:
        parts = (number or "").split(".")
        return ["chapter", *(".".join(parts[:count]) for count in range(1, len(parts)))]


def _headed(lines: Iterable[_Line]) -> Iterator[_Open]:
    """A rule without numbers, cut at its headings."""
    now: _Open | None = None
    for heading, run in groupby(lines, key=lambda line: line.heading):
        group = list(run)
        if heading or now is None:
            if now is not None:
                yield now
            last = group[-1]
            now = _Open("", tuple(part for part in last.section if part != last.text)[-2:], [last] if heading else group)
        else:
            now.lines += group
    if now is not None:
        yield now


def _around(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
