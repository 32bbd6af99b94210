"""How sentences tell what a figure is: patterns of clauses, comparisons, rises and falls, losses, spans of time, that ``claims`` reads."""

from __future__ import annotations

import re
from collections.abc import Sequence

from finfoundry.binding.sentence.labels import words
from finfoundry.core.periods import FoundPeriod
from finfoundry.core.quantities.numbers import PrintedNumber

CLAUSE = re.compile(r"[,;:，；：、(（]|(?<=\s)(?:and|while|whereas|but|plus|or)(?=\s)|[和与及]")
PARTING = frozenset((",", ";", "，", "；", "while", "whereas", "but"))  # clauses that tell of different things
CUT = re.compile(r"(?<=[,;，；：、\s])(?=[^\s\d])")
COMPARE = re.compile(
    r"\b(?:compared (?:with|to)|versus|vs\.?|up from|down from|from(?=\s+\W?\d|\s+[A-Z]{2,3}\W?\d)|against|relative to|than|times"
    r"|over(?=\s+(?:the\s+|its\s+|that\s+of\s+)?[^\w\s]?\d))\b"
    r"|相比|较|(?<!之)比(?![例率重])|上年同期|而|倍",
    re.IGNORECASE,
)
JOINT = re.compile(
    r"(?:\s|\[\d+\]|[,，、()（）$]|and|or|和|与|及|respectively|versus|vs\.?|to|至|分别|约|(?:about|approximately|around|roughly|some|nearly"
    r"|almost|(?:just |slightly |a little )?(?:under|over|below|above|more than|less than)))*"
)
ASIDE = re.compile(r"[(（][^()（）]*[)）]")
ENDED_ASIDE = re.compile(r"^[^()（）]*[)）]")  # of the figure before
INSIDE = re.compile(r"^.*[(（](?=[^)）]*$)", re.DOTALL)  # the text before a bracket that is still open
IDIOM = re.compile(r"翻了?(?:近|约|超过?|将近)?$")  # "nearly doubled": 翻了近一倍
FROM = re.compile(r"\bfrom\b|[由从]", re.IGNORECASE)
YEARS_ZH = re.compile(r"[一两二三四五六七八九十]年")
SPANNED = re.compile(r"\s*(?:合计|累计|总计|平均|相比|比较|对比|间|来|内)")
_AN_AMOUNT_ZH = r"(?=了?(?:大?约|大概|将?近|接近|逾|超过?|不到|不足)?\s*(?:[\d一二两三四五六七八九十百千数几]|$| ))"
RISE = re.compile(
    r"\b(?:rose|ris(?:e|en|ing)|increas\w*|gr[eo]w\w*|growth|up|higher|improv\w*|gain(?:s|ed|ing)?|climb\w*"
    r"|expand\w*|widen\w*|rais(?:ed|es|ing)|lift(?:ed|s)|boost\w*|jump\w*|surg\w*|soar\w*|advanc(?:ed|ing)"
    r"|rebound\w*|added|swell\w*|swollen|doubl\w*|tripl\w*|went up|balloon\w*|dearer|pricier|beat|topped)\b|\b(?:more|larger|greater"
    r"|better) (?:\w+ )?than (?=in\b|a year|the (?:year|prior|previous|same)|last|prior)|增长|增加|上升|提高|提升|上涨|升至|[增涨升]幅|成长"
    r"|(?<=[年季月比])增(?![加长幅资发持值])"
    r"|增至|增为|多出|攀升|扩大|大增|高出|[略微小稍][升增涨]|走高|多(?=[赚收卖花亏用]|支出|计提)|(?<![最新])[多高]" + _AN_AMOUNT_ZH,
    re.IGNORECASE,
)
FALL = re.compile(
    r"\b(?:fell|fall(?:en|ing)?|decreas\w*|declin\w*|drop\w*|down|lower\w*|shr[aiu]nk\w*|reduc\w*|narrow\w*"
    r"|shed(?:ding)?|trim(?:med)?|soften\w*|weaken\w*|slip\w*|slid\w*|dip(?:ped|s)?|plung\w*|tumbl\w*|sank|sink\w*"
    r"|contract(?:ed|ing)|eas(?:ed|ing)|slump\w*"
    r"|halv\w*|went down|cheaper"
    r"|(?:cut|trimmed|pared|slashed|worked down)(?= (?:by|to|its|the|our|their|back)\b))\b|\b(?:less|fewer|smaller|worse) (?:\w+ )?"
    r"than (?=in\b|a year|the (?:year|prior|previous|same)"
    r"|last|prior|\w+ months)|(?<=\s)fewer\b|下降|减少|下滑|降低|下跌|回落|(?<=[年季月比])[减降跌](?![少幅值])"
    r"|降至|[降跌减]幅|收窄|大减|减至|降为|减为|衰退|缩减|缩小|跌至"
    r"|[略微小稍][降减跌]|走低"
    r"|少(?=[赚收卖花亏用]|支出|计提)|减(?=[\d近约])|(?<![最新])(?:少(?!数股)|低)" + _AN_AMOUNT_ZH,
    re.IGNORECASE,
)
NEGATIVE = re.compile(
    r"\b(?:loss(?:es)?|deficit|outflows?|negative|paid|spent|repurchased?|used|consumed"
    r"|absorbed|burn(?:ed|t)|outlays?|disbursed|returned|bought back"
    r"|in the red)\b|\blost\b|亏损|[净毛]损|损失|流出|使用|耗用|花费|支付|用于|派发"
    r"|偿还|赤字|为负|亏\s*\d",
    re.IGNORECASE,
)
TWO_SIDED = re.compile(  # "income (loss)", "increase (decrease)": the row's name, not what happened
    r"\(?\b(?:increase|decrease|gains?|loss(?:es)?|income|deficit|provided by|used in)\)?\s?/?\s?"
    r"\(?\b(?:increase|decrease|loss(?:es)?|deficit|used in)\)?(?=\W)"
    r"|\((?:loss(?:es)?|decrease|deficit|used in|expense)\)|[(（](?:净?亏损|损失|减少)以?[^)）]*[)）]"
    r"|\b(?:ma(?:de|kes?|king)|ate|eat(?:s|en|ing)?|t(?:ook|ake[ns]?|aking)|us(?:e[ds]?|ing)|add(?:s|ed|ing)?)\s+up\b",  # no rise
    re.IGNORECASE,
)
NAME_BEFORE = re.compile(r"(?:前|每|最大)\s*$|\b(?:top|largest)\s+$", re.IGNORECASE)
COUNTED_NAME = re.compile(r"(?:[一二三四五六七八九十]{1,2}|\d{1,2})\s*[名大位家股户个]*")
COUNTED = re.compile(r"[a-z]+$")
OF_A_DOLLAR = re.compile(r"[^.;,]{0,40}?\b(?:of|for|from|on|in) (?:every|each) dollar\b", re.IGNORECASE)
CENTS = re.compile(r"\s?cents?\b(?!\s+on\b)")


EARLIER = re.compile(
    r"(?:compared (?:with|to)|versus|vs\.?|\bagainst|relative to|\bover(?= (?:the|its)\s*\W?$)"
    r"|\bafter(?= (?:only|just|a|an|\W?\d|\s*$)))\b[^,;.:]{0,40}$"
    r"|(?:相比|较|对比|(?<![占之])比(?![例率重值])|[与同和](?=[上去前]年))[^，。；：]{0,6}$",
    re.IGNORECASE,
)
STARTING = re.compile(r"\bfrom\b[^,;.:]{0,30}$|[由从自][^，。；：]{0,6}$", re.IGNORECASE)
OTHERWISE = re.compile(r"\bor\b|\bi\.e\.|\bthat is\b|[即或]", re.IGNORECASE)
AGAIN = re.compile(
    r"\s*(?:[,，(（]\s*(?:or|i\.e\.|that is|equivalent to|即|或|相当于)?|or|或),?\s*(?:by|an? \w+ of|about|around|approximately"
    r"|nearly|roughly|some|约|近)*\s*",
    re.IGNORECASE,
)
BEHIND = re.compile(r"(?:\s*[,，])?\s*(?:较|比|同比|有所|(?:\w+\s+)?(?:up|down|higher|lower)\b)", re.IGNORECASE)
STARTS = re.compile(r"\bfrom\b|[由从自]", re.IGNORECASE)
ARRIVING = re.compile(r"(?:\bto|[增升减降跌涨变改]?[至到为]了?)\s*(?:about|around|approximately|约|人民币|a|\W)*\s*$", re.IGNORECASE)
ONWARDS = re.compile(r"\s*(?:to\b|至|到|[增升减降跌涨]|上升|下降|提高|提升)", re.IGNORECASE)
LEVEL = re.compile(r"\b(?:to|from|at)\s(?:about\s|around\s|approximately\s|roughly\s|only\s|just\s)?$|[至到由从]\s*约?$", re.IGNORECASE)
BESIDE = re.compile(r"\s*(?:(?P<more>above|higher|more)|below|lower|less|fewer)\b(?! than one)", re.IGNORECASE)  # "7.5 % above the …"
_THAN = r"(?: (?!than)[\w-]+){0,3}? than(?! one\b)"
_THAT = r"(?= (?:the|its|their|that|those|what|last|(?:19|20)\d\d)\b)"
LESS_OR_MORE_THAN = re.compile(  # of an amount: "5 million more than", "5 million above the 2022 level", "a 5 million smaller loss than"
    rf"\s*(?:(?P<more>(?:higher|more|larger|greater|bigger){_THAN}|above{_THAT})|(?:lower|less|fewer|smaller){_THAN}|below{_THAT})",
    re.IGNORECASE,
)
BY = re.compile(
    r"\bby\s?(?:about\s|approximately\s|roughly\s|nearly\s|almost\s|some\s)?\W?$|(?:增加|减少|上升|下降|增长|多|少|高|低|增|减)了?\s?约?$"
)
BASE = re.compile(  # before a time: it is that of what is compared with, "up 9 % from the end of 2022"
    r"\b(?:from|over|than|against|versus|vs\.?|compared (?:with|to)|relative to)\s+"
    r"(?:(?:the|that|those|its|of|in|at|end|close|level|fiscal|year|year-end)\s+)*$"
    r"|[比较]\s*$",
    re.IGNORECASE,
)
COMPARED_WITH = re.compile(  # before a time: with it, or with its figure, something is compared
    r"(?:\b(?:from|over|than|against|versus|vs\.?|compared (?:with|to)|relative to|flat on|on par with|in line with|beat"
    r"|topp?ed|exceeded|trailed|above|below|ahead of|short of)\s+(?:(?:the|that|those|its|their|of|in|at)\s+)*|[比较与和同跟])$",
    re.IGNORECASE,
)
MOVED = re.compile(rf"{RISE.pattern}|{FALL.pattern}|\bby\b|持平|相当|相若", re.IGNORECASE)
BEFORE_LEVEL = 60  # characters before a level in which it is said to be an earlier one
OF_TAIL = re.compile(r"\s*(?:of|in)\b[^,;.]{0,90}|的[^，。；]{0,40}", re.IGNORECASE)
A_YEAR_EARLIER = FoundPeriod("", 0, 0, None, None, None, "relative", -1)
_JOINTS = re.compile(r",\s|，|、|\band\b|[和与及]")
LISTED = re.compile(r"分别[为是]?|依次为|respectively")
NEAR = 40  # characters before a figure in which a word belongs to it
PER_SHARE = re.compile(r"\bper[- ](?:\w+ ){0,3}share|每股|\beps\b", re.IGNORECASE)


def listed_name(lead: str, order: tuple[int, int] | None) -> str:
    """The kth of the names that a row of figures follows: "A and B were 1 and 2"; "" where they are not as many as the figures."""
    if order is None:
        return ""
    place, count = order
    names = [name for name in _JOINTS.split(LISTED.sub(" ", lead)) if words(name)]
    return names[place] if len(names) == count else ""


def may_be_money(number: PrintedNumber) -> bool:
    """Whether a number in prose is of money, or may be: with a currency, or bare and in groups of three digits."""
    if number.precision:
        return False
    return "/" not in number.unit and number.unit.isupper() if number.unit else "," in number.text


def only_direction(text: str) -> int:
    """The direction of which alone a text speaks: 1, -1, or 0."""
    rise, fall = RISE.search(text) is not None, FALL.search(text) is not None
    return 0 if rise is fall else 1 if rise else -1


def in_order(
    text: str, numbers: Sequence[PrintedNumber], rows: Sequence[tuple[int, int]], periods: Sequence[FoundPeriod]
) -> dict[int, FoundPeriod]:
    """Of the figures of a row that follow as many times in their order the time: "2023 and 2022 … 7,910 and 8,250, respectively"."""
    for first, last in dict.fromkeys(rows):
        behind = text[numbers[last].end : numbers[last].end + NEAR]
        if last == first or not LISTED.search(f"{text[: numbers[first].start][-NEAR:]} {behind}"):
            continue
        for named in _rows_of(text, periods):
            if len(named) == last - first + 1 and (named[-1].end <= numbers[first].start or named[0].start >= numbers[last].end):
                return dict(zip(range(first, last + 1), named, strict=True))
    return {}


def _rows_of(text: str, periods: Sequence[FoundPeriod]) -> list[list[FoundPeriod]]:
    """The periods that only "and" and commas join, row by row."""
    rows: list[list[FoundPeriod]] = []
    for one in periods:
        if rows and JOINT.fullmatch(text, rows[-1][-1].end, one.start):
            rows[-1].append(one)
        else:
            rows.append([one])
    return rows
