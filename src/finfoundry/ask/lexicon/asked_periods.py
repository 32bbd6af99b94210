"""Periods as questions write them: all that documents write, and what only people who ask do.

"2023 third quarter", "the June 2023 quarter", 23Q3, 2019净息差, 112上半年 name one in a way that no statement prints. A question also names
a stretch and its year apart from each other: "second-quarter revenue of Example Corp in 2023", 111年和112年第三季.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from finfoundry.core.fiscal import CALENDAR_YEAR, FiscalYear, Period, month_end, span
from finfoundry.core.language import simplified
from finfoundry.core.period_patterns import COUNT, FISCAL, MONTH, MONTHS, NUMBER_BEGINS, ROC, YEAR, flags
from finfoundry.core.periods import FoundPeriod, Kind

# Words behind which 20年 is how long something lasts, not the year 2020.
_LASTING = ("成立", "上市", "期限", "寿命", "工龄", "为期", "租期", "长达", "超过", "不足", "连续", "最长", "经营", "服务", "从业", "存续")
NO_SPAN = "".join(f"(?<!{word})" for word in _LASTING)
_ORDER = r"first|second|third|fourth|1st|2nd|3rd|4th"
_HALF = r"first|second|1st|2nd"
_TWO_YEAR = r"(?:['’]|(?<!,)(?<!, ))(?:1[5-9]|2\d)(?!\d)"
_SHORT = r"(?:1[5-9]|2\d)"
# The last part of a year is that of a year named right beside it; by itself it is the latest, and a comma begins something else.
_LAST = (
    r"\b(?<!next to )(?<!second to )(?<!third to )(?<!next-to-)(?<!second-to-)(?<!third-to-)(?<!second )(?<!third )(?<!second-)(?<!third-)"
    r"(?:last|final|closing)[\s-](?:fiscal\s+)?"
)
_NOT_LAST = "(?<!last )(?<!final )(?<!closing )(?<!past )(?<!latest )(?<!recent )"
_LAST_ZH = "(?:最[后末][一1]?个?|末(?=季(?!度)))(?P<n>季(?!节)|半年)度?"  # 2023年末季度平均 is of the year's end
_ITS_YEAR = (
    rf"\s+(?:(?:of|in|for)\s+)?(?:the\s+)?(?:calendar\s+|year\s+)*(?:(?P<f>{FISCAL})\s*)?(?P<y>{YEAR}|['’]{_SHORT}|(?(f){_SHORT}|(?!)))"
    rf"(?!\d|[-/.,]\d|\s*年|['’]?s?\s+(?:{_ORDER}|half|quarter|[QH][1-4])\b)"
)
_NO_TERM = rf"(?<![\d.,近过满第约共期每前为、和])(?<!年限){NO_SPAN}"
_YEAR_ENDS = "年(?![期级以内来后前限制龄一工])"  # two years' loans, years at school, once in so many years
_JOINED, _YEARS_TOLD = "[、和与及跟]", f"(?:这|那)?[两二三四几]个?{_YEAR_ENDS}"  # 19、20、21这三年
_BEHIND_A_YEAR = "|".join(
    rf"(?<=(?<![\d./-])(?<!\d,)(?:19|20)\d\d{word})" for word in ("[、和与及跟对比较]", "年[和与及跟对比较]", "对比", "相[比对]")
)
_KINDS: dict[int, Kind] = {3: "quarter", 6: "half", 12: "year"}
_HAN = "[\u3400-\u9fff]"
_COUNTED = "[年万亿元股人名家个户笔项条号只间座位件吨台套米次倍千百]"  # what is counted by the number before it


def as_people_ask(text: str, found: Sequence[FoundPeriod], calendar: FiscalYear | None) -> list[FoundPeriod]:
    """Those ``found`` in a question and those that only questions write, left to right, without overlaps; a stretch that stands apart has
    the years beside it.
    """
    plain = simplified(text)
    kept: list[FoundPeriod] = []
    for one in sorted([*found, *_of_questions(plain, calendar)], key=lambda one: one.start - one.end):
        if not any(one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    wider = [_widened(plain, one, calendar) for one in sorted(kept, key=lambda one: one.start)]
    return [replace(one, text=text[one.start : one.end]) for one in _with_stretch(plain, wider, calendar)]


# --- what only questions write --------------------------------------------------------------------------------------------------


def _year(word: str) -> int:
    number = int(word.strip("'’"))
    return number + ROC if 99 < number < 1000 else number + 2000 if number < 100 else number


def _count(word: str) -> int:
    return int(word) if word.isdigit() else 1 if word == "首" else COUNT[word.lower()]


def _stretch(match: re.Match[str], year: int, through: int, months: int, calendar: FiscalYear | None) -> FoundPeriod:
    """``months`` months that end ``through`` months into a fiscal year, as the text of a match names them."""
    known = calendar or (CALENDAR_YEAR if re.search(_HAN, match[0]) else None)
    quarter = through // 3 if months == 3 else None
    whole = known.part(year, through, months) if known else None
    return FoundPeriod(match[0], match.start(), match.end(), whole, year, quarter, _KINDS.get(months, "range"), None, False)


def _quarter(match: re.Match[str], calendar: FiscalYear | None) -> FoundPeriod:
    return _stretch(match, _year(match["y"]), _count(match["q"]) * 3, 3, calendar)


def _half(match: re.Match[str], calendar: FiscalYear | None) -> FoundPeriod:
    second = match["h"] in ("2", "下") or match["h"].lower() in ("second", "2nd")
    return _stretch(match, _year(match["y"]), 12 if second else 6, 6, calendar)


def _months(match: re.Match[str], calendar: FiscalYear | None) -> FoundPeriod:
    months = _count(match["n"]) * (3 if re.search("季|quarter", match[0], re.IGNORECASE) else 1)
    return _stretch(match, _year(match["y"]), months, months, calendar)


def _last(match: re.Match[str], calendar: FiscalYear | None) -> FoundPeriod:
    word = match["n"].lower()
    months = {"quarter": 3, "季": 3, "half": 6, "半年": 6}.get(word) or _count(word) * (3 if "quarters" in match[0].lower() else 1)
    return _stretch(match, _year(match["y"]), 12, months, calendar)


def _to_month(match: re.Match[str], calendar: FiscalYear | None) -> FoundPeriod:
    end = month_end(_year(match["y"]), MONTHS.index(match["m"][:3].lower()) + 1)
    year = (calendar or CALENDAR_YEAR).year_of(end)
    return FoundPeriod(match[0], match.start(), match.end(), span(end, 3), year, None, "range", None, False)


def _close_of_month(match: re.Match[str], _: FiscalYear | None) -> FoundPeriod:
    month = _month_zh(match["m"]) if re.match(_HAN, match["m"]) else MONTHS.index(match["m"][:3].lower()) + 1
    day = month_end(_year(match["y"]), month)
    return FoundPeriod(match[0], match.start(), match.end(), Period(day), None, None, "date", None, True)


def _middle_of_year(match: re.Match[str], _: FiscalYear | None) -> FoundPeriod:
    return FoundPeriod(match[0], match.start(), match.end(), Period(month_end(_year(match["y"]), 6)), None, None, "date", None, True)


def _since_new_year(match: re.Match[str], calendar: FiscalYear | None) -> FoundPeriod | None:
    month = int(match["m"]) if match["m"].isdigit() else _month_zh(match["m"])
    return _stretch(match, _year(match["y"]), month, month, calendar) if 1 <= month <= 12 else None


def _month_zh(word: str) -> int:
    tens, ten, ones = word.partition("十")
    return (10 if ten else 0) + (COUNT[ones] if ones else 0) if ten else COUNT[tens]


def _whole(match: re.Match[str], calendar: FiscalYear | None) -> FoundPeriod:
    return replace(_stretch(match, _year(match["y"]), 12, 12, calendar), instant=None)


def _day(match: re.Match[str], _: FiscalYear | None) -> FoundPeriod | None:
    try:
        day = month_end(_year(match["y"]), min(max(int(match["m"]), 1), 12)).replace(day=int(match["d"]))
    except ValueError:
        return None
    return FoundPeriod(match[0], match.start(), match.end(), Period(day), None, None, "date", None, True)


_Read = Callable[[re.Match[str], FiscalYear | None], FoundPeriod | None]
_ASKED: tuple[tuple[re.Pattern[str], _Read], ...] = (
    (flags(rf"(?P<q>{_ORDER})[\s-]quarter[\s,]*(?:of\s+)?(?:the\s+)?(?:{FISCAL}\s*)?(?P<y>{YEAR}|{_TWO_YEAR})(?!\d)"), _quarter),
    (flags(rf"(?:{FISCAL}\s*)?(?P<y>{YEAR})(?:['’]s)?[\s-]+(?P<q>{_ORDER})[\s-](?:fiscal\s+)?quarter"), _quarter),
    (flags(rf"\bQ(?P<q>[1-4])\s*/\s*(?P<y>{YEAR})(?!\d)"), _quarter),
    (flags(rf"{NUMBER_BEGINS}(?P<y>{YEAR}|[12]\d)\s*年?\s*(?:第\s*)?(?P<q>[一二三四1-4首])\s*季度?"), _quarter),
    (flags(rf"{_LAST}(?P<n>quarter|half|(?:two|three|2|3)(?=\s+quarters)|(?:three|six|nine|3|6|9)(?=[\s-]month))"
           rf"(?:\s+quarters|[\s-]months?|(?<=half)[\s-]year)?{_ITS_YEAR}"), _last),
    (flags(rf"(?:{FISCAL}\s*)?(?P<y>{YEAR})(?:['’]s)?\s+{_LAST}(?P<n>quarter|half)\b"), _last),
    (flags(rf"(?:民国\s*)?{NUMBER_BEGINS}(?P<y>{YEAR}|1[0-4]\d(?=\s*年))\s*(?:年度?|财年|会计年度)?的?\s*{_LAST_ZH}"), _last),
    (flags(rf"(?<![\d.,近过满第约共期每前为]){NO_SPAN}(?P<y>{_SHORT})\s*年度?的?\s*{_LAST_ZH}"), _last),
    (flags(rf"{NUMBER_BEGINS}(?P<y>{YEAR}|[12]\d|1[0-4]\d)\s*年?\s*Q(?P<q>[1-4])(?!\d)"), _quarter),
    (flags(rf"(?P<h>{_HALF})[\s-]half[\s,]*(?:of\s+)?(?:the\s+)?(?:{FISCAL}\s*)?(?P<y>{YEAR}|{_TWO_YEAR})(?!\d)"), _half),
    (flags(rf"{NUMBER_BEGINS}(?P<y>{YEAR}|1[0-4]\d|[12]\d)\s*年?\s*(?P<h>[上下])半年"), _half),
    (flags(rf"{NUMBER_BEGINS}(?P<y>1[0-4]\d)\s*年?\s*H(?P<h>[12])(?!\d)"), _half),
    (flags(rf"{NUMBER_BEGINS}(?P<h>[12])H(?P<y>1[0-4]\d)(?!\d)"), _half),
    (flags(rf"{NUMBER_BEGINS}(?P<y>{YEAR}|1[0-4]\d|[12]\d)\s*年?\s*[前首](?P<n>[二三23])\s*个?季度?"), _months),
    (flags(rf"{NUMBER_BEGINS}(?P<y>{YEAR}|1[0-4]\d|[12]\d)\s*年?\s*[前首头](?P<n>[三六九369])\s*个月"), _months),
    (flags(rf"first\s+(?P<n>two|three|2|3)\s+quarters\s+(?:of\s+)?(?:{FISCAL}\s*)?(?P<y>{YEAR})(?!\d)"), _months),
    (flags(rf"{_NOT_LAST}(?P<n>three|six|nine|3|6|9)[\s-]months?\s+(?:of\s+)?(?:{FISCAL}\s*)?(?P<y>{YEAR})(?!\d)"), _months),
    (flags(rf"\b(?:end[\s-]+(?:of\s+)?|close\s+of\s+)(?P<m>{MONTH})\s*,?\s*(?P<y>{YEAR})(?!\d)"), _close_of_month),
    (re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d|1[0-4]\d)\s*年\s*(?P<m>[一二三四五六七八九十]{1,2})月[底末]"), _close_of_month),
    (flags(rf"\b(?:mid-?(?:year\s+)?|(?:the\s+)?middle\s+of\s+)(?P<y>{YEAR})(?!\d)"), _middle_of_year),
    (flags(rf"(?<!\d)(?P<y>{YEAR}|1[0-4]\d)\s*年初\s*[到至]\s*(?P<m>1?\d|[一二三四五六七八九十]{{1,2}})月[底末份]?"), _since_new_year),
    (flags(rf"(?<![-–])(?<![-–] )(?<!to )\b(?P<m>{MONTH})\s*,?\s*(?P<y>{YEAR})\s+quarter\b"), _to_month),
    (flags(rf"\b(?P<m>{MONTH})\s+quarter\s*,?\s*(?:of\s+)?(?P<y>{YEAR})(?!\d)"), _to_month),
    (flags(rf"\b{FISCAL}\s*['’]?(?P<y>{_TWO_YEAR})(?!\s*(?:days|weeks|months|years))"), _whole),
    (flags(rf"\b(?:end|year-end)-(?P<y>{YEAR})(?!\d)"), _whole),
    (flags(r"(?<=in )['’](?P<y>1[5-9]|2\d)(?!\d)"), _whole),
    (flags(rf"(?<![\d./-])(?<!\d,)(?P<y>{YEAR})(?={_HAN})(?!\s*{_COUNTED})(?:全年|财年|会计年度)?"), _whole),
    (flags(rf"(?<![\d.,近过满第约共期]){NO_SPAN}(?P<y>1[5-9]|2\d)年度?(?!来|内|以|期|后|前|可)"), _whole),
    (flags(rf"(?<![\d./-])(?<!\d,)(?P<y>{YEAR}|1[0-4]\d)(?=[、和与及跟]\s*(?:{YEAR}|1[0-4]\d)(?:年|[、和与及跟两三]))"), _whole),
    (flags(rf"(?:{_BEHIND_A_YEAR})(?P<y>{YEAR})(?![\d/%％-]|[.,]\d|\s*(?:{_COUNTED}|[A-Za-z]))"), _whole),
    (flags(rf"{_NO_TERM}(?P<y>{_SHORT})(?=(?:{_JOINED}{_SHORT})+(?:{_YEAR_ENDS}|{_YEARS_TOLD}))"), _whole),
    (flags(rf"(?<={_SHORT}{_JOINED})(?P<y>{_SHORT})(?={_JOINED}{_SHORT}|{_YEARS_TOLD})"), _whole),
    (flags(rf"(?<![\d./-])(?<!\d,)(?P<y>{YEAR})(?=-{YEAR}(?![\d/-]))"), _whole),
    (flags(rf"(?<=(?<![\d./-])(?<!\d,){YEAR}-)(?P<y>{YEAR})(?![\d/-])"), _whole),
    (flags(r"(?<![\d./])(?P<y>1[0-4]\d)(?P<s>[/.])(?P<m>[01]?\d)(?P=s)(?P<d>[0-3]?\d)(?![\d./])"), _day),
)  # fmt: skip


def _of_questions(text: str, calendar: FiscalYear | None) -> Iterator[FoundPeriod]:
    """The longest at each place, the first of the patterns first."""
    taken: list[tuple[int, int]] = []
    for pattern, read in _ASKED:
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(start < last and first < end for first, last in taken) and (found := read(match, calendar)) is not None:
                taken.append((start, end))
                yield found


# --- words beside a period ------------------------------------------------------------------------------------------------------

_END_ZH = re.compile(r"季?[底末](?:时)?")
_ALONE = re.compile(r"\s*[（(]?(?:单季度?|当季|本身|alone\b|only\b|stand-?alone\b|by itself\b|on its own\b)[）)]?", re.I)
_SINCE_ZH = re.compile(r"\s*累计")
_SINCE = re.compile(r"\s*(?:year[\s-]to[\s-]date|YTD|cumulative(?:ly)?)\b", re.I)


def _widened(text: str, one: FoundPeriod, calendar: FiscalYear | None) -> FoundPeriod:
    """A stretch with what is said behind it: its end (季底), that it stands for itself (单季), or that it is all since the year began."""
    if one.kind not in ("quarter", "half", "range") or one.fiscal_year is None:
        return one
    if ends := _END_ZH.match(text, one.end):
        return replace(one, end=ends.end())
    if alone := _ALONE.match(text, one.end):
        return replace(one, end=alone.end())
    if since := _SINCE_ZH.match(text, one.end) or _SINCE.match(text, one.end):
        known = calendar or CALENDAR_YEAR
        through = one.quarter * 3 if one.kind == "quarter" and one.quarter else 0
        whole = replace(one, end=since.end())
        if not 3 < through < 12:
            return whole
        return replace(whole, period=known.part(one.fiscal_year, through, through), kind=_KINDS.get(through, "range"), quarter=None)
    return one


# --- a stretch and its year apart -----------------------------------------------------------------------------------------------

_STRETCH = flags(
    rf"\b(?:(?P<q>{_ORDER})[\s-]quarter(?:ly)?|Q(?P<q2>[1-4])|(?P<q3>[1-4])Q|(?P<h>{_HALF})[\s-]half|H(?P<h2>[12])|(?P<h3>[12])H"
    rf"|{_NOT_LAST}(?:first[\s-]+)?(?P<m>three|six|nine|3|6|9)[\s-]months?|(?P<m2>[369])M)(?![\w-])"
    rf"|(?<!倒数)第(?P<q4>[一二三四1-4])季度?|(?<!最[后末])(?<!倒数第)(?<!倒数)(?P<q5>[一二三四])季度|(?P<h4>[上下])半年度?|(?P<q6>首)季度?|前(?P<m3>[二三23])个?季度?|[前头首](?P<m4>[九六三])个月|(?<!\d)1\s*[-至到~]\s*(?P<m5>[369])\s*月(?!\d)"
    r"|(?<![\d今去明前后本当每全多半历近周一二三四五六七八九十])(?P<h5>年中)(?!国)"  # not 2019年中国平安, 一年中
)
_LAST_APART = flags(rf"{_LAST}(?P<last>quarter|half)\b(?!\s+(?:century|of\s+an?\b))|最[后末][一1]?个?(?P<last_zh>季)度?")
# What stands between "the last quarter" and a year that is not its own: then it is the latest one.
_PARTS_LAST = flags(r"[,，、;；?？]|\b(?:and|or|compar\w*|to|from|with|than|that|last|since)\b|[和与及跟比较]")
_JOINS = flags(
    r"\s*(?:and|&|,|、|/|vs\.?|versus|against|over|with|than|from|to|compared\s+(?:with|to)|和|与|及|以及|跟|同|对|比|较|至|到)"
    r"\s*(?:(?:in|the|(?:that|those)\s+of)\s+)*"
)
_PARTED = flags(
    r"[;；。?？]|[,，]\s*(?:given|because|while|but|though|although|since|as|even|而|但|因|由于|虽)|\b(?:exceed\w*|than|that\s+of|against|versus|vs|compared|given|because|while)\b"
    r"|比|较|超过|高于|低于|多于|少于"
)
_WHOLE_YEAR = flags(r"\b(?:full|whole|entire)[\s-]+(?:fiscal[\s-]+)?year\b|\bas\s+a\s+whole\b|全年")
_YEARLY = flags(r"\b(?:annual(?:ly)?|yearly|year[\s-]+end|per\s+(?:year|annum))\b|年度|年末|年底|每年")
_BARE = flags(rf"(?:{YEAR}|1[0-4]\d)年?|['’]?\d\d年?")


def stretches_in(text: str) -> list[re.Match[str]]:
    """The parts of a year that a text names, with their year or without."""
    return list(_STRETCH.finditer(text))


def stretches(text: str) -> list[tuple[int, int]]:
    """Where a text names a part of a year, or a whole one, without saying which year: 第三季度, 上半年, "full year"."""
    return [match.span() for pattern in (_STRETCH, _WHOLE_YEAR) for match in pattern.finditer(text)]


def of_whole_years(text: str) -> bool:
    """Whether a text is about whole years or their ends, whichever: "annual", "full year", 年末."""
    return any(pattern.search(text) for pattern in (_WHOLE_YEAR, _YEARLY))


def _with_stretch(text: str, found: Sequence[FoundPeriod], calendar: FiscalYear | None) -> list[FoundPeriod]:
    """The periods, where the only stretch that the question names stands apart from its years as that stretch of each of them."""
    apart = [one for one in _STRETCH.finditer(text) if not any(one.start() < old.end and old.start < one.end() for old in found)]
    named = [one for one in found if one.offset is None]
    apart = apart or [one for one in _LAST_APART.finditer(text) if any(_is_its_last(text, one, year) for year in named)]
    tied = not _WHOLE_YEAR.search(text) and any(_are_tied(text, one, year) for one in apart for year in named)
    if tied and len({part_of_a_year(one) for one in apart}) == 1 and all(_is_year(one) for one in named):
        through, months = part_of_a_year(apart[0])
        made = [_part_of(one, through, months, calendar) if one.offset is None else one for one in found]
        places = [replace(made[0], start=one.start(), end=one.end(), text=one[0]) for one in apart]
        return sorted([*made, *places], key=lambda one: one.start)
    return _shared(text, found, calendar)


def _are_tied(text: str, stretch: re.Match[str], year: FoundPeriod) -> bool:
    """Whether a stretch is one of that year: neither another clause nor a comparison stands between them."""
    between = text[stretch.end() : year.start] if stretch.end() <= year.start else text[year.end : stretch.start()]
    return _PARTED.search(between) is None


def _is_its_last(text: str, stretch: re.Match[str], year: FoundPeriod) -> bool:
    """Whether the last part that a text names is that year's: "last-quarter revenue in 2023", not what is compared with it."""
    between = text[stretch.end() : year.start] if stretch.end() <= year.start else text[year.end : stretch.start()]
    return _is_year(year) and not (stretch.start() < year.end and year.start < stretch.end()) and _PARTS_LAST.search(between) is None


def _shared(text: str, found: Sequence[FoundPeriod], calendar: FiscalYear | None) -> list[FoundPeriod]:
    """The periods, with a bare year that is joined to a stretch as that stretch of it: 111年和112年第三季, "Q3 2023 versus 2022"."""
    made = list(found)
    for place in range(len(made) - 1):
        one, other = made[place], made[place + 1]
        if not _JOINS.fullmatch(text[one.end : other.start]):
            continue
        for at, bare, model in ((place, one, other), (place + 1, other, one)):
            whole = bare.offset is None and _is_year(bare) and _BARE.fullmatch(text[bare.start : bare.end])
            if whole and _is_stretch(model) and model.fiscal_year and model.offset is None:
                months = {"quarter": 3, "half": 6}.get(model.kind, 9)
                through = 9 if months == 9 else (model.quarter or 0) * 3 if months == 3 else _through(model, calendar)
                made[at] = _part_of(bare, through, months, calendar) if through else bare
    return _alike(text, made, calendar)


def _is_stretch(one: FoundPeriod) -> bool:
    """Whether a period is a quarter, a half or nine months."""
    return one.kind in ("quarter", "half") or (one.kind == "range" and one.period is not None and one.period.months == 9)


def _alike(text: str, found: list[FoundPeriod], calendar: FiscalYear | None) -> list[FoundPeriod]:
    """The periods, with a year of which the same stretch is meant (111年同季) as the only quarter that is named, of that year."""
    quarters = {one.quarter for one in found if one.kind == "quarter" and one.quarter and one.offset is None}
    if len(quarters) != 1:
        return found
    through = quarters.pop() * 3
    same = [_is_year(one) and _SAME_STRETCH.match(text, one.end) is not None for one in found]
    return [_part_of(one, through, 3, calendar) if alike else one for one, alike in zip(found, same, strict=True)]


_SAME_STRETCH = re.compile(r"的?同一?[季期]")


def _is_year(one: FoundPeriod) -> bool:
    return one.kind == "year" and one.fiscal_year is not None and one.instant is not True


def _through(half: FoundPeriod, calendar: FiscalYear | None) -> int:
    known = calendar or CALENDAR_YEAR
    ends = {through: known.part(half.fiscal_year, through, 6).end for through in (6, 12)} if half.fiscal_year else {}
    return next((through for through, end in ends.items() if half.period and abs((half.period.end - end).days) < 10), 0)


def _part_of(year: FoundPeriod, through: int, months: int, calendar: FiscalYear | None) -> FoundPeriod:
    known = calendar or CALENDAR_YEAR
    whole = known.part(year.fiscal_year, through, months) if year.fiscal_year else None
    quarter = through // 3 if months == 3 else None
    return replace(year, period=whole, kind=_KINDS.get(months, "range"), quarter=quarter, instant=False)


def part_of_a_year(match: re.Match[str]) -> tuple[int, int]:
    """Of a stretch through which month it reaches, and how many it has."""
    kind, word = next((name[0], word) for name, word in match.groupdict().items() if word)
    if kind == "l":
        return 12, 6 if word.lower() == "half" else 3
    if kind == "h":
        return (12 if word.lower() in ("2", "下", "second", "2nd") else 6), 6  # 年中 is the end of the first half
    count = _count(word)
    if kind == "q":
        return count * 3, 3
    months = count * 3 if "季" in match[0] else count
    return months, months
