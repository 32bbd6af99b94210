"""How sentences tell what a figure is: patterns of clauses, comparisons, rises and falls, losses, spans of time, that ``claims`` reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from finfoundry.core.periods import FoundPeriod
from finfoundry.core.quantities.numbers import PrintedNumber

ABBREVIATED = "".join(rf"(?<!{word}\.)" for word in (r"[A-Z]\.[A-Z]", "Inc", "Corp", "Co", "Ltd", "vs", "No", "approx", r"e\.g", r"i\.e"))
SENTENCE_END = re.compile(rf"(?:[!?]|\.{ABBREVIATED})(?:\s*\[\d+\])*\s+(?=[A-Z\"“(\[*•-])|[。！？；](?:\s*\[\d+\])*|\n+|\s+(?=[•●▪])")
CLAUSE = re.compile(r"[,;:，；：、(（]|(?<=\s)(?:and|while|whereas|but|plus|or)(?=\s)|[和与及]")
CUT = re.compile(r"(?<=[,;，；：、\s])(?=[^\s\d])")
COMPARE = re.compile(
    r"\b(?:compared (?:with|to)|versus|vs\.?|up from|down from|from(?=\s+\W?\d|\s+[A-Z]{2,3}\W?\d)|against|relative to|than|times)\b"
    r"|相比|较|比(?![例率重])|上年同期|而|倍",
    re.IGNORECASE,
)
JOINT = re.compile(r"(?:\s|\[\d+\]|[,，、()（）$]|and|or|和|与|及|respectively|versus|vs\.?|to|至|分别|约|about|approximately)*")
ASIDE = re.compile(r"[(（][^()（）]*[)）]")
ENDED_ASIDE = re.compile(r"^[^()（）]*[)）]")  # of the figure before
INSIDE = re.compile(r"^.*[(（](?=[^)）]*$)", re.DOTALL)  # the text before a bracket that is still open
IDIOM = re.compile(r"翻了?(?:近|约|超过?|将近)?$")  # "nearly doubled": 翻了近一倍
FROM = re.compile(r"\bfrom\b|[由从]", re.IGNORECASE)
YEARS_ZH = re.compile(r"[一两二三四五六七八九十]年")
SPANNED = re.compile(r"\s*(?:合计|累计|总计|平均|间|来|内)")
RISE = re.compile(
    r"\b(?:rose|ris(?:e|en|ing)|increas\w*|gr[eo]w\w*|growth|up|higher|improv\w*|gain(?:s|ed|ing)?|climb\w*"
    r"|expand\w*|widen\w*|rais(?:ed|es|ing)|lift(?:ed|s)|boost\w*|jump\w*|surg\w*|soar\w*|advanc(?:ed|ing)"
    r"|rebound\w*|added|swell\w*|swollen|doubl\w*|tripl\w*|went up)\b|\b(?:more|larger|greater"
    r"|better) than (?=in\b|a year|the (?:year|prior|previous|same)|last|prior)|增长|增加|上升|提高|提升|上涨|升至|[增涨升]幅|成长"
    r"|增至|增为|多出|攀升|扩大|大增|高出|多(?=了?约?\s*(?:\d|$| ))",
    re.IGNORECASE,
)
FALL = re.compile(
    r"\b(?:fell|fall(?:en|ing)?|decreas\w*|declin\w*|drop\w*|down|lower\w*|shr[aiu]nk\w*|reduc\w*|narrow\w*"
    r"|slip\w*|slid\w*|dip(?:ped|s)?|plung\w*|tumbl\w*|sank|sink\w*|contract(?:ed|ing)|eas(?:ed|ing)|slump\w*"
    r"|halv\w*|went down)\b|\b(?:less|fewer|smaller|worse) than (?=in\b|a year|the (?:year|prior|previous|same)"
    r"|last|prior|\w+ months)|(?<=\s)fewer\b|下降|减少|下滑|降低|下跌|回落|降至|[降跌减]幅|收窄|大减|减至|降为|减为|衰退|缩减|缩小|跌至"
    r"|少(?=了?约?\s*(?:\d|$| ))|减(?=[\d近约])",
    re.IGNORECASE,
)
NEGATIVE = re.compile(
    r"\b(?:loss(?:es)?|deficit|outflows?|used in|used for|negative|paid|spent|repurchased?|used|consumed"
    r"|absorbed|burn(?:ed|t)|outlays?|disbursed|returned|bought back)\b|\blost\b|亏损|净损|损失|流出|使用|耗用|花费|支付|用于|派发"
    r"|偿还|赤字|为负|亏\s*\d",
    re.IGNORECASE,
)
TWO_SIDED = re.compile(  # "income (loss)", "increase (decrease)": the row's name, not what happened
    r"\(?\b(?:increase|decrease|gains?|loss(?:es)?|income|deficit|provided by|used in)\)?\s?/?\s?"
    r"\(?\b(?:increase|decrease|loss(?:es)?|deficit|used in)\)?(?=\W)"
    r"|\((?:loss(?:es)?|decrease|deficit|used in|expense)\)|[(（](?:净?亏损|损失|减少)以?[^)）]*[)）]",
    re.IGNORECASE,
)
NAME_BEFORE = re.compile(r"(?:前|每|最大)\s*$|\b(?:top|largest)\s+$", re.IGNORECASE)
COUNTED_NAME = re.compile(r"(?:[一二三四五六七八九十]{1,2}|\d{1,2})\s*[名大位家股户个]*")
COUNTED = re.compile(r"[a-z]+$")
OVER = re.compile(r"(?:more than|over|exceed\w*|above|at least|in excess of|超过|逾|高于|不低于|多于)\s?$", re.IGNORECASE)
UNDER = re.compile(r"(?:nearly|almost|close to|just under|less than|under|below|近|接近|不足|不到|低于)\s?$", re.IGNORECASE)


EARLIER = re.compile(
    r"(?:compared (?:with|to)|versus|vs\.?|\bagainst|relative to|\bafter(?= (?:only|just|a|an|\W?\d|\s*$)))\b[^,;.:]{0,40}$"
    r"|(?:相比|较|对比|(?<!占)比)[^，。；：]{0,6}$",
    re.IGNORECASE,
)
STARTING = re.compile(r"\bfrom\b[^,;.:]{0,30}$|[由从自][^，。；：]{0,6}$", re.IGNORECASE)
AGAIN = re.compile(
    r"\s*[,，(（]\s*(?:or|i\.e\.|that is|equivalent to|即|或|相当于)?,?\s*(?:by|an? \w+ of|about|around|approximately"
    r"|nearly|roughly|some|约|近)*\s*",
    re.IGNORECASE,
)
BEHIND = re.compile(r"\s*[,，]?\s*(?:较|比|同比|有所|\w*\s*(?:up|down|higher|lower)\b)", re.IGNORECASE)
AND_MORE = re.compile(r"(?:多|余|有余)(?![\w])|\+")  # 四倍多
STARTS = re.compile(r"\bfrom\b|[由从自]", re.IGNORECASE)
ARRIVING = re.compile(r"(?:\bto|[增升减降跌涨变改]?[至到为]了?)\s*(?:about|around|approximately|约|人民币|a|\W)*\s*$", re.IGNORECASE)
ONWARDS = re.compile(r"\s*(?:to\b|至|到|[增升减降跌涨]|上升|下降|提高|提升)", re.IGNORECASE)
BEFORE_LEVEL = 60  # characters before a level in which it is said to be an earlier one
OF_TAIL = re.compile(r"\s*(?:of|in)\b[^,;.]{0,90}|的[^，。；]{0,40}", re.IGNORECASE)
A_YEAR_EARLIER = FoundPeriod("", 0, 0, None, None, None, "relative", -1)
LENGTHS = (
    (3, re.compile(
        r"\b(?:the|this|its|that|\w+er|\w+['’]s|march|june|july)\s+quarter\b(?!\s+(?:end|of\s+the))|\bquarter['’]s"
        r"|\bquarterly\b|\bthree[\s-]months?\b(?!\s+(?:earlier|before|ago|prior))|单季度?|(?:本|第[一二三四1-4])季度", re.IGNORECASE)),
    (6, re.compile(
        r"\b(?:six[\s-]months?|half[\s-]year(?:['’]s)?|first half|half of the year)\b|上半年|半年度?|前六个?月", re.IGNORECASE)),
    (9, re.compile(r"\b(?:nine[\s-]months?|three quarters)\b|前三季度?|前九个?月|九个月", re.IGNORECASE)),
    (12, re.compile(r"\b(?:full[\s-]year|for the (?:whole |entire )?year|twelve months)\b|全年", re.IGNORECASE)),
)  # fmt: skip
NEAR = 40  # characters before a figure in which a word belongs to it


def in_name(text: str, number: PrintedNumber) -> bool:
    """Whether a number only belongs to a name or a turn of phrase: the five of 前五名客户, the ten of 每10股, the two of 两年合计."""
    if YEARS_ZH.fullmatch(number.text) and SPANNED.match(text, number.end):
        return True
    near = max(0, number.start - NEAR)
    if number.text == "一倍" and IDIOM.search(text, near, number.start):
        return True
    return COUNTED_NAME.fullmatch(number.text.strip()) is not None and NAME_BEFORE.search(text, near, number.start) is not None


def only_direction(text: str) -> int:
    """The direction of which alone a text speaks: 1, -1, or 0."""
    rise, fall = RISE.search(text) is not None, FALL.search(text) is not None
    return 0 if rise is fall else 1 if rise else -1


def lengths_in(text: str) -> list[int]:
    """The lengths in months of the spans that a text speaks of without their dates."""
    return [months for months, words_of in LENGTHS if words_of.search(text)]


@lru_cache(maxsize=2_000)
def tells_negative(text: str) -> bool:
    """Whether words tell of a loss or of money going out, outside of a name with both sides: "income (loss)"."""
    return NEGATIVE.search(TWO_SIDED.sub(" ", text)) is not None


def blanked(text: str, numbers: list[PrintedNumber]) -> str:
    """The text with its figures blanked out, so that "million" or 万元 do not read as words of a metric."""
    pieces, done = [], 0
    for number in numbers:
        counted = COUNTED.search(number.text) if number.unit in ("count", "shares") else None
        end = number.start + counted.start() if counted else number.end  # "412 stores": the word says what is counted
        pieces += [text[done : number.start], " " * (end - number.start)]
        done = end
    return "".join([*pieces, text[done:]])


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The start and the end of each sentence of a text."""
    start = 0
    for match in SENTENCE_END.finditer(text):
        if match.end() > start:
            yield start, match.end()
        start = match.end()
    if start < len(text):
        yield start, len(text)
