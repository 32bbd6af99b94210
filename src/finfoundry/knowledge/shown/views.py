"""What ``--json`` and the API print: plain shapes with a JSON Schema each (``docs/schemas``), made from the product's own types.

Numbers that must stay exact (values, scales) are decimal strings in base units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, Self

from pydantic_core import to_json

from finfoundry.core.answer import DocumentName
from finfoundry.core.display import Display, escaped
from finfoundry.core.document import Block, Box, Certificate, Fact, HandCorrection, Locator, Page, Parsed, ReadByHand
from finfoundry.core.prose import prose
from finfoundry.knowledge.laws.law_view import LawView
from finfoundry.knowledge.search.passages import Hit
from finfoundry.knowledge.storage.store import StoredDocument, StoredFact


@dataclass(frozen=True, slots=True)
class CellView:
    row: int
    column: int
    row_span: int
    column_span: int
    text: str
    box: Box | None
    locator: Locator | None


@dataclass(frozen=True, slots=True)
class BlockView:
    kind: str
    box: Box | None
    text: str
    cells: list[CellView]
    section: list[str]
    title: str | None
    note: str | None
    locator: Locator | None


@dataclass(frozen=True, slots=True)
class PageView:
    number: int
    width: float
    height: float
    source: str
    name: str | None
    blocks: list[BlockView]


@dataclass(frozen=True, slots=True)
class FactView:
    entity: str | None
    metric: list[str]
    concept: str | None
    scope: str
    dimensions: dict[str, str]
    period: str
    version: str
    value: str
    unit: str | None
    scale: str
    precision: int
    page: int
    box: Box | None
    locator: Locator | None
    text: str
    statement: str | None
    document: DocumentName | None = None
    mark: str | None = None
    id: str | None = None  # of a stored one
    correction: HandCorrection | None = None  # by which it is not as it was read
    reading: ReadByHand | None = None  # by which it was read by hand

    @classmethod
    def show_all(cls, rows: Sequence[Self], display: Display) -> None:
        """The facts as one table, and below it those that are corrected by hand."""
        display.table(("entity", "metric", "period", "value", "unit", "scope", "page", "document", "id"), [row.cells() for row in rows])
        for row in rows:
            if row.correction:
                display.line(f"[yellow]{escaped(row.id)} corrected by hand: {escaped(row.correction.shown())}[/]")
            if row.reading:
                display.line(f"[yellow]{escaped(row.id)} read by hand: {escaped(row.reading.shown())}[/]")

    def cells(self) -> list[str]:
        dimensions = "".join(f" [{value}]" for value in self.dimensions.values())
        where = self.document.name if self.document else "-"
        metric = " › ".join(self.metric) + dimensions
        return [self.entity or "-", metric, self.period, self.value, self.unit or "-", self.scope, str(self.page), where, self.id or "-"]


@dataclass(frozen=True, slots=True)
class ParseView:
    """A file; ``inside`` are the files that came out of it, each by its name."""

    pages: list[PageView]
    facts: list[FactView]
    certificate: Certificate
    name: str
    inside: list[ParseView]

    def show_on(self, display: Display) -> None:
        """Print the kinds of block on each page, the first 200 facts, the certificate, and the files inside."""
        for one in self.pages:
            kinds = [block.kind for block in one.blocks]
            display.wrapped(
                f"page {one.number} ({one.source}): " + ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
            )
        FactView.show_all(self.facts[:200], display)
        if len(self.facts) > 200:
            display.wrapped(f"[dim]… {len(self.facts) - 200:,} more facts: use --json[/]")
        display.show(self.certificate)
        for file in self.inside:
            display.wrapped(f"\n[bold]{escaped(file.name)}[/]")
            display.show(file)


@dataclass(frozen=True, slots=True)
class HitView:
    document: DocumentName
    page: int
    score: float
    text: str
    section: list[str]
    box: Box | None
    locator: Locator | None

    def show_on(self, display: Display) -> None:
        """Print where the passage is, its score, and its first 300 characters."""
        display.wrapped(
            f"[bold]{escaped(self.document.name)}[/] p. {self.page}  [dim]{self.score:.4f}  {escaped(' › '.join(self.section))}[/]"
        )
        display.wrapped("  " + escaped(" ".join(prose(self.text).split())[:300]))

    @classmethod
    def show_all(cls, rows: Sequence[Self], display: Display) -> None:
        for row in rows:
            row.show_on(display)


@dataclass(frozen=True, slots=True)
class FactsFile:
    """A workbook that was written, and how many facts it holds."""

    file: str
    facts: int


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document in the store with its certificate."""

    id: str
    name: str
    collection: str
    label: str
    entity: str | None
    kind: str | None
    period: str | None
    fiscal_year: int | None
    language: str
    media_type: str
    size: int
    sha256: str
    pages: int
    chunks: int
    embedded: bool
    added: str
    certificate: Certificate
    law: LawView | None = None  # of a rule: its standing today


_LINE_ENDS = {end: f"\\u{end:04x}" for end in (0x85, 0x2028, 0x2029)}  # raw they stand in strings alone; JSON escapes the others itself


def json_text(value: Any, *, indent: int | None = 2) -> str:
    """Dataclasses, decimals and dates as JSON: UTF-8, where escaped is only what some take for the end of a line (U+0085, U+2028)."""
    return to_json(value, indent=indent).decode().translate(_LINE_ENDS)


def decimal_text(value: Decimal) -> str:
    """Plain notation without an exponent and without idle zeros after the point: 5466312000, 0.052."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def parse_view(parsed: Parsed, inside: Sequence[Parsed] = ()) -> ParseView:
    pages = [page_view(page) for page in parsed.document.pages]
    facts = [fact_view(fact) for fact in parsed.facts]
    return ParseView(pages, facts, parsed.certificate, parsed.document.name, [parse_view(one) for one in inside])


def page_view(page: Page) -> PageView:
    return PageView(page.number, page.width, page.height, page.source, page.name, [block_view(block) for block in page.blocks])


def block_view(block: Block) -> BlockView:
    cells = [CellView(c.row, c.column, c.row_span, c.column_span, c.text, c.box, c.locator) for c in block.cells]
    return BlockView(block.kind, block.box, block.text, cells, list(block.section), block.title, block.note, block.locator)


def fact_view(fact: Fact, document: DocumentName | None = None, mark: str | None = None) -> FactView:
    """A fact as ``--json`` prints it, with decimals as strings; ``document`` and ``mark`` are those of a stored one."""
    return FactView(
        entity=fact.entity,
        metric=list(fact.metric),
        concept=fact.concept,
        scope=fact.scope,
        dimensions=dict(fact.dimensions),
        period=fact.period,
        version=fact.version,
        value=decimal_text(fact.value),
        unit=fact.unit,
        scale=decimal_text(fact.scale),
        precision=fact.precision,
        page=fact.page,
        box=fact.box,
        locator=fact.locator,
        text=fact.text,
        statement=fact.statement,
        document=document,
        mark=mark,
    )


def stored_fact_view(stored: StoredFact) -> FactView:
    """A stored fact with its id, its document and its correction."""
    view = fact_view(stored.fact, DocumentName(stored.document_id, stored.document_name), stored.mark)
    return replace(view, id=stored.id, correction=stored.correction, reading=stored.reading)


def hit_view(hit: Hit) -> HitView:
    place = DocumentName(hit.document_id, hit.document_name)
    return HitView(place, hit.page, hit.score, hit.text, list(hit.section), hit.box, hit.locator)


def document_view(document: StoredDocument, certificate: Certificate, law: LawView | None = None) -> DocumentView:
    """A stored document with its certificate and, of a rule, its standing."""
    names = [field.name for field in fields(DocumentView) if field.name not in ("certificate", "law")]
    return DocumentView(**{name: getattr(document, name) for name in names}, certificate=certificate, law=law)
