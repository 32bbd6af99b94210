"""The words around a table that give it meaning: its title, and the line that states unit, scale or currency."""

from __future__ import annotations

import re
from collections.abc import Sequence

from finfoundry.core.document import Cell

_NOTE = re.compile(
    r"(?:\b(?:amounts?|dollars?|figures?|expressed|stated|shown|presented|reported|US\$|\$|USD|RMB|EUR|€|£)\b[^.;]{0,40}?\b)?\bin\s+"
    r"(?:(?:U\.?S\.?|Canadian|Australian|Hong Kong)\s+)?(?:thousands|millions|billions|(?:thousands|millions|billions)?\s*(?:of\s+)?"
    r"(?:[A-Z][\w.]*\s+)*(?:dollars|euros?|RMB|yuan|pounds|yen|francs))\b"
    r"|[（(]\s*(?:[$€£¥]|US\$|RMB|USD|EUR|GBP)?\s*(?:'?000s?|000,?000s?|m|mn|bn|thousands|millions|billions|unaudited|audited)\s*[)）]"
    r"|\b(?:[$€£¥]|US\$|RMB)\s?(?:'000|000|m(?:illion)?s?|thousands|millions|billions)\b"
    r"|\b(?:thousands|millions|billions)\s+of\s+(?:[A-Z][\w.]*\s+)*(?:dollars|euros?|RMB|yuan|pounds|yen)"
    r"|(?:金额)?单位\s*[:：]|币种\s*[:：]|[（(](?:人民币|港币|美元)?(?:百万|千万|万|千|亿)?元[)）]|人民币(?:百万|千|万|亿)?元",
    re.IGNORECASE,
)
_HINTS = (
    "thousand", "illion", "000", "audited", "dollars", "euro", "rmb", "yuan", "pounds", "yen", "francs", "m)", "mn)", "bn)",
    "$m", "€m", "£m", "元", "单位", "币种",
)  # fmt: skip
_CHOICE = re.compile(r"^[□√☑☐✓\s]*(?:适用|不适用|是|否)[□√☑☐✓\s]")  # "□适用 √不适用"
_NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[)）]|\d{1,2}[、.．]|note\s+\d+|item\s+\d+)", re.IGNORECASE
)
_CAPTION = re.compile(r"^(?:table|exhibit|figure|chart|appendix)\s+[A-Z]?[-\d.]+\S*|^[表图]\s*\d+", re.IGNORECASE)


def is_note(text: str) -> bool:
    """Whether a short line mainly states unit, scale or currency."""
    return len(text) <= 160 and _hinted(text) and bool(_NOTE.search(text))


def _hinted(text: str) -> bool:
    """Whether the text holds one of the words without which it cannot state a unit; far cheaper than the pattern."""
    low = text.lower()
    return any(hint in low for hint in _HINTS)


def is_caption(text: str) -> bool:
    """Whether a line begins as captions do: "Table 3", "Exhibit 2.2", "表 5"."""
    return bool(_CAPTION.match(text))


def note_in(text: str) -> str | None:
    """The sentence or parenthesis in a longer text that states the unit."""
    found = _NOTE.search(text) if _hinted(text) else None
    if not found:
        return None
    for opening, closing in ("()", "（）"):
        start, end = text.rfind(opening, 0, found.end()), text.find(closing, found.start())
        if 0 <= start < end and found.start() >= start and end - start < 160:
            return text[start : end + 1]
    start = max(text.rfind(mark, 0, found.start()) for mark in ".。;；\n") + 1
    end = min((at for mark in (". ", "。", ";", "；", "\n") if (at := text.find(mark, found.end())) >= 0), default=len(text))
    return text[start:end].strip()[:160]


def note_of(above: Sequence[str], cells: Sequence[Cell]) -> str | None:
    """The unit line of a table: nearest line above first, then its header and first labels."""
    for text in reversed(above):
        if len(text) <= 400 and (note := note_in(text)):
            return text if is_note(text) and len(text) <= 80 else note
    top = min((cell.row for cell in cells), default=0)
    for cell in cells:
        if (cell.header or cell.row <= top + 1) and (note := note_in(cell.text)):
            return note
    return None


def title_of(above: Sequence[str]) -> str | None:
    """The caption: up to three short lines directly above, or the sentence that announces the table."""
    lines: list[str] = []
    for text in reversed(above):
        if (is_note(text) and len(text) <= 80) or _CHOICE.match(text):
            continue
        if text.count("：") + text.count(": ") > 1:  # a line of names or signatures
            break
        if len(text) > 120:
            if not lines and text.rstrip().endswith((":", "：")):
                lines.append(re.split(r"(?<=[.。])\s*", text.rstrip())[-1][-200:])
            break
        lines.append(text)
        if len(lines) == 3 or _NUMBERED.match(text) or is_caption(text):
            break
    return " / ".join(reversed(lines)) or None
