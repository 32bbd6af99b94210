"""Clauses of a rule: each numbered clause, section or article with its sub-items, word for word, under its headings.

Any numbering is read that goes on: behind 3.1 come 3.2, 3.1.1 or 4, behind A.2 A.3 or B, behind 1(a) 1(b) or 2, behind R6 R7. What does not
go on is an item of a list, or a line that begins with a number by chance. A rule without numbers is cut at its headings, one without
headings at its paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from finfoundry.core.document import Block, Box, Document, Locator
from finfoundry.core.quantities.numerals import chinese_value
from finfoundry.core.rules.law import Clause

LEAST_NUMBERED = 3  # clauses from which on a document is taken for numbered
LONGEST_HEADING = 90  # characters
SKIPPED = 3  # numbers that may be missing between two clauses: of one that was repealed
_CN = "〇零一二三四五六七八九十百千"
_WORD = (
    r"ARTICLE|Article|SECTION|Section|CLAUSE|Clause|RULE|Rule|REGULATION|Regulation|PARAGRAPH|Paragraph"
    r"|Art\.|Sec\.|Cl\.|Para\.?|Reg\.|No\.|§§?|¶"
)
_NAMED = re.compile(
    rf"(?P<number>(?:{_WORD})\s*(?P<path>\d{{1,3}}[A-Z]?(?:\.\d{{1,2}})*(?:\([a-z0-9]{{1,3}}\))*))(?=[\s.:)—–-]|$)(?!\s+(?:of|and|or|to|above|below)\b)"
)
_ARTICLE = re.compile(rf"(?P<number>第(?P<path>[{_CN}\d]+)条(?:之[{_CN}]+)?)(?P<space>[\s\u3000:：、]|$)?")
_BARE = re.compile(
    r"[(\[]?(?P<path>(?:[A-Z]{1,4}[.-]?)?\d{1,3}(?:[./-]\d{1,3})*(?:\([a-z]{1,2}\)|[a-z](?=[.)]))?|[IVXLC]{1,6}|[A-Z])(?P<end>[.):\]/°]?)"
    r"(?:\s*[—–-]\s+|\s+|(?<=\.))(?:(?=[A-Z\u4e00-\u9fff“\"‘(\[])|(?<=[.):\]]\s)(?=[a-z]))"
)
_LABELLED = re.compile(
    r"(?P<number>(?P<word>[A-Z][a-z]{2,14}|[A-Z]{3,14})\s+(?P<path>\d{1,3}(?:\.\d{1,2})*))(?=\s*(?:[.:)—–-]|$)|\s+[A-Z])"
)
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_MONTH = re.compile(r"\d{1,2}\s+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b")
_CHAPTER = re.compile(
    rf"(?P<number>第[{_CN}\d]+[编章节]|(?:CHAPTER|Chapter|PART|Part)\s+(?:\d+|[IVXLC]+))(?=[\s\u3000:：.—–-]|$|[\u4e00-\u9fff])"
)
_COUNTED = re.compile(rf"(?P<number>[{_CN}]{{1,3}}、|[（(][{_CN}]{{1,3}}[)）])")  # of notices, which have no articles
_PAGE_NUMBER = re.compile(r"[—–-]+\s*\d{1,4}\s*[—–-]+")  # of a text that was printed: it stands in the middle of a clause
_STOPS = (".", ";", ":", "。", "；", "：")
Path = tuple[int | str, ...]


@dataclass(slots=True)
class _Line:
    """A line of a block with its place."""

    text: str
    page: int
    box: Box | None
    heading: bool
    section: tuple[str, ...]
    locator: Locator | None


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
        return Clause(ordinal, self.number, self.heading, text, first.page, _around(boxes), first.locator)


def clauses(document: Document) -> list[Clause]:
    """The clauses in reading order; a heading without a text of its own is none."""
    lines = list(_lines(document))
    found = list(_numbered(lines))
    if sum(bool(one.number) for one in found) < LEAST_NUMBERED:
        found = list(_headed(lines) if sum(line.heading for line in lines) > 1 else _paragraphs(lines))
    if not found:
        return []
    behind = [*(one.heading for one in found[1:]), ()]
    kept = (one for one, following in zip(found, behind, strict=True) if not _is_heading(one.lines, following))
    return [one.closed(ordinal) for ordinal, one in enumerate(kept)]


def _is_heading(lines: Sequence[_Line], following: tuple[str, ...]) -> bool:
    """Whether a clause is nothing but a heading: one line, short and without a stop, under which the next one stands."""
    line = lines[0]
    stops = len(line.text) > LONGEST_HEADING or line.text.endswith((".", "。", "；", ";"))
    return len(lines) == 1 and not stops and (line.heading or line.text in following)


def _lines(document: Document) -> Iterator[_Line]:
    for page in document.pages:
        for block in page.blocks:
            if block.kind in ("header", "footer") or not block.text.strip():
                continue
            parts = block.text.split("\n")
            for number, part in enumerate(parts):
                text = " | ".join(cell.strip() for cell in part.split("\t") if cell.strip()) if block.kind == "table" else part.strip()
                if text and not _PAGE_NUMBER.fullmatch(text):
                    box = _slice(block, number, len(parts))
                    yield _Line(text, page.number, box, block.kind == "heading", block.section, block.locator)


def _slice(block: Block, number: int, count: int) -> Box | None:
    """The part of a block's box in which one of its lines lies; lines of a paragraph are equally high."""
    if block.box is None or block.kind == "table":
        return block.box
    x0, y0, x1, y1 = block.box
    step = (y1 - y0) / count
    return (x0, y0 + number * step, x1, y0 + (number + 1) * step)


def _numbered(lines: Sequence[_Line]) -> Iterator[_Open]:
    counter = _Counter(articles=sum(bool(_ARTICLE.match(line.text)) for line in lines) >= LEAST_NUMBERED)
    now: _Open | None = None
    for line in lines:
        number = counter.number(line)
        if number is None and not line.heading:
            now = now or _Open("", ())
            now.lines.append(line)
            continue
        if now is not None and now.lines:
            yield now
        now = _Open(number or "", counter.above(line))
        now.lines.append(line)
    if now is not None:
        yield now


class _Counter:
    """Which numbers begin clauses, and under which headings. ``articles``: a Chinese rule whose articles have numbers; no others count."""

    def __init__(self, *, articles: bool) -> None:
        self._articles = articles
        self._last: Path = ()
        self._item = 0  # the last number of a list
        self._chapter = ""
        self._headings: dict[Path, str] = {}  # of sections, by their numbers

    def number(self, line: _Line) -> str | None:
        """The number of the clause that a line begins, as printed; None where it begins none."""
        text = line.text
        if (found := _CHAPTER.match(text)) and (line.heading or len(text) <= LONGEST_HEADING):
            self._chapter = text
            return found["number"]
        if found := _ARTICLE.match(text):
            return found["number"] if self._goes_on((_value(found["path"]),), sure=found["space"] is not None) else None
        if self._articles:
            return None
        if found := _NAMED.match(text):
            return found["number"] if self._goes_on(_path(found["path"]), sure=True) else None
        if (found := _LABELLED.match(text)) and not _MONTH.match(text) and self._goes_on(_path(found["path"]), sure=False):
            return found["number"]
        if (found := _BARE.match(text)) and not _MONTH.match(text):
            return self._bare(found["path"], line)
        if found := _COUNTED.match(text):
            return found["number"].strip("、（）()")
        return None

    def _bare(self, printed: str, line: _Line) -> str | None:
        path = _path(printed)
        if (roman := _roman(printed)) and _follows(self._last[:1] if self._last else (), (roman,)):
            path = (roman,)
        if len(path) == 1 and isinstance(path[0], int) and self._item and path[0] == self._item + 1 and not line.heading:
            self._item = path[0]
            return None
        if len(path) == 1 and isinstance(path[0], str) and len(line.text) > LONGEST_HEADING:
            return None  # "A person who …" begins no section
        if self._goes_on(path, sure=False):
            return printed
        self._item = path[0] if len(path) == 1 and isinstance(path[0], int) else 0
        return None

    def _goes_on(self, path: Path, *, sure: bool) -> bool:
        """Whether a number may come behind the last one; ``sure``: its word says that it is a clause, wherever it stands."""
        if not sure and not any(_follows(self._last[:length], path) for length in range(len(self._last) + 1)):
            return False
        self._last, self._item = path, 0
        return True

    def above(self, line: _Line) -> tuple[str, ...]:
        """The headings above the clause that was just begun, outermost first, without its own line."""
        path = self._last
        above = [self._headings[path[:length]] for length in range(1, len(path)) if path[:length] in self._headings]
        if len(line.text) <= LONGEST_HEADING:
            self._headings[path] = line.text
        chapter = [self._chapter] if self._chapter and self._chapter != line.text else []
        own = [part for part in line.section if part != line.text and part not in (*above, *chapter)]
        return tuple(dict.fromkeys([*own[-2:], *chapter, *above]))


def _path(printed: str) -> Path:
    """The parts of a number: 3.2 → (3, 2), A.1 → ("A", 1), 1(a) → (1, "a"), R6 → ("R", 6)."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"\d+|[A-Za-z]+", printed))


def _roman(printed: str) -> int:
    """A Roman numeral; 0 for what is none."""
    if not re.fullmatch(r"[IVXLC]+", printed):
        return 0
    values = [_ROMAN[sign] for sign in printed]
    return sum(-value if any(later > value for later in values[at + 1 :]) else value for at, value in enumerate(values))


def _value(numeral: str) -> int:
    found = int(numeral) if numeral.isdigit() else chinese_value(numeral)
    return int(found) if found else 0


def _follows(before: Path, path: Path) -> bool:
    """Whether a number is the next one behind another, or the first one below it."""
    if len(path) == len(before) + 1 and path[:-1] == before:
        return path[-1] in (1, "a", "A")
    if len(path) == len(before) + 2 and path[:-2] == before:  # "2(a)" without a line for 2, "A.1" without one for A
        return path[-1] in (1, "a")
    if len(path) > len(before) == 1 and path[-1] in (1, "a"):
        return _next(before[0], path[0])
    return len(path) == len(before) > 0 and path[:-1] == before[:-1] and _next(before[-1], path[-1])


def _next(before: int | str, number: int | str) -> bool:
    if isinstance(before, int) and isinstance(number, int):
        return 0 < number - before <= SKIPPED
    if isinstance(before, str) and isinstance(number, str) and len(before) == len(number) == 1:
        return ord(number) - ord(before) == 1
    return False


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


def _paragraphs(lines: Sequence[_Line]) -> Iterator[_Open]:
    """A rule with neither numbers that are read nor headings: each paragraph is a clause, under the last short line without a stop."""
    heading: tuple[str, ...] = ()
    now: list[_Line] = []
    for at, line in enumerate(lines):
        if not now and len(line.text) <= LONGEST_HEADING and not line.text.endswith(_STOPS):
            heading = (line.text,)
            continue
        now.append(line)
        following = lines[at + 1].text[0] if at + 1 < len(lines) else "A"
        if line.text.endswith(_STOPS) and not following.islower():
            yield _Open("", heading, now)
            now = []
    if now:
        yield _Open("", heading, now)


def _around(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
