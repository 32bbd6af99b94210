"""Running headers and footers of a paper of any length: lines apart from the text that return at one place of its pages.

Two pages that agree word for word are enough, so that short papers have running lines, too; a number may go up with the pages. Column
headings that a table repeats on each page return like that as well, but their rows follow close, and each is part of a table.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from finfoundry.core.document import BlockKind, Box, Page, Word
from finfoundry.knowledge.layout.captions import is_note

MARGIN = 0.1  # of the longer side of a page: where running headers and footers are, on pages that lie on their side, too
SAME_PLACE = 2.0  # points between the edges of what stands at one place
USUAL = 0.4  # of the pages: left and right pages may have lines of their own, and a cover has none
CLEAR = 1.5  # times its height: how far the text is from a running line at least
FEW = 2  # pages on which a title may happen to return
FEWEST_WORDS = 5  # of a sentence: "Harbour Bank Co., Ltd." is none
_APART = 2.0  # letters between the parts of a line
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[\u3400-\u9fff]{2}|[^\W\d_]+")
_SENTENCE_END = re.compile(r"[.。!！?？;；][”\"’'）)]*$")
_Line = list[Word]


@dataclass(frozen=True, slots=True)
class EdgeRun:
    """Words next to each other at the edge of a page, clear of its text; ``kind``: that of their block."""

    page: int  # its place in the document, from 0
    text: str
    box: Box
    kind: str


def running_runs(pages: Sequence[Page]) -> dict[int, list[EdgeRun]]:
    """The parts of running lines, by the places of their pages, from 0."""
    edges = [edge for place, page in enumerate(pages) if page.source == "text" for edge in _edges(place, page)]
    returning = {id(run) for group in _groups(run for line in chain(*edges) for run in line) if len(group) >= FEW for run in group}
    whole = (edge for edge in edges if all(any(id(run) in returning for run in line) for line in edge))  # a row of a table is not again
    found = defaultdict[int, list[EdgeRun]](list)
    for group in _groups(run for line in chain(*whole) for run in line):
        if len(group) >= max(FEW, USUAL * len(pages)) and _is_running(group):
            for run in group:
                found[run.page].append(run)
    return dict(found)


def in_tables(running: dict[int, list[EdgeRun]]) -> dict[int, list[Box]]:
    """Where running lines were read as rows of tables, by the places of their pages, from 0."""
    boxes = {place: [run.box for run in runs if run.kind == "table"] for place, runs in running.items()}
    return {place: found for place, found in boxes.items() if found}


def returned_twice(running: dict[int, list[EdgeRun]]) -> list[str]:
    """The running lines for which two pages speak and no more, as the first of them has them."""
    found = defaultdict[str, list[str]](list)
    for run in chain(*running.values()):
        found[_NUMBER.sub("#", run.text)].append(run.text)
    return [texts[0] for texts in found.values() if len(texts) == FEW]


def mark(page: Page, runs: Sequence[EdgeRun]) -> None:
    """Make headers and footers of the blocks that hold running lines and nothing else."""
    for block in page.blocks:
        held = [run.text for run in runs if block.box and lies_in(run.box, block.box)]
        if block.kind in ("paragraph", "heading", "list") and _letters(" ".join(held)) == _letters(block.text):
            block.kind, block.level = edge_of(block.box, page.height), None


def _letters(text: str) -> int:
    return len("".join(text.split()))


def margin_of(page: Page) -> float:
    """How far from the top and the bottom of a page its running lines are at most."""
    return MARGIN * max(page.width, page.height)


def edge_of(box: Box | None, height: float) -> BlockKind:
    """Whether a running line is a header or a footer of its page."""
    return "header" if box and box[1] < height / 2 else "footer"


def lies_in(box: Box, outer: Box) -> bool:
    """Whether the middle of a box lies in another."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _is_running(group: Sequence[EdgeRun]) -> bool:
    """Whether what returns is a running line: outside of tables somewhere, no unit, no year over rows, no title or sentence of two."""
    titled = len(group) == FEW and (any(run.kind == "heading" for run in group) or _is_sentence(group[0].text))
    year = group[0].text.isdigit() and group[0].text == group[1].text
    return any(run.kind != "table" for run in group) and not (titled or year or is_note(group[0].text))


def _is_sentence(text: str) -> bool:
    return _SENTENCE_END.search(text) is not None and len(_WORD.findall(text)) >= FEWEST_WORDS


def _groups(runs: Iterable[EdgeRun]) -> Iterator[list[EdgeRun]]:
    """Runs of the same words at the same place, one a page."""
    by_words = defaultdict[str, list[EdgeRun]](list)
    for run in runs:
        by_words[_NUMBER.sub("#", run.text)].append(run)
    for left in by_words.values():
        while left:
            group = [left[0], *(run for run in left[1:] if _returns(run, left[0]))]
            taken = set(map(id, group))
            left = [run for run in left if id(run) not in taken]
            yield group


def _returns(one: EdgeRun, other: EdgeRun) -> bool:
    """Whether two runs stand at one place of two pages; numbers are the same, or differ as the pages do."""
    (a0, top, a1, _), (b0, other_top, b1, _) = one.box, other.box
    sideways = min(abs(a0 - b0), abs(a1 - b1), abs(a0 + a1 - b0 - b1) / 2)
    if one.page == other.page or max(sideways, abs(top - other_top)) > SAME_PLACE:
        return False
    pairs = zip(_NUMBER.findall(one.text), _NUMBER.findall(other.text), strict=True)
    return all(a == b or int(a) - int(b) == one.page - other.page for a, b in pairs)


def _edges(place: int, page: Page) -> Iterator[list[list[EdgeRun]]]:
    """The lines at the top of a page, and those at its bottom, in their parts."""
    above = [(word.box[1], word.box[3], word) for word in page.words]
    below = [(page.height - word.box[3], page.height - word.box[1], word) for word in page.words]
    for words in (above, below):
        yield [[_edge_run(place, page, run) for run in _parted(line)] for line in _edge_lines(words, margin_of(page))]


def _edge_run(place: int, page: Page, words: _Line) -> EdgeRun:
    box = (words[0].box[0], min(word.box[1] for word in words), words[-1].box[2], max(word.box[3] for word in words))
    kind = next((block.kind for block in page.blocks if block.box and lies_in(box, block.box)), "")
    return EdgeRun(place, " ".join(word.text for word in words), box, kind)


def _edge_lines(words: Sequence[tuple[float, float, Word]], reach: float) -> list[_Line]:
    """The lines at an edge, up to the first wide gap, of words that lie from here to there off it; none where the text goes on."""
    lines = list[_Line]()
    start = end = 0.0
    for near, far, word in sorted((one for one in words if one[0] < 2 * reach), key=lambda one: one[0]):
        if lines and near < end:
            lines[-1].append(word)
            end = max(end, far)
            continue
        if lines and near - end >= CLEAR * (end - start):
            return lines
        if near > reach:
            return []
        lines.append([word])
        start, end = near, far
    return lines


def _parted(line: _Line) -> Iterator[_Line]:
    """The words of a line, parted where a wide gap is."""
    run: _Line = []
    for word in sorted(line, key=lambda word: word.box[0]):
        if run and word.box[0] - run[-1].box[2] > _APART * word.size:
            yield run
            run = []
        run.append(word)
    if run:
        yield run
