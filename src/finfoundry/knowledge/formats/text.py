"""Markdown and plain text; exports of page blocks are read by ``exported_pages``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from finfoundry.core.document import Block, Document, Page
from finfoundry.knowledge.bounds import check, most
from finfoundry.knowledge.formats.encoding import decode
from finfoundry.knowledge.formats.exported_pages import exported_pages, page_lines
from finfoundry.knowledge.formats.markdown_text import BOLD_LEVEL, BREAK, bold_title, plain
from finfoundry.knowledge.formats.outline import Outline
from finfoundry.knowledge.formats.text_blocks import heading_level, table_block

RULE = re.compile(r"^\s*+(?:\|\s*+)?:?-{2,}+:?\s*+(?:\|\s*+:?-{2,}+:?\s*+)*+\|?\s*+$")
LIST = re.compile(r"^\s*([-*+•]|\d+[.)、])\s+")
BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


def parse_text(data: bytes, name: str) -> Document:
    """Read text. A form feed starts a new page; blocks carry ``{"line": n}`` as locator."""
    text, losses = decode(data, name)
    digest = hashlib.sha256(data).hexdigest()
    if (lines := page_lines(text)) is not None:
        return Document(name, digest, "application/jsonl", len(data), exported_pages(lines), losses=losses)
    markdown = name.lower().endswith((".md", ".markdown")) or bool(re.search(r"^#{1,6} \S", text, re.MULTILINE))
    outline, pages, line = Outline(), [], 1
    check("pages", text.count("\f") + 1)
    left = most("blocks")
    for number, part in enumerate(text.split("\f"), 1):
        blocks = list(islice(read_blocks(part, line, outline, markdown), left + 1))  # a file of too many is refused at the first
        left -= len(blocks)
        check("blocks", most("blocks") - left)
        pages.append(Page(number, 0.0, 0.0, blocks, source="flow" if blocks else "empty"))
        line += part.count("\n")
    return Document(name, digest, "text/markdown" if markdown else "text/plain", len(data), pages, losses=losses)


def read_blocks(text: str, first_line: int, outline: Outline, markdown: bool) -> Iterator[Block]:
    """Paragraphs are separated by blank lines; without any blank line, each line is a paragraph (as Chinese exports have it)."""
    lines = ((first_line + index, line.rstrip()) for index, line in enumerate(text.split("\n")))
    for run in paragraphs(lines, BLANK_LINE.search(text) is not None, markdown):
        number, first = run[0]
        locator = {"line": str(number)}
        content = "\n".join(line for _, line in run).strip()
        if markdown and len(run) >= 2 and RULE.match(run[1][1]) and "|" in first:
            rows = ([plain(cell) for cell in split_row(line)] for index, (_, line) in enumerate(run) if index != 1)
            yield table_block(list(rows), outline.path, locator)
        elif heading := _heading(content, markdown):
            level, title = heading
            yield Block("heading", title, section=outline.enter(level, title), level=level, locator=locator)
        else:
            said = plain(content) if markdown else content
            yield Block("list" if LIST.match(first) else "paragraph", said, section=outline.path, locator=locator)


def _heading(line: str, markdown: bool) -> tuple[int, str] | None:
    """The level and the text of a heading; None for any other line."""
    if level := heading_level(line, markdown):
        return level, plain(line.lstrip("#").strip()) if markdown else line
    title = bold_title(line) if markdown else None
    return (BOLD_LEVEL, title) if title else None


def paragraphs(lines: Iterable[tuple[int, str]], spaced: bool, markdown: bool) -> Iterator[list[tuple[int, str]]]:
    """Numbered lines by paragraph: a heading is one alone, a blank line or one drawn across the page ends one; unless ``spaced``, each
    line outside a table is one.
    """
    run: list[tuple[int, str]] = []
    for number, line in lines:
        item = number, "" if markdown and BREAK.match(line) else line
        alone = _heading(item[1].strip(), markdown) is not None
        if run and (not item[1].strip() or alone or (not spaced and not item[1].lstrip().startswith("|"))):
            yield run
            run = []
        if item[1].strip():
            run.append(item)
        if alone:
            yield run
            run = []
    if run:
        yield run


def split_row(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
