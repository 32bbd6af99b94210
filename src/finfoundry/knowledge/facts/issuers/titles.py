"""Laws, rules and notices: documents without a reporting company. Their title says what they are about; no passage of theirs repeats it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from finfoundry.core.document import Document

FIRST_BLOCKS, FIRST_LINES = 14, 20
LEAST_ARTICLES = 3
LEAST_TITLE, LONGEST_TITLE = 4, 60

_NUMBER = re.compile(r"[令告发函]\s*[〔\[（(【]\s*(?:19|20)\d\d\s*[〕\]）)】]\s*第?\s*\d+\s*号")  # 银发〔2015〕199号
_ARTICLE = re.compile(r"(?m)^[\s\u3000]*第[〇零一二三四五六七八九十百千\d]+条[\s\u3000]")
_TITLE = re.compile(
    r"《?([\u4e00-\u9fffA-Za-z（）()、“”—\-·]{2,60}(?:办法|规定|条例|细则|法|规程|指引|规则|准则|制度|方案|决定|规范)(?:[（(][^（）()]{1,12}[)）])*)》?"
)
_ABOUT = re.compile(r"(?:[\u4e00-\u9fff]{2,40})?关于.{3,100}?的(?!有关)[\u4e00-\u9fff]{0,4}(?:通知|公告|意见|决定|批复|函|规定|通报)")
_BRACKETED = re.compile(rf"《([^《》]{{{LEAST_TITLE},{LONGEST_TITLE}}})》")
_FIRST_ARTICLE = ("第一条", "第一章", "目录")  # before which a rule's own title stands
_SPACES = re.compile(r"[\s\u3000\xa0]+")


def rule_title(document: Document) -> str | None:
    """The title of a Chinese law, rule or notice; None for a document of another kind."""
    lines = list(_first_lines(document))
    if not _is_rule(document, lines):
        return None
    own = (found[1] for line in lines if not _ARTICLE.match(line + " ") and (found := _TITLE.fullmatch(line)))
    about = (found[0] for line in lines if (found := _ABOUT.search(line)))
    return next(own, None) or next(about, None) or _promulgated(document, lines) or next(iter(lines), None)


def _promulgated(document: Document, lines: list[str]) -> str | None:
    """The title in brackets that stands again before the first article: an order of which the first line says who gives it, and no more."""
    text = _SPACES.sub("", "".join(block.text for page in document.pages[:3] for block in page.blocks))
    named = (title for line in lines for title in _BRACKETED.findall(line))
    return next((title for title in named if any(f"{title}{first}" in text for first in _FIRST_ARTICLE)), None)


def first_line(document: Document) -> str | None:
    """The first line that is neither a letter nor a paragraph."""
    blocks = (block for page in document.pages[:2] for block in page.blocks if block.kind in ("heading", "paragraph"))
    lines = (" ".join(line.split()) for block in blocks for line in block.text.split("\n"))
    return next((line for line in lines if LEAST_TITLE <= len(line) <= LONGEST_TITLE), None)


def _is_rule(document: Document, lines: list[str]) -> bool:
    articles = sum(len(_ARTICLE.findall(block.text + " ")) for page in document.pages[:3] for block in page.blocks)
    return any(_NUMBER.search(line) for line in lines) or articles >= LEAST_ARTICLES or any(_ABOUT.match(line) for line in lines[:3])


def _first_lines(document: Document) -> Iterator[str]:
    blocks = [block for page in document.pages[:2] for block in page.blocks][:FIRST_BLOCKS]
    found = (_SPACES.sub("", line) for block in blocks for line in block.text.split("\n"))
    return (line for _, line in zip(range(FIRST_LINES), (line for line in found if line), strict=False))
