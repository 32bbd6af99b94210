"""Papers that count years by the Republic, as Taiwan's do: the part of the year that they report on, from their titles and columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from finfoundry.core.document import Document
from finfoundry.core.fiscal import CALENDAR_YEAR, Period, is_month_end
from finfoundry.core.periods import find_periods

_YEAR = re.compile(
    r"民国\s*[\d〇零○一二三四五六七八九]{2,3}\s*年|(?<!\d)1[01]\d\s*(?:年\s*\d{1,2}\s*月|\.[01]\d\.[0-3]\d)|一[〇零○一二][〇零○一二三四五六七八九]年[一二三四五六七八九十]"
)
_TITLE = re.compile(r"^\s*(?:民国\s*)?(?P<year>[\d〇零○一二三四五六七八九]{3})\s*[年及、](?!.*(?:起|以后|[。，,；]))")
_KINDS = {3: "quarterly report", 6: "half-year report", 9: "quarterly report", 12: "annual report"}
_OF_REPORT = re.compile("合并(?:公司|财务报告|资产负债表|综合损益表|现金流量表)|本集团|关系人")
_DAY = re.compile(r"(?<!\d)1[0-2]\d年(?:\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月?至\d{1,2}月)")
_COMMON_DAY = re.compile(r"(?<!\d)20\d\d(?:年|[-/.]\d{1,2}[-/.]\d{1,2})")
_IN_DOLLARS = re.compile("以新台币元|单位[:：]新台币元")
LONGEST = 60  # characters of a line or cell that names periods and nothing else
FIRST = 8  # rows of a table that may be its header
LEAST = 2  # years by the Republic


def counts_by_republic(document: Document) -> bool:
    """Whether a paper in Chinese dates by years of the Republic."""
    found = 0
    for block in (block for page in document.pages for block in page.blocks):
        found += len(_YEAR.findall(block.text))
        if found >= LEAST:
            return True
    return False


def is_report(document: Document) -> bool:
    """Whether a paper is a consolidated financial report of an issuer in Taiwan, or pages of one: over its tables stand more days in years
    of the Republic than of the common era, and no line says that amounts are in dollars.
    """
    texts = ["".join(block.text.split()) for page in document.pages for block in page.blocks]
    heads = ["".join(text.split()) for text in _heads(document)]
    ours, common = (sum(bool(dated.search(text)) for text in heads) for dated in (_DAY, _COMMON_DAY))
    return ours > common and any(_OF_REPORT.search(text) for text in texts) and not any(_IN_DOLLARS.search(text) for text in texts)


def _heads(document: Document) -> Iterator[str]:
    """The first rows of the tables, and short lines."""
    for block in (block for page in document.pages for block in page.blocks):
        if block.kind == "table":
            yield from (cell.text for cell in block.cells if cell.row < FIRST)
        elif len(block.text) <= LONGEST:
            yield block.text


def reported(document: Document) -> tuple[str, Period] | None:
    """The kind of report and the part of the year up to its last day; None where neither a title nor a column names one."""
    ends = Counter(end for title in _titles(document) for end in _latest(title))
    if not ends:
        ends = Counter(end for text in _columns(document) for end in _ends(text))
    often = [end for end, count in ends.items() if 2 * count >= max(ends.values())]
    if not often:
        return None
    end = max(often)
    return _KINDS[end.month], CALENDAR_YEAR.part(end.year, end.month, end.month) if end.month < 12 else CALENDAR_YEAR.of(end.year)


def _titles(document: Document) -> Iterator[re.Match[str]]:
    """Lines of a paper's first page that are a period: "民国112年及111年1月1日至9月30日"; a title may have got into a table below it."""
    for block in (block for page in document.pages[:1] for block in page.blocks):
        texts = [cell.text for cell in block.cells if cell.row < FIRST and cell.column_span > 1] if block.kind == "table" else [block.text]
        yield from (found for text in texts if len(text) <= LONGEST and (found := _TITLE.match(text)))


def _columns(document: Document) -> Iterator[str]:
    for block in (block for page in document.pages for block in page.blocks if block.kind == "table"):
        yield from (cell.text for cell in block.cells if cell.row < FIRST and len(cell.text) <= LONGEST and (cell.header or cell.column))


def _latest(title: re.Match[str]) -> Iterator[date]:
    """The ends of quarters in the first of the years that a title lists: "112及111年1月1日至9月30日"."""
    first = next((item.fiscal_year for item in find_periods(f"{title['year']}年")), None)
    yield from (end.replace(year=max(end.year, first or 0)) for end in _ends(title.string))


def _ends(text: str) -> Iterator[date]:
    """The ends of quarters that a text names; a year alone is none."""
    for item in find_periods(text):
        if item.period and item.kind != "year" and item.period.end.month % 3 == 0 and is_month_end(item.period.end):
            yield item.period.end
