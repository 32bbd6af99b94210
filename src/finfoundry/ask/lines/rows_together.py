"""Rows of a table, or of several of one paper, that answer together what none of them does alone: "what did each of both earn?".

A row that has a part of what is asked for is unlikely to answer all of it, and so are all of them one by one; read in one piece those
that belong together stand out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from finfoundry.ask.context import opinions
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.retrieve.model_opinion import log_odds
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.core import cancellation

FIRST = 6  # rows, the likeliest, of which any two of one paper are read together
WIDENED = 2  # pairs, the likeliest, to which any third is added
WORTH_ONE_MORE = 0.4  # log-odds that a third row must add to be told
TAKES = 14.0  # seconds that must be left: some twenty readings, a third of a second each on two cores, and what comes after them

Places = tuple[int, ...]


def rows_together(context: QuestionContext, rows: Sequence[Quotable]) -> tuple[float, list[Quotable]]:
    """Two or three rows of one paper, in its order, that most likely answer all that is asked for, and how likely that is by the base
    model's states; none where there are no two, or too little time.
    """
    left = cancellation.remaining()
    if left is not None and left < TAKES:
        return 0.0, []
    first = sorted(rows[:FIRST], key=_place)
    pairs = _read(context, first, combinations(range(len(first)), 2))
    likeliest = sorted(pairs, key=lambda pair: -pairs[pair])[:WIDENED]
    wider = _read(context, first, (tuple(sorted((*pair, one))) for pair in likeliest for one in range(len(first)) if one not in pair))
    if not pairs:
        return 0.0, []
    told, likely = likeliest[0], pairs[likeliest[0]]
    three = max(wider, key=wider.__getitem__, default=told)
    if three != told and log_odds(wider[three]) - log_odds(likely) >= WORTH_ONE_MORE:
        told, likely = three, wider[three]
    return likely, [first[place] for place in told]


def _read(context: QuestionContext, rows: Sequence[Quotable], together: Iterable[Places]) -> dict[Places, float]:
    """How likely those that are of one paper answer all that is asked for, in one reading; without those that no model may read."""
    places = [one for one in dict.fromkeys(together) if len({rows[place].hit.document_id for place in one}) == 1]
    told = opinions.together_by_states(context, [[rows[place] for place in one] for one in places])
    return {one: likely for one, likely in zip(places, told, strict=True) if likely is not None}


def _place(row: Quotable) -> tuple[int, int, int]:
    fact = row.cells[0].stored.fact
    return fact.page, fact.table or 0, fact.row or 0
