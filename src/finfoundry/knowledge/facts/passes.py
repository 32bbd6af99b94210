"""The order in which a paper is read for facts, as data: ``PASSES``.

A pass takes a draft and gives the next one. What it does lies in the room that its imports name; here stands only what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from finfoundry.core.document import Document, Doubts, Fact
from finfoundry.knowledge.facts.draft import Draft, Pass
from finfoundry.knowledge.facts.header_times.short_years import with_full_years
from finfoundry.knowledge.facts.highlights import with_known_lines
from finfoundry.knowledge.facts.issuers.document_metadata import read_profile
from finfoundry.knowledge.facts.issuers.unstated_year import of_its_statements
from finfoundry.knowledge.facts.lines_by_place import lines_by_place, own_operating, own_result
from finfoundry.knowledge.facts.opened_tables import open_tables
from finfoundry.knowledge.facts.periods.calendars import calendar_of
from finfoundry.knowledge.facts.periods.two_years import of_two_years
from finfoundry.knowledge.facts.prescribed import prescribed
from finfoundry.knowledge.facts.scale_lines import with_footnote
from finfoundry.knowledge.facts.script import as_printed, in_simplified
from finfoundry.knowledge.facts.share_columns import plausible_shares
from finfoundry.knowledge.facts.table.grid import is_nothing
from finfoundry.knowledge.facts.table.statements import of_the_parent, single_statement
from finfoundry.knowledge.facts.table_facts import read_tables
from finfoundry.knowledge.facts.table_measure import completed, usual_measure
from finfoundry.knowledge.facts.table_subjects import under_subjects
from finfoundry.knowledge.facts.told_apart import told_apart
from finfoundry.knowledge.facts.whole_numbers import counts_among_cents


def _simplified(draft: Draft) -> Draft:
    paper = in_simplified(draft.document)
    return replace(draft, paper=paper, traditional=paper is not draft.document)


def _full_years(draft: Draft) -> Draft:
    return replace(draft, paper=with_full_years(draft.paper))


def _profile(draft: Draft) -> Draft:
    profile, fiscal = read_profile(draft.paper)
    return replace(draft, profile=profile, fiscal=fiscal)


def _calendar(draft: Draft) -> Draft:
    calendar = calendar_of(draft.paper, draft.profile, draft.fiscal)
    own_day = calendar.own_day.iso if calendar.own_day else None
    return replace(draft, calendar=calendar, doubts=Doubts(own_day=own_day))


def _open_tables(draft: Draft) -> Draft:
    return replace(draft, tables=tuple(open_tables(draft.paper)))


def _footnotes(draft: Draft) -> Draft:
    return replace(draft, tables=tuple(with_footnote(table) for table in draft.tables))


def _usual_measure(draft: Draft) -> Draft:
    usual = usual_measure(draft.paper, draft.tables)
    return replace(draft, usual=usual, doubts=replace(draft.doubts, assumed_scale=usual.stated.assumed))


def _complete_measures(draft: Draft) -> Draft:
    return replace(draft, tables=tuple(completed(table, draft.usual, draft.profile) for table in draft.tables))


def _read_rows(draft: Draft) -> Draft:
    readings = tuple(read_tables(draft.tables, draft.calendar, draft.profile.entity))
    unread = {one.table.number: one.unread for one in readings if one.unread is not None}
    return replace(draft, readings=readings, doubts=replace(draft.doubts, unread_scales=unread))


def _told_apart(draft: Draft) -> Draft:
    draft, counts = _doubted(draft, told_apart)
    return replace(draft, doubts=replace(draft.doubts, not_told_apart=counts))


def _of_two_years(draft: Draft) -> Draft:
    draft, counts = _doubted(draft, of_two_years)
    return replace(draft, doubts=replace(draft.doubts, of_two_years=counts))


def _doubted(draft: Draft, told: Callable[[Sequence[Fact]], tuple[list[Fact], int]]) -> tuple[Draft, Mapping[int, int]]:
    """The draft with each table told so, records apart; by the number of its table how many figures are in doubt."""
    found = [(one, ([], 0) if one.records else told(one.facts)) for one in draft.readings]
    readings = tuple(one if one.records else replace(one, facts=tuple(facts)) for one, (facts, _) in found)
    return replace(draft, readings=readings), {one.table.number: count for one, (_, count) in found if count}


def _by_table(told: Callable[[list[Fact]], Iterable[Fact]]) -> Callable[[Draft], Draft]:
    """A pass over the facts of each table, records apart."""

    def run(draft: Draft) -> Draft:
        readings = (one if one.records else replace(one, facts=tuple(told(list(one.facts)))) for one in draft.readings)
        return replace(draft, readings=tuple(readings))

    return run


def _in_reading_order(draft: Draft) -> Draft:
    return replace(draft, facts=tuple(fact for one in draft.readings for fact in one.facts))


def _over_all(told: Callable[[list[Fact]], Iterable[Fact]]) -> Callable[[Draft], Draft]:
    """A pass over all facts that looks at nothing else."""
    return lambda draft: replace(draft, facts=tuple(told(list(draft.facts))))


def _counts(draft: Draft) -> Draft:
    return replace(draft, facts=tuple(counts_among_cents(draft.facts, draft.tables)))


def _subjects(draft: Draft) -> Draft:
    return replace(draft, facts=tuple(under_subjects(list(draft.facts), draft.tables, draft.profile.entity)))


def _parents(draft: Draft) -> Draft:
    parents = of_the_parent([one.table for one in draft.readings])
    told = (replace(fact, scope="parent") if fact.table in parents else fact for fact in draft.facts)
    return replace(draft, facts=tuple(told))


def _without_dashes(facts: Iterable[Fact]) -> list[Fact]:
    """Without dashes that no tag lies on, which would say whether one is zero."""
    return [fact for fact in facts if not is_nothing(fact.text) or "tags" in (fact.locator or {})]


def _own_year(draft: Draft) -> Draft:
    return replace(draft, profile=of_its_statements(draft.profile, draft.facts))


def _prescribed(draft: Draft) -> Draft:
    found = (replace(fact, entity=draft.profile.entity) for fact in prescribed(draft.paper, draft.calendar, draft.profile.language))
    return replace(draft, facts=(*draft.facts, *found))


def _as_printed(draft: Draft) -> Draft:
    if not draft.traditional:
        return draft
    facts, profile, doubts = as_printed(draft.document, draft.facts, draft.profile, draft.doubts)
    return replace(draft, facts=tuple(facts), profile=profile, doubts=doubts)


PASSES: tuple[Pass, ...] = (
    Pass(
        "simplified characters", _simplified, ("document",), ("paper", "traditional"),
        "a paper in traditional characters is read in simplified ones: first, so that every rule is written in one script",
    ),
    Pass(
        "full years", _full_years, ("paper",), ("paper",),
        '"Dec 23 | Dec 22" over columns become years in full, before anything dates by them',
    ),
    Pass(
        "profile", _profile, ("paper",), ("profile", "fiscal"),
        "who reports, what kind of paper it is, of which period and in which currency: the calendar and every scope go by it",
    ),
    Pass(
        "calendar", _calendar, ("paper", "profile", "fiscal"), ("calendar", "doubts"),
        "the days on which years and quarters end, from the profile and all tables at once: no table is dated without it",
    ),
    Pass(
        "tables", _open_tables, ("paper",), ("tables",),
        "which tables hold numbers, the grid of each, the texts above it, and the scale and currency that it states itself",
    ),
    Pass(
        "footnotes", _footnotes, ("tables",), ("tables",),
        "a scale behind a mark at a table's head is the table's own: before the usual scale of the paper is counted from these",
    ),
    Pass(
        "usual measure", _usual_measure, ("paper", "tables", "doubts"), ("usual", "doubts"),
        "what most tables state, else a running line, else one line for all: it needs the own measure of every table",
    ),
    Pass(
        "complete measures", _complete_measures, ("profile", "tables", "usual"), ("tables",),
        "a table that states no scale or currency takes that of its page or paper: before a figure is multiplied by any",
    ),
    Pass(
        "rows", _read_rows, ("calendar", "profile", "tables", "doubts"), ("readings", "doubts"),
        "label path, period, unit and scale of each figure, table by table, since one may go on from the one before; whose columns"
        " contradict each other is read again by other headings",
    ),
    Pass(
        "told apart", _told_apart, ("readings", "doubts"), ("readings", "doubts"),
        "figures of a row that no heading tells apart get their place as their name, and no concept: before concepts are given by place",
    ),
    Pass(
        "two years", _of_two_years, ("readings", "doubts"), ("readings", "doubts"),
        "a row of one year below a heading of another: its period is assumed, while row and heading still stand as the table has them",
    ),
    Pass(
        "own result", _by_table(own_result), ("readings",), ("readings",),
        "beside the owners' part of a result the line without an owner is the whole's: over one table, where both stand",
    ),
    Pass(
        "operating income", _by_table(own_operating), ("readings",), ("readings",),
        'beside an operating profit "operating income" is what came in: before the place of a line tells what it is',
    ),
    Pass(
        "lines by place", _by_table(lines_by_place), ("readings",), ("readings",),
        "the first line is revenue, finance expenses below operating profit are interest: by what the passes before left known",
    ),
    Pass(
        "reading order", _in_reading_order, ("readings",), ("facts",),
        "the facts of all tables in one list: what follows compares tables",
    ),
    Pass(
        "shares in full", _over_all(plausible_shares), ("facts",), ("facts",),
        "counts of shares beyond all that are outstanding were printed in full: the weighted average may stand in another table",
    ),
    Pass(
        "counts among cents", _counts, ("facts", "tables"), ("facts",),
        "small whole numbers of a paper that prints amounts to the cent are counts: by all its amounts, whose scales are right by now",
    ),
    Pass(
        "subjects", _subjects, ("facts", "tables", "profile"), ("facts",),
        "tables with the same rows and other values are told apart by what they are about: values and units are settled by now",
    ),
    Pass(
        "parent", _parents, ("facts", "readings"), ("facts",),
        "a second set of statements far behind the consolidated one is the parent's: before lines are compared within a scope",
    ),
    Pass(
        "single statement", _over_all(single_statement), ("facts",), ("facts",),
        "without an income statement that of comprehensive income is it, too: before its lines name those of other tables",
    ),
    Pass(
        "known lines", _over_all(with_known_lines), ("facts",), ("facts",),
        "a row of highlights with the label and the figure of a statement's line is that line: all statements are known by now",
    ),
    Pass(
        "dashes", _over_all(_without_dashes), ("facts",), ("facts",),
        "a dash tells no figure without a tag; until here it held its place in rows and columns",
    ),
    Pass(
        "sentences", _prescribed, ("paper", "calendar", "profile", "facts"), ("facts",),
        "figures of sentences whose wording is prescribed, behind those of tables: no table tells of them",
    ),
    Pass(
        "own year", _own_year, ("facts", "profile"), ("profile",),
        "a paper of no known kind is of the year that its statements end on: their periods are settled, and date nothing anew",
    ),
    Pass(
        "as printed", _as_printed, ("document", "traditional", "facts", "profile", "doubts"), ("facts", "profile", "doubts"),
        "labels, names and words of doubt in the characters of the page: last, since it undoes the first",
    ),
)  # fmt: skip


def read(document: Document) -> Draft:
    """The draft after all passes: profile, facts, and what is in doubt. The document stays as it is."""
    draft = Draft(document, document)
    for one in PASSES:
        draft = one.run(draft)
    return draft
