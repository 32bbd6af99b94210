"""Words that figures are nothing without: labels that no block holds, labels and figures parted at the end of a page, joined headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from string import ascii_lowercase

from finfoundry.core.document import Block, Box, Cell, Document, Page, Word
from finfoundry.knowledge.balance.cell_forms import has_letters
from finfoundry.knowledge.balance.digit_runs import has_digits
from finfoundry.knowledge.balance.pieces import Printed

MOST_TOLD = 5  # words of one page, pieces of a file
_LATIN = re.compile(r"[\x00-\x7f]+")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_NEAR = 2.0  # points
_FEWEST = 2  # letters of a label
_PARTED = "page {}: its last label has no figures, which may be those of page {}: {!r}"
_ORDINAL_ENDS = ("st", "nd", "rd", "th")  # raised behind a number
FEWEST_BEGUN = 4  # words of a label that is so long that it was broken
_FULL = 0.9  # of the longest label of its column
_ENDS = (":", "：", "-", "–")


def label_losses(printed: Printed, document: Document) -> Iterator[str]:
    """What is to be told of labels, each in one line."""
    if printed.counted_from == "words":
        held = {page.number: page for page in document.pages}
        for number, words in printed.words.items():
            if (page := held.get(number)) is None or any(block.kind == "table" for block in page.blocks):
                yield from _dropped_words(number, words, page)
    elif printed.counted_from == "text":
        yield from _dropped_pieces(printed, document)
    yield from _parted_labels(document.pages)
    yield from _joined_headings(document.pages)


# ---- dropped


def _dropped_words(number: int, words: Sequence[Word], page: Page | None) -> Iterator[str]:
    """That words of a page with tables stand in no block: what was dropped may have been a label."""
    blocks = page.blocks if page else []
    texts = [block.text for block in blocks if block.kind != "table"] + [cell.text for block in blocks for cell in block.cells]
    if not _lacks_letters("".join(texts), "".join([word.text for word in words])):
        return
    holders = [(block.box, _letters(block.text)) for block in blocks if block.kind != "table"]
    holders += [(cell.box, _letters(cell.text)) for block in blocks for cell in block.cells]
    labels = [word for word in words if len(_letters(word.text)) >= _FEWEST and word.text not in _ORDINAL_ENDS]
    dropped = [word.text for word in labels if not _is_held(word, holders)]
    if dropped:
        told = " ".join(dropped[: 2 * MOST_TOLD]) + (" …" if len(dropped) > 2 * MOST_TOLD else "")
        yield f"page {number}: {len(dropped)} words stand in no block: {told!r}"


def _lacks_letters(held: str, printed: str) -> bool:
    """Whether a letter is printed oftener than it is held. Latin ones are counted one by one, which is fastest; others only where either
    text has any.
    """
    low, other = printed.lower(), held.lower()
    if any(low.count(letter) > other.count(letter) for letter in ascii_lowercase):
        return True
    if printed.isascii():
        return False
    missing = Counter(_LATIN.sub("", printed))
    missing.subtract(Counter(_LATIN.sub("", held)))
    return any(count > 0 and sign.isalpha() for sign, count in missing.items())


def _is_held(word: Word, holders: Sequence[tuple[Box | None, str]]) -> bool:
    text = _letters(word.text)
    return any(text in letters and _stands_in(word.box, box) for box, letters in holders)


def _stands_in(box: Box, outer: Box | None) -> bool:
    if outer is None:
        return True
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outer[0] - _NEAR <= x <= outer[2] + _NEAR and outer[1] - _NEAR <= y <= outer[3] + _NEAR


def _dropped_pieces(printed: Printed, document: Document) -> Iterator[str]:
    """That text of a file stands in no block."""
    blocks = [block for page in document.pages for block in page.blocks]
    texts = [block.text for block in blocks if not block.cells] + [cell.text for block in blocks for cell in block.cells]
    if not _lacks_letters("".join(texts), "".join([piece.text for piece in printed.pieces if not piece.running])):
        return
    held = Counter(map(_letters, texts))
    whole = "\n".join(held)
    dropped = []
    for piece in printed.pieces:
        text = _letters(piece.text)
        if piece.running or len(text) < _FEWEST:
            continue
        if held[text] > 0:
            held[text] -= 1
        elif text in held or text not in whole:
            dropped.append(piece)
    for piece in dropped[:MOST_TOLD]:
        place = " ".join(f"{key} {value}" for key, value in (piece.locator or {}).items())
        yield f"words that stand in no block ({place or 'without a place'}): {piece.text[:120]!r}"
    if len(dropped) > MOST_TOLD:
        yield f"{len(dropped) - MOST_TOLD} further pieces of text stand in no block"


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text)


# ---- parted and joined


def _parted_labels(pages: Sequence[Page]) -> Iterator[str]:
    """That a table ends on a label without figures, where it goes on over the page: the figures on the next page are told without it."""
    for page, following in pairwise(pages):
        last, first = _edge_table(page, last=True), _edge_table(following, last=False)
        if first is not None and (line := _line_of_a_label(page, first)):
            yield _PARTED.format(page.number, following.number, line[:80])
        if last is None or first is None or not first.continued:
            continue
        row = max(cell.row for cell in last.cells)
        cells = [cell for cell in last.cells if cell.row == row]
        if len(cells) != 1 or cells[0].column > 0 or not has_letters(cells[0].text) or has_digits(cells[0].text):
            continue
        if cells[0].text.rstrip().endswith(_ENDS) or not _opens_with_a_rest(
            first, fills=_fills_its_column(last, cells[0]), begun=_may_go_on(last, cells[0])
        ):
            continue
        yield _PARTED.format(page.number, following.number, cells[0].text[:80])


def _line_of_a_label(page: Page, first: Block) -> str | None:
    """The line that stands right below the last table of a page, left of its figures and as long as its labels, where the next page goes on
    with figures of as many columns: it may be the beginning of their label. None without one.
    """
    body = [block for block in page.blocks if block.kind not in ("header", "footer")]
    if len(body) < 2 or body[-1].kind != "paragraph" or body[-2].kind != "table" or not _opens_with_figures(first):
        return None
    table, line = body[-2:]
    labels = [cell for cell in table.cells if cell.column == 0 and cell.box and not cell.header]
    figures = [cell.box[0] for cell in table.cells if cell.column > 0 and cell.box and not cell.header]
    if not labels or not figures or not line.box or not table.box or "\n" in line.text or line.text.rstrip().endswith((*_ENDS, ".", "。")):
        return None
    height = min(cell.box[3] - cell.box[1] for cell in labels if cell.box)
    near = 0 <= line.box[1] - table.box[3] < height and line.box[2] < min(figures)
    long = len(line.text) >= _FULL * max(len(cell.text) for cell in labels)
    alike = {cell.column for cell in table.cells} == {cell.column for cell in first.cells}
    words = has_letters(line.text) and not has_digits(line.text) and len(line.text.split()) >= FEWEST_BEGUN
    return line.text if near and long and alike and words else None


def _opens_with_figures(block: Block) -> bool:
    """Whether the first row of a table has a label and figures, and no heading stands over it."""
    cells = sorted((cell for cell in block.cells if cell.row == min(cell.row for cell in block.cells)), key=lambda cell: cell.column)
    return has_letters(cells[0].text) and any(has_digits(cell.text) for cell in cells[1:])


def _edge_table(page: Page, *, last: bool) -> Block | None:
    body = [block for block in page.blocks if block.kind not in ("header", "footer")]
    block = (body[-1] if last else body[0]) if body else None
    return block if block is not None and block.kind == "table" and block.cells else None


def _may_go_on(block: Block, label: Cell) -> bool:
    """Whether the last label of a table may be the beginning of one: it has several words, and no row above is a heading."""
    rows = Counter(cell.row for cell in block.cells if not cell.header)
    headings = (cell for cell in block.cells if not cell.header and cell.column == 0 and rows[cell.row] == 1 and cell.row != max(rows))
    return len(label.text.split()) >= FEWEST_BEGUN and next(headings, None) is None


def _fills_its_column(block: Block, label: Cell) -> bool:
    """Whether a label is as long as the longest of its column: one that goes on does not end before the line does."""
    return len(label.text) >= _FULL * max(len(cell.text) for cell in block.cells if cell.column == label.column)


def _opens_with_a_rest(block: Block, *, fills: bool, begun: bool) -> bool:
    """Whether the first row of a table below its headings has figures, and no label, or one that may be the end of one. ``begun``: that
    the label before it may go on in one that begins with a capital.
    """
    rows = sorted({cell.row for cell in block.cells if not cell.header})
    cells = sorted((cell for cell in block.cells if rows and cell.row == rows[0]), key=lambda cell: cell.column)
    if not cells or not any(has_digits(cell.text) for cell in cells):
        return False
    label = cells[0].text
    return (has_digits(label) and not has_letters(label)) or (fills and (begun or not label[:1].isupper()))


def _joined_headings(pages: Sequence[Page]) -> Iterator[str]:
    """That a heading of a table is two headings of the table before, which it goes on: columns between them are blank there."""
    before: Block | None = None
    for page in pages:
        for block in (block for block in page.blocks if block.kind == "table" and block.cells):
            if before is not None:
                for joined in _joins(_headings(before), _headings(block)):
                    yield f"page {page.number}: the heading {joined!r} is two headings of the table before: columns may be joined"
            before = block


def _headings(block: Block) -> list[str]:
    """The texts of the first row that has several, from left to right."""
    rows = sorted({cell.row for cell in block.cells})[:3]
    for row in rows:
        cells: list[Cell] = sorted((cell for cell in block.cells if cell.row == row), key=lambda cell: cell.column)
        texts = [" ".join(cell.text.split()) for cell in cells]
        if len(texts) > 1 and not any(has_digits(text) for text in texts):
            return texts
    return []


def _joins(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """The headings below that are two neighbours above, where another heading is the same in both."""
    if not set(above) & set(below):
        return []
    pairs = {join for one, other in pairwise(above) for join in (f"{one} {other}", one + other)} - set(above)
    return [text for text in below if text in pairs]
