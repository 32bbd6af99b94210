"""Figures of sentences whose wording a regulator prescribes. Annual reports on the Shanghai exchange state customers, suppliers,
dividends and, of banks, employees in running text (CSRC, Contents and Formats of Disclosure No. 2, and the exchange's template); those
of Shenzhen in tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from finfoundry.core.document import Block, Document, Fact
from finfoundry.core.periods import Period
from finfoundry.knowledge.facts.periods.period_resolution import Calendar

_UNITS = {"亿元": Decimal(10**8), "万元": Decimal(10**4), "元": Decimal(1)}
_AMOUNT = r"(?:合计)?(?:为|约)?(?P<amount>\d[\d,]*(?:\.\d+)?)(?P<scale>亿元|万元|元)"
_SHARE = r"[,，]?占(?:公司)?(?:本?年度|本期|当期|全年)?{whole}总额(?:的)?(?:比例|比重)?(?:为|约)?(?P<share>\d+(?:\.\d+)?)[%％]"
_LARGEST = (
    (re.compile(rf"前五[名大]客户(?:合计)?销售(?:金)?额{_AMOUNT}{_SHARE.format(whole='销售')}"), "前五名客户销售额", "销售"),
    (re.compile(rf"前五[名大]供应商(?:合计)?采购(?:金)?额{_AMOUNT}{_SHARE.format(whole='采购')}"), "前五名供应商采购额", "采购"),
)
_DIVIDEND = re.compile(r"每(?:10|十)股(?:派发|派送|派|分配|发放)(?:现金)?(?:红利|股利)?(?:人民币)?(?P<amount>\d+(?:\.\d+)?)元")
DIVIDEND = "每10股派息数（元）（含税）"  # as the table of other reports calls it
_EMPLOYEES = re.compile(
    r"截[至止](?:本?报告期末|(?P<year>(?:19|20)\d\d)年(?:末|12月31日))[,，]?(?:本行|本集团|集团|本公司|公司)共?有"
    r"(?:正式|在册|在岗|在职)?(?:员工|职工)(?:总数)?(?P<amount>\d[\d,]*)[人名]"
)
_FIRST_PAGES = 5  # of a report: what the board proposes for its own year is on them


def prescribed(document: Document, calendar: Calendar, language: str) -> Iterator[Fact]:
    """The facts of such sentences, in reading order; nothing for a document that is no Chinese annual report with a period."""
    if language != "zh" or calendar.report is None or calendar.report.months != 12:
        return
    proposed = False
    for page in document.pages:
        for block in page.blocks:
            if block.kind == "table":
                continue
            text = re.sub(r"\s", "", block.text)
            for pattern, name, whole in _LARGEST:
                for match in pattern.finditer(text):
                    yield from _of_the_largest(match, name, whole, page.number, block, calendar)
            employees = _EMPLOYEES.search(text)
            if employees is not None and employees["year"] in (None, str(calendar.report.end.year)):
                yield _headcount(employees["amount"], page.number, block, calendar.report.closing)
            dividend = _DIVIDEND.search(text) if page.number <= _FIRST_PAGES and not proposed else None
            if dividend is not None:
                proposed = True
                yield _fact(DIVIDEND, dividend["amount"], Decimal(1), "CNY", page.number, block, calendar)


def _of_the_largest(match: re.Match[str], name: str, whole: str, page: int, block: Block, calendar: Calendar) -> Iterator[Fact]:
    yield _fact(name, match["amount"], _UNITS[match["scale"]], "CNY", page, block, calendar)
    yield _fact(f"{name}占年度{whole}总额比例", match["share"], Decimal("0.01"), "ratio", page, block, calendar)


def _fact(name: str, printed: str, scale: Decimal, unit: str, page: int, block: Block, calendar: Calendar) -> Fact:
    period = calendar.report.iso if calendar.report else ""
    value, text = Decimal(printed.replace(",", "")) * scale, f"{printed}%" if unit == "ratio" else printed
    digits = len(printed.partition(".")[2])
    return Fact((name,), value, unit, period, text, page, scale=scale, precision=digits, box=block.box, locator=block.locator)


def _headcount(printed: str, page: int, block: Block, day: Period) -> Fact:
    value = Decimal(printed.replace(",", ""))
    return Fact(("员工人数",), value, "count", day.iso, printed, page, concept="EmployeesNumber", box=block.box, locator=block.locator)
