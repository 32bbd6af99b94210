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
TAKES = 9.0  # seconds that must be left: some twenty readings, a third of a second each on two cores

Together = tuple[Quotable, ...]


def rows_together(context: QuestionContext, rows: Sequence[Quotable]) -> tuple[float, Together]:
    """Two or three rows of one paper, in its order, that most likely answer all that is asked for, and how likely that is by the base
    model's states; none where there are no two, or too little time.
    """
    left = cancellation.remaining()
    first = rows[:FIRST]
    pairs = _read(context, combinations(first, 2)) if left is None or left > TAKES else {}
    likeliest = sorted(pairs, key=lambda pair: -pairs[pair])[:WIDENED]
    wider = _read(context, ((*pair, one) for pair in likeliest for one in first if one not in pair))
    pair, three = max(pairs, key=pairs.__getitem__, default=()), max(wider, key=wider.__getitem__, default=())
    if three and log_odds(wider[three]) - log_odds(pairs[pair]) >= WORTH_ONE_MORE:
        return wider[three], three
    return pairs.get(pair, 0.0), pair


def _read(context: QuestionContext, together: Iterable[Together]) -> dict[Together, float]:
    """How likely those that are of one paper answer all that is asked for; without those that no model may read."""
    of_one_paper = dict.fromkeys(_as_printed(rows) for rows in together if len({one.hit.document_id for one in rows}) == 1)
    told = {rows: opinions.quoted_by_states(context, rows) for rows in of_one_paper}
    return {rows: likely for rows, likely in told.items() if likely is not None}


def _as_printed(rows: Together) -> Together:
    return tuple(sorted(rows, key=_place))


def _place(row: Quotable) -> tuple[int, int, int]:
    fact = row.cells[0].stored.fact
    return fact.page or 0, fact.table or 0, fact.row or 0
