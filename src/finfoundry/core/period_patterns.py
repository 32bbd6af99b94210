"""How financial documents and questions write periods: the patterns that ``core.periods`` reads, and what their words mean."""

from __future__ import annotations

import re

WIDE = {ord(wide): narrow for wide, narrow in zip("０１２３４５６７８９〇零－／．", "012345678900-/.", strict=True)}
ZH_DIGIT = {ord(han): str(value) for value, han in enumerate("一二三四五六七八九", 1)}  # 〇 and 零 are made 0 with the wide digits
HINT = re.compile(r"\d|[０-９〇零]|一[九一二三]|[本上去今前][年期]|[期年][末初]|current|prior|previous|last|this|latest", re.IGNORECASE)

RELATIVE_HINT = re.compile(r"[上本去今前报][年期告一]|[期年当][末初年期]|current|prior|previous|last|this|latest|preceding", re.IGNORECASE)
DIGITS = re.compile(r"\d+|[一二三四五六七八九0零]{3,4}年")  # a year has no more
BEFORE, AFTER = 80, 60  # characters before and after a digit in which a period is looked for

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)\b\.?"
)
YEAR = r"(?:19[5-9]\d|20\d\d)"
ROC = 1911  # before the first year of the Republic of China, by which Taiwan counts: 112年 is 2023
# In front of 年 three digits are such a year: but for a round hundred, which counts years.
HAN_DIGIT = "[〇零0一二三四五六七八九]"
YEAR_HAN = (
    rf"(?:{YEAR}|民国\s*(?:\d\d\d?|一?{HAN_DIGIT}{HAN_DIGIT})(?=\s*年)|(?<!\d)1(?:0[1-9]|[1-4]\d)(?=\s*年)|(?<!{HAN_DIGIT})一[一二三四0]{HAN_DIGIT}(?=\s*年)"
    rf"|[一二九]{HAN_DIGIT}{HAN_DIGIT}{HAN_DIGIT})"
)
ROC_DOTTED = re.compile(  # 112.03.31, 112.01.01 - 112.03.31: only as a text of its own
    r"^\s*(?P<y>1[0-4]\d)\.(?P<m>[01]\d)\.(?P<d>[0-3]\d)(?:\s*[-~至]\s*(?P<y2>1[0-4]\d)\.(?P<m2>[01]\d)\.(?P<d2>[0-3]\d))?\s*$"
)
MONTH_HAN = r"(?:\d{1,2}|[一二三四五六七八九十]{1,2})"
DAY_HAN = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
NUMBER_BEGINS = r"(?<![\d.])(?<!\d,)"  # in front of digits: they begin a number; a comma behind anything but a digit groups none
NOT_BEFORE = r"(?<![\d.$€£¥￥/-])(?<!\d,)(?<![$€£¥￥] )"
NOT_AFTER = (
    r"(?![\d%％])(?![.,]\d)(?!\s*(?:万|亿|元|股|人|名|家|个|only|million|billion|thousand|shares?\b|employees\b|percent\b|basis\b|units\b))"
)
EN_DATE = (
    rf"(?:(?P<{{0}}em>{MONTH})\s*(?P<{{0}}ed>\d{{{{1,2}}}})(?:st|nd|rd|th)?\s*,?\s*(?P<{{0}}ey>{YEAR})"
    rf"|(?P<{{0}}fd>\d{{{{1,2}}}})(?:st|nd|rd|th)?[\s-]*(?:of\s+)?(?P<{{0}}fm>{MONTH})[\s,-]*(?P<{{0}}fy>{YEAR}|(?<=-)\d\d(?!\d))"
    rf"|(?P<{{0}}iy>{YEAR})(?P<{{0}}is>[-/.])(?P<{{0}}im>\d{{{{1,2}}}})(?P={{0}}is)(?P<{{0}}id>\d{{{{1,2}}}})(?!\d)"
    rf"|(?<!\d)(?P<{{0}}um>\d{{{{1,2}}}})(?P<{{0}}us>[/.])(?P<{{0}}ud>\d{{{{1,2}}}})(?P={{0}}us)(?P<{{0}}uy>{YEAR}|\d\d(?!\d))"
    rf"|(?P<{{0}}zy>{YEAR_HAN})\s*年\s*(?P<{{0}}zm>\d{{{{1,2}}}}|[一二三四五六七八九十]{{{{1,2}}}})\s*月"
    rf"\s*(?P<{{0}}zd>\d{{{{1,2}}}}|[一二三四五六七八九十]{{{{1,3}}}})\s*[日号])"
)


# What has to stand in a text for periods of one kind to be in it: sought first, since most texts have none and these are soon found.
HAN_SIGN = re.compile("年")
YEAR_SIGN = re.compile(rf"{YEAR}|年|[一二九]{HAN_DIGIT}{{3}}")
DAY_SIGN = re.compile(rf"{MONTH}|年|\d[-/.]\d\d?[-/.]\d", re.IGNORECASE)
MONTH_SIGN = re.compile(rf"{MONTH}|年", re.IGNORECASE)
QUARTER_SIGN = re.compile(r"q|季", re.IGNORECASE)
HALF_SIGN = re.compile(r"h\d|\d\s?[hm]|half|months|半|中期|前|月", re.IGNORECASE)
FISCAL_SIGN = re.compile(r"fy|fiscal|financial", re.IGNORECASE)


def date_pattern(prefix: str) -> str:
    return EN_DATE.format(prefix)


COUNT = {
    "three": 3, "six": 6, "nine": 9, "twelve": 12, "one": 1, "two": 2, "four": 4, "five": 5, "seven": 7, "eight": 8,
    "ten": 10, "eleven": 11,
    "thirteen": 13, "twenty-six": 26, "thirty-nine": 39, "fifty-two": 52, "fifty-three": 53,
    "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十二": 12, "两": 2, "首": 1,
    "first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4,
}  # fmt: skip
NUMBER = "|".join(sorted(filter(str.isascii, COUNT), key=len, reverse=True))


def flags(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


TO = r"\s*(?:to|through|until|and|-|–|—|~|至|到)\s*"
FISCAL = r"(?:fiscal\s+years?|fiscal|financial\s+years?|FYE?)"
END_OF = r"(?P<close>(?:(?:the\s+)?end\s+of\s+(?:the\s+)?|year[\s-]?end\s+(?:of\s+)?))?"

RANGE = flags(rf"(?:from\s+)?{date_pattern('a')}{TO}{date_pattern('b')}")
RANGE_ZH = flags(
    rf"(?P<y>{YEAR_HAN})\s*年\s*(?P<m1>{MONTH_HAN})\s*月?(?:\s*(?P<d1>{DAY_HAN})\s*日)?\s*(?:至|到|-|–|—|~)"
    rf"\s*(?P<m2>{MONTH_HAN})\s*月(?:\s*(?P<d2>{DAY_HAN})\s*日)?"
)
DURATION = flags(
    rf"(?:(?P<n>{NUMBER}|\d{{1,2}})[\s-]+(?P<u>months?|weeks?)(?:\s+period)?(?:\s*\([^)]{{1,20}}\))?|(?P<w>(?:fiscal\s+|financial\s+|full\s+|calendar\s+)?years?"
    rf"|(?:fiscal\s+)?quarters?|quarterly\s+periods?|half[\s-]years?|months?|(?:fiscal\s+|annual\s+)?periods?))\s*[-–—:]?\s*(?:ended|ending|to)\s*:?\s*(?:on\s+)?{date_pattern('a')}"
)
DURATION_ZH = flags(
    rf"截[至止]\s*{date_pattern('a')}\s*止?\s*(?:的)?(?:(?P<n>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*个\s*月|(?P<w>年度|季度|半年度?|期间))"
)
# Ends that are named by their month alone: "the year to December 2024", "fiscal year ended May 2025", "April-June 2023".
DURATION_TO_MONTH = flags(
    rf"(?:(?P<n>{NUMBER}|\d{{1,2}})[\s-]+(?P<u>months?)(?:\s+period)?|(?P<w>(?:fiscal\s+|financial\s+|full\s+|calendar\s+)?years?"
    rf"|(?:fiscal\s+)?quarters?|half[\s-]years?))\s+(?:ended|ending|to|through)\s+(?:in\s+|the\s+end\s+of\s+)?"
    rf"(?P<em>{MONTH})\s*,?\s*(?P<ey>{YEAR})(?!\d)"
)
MONTHS_OF_YEAR = flags(
    rf"(?P<both>\bbetween\s+)?(?P<sm>{MONTH})\s*(?(both)and|(?:-|–|to|through|until))\s*(?P<em>{MONTH})\s*,?\s*(?P<ey>{YEAR})(?!\d)"
)
DATE = flags(rf"(?<![\d.]){date_pattern('a')}")
QUARTER = flags(
    rf"(?:\bQ(?P<q1>[1-4])[\s,'’-]*(?:of\s+)?(?:the\s+)?(?:{FISCAL}\s*)?(?P<y1>{YEAR}|['’]?\d\d(?!\d))"
    rf"|\b(?P<q2>[1-4])Q[\s'’-]*(?:{FISCAL}\s*)?(?P<y2>{YEAR}|\d\d(?!\d))"
    rf"|(?:{FISCAL}\s*)?(?P<y3>{YEAR_HAN})年?[\s,'’-]*(?:Q(?P<q3>[1-4])|(?P<q3b>[1-4])Q)(?!\d)"
    rf"|{FISCAL}\s*['’]?(?P<y4>\d\d)[\s,-]*Q(?P<q4>[1-4])(?!\d)"
    rf"|(?P<q5>first|second|third|fourth|1st|2nd|3rd|4th)\s+(?:fiscal\s+)?quarter\s*,?\s*(?:of\s+)?(?:the\s+)?(?:{FISCAL}\s*)?(?P<y5>{YEAR})"
    rf"|(?P<y6>{YEAR_HAN})\s*(?:年\s*)?(?:[)）]\s*)?(?:第\s*)?(?P<q6>[首一二三四1-4])\s*季度?|{NUMBER_BEGINS}(?P<y7>1(?:0[1-9]|[1-4]\d))Q(?P<q7>[1-4])(?!\d))"
)
HALF = flags(
    rf"(?:\bH(?P<h1>[12])[\s,'’-]*(?:of\s+)?(?:{FISCAL}\s*)?(?P<y1>{YEAR}|['’]?\d\d(?!\d))|\b(?P<h2>[12])H[\s'’-]*(?:{FISCAL}\s*)?(?P<y2>{YEAR}|\d\d(?!\d))"
    rf"|(?:{FISCAL}\s*)?(?P<y3>{YEAR})\s*H(?P<h3>[12])(?!\d)|(?P<h4>first|second|1st|2nd)\s+half\s+(?:of\s+)?(?:the\s+)?(?:{FISCAL}\s*)?(?P<y4>{YEAR}|['’]?\d\d{NOT_AFTER})"
    rf"|(?P<y5>{YEAR_HAN})\s*年\s*(?P<h5>上半年|下半年|半年度|中期)|(?P<y6>{YEAR_HAN})\s*(?:[)）]\s*)?(?:年\s*)?(?P<nine>前三季度?|前三个季度|前3季度?|前九个月|1-9月)"
    rf"|\b(?P<m1>3|6|9|12)\s?M[\s'’-]*(?:{FISCAL}\s*)?(?P<y8>{YEAR}|['’]?\d\d(?!\d))|(?P<y9>{YEAR})\s*(?P<m2>3|6|9|12)M\b"
    rf"|(?P<h6>half)[\s-]year\s+(?:of\s+)?(?P<y10>{YEAR})"
    rf"|first\s+(?P<months>three|six|nine|3|6|9)\s+months\s+(?:of\s+)?(?:the\s+)?(?:{FISCAL}\s*)?(?P<y7>{YEAR}))"
)
MONTH_YEAR = flags(
    rf"(?:(?P<em>{MONTH})(?:\s*,?\s*|[-–]|\s?['’])(?P<ey>{YEAR}|(?<=[-–'’])\d\d)(?!\d|[-–/]\d|,?\s*{YEAR})"
    rf"|(?P<zy>{YEAR_HAN})\s*年\s*(?P<zm>\d{{1,2}})\s*月(?P<zc>末|底)?(?:份)?)"
)
YEAR_ZH = flags(
    rf"(?P<y>{YEAR_HAN})\s*(?:年(?P<close>\s*(?:年?末|年底|底|末))|年(?P<open>初)|年度?末(?P<close2>)|(?:会计|财)?年度?(?:全年)?)"
)
SHORT_YEAR = r"(?:(?<=FY)|(?<=FY['’])|(?<=FY ))\d\d(?!\d)"
YEAR_FISCAL = flags(rf"{END_OF}(?:{FISCAL}[\s-]*(?:ended\s+|ending\s+)?['’]?(?P<y1>{YEAR}|{SHORT_YEAR})|(?P<y2>{YEAR})\s*{FISCAL}\b)")
YEAR_BARE = flags(rf"{END_OF}{NOT_BEFORE}\b(?P<y>{YEAR})(?:[AE]\b)?\b{NOT_AFTER}")
UNTIL = re.compile(r"\s*(?:-|–|—|~|至|到|、|和|与|及|,|，)\s*")
ALSO = flags(r"\s*(?:,|;|、|/|and|&|和|及|与|\s)\s*(?:and\s+|和)?(?:as\s+of\s+)?")

RELATIVE: tuple[tuple[re.Pattern[str], int, bool | None], ...] = (
    (re.compile(r"(?:上年|上期|上年度|去年|期初|年初)\s*(?:年末|期末|末)(?:余额|数|金额)?"), -1, True),
    (re.compile(r"(?:期初|年初|上年末|上年年末)\s*(?:账面)?(?:余额|数|金额|价值)?"), -1, True),
    (re.compile(r"(?:本?期末|本?年末|本报告期末|报告期末)\s*(?:账面)?(?:余额|数|金额|价值)?"), 0, True),
    (re.compile(r"(?:上年同期|上期同期|上一?期|上一?年度?|去年同期|去年|前一年)\s*(?:累计)?(?:发生额|发生数|金额|数)?"), -1, False),
    (re.compile(r"(?:前年)"), -2, False),
    (re.compile(r"(?:本报告期|报告期|本期|本年度?|今年|当期|当年)\s*(?:累计)?(?:发生额|发生数|金额|数)?"), 0, False),
    (
        re.compile(r"\b(?:prior|previous|last|preceding)[\s-]+(?:fiscal\s+)?(?:year|period)(?:[\s-]+(?P<end>end))?\b", re.IGNORECASE),
        -1,
        None,
    ),
    (re.compile(r"\b(?:current|this|latest)[\s-]+(?:fiscal\s+)?(?:year|period)(?:[\s-]+(?P<end>end))?\b", re.IGNORECASE), 0, None),
)


def count_said(word: str) -> int:
    if word.isdigit():
        return int(word)
    known = COUNT.get(word.lower())
    return _han_number(word) if known is None else known


def _han_number(word: str) -> int:
    """Chinese numerals up to 99: 三十一 is 31."""
    tens, ten, ones = word.partition("十")
    if not ten:
        return int(word.translate(ZH_DIGIT)) if word else 0
    return (int(tens.translate(ZH_DIGIT)) if tens else 1) * 10 + (int(ones.translate(ZH_DIGIT)) if ones else 0)


def year_said(word: str) -> int:
    digits = word.strip("'’").removeprefix("民国").translate(ZH_DIGIT)
    year = int(digits)
    if 99 < year < 1000 or word.startswith("民国"):
        return year + ROC
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def month_said(word: str) -> int:
    return MONTHS.index(word[:3].lower()) + 1


# A month in digits, "2024-01" and "01/2024"; a point or nothing between them (2024.01, 202401) makes a number of them.
MONTH_IN_DIGITS = re.compile(
    rf"(?<![\d./-])(?:(?P<y1>{YEAR})[-/](?P<m1>0[1-9]|1[0-2])|(?P<m2>0[1-9]|1[0-2])/(?P<y2>{YEAR}))(?![\d%号期]|[-/.]\d)", re.IGNORECASE
)
_LISTED = re.compile(rf"(?:(?:{YEAR}[-/]\d\d|\d\d/{YEAR})\s*(?:,|、|/|-|–|—|~|and|&|to|vs\.?|至|到|和|与|及)\s*)+$", re.IGNORECASE)
_SAYS_A_MONTH = re.compile(
    r"(?:^|[(（\[\t\n]|\b(?:in|of|for|to|from|since|until|through|between|months?|ended|ending|as|at|by|period|date)\s*:?|(?<![编文序])(?<![号])[\u4e00-\u9fff])\s*$",
    re.IGNORECASE,
)


def month_in_digits(match: re.Match[str]) -> tuple[int, int] | None:
    """The year and the month of a match of ``MONTH_IN_DIGITS``: "2024-01" is (2024, 1). None behind the number of a standard, a paper or a
    series ("ASU 2016-02"), and where two years may be meant: "2011-12".
    """
    year, month = int(match["y1"] or match["y2"]), int(match["m1"] or match["m2"])
    before = _LISTED.sub("", match.string[: match.start()])
    two_years = match["y1"] is not None and month == (year + 1) % 100
    return None if two_years or not _SAYS_A_MONTH.search(before) else (year, month)
