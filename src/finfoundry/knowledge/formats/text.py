"""Markdown, plain text, and JSON lines of page blocks (``{"page", "type", "inside"}``).

The last is what PDF-to-text exports of Chinese annual reports use.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any

from finfoundry.core.document import Block, Cell, Document, Page
from finfoundry.knowledge.bounds import check, most
from finfoundry.knowledge.formats.encoding import decode
from finfoundry.knowledge.formats.outline import Outline

HEADING = re.compile(r"^(#{1,6})\s+[^\n]*$")
RULE = re.compile(r"^\s*+(?:\|\s*+)?:?-{2,}+:?\s*+(?:\|\s*+:?-{2,}+:?\s*+)*+\|?\s*+$")
LIST = re.compile(r"^\s*([-*+•]|\d+[.)、])\s+")
BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
CHAPTER = re.compile(r"^(第[一二三四五六七八九十百零〇\d]+([章节编篇])|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）)")
CHAPTER_LEVELS = {"编": 1, "篇": 1, "章": 2, "节": 3}


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
            yield table_block([split_row(line) for index, (_, line) in enumerate(run) if index != 1], outline.path, locator)
        elif level := heading_level(content, markdown):
            title = content.lstrip("#").strip() if markdown else content
            yield Block("heading", title, section=outline.enter(level, title), level=level, locator=locator)
        else:
            yield Block("list" if LIST.match(first) else "paragraph", content, section=outline.path, locator=locator)


def paragraphs(lines: Iterable[tuple[int, str]], spaced: bool, markdown: bool) -> Iterator[list[tuple[int, str]]]:
    """Numbered lines by paragraph: a heading is one alone, a blank line ends one; unless ``spaced``, each line outside a table is one."""
    run: list[tuple[int, str]] = []
    for item in lines:
        alone = heading_level(item[1].strip(), markdown) is not None
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


def heading_level(line: str, markdown: bool) -> int | None:
    """The level of a heading in Markdown ("## …" → 2) or of a numbered Chinese one ("第一章 …"); None for any other line."""
    if markdown and (match := HEADING.match(line)):
        return len(match[1])
    if len(line) <= 40 and (match := CHAPTER.match(line)) and not line.endswith(("。", "；", "，", "：")):
        return CHAPTER_LEVELS.get(match[2] or "", 4 if line.startswith("（") else 3)
    return None


def split_row(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def table_block(rows: list[list[str]], section: tuple[str, ...], locator: dict[str, str]) -> Block:
    cells = [Cell(r, c, text, header=r == 0, locator=locator) for r, row in enumerate(rows) for c, text in enumerate(row) if text]
    text = "\n".join("\t".join(row) for row in rows)
    return Block("table", text, cells=cells, section=section, title=section[-1] if section else None, locator=locator)


def page_lines(text: str) -> list[dict[str, Any]] | None:
    """The lines of an export as objects, or None when the text is something else."""
    if not text.startswith('{"page"'):
        return None
    lines = []
    for line in text.splitlines():
        try:
            item = json.loads(line)
        except json.JSONDecodeError:
            return None
        if not isinstance(item, dict) or not {"page", "type", "inside"} <= item.keys():
            return None
        lines.append(item)
    return lines


def exported_pages(lines: list[dict[str, Any]]) -> list[Page]:
    outline, pages = Outline(), []
    for number, group in groupby(lines, key=lambda item: int(item["page"])):
        blocks = list(exported_blocks(list(group), outline))
        pages.append(Page(number, 0.0, 0.0, blocks, source="flow" if blocks else "empty"))
    return pages


def exported_blocks(items: list[dict[str, Any]], outline: Outline) -> Iterator[Block]:
    """The blocks of one page of a PDF exported as JSON lines: rows of type "excel" in a run are a table, each other line is a block."""
    for kind, run in groupby((item for item in items if str(item["inside"]).strip()), key=lambda item: item["type"]):
        group = list(run)
        locator = {"line": str(group[0].get("allrow", 0))}
        if kind == "excel":
            yield table_block([exported_row(item["inside"]) for item in group], outline.path, locator)
            continue
        for item in group:
            text, locator = str(item["inside"]).strip(), {"line": str(item.get("allrow", 0))}
            level = heading_level(text, markdown=False) if kind == "text" else None
            section = outline.enter(level, text) if level else outline.path
            name = "header" if kind == "页眉" else "footer" if kind == "页脚" else "heading" if level else "paragraph"
            yield Block(name, text, section=section, level=level, locator=locator)  # type: ignore[arg-type]


def exported_row(text: str) -> list[str]:
    """A row is printed as a Python list of strings."""
    try:
        row = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return [text]
    return [str(cell).strip() for cell in row] if isinstance(row, list) else [text]
