"""The text of Markdown as a reader of the rendered page sees it: without the marks of emphasis, links, code and escapes. What is marked
over more than 400 characters stays as it is written, so that no line takes long.
"""

from __future__ import annotations

import re

LONGEST_TITLE = 200  # characters of a bold line that stands for a heading
BOLD_LEVEL = 7  # of such a line: below every heading that is written as one

BREAK = re.compile(r"^\s{0,3}([-*_])(?:\s*\1){2,}\s*$")  # a line drawn across the page, or around the front matter
_CODE = re.compile(r"(`+)\s?(.{1,400}?)\s?\1")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)|<((?:https?://|mailto:)[^<>\s]+)>")
_BOLD = re.compile(
    r"(?<![\\*])(\*{2,3})(?=[^\s*])(.{1,400}?)(?<=[^\s*\\])\1(?!\*)|(?<![\\\w])(_{2,3})(?=[^\s_])(.{1,400}?)(?<=[^\s_\\])\3(?!\w)"
)
_SLANTED = re.compile(
    r"(?<![\\*\w])\*(?=[^\s*])([^*]{1,400}?)(?<=[^\s*\\])\*(?![*\w])|(?<![\\\w])_(?=[^\s_])(.{1,400}?)(?<=[^\s_\\])_(?!\w)"
)
_STRUCK = re.compile(r"~~(?=\S)(.{1,400}?)(?<=\S)~~")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
_WHOLE_BOLD = re.compile(r"^(\*\*|__)(?=\S)((?:(?!\1).)+)(?<=\S)\1$")


def plain(text: str) -> str:
    """A paragraph or a cell without its marks; what stands in code stays as it is."""
    parts, end = list[str](), 0
    for code in _CODE.finditer(text):
        parts += [_unmarked(text[end : code.start()]), code[2]]
        end = code.end()
    return "".join([*parts, _unmarked(text[end:])])


def _unmarked(text: str) -> str:
    text = _LINK.sub(lambda link: link[1] or link[2] or "", text)
    text = _BOLD.sub(lambda bold: bold[2] or bold[4], text)
    text = _SLANTED.sub(lambda slanted: slanted[1] or slanted[2], text)
    return _ESCAPED.sub(r"\1", _STRUCK.sub("", text))


def bold_title(line: str) -> str | None:
    """The text of a line that is bold from end to end and no sentence: it heads what follows. None for any other."""
    found = _WHOLE_BOLD.match(line.strip())
    title = plain(found[2]).strip() if found else ""
    return title if 0 < len(title) <= LONGEST_TITLE and not title.endswith((".", ";", ",", "。", "；", "，")) else None
