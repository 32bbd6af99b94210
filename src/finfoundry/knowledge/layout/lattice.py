"""Tables drawn with horizontal and vertical rulings: the cells are the faces of the lattice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from finfoundry.core.document import Box, Cell, Word
from finfoundry.core.quantities.cells import are_figures, in_one_cell
from finfoundry.knowledge.layout.lines import GAP, TextLine, group_lines, join_lines, joined_text
from finfoundry.knowledge.layout.rulings import RulingLine, Rulings

_NUMBER = re.compile(r"^[-(（]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+)[)）]?%?$")
_DAY = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d)|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}|(?:19|20)\d\d年\d{1,2}月\d{1,2}日")
_SNAP = 3.0  # points: lines as near are the same edge


@dataclass(slots=True)
class Lattice:
    """Edges of columns and rows of one connected drawing, and its lines."""

    xs: list[float]
    ys: list[float]
    horizontal: list[RulingLine]
    vertical: list[RulingLine]
    rows: set[int] = field(default_factory=set)  # in which a face begins, be it empty
    columns: set[int] = field(default_factory=set)

    @property
    def box(self) -> Box:
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]


def find_lattices(rulings: Rulings) -> list[Lattice]:
    """Drawings with at least two columns or two rows and a crossing, from top to bottom."""
    found = []
    for horizontal, vertical in _components(rulings.horizontal, rulings.vertical):
        xs = _edges([line.at for line in vertical] + _ends(horizontal, vertical))
        ys = _edges([line.at for line in horizontal] + _ends(vertical, horizontal))
        one_row = len(ys) == 2 and len(xs) >= 4 and len(vertical) >= len(xs)  # what is left of a table on the next page
        if (len(xs) >= 3 and len(ys) >= 3) or one_row:
            found.append(Lattice(xs, ys, horizontal, vertical))
    return sorted(found, key=lambda lattice: lattice.ys[0])


def _ends(lines: Sequence[RulingLine], crossing: Sequence[RulingLine]) -> list[float]:
    """Where the lines begin and end beyond the outermost crossing line: an open side of the table."""
    if not crossing or not lines:
        return []
    low, high = min(line.start for line in lines), max(line.end for line in lines)
    ends = []
    if low < min(line.at for line in crossing) - 10:
        ends.append(low)
    if high > max(line.at for line in crossing) + 10:
        ends.append(high)
    return ends


def _edges(positions: list[float]) -> list[float]:
    edges: list[float] = []
    for position in sorted(positions):
        if not edges or position - edges[-1] > _SNAP:
            edges.append(position)
    return edges


def _components(horizontal: Sequence[RulingLine], vertical: Sequence[RulingLine]) -> list[tuple[list[RulingLine], list[RulingLine]]]:
    """Groups of lines that cross or touch, with at least two in each direction."""
    parent = list(range(len(horizontal) + len(vertical)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for i, h in enumerate(horizontal):
        for j, v in enumerate(vertical, start=len(horizontal)):
            if h.start - _SNAP <= v.at <= h.end + _SNAP and v.start - _SNAP <= h.at <= v.end + _SNAP:
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[RulingLine], list[RulingLine]]] = {}
    for index in range(len(parent)):
        group = groups.setdefault(root(index), ([], []))
        if index < len(horizontal):
            group[0].append(horizontal[index])
        else:
            group[1].append(vertical[index - len(horizontal)])
    return [group for group in groups.values() if len(group[0]) >= 2 and group[1]]


@dataclass(slots=True)
class Face:
    """A rectangle of the lattice without a line inside, and the words in it."""

    row: int
    column: int
    row_span: int
    column_span: int
    words: list[Word] = field(default_factory=list)
    lines: list[TextLine] = field(default_factory=list)

    @property
    def figures(self) -> int:
        """Lines or runs that are figures: more than one and the drawing leaves rulings out."""
        if self.wrapped_number:
            return 1
        return sum(run.number and not run.year for line in self.lines for run in line.runs)

    @property
    def wrapped_number(self) -> bool:
        """Whether a column too narrow for its figure has broken it over several lines."""
        return len(self.lines) > 1 and bool(_NUMBER.match("".join(line.text for line in self.lines)))

    @property
    def text(self) -> str:
        texts = [joined_text(line.words) for line in self.lines]
        if self.wrapped_number:
            return "".join(texts)
        return in_one_cell(texts) if are_figures(texts) else join_lines(texts)


def filled_faces(lattice: Lattice, words: Sequence[Word]) -> list[Face]:
    """The faces that hold words. One that spans rows and has a line of text in each becomes one face a row."""
    faces = [Face(*place) for place in _faces(lattice)]
    lattice.rows = {face.row for face in faces}
    lattice.columns = {face.column for face in faces}
    _place(faces, lattice, words)
    out: list[Face] = []
    for face in faces:
        if face.words:
            face.lines = group_lines(face.words)
            out += _by_rows(face, lattice)
    return _cut_at_dates(out)


def _cut_at_dates(faces: list[Face]) -> list[Face]:
    """The faces, with what was drawn in one piece with a date over the ruling on its right ("07.01.2025 Direct debit") in the face that it
    runs into. A column in which some line runs over that ruling holds dates and nothing else.
    """
    at = {(face.row, face.column): face for face in faces if face.row_span == face.column_span == 1 and len(face.lines) == 1}
    taken = {(face.row, face.column) for face in faces}
    dated = [face for face in at.values() if len(face.words) > 1 and _DAY.fullmatch(face.lines[0].words[0].text)]
    crossed = {face.column for face in dated if _runs_into(face, at.get((face.row, face.column + 1)))}
    for face in dated:
        place = face.row, face.column + 1
        if face.column not in crossed or (place in taken and not _runs_into(face, at.get(place))):
            continue
        beside = at.get(place) or Face(*place, 1, 1)
        day, *rest = face.lines[0].words
        beside.words = [*rest, *beside.words]
        face.words = [day]
        for one in (face, beside):
            one.lines = group_lines(one.words)
        if place not in taken:
            faces.append(beside)
    return sorted(faces, key=lambda face: (face.row, face.column))


def _runs_into(face: Face, beside: Face | None) -> bool:
    """Whether the words of a face go on in the next without a wide gap."""
    if beside is None:
        return False
    last, first = face.lines[0].words[-1], beside.lines[0].words[0]
    return first.box[0] - last.box[2] < GAP * min(last.size, first.size) and _level(last, first)


def _level(one: Word, other: Word) -> bool:
    return abs(one.box[3] - other.box[3]) < 0.2 * one.size


def _by_rows(face: Face, lattice: Lattice) -> list[Face]:
    rows: dict[int, list[TextLine]] = {}
    for line in face.lines:
        row = _interval(lattice.ys, line.middle)
        rows.setdefault(-1 if row is None else row, []).append(line)
    if face.row_span < 3 or len(rows) < 0.7 * face.row_span or any(len(lines) > 1 for lines in rows.values()):
        return [face]
    return [Face(row, face.column, 1, face.column_span, [w for line in lines for w in line.words], lines) for row, lines in rows.items()]


def make_cells(lattice: Lattice, faces: Sequence[Face]) -> list[Cell]:
    """One cell for each face."""
    cells: list[Cell] = []
    for face in faces:
        right, bottom = face.column + face.column_span, face.row + face.row_span
        box = (lattice.xs[face.column], lattice.ys[face.row], lattice.xs[right], lattice.ys[bottom])
        confidence = min(word.confidence for word in face.words)
        cells.append(Cell(face.row, face.column, face.text, box, face.row_span, face.column_span, confidence=confidence))
    return cells


def _faces(lattice: Lattice) -> list[tuple[int, int, int, int]]:
    """Row, column, row span and column span of every face: neighbours without a line between them are one."""
    rows, columns = len(lattice.ys) - 1, len(lattice.xs) - 1
    right = [[_drawn(lattice.vertical, lattice.xs[c + 1], lattice.ys[r], lattice.ys[r + 1]) for c in range(columns)] for r in range(rows)]
    below = [[_drawn(lattice.horizontal, lattice.ys[r + 1], lattice.xs[c], lattice.xs[c + 1]) for c in range(columns)] for r in range(rows)]
    taken = [[False] * columns for _ in range(rows)]
    faces = []
    for r in range(rows):
        for c in range(columns):
            if taken[r][c]:
                continue
            wide, high = 1, 1
            while c + wide < columns and not right[r][c + wide - 1] and not taken[r][c + wide]:
                wide += 1
            while r + high < rows and not any(below[r + high - 1][c : c + wide]) and not any(taken[r + high][c : c + wide]):
                high += 1
            for i in range(r, r + high):
                taken[i][c : c + wide] = [True] * wide
            faces.append((r, c, high, wide))
    return faces


def _drawn(lines: Sequence[RulingLine], at: float, start: float, end: float) -> bool:
    """Whether a line covers most of the edge."""
    inside = sum(max(0.0, min(line.end, end) - max(line.start, start)) for line in lines if abs(line.at - at) <= _SNAP)
    return inside >= 0.6 * (end - start)


def _place(faces: Sequence[Face], lattice: Lattice, words: Sequence[Word]) -> None:
    """Give each word to the face in which its middle lies."""
    owner: dict[tuple[int | None, int | None], Face] = {}
    for face in faces:
        for r in range(face.row, face.row + face.row_span):
            for c in range(face.column, face.column + face.column_span):
                owner[r, c] = face
    for word in words:
        at = _interval(lattice.ys, (word.box[1] + word.box[3]) / 2), _interval(lattice.xs, (word.box[0] + word.box[2]) / 2)
        if at in owner:
            owner[at].words.append(word)


def _interval(edges: Sequence[float], at: float) -> int | None:
    for index, (low, high) in enumerate(pairwise(edges)):
        if low <= at < high:
            return index
    return None


def inside(lattice: Lattice, word: Word) -> bool:
    x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
    x0, y0, x1, y1 = lattice.box
    return x0 <= x <= x1 and y0 <= y <= y1
