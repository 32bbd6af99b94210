"""What a question asks, read without a model: its language, entities, periods, scope, units, decimals, and the part that asks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from finfoundry.ask.lexicon.definitions import Definition, definitions, label_name
from finfoundry.ask.lexicon.entities import EntityNames, Named, unknown_company
from finfoundry.ask.lexicon.spans import years_before
from finfoundry.ask.lexicon.vocabulary import Mention, Vocabulary, tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.understand.asked_unit import asked_unit
from finfoundry.ask.understand.stored_labels import labelled
from finfoundry.core.answer import Language
from finfoundry.core.document import Scope
from finfoundry.core.errors import InputError
from finfoundry.core.language import language_of
from finfoundry.core.periods import FiscalYear, FoundPeriod, find_periods

Shape = Literal["value", "change", "sign", "which", "open"]


@dataclass(frozen=True, slots=True)
class Wish:
    """How the reader wants the figure: scale (None: ours to choose), its word, decimals, percent."""

    scale: Decimal | None = None
    word: str = ""
    decimals: int | None = None
    percent: bool | None = None
    currency: str | None = None  # in which an amount is asked for, ISO 4217


@dataclass(frozen=True, slots=True)
class Intent:
    """A question understood. ``core`` is the clause that asks; ``periods`` stand in the order named."""

    question: str
    language: Language
    core: str
    entities: tuple[str, ...]
    ambiguous: tuple[str, ...]  # names that fit one naming equally well
    unknown: str | None  # a company named that no document knows
    periods: tuple[FoundPeriod, ...]
    scope: Scope | None
    statements: tuple[str, ...]  # statements that the question points to
    wish: Wish
    definitions: tuple[Definition, ...]
    mentions: tuple[Mention, ...]  # concepts and formulae named in the core
    rest: tuple[str, ...]  # content words of the core that nothing above explains
    masked: str  # the core with the entities blanked out
    labels: Mapping[str, str] = field(default_factory=dict)  # words of the mentions that are labels of the company's rows, by name
    named: tuple[tuple[int, int], ...] = ()  # where the question names companies


def clean(question: str, maximum: int) -> str:
    """The question without control characters and with single spaces. Raises InputError when empty or too long."""
    text = re.sub(r"\s+", " ", "".join(c for c in question if c.isprintable() or c.isspace())).strip()
    if not text:
        raise InputError("the question is empty", remedy="Ask something")
    if len(text) > maximum:
        raise InputError(f"the question has {len(text):,} characters", remedy=f"Ask it in at most {maximum:,}")
    return text


def understand(
    question: str, names: EntityNames, vocabulary: Vocabulary, calendar: FiscalYear | None = None, labels: Sequence[str] = ()
) -> Intent:
    """Read a question. ``calendar`` is the fiscal calendar of its entity, ``labels`` those of its rows, once they are known."""
    language = language_of(question)
    named = names.find(question)
    spans = _with_appositions(question, [(item.start, _form_after(question, item.end)) for item in named])
    core = core_of(question)
    asked = _mask(core, spans)
    periods, before = find_periods(asked, fiscal_year_end=calendar), years_before(asked)
    heard = _without_change(asked, question) if len(periods) + len(before) > 1 or _COMPARES.search(asked) else asked
    mentions = labelled(vocabulary.find(heard), heard, labels, periods)
    rest = _rest(asked, [*mentions, *periods, *before])
    unknown = None
    if not named:
        taken = [(mention.start, mention.end) for mention in mentions] + [(found.start, found.end) for found in periods]
        unknown = unknown_company(core, taken) or (_unknown_zh(core.strip(), rest) if language == "zh" else None)
    return Intent(
        question=question,
        language=language,
        core=core,
        entities=_one_each(named),
        ambiguous=_ambiguous(named),
        unknown=unknown,
        periods=(*(periods or find_periods(_mask(question, spans), fiscal_year_end=calendar)), *before),
        scope=_scope(question),
        statements=_statements(question),
        wish=wish_of(question),
        definitions=tuple(definitions(question, vocabulary)),
        mentions=tuple(mentions),
        rest=tuple(rest),
        masked=asked,
        labels={name: label for label in labels if (name := label_name(label)) in {mention.name for mention in mentions}},
        named=tuple(spans),
    )


_COMPARES = re.compile(r"\b(?:growth|year[- ]over[- ]year|yoy|percent\w*)\b", re.I)
_CHANGE_OF = re.compile(r"\b(?:change|changes|increase|decrease|decline|growth|movement)\s+(?:in|of)\b(?:\s+the\b)?", re.I)
_FLOW = re.compile(r"cash flow statement|statement of cash flows|working capital", re.I)


def _without_change(core: str, question: str) -> str:
    """Where two periods are compared, "the change in inventories" is that of the balance, not the line of a cash flow statement."""
    return core if _FLOW.search(question) else _mask(core, [match.span() for match in _CHANGE_OF.finditer(core)])


_APPOSITION = re.compile(r"\b([A-Z][\w&.-]*(?:\s[A-Z][\w&.-]*)*)(?:['’]s)?\s*\([^()]*[A-Z][^()]*\)")  # a name, another one in brackets
_FORM = re.compile(
    r"(?:,?\s+(?:Bank|Bancorp|Bankshares|Group|Holdings?|Company|Co|Corp|Corporation|Inc|Incorporated|Limited|Ltd|plc|PLC|AG|SE|NV|SA)\b\.?)+"
)


def _form_after(question: str, end: int) -> int:
    """Where a name ends with the words of its form that the question adds: "Example Bank" of Example Bankshares."""
    form = _FORM.match(question, end)
    return form.end() if form else end


def _with_appositions(question: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A name with another in brackets behind it, an earlier or a short one: where one of the two is known, both are the entity."""
    wide = [(match.start(), match.end()) for match in _APPOSITION.finditer(question)]
    return spans + [(start, end) for start, end in wide if any(start <= a and b <= end for a, b in spans)]


def _one_each(named: Sequence[Named]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.name for item in sorted(named, key=lambda item: item.start)))


def _ambiguous(named: Sequence[Named]) -> tuple[str, ...]:
    places: dict[tuple[int, int], set[str]] = {}
    for item in named:
        places.setdefault((item.start, item.end), set()).add(item.name)
    unclear = next((sorted(found) for found in places.values() if len(found) > 1), [])
    return tuple(unclear)


def _mask(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with the spans blanked out, so that positions stay."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


# --- the clause that asks -------------------------------------------------------------------------------------------------------

_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z\"(])|(?<=[。？！；])|(?<=\?)\s+")
_ASKS = re.compile(
    r"\b(?:what|which|who|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could|would|will|should|among)\b",
    re.I,
)
_INSTRUCTION = re.compile(
    r"^(?:please\s+)?(?:round|answer|take|apply|give|provide|use|using|express|report|state|if|note|define|calculate)\b"
    r"|\b(?:is|are)\s+(?:defined|calculated|computed)\s+as\b",
    re.I,
)
_ORDER = re.compile(r"^\W*(?:please\s+)?(?:calculate|compute|provide|give|report|state|determine|find|show|tell)\b", re.I)
_DEFINES = re.compile(r"\b(?:is|are)\s+(?:defined|calculated|computed)\s+as\b|^\W*(?:calculate|compute)\s+(?:it|this)\b", re.I)
_LEAD = re.compile(
    r"^\s*(?:considering|using|based|according|by|when|given|from|in|as|with|on)\b[^?]*?,\s*"
    r"(?=(?:about\s+)?(?:what|which|how|who|is|are|was|were|did|does|do|has|have|why|where|when|among)\b)",
    re.I,
)
_TAIL = re.compile(
    r"\s*[(（](?:in|expressed in|rounded|round|answer|give)\b[^)）]*[)）]|,?\s*(?:rounded|expressed|stated)\s+(?:to|in|as)\b[^?.]*"
    r"|,?\s+to\s+(?:one|two|three|four|\d)\s+decimals?(?:\s+places?)?"
    r"|,?\s+in\s+(?:units of\s+)?(?:usd|us\$|u\.s\. dollars?|dollars?|rmb|eur)?\s*(?:millions?|billions?|thousands?"
    r"|percents?)\b(?=\s*[?.]|$)",
    re.I,
)
_TAIL_ZH = re.compile(
    r"[（(,，。]?\s*(?:请|结果|需要?|并|需|均|都|最终|答案|应|你|您|帮我|[，,])*(?:保留|精确|四舍五入)[^，。？?；]*|[（(]单位[^)）]*[)）]|以(?:百?万|亿"
    r"|千)?元(?:为单位|计)|单位[:：]?(?:百?万|亿|千)?元"
)
_LEAD_ZH = re.compile(
    r"^\s*(?:请问|请|能否|可以|告诉我|列出|列举|列示|给出|写出|查询|计算|提供|简要|一下|您好|你好|,"
    r"|，|\s)+"
)


def core_of(question: str) -> str:
    """The clause that asks; instructions, definitions and lead-ins are blanked out, so that positions are those of the question."""
    sentences = _sentences(question)
    asking = [(a, b) for a, b in sentences if not _INSTRUCTION.search(question[a:b])]
    asking = (
        asking or [(a, b) for a, b in sentences if _ORDER.search(question[a:b]) and not _DEFINES.search(question[a:b])][:1] or sentences
    )
    start, end = next(
        ((a, b) for a, b in asking if question[a:b].rstrip().endswith(("?", "？"))),
        next(((a, b) for a, b in asking if _ASKS.search(question[a:b]) or language_of(question[a:b]) == "zh"), asking[0]),
    )
    core = _mask(question, [(0, start), (end, len(question))])
    chinese = language_of(question[start:end]) == "zh"
    for pattern in (_LEAD_ZH, _TAIL_ZH) if chinese else (_LEAD, _TAIL):
        where = [(match.start(), match.end()) for match in pattern.finditer(core)]
        if core.strip() != _mask(core, where).strip() and _mask(core, where).strip(" ?？.。"):
            core = _mask(core, where)
    return core


def asked_of(question: str) -> str:
    """All clauses that ask, the others blanked out: the core, and every other sentence that is a question or an order."""
    core = core_of(question)
    others = [
        (start, end) for start, end in _sentences(question)
        if not core[start:end].strip() and not _INSTRUCTION.search(question[start:end]) and _is_asking(question[start:end])
    ]  # fmt: skip
    return "".join(
        character if kept != " " or any(start <= place < end for start, end in others) else " "
        for place, (character, kept) in enumerate(zip(question, core, strict=True))
    )


def _sentences(question: str) -> list[tuple[int, int]]:
    bounds = [0, *(match.end() for match in _SENTENCE.finditer(question)), len(question)]
    return [(start, end) for start, end in pairwise(bounds) if question[start:end].strip()] or [(0, len(question))]


def _is_asking(sentence: str) -> bool:
    return sentence.rstrip().endswith(("?", "？")) or bool(_ORDER.search(sentence)) or bool(_ASKS_ZH.search(sentence))


_ASKS_ZH = re.compile(r"多少|几[个家人元倍]|什么|哪|谁|吗|呢|是否|有没有|如何|怎么?样|为何")


# --- what is left over ----------------------------------------------------------------------------------------------------------


_EMPTY_ZH = re.compile(
    r"相比(?:如何|怎样|怎么样)|(?:如何|怎样|怎么|有何|有什么|有哪些)(?:变化|变动)|是?上升还是下降|上升|下降|提升|升高|还是|"
    r"(?:最近|近|过去)[两二三四五\d]年|(?:现金)?分红(?:方案|预案)|利润分配(?:方案|预案)|百分之(?:几|多少)|是多少|为多少|有多少|多少|是什么|什么|分别|具体|大约|约为|大概|请问|数据|报告期?|年报|年度|当年|全年|公司|企业|金额|数额"
    r"|数值|总额|情况|期末|年末|期初|截至|截止|根据|其|的|是|在|为|和|与|及|元|万|亿|百|千|单位|"
    r"请|告诉|我|想|知道|呢|吗|啊|了|中|里|上|下|达到|实现|共|总共|一共|分|股|比|占|率|年|月|日|末|初|内|于|从|到|至|今年|去年"
)


def _rest(masked: str, explained: Sequence[Mention | FoundPeriod]) -> list[str]:
    text = _mask(masked, [(item.start, item.end) for item in explained])
    text = re.sub(r"['’]s\b", " ", text)
    han = " ".join(part for part in re.split(r"[^\u3400-\u9fff]+", text) if part)
    left_zh = [part for part in _EMPTY_ZH.sub(" ", han).split() if part]
    left_en = [t.text for t in tokens(re.sub(r"[\u3400-\u9fff]", " ", text)) if t.text not in word_list("empty") and not t.text.isdigit()]
    return left_zh + [word for word in left_en if len(word) > 1]


def _unknown_zh(core: str, rest: Sequence[str]) -> str | None:
    """Han characters beside the year that no vocabulary explains, at the clause's start: a company's short name."""
    head = re.match(r"(?:根据|在|请问)?(?:\d{4}年(?:度|的|末|底)?)?[,，]?([\u4e00-\u9fff]{2,12})", core)
    return next(
        (part for part in rest if 2 <= len(part) <= 12 and head and head[1].startswith(part[:2]) and not _VERB_ZH.search(part)), None
    )


_VERB_ZH = re.compile(r"分析|介绍|说明|描述|简述|哪|谁|怎|如何|为何|原因|影响|变化|主要|所有|全部|行业|排名|最高|最低|最大|最小")

# --- units, scope, statements ---------------------------------------------------------------------------------------------------

_NUMBERS = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "五": 5, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "零": 0}


def wish_of(question: str) -> Wish:
    """Scale, decimals and percent that the question asks for."""
    scale, word, currency = asked_unit(question)
    return Wish(scale, word, _decimals(question), _percent(question), currency)


def _decimals(question: str) -> int | None:
    if match := re.search(r"\b(one|two|three|four|zero|\d)\s+decimals?(?:\s+places?|\s+points?)?|\b(\d)\s*dp\b", question, re.I):
        return _count(match[1] or match[2])
    if match := re.search(r"nearest\s+(tenth|hundredth|thousandth|whole|integer|million|dollar)", question, re.I):
        return {"tenth": 1, "hundredth": 2, "thousandth": 3}.get(match[1].lower(), 0)
    if match := re.search(
        r"(?:保留|精确|取)(?:到|至)?\s*(?:小数点?后?)?\s*([一二两三四五零\d])\s*位(?:小数)?|小数点后\s*([一二两三四五零\d])\s*位", question
    ):
        return _count(match[1] or match[2])
    return 0 if re.search(r"保留整数|取整|四舍五入到?整数", question) else None


def _count(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word.lower()]


def _percent(question: str) -> bool | None:
    return True if re.search(r"units? of percents?|in percents?(?:ages?)?\b|percentage|as a %|百分比|百分之", question, re.I) else None


_PARENT = re.compile(
    r"(?<!归属于)(?<!归属)(?<!归)母公司(?!所有者|股东|普通股)"
    r"|\b(?:parent[- ]company(?:[- ]only)?|parent[- ]only|unconsolidated|stand-?alone)\b",
    re.I,
)


_GROUP = re.compile("合并|consolidated", re.IGNORECASE)


def _scope(question: str) -> Scope | None:
    if _PARENT.search(question):
        return "parent"
    return "consolidated" if _GROUP.search(question) else None


def names_both_scopes(question: str) -> bool:
    """Whether a question speaks of the group and of its parent company alone."""
    return _PARENT.search(question) is not None and re.search(r"合并(?!范围)|(?<!un)consolidated|\bgroup\b", question, re.I) is not None


_STATEMENT_WORDS = (
    ("balance", r"balance sheet|statement of financial position|资产负债表"),
    ("income", r"income statement|statement of (?:income|operations|earnings)|P&L|profit and loss|利润表|损益表"),
    ("cash flow", r"cash flow statement|statement of cash flows|现金流量表"),
    ("equity", r"statement of (?:changes in )?(?:shareholders|stockholders)?['’]?\s*equity|所有者权益变动表"),
)


def _statements(question: str) -> tuple[str, ...]:
    return tuple(name for name, pattern in _STATEMENT_WORDS if re.search(pattern, question, re.I))
