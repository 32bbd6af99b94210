"""Printed runs against held ones: which printed run is which held one, and which is none.

Where both are the same runs, as often as each, nothing is compared by place. Else each printed run looks for its own digits where it
stands, then anywhere; what is left is looked for among the digits of its block, which may part or join runs in another way (a date set
digit by digit, a figure that goes on in the next line of its cell).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from finfoundry.core.document import Box, Word
from finfoundry.knowledge.balance.digit_runs import DigitRun, digit_runs, digits_of
from finfoundry.knowledge.balance.held_runs import HeldRun
from finfoundry.knowledge.balance.pieces import Piece

_NEAR = 2.0  # points around a box
_LINE = 4.0  # points
_AHEAD = 300  # runs that are looked through where two sequences part
_ALIKE = 3  # runs in a row that show where they meet again
_MARK_NEAR = 12  # runs between a figure and the mark that it may be taken for
_MOST_PARTINGS = 400  # of one document; one that parts oftener is compared without order

Source = Word | Piece


@dataclass(slots=True)
class PrintedRun:
    """A printed run and what it stands in; ``page`` is None in a file without pages, ``table`` where it stands between runs of no table."""

    run: DigitRun
    source: Source
    page: int | None = None
    table: int | None = None


@dataclass(slots=True)
class Settled:
    """Pairs of what is printed and what holds it, printed runs that nothing holds, held runs that nothing prints."""

    pairs: list[tuple[PrintedRun | None, HeldRun]] = field(default_factory=list)
    missing: list[PrintedRun] = field(default_factory=list)
    unprinted: int = 0


def settle_page(words: Sequence[Word], held: Sequence[HeldRun], page: int) -> Settled:
    """The runs of one page, whose words have boxes."""
    count = Counter(digits_of("\n".join([word.text for word in words])))
    if count == Counter([one.digits for one in held]):
        return Settled([(None, one) for one in held])
    printed = [PrintedRun(run, word, page) for word in words for run in digit_runs(word.text)]
    settled = Settled()
    left, free = _by_place(printed, held, settled)
    left, free = _anywhere(left, free, settled)
    left, free = _within_blocks(left, free, settled)
    settled.missing, settled.unprinted = left, len(free)
    return settled


def settle_flow(pieces: Sequence[Piece], held: Sequence[HeldRun]) -> Settled:
    """The runs of a file without pages, in its order."""
    if Counter(digits_of("\n".join([piece.text for piece in pieces]))) == Counter([one.digits for one in held]):
        return Settled([(None, one) for one in held])
    printed = [PrintedRun(run, piece) for piece in pieces for run in digit_runs(piece.text)]
    settled = Settled()
    left: list[PrintedRun] = []
    free: list[HeldRun] = []
    for ours, theirs, alike in _stretches(printed, held):
        _turn_to_page(ours, theirs, settled)
        if alike:
            settled.pairs += zip(ours, theirs, strict=True)
        else:
            still, over = _same_digits(ours, theirs, settled)
            left += still
            free += over
    settled.missing, over = _anywhere(left, free, settled)
    settled.unprinted = len(over)
    _as_marks(printed, settled.missing)
    _within_tables(printed, settled)
    return settled


def _within_tables(printed: Sequence[PrintedRun], settled: Settled) -> None:
    """What nothing holds is of the table of which the runs before and after it are."""
    if not settled.missing:
        return
    tables = {id(mine): theirs.table for mine, theirs in settled.pairs if mine is not None}
    before, after = (_neighbours(order, tables) for order in (printed, printed[::-1]))
    for one in settled.missing:
        one.table = before.get(id(one)) if before.get(id(one)) == after.get(id(one)) else None


def _neighbours(printed: Sequence[PrintedRun], tables: Mapping[int, int | None]) -> dict[int, int | None]:
    """For each run without a pair the table of the last one before it that has one."""
    found: dict[int, int | None] = {}
    last: int | None = None
    for one in printed:
        if id(one) in tables:
            last = tables[id(one)]
        else:
            found[id(one)] = last
    return found


def _as_marks(printed: Sequence[PrintedRun], missing: Sequence[PrintedRun]) -> None:
    """Of a mark and a figure with the same digits next to each other, it is the mark that is left out."""
    gone = {id(one) for one in missing}
    for at, one in enumerate(printed):
        if id(one) in gone and not one.run.raised:
            near = printed[max(0, at - _MARK_NEAR) : at + _MARK_NEAR + 1]
            mark = next(
                (other for other in near if other.run.raised and other.run.digits == one.run.digits and id(other) not in gone), None
            )
            if mark is not None:
                one.run, one.source = mark.run, mark.source


def _turn_to_page(ours: Sequence[PrintedRun], theirs: Sequence[HeldRun], settled: Settled) -> None:
    """Printed runs are of the page on which the order of the file has them."""
    page = theirs[0].page if theirs else settled.pairs[-1][1].page if settled.pairs else 1
    for one in ours:
        one.page = page


# ---- by place


def _by_place(printed: Sequence[PrintedRun], held: Sequence[HeldRun], settled: Settled) -> tuple[list[PrintedRun], list[HeldRun]]:
    """Pair each printed run with one of its digits in whose box it stands; what is left of both."""
    by_digits = defaultdict[str, list[HeldRun]](list)
    for one in held:
        by_digits[one.digits].append(one)
    left = []
    for mine in printed:
        among = by_digits[mine.run.digits]
        place = next((at for at, one in enumerate(among) if stands_in(_box(mine), one.box)), None)
        if place is None:
            left.append(mine)
        else:
            settled.pairs.append((mine, among.pop(place)))
    return left, [one for among in by_digits.values() for one in among]


def _anywhere(printed: Sequence[PrintedRun], held: Sequence[HeldRun], settled: Settled) -> tuple[list[PrintedRun], list[HeldRun]]:
    """Pair what has the same digits, wherever it stands."""
    by_digits = defaultdict[str, list[HeldRun]](list)
    for one in held:
        by_digits[one.digits].append(one)
    left = []
    for mine in printed:
        if among := by_digits[mine.run.digits]:
            settled.pairs.append((mine, among.pop(0)))
        else:
            left.append(mine)
    return left, [one for among in by_digits.values() for one in among]


def _within_blocks(printed: Sequence[PrintedRun], held: Sequence[HeldRun], settled: Settled) -> tuple[list[PrintedRun], list[HeldRun]]:
    """Pair runs that a block or cell has parted or joined in another way."""
    holders = defaultdict[int, list[HeldRun]](list)
    for one in held:
        holders[id(one.holder)].append(one)
    left, over = list(printed), list[HeldRun]()
    for theirs in holders.values():
        ours = sorted((one for one in left if stands_in(_box(one), theirs[0].box)), key=_line_and_place)
        still, free = _same_digits(ours, theirs, settled)
        over += free
        gone = {id(one) for one in ours} - {id(one) for one in still}
        left = [one for one in left if id(one) not in gone]
    return left, over


def _same_digits(ours: Sequence[PrintedRun], theirs: Sequence[HeldRun], settled: Settled) -> tuple[list[PrintedRun], list[HeldRun]]:
    """Pair runs of one place that are parted in another way: several in a row on one side that together are one on the other."""
    left, free = list(ours), list(theirs)
    for one in theirs:
        if (span := _together([mine.run.digits for mine in left], one.digits)) is not None:
            settled.pairs += ((mine, one) for mine in left[span])
            del left[span]
            free.remove(one)
    for mine in list(left):
        if (span := _together([one.digits for one in free], mine.run.digits)) is not None:
            settled.pairs.append((mine, next((one for one in free[span] if one.account == "lost"), free[span][0])))
            del free[span]
            left.remove(mine)
    return left, free


def _together(parts: Sequence[str], whole: str) -> slice | None:
    """Where parts in a row make up the whole; None where none do."""
    for start in range(len(parts)):
        made = ""
        for end in range(start, len(parts)):
            made += parts[end]
            if made == whole:
                return slice(start, end + 1)
            if not whole.startswith(made):
                break
    return None


def _box(one: PrintedRun) -> Box | None:
    return one.source.box if isinstance(one.source, Word) else None


def _line_and_place(one: PrintedRun) -> tuple[int, float]:
    """By which words are read: their line, then from left to right; what is half a line apart is one line."""
    box = _box(one) or (0.0, 0.0, 0.0, 0.0)
    return round((box[1] + box[3]) / 2 / _LINE), box[0]


def stands_in(box: Box | None, outer: Box | None) -> bool:
    """Whether the middle of a box lies in another, or at its edge."""
    if box is None or outer is None:
        return False
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outer[0] - _NEAR <= x <= outer[2] + _NEAR and outer[1] - _NEAR <= y <= outer[3] + _NEAR


# ---- by order


def _stretches(printed: Sequence[PrintedRun], held: Sequence[HeldRun]) -> Iterator[tuple[Sequence[PrintedRun], Sequence[HeldRun], bool]]:
    """Both sequences cut where they part and meet again: stretches of the same runs (True), and what stands between them (False)."""
    ours, theirs = [one.run.digits for one in printed], [one.digits for one in held]
    i = j = partings = 0
    while i < len(ours) and j < len(theirs):
        start_i, start_j = i, j
        while i < len(ours) and j < len(theirs) and ours[i] == theirs[j]:
            i, j = i + 1, j + 1
        if i > start_i:
            yield printed[start_i:i], held[start_j:j], True
        if i == len(ours) or j == len(theirs):
            break
        partings += 1
        skip_i, skip_j = _meet(ours, theirs, i, j) if partings < _MOST_PARTINGS else (len(ours) - i, len(theirs) - j)
        yield printed[i : i + skip_i], held[j : j + skip_j], False
        i, j = i + skip_i, j + skip_j
    if i < len(ours) or j < len(theirs):
        yield printed[i:], held[j:], False


def _meet(ours: Sequence[str], theirs: Sequence[str], i: int, j: int) -> tuple[int, int]:
    """How many runs of each to skip until several in a row are the same; all that are near where they never are."""
    for far in range(1, _AHEAD):
        for a in range(far + 1):
            b = far - a
            mine, other = ours[i + a : i + a + _ALIKE], theirs[j + b : j + b + _ALIKE]
            if mine and mine == other:
                return a, b
    return min(_AHEAD, len(ours) - i), min(_AHEAD, len(theirs) - j)
