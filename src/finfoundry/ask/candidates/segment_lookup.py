"""A question about one segment of a company by its name, read without a model: its figure ("What was data center revenue?"), its growth,
its share of the company's figure ("What percentage of revenue came from …", 华东地区营业收入占比).
"""

from __future__ import annotations

import re

from finfoundry.ask.compute.breakdown_rows import is_place
from finfoundry.ask.lexicon.spans import asked_periods
from finfoundry.ask.lexicon.vocabulary import Mention
from finfoundry.ask.plan.dimension import asked_for
from finfoundry.ask.understand.comparison import OPEN, Measure, SegmentComparison, blanked, content_words
from finfoundry.ask.understand.intent import Intent

LONGEST = 60  # characters of a name

# English
_SHARE_OF = re.compile(r"(?:\b(?:percent(?:age)?|share|proportion|portion|fraction)|%)\s+of\b", re.I)
_CAME = re.compile(
    r"\b(?:make|earn|generate|get|came|comes?|generated|derived|earned|made|from|attributable|contributed|accounted)\b", re.I
)
_FROM = re.compile(r".*\b(?:from|by|in|to|for)\s+(?:the\s+|its\s+|their\s+)?(?P<member>\S.*)", re.I | re.S)
_DID = re.compile(
    r"\b(?:did|does|do)\s+(?:the\s+|its\s+)?(?P<member>.+?)\s+(?:contribute|account\s+for|generate|represent|make\s+up|bring\s+in)\b", re.I
)
_WAS = re.compile(
    r"\s*(?:(?:in|for|during)\s+)?(?:is|are|was|were)\s+(?!generated|earned|made|derived)(?:the\s+|its\s+|their\s+)?(?P<member>\S.*)",
    re.I | re.S,
)
_MUCH_OF = re.compile(r"\bhow much of\b", re.I)
_AMOUNT = re.compile(
    r"^\W*(?:what(?:['’]s| is| was| are| were)?|(?:by )?how (?:much|large|high)|how (?:did|do|does)(?=.*\bcompare))\b", re.I
)
_BEFORE = re.compile(
    r"(?:\b(?:what|is|was|were|are|the|its|their|much|of|in)\b|['’]s|\s{2,}|^)\s*(?P<member>[\w&,. /-]*?(?:['’]s?)?)\s*$", re.I
)
_AFTER = re.compile(
    r"(?:\s+(?:was|were|is)\s+(?:generated|earned|made)\s+by"
    r"|(?:\s+(?:did|does)\s+(?:make|earn|generate|get)|\s+(?:came|comes))?\s+(?:from|of|in))\s+"
    r"(?:the\s+|its\s+)?(?P<member>[\w&,. /-]+?)\s*(?:[?]|\bin\s*[?]?)?\s*$",
    re.I,
)
_MOVES = re.compile(
    r"\b(?:growth|grow|grew|growing|increase[ds]?|decrease[ds]?|declined?|change[ds]?|rise|rose|fall|fell|drop(?:ped)?)\b", re.I
)
_KIND = re.compile(
    r"\s+(?:(?:business|operating|reportable|geographic)\s+)*(?:segments?|divisions?|business(?:es)?|regions?|units?|markets?|products?|lines?)$",
    re.I,
)
_END = re.compile(r"(?:\s+(?:in|for|during|at|of|and|versus|vs\.?|compared(?:\s+(?:to|with))?))+$|['’]s?$")

# Chinese
_PART_ZH = re.compile(
    r"(?:^|[，,。\s的年度])(?P<member>[^，,。\s]{2,20}?)(?:业务|板块|分部)?(?:的?(?:营业)?收入|的?销售额)?占(?:公司|全部|总|其|主营业务|的)*\s*$"
)
_OF_ZH = re.compile(r"(?:^|[，,。\s的年度])(?P<member>[^，,。\s的年度]{2,16}?(?:地区|业务|分部|板块|产品|行业))的?$")
_PART_AFTER_ZH = re.compile(r"占比|的?占(?:总|全部|公司|营业|主营)[^，,。]{0,8}(?:比例|比重|多少)|的?比(?:例|重)")


def read_member(intent: Intent) -> SegmentComparison | None:
    """What is asked of one segment; None where the question does not name one next to a metric."""
    concepts = [mention for mention in intent.mentions if not mention.formula]
    if intent.definitions or not concepts or OPEN.search(intent.core):
        return None
    metric = concepts[-1]
    plain = blanked(intent.masked, [(found.start, found.end) for found in asked_periods(intent.masked)])
    said, measure = (_asked_zh if intent.language == "zh" else _asked_en)(intent, plain, metric)
    if measure == "level" and asked_for(intent).relation == "difference" and len(intent.periods) < 2:
        return None  # one figure is no difference of two
    name = _name(said)
    others = {mention.text.lower() for mention in intent.mentions if mention.name != metric.name}
    if not 2 <= len(name) <= LONGEST or any(text not in name.lower() for text in others):
        return None
    title = metric.text if measure == "share" else _title(intent, plain, metric, name)
    return SegmentComparison("member", "high", measure, (metric,), named=(name,), title=title)


def _asked_en(intent: Intent, plain: str, metric: Mention) -> tuple[str, Measure]:
    if _SHARE_OF.search(plain[: metric.start]):
        after = plain[metric.end :].rstrip(" ?.")
        found = _DID.search(after) or (_FROM.match(after) if _CAME.search(after) else _WAS.match(after))
        return (found["member"] if found else ""), "share"
    return _beside(intent, plain, metric), "change" if _MOVES.search(intent.core) else "level"


def _asked_zh(intent: Intent, plain: str, metric: Mention) -> tuple[str, Measure]:  # noqa: ARG001  as in English
    before = plain[: metric.start]
    if part := _PART_ZH.search(before):
        return part["member"], "share"
    found = _OF_ZH.search(before)
    return (found["member"] if found else ""), "share" if _PART_AFTER_ZH.match(plain[metric.end :]) else "level"


def _beside(intent: Intent, plain: str, metric: Mention) -> str:
    """The words right before the metric, or after it behind "from", that nothing else explains; empty where there are none, or both."""
    if not _AMOUNT.search(intent.core.strip()):
        return ""
    after = plain[metric.end :].rstrip(" ?.")
    was = _WAS.match(after) if _MUCH_OF.search(plain[: metric.start]) else None  # "how much of revenue was software?"
    found = [was] if was else [_BEFORE.search(plain[: metric.start]), _AFTER.match(after)]
    texts = [match["member"] for match in found if match and (content_words(intent, match["member"]) or is_place(match["member"]))]
    return texts[0] if len(texts) == 1 else ""


def _name(said: str) -> str:
    """A segment's name without its kind ("segment"), its apostrophe and a preposition at its end that belonged to a period."""
    name = re.sub(r"\s+", " ", _KIND.sub("", said.strip(" '’,"))).removeprefix("’s ").strip()
    return _END.sub("", name)


def _title(intent: Intent, plain: str, metric: Mention, name: str) -> str:
    """The segment's metric as the question calls it."""
    if intent.language == "zh":
        return f"{name}{metric.text}"
    return f"{name} {metric.text}" if name in plain[: metric.start] else f"{metric.text} from {name}"
