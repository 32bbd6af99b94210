"""What a parsed document is made of: pages, blocks, cells, facts, certificate.

Boxes are ``(x0, y0, x1, y1)`` in PDF points from the top left of the page as displayed. Pages count from 1. Sheets and HTML have
no box but a locator: ``{"sheet": "Balance", "cell": "B7"}`` or ``{"anchor": "id"}``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import isclose
from typing import ClassVar, Literal

from finfoundry.core.balance.digit_balance import DigitBalance
from finfoundry.core.display import Display
from finfoundry.core.rules.law import Clause, LawStatement

Box = tuple[float, float, float, float]
Locator = dict[str, str]
BlockKind = Literal["heading", "paragraph", "list", "table", "caption", "header", "footer", "figure"]
PageSource = Literal["text", "ocr", "empty", "sheet", "flow"]
Scope = Literal["consolidated", "parent"]
Version = Literal["reported", "restated"]

BY_PLACE = "place"  # the axis of the dimension of a figure that only its place tells from others of its row


@dataclass(slots=True)  # not frozen: a document has a hundred thousand of them, and a frozen one takes three times as long to make
class Word:
    """A run of characters without a space (for Chinese: without a gap) and its box on the page."""

    text: str
    box: Box
    size: float = 0.0
    bold: bool = False
    confidence: float = 1.0  # below 1 only where OCR read it


@dataclass(slots=True)
class Cell:
    """One cell of a table. Rows and columns count from 0; spans cover the cells to the right and below."""

    row: int
    column: int
    text: str
    box: Box | None = None
    row_span: int = 1
    column_span: int = 1
    locator: Locator | None = None
    indent: int = 0  # level of indentation of a row label, 0 = outermost
    header: bool = False
    confidence: float = 1.0


@dataclass(slots=True)
class Block:
    """A piece of a page in reading order. ``text`` of a table is its cells, tab- and newline-separated."""

    kind: BlockKind
    text: str
    box: Box | None = None
    cells: list[Cell] = field(default_factory=list)
    section: tuple[str, ...] = ()  # headings above it, outermost first
    level: int | None = None  # of a heading
    title: str | None = None  # of a table: the caption found above it
    note: str | None = None  # of a table: the line that states unit, scale or currency
    locator: Locator | None = None
    continued: bool = False  # a table that goes on from the page before


def stands_under(block: Block, path: tuple[str, ...]) -> bool:
    """Whether a block that is no table stands right under a heading, or is this heading; ``path``: the headings down to it."""
    own = block.kind == "heading" and (*block.section, block.text) == path
    return own or (block.section == path and block.kind in ("heading", "paragraph", "list"))


def headings_over(section: Sequence[str], title: str | None) -> tuple[str, ...]:
    """The headings over a table, outermost first, its title last where it says more than the innermost."""
    return (*section, *([title] if title and title not in section[-1:] else []))


@dataclass(slots=True)
class Page:
    """One page (or one sheet, or the whole of a flowing text)."""

    number: int
    width: float
    height: float
    blocks: list[Block] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    source: PageSource = "text"
    name: str | None = None  # of a sheet
    confidence: float = 1.0

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The pages of a paper that a document is, as they count themselves: from page ``first`` of ``whole``; ``head`` stands beside the
    counts on all pages of the paper.
    """

    head: str
    first: int
    whole: int


@dataclass(slots=True)
class Profile:
    """What a document says of itself: who reports, what kind of document it is, for which period."""

    entity: str | None = None
    aliases: tuple[str, ...] = ()  # other names, tickers, security codes
    kind: str | None = None  # "10-K", "10-Q", "8-K", "earnings", "annual report", "policy", …
    period: str | None = None  # ISO 8601: the period reported on, "start/end" or a date
    fiscal_year: int | None = None
    currency: str | None = None
    language: Literal["en", "zh"] = "en"
    title: str | None = None
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A file inside a file: an attachment, a file of an archive. It is read as a document of its own, named CONTAINER/NAME.

    ``error`` and ``remedy`` say why one is not handed out: its bytes are then empty.
    """

    name: str
    data: bytes
    error: str | None = None
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Doubts:
    """What the reading for facts leaves open; the certificate tells it."""

    unread_scales: Mapping[int, str] = field(default_factory=dict)  # table -> the words of its scale that are not understood
    assumed_scale: bool = False  # amounts are read in thousands by the form of the paper, no page of which states a scale
    not_told_apart: Mapping[int, int] = field(default_factory=dict)  # table -> how many of its figures contradict another of their row
    of_two_years: Mapping[int, int] = field(default_factory=dict)  # table -> how many of its figures a row and its heading date otherwise
    own_day: str | None = None  # ISO 8601: of a paper that reports on no period, by which figures without one are dated


@dataclass(slots=True)
class Document:
    """The outcome of parsing, before facts: a pure function of the bytes and the name."""

    name: str
    sha256: str
    media_type: str
    size: int
    pages: list[Page]
    profile: Profile = field(default_factory=Profile)
    losses: list[str] = field(default_factory=list)  # what could not be read, in words
    missing_numbers: int = 0  # how many numbers the file has, or should have, that could not be read
    doubts: Doubts = field(default_factory=Doubts)  # of the reading for facts
    contradicted: list[str] = field(default_factory=list)  # figures of which the paper says two things, each with both readings, in words
    misnamed: str = ""  # that the content is not what the name says, in words; "" where it is
    cut_short: str = ""  # that the file breaks off before its end, in words; "" where it is whole
    parts: list[Part] = field(default_factory=list)  # files inside it; an archive has nothing else


PERIOD_ASSUMED = 0.7  # the confidence of a figure for which nothing printed says the period


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of a document with all that gives it meaning. ``value`` is exact, in base units, scale and sign applied."""

    metric: tuple[str, ...]  # label path as printed, outermost first
    value: Decimal
    unit: str | None  # ISO 4217, "ratio", "USD/share", "shares", "count"; None for money whose currency is stated nowhere
    period: str  # ISO 8601 date or "start/end"
    text: str  # as printed
    page: int
    entity: str | None = None
    concept: str | None = None  # normalised name, see core/data/concepts
    scope: Scope = "consolidated"
    dimensions: tuple[tuple[str, str], ...] = ()
    version: Version = "reported"
    scale: Decimal = Decimal(1)
    precision: int = 0  # digits printed after the decimal point
    box: Box | None = None
    locator: Locator | None = None
    statement: str | None = None  # "income", "balance", "cash flow", "equity", …
    table: int | None = None  # the how-manieth table of the document, from 0
    row: int | None = None
    column: int | None = None
    confidence: float = 1.0

    @property
    def period_assumed(self) -> bool:
        """Whether the period is that of the document as a whole; a text read by OCR has a confidence of its own."""
        return isclose(self.confidence, PERIOD_ASSUMED, abs_tol=1e-6)


@dataclass(frozen=True, slots=True)
class FactReading:
    """What of a fact may be read wrongly, and be put right by hand; the fields are those of ``Fact``."""

    text: str
    value: Decimal
    unit: str | None
    scale: Decimal
    precision: int
    period: str
    entity: str | None
    metric: tuple[str, ...]
    concept: str | None
    scope: Scope

    @classmethod
    def of(cls, fact: Fact) -> FactReading:
        """The reading of a fact as it stands."""
        return cls(
            fact.text, fact.value, fact.unit, fact.scale, fact.precision, fact.period, fact.entity, fact.metric, fact.concept, fact.scope
        )

    def changes(self, other: FactReading) -> list[tuple[str, str, str]]:
        """Each field in which the other differs: its name, here, there; in words."""
        pairs = ((name, getattr(self, name), getattr(other, name)) for name in self.__slots__ if name != "precision")
        return [(name, in_words(one), in_words(two)) for name, one, two in pairs if one != two]


def in_words(value: object) -> str:
    """A field of a reading for people: a label path joined, a number in full, "none" for what is not there."""
    if isinstance(value, Decimal):
        plain = format(value, ",f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return " › ".join(value) if isinstance(value, tuple) else "none" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class HandCorrection:
    """The correction by hand that is in force for a fact: as it was read, as it is given, why, who proposed it and who approved it when
    (ISO 8601). ``id`` is its number, ``fact`` the fact's id.
    """

    id: int
    fact: str
    page: int
    read: FactReading
    given: FactReading
    why: str
    proposed_by: str
    approved_by: str
    approved_at: str

    def shown(self) -> str:
        """In one line."""
        said = "; ".join(f"{name} {before} → {after}" for name, before, after in self.read.changes(self.given))
        label = " › ".join(self.given.metric)
        who = f"correction {self.id}, proposed by {self.proposed_by}, approved by {self.approved_by} {self.approved_at}"
        return f"page {self.page}, {label}: {said} ({who})"


@dataclass(frozen=True, slots=True)
class ReadByHand:
    """The reading by hand that a fact comes from: a figure that the reader missed, or a table within a border that a person drew; who
    proposed it and who approved it when (ISO 8601). ``id`` is its number.
    """

    id: int
    kind: Literal["figure", "table"]
    page: int
    why: str
    proposed_by: str
    approved_by: str
    approved_at: str

    def shown(self) -> str:
        """In one line."""
        what = "a figure that was not read" if self.kind == "figure" else "a table whose border was drawn by hand"
        who = f"proposed by {self.proposed_by}, approved by {self.approved_by} {self.approved_at}"
        return f"page {self.page}: {what} (reading {self.id}, {who})"


@dataclass(frozen=True, slots=True)
class Identity:
    """An equation that should hold between facts, and whether it does."""

    name: str  # "assets = liabilities + equity"
    held: bool
    page: int
    period: str
    left: Decimal
    right: Decimal
    detail: str = ""


@dataclass(slots=True)
class TableReport:
    """What became of one table."""

    table: int
    page: int
    title: str | None
    scale: str | None
    currency: str | None
    cells: int
    numbers: int
    facts: int
    lost: int = 0  # runs of digits that are in no account


@dataclass(slots=True)
class Certificate:
    """What went in, what came out, which identities hold, what was lost."""

    pages: int = 0
    characters: int = 0
    tables: int = 0
    cells: int = 0
    numbers: int = 0  # numbers printed on the pages, page numbers and dates left out
    numbers_in_tables: int = 0
    numbers_in_facts: int = 0  # … with row label and period
    numbers_expected: int = 0  # that should be facts: of tables that look like statements, of lines like their rows, and those missing
    facts: int = 0
    pages_without_text: list[int] = field(default_factory=list)
    pages_read_by_ocr: dict[int, float] = field(default_factory=dict)  # page -> mean confidence
    table_reports: list[TableReport] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)  # one key, different values
    losses: list[str] = field(default_factory=list)
    score: float = 1.0  # 0..1
    mark: str | None = None  # set below the threshold; answers carry it
    corrections: list[HandCorrection] = field(default_factory=list)  # in force; identities and conflicts are then those of today's facts
    readings: list[ReadByHand] = field(default_factory=list)  # by hand, in force
    law: list[LawStatement] = field(default_factory=list)  # of a rule: title, rank, effect, repeals, as its text says them
    digits: DigitBalance | None = None  # what became of every run of digits; None of a document that was read before it was kept

    HAS_HEADING: ClassVar[bool] = True

    def show_on(self, display: Display) -> None:
        lines = [
            f"pages {self.pages}   characters {self.characters:,}   tables {self.tables}   cells {self.cells:,}",
            (
                f"numbers {self.numbers:,}, in tables {self.numbers_in_tables:,},"
                f" with row and period {self.numbers_in_facts:,}   facts {self.facts:,}"
            ),
            f"identities held {sum(i.held for i in self.identities)} of {len(self.identities)}   score {self.score:.2f}"
            + (f"   MARK: {self.mark}" if self.mark else ""),
        ]
        lines += list(self.digits.lines()) if self.digits else []
        units = sorted({f"{one.scale or '?'} {one.currency or '?'}" for one in self.table_reports})
        lines += [f"scale and currency: {text}" for text in units[:8]]
        lines += [f"page {page} was read by OCR, confidence {value:.2f}" for page, value in self.pages_read_by_ocr.items()]
        lines += [f"page {page} has no text" for page in self.pages_without_text]
        lines += [
            f"broken: {i.name} ({i.period}, page {i.page}): {i.left:,} against {i.right:,} {i.detail}"
            for i in self.identities
            if not i.held
        ]
        lines += [f"conflict: {text}" for text in self.conflicts[:20]] + [f"lost: {text}" for text in self.losses[:20]]
        lines += [f"corrected by hand: {one.shown()}" for one in self.corrections[:20]]
        lines += [f"read by hand: {one.shown()}" for one in self.readings[:20]]
        lines += [f"says: {one.shown()}" for one in self.law[:20]]
        display.panel(lines, "ingestion certificate")


@dataclass(slots=True)
class Parsed:
    """All that parsing yields for one file."""

    document: Document
    facts: list[Fact]
    certificate: Certificate
    clauses: list[Clause] = field(default_factory=list)  # of a rule


@dataclass(frozen=True, slots=True)
class ChunkPlace:
    """Where on its page the part of a passage stands that begins at a character of it: a paragraph, a row of a table."""

    start: int
    box: Box | None
    locator: Locator | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage to retrieve: text with its place, small enough for a prompt, and the places of its parts."""

    ordinal: int
    page: int
    text: str
    section: tuple[str, ...] = ()
    box: Box | None = None
    locator: Locator | None = None
    kind: Literal["text", "table"] = "text"
    places: tuple[ChunkPlace, ...] = ()


def around(a: Box | None, b: Box | None) -> Box | None:
    """The smallest box that holds both."""
    if a is None or b is None:
        return a or b
    return (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


def box_of(text: str, words: Sequence[Word]) -> Box | None:
    """The box of a printed number on its page, where exactly one run of words reads as it; else None."""
    parts = text.split()
    hits = [
        words[i : i + len(parts)] for i in range(len(words)) if all(part in word.text for part, word in zip(parts, words[i:], strict=False))
    ]
    hits = [hit for hit in hits if len(hit) == len(parts)]
    if len(hits) != 1:
        return None
    boxes = [word.box for word in hits[0]]
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
