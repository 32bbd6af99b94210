"""Whether a page of HTML ends where its writer ended it. Every parser closes what is open, so that half a page looks like a whole one."""

from __future__ import annotations

import re
from collections import Counter

_MARKUP = re.compile(
    r"<!--|<(?P<end>/?)(?:\w+:)?(?P<name>script|style|table|html|body|p|li|td|tr)(?=[\s/>]|\Z)[^<>]*(?P<alone>(?<=/)>)?", re.IGNORECASE
)
_BROKEN = re.compile(r"</?[A-Za-z][^<>]*\Z")
_ENDS = {name: re.compile(f"</(?:\\w+:)?{name}", re.IGNORECASE) for name in ("script", "style")}
_OMITTED = ("p", "li", "td", "tr")  # whose end tags a writer may leave out, and then leaves out everywhere


def cut_short(data: bytes) -> str:
    """Where a page breaks off, in words: "in the middle of a table"; "" where it is whole. A page without the end tags that need not be
    written is whole, too, if its writer leaves them out throughout.
    """
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", errors="replace")  # markup is ASCII
    opened, closed, last_table, inside = _counted(text)
    if inside or _BROKEN.search(text, max(text.rfind("<"), 0)):
        return "in the middle of its markup"
    if last_table:
        return "in the middle of a table"
    bare = text[-100:].rstrip().lower().endswith("</table>")  # a table that a program exports, with no body around it
    begun = opened["body"] or (opened["html"] and not bare)
    omits = any(opened[name] > 1 for name in _OMITTED) and not any(closed[name] for name in _OMITTED)
    return "before the end of its text" if begun and not (closed["html"] or closed["body"] or omits) else ""


def _counted(text: str) -> tuple[Counter[str], Counter[str], bool, bool]:
    """How many tags open and close, whether the last table is open, and whether the text ends in a comment or a script."""
    opened, closed = Counter[str](), Counter[str]()
    at, last_table = 0, False
    while match := _MARKUP.search(text, at):
        at = match.end()
        name = (match["name"] or "").lower()
        if not name:
            end = text.find("-->", match.start() + 2)
        elif name in {"script", "style"} and not match["end"] and not match["alone"]:
            found = _ENDS[name].search(text, at)
            end = found.start() if found else -1
        else:
            end = at
            if not match["alone"]:
                (closed if match["end"] else opened)[name] += 1
                last_table = last_table if name != "table" else not match["end"]
        if end < 0:
            return opened, closed, last_table, True
        at = max(at, end)
    return opened, closed, last_table, False
