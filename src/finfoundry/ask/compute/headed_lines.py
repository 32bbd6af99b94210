"""Lines of one label that belong together: those of one table, or of one note, that stand under different headings each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from finfoundry.ask.lexicon.movements import moves
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.understand.stored_labels import differs, key, without_notes

MOST = 5  # lines that one sentence tells
LONGEST = 80  # characters of the headings that tell a line from the others
Headings = Callable[[StoredFact], tuple[str, ...]]  # those over the table of a figure, the innermost last


@dataclass(frozen=True, slots=True)
class HeadedLine:
    """A figure and the headings, outermost first, that tell its line from the others of its label."""

    headings: tuple[str, ...]
    stored: StoredFact


def headed_lines(figures: Sequence[StoredFact], asked: str, headings: Headings) -> list[HeadedLine]:
    """What a document prints under one label, each line once with its headings. Empty where the label says more than is ``asked``, where
    not all is of one time and unit and of one table or note, where a line has no heading, or stands under that of another, and where only
    some are movements.
    """
    own = {token.text for token in tokens(without_notes(figures[0].fact.metric[-1]))} - word_list("empty")
    alike = len({(one.fact.period, one.fact.unit, one.fact.statement) for one in figures}) == 1
    if not alike or own - {token.text for token in tokens(asked)}:
        return []
    lines = _of_one_table(figures) or _of_one_note(figures, headings)
    lines = [line for line in lines if line.stored.fact.value]  # of the others there is nothing to tell
    return lines if 2 <= len(lines) <= MOST and _told_apart(lines) else []


def _of_one_table(figures: Sequence[StoredFact]) -> list[HeadedLine]:
    """The lines of the table with most of them, where the other tables print but their figures again."""
    tables: dict[int | None, list[StoredFact]] = {}
    for one in figures:
        tables.setdefault(one.fact.table, []).append(one)
    table, own = max(tables.items(), key=lambda found: len(found[1]))
    again = all(any(not differs(one, line) for line in own) for one in figures)
    return _apart((one.fact.metric[:-1], one) for one in own) if table is not None and len(own) > 1 and again else []


def _of_one_note(figures: Sequence[StoredFact], headings: Headings) -> list[HeadedLine]:
    """A line of each table, where all stand under one heading and each has a title of its own."""
    over = [(headings(one), one) for one in figures if one.fact.table is not None]
    alone = len({one.fact.table for one in figures}) == len(figures) == len(over)
    if not alone or len({path[:-1] for path, _ in over}) != 1 or not all(path[:-1] for path, _ in over):
        return []
    return _apart(((path[-1], *one.fact.metric[:-1]), one) for path, one in over)


def _apart(lines: Iterable[tuple[tuple[str, ...], StoredFact]]) -> list[HeadedLine]:
    """The lines without the headings that all of them stand under."""
    found = list(lines)
    shared = sum(1 for _ in takewhile(lambda level: len(set(level)) == 1, zip(*(path for path, _ in found), strict=False)))
    return [HeadedLine(path[shared:], one) for path, one in found]


def _told_apart(lines: Sequence[HeadedLine]) -> bool:
    """Whether each line has headings, and none stands under those of another; and whether all are movements, or none is."""
    paths = [tuple(key(part) for part in line.headings) for line in lines]
    nested = any(one == other[: len(one)] for at, one in enumerate(paths) for place, other in enumerate(paths) if at != place)
    short = all(path and len(" ".join(line.headings)) <= LONGEST for path, line in zip(paths, lines, strict=True))
    return short and not nested and len({any(map(moves, line.headings)) for line in lines}) == 1
