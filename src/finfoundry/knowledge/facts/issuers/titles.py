"""Laws, rules and notices: documents without a reporting company. Their title says what they are about; no passage of theirs repeats it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from finfoundry.core.document import Document

FIRST_BLOCKS, FIRST_LINES = 14, 20
LEAST_ARTICLES = 3
LEAST_TITLE, LONGEST_TITLE = 4, 60
BELOW_FILING = 3  # lines among which a title is, where a number and a day of filing stand above it

_NUMBER = re.compile(r"[令告发函]\s*[〔\[（(【]\s*(?:19|20)\d\d\s*[〕\]）)】]\s*第?\s*\d+\s*号")  # 银发〔2015〕199号
_ARTICLE = re.compile(r"(?m)^[\s\u3000]*第[〇零一二三四五六七八九十百千\d]+条[\s\u3000]")
_TITLE = re.compile(
    r"《?([\u4e00-\u9fffA-Za-z（）()、“”—\-·]{2,60}(?:办法|规定|条例|细则|法|规程|指引|规则|准则|制度|方案|决定|规范)(?:[（(][^（）()]{1,12}[)）])*)》?"
)
_ABOUT = re.compile(
    r"(?<!\d)(?:[\u4e00-\u9fff]{2,40})?关于.{3,100}?的(?!有关)[\u4e00-\u9fff]{0,4}(?:通知|公告|意见|决定|批复|函|规定|通报)"
)
_BRACKETED = re.compile(rf"《([^《》]{{{LEAST_TITLE},{LONGEST_TITLE}}})》")
_BEGINNING = ("第一条", "第二条", "第三条")  # of articles without a space behind their numbers
_FIRST_ARTICLE = ("第一条", "第一章", "目录")  # before which a rule's own title stands
_PART = re.compile(r"第[〇零一二三四五六七八九十百千\d]+[编章节条]")  # 第一章 基本规定 is no title
_CITED = re.compile(r"(?P<issuer>[\u4e00-\u9fff]{4,40}[令告])[〔\[(（【](?P<year>(?:19|20)\d\d)[〕\])）】]第?(?P<number>\d{1,4})号")
_FILED = re.compile(r"[\u3400-\u9fff]{2,6}[:：].*[\d号號日]$")  # 备查日期：113 年 1 月 29 日
_STOPS = ("。", "；", "：", "，")
_SPACES = re.compile(r"[\s\u3000\xa0]+")


def rule_title(document: Document) -> str | None:
    """The title of a Chinese law, rule or notice; None for a document of another kind."""
    return next(iter(rule_titles(document)), None)


def rule_titles(document: Document) -> list[str]:
    """All titles that a Chinese law, rule or notice bears, its own first: an order of two rules bears those of both, a notice its own and
    that of the rule annexed to it. Empty for a document of another kind.
    """
    lines = list(_first_lines(document))
    if not _is_rule(document, lines):
        return []
    own = [match[1] for line in lines if not _PART.match(line) and (match := _TITLE.fullmatch(line))]
    titles = [*own, *_about(lines)] or [_promulgated(document, lines) or _numbered(lines)]
    return list(dict.fromkeys(title for title in titles if title))


def _about(lines: list[str]) -> Iterator[str]:
    """Titles that say what they are about: of a line, or of two of which the first ends without a stop; none that a sentence cites."""
    pairs = (before + line for before, line in pairwise(lines) if not before.endswith(_STOPS))
    for line in (*lines, *pairs):
        found = None if _PART.match(line) else _ABOUT.search(line)
        if (
            found
            and not any(stop in line[: found.end()] for stop in _STOPS)
            and line[: found.start()].count("《") == line[: found.start()].count("》")
        ):
            yield found[0]


def _promulgated(document: Document, lines: list[str]) -> str | None:
    """The title in brackets that an order lays down of which the first line says who gives it, and no more: the one that stands again
    before the first article, else, of an order with articles, the last one above them.
    """
    text = _SPACES.sub("", "".join(block.text for page in document.pages[:3] for block in page.blocks))
    named = [title for line in lines for title in _BRACKETED.findall(line)]
    again = next((title for title in named if any(f"{title}{first}" in text for first in _FIRST_ARTICLE)), None)
    above = _BRACKETED.findall(text[: text.find("第一条")]) if "第一条" in text and "第二条" in text else []
    return again or next(iter(above[::-1]), None)


def _numbered(lines: list[str]) -> str | None:
    """The first line; of an order or a notice without a title with the number by which others cite it."""
    cited = _CITED.match("".join(lines[:3]))
    return f"{cited['issuer']}〔{cited['year']}〕第{cited['number']}号" if cited else next(iter(lines), None)


def first_line(document: Document) -> str | None:
    """The first line that is neither a letter nor a paragraph; a number and a day of filing may stand above it."""
    blocks = (block for page in document.pages[:2] for block in page.blocks if block.kind in ("heading", "paragraph"))
    lines = (" ".join(line.split()) for block in blocks for line in block.text.split("\n"))
    first = list(islice((line for line in lines if LEAST_TITLE <= len(line) <= LONGEST_TITLE), BELOW_FILING))
    return next((line for line in first if not _FILED.match(line)), next(iter(first), None))


def _is_rule(document: Document, lines: list[str]) -> bool:
    text = "\n".join(block.text for page in document.pages[:3] for block in page.blocks)
    if len(_ARTICLE.findall(text + " ")) >= LEAST_ARTICLES or all(f"\n{article}" in text for article in _BEGINNING):
        return True
    numbered = any(_NUMBER.search(line) for line in (*lines, "".join(lines[:3])))
    return numbered or any(_ABOUT.match(line) for line in lines[:3])


def _first_lines(document: Document) -> Iterator[str]:
    blocks = [block for page in document.pages[:2] for block in page.blocks][:FIRST_BLOCKS]
    found = (_SPACES.sub("", line) for block in blocks for line in block.text.split("\n"))
    return (line for _, line in zip(range(FIRST_LINES), (line for line in found if line), strict=False))
