"""Questions over all companies, read without a model: which metric, of which year, over whom, and what is wanted of it: the highest few,
the place in a ranking, how many, their mean, median or sum.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from finfoundry.ask.plan.expressions import PlannedExpression, items_named
from finfoundry.ask.plan.text_field import fields
from finfoundry.ask.understand.intent import Intent
from finfoundry.core.formulas import Formula
from finfoundry.core.quantities.numbers import find_numbers

Stat = Literal["top", "count", "mean", "median", "sum"]
Comparison = Literal[">", ">=", "<", "<="]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A metric compared with a number of the question, as printed there."""

    item: PlannedExpression
    comparison: Comparison
    value: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class InPlace:
    """A text field that names a place: "注册地址在上海"."""

    field: str  # the field's usual name
    columns: tuple[str, ...]
    place: str
    text: str  # as said


@dataclass(frozen=True, slots=True)
class Selection:
    """What is wanted. ``first`` to ``last``: the places of the ranking, from 1. ``year`` None: the latest."""

    stat: Stat
    item: PlannedExpression | None
    year: int | None
    descending: bool = True
    first: int = 1
    last: int = 1
    thresholds: tuple[Threshold, ...] = ()
    places: tuple[InPlace, ...] = ()


_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_N = r"(\d{1,3}|[一二两三四五六七八九十]{1,3})"
_COUNT = re.compile(
    r"(?:多少|几)(?:家|个|只)|(?:公司|企业)(?:的)?(?:数量|家数|数目|总数)"
    r"|\bhow many (?:listed )?(?:companies|firms|issuers)\b|number of (?:companies|firms)",
    re.I,
)
_MEAN = re.compile(r"平均值?|均值|\b(?:average|mean)\b", re.I)
_MEDIAN = re.compile(r"中位数|中值|\bmedian\b", re.I)
_SUM = re.compile(r"总和|合计|总计|之和|加起来|加总|一共|总共|\b(?:sum|total)\b", re.I)
_TOP_N = re.compile(
    rf"(?:排名|排在|排行)?(?:最靠)?(前|后|倒数前?|末)(?:的)?{_N}(?:家|名|位|大|个|的|强)?|\b(top|bottom|highest|lowest|largest"
    rf"|smallest)\s+(\d{{1,3}}|two|three|five|ten)\b",
    re.I,
)
_LISTED = re.compile(rf"{_N}(?:家|个|名)(?:(?:上市)?(?:公司|企业))?|\b(\d{{1,3}}|two|three|five|ten) (?:listed )?(?:companies|firms)", re.I)
_RANK = re.compile(
    rf"(倒数)?第{_N}(?:高|大|多|名|位|低|小|少)?|\b(second|third|fourth|fifth)[- ](highest|largest|lowest|smallest|biggest)\b", re.I
)
_HIGH = re.compile(
    r"最高|最大|最多|最强|最好|居首|排名第一|榜首|第[一二三四五六七八九十\d]+[高大多名位]|(?:从|由)(?:高|大|多)(?:到|至)|\b(?:highest|largest|most|biggest|top|greatest|best)\b",
    re.I,
)
_LOW = re.compile(
    r"最低|最小|最少|最差|垫底|倒数|末位|第[一二三四五六七八九十\d]+[低小少]|(?:从|由)(?:低|小|少)(?:到|至)|\b(?:lowest|smallest|least|worst|bottom|fewest)\b",
    re.I,
)
WHO = re.compile(r"哪|谁|公司|企业|排名|名单|列出|\b(?:which|who|what|list|name|companies|company|firms)\b", re.I)
_ORDINALS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "two": 2, "three": 3, "five": 5, "ten": 10}
_THRESHOLD = re.compile(
    r"(?P<op>不低于|不少于|不小于|大于等于|至少为?|大于或等于|不超过|不高于|不多于|不大于|至多|小于等于|超过了?|大于|高于|多于|突破|达到|低于|小于|少于|不足|不到"
    r"|(?:of )?(?:more|greater|higher) than|(?:was |is |were )?(?:above|over|exceed(?:ed|ing|s)?)|at least|(?:less"
    r"|lower|fewer) than|below|under|at most|在|为)?\s*"
    r"(?P<number>-?[\d,.]+\s*(?:万亿|百万|千万|[亿万千])?(?:元|人|%|％|个百分点|倍)?(?:\s*(?:thousand|million|billion|trillion)(?:\s*(?:yuan|rmb|cny))?)?)"
    r"(?P<after>以上|以下|及以上|及以下|之上|之下)?",
    re.I,
)
_OPS: Mapping[str, Comparison] = {
    "不低于": ">=", "不少于": ">=", "不小于": ">=", "大于等于": ">=", "大于或等于": ">=", "至少": ">=", "至少为": ">=", "at least": ">=",
    "达到": ">=", "不超过": "<=", "不高于": "<=", "不多于": "<=", "不大于": "<=", "至多": "<=", "小于等于": "<=", "at most": "<=",
    "超过": ">", "超过了": ">", "大于": ">", "高于": ">", "多于": ">", "突破": ">",
    "低于": "<", "小于": "<", "少于": "<", "不足": "<", "不到": "<",
}  # fmt: skip
_SIGNS: tuple[tuple[re.Pattern[str], Comparison], ...] = (
    (re.compile(r"(?:为|是)?(?:负数|负值|负(?!债))|亏损|\bnegative\b|\bloss[- ]making\b", re.I), "<"),
    (re.compile(r"(?:为|是)正(?:数|值)?|\bpositive\b|盈利的", re.I), ">"),
)
_RESULTS = ("亏损", "盈利的")
_NET_INCOME = ("net_income", "净利润")
_GROWTH = re.compile(r"(?:同比)?(?:增长率|增速|增幅|增长幅度|增长)|\bgrowth(?: rate)?\b", re.I)
_PLACE_FIELD = re.compile(
    r"(?P<field>注册地址?|注册地点|注册|办公地址|办公地点|办公地|总部所?|总部地址|位于)\s*(?:所?在地?|位于|是|为|在)*\s*(?P<place>[\u4e00-\u9fff]{2,9}?)(?=的"
    r"|，|,|？|\?|。|且|并|、|\s|公司|企业|上市|有|中|里|之|$)"
    r"|(?:registered|headquartered|based|located)\s+in\s+(?P<latin>[A-Z][a-z]+)"
)
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
    "|深圳|杭州|广州|苏州|宁波|南京|成都|武汉|青岛|大连|厦门|长沙|合肥|西安|无锡|郑州|济南|福州"
)
_BARE_PLACE = re.compile(rf"({_PROVINCES})(?:省|市)?(?:地区|籍|本地)?的?(?=(?:上市)?(?:公司|企业))")
_LATIN = {
    "Shanghai": "上海",
    "Beijing": "北京",
    "Shenzhen": "深圳",
    "Guangdong": "广东",
    "Zhejiang": "浙江",
    "Jiangsu": "江苏",
    "Tianjin": "天津",
    "Chongqing": "重庆",
    "Hangzhou": "杭州",
    "Guangzhou": "广州",
    "Sichuan": "四川",
    "Fujian": "福建",
    "Shandong": "山东",
}
_STRUCTURE = re.compile(
    r"上市|列|两|公司|企业|所有|全部|全体|全市场|市场|A股|股|哪些|哪|谁|排名|排行|排在|排列|排序|名单|按|照|从|由|高|低|大|小|多|少|到|至|前|后|倒数|末|第|名|位|家|个"
    r"|最|依次|分别|各|以及|及|其|数|是|为|的|了"
    r"|请|问|给|出|告诉|我|帮|查|找|一下|看|想|知道|统计|计算|求|有|在|中|里|当年|全年|年度|年报|报告|根据|基于|显示|情况|金额|值|总|和|合计|平均|均|超过"
    r"|不足|达到|以上|以下|等于|满足|条件|符合|之|且|并|同时"
    r"|共|加起来|几|元|亿|万|千|百|人|注册|地址|办公|地|首|这些|那些|该|此|内|期间|实现|取得|表现|水平|呢|吗|啊|与|同比|增长率|增速|增幅"
    r"|增长|负|正|亏损|盈利|不|时|候|份|度|能|否|可以|间|一|二|三|四|五|六|七|八|九|十"
)
_EMPTY_EN = frozenset((
    "which", "what", "who", "companies", "company", "firm", "firms", "listed", "had", "has", "have", "the", "highest", "lowest",
    "largest", "smallest", "top", "bottom", "most", "least", "of", "in", "by", "with", "and", "how", "many", "number", "average", "mean",
    "median", "sum", "total", "all", "for", "registered", "based", "headquartered", "located", "is", "was", "were", "are", "did", "their",
    "rank", "ranked", "ranking", "list", "name", "show", "give", "me", "more", "than", "less", "over", "above", "below", "at", "exceed",
    "exceeded", "exceeding", "among", "across", "greater", "higher", "lower", "year", "fiscal", "growth", "rate", "million", "billion",
    "yuan", "rmb", "cny", "five", "three", "ten", "two", "second", "third", "fourth", "fifth", "biggest", "an", "whose", "its", "report",
    "reported", "that", "whole", "market",
))  # fmt: skip


def plan_selection(intent: Intent, library: Mapping[str, Formula]) -> Selection | None:
    """A plan when the question ranks, counts or aggregates over companies and its words are all understood."""
    if intent.entities or not WHO.search(intent.core):
        return None
    core, places = _places(intent.masked)
    core, thresholds = _thresholds(core, intent, library)
    items = _items(core, intent, library)
    stat = _stat(core)
    if stat is None or len(items) > 1 or (not items and stat != "count") or (stat == "count" and not (thresholds or places)):
        return None
    if _left(core, intent):
        return None
    years = {found.fiscal_year for found in intent.periods if found.fiscal_year}
    if len(years) > 1:
        return None
    first, last = _ranks(core)
    low = bool(_LOW.search(core)) or (
        not _HIGH.search(core) and bool(re.search(r"后|末", "".join(m[1] or "" for m in _TOP_N.finditer(core))))
    )
    item = items[0] if items else None
    return Selection(stat, item, next(iter(years), None), not low, first, last, thresholds, places)


def _stat(core: str) -> Stat | None:
    if _COUNT.search(core) and not _HIGH.search(core) and not _LOW.search(core):
        return "count"
    if _MEDIAN.search(core):
        return "median"
    if _MEAN.search(core) and not (_HIGH.search(core) or _LOW.search(core)):
        return "mean"
    if _HIGH.search(core) or _LOW.search(core) or _TOP_N.search(core) or re.search("排名|排行|排第|位列", core):
        return "top"
    return "sum" if _SUM.search(core) and re.search(r"公司|企业|compan|firms", core, re.I) else None


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    if word.lower() in _ORDINALS:
        return _ORDINALS[word.lower()]
    tens, _, ones = word.rpartition("十") if "十" in word else ("", "", word)
    return (_DIGITS.get(tens, 1) * 10 if "十" in word else 0) + _DIGITS.get(ones, 0)


def _ranks(core: str) -> tuple[int, int]:
    """The places asked for: the first three, or only the fifth."""
    if match := _TOP_N.search(core):
        number = _number(match[2] or match[4])
        return 1, max(1, number)
    if (match := _RANK.search(core)) and not re.search(r"第[一二三四]季度", core):
        number = _number(match[2] or match[3])
        return (number, number) if number else (1, 1)
    if match := _LISTED.search(core):
        return 1, max(1, _number(match[1] or match[2]))
    return 1, 1


def _places(core: str) -> tuple[str, tuple[InPlace, ...]]:
    found: list[InPlace] = []
    for pattern in (_PLACE_FIELD, _BARE_PLACE):
        for match in list(pattern.finditer(core)):
            groups = match.groupdict()
            place = _LATIN.get(groups.get("latin") or "", groups.get("place") or ("" if groups else match[1]))
            place = re.sub(r"^(?:在|于|为|是)+", "", place)
            if len(place) < 2 or found:
                continue
            name = "office_address" if re.match("办公|总部|headq", match[0], re.I) else "registered_address"
            found.append(InPlace(name, fields()[name], re.sub(r"(?<=..)[省市]$", "", place), match[0].strip().rstrip("的")))
            core = core[: match.start()] + " " * (match.end() - match.start()) + core[match.end() :]
    return core, tuple(found)


def _thresholds(core: str, intent: Intent, library: Mapping[str, Formula]) -> tuple[str, tuple[Threshold, ...]]:
    """Comparisons that follow a metric, and signs ("净利润为负"); both are blanked out, the metric with them."""
    found: list[Threshold] = []
    for match in list(_THRESHOLD.finditer(core)):
        comparison = _comparison(match)
        numbers = find_numbers(match["number"])
        before = [m for m in intent.mentions if m.end <= match.start() and re.fullmatch(r"[^，,；;]{0,8}", core[m.end : match.start()])]
        if comparison is None or len(numbers) != 1 or not before or not core[before[-1].start : before[-1].end].strip():
            continue
        mention = before[-1]
        (item,) = items_named(replace(intent, mentions=(mention,)), library)
        between = core[mention.end : match.start()]
        if _GROWTH.search(between):
            item = grown(item)
        found.append(Threshold(item, comparison, numbers[0].value, core[mention.start : match.end()].strip()))
        core = core[: mention.start] + " " * (match.end() - mention.start) + core[match.end() :]
    for pattern, sign in _SIGNS:
        for match in list(pattern.finditer(core)):
            before = [m for m in intent.mentions if m.end <= match.start() <= m.end + 3 and core[m.start : m.end].strip()]
            if not before and match[0] in _RESULTS:  # 亏损的公司, 盈利的公司: of net income
                found.append(Threshold(PlannedExpression(_NET_INCOME[1], _NET_INCOME[0], None), sign, Decimal(0), match[0]))
                core = core[: match.start()] + " " * (match.end() - match.start()) + core[match.end() :]
            if before:
                (item,) = items_named(replace(intent, mentions=(before[-1],)), library)
                if _GROWTH.search(core[before[-1].end : match.start()]):
                    item = grown(item)
                found.append(Threshold(item, sign, Decimal(0), core[before[-1].start : match.end()].strip()))
                core = core[: before[-1].start] + " " * (match.end() - before[-1].start) + core[match.end() :]
    return core, tuple(found)


def _comparison(match: re.Match[str]) -> Comparison | None:
    operator, after = (match["op"] or "").lower(), match["after"] or ""
    if "以上" in after or "之上" in after:
        return ">="
    if "以下" in after or "之下" in after:
        return "<="
    if operator in _OPS:
        return _OPS[operator]
    if re.search("more|greater|higher|above|over|exceed", operator):
        return ">"
    return "<" if re.search("less|lower|fewer|below|under", operator) else None


def _items(core: str, intent: Intent, library: Mapping[str, Formula]) -> Sequence[PlannedExpression]:
    mentions = tuple(m for m in intent.mentions if core[m.start : m.end].strip())
    if not mentions:
        return ()
    items = items_named(replace(intent, mentions=mentions, core=core), library)
    if len(mentions) == 1 and _GROWTH.match(core[mentions[0].end :].lstrip(" 的")):
        return [grown(items[0])]
    return list({item.expression: item for item in items}.values())


def grown(item: PlannedExpression) -> PlannedExpression:
    """The growth of an item over the year before; nothing where that was not positive, of which growth says nothing."""
    x = f"({item.expression})"
    return PlannedExpression(f"{item.title}增长率", f"({x} - prior({item.expression})) / prior({item.expression})", "percent")


def _left(core: str, intent: Intent) -> list[str]:
    """Words that nothing explains: then the question asks for more than was understood."""
    text = core
    for mention in intent.mentions:
        text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    text = re.sub(r"(?:19|20)\d\d年?(?:度|末|底)?|\d+", " ", text)
    left = [part for part in re.split(r"[^\u4e00-\u9fff]+", _STRUCTURE.sub(" ", text)) if part]
    latin = [word for word in re.findall(r"[a-z]{2,}", text.lower()) if word not in _EMPTY_EN]
    return left + latin
