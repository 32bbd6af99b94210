"""The words around a table that give it meaning: its title, and the line that states unit, scale or currency."""

from __future__ import annotations

import re
from collections.abc import Sequence

from finfoundry.core.document import Cell
from finfoundry.core.quantities.unit_lines import read_unit_line

_OTHER_NOTE = re.compile(r"[（(]\s*(?:un)?audited\s*[)）]|单位\s*[:：]|單位\s*[:：]|币种\s*[:：]|幣別\s*[:：]", re.IGNORECASE)
_PIECE = re.compile(r"[（(][^()（）]{1,160}[)）]|(?:[^.。;；\n(（]|\.(?!\s)|(?<=\b[A-Z])\.)+")  # a bracket, or a sentence up to one
_CHOICE = re.compile(r"^[□√☑☐✓\s]*(?:适用|不适用|是|否)[□√☑☐✓\s]")  # "□适用 √不适用"
_NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[)）]|\d{1,2}[、.．]|note\s+\d+|item\s+\d+)", re.IGNORECASE
)
_CAPTION = re.compile(r"^(?:table|exhibit|figure|chart|appendix)\s+[A-Z]?[-\d.]+\S*|^[表图]\s*\d+", re.IGNORECASE)


def is_note(text: str) -> bool:
    """Whether a short line mainly states unit, scale or currency."""
    return len(text) <= 160 and _states(text)


def _states(text: str) -> bool:
    """Whether a text states a scale, one that is not understood included, or whether it is audited."""
    line = read_unit_line(text)
    return line.scale is not None or line.unread is not None or _OTHER_NOTE.search(text) is not None


def is_caption(text: str) -> bool:
    """Whether a line begins as captions do: "Table 3", "Exhibit 2.2", "表 5"."""
    return bool(_CAPTION.match(text))


def note_in(text: str) -> str | None:
    """The sentence or parenthesis in a longer text that states the unit."""
    pieces = [match[0].strip() for match in _PIECE.finditer(text)]
    return next((piece[:160] for piece in pieces if _states(piece)), None)


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
