"""Evidence out of whole files: a parsed document with its facts, or text with tables in HTML or Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from lxml import html

from finfoundry.binding.evidence import CellEvidence, Evidence, PassageEvidence, TableEvidence
from finfoundry.binding.given.tables import elements
from finfoundry.core.answer import DocumentName
from finfoundry.core.document import Block, Certificate, Document, Page, Parsed, Profile
from finfoundry.core.periods import FiscalYear, find_periods, parse_iso
from finfoundry.core.quantities.numbers import parse_cell
from finfoundry.core.quantities.unit_lines import UnitLine, first_stated

_HEADED = re.compile(  # a line that says of all amounts of its page in what they are
    r"\s*[(（]?\s*(?:(?:U\.?S\.? )?dollars?\b|amounts?\b|in (?:thousands|millions|billions)|单位|單位|(?:除|金额"
    r"|金額)[^。]{0,20}(?:单位|單位)).{0,60}$",
    re.IGNORECASE,
)
_NEARLY_ALL = 0.8  # of a document's amounts
_PART_OF_A_YEAR, _A_YEAR = timedelta(days=25), timedelta(days=300)
_HTML = re.compile(r"<(?:table|p|div|html|body|span)\b", re.IGNORECASE)
_MARKDOWN_TABLE = re.compile(r"(?:^[ \t]*\|.*\|[ \t]*(?:\n|$)){2,}", re.MULTILINE)


def from_parsed(parsed: Parsed, id: str | None = None) -> list[Evidence]:
    """The facts of a document, then its tables without facts, then its running text page by page."""
    document, profile = parsed.document, parsed.document.profile
    name = DocumentName(id or document.sha256[:16], document.name)
    fiscal = fiscal_year(profile) or _year_of_part(parsed)
    above, usual = _above(document), _usual_scale(parsed)
    found: list[Evidence] = [
        CellEvidence(fact, name, profile.aliases, fiscal=fiscal, above=above.get((fact.page, fact.table), "")) for fact in parsed.facts
    ]
    read = {(fact.page, fact.table) for fact in parsed.facts}
    number = 0
    for page in document.pages:
        for block in page.blocks:
            if block.kind == "table":
                if (page.number, number) not in read:
                    found.append(replace(_table(block, page, name, profile, fiscal), dollar=usual.currency if usual else None))
                number += 1
        text = "\n".join(block.text for block in page.blocks if block.kind not in ("table", "header", "footer"))
        if text.strip():
            found.append(
                PassageEvidence(
                    text,
                    name,
                    page.number,
                    words=tuple(page.words),
                    entity=profile.entity,
                    aliases=profile.aliases,
                    period=profile.period,
                    fiscal=fiscal,
                    stated=_stated(page) or usual,
                )
            )
    return found


def from_document(document: Document) -> list[Evidence]:
    """The evidence of a document of which no facts were extracted: its tables, read as printed, and its running text."""
    return from_parsed(Parsed(document, [], Certificate()))


def from_text(text: str, name: str = "text", entity: str | None = None) -> list[Evidence]:
    """The evidence of raw text: its HTML or Markdown tables, and the text around them."""
    document = DocumentName(name, name)
    pieces = _html_pieces(text) if _HTML.search(text) else _markdown_pieces(text)
    return [
        TableEvidence(piece, document, caption=above, entity=entity) if is_table else PassageEvidence(piece, document, entity=entity)
        for piece, is_table, above in pieces
        if piece.strip()
    ]


def fiscal_year(profile: Profile) -> FiscalYear | None:
    """The calendar of a document that covers a whole fiscal year and says which; None for any other."""
    if not (profile.fiscal_year and profile.period):
        return None
    period = parse_iso(profile.period)
    return replace(FiscalYear.ending(period.end), year=profile.fiscal_year) if period.months == 12 else None


def _year_of_part(parsed: Parsed) -> FiscalYear | None:
    """The calendar of a document on a part of a fiscal year: its balance sheet also shows the day on which the year before ended."""
    profile = parsed.document.profile
    if not (profile.fiscal_year and profile.period):
        return None
    end = parse_iso(profile.period).end
    days = {parse_iso(fact.period).end for fact in parsed.facts if fact.statement == "balance" and fact.period and "/" not in fact.period}
    closing = max((day for day in days if _PART_OF_A_YEAR < end - day < _A_YEAR), default=None)
    return None if closing is None else replace(FiscalYear.ending(closing), year=profile.fiscal_year - 1)


def _stated(page: Page) -> UnitLine | None:
    """What the headings of a page say of its amounts; None where they say nothing."""
    line = first_stated([block.text for block in page.blocks if block.kind != "table" and _HEADED.match(block.text)])
    return line if line.scale else None


def _usual_scale(parsed: Parsed) -> UnitLine | None:
    """The scale of Taiwan's statements, which hold for their notes too: that of nearly all amounts of the tables. Nothing for others."""
    scales = Counter(fact.scale for fact in parsed.facts if fact.unit == "TWD")
    if not scales:
        return None
    scale, count = scales.most_common(1)[0]
    return UnitLine(scale, "TWD") if count >= _NEARLY_ALL * scales.total() else None


def _above(document: Document) -> dict[tuple[int, int | None], str]:
    """For each table, by its page and number: its title, the section that it stands in, and the titles in its first rows."""
    found: dict[tuple[int, int | None], str] = {}
    number = 0
    for page in document.pages:
        for block in page.blocks:
            if block.kind == "table":
                found[page.number, number] = " ".join((block.title or "", *block.section[-1:], *_first_rows(block)))
                number += 1
    return found


def _first_rows(block: Block) -> Iterator[str]:
    """The titles that stand alone in a table's first rows."""
    rows: dict[int, list[str]] = {}
    for cell in block.cells:
        if cell.text.strip():
            rows.setdefault(cell.row, []).append(" ".join(cell.text.split()))
    begun = False
    for _, texts in sorted(rows.items()):
        if len(texts) == 1 and not texts[0][0].isdigit():
            begun = True
            yield texts[0]
        elif begun or (parse_cell(texts[-1]) is not None and len(texts) > 1 and not find_periods(texts[-1])):
            return


def _table(block: Block, page: Page, name: DocumentName, profile: Profile, fiscal: FiscalYear | None) -> TableEvidence:
    rows: dict[int, dict[int, str]] = {}
    for cell in block.cells:
        rows.setdefault(cell.row, {})[cell.column] = " ".join(cell.text.split())
    width = 1 + max((column for row in rows.values() for column in row), default=0)
    lines = ["\t".join(rows[row].get(column, "") for column in range(width)) for row in sorted(rows)]
    caption = "\n".join(part for part in (block.title, block.note) if part)
    return TableEvidence(
        "\n".join(lines) or block.text, name, page.number, block.box, block.locator, caption, profile.entity, profile.aliases, None, fiscal
    )


def _html_pieces(text: str) -> Iterator[tuple[str, bool, str]]:
    root = html.fromstring(f"<div>{text}</div>")
    tables = elements(root, ".//table[not(ancestor::table)]")
    for table in tables:
        before = elements(table, "preceding-sibling::*[1][not(self::table)]")
        yield (
            html.tostring(table, encoding="unicode", with_tail=False),
            True,
            " ".join(before[0].text_content().split())[-300:] if before else "",
        )
    for table in tables:
        table.drop_tree()
    for node in elements(root, ".//br|.//p|.//div|.//li|.//h1|.//h2|.//h3|.//h4"):
        node.tail = f"\n{node.tail or ''}"
    yield "".join(str(part) for part in root.itertext()), False, ""


def _markdown_pieces(text: str) -> Iterator[tuple[str, bool, str]]:
    end = 0
    for match in _MARKDOWN_TABLE.finditer(text):
        before = text[end : match.start()]
        yield before, False, ""
        yield match[0], True, "\n".join(before.strip().splitlines()[-2:])
        end = match.end()
    yield text[end:], False, ""
