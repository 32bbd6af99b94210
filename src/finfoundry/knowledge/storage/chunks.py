"""Documents cut into passages: small enough for a prompt, never across a page, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from typing import Literal

from finfoundry.core.document import Block, Box, Chunk, ChunkPlace, Document, Locator, Page, around
from finfoundry.core.language import goes_on, is_question

TEXT_WEIGHT = 900  # about 150 English words or 350 Chinese characters: what an embedder of 512 tokens reads in full
TABLE_WEIGHT = 1300
LIGHT = 250  # a passage of less says little by itself
CHINESE_WEIGHT = 2.5  # a Chinese character carries as much as this many Latin letters
FURNITURE = ("header", "footer")
TITLE_PART = " / "  # between the lines of a table's title

# Where an article of a law, a rule or a contract begins, with the number that it is cited by.
_ARTICLE = re.compile(
    r"(?m)^[\s\u3000]*(第[〇零一二三四五六七八九十百千\d]+条|(?:Article|Section|Rule)\s+\d+[\d.A-Za-z-]*|§\s*\d+[\d.a-z-]*)(?=[\s\u3000.:：、])"
)
_SENTENCE = re.compile(r"[^.!?。！？；;\n]*(?:[.!?]+(?=\s|$)|[。！？；;]+|\n|$)\s*|.", re.DOTALL)
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")


@dataclass(slots=True)
class _Piece:
    """Text with its place, before pieces are joined into passages."""

    text: str
    section: tuple[str, ...]
    box: Box | None
    locator: Locator | None
    kind: Literal["text", "table"]
    starts: bool = False  # a heading, a question or the beginning of an article: it joins nothing before it
    article: str = ""  # that it is part of
    leads: Literal["heading", "question", ""] = ""  # what it ends with, where that leads to what follows
    asks: bool = False  # it has a question, which it answers
    places: tuple[ChunkPlace, ...] = ()  # of its parts

    def __post_init__(self) -> None:
        self.places = self.places or (ChunkPlace(0, self.box, self.locator),)


def chunk(document: Document) -> list[Chunk]:
    """The passages of a document in reading order. Headers and footers of pages are left out."""
    chunks: list[Chunk] = []
    for page in document.pages:
        for piece in _joined(_unbroken(_pieces(page))):
            place = piece.box, piece.locator
            chunks.append(Chunk(len(chunks), page.number, piece.text, piece.section, *place, piece.kind, piece.places))
    return chunks


def weight(text: str) -> float:
    """Length in Latin letters, Chinese characters counted by what they carry."""
    chinese = 0 if text.isascii() else len(_CHINESE.findall(text))
    return len(text) + chinese * (CHINESE_WEIGHT - 1)


def _pieces(page: Page) -> Iterator[_Piece]:
    article = ""
    for number, block in enumerate(page.blocks):
        if block.kind in FURNITURE or not block.text.strip():
            continue
        if block.kind == "table":
            for text, rows in _table_texts(block):
                places = _table_places(block, text, rows, page.blocks[:number][::-1])
                yield _Piece(text, block.section, block.box, block.locator, "table", article=article, places=places)
            continue
        for text in _articles(block.text):
            found = _ARTICLE.match(text)
            article = found[1] if found else "" if block.kind == "heading" else article
            for place, part in enumerate(_sentences(text)):
                leads = _leads(block, part)
                starts = bool(leads) or (place == 0 and (found is not None or is_question(part.partition("\n")[0])))
                yield _Piece(part, block.section, block.box, block.locator, "text", starts, article, leads, leads == "question")


def _leads(block: Block, text: str) -> Literal["heading", "question", ""]:
    return "question" if is_question(text) else "heading" if block.kind == "heading" else ""


def _articles(text: str) -> Iterator[str]:
    """A block's text, cut where articles begin."""
    cuts = [0, *(match.start() for match in _ARTICLE.finditer(text) if match.start()), len(text)]
    return (text[a:b] for a, b in pairwise(cuts) if text[a:b].strip())


def _unbroken(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """The pieces, those joined that a page broke within a sentence, where a passage has room for both."""
    before: _Piece | None = None
    for piece in pieces:
        if before and _breaks_off(before, piece) and weight(before.text) + weight(piece.text) <= TEXT_WEIGHT:
            before = _join(before, piece)
            continue
        if before:
            yield before
        before = piece
    if before:
        yield before


def _breaks_off(a: _Piece, b: _Piece) -> bool:
    if "table" in (a.kind, b.kind) or b.starts or a.leads or a.section != b.section or a.text in b.text:
        return False
    return goes_on(a.text.rpartition("\n")[2].strip(), b.text.lstrip())


def _joined(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """Join neighbours of one section until a passage is full. A heading or a short line goes with what follows it, a table
    too, and a question with its answer; the last of a page goes with the passage before it. An article that is too long for one passage
    has its number on each.
    """
    done: _Piece | None = None
    open_piece: _Piece | None = None
    for piece in pieces:
        if open_piece and _belong_together(open_piece, piece):
            open_piece = _join(open_piece, piece)
            continue
        if done:
            yield done
        if piece.article and not piece.starts and piece.kind == "text":
            piece.text = f"{piece.article}\n{piece.text}"
            piece.places = _moved(piece.places, len(piece.article) + 1)
        done, open_piece = open_piece, piece
    answered = done is not None and open_piece is not None and done.asks and open_piece.starts
    if done and open_piece and weight(open_piece.text) < LIGHT and open_piece.kind == "text" and not answered:
        open_piece, done = _join(done, open_piece), None
    if done:
        yield done
    if open_piece:
        yield open_piece


def _belong_together(a: _Piece, b: _Piece) -> bool:
    if a.kind == "table":
        return False
    room = TEXT_WEIGHT if b.kind == "text" else TABLE_WEIGHT + LIGHT
    if a.asks and not a.leads and b.starts:
        return False
    if "question" in (a.leads, b.leads):
        return a.leads != "" and weight(a.text) + weight(b.text) <= room
    related = (weight(a.text) < LIGHT and not (a.article and a.section != b.section)) or (
        b.kind == "text" and a.section == b.section and not b.starts
    )
    return related and weight(a.text) + weight(b.text) <= room


def _join(a: _Piece, b: _Piece) -> _Piece:
    """Both texts (a caption that the table repeats, once); kind and section of the heavier, a table always."""
    text = b.text if a.text in b.text else f"{a.text}\n{b.text}"
    places = b.places if a.text in b.text else (*a.places, *_moved(b.places, len(a.text) + 1))
    main = a if a.kind == "table" or (b.kind == "text" and weight(a.text) > weight(b.text)) else b
    place = around(a.box, b.box), a.locator or b.locator
    return _Piece(text, main.section, *place, main.kind, a.starts, b.article, b.leads, a.asks or b.asks, places)


def _moved(places: Iterable[ChunkPlace], by: int) -> tuple[ChunkPlace, ...]:
    return tuple(replace(place, start=place.start + by) for place in places)


def _sentences(text: str) -> Iterator[str]:
    """A paragraph, in runs of whole sentences where it is too long."""
    if weight(text) <= TEXT_WEIGHT:
        yield text.strip()
        return
    run = ""
    for sentence in (part for match in _SENTENCE.finditer(text) for part in _parts(match.group(), TEXT_WEIGHT)):
        if run.strip() and weight(run) + weight(sentence) > TEXT_WEIGHT:
            yield run.strip()
            run = ""
        run += sentence
    if run.strip():
        yield run.strip()


def _table_texts(block: Block) -> Iterator[tuple[str, list[int]]]:
    """A table in runs of rows, each with the title, the note on units and the header rows in front; with the numbers of the rows behind
    these.
    """
    lines = [" | ".join(cell.strip() for cell in line.split("\t") if cell.strip()) for line in block.text.split("\n")]
    header_rows = {cell.row for cell in block.cells if cell.header and cell.column > 0}
    heads = [line for row, line in enumerate(lines) if row in header_rows and line]
    body = [(row, line) for row, line in enumerate(lines) if row not in header_rows and line]
    front = "\n".join(line[:400] for line in (block.title, block.note, *heads[:4]) if line)
    if not body:
        yield front or block.text.strip(), []
        return
    room = max(TABLE_WEIGHT - weight(front), TABLE_WEIGHT / 2)
    run: list[str] = []
    rows: list[int] = []
    used = 0.0
    for row, line in ((row, part) for row, whole in body for part in _parts(whole, room)):
        if run and used + weight(line) > room:
            yield "\n".join([front, *run] if front else run), rows
            run, rows, used = [], [], 0.0
        run.append(line)
        rows.append(row)
        used += weight(line)
    yield "\n".join([front, *run] if front else run), rows


def _table_places(block: Block, text: str, rows: Sequence[int], above: Sequence[Block]) -> tuple[ChunkPlace, ...]:
    """The places of the lines before a table that a passage of it begins with, of the table, and of each of the rows that its last lines
    are; ``above``: the blocks before it on its page, the nearest first.
    """
    lines = text.split("\n")
    head = lines[: len(lines) - len(rows)]
    places = list(_front_places(block, head, above))
    start = sum(len(line) + 1 for line in head)
    for row, line in zip(rows, lines[len(head) :], strict=True):
        boxes = [cell.box for cell in block.cells if cell.row == row and cell.row_span == 1]
        locator = {**block.locator, "row": str(row + 1)} if block.locator else None
        places.append(ChunkPlace(start, reduce(around, boxes, None) or block.box, locator))
        start += len(line) + 1
    return tuple(places)


def _front_places(block: Block, head: Sequence[str], above: Sequence[Block]) -> Iterator[ChunkPlace]:
    """The places of the lines in front of the rows: of each part of title and note the paragraph that it was taken from, and behind these
    the table.
    """
    start = 0
    for line in head[: sum(map(bool, (block.title, block.note)))]:
        parts = [line] if any(line in other.text for other in above) else line.split(TITLE_PART)
        for part in parts:
            source = next((other for other in above if part in other.text and other.kind != "table"), block)
            yield ChunkPlace(start, source.box, source.locator)
            start += len(part) + len(TITLE_PART)
        start += 1 - len(TITLE_PART)
    if not start or len(head) > sum(map(bool, (block.title, block.note))):
        yield ChunkPlace(start, block.box, block.locator)


def _parts(text: str, room: float) -> Iterator[str]:
    """A sentence or row that alone is too long, cut."""
    step = int(room / CHINESE_WEIGHT) if weight(text) > room else len(text)
    for start in range(0, len(text), max(step, 1)):
        yield text[start : start + step]
