"""Digits that are not figures: dates, periods, ordinals, list and citation markers, parts of names.

``nonfigures`` returns the stretches of a text in which no figure may be looked for. When in doubt a number counts as a figure, because
a figure that is overlooked is never checked.
"""

from __future__ import annotations

import re

from finfoundry.core.period_patterns import NUMBER_BEGINS
from finfoundry.core.quantities.currencies import CODES, SIGNS, WORDS

CJK_DIGITS = "零〇一二两三四五六七八九十百千"
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_YEAR = r"(?:19|20)\d{2}"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_END = r"(?![\d%]|[.,]\d|\s?%)"  # the number ends here and is not a percentage
_SCALE_AHEAD = r"(?!\s?(?:%|percent|per\s?cent|thousand|million|billion|trillion|[mb]n\b))"

# Words in front of a number that make it part of a name.
_NAMED = (
    r"Notes?|Items?|Topics?|Subtopic|ASC|ASU|IFRS|IAS|SFAS|HKFRS|CAS|ISO|IEC|GB(?:/T)?|SOC|Levels?|[Tt]iers?|Sections?|Sec\.|Pages?|pp?\."
    r"|Tables?|Figures?|Fig\.|Exhibits?|Chapters?|Articles?|Clauses?|Paragraphs?|Rules?|Parts?|Phases?|Steps?|Nos?\.|№|Schedules?|Appendix"
    r"|Annex|Basel|Class|Types?|Stages?|Scopes?|Windows|iPhone|Galaxy|Series|Route|Versions?|Russell|NASDAQ|Nasdaq|S&P|CSI|FTSE|Fortune"
    r"|Stoxx|STOXX|Nikkei|Boeing|Airbus|Form|Regulation|Reg\.|Pillar|Catalog(?:ue)?|Model|Apt\.|Suite|Room|Building|Code|CIK|EIN|ID"
)

_PATTERNS = (
    # citation markers, links, titles of documents (《…》)
    r"\[\^?\d{1,3}(?:\s*[,，;；、–-]\s*\d{1,3})*\]",
    r"【\d{1,3}(?:[†:：,，、][^】]{0,40})?】",
    r"(?:https?://|www\.)\S+|[A-Za-z][\w.-]{0,60}@[\w.-]+",
    r"《[^》]{0,200}》",
    # dates and periods
    rf"{_YEAR}-\d{{1,2}}-\d{{1,2}}(?!\d)|{_YEAR}/\d{{1,2}}(?:/\d{{1,2}})?(?!\d)|{_YEAR}\.\d{{1,2}}\.\d{{1,2}}(?!\d)",
    rf"{_YEAR}\s*[-–—~～至到/]\s*(?:{_YEAR}|\d{{2}})(?!\d|[.,]\d)(?:\s*年度?)?{_SCALE_AHEAD}",
    rf"{_YEAR}\s?年度?(?:\s?\d{{1,2}}\s?[-–—~～至到]\s?\d{{1,2}}\s?月|\s?\d{{1,2}}\s?月(?:份|\s?\d{{1,2}}\s?[日号])?)?",
    r"\d{1,2}\s?[-–—~～至到]\s?\d{1,2}\s?月",
    r"(?<!\d)\d{1,2}\s?月(?:份|\s?\d{1,2}\s?[日号])?",
    rf"[零〇一二三四五六七八九]{{4}}年度?(?:[{CJK_DIGITS}]{{1,2}}月(?:[{CJK_DIGITS}]{{1,3}}日)?)?",
    r"(?<!\d)\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})(?!\d)|(?<!\d)\d{1,2}-\d{1,2}-\d{4}(?!\d)|(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)",
    rf"\b{_MONTH}\s+{_DAY}(?:\s?[-–]\s?{_DAY})?(?:\s*,?\s+{_YEAR}\b{_END}|{_END})|\b{_MONTH}\s*,?\s+{_YEAR}{_END}",
    rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}(?:\s*,?\s+{_YEAR})?(?![A-Za-z])",
    r"\b(?:[Ff]iscal(?:\s+[Yy]ears?)?|FYE?|CY|[Yy]ears?)\s?['’]?(?:\d{4}|\d{2})(?:\s?[-–/]\s?\d{2,4})?(?:\s*(?:,|and|&)\s*(?:19|20)\d{2})*"
    + _END
    + r"(?!\s?(?:thousand|million|billion))",
    r"\b(?:Q[1-4]|[1-4]Q|H[12]|[12]H)(?:\s?[-–]?\s?(?:FY)?\s?['’]?(?:20)?\d{2}(?!\d|[.,]\d|\s?%))?(?![A-Za-z])",
    r"(?<![A-Za-z0-9])['’]\d{2}(?!\d)",
    (
        r"(?i:\b(?:past|last|next|previous|prior|recent|first|final|trailing)\s+\d{1,2}\s+"
        r"(?:fiscal\s+)?(?:years?|months?|quarters?|weeks?|days?))"
    ),
    r"(?i:\b\d{1,2}[\s-](?:months?|weeks?|days?|quarters?)\s+(?:ended|ending|period))",
    rf"(?:近|过去|最近|未来|前|上|连续)\s?(?:\d{{1,2}}|[{CJK_DIGITS}]{{1,3}})\s?(?:个?(?:会计)?年度?|个月|个?季度|期|日|天|周)",
    rf"[{CJK_DIGITS}1-4]个?季度?[报末]?(?<=季度|季报|季末)",
    # ordinals, list markers, numbered documents
    rf"第\s?(?:\d+|[{CJK_DIGITS}万]+)(?:\s?[-–—~～至到、]\s?(?:第\s?)?(?:\d+|[{CJK_DIGITS}]+)(?=[条款项章节页期号]))?",
    r"\b\d+(?:st|nd|rd|th)\b",
    r"[〔\[(（【]\d{4}[〕\])）】]\s?(?:第\s?)?\d*\s?号?",
    rf"{NUMBER_BEGINS}\d{{1,4}}\s?号(?:文|令|公告|准则|解释)?",
    r"(?:(?m:^[ \t>*-]{0,8})|[“「『])\(?\d{1,2}(?:[.)](?=\s)|、|[.．](?=[^\d\s]))",  # at the start of a line, or of a quotation
    r"(?<![$€£¥] )(?<![$€£¥])\(\d{1,2}\)(?!\s?(?:%|percent|thousand|million|billion|trillion|[万亿元]))",
    # names
    rf"\b(?:{_NAMED})\s?[-–#]?\s?\d+(?!\d*(?:,\d{{3}}|\.\d+\s?%))(?:[A-Za-z0-9_.()-]*[A-Za-z0-9_)])?(?:\s*(?:,|and|&)\s*\d{{1,3}}\b(?![.,]\d))*{_SCALE_AHEAD}",
    r"#\s?\d+\b",
    r"(?:附注|注释|[图表注])\s?[一二三四五六七八九十、.（）()\s]{0,8}\d*(?:[.、]\d+)*(?:[（(]\d{1,2}[）)])?(?![\d.,]*[万亿元%])",
    r"[一二三四五六七八九十]{1,3}、\(?\d{1,3}\)?(?![\d.,]*[万亿元%])",
    r"(?:代码|编号|账号|电话|邮编|序号)\s?[:：为是]?\s?\d[\d-]*|\b\d{6}\.(?:SH|SZ|BJ|HK)\b|\b\d{4,5}\.HK\b",
    r"(?:沪深|上证|中证|科创|创业板|国证|北证|深证)\s?\d{2,4}(?![\d.,]*[万亿元%点])|双\s?1[12]",
    r"\b\d{1,3}-[KQF](?:/A)?\b|\b401\(k\)|\b(?:10|8)K\b|\b10Q\b|\b24/7\b",
    r"(?i:\b(?:10|8|6|20)-?[kqf]s?(?=\s+(?:filings?|reports?|forms?|dated)\b))",  # "8k" alone may be eight thousand
    r"(?i:\b\d{1,3}-(?:year|month|week|day|quarter)s?\b|\b\d+-for-\d+\b)",
    r"\b3M\b",
)
# Nothing starts inside a word or at a space but a list marker: looked at first, because there are many patterns and many letters.
_START = r"(?:(?![A-Za-z ])|(?<![A-Za-z])(?! )|(?m:^))"
_NONFIGURE = re.compile(_START + "(?:" + "|".join(f"(?:{pattern})" for pattern in _PATTERNS) + ")")

_LETTERS = "[A-Za-z0-9_-]"  # of a name in Latin letters: Chinese that follows it without a space is no part of it
# Digits that touch letters are a name ("A320", "COVID-19", "5G"), unless the letters are a currency or a scale.
_CURRENCY_LETTERS = "(?:US|HK|NT|T?EUR|k€|" + "|".join(sorted({*CODES, *filter(str.isalpha, SIGNS)} - WORDS)) + ")"
_AMOUNT = r"\d[\d,.]*\s?(?:[百千]?[万亿]|[美港欧日新]?元|[%％])"  # right behind a label in Latin letters: an amount, no name
_LETTERS_THEN_DIGITS = re.compile(
    rf"(?<![A-Za-z0-9])(?!{_CURRENCY_LETTERS}\d)(?![A-Za-z&]+{_AMOUNT})[A-Za-z][A-Za-z&]*-?\d{_LETTERS}*(?:\.\d+)?"
)
_DIGITS_THEN_LETTERS = re.compile(
    r"(?<![\w.$€£¥-])(?<!\d,)\d+(?!(?:[KkMmBbTt]|[mb]n|mm|tn|[xX]|bps?|pp?ts?|pct|USD|RMB|CNY|EUR|HKD|[Mm]illion|[Bb]illion|[Tt]rillion|[Tt]housand)"
    rf"(?![A-Za-z]))[A-Za-z]{_LETTERS}*"
)
_BARE_YEAR = re.compile(rf"(?<![\d.$€£¥])(?<!\d,)(?<![$€£¥] ){_YEAR}(?![\d%]|[.,]\d)")
_COUNTED = re.compile(
    r"\s?(?:%|percent|per\s?cent|thousand|million|billion|trillion|[mb]n\b|bps|basis|times\b|[xX]\b|shares?\b|units?\b|employees|people"
    r"|persons|stores|branches|customers|restaurants|locations|warehouses|hotels|rooms|aircraft|vessels|patents|dollars|USD|RMB|CNY|EUR|yuan"
    r"|square|tons?\b|tonnes|barrels|[万亿元股人家名户台套吨个倍项件笔次只座辆亩])"
)
_STATED = re.compile(r"(?:\b(?:was|were|is|are|equals?|equalled|totall?ed|reached)|等于|[=为是达共计约])\s?$")


def nonfigures(text: str) -> list[tuple[int, int]]:
    """Stretches ``(start, end)`` of a half-width text whose digits are not figures, in order of their start."""
    spans = [match.span() for match in _NONFIGURE.finditer(text) if match.end() > match.start()]
    for pattern in (_LETTERS_THEN_DIGITS, _DIGITS_THEN_LETTERS):
        spans += [match.span() for match in pattern.finditer(text)]
    spans += [match.span() for match in _BARE_YEAR.finditer(text) if _is_year(text, match.start(), match.end())]
    return sorted(spans)


def _is_year(text: str, start: int, end: int) -> bool:
    """Whether four bare digits are a year: not when something is counted, nor when the sentence states them as a value."""
    if _COUNTED.match(text, end):
        return False
    before = text[max(0, start - 40) : start]
    return not (_STATED.search(before) and not re.search(r"year|fiscal|FY|年", before, re.IGNORECASE))
