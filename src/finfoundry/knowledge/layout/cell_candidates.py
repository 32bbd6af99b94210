"""What will be one cell of a table, while its row is still being found."""

from __future__ import annotations

from dataclasses import dataclass, field

from finfoundry.core.document import Box
from finfoundry.knowledge.layout.lines import TextRun, join_lines
from finfoundry.knowledge.layout.rulings import Rulings
from finfoundry.knowledge.layout.unruled_columns import overlap


@dataclass(slots=True)
class Slot:
    """What will be one cell: runs from one or more lines over one or more columns."""

    first: int
    last: int
    runs: list[TextRun] = field(default_factory=list)
    row: int = 0
    row_span: int = 1

    @property
    def number(self) -> bool:
        return any(run.number and not run.year for run in self.runs)

    @property
    def text(self) -> str:
        return join_lines([run.text for run in self.runs])

    @property
    def box(self) -> Box:
        lefts, tops, rights, bottoms = zip(*[run.box for run in self.runs], strict=True)
        return (min(lefts), min(tops), max(rights), max(bottoms))


Row = list[Slot]


def ruled_between(above: Box, below: Box, rulings: Rulings) -> bool:
    low, high = (above[1] + above[3]) / 2, (below[1] + below[3]) / 2
    return any(low < line.at < high and overlap(line.start, line.end, below[0], below[2]) > 1 for line in rulings.horizontal)
