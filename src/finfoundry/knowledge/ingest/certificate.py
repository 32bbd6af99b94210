"""The ingestion certificate: what went in, what came out, which identities hold, what was lost."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from finfoundry.core.balance.digit_balance import DigitBalance
from finfoundry.core.document import Block, Certificate, Document, Fact, Page, TableReport
from finfoundry.knowledge.balance.balancing import balance_of
from finfoundry.knowledge.balance.lossy_tables import told_of_tables
from finfoundry.knowledge.balance.pieces import Printed
from finfoundry.knowledge.balance.told.told_losses import told_losses
from finfoundry.knowledge.facts.issuers.unnamed import unnamed
from finfoundry.knowledge.facts.lines_by_place import attributed
from finfoundry.knowledge.facts.table.concepts import concepts
from finfoundry.knowledge.facts.table.grid import number_of, year_like
from finfoundry.knowledge.facts.tags.tag_checks import CONTRADICTED
from finfoundry.knowledge.facts.units.relations import without_unit
from finfoundry.knowledge.ingest.identities import find_identities
from finfoundry.knowledge.ingest.report_period import other_end, shifted

THRESHOLD = 0.6
MAX_CONFLICTS = 200
FULL_WEIGHT = 8  # expected numbers from which on their loss counts in full
CONTENTS = 1000  # a table of contents holds whole numbers below
CUT_SHORT = 0.5  # of the score of a file that breaks off: how much is not in it, it does not say
LEAST_KEPT = 0.95  # of the runs of digits that are facts or lost: with less the document is marked
PAGES_TOLD = 8  # of those on which digits are lost, the worst first
BLOCKS_ALONE = Printed("blocks")
LEAST_LINES = 3  # lines like rows that make a table which was not read as one

_NUMBER = re.compile(r"(?<![\w.,/-])[(（-]?[$€£¥￥]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.,/-])\d+(?:\.\d+)?(?![\w/,年月日-])")

_AMOUNT = r"[-–(]?\s?[$€£¥￥]?\s?\d{1,3}(?:[,.]?\d{3})*(?:[.,]\d+)?\s?%?\)?"
_ROW_LINE = re.compile(rf"[^\W\d][^\n]{{1,79}}?(?P<numbers>(?:[ \t|]++{_AMOUNT}){{2,}})\s*")


def certify(document: Document, facts: Sequence[Fact], *, threshold: float = THRESHOLD, prints: Printed = BLOCKS_ALONE) -> Certificate:
    """Count, try the identities, and set the mark below ``threshold`` (a score from 0 to 1). ``prints``: what the file prints, before it
    was read.
    """
    certificate = Certificate(pages=len(document.pages), losses=list(document.losses), facts=len(facts))
    by_table: dict[int | None, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_table[fact.table].append(fact)
    number = 0
    for page in document.pages:
        _count_page(certificate, page)
        for block in page.blocks:
            if block.kind == "table":
                certificate.table_reports.append(report := _report(number, page.number, block, by_table.get(number, [])))
                certificate.numbers_expected += report.numbers if report.facts or _looks_financial(block) else 0
                number += 1
    _sum_up(certificate)
    certificate.numbers_expected += document.missing_numbers
    certificate.identities = find_identities(facts)
    certificate.conflicts = find_conflicts(facts)
    certificate.losses.extend(_losses(certificate))
    certificate.losses.extend(_left_open(document, facts))
    certificate.digits = balance_of(prints, document, facts)
    certificate.losses.extend([*_digits_lost(certificate), *told_of_tables(facts, certificate.digits)])
    certificate.losses.extend(told_losses(prints, document, facts))
    certificate.losses.extend(unnamed(facts))
    certificate.losses.extend(without_unit(facts))
    whole = CUT_SHORT if document.cut_short else 1
    certificate.score = round(_score(certificate) * _scales_read(certificate, document) * whole, 4)
    certificate.score = round(certificate.score * _undisputed(document), 4)
    other = [told for told in (other_end(document, facts), *shifted(document, facts), document.misnamed, document.cut_short) if told]
    certificate.losses.extend([*document.contradicted[:MAX_CONFLICTS], *other])
    certificate.mark = _mark(certificate, document, threshold) or next(iter([*other, *_contradictions(document, facts)]), None)
    return certificate


def _left_open(document: Document, facts: Sequence[Fact]) -> Iterator[str]:
    """What the reading for facts was in doubt of, and that a file is but some pages of a paper."""
    doubts = document.doubts
    yield from (f"table {number}: the scale {words!r} is not understood" for number, words in doubts.unread_scales.items())
    yield from (f"table {number}: its headings do not tell {count} figures apart" for number, count in doubts.not_told_apart.items())
    yield from (
        f"table {number}: {count} figures stand in a row of one year under a heading of another, so that their period is assumed"
        for number, count in doubts.of_two_years.items()
    )
    yield from _pages_elsewhere(document)
    if doubts.assumed_scale:
        yield "no page states the scale of amounts: they are read in thousands, as Taiwan's financial reports are drawn up"
    if undated := sum(fact.confidence < 1 and fact.period == doubts.own_day for fact in facts):
        yield f"{undated} figures without a period are dated {doubts.own_day}, the day that the paper gives itself"


def _undisputed(document: Document) -> float:
    """1 where the paper says nothing in two ways; a twentieth less for each figure of which it does, down to a half."""
    return max(0.5, 1 - 0.05 * len(document.contradicted))


def _contradictions(document: Document, facts: Sequence[Fact]) -> list[str]:
    """What answers are to warn of where the paper contradicts itself in a line by which questions ask: the first of it, and how much more
    there is. Of other lines only what is told from them is less sure.
    """
    known = {concept.name for concept in concepts()}
    if not any(fact.concept in known and fact.confidence <= CONTRADICTED for fact in facts):
        return []
    first, more = document.contradicted[:1], len(document.contradicted) - 1
    return [f"contradicted: {text}" + (f"; and {more} more, see its losses" if more else "") for text in first]


def _scales_read(certificate: Certificate, document: Document) -> float:
    """1 where every scale is understood; down to a half where no number of a table has one that is."""
    unread = sum(report.numbers for report in certificate.table_reports if report.table in document.doubts.unread_scales)
    return 1 - 0.5 * unread / certificate.numbers_in_tables if certificate.numbers_in_tables else 1.0


def _pages_elsewhere(document: Document) -> Iterator[str]:
    """That a file is but some pages of a paper, as these count themselves."""
    pages, count = document.profile.excerpt, len(document.pages)
    if pages and count < pages.whole:
        yield f"pages {pages.first} to {pages.first + count - 1} of a paper of {pages.whole}: the others are not in this file"


def _mark(certificate: Certificate, document: Document, threshold: float) -> str | None:
    """What answers from the document are to warn of; None where it was read well."""
    if document.doubts.unread_scales:
        words = ", ".join(sorted({repr(words) for words in document.doubts.unread_scales.values()})[:3])
        return f"the scale {words} is not understood: amounts of such tables are kept as printed"
    if document.cut_short:
        return document.cut_short
    low = certificate.score < threshold or (threshold > 0 and figures_kept(certificate.digits) < LEAST_KEPT)
    return f"low certificate: {certificate.score:.2f}, see its losses and identities" if low else None


def _count_page(certificate: Certificate, page: Page) -> None:
    certificate.characters += sum(len(block.text) for block in page.blocks)
    if page.source == "empty":
        certificate.pages_without_text.append(page.number)
    elif page.source == "ocr":
        certificate.pages_read_by_ocr[page.number] = round(page.confidence, 4)
    if lines := _numbers_in_lines(page):
        certificate.numbers_expected += lines
        certificate.losses.append(f"page {page.number}: {lines} numbers are in lines like rows of a table, which was not read as one")
    certificate.numbers += sum(
        1
        for block in page.blocks
        if block.kind not in {"table", "header", "footer"}
        for match in _NUMBER.finditer(block.text)
        if not year_like(match[0]) and len(block.text) > 4
    )


def _numbers_in_lines(page: Page) -> int:
    """Numbers of lines that a label begins and two numbers or more end, where there are several: a table that was read as text."""
    texts = [block.text for block in page.blocks if block.kind in {"paragraph", "list"}]
    rows = [match["numbers"] for text in texts for line in text.split("\n") if (match := _ROW_LINE.fullmatch(line.strip()))]
    if len(rows) < LEAST_LINES:
        return 0
    return sum(1 for row in rows for number in re.findall(_AMOUNT, row) if not year_like(number))


def _looks_financial(block: Block) -> bool:
    """Whether numbers of a table are amounts: not where they only count rows or name pages, as in a table of contents."""
    numbers = [cell for cell in block.cells if cell.text[:1].isdigit() and cell.text.isdigit() and int(cell.text[:6]) < CONTENTS]
    plain = {id(cell) for cell in numbers}
    others = [cell for cell in block.cells if id(cell) not in plain and number_of(cell.text) is not None and not year_like(cell.text)]
    if any(character.isdigit() for cell in others for character in cell.text):
        return True
    by_column: dict[int, list[int]] = defaultdict(list)
    for cell in sorted(numbers, key=lambda cell: cell.row):
        by_column[cell.column].append(int(cell.text))
    columns = [values for column, values in by_column.items() if column]
    return len(columns) > 1 or any(values != sorted(values) or len(values) < LEAST_LINES for values in columns)


def _report(number: int, page: int, block: Block, facts: Sequence[Fact]) -> TableReport:
    numbers = sum(
        1 for cell in block.cells if not year_like(cell.text) and any(c.isdigit() for c in cell.text) and number_of(cell.text) is not None
    )
    measured = [fact for fact in facts if fact.unit not in {"ratio", "shares", "count", "years"} and "/" not in (fact.unit or "")]
    scale = Counter(fact.scale for fact in measured).most_common(1)
    currency = Counter(fact.unit for fact in measured).most_common(1)
    printed = {(fact.row, fact.column) for fact in facts if any(c.isdigit() for c in fact.text)}
    return TableReport(
        table=number,
        page=page,
        title=block.title,
        scale=format(scale[0][0], "f") if scale else None,
        currency=currency[0][0] if currency else None,
        cells=len(block.cells),
        numbers=max(numbers, len(printed)),
        facts=len(printed),
    )


def _sum_up(certificate: Certificate) -> None:
    certificate.tables = len(certificate.table_reports)
    certificate.cells = sum(report.cells for report in certificate.table_reports)
    certificate.numbers_in_tables = sum(report.numbers for report in certificate.table_reports)
    certificate.numbers_in_facts = sum(report.facts for report in certificate.table_reports)
    certificate.numbers += certificate.numbers_in_tables


def find_conflicts(facts: Sequence[Fact]) -> list[str]:
    """One key with different values, beyond rounding. Both readings stay facts. A profit and the owners' part of it are two keys."""
    groups: dict[tuple[object, ...], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.concept and not fact.dimensions and fact.statement:
            groups[fact.concept, fact.scope, fact.period, fact.unit, attributed(fact)].append(fact)
    found = []
    for (concept, scope, period, *_), group in groups.items():
        first = group[0]
        other = next((fact for fact in group[1:] if abs(fact.value - first.value) > max(_step(fact), _step(first))), None)
        if other is not None:
            places = f"page {first.page}: {first.text}; page {other.page}: {other.text}"
            found.append(f"{concept}, {scope}, {period}: {places}")
    return found[:MAX_CONFLICTS]


def _step(fact: Fact) -> Decimal:
    return fact.scale.scaleb(-fact.precision)


def _losses(certificate: Certificate) -> list[str]:
    losses = []
    if certificate.pages_without_text:
        pages = ", ".join(str(number) for number in certificate.pages_without_text[:20])
        losses.append(f"{len(certificate.pages_without_text)} pages without text: {pages}")
    if low := [number for number, confidence in certificate.pages_read_by_ocr.items() if confidence < 0.9]:
        losses.append(f"{len(low)} pages read by OCR with low confidence: {', '.join(map(str, low[:20]))}")
    for report in certificate.table_reports:
        if report.facts < report.numbers * 0.5:
            losses.append(
                f"page {report.page}: {report.numbers - report.facts} of {report.numbers} numbers of a table have no row or period"
            )
    return losses


def _digits_lost(certificate: Certificate) -> Iterator[str]:
    """How many runs of digits are lost, of all and on which pages; each table's report has its own."""
    if (digits := certificate.digits) is None:
        return
    by_table = Counter(one.table for one in digits.lost if one.table is not None)
    for report in certificate.table_reports:
        report.lost = by_table[report.table]
    if lost := digits.accounts.get("lost", 0):
        pages = sorted(((page.accounts.get("lost", 0), -page.page) for page in digits.pages if "lost" in page.accounts), reverse=True)
        told = ", ".join(f"page {-page} ({count})" for count, page in pages[:PAGES_TOLD]) + (", …" if len(pages) > PAGES_TOLD else "")
        yield f"{lost} of {digits.runs} runs of digits are in no account: {told}"
    if digits.unprinted:
        yield f"{digits.unprinted} runs of digits stand in blocks that no page prints"


def figures_kept(digits: DigitBalance | None) -> float:
    """Of the runs of digits that are facts or lost, the share of facts; 1 where there are none."""
    told, lost = (digits.accounts.get(name, 0) if digits else 0 for name in ("fact", "lost"))
    return told / (told + lost) if lost else 1.0


def _score(certificate: Certificate) -> float:
    """Pages read, expected numbers that became facts, identities that hold: 0.3, 0.35, 0.35, over those that apply. Of the numbers the
    smaller share counts: that of expected numbers, or that of runs of digits that are facts among these and the lost.

    A few numbers weigh less than many, and of what is not there nothing is asked: a law without a table is read whole.
    """
    parts: list[tuple[float, float]] = []
    if certificate.pages:
        read = certificate.pages - len(certificate.pages_without_text)
        confidence = sum(1 - value for value in certificate.pages_read_by_ocr.values())
        parts.append((0.3, max(read - confidence, 0) / certificate.pages))
    if expected := max(certificate.numbers_expected, certificate.numbers_in_facts):
        kept = min(certificate.numbers_in_facts / expected, figures_kept(certificate.digits))
        parts.append((0.35 * min(1.0, expected / FULL_WEIGHT), kept))
    if len(certificate.identities) >= 2:
        parts.append((0.35, sum(identity.held for identity in certificate.identities) / len(certificate.identities)))
    weight = sum(share for share, _ in parts)
    return round(sum(share * value for share, value in parts) / weight, 4) if weight and certificate.characters else 0.0
