"""Document to facts: every number of every table with entity, label path, period, unit, scale, scope and place."""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from finfoundry.core.document import Block, Document, Fact, Page, Profile
from finfoundry.core.periods import FiscalYear, parse_iso
from finfoundry.core.quantities.currencies import ALONE, YEN
from finfoundry.core.quantities.unit_lines import meant
from finfoundry.knowledge.facts.header_times.short_years import with_full_years
from finfoundry.knowledge.facts.highlights import with_known_lines
from finfoundry.knowledge.facts.issuers.document_metadata import common_ends, ends_in_weeks, read_profile
from finfoundry.knowledge.facts.issuers.own_day import own_day
from finfoundry.knowledge.facts.issuers.republic import is_report
from finfoundry.knowledge.facts.lines_by_place import lines_by_place
from finfoundry.knowledge.facts.periods.period_resolution import Calendar, report_period
from finfoundry.knowledge.facts.periods.two_years import of_two_years
from finfoundry.knowledge.facts.prescribed import prescribed
from finfoundry.knowledge.facts.records import read_records
from finfoundry.knowledge.facts.scale_lines import (
    running_everywhere,
    running_measure,
    said_once,
    scaled_in_part,
    unless_elsewhere,
    with_footnote,
)
from finfoundry.knowledge.facts.script import as_printed, in_simplified
from finfoundry.knowledge.facts.table.block_table import BlockTable
from finfoundry.knowledge.facts.table.grid import is_nothing
from finfoundry.knowledge.facts.table.scale import TableScale
from finfoundry.knowledge.facts.table_facts import PARTED, open_table, read_table, unread_scale, with_headings_anew
from finfoundry.knowledge.facts.table_measure import default_measure, is_parted
from finfoundry.knowledge.facts.table_styles import style_of, usual_writing
from finfoundry.knowledge.facts.table_subjects import under_subjects
from finfoundry.knowledge.facts.told_apart import told_apart
from finfoundry.knowledge.facts.unsigned_tables import of_no_amounts, signs_its_amounts
from finfoundry.knowledge.facts.whole_numbers import counts_among_cents

WEIGHTED = {"WeightedAverageNumberOfSharesOutstandingBasic", "WeightedAverageNumberOfDilutedSharesOutstanding"}
_OWNED = re.compile(r"\b(?:attributable|applicable|available)\s+to\b|归属于?|歸屬於?", re.IGNORECASE)
_OTHERS = re.compile(r"\bnon-?\s?controlling\b|\bminority\b", re.IGNORECASE)
_PLAIN_EQUITY = re.compile(r"^(?:total\s+)?(?:share|stock)(?:holders|owners)\b", re.IGNORECASE)
WHOLE = {"NetIncomeLoss": "ProfitLoss", "StockholdersEquity": "StockholdersEquityIncludingNoncontrollingInterest"}
OPERATING = "OperatingIncomeLoss"
RESULT = frozenset({"Revenues", OPERATING, "IncomeLossBeforeIncomeTaxes"})
_PROFIT = re.compile(r"\b(?:profit|result|loss)\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9&]+")
FORMS = frozenset({"10-K", "10-Q", "20-F"})  # on their covers numbers are printed in full
COVER = 2  # pages
STATEMENTS = frozenset({"balance", "income", "cash flow"})
FLOWS = frozenset({"income", "cash flow"})
APART = 20  # pages between the consolidated statement and the parent's, with the notes between them
FULL = 6  # labels of a table that is a statement
NEAR = 6  # blocks above a table that may speak of it
FAR = 40  # blocks above it, of one note, that may name the day of what it is about
_NOTE = re.compile(r"\s*(?:note\s+)?\d{1,2}\b(?!\s*%)", re.IGNORECASE)
TAIL = 400  # characters at the end of each: what introduces a table comes last


_SPILL = 100  # characters: a page that holds no more has only caught the footer of the one before
RUNNING = 8  # pages on which a line returns
LONGEST_RUNNING = 80  # characters
NEAR_YEAR_END = 20  # days


def extract(document: Document) -> list[Fact]:
    """The facts of a document's tables, in reading order, then those of sentences in prescribed words. Fills ``document.profile``.

    Two facts with one key and different values are both kept; of one row each is known by its place alone. Traditional
    characters are read as simplified ones, short years over columns as full ones; labels are as printed. A dash is none of them but
    under a tag, by which ``tagged_facts`` keeps it or not.
    """
    plain = in_simplified(document)
    read = with_full_years(plain)
    facts = _extract(read)
    if read is document:
        return facts
    document.profile, document.unread_scales, document.not_told_apart = read.profile, read.unread_scales, read.not_told_apart
    document.own_day, document.assumed_scale, document.of_two_years = read.own_day, read.assumed_scale, read.of_two_years
    return facts if plain is document else as_printed(document, facts)


def _extract(document: Document) -> list[Fact]:
    profile, fiscal = read_profile(document)
    document.profile = profile
    document.unread_scales, document.not_told_apart, document.of_two_years = {}, {}, {}
    calendar = calendar_of(document, fiscal)
    document.own_day = calendar.own_day.iso if calendar.own_day else None
    tables = list(open_tables(document))
    for table in tables:
        table.measure = with_footnote(table)
    running = running_everywhere(document)
    usual = next((one for one in (default_measure(tables), running) if states(one)), None) or said_once(document)
    document.assumed_scale = not states(usual) and is_report(document)
    if document.assumed_scale:
        # statements and notes of Taiwan's issuers are drawn up in thousands, which is said once, on a page before
        usual = TableScale(Decimal(1000), shares=Decimal(1), assumed=True)
    facts: list[Fact] = []
    before: BlockTable | None = None
    signed = not usual.assumed and signs_its_amounts(tables)
    for table in tables:
        counted, cover = signed and of_no_amounts(table), table.page.number <= COVER and profile.kind in FORMS
        near = TableScale() if counted or cover else running_measure(table.page)
        stated = TableScale() if counted or cover else near if states(near) else usual
        stated = unless_elsewhere(stated, table.measure) if stated in (near, running) else stated
        _complete(table, stated, None if counted else profile.currency)
        records = read_records(table, calendar)
        if records is not None:
            facts.extend(replace(fact, entity=fact.entity or profile.entity) for fact in records[0])
            before, unread = None, unread_scale(table) or records[1]
        else:
            table, read, unclear = _read(table, calendar, before, profile.entity)
            if unclear:
                document.not_told_apart[table.number] = unclear
            read, doubtful = of_two_years(read)
            if doubtful:
                document.of_two_years[table.number] = doubtful
            facts.extend(lines_by_place(list(own_operating(list(own_result(read))))))
            before, unread = table, unread_scale(table)
        if unread is not None:
            document.unread_scales[table.number] = unread
    parents = of_the_parent(tables)
    measured = list(counts_among_cents(list(plausible_shares(facts)), tables))
    told = under_subjects(measured, tables, profile.entity)
    every = (replace(fact, scope="parent") if fact.table in parents else fact for fact in told)
    prescribed_facts = (replace(fact, entity=profile.entity) for fact in prescribed(document, calendar))
    found = [fact for fact in with_known_lines(list(single_statement(list(every)))) if _is_told(fact)]
    document.profile = of_its_statements(profile, found)
    return [*found, *prescribed_facts]


def _is_told(fact: Fact) -> bool:
    """Whether a cell tells a figure: a dash does only where a tag lies on it, which then says whether it is zero."""
    return not is_nothing(fact.text) or "tags" in (fact.locator or {})


def of_its_statements(profile: Profile, facts: Sequence[Fact]) -> Profile:
    """The profile of a paper of no known kind with the year that its statements are of, where all of them end on one day of the year: its
    cover may name the year alone, and a company's need not end in December.
    """
    if profile.kind is not None:
        return profile
    years = {period for one in facts if one.statement in FLOWS and not one.dimensions and (period := parse_iso(one.period)).months == 12}
    latest = max(years, key=lambda period: period.end, default=None)
    if latest is None or {(one.end.month, one.end.day) for one in years} != {(latest.end.month, latest.end.day)}:
        return profile
    if profile.period and (own := parse_iso(profile.period)).end.year != latest.end.year and own.end > latest.end:
        return profile  # of a later year than any of its statements
    return replace(profile, period=latest.iso, fiscal_year=latest.end.year)


def _read(table: BlockTable, calendar: Calendar, before: BlockTable | None, entity: str | None) -> tuple[BlockTable, list[Fact], int]:
    """The facts of a table, and how many of its figures contradict others of their row: where some do, headings are read anew."""
    found: tuple[BlockTable, list[Fact], int] | None = None
    for one in _readings(table):
        facts = [replace(without_own_name(fact, entity), entity=entity) for fact in read_table(one, calendar, before)]
        read, unclear = told_apart(facts)
        if found is None or unclear < found[2]:
            found = one, read, unclear
        if not unclear:
            break
    assert found is not None  # noqa: S101  the table itself is one
    return found


def _readings(table: BlockTable) -> Iterator[BlockTable]:
    yield table
    if (anew := with_headings_anew(table)) is not None:
        yield anew


def single_statement(facts: list[Fact]) -> Iterator[Fact]:
    """Where no table is an income statement, a statement of comprehensive income that begins with revenue is it, too (IAS 1.10A)."""
    lines: dict[int | None, set[str]] = defaultdict(set)
    for fact in facts:
        if fact.statement == "income" and fact.concept:
            lines[fact.table].add(fact.concept)
    apart = any(len(found) >= FULL for found in lines.values())
    whole = {fact.table for fact in facts if fact.statement == "comprehensive income" and fact.concept in RESULT and not fact.dimensions}
    for fact in facts:
        yield replace(fact, statement="income") if not apart and fact.table in whole else fact


def of_the_parent(tables: list[BlockTable]) -> set[int]:
    """Statements that do not call themselves consolidated, far behind those that do: IFRS reports hold both. The tables' numbers."""
    first: dict[str | None, int] = {}
    for table in tables:
        if table.statement in STATEMENTS and table.scope == "consolidated":
            first.setdefault(table.statement, table.page.number)
    later = [table for table in tables if table.scope is None and table.page.number > first.get(table.statement, sys.maxsize) + APART]
    return {table.number for table in later if len(table.labels) >= FULL}


def own_result(facts: list[Fact]) -> Iterator[Fact]:
    """Where a statement splits result or equity into the shareholders' part and the others', the line without an owner is the whole's."""
    split = {(fact.table, fact.column) for fact in facts if fact.metric and _OTHERS.search(fact.metric[-1])}
    owned = {(fact.table, fact.column, fact.concept) for fact in facts if fact.concept in WHOLE and _names_owner(fact)}
    for fact in facts:
        place = (fact.table, fact.column)
        whole = fact.concept in WHOLE and place in split and (*place, fact.concept) in owned and not _names_owner(fact)
        yield replace(fact, concept=WHOLE[str(fact.concept)]) if whole else fact


def own_operating(facts: list[Fact]) -> Iterator[Fact]:
    """Where a statement has an operating profit, its "operating income" is what came in (as IFRS reports use the word)."""
    profits = {(fact.table, fact.column) for fact in facts if fact.concept == OPERATING and _PROFIT.search(fact.metric[-1])}
    for fact in facts:
        inflow = fact.concept == OPERATING and (fact.table, fact.column) in profits and not _PROFIT.search(fact.metric[-1])
        yield replace(fact, concept=None) if inflow else fact


def attributed(fact: Fact) -> bool:
    """Whether a line is somebody's part of a profit or of equity: "attributable to owners of the parent"."""
    return any(_OWNED.search(part) for part in fact.metric[-2:])


def _names_owner(fact: Fact) -> bool:
    return bool(_OWNED.search(fact.metric[-1])) or (fact.concept == "StockholdersEquity" and not _PLAIN_EQUITY.match(fact.metric[-1]))


def without_own_name(fact: Fact, entity: str | None) -> Fact:
    """A column under the company's own name is no part of it."""
    name = set(_WORD.findall((entity or "").lower()))
    kept = tuple(
        (axis, member) for axis, member in fact.dimensions if not (words := set(_WORD.findall(member.lower()))) or not words <= name
    )
    return fact if kept == fact.dimensions else replace(fact, dimensions=kept)


def plausible_shares(facts: list[Fact]) -> Iterator[Fact]:
    """Take a scale back from share counts that exceed several times the shares outstanding: they were printed in full.

    So were the other counts of their column.
    """
    known = [fact.value for fact in facts if fact.concept in WEIGHTED and fact.unit == "shares"]
    most = 5 * max(known, default=Decimal(0))
    scaled = [fact for fact in facts if most and fact.unit == "shares" and fact.scale > 1]
    full = {_printed_with(fact) for fact in scaled if abs(fact.value) > most and abs(fact.value) / fact.scale >= 100_000}
    for fact in facts:
        if fact.unit == "shares" and fact.scale > 1 and _printed_with(fact) in full:
            yield replace(fact, value=fact.value / fact.scale, scale=Decimal(1))
        else:
            yield fact


def _printed_with(fact: Fact) -> tuple[object, ...]:
    """The key of facts that share one way of printing counts: a column; of a figure inside a text the fact itself."""
    return (fact.table, fact.column, id(fact) if any(name == "figure" for name, _ in fact.dimensions) else None)


def calendar_of(document: Document, fiscal: FiscalYear) -> Calendar:
    """The document's calendar: its fiscal year, the period of its profile, and the days that its tables name at least twice."""
    profile = document.profile
    report = report_period(profile.period)
    interim = profile.kind in {"10-Q", "quarterly report", "half-year report"}
    if profile.kind == "earnings" and report is not None:  # a release on the last quarter is on the year, too
        interim = abs((fiscal.of(fiscal.year_of(report.end)).end - report.end).days) > NEAR_YEAR_END
    ends = tuple(sorted(day for day, count in common_ends(document).items() if count >= 2))
    day = own_day(document) if report is None else None
    return Calendar(
        fiscal,
        report,
        not interim,
        ends,
        weekly=profile.language != "zh" and ends_in_weeks(document),  # years in Chinese papers end with months
        release=profile.kind == "earnings",
        own_day=day,
    )


def open_tables(document: Document) -> Iterator[BlockTable]:
    """The tables that hold numbers, numbered as all tables of the document are."""
    number = 0
    trail: list[str] = []  # since the last table
    before: list[str] = []
    running, writing = running_lines(document), usual_writing(document)
    note: list[str] = []  # since the heading of the note
    header: tuple[Page, Block] | None = None  # a table of header rows only, at the foot of a page
    leaf = 0
    for page in document.pages:
        leaf += sum(len(block.text) for block in page.blocks) > _SPILL
        for block in page.blocks:
            if block.kind == "table" and _numbered(_one_row(block)) in running:
                number += 1
            elif block.kind == "table":
                before = trail or before  # a text above one table introduces the next too, where nothing is between
                above = tuple(text[-TAIL:] for text in reversed(before[-NEAR:]))
                whole = _joined(header, page, block)
                table = open_table(number, page, whole, above, leaf, style_of(page, whole, writing))
                if table is not None:
                    table.begun = tuple(text[:TAIL] for text in reversed(note[-FAR:]))
                    yield table
                header = (page, block) if table is None else None
                number += 1
                trail = []
            elif block.kind not in {"header", "footer"} and not block.text.strip().isdigit() and _numbered(block.text) not in running:
                trail.append(block.text)
                note = [block.text] if block.kind == "heading" and _NOTE.match(block.text) else [*note[-FAR:], block.text]


def running_lines(document: Document) -> set[str]:
    """Lines that return on page after page with another number: "2024 FORM 10-K 61" is not about the table below it."""
    blocks = [block for page in document.pages for block in page.blocks]
    texts = {_one_row(block) if block.kind == "table" else block.text for block in blocks}
    lines = Counter(_numbered(text) for text in texts if 0 < len(text) < LONGEST_RUNNING)
    return {line for line, count in lines.items() if count >= RUNNING}


def _one_row(block: Block) -> str:
    """The text of a table that has one row, as the foot of a page is read where its parts stand far apart; else nothing."""
    return " ".join(cell.text.strip() for cell in block.cells if cell.text.strip()) if not any(cell.row for cell in block.cells) else ""


def _numbered(text: str) -> str:
    """A line with the number at its end or beginning left open, which is that of the page."""
    line, found = re.subn(r"\d+$", "#", text.strip())
    return line if found else re.sub(r"^\d+(?=\s)", "#", line)


def _joined(header: tuple[Page, Block] | None, page: Page, block: Block) -> Block:
    """A table that begins a page, under the header rows that were left at the foot of the page before."""
    if header is None or page.number != header[0].number + 1 or not block.cells or not header[1].cells:
        return block
    rows = max(cell.row for cell in header[1].cells) + 1
    width = max(cell.column + cell.column_span for cell in header[1].cells)
    if rows > 4 or width < max(cell.column + cell.column_span for cell in block.cells):
        return block
    below = [replace(cell, row=cell.row + rows) for cell in block.cells]
    first = header[1]
    return replace(block, cells=[*first.cells, *below], title=block.title or first.title, note=block.note or first.note)


_GROUPED = re.compile(r"(?<![\d,.])[1-9]\d?\d?(?:,\d{3})+(?![\d,.])")
IN_THOUSANDS = 3  # such amounts of a table that is taken to print amounts


def _of_amounts(table: BlockTable) -> bool:
    """Whether a table prints amounts: several whole numbers of thousands, and not years of use, people or rates of exchange alone."""
    return len(_GROUPED.findall(table.block.text)) >= IN_THOUSANDS


def states(measure: TableScale) -> bool:
    """Whether a scale is stated, be it one that is not understood."""
    return measure.scale is not None or measure.unread is not None


def _complete(table: BlockTable, usual: TableScale, currency: str | None) -> None:
    measure = table.measure
    if not states(measure) and not (usual.assumed and not _of_amounts(table)):
        shares = measure.shares if measure.shares is not None else usual.shares
        named = measure if measure.currency else usual
        measure = replace(measure, scale=usual.scale, shares=shares, assumed=usual.assumed, unread=usual.unread)
        measure = replace(measure, currency=named.currency, shared=named.shared)
        table.assumed = True
    if not states(measure) and (is_parted(table) or scaled_in_part(table)):
        measure = replace(measure, unread=PARTED)  # what stands in none of its parts may be in thousands, or in millions
    if measure.shared == YEN and currency is not None and currency not in YEN:
        measure = replace(measure, currency=None, shared=ALONE)  # of yen or yuan, in a paper of neither
        currency = None
    elif table.aside and currency is not None and measure.currency is None:
        measure = replace(measure, currency=currency)
    table.measure = replace(measure, currency=meant(measure.currency, shared=measure.shared, stated=currency))
