"""Papers that arrive in pieces: pages of a longer paper say at their edge which they are, of how many, and what paper they are of.

"【QZ-TREE】- 11/22", "Harbour Life, terms of contract · Page 3 of 14", "第 5 页，共 24 页 销售日期：…": what stands beside the count is
the same on every page of the paper, and differs from paper to paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from finfoundry.core.document import Document, Excerpt, Page, Word
from finfoundry.core.language import halfwidth, has_han
from finfoundry.core.periods import find_periods

EDGE_LINES = 2  # at the top and at the bottom of a page, in which its count is looked for
CLEAR = 1.5  # times its height: how far the text is from a line at the top of a page that is none of it
LONGEST, SHORTEST = 90, 3  # characters of what stands beside a count; below the least it tells no paper
LEAST_TITLE = {True: 6, False: 12}  # characters of a head that is a title; True: in Chinese
_COUNT = re.compile(
    r"(?<![\d/.])(?:page\s+|p\.\s*|第\s*)?(?P<page>\d{1,4})\s*(?:/|of|页\s*[,，、]?\s*[共/]|[,，]\s*共)\s*(?P<whole>\d{1,4})"
    r"(?:\s*页)?(?![\d/.%])",
    re.IGNORECASE,
)
_MARGINS = " \t·|-–—~()（）【】[]〔〕:：,，"
_LABELLED = re.compile(r"[:：]")


def excerpt_of(document: Document) -> Excerpt | None:
    """Which pages of which paper a document is, by the counts on them; None where one has none, or they do not go on from page to page."""
    counted = [_counted(page) for page in document.pages]
    if not counted or any(one is None for one in counted):
        return None
    found = [one for one in counted if one is not None]
    first = found[0]
    goes_on = all(one == Excerpt(first.head, first.first + place, first.whole) for place, one in enumerate(found))
    return first if goes_on and first.first + len(found) - 1 <= first.whole else None


def title_of(excerpt: Excerpt) -> str | None:
    """The title of the paper, where that is what stands beside the counts: not a code, nor a date."""
    letters = sum(map(str.isalpha, excerpt.head))
    dated = any(found.period for found in find_periods(excerpt.head))
    return None if letters < LEAST_TITLE[has_han(excerpt.head)] or dated or _LABELLED.search(excerpt.head) else excerpt.head


def _counted(page: Page) -> Excerpt | None:
    """The count at the edge of a page, with what stands beside it; where nothing does, with a line at its top that is clear of the text."""
    lines = list(_lines(page.words))
    for line in (*lines[:EDGE_LINES], *lines[EDGE_LINES:][-EDGE_LINES:]):
        text = _text(line)
        match = _COUNT.search(halfwidth(text))
        if match is None or not 1 <= int(match["page"]) <= int(match["whole"]) or int(match["whole"]) < 2:
            continue
        beside = _plain(text[: match.start()] + " " + text[match.end() :])
        head = beside or (_plain(_text(lines[0])) if line is not lines[0] and _clear(lines) else "")
        if SHORTEST <= len(head) <= LONGEST:
            return Excerpt(head, int(match["page"]), int(match["whole"]))
    return None


def _clear(lines: Sequence[Sequence[Word]]) -> bool:
    """Whether the first line of a page stands apart from those below it, or each of the first two from the third."""
    tops, ends = [min(word.box[1] for word in line) for line in lines[:3]], [max(word.box[3] for word in line) for line in lines[:3]]
    return any(below - end > CLEAR * (end - top) for top, end, below in zip(tops, ends, tops[1:], strict=False))


def _plain(text: str) -> str:
    """What a paper is called by beside its counts, without marks around it."""
    return " ".join(text.split()).strip(_MARGINS)


def _lines(words: Sequence[Word]) -> Iterator[list[Word]]:
    """The lines of a page from its top, each from left to right."""
    line: list[Word] = []
    for word in sorted(words, key=lambda word: (word.box[1] + word.box[3]) / 2):
        if line and (word.box[1] + word.box[3]) / 2 > line[0].box[3]:
            yield sorted(line, key=lambda word: word.box[0])
            line = []
        line.append(word)
    if line:
        yield sorted(line, key=lambda word: word.box[0])


def _text(line: Sequence[Word]) -> str:
    return " ".join(word.text for word in line)
