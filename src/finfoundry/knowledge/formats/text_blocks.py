"""Headings and tables of plain texts."""

from __future__ import annotations

import re

from finfoundry.core.document import Block, Cell

HEADING = re.compile(r"^(#{1,6})\s+[^\n]*$")
CHAPTER = re.compile(r"^(第[一二三四五六七八九十百零〇\d]+([章节编篇])|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）)")
CHAPTER_LEVELS = {"编": 1, "篇": 1, "章": 2, "节": 3}


def heading_level(line: str, markdown: bool) -> int | None:
    """The level of a heading in Markdown ("## …" → 2) or of a numbered Chinese one ("第一章 …"); None for any other line."""
    if markdown and (match := HEADING.match(line)):
        return len(match[1])
    if len(line) <= 40 and (match := CHAPTER.match(line)) and not line.endswith(("。", "；", "，", "：")):
        return CHAPTER_LEVELS.get(match[2] or "", 4 if line.startswith("（") else 3)
    return None


def table_block(rows: list[list[str]], section: tuple[str, ...], locator: dict[str, str]) -> Block:
    cells = [
        Cell(r, c, text, header=r == 0, locator={**locator, "cell": f"R{r + 1}C{c + 1}"})
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
        if text
    ]
    text = "\n".join("\t".join(row) for row in rows)
    return Block("table", text, cells=cells, section=section, title=section[-1] if section else None, locator=locator)
