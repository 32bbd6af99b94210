"""Whether the numbers of a table are of a day (stocks) or of a stretch of time (flows), where its columns do not say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from finfoundry.core.periods import find_periods
from finfoundry.knowledge.facts.periods.acquisitions import INTRODUCES
from finfoundry.knowledge.facts.periods.cell_period import is_ladder
from finfoundry.knowledge.facts.periods.period_resolution import Calendar, Setting, compares_balances, quarterly
from finfoundry.knowledge.facts.periods.row_walk import LabelledRow
from finfoundry.knowledge.facts.table.block_table import BlockTable, texts_around
from finfoundry.knowledge.facts.table.concepts import Nature, nature_of

_OF_A_DAY = re.compile(
    r"\bunobservable\s+inputs\b|\blong-lived\s+assets\b(?!.*\bimpair)", re.IGNORECASE
)  # in the line that introduces a table
TITLE = 60  # characters of a title in the corner
CLEAR = 3  # lines of one nature, and none of the other, that tell a table's


def nature_of_table(table: BlockTable, setting: Setting, lines: Sequence[LabelledRow], calendar: Calendar) -> Nature:
    """Stocks or flows, for the columns of ``lines`` that do not say."""
    if table.statement == "balance":
        return "instant"
    if table.statement in {"income", "cash flow", "comprehensive income"}:
        return "duration"
    if any(is_ladder(path, calendar) for line in lines for path in line.paths.values()) or any(
        column.future for line in lines[:1] for column in line.columns.values()
    ):
        return "instant"
    introduction = next((text for text in (table.block.title or "", *table.above[:3]) if len(text) > 40), "")[-INTRODUCES:]
    if _OF_A_DAY.search(introduction) and not any(column.timing.months for line in lines[:1] for column in line.columns.values()):
        return "instant"
    ends = [column.timing.end for line in lines[:1] for column in line.columns.values() if column.timing.end]
    years = {end.year for end in ends}
    votes = Counter(nature for line in lines for path in [next(iter(line.paths.values()), ())] if path and (nature := nature_of(path[-1])))
    if in_quarters(lines, setting) and votes["duration"] > votes["instant"]:
        return "duration"
    if compares_balances(ends):
        return "instant"
    if table.rolls:
        return "duration"
    if setting.said_at > 2 and (own := _nature_of_its_own(table, setting, lines, bool(ends), votes)):
        return own
    if (
        setting.sure
        and setting.nature
        and not (
            ends and setting.nature == "duration" and not setting.months_near and not set(ends) & setting.ends and not years & setting.years
        )
    ):
        return setting.nature
    if ends or (
        setting.near and setting.timing.end and not setting.timing.period
    ):  # a date without "ended" is one of a balance, unless nearly all lines are flows
        return "duration" if votes["duration"] > 2 and votes["duration"] > 4 * votes["instant"] else "instant"
    if votes["instant"] != votes["duration"]:
        return "instant" if votes["instant"] > votes["duration"] else "duration"
    return "duration"


def in_quarters(lines: Sequence[LabelledRow], setting: Setting) -> bool:
    """Whether columns are dated by the ends of the four quarters of a year, and no text near them speaks of balances."""
    of_a_day = setting.sure and setting.nature == "instant"
    return not of_a_day and quarterly([column.timing for line in lines[:1] for column in line.columns.values()])


def _nature_of_its_own(
    table: BlockTable, setting: Setting, lines: Sequence[LabelledRow], dated: bool, votes: Counter[Nature]
) -> Nature | None:
    """What a table says itself goes before the paragraphs above it: a bare date over its columns or rows, most of its lines."""
    if any(column.timing.months for line in lines[:1] for column in line.columns.values()):
        return None
    corner, heading = texts_around(table)[0], next((row.cells[0].text for row in table.grid.rows[:1] if row.kind == "heading"), "")
    if (dated or _is_date(corner) or _is_date(heading)) and votes["instant"] >= votes["duration"]:
        return "instant"
    if setting.introduced:
        return None
    if (titled := nature_of(corner) if len(corner) < TITLE else None) is not None and votes[titled] >= votes.total() - votes[titled]:
        return titled
    columns = {column.dimension for line in lines[:1] for column in line.columns.values() if column.dimension}
    votes = votes + Counter(nature for text in columns if (nature := nature_of(text)))
    found = [nature for nature in votes if votes[nature] == votes.total() >= CLEAR]
    return found[0] if found else None


def _is_date(text: str) -> bool:
    found = find_periods(text)
    return len(found) == 1 and found[0].kind == "date" and found[0].text.strip() == text.strip()
