"""A line that other papers of its company print under another name: known by the figures that two papers print of one time.

A later paper prints the year before again, under the name that the line has now. Two lines are one where all that both papers print of one
time is the same, to more digits than chance has; where neither paper prints the other's name, and in neither another line would do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.understand.stored_labels import label_key

TELLING = 5  # digits, without the zeros behind them, that the figures of two lines do not share by chance
MOST_NAMES = 4  # of one line, one after another
_Rows = Mapping[tuple[str, str], Sequence[StoredFact]]  # by document and the key of the label
ByLabel = Callable[[str | None, str | None], Sequence[StoredFact]]
OfStatement = Callable[[str, int], Sequence[StoredFact]]


def renamed_line(own: Sequence[StoredFact], fetch: ByLabel, of_statement: OfStatement) -> list[StoredFact]:
    """The figures of a line in papers that call it otherwise; ``own`` are those under one label, ``fetch`` gives all under another,
    ``of_statement`` those of one statement in all papers of the company for times that end in a year.
    """
    line, found = list(own), list[StoredFact]()
    for _ in range(MOST_NAMES):
        new = _under_another_name(line, fetch, of_statement)
        line, found = line + new, found + new
        if not new:
            break
    return found


def _under_another_name(line: Sequence[StoredFact], fetch: ByLabel, of_statement: OfStatement) -> list[StoredFact]:
    printing = {one.document_id for one in line}
    times = {(one.fact.statement, _year(one)) for one in line if one.fact.statement and _plain(one)}
    rows = _rows(one for statement, year in sorted(times) for one in of_statement(statement, year))
    names = {label_key(one) for one in line}
    mine = [place for place in rows if place[0] in printing and place[1] in names]
    labels = {label for place in mine for label in _names_elsewhere(place, rows, printing)}
    labels = {label for label in labels if not printing & {one.document_id for one in _called(fetch, label)}}
    found = {one.id: one for label in sorted(labels) for one in _called(fetch, label) if one.document_id not in printing}
    return [one for one in found.values() if any(_alike(one, other) for place in mine for other in rows[place])]


def _names_elsewhere(mine: tuple[str, str], rows: _Rows, printing: set[str]) -> Iterator[str]:
    """The labels by which papers that do not print a row's own name call it."""
    paper, name = mine
    for other in {document for document, _ in rows} - printing:
        theirs = [place for place in rows if place[0] == other and (paper, place[1]) not in rows and _same(rows[mine], rows[place])]
        if len(theirs) != 1:
            continue
        rivals = [place for place in rows if place[0] == paper and (other, place[1]) not in rows and _same(rows[theirs[0]], rows[place])]
        if len(rivals) == 1 and rivals[0][1] == name:
            yield theirs[0][1]


def _same(one: Sequence[StoredFact], other: Sequence[StoredFact]) -> bool:
    """Whether two rows agree in all that both print, in enough digits."""
    concepts = {fact.fact.concept for fact in (*one, *other) if fact.fact.concept}
    ours, theirs = _values(one), _values(other)
    shared = ours.keys() & theirs.keys()
    if len(concepts) > 1 or any(ours[time] != theirs[time] for time in shared):
        return False
    values = {value for time in shared for value in ours[time] if value}
    return sum(len(value.normalize().as_tuple().digits) for value in values) >= TELLING


def _values(row: Sequence[StoredFact]) -> dict[tuple[object, ...], set[Decimal]]:
    found: dict[tuple[object, ...], set[Decimal]] = {}
    for one in row:
        found.setdefault((one.fact.period, *_kind(one)), set()).add(one.fact.value)
    return found


def _rows(facts: Iterable[StoredFact]) -> _Rows:
    found: dict[tuple[str, str], list[StoredFact]] = {}
    for one in facts:
        if _plain(one):
            found.setdefault((one.document_id, label_key(one)), []).append(one)
    return found


def _called(fetch: ByLabel, label: str) -> list[StoredFact]:
    return [one for one in fetch(None, label) if label_key(one) == label]


def _kind(one: StoredFact) -> tuple[object, ...]:
    return one.fact.statement, one.fact.unit, one.fact.scope


def _alike(one: StoredFact, other: StoredFact) -> bool:
    return _plain(one) and _kind(one) == _kind(other)


def _plain(one: StoredFact) -> bool:
    """Whether it is the figure of a whole line of a statement."""
    return bool(one.fact.statement and one.fact.metric) and not one.fact.dimensions and not one.structured


def _year(one: StoredFact) -> int:
    return int(one.fact.period.rpartition("/")[2][:4])
