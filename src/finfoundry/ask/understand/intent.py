"""What a question asks, read without a model: its language, entities, periods, scope, units, decimals, and the part that asks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from finfoundry.ask.lexicon.definitions import Definition, definitions, label_name
from finfoundry.ask.lexicon.entities import COMPANY_ZH, EntityNames, Named, is_company
from finfoundry.ask.lexicon.name_places import goes_on
from finfoundry.ask.lexicon.parties import is_party
from finfoundry.ask.lexicon.spans import asked_periods, years_before
from finfoundry.ask.lexicon.unknown_names import listed_company, unknown_company
from finfoundry.ask.lexicon.vocabulary import Mention, Token, Vocabulary, tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.understand.question_text import asked_unit, core_of, masked_out, with_antecedent
from finfoundry.ask.understand.stored_labels import labelled
from finfoundry.core.answer import Language
from finfoundry.core.document import Scope
from finfoundry.core.language import HAN_RUN, language_of, simplified
from finfoundry.core.periods import FiscalYear, FoundPeriod

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
    """A question understood. ``core`` is the clause that asks; ``periods`` are in the order named."""

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
    left: tuple[Token, ...]  # content words of the core that nothing above explains; of Chinese, runs of characters
    masked: str  # the core with the entities blanked out
    labels: Mapping[str, str] = field(default_factory=dict)  # words of the mentions that are labels of the company's rows, by name
    named: tuple[tuple[int, int], ...] = ()  # where the question names companies
    party: bool = False  # whether somebody is asked about by his role, who is no company
    printed: frozenset[str] | None = None  # those of the words left that lines of the company name; None: not looked up
    vocabulary: Vocabulary = field(kw_only=True, repr=False, compare=False)  # by which it was read

    @property
    def rest(self) -> tuple[str, ...]:
        """The words left, without their places."""
        return tuple(word.text for word in self.left)


def understand(
    question: str,
    names: EntityNames,
    vocabulary: Vocabulary,
    calendar: FiscalYear | None = None,
    labels: Sequence[str] = (),
    companies: Sequence[tuple[int, int]] | None = None,
) -> Intent:
    """Read a question. ``calendar`` is the fiscal calendar of its entity, ``labels`` those of its rows, once they are known; ``companies``
    is where the question names one by the learnt reader, None where it does not tell.
    """
    language = language_of(question)
    named = names.find(question) or _named_by(companies or (), question, names) or _named_amid(companies or (), question, names)
    spans = _with_appositions(question, [(item.start, _form_after(question, item.end)) for item in named])
    core = _core(question, vocabulary, names)
    asked = masked_out(core, [*spans, *(found.span() for found in _CONTRAST.finditer(core))])
    periods, before = asked_periods(asked, calendar), years_before(asked)
    heard = _without_change(asked, question) if len(periods) + len(before) > 1 or _COMPARES.search(asked) else asked
    heard = masked_out(heard, named_statements(heard))  # "cash flow statement" asks for no cash
    found = labelled(vocabulary.find(heard) or _sold(heard), heard, labels, periods)
    mentions = found[_means(found, heard) :]
    named_time = any(found.offset is None for found in periods)  # "in Q3 2023, what was the prior-year ..." says it in front
    left = _left(asked, [*found, *periods, *before])
    unknown = None
    if not named:
        taken = [(mention.start, mention.end) for mention in mentions] + [(found.start, found.end) for found in periods]
        unknown = unknown_company(core, taken) or (_unknown_zh(core.strip(), [word.text for word in left]) if language == "zh" else None)
        unknown = unknown if companies is None else _unknown_by(companies, question, unknown, mentions)
        unknown = listed_company(question, taken) or (unknown if unknown and _may_be_a_name(unknown, question) else None)
    party = unknown is not None and not (mentions or periods or before) and is_party(unknown)  # whose figure is asked is a company
    return Intent(
        question=question,
        language=language,
        core=core,
        entities=_one_each(named),
        ambiguous=_ambiguous(named),
        unknown=None if party else unknown,
        periods=(*(periods if named_time else asked_periods(masked_out(question, spans), calendar) or periods), *before),
        scope=scope_named(question),
        statements=_statements(question),
        wish=wish_of(question),
        definitions=tuple(definitions(question, vocabulary)),
        mentions=tuple(mentions),
        left=tuple(left),
        masked=asked,
        labels={name: label for label in labels if (name := label_name(label)) in {mention.name for mention in mentions}}
        | vocabulary.labels_of(mention.name for mention in mentions),
        named=tuple(spans),
        party=party,
        vocabulary=vocabulary,
    )


def _core(question: str, vocabulary: Vocabulary, names: EntityNames) -> str:
    """The clause that asks. One that says what it is about by a pronoun alone, or but its times ("Sales slumped. 2022 and 2023 figures?"),
    has the sentence before that names it, and one that owns something has the sentence before of a company's part: "Freight looks ugly at
    Acme. How far did its revenue drop?".
    """
    core = core_of(question)
    times = [(found.start, found.end) for found in asked_periods(core)]
    said = {token.text for token in tokens(masked_out(core, times))}
    bare = said <= word_list("empty") | word_list("structure") | _PRONOUNS and not vocabulary.find(core) and not names.find(core)
    if bare and (said & _PRONOUNS or times):
        return with_antecedent(question, core, lambda before: vocabulary.find(before) and not (times and _DENIED.search(before)))
    owns = said & _OWNERS and vocabulary.find(core) and not names.find(core)
    return with_antecedent(question, core, lambda before: _is_of_a_part(before, vocabulary, names)) if owns else core


def _is_of_a_part(sentence: str, vocabulary: Vocabulary, names: EntityNames) -> bool:
    """Whether a sentence says something of a company behind something else, and names no metric and no time of its own."""
    first = min((item.start for item in names.find(sentence)), default=0)
    said = {token.text for token in tokens(sentence[:first])} - word_list("empty")
    return bool(said) and not vocabulary.find(sentence) and not re.search(r"\d", sentence)


_PRONOUNS = frozenset({"it", "its", "that", "this", "they", "those", "these", "why"})  # a bare "Why?" asks of what was told
_OWNERS = frozenset({"its", "their"})
_DENIED = re.compile(r"\bnot\b|n[’']t\b|不|别", re.I)
# What a question says it is not about: "(not the restated one)", 不是基本的那个.
_CONTRAST = re.compile(
    r"[(（,，]\s*(?:and\s+)?not\s+(?!(?:including|counting|only|just|later|more|less|yet|adjusted)\b)[^()（）,，;?？。!]*|[(（,，]\s*(?:而?不是|并?非)[^()（）,，;；?？。!！]*",
    re.I,
)
# The verb by which a question asks for revenue where it names no metric: "how much did the outdoor brand bring in".
_SOLD = re.compile(
    r"\bhow much (?:money )?(?:did|does|do|has|have)\b.{1,60}?\b(?P<verb>sell|sold|bring in|brought in|take in|turn over)\b"
    r"|(?P<verb_zh>卖[了出得]*)(?=多少)",
    re.I,
)


def _sold(text: str) -> list[Mention]:
    found = _SOLD.search(text)
    if found is None:
        return []
    verb = "verb" if found["verb"] else "verb_zh"
    return [Mention("revenue", False, *found.span(verb), "收入" if found["verb_zh"] else "sales")]


def _means(mentions: Sequence[Mention], text: str) -> int:
    """How many mentions say only in what something is paid: one of "cash spent on repurchases", which asks for the repurchases."""
    if len(mentions) < 2 or mentions[0].text.lower() != "cash":
        return 0
    between = tokens(text[mentions[0].end : mentions[1].start])
    return int(any(word.text in word_list("paid") for word in between))


_COMPARES = re.compile(r"\b(?:growth|year[- ]over[- ]year|yoy|percent\w*)\b", re.I)
_CHANGE_OF = re.compile(r"\b(?:change|changes|increase|decrease|decline|growth|movement)\s+(?:in|of)\b(?:\s+the\b)?", re.I)
_FLOW = re.compile(r"cash flow statement|statement of cash flows|working capital", re.I)


def _without_change(core: str, question: str) -> str:
    """Where two periods are compared, "the change in inventories" is that of the balance, not the line of a cash flow statement."""
    return core if _FLOW.search(question) else masked_out(core, [match.span() for match in _CHANGE_OF.finditer(core)])


_APPOSITION = re.compile(r"\b([A-Z][\w&.-]*(?:\s[A-Z][\w&.-]*)*)(?:['’]s)?\s*\([^()]*[A-Z][^()]*\)")  # a name, another one in brackets
_CODE = re.compile(r"(?:\s*-\s*KY\b)?(?:\s*[（(][^()（）]{0,8}\d{4,6}[^()（）]{0,4}[)）])?")  # how an exchange lists it: -KY, （台股2603）
_FORM = re.compile(
    r"(?:,?\s+(?:Bank|Bancorp|Bankshares|Group|Holdings?|Company|Co|Corp|Corporation|Inc|Incorporated|Limited|Ltd|plc|PLC|AG|SE|NV|SA)\b\.?)+"
)


_BODY = re.compile(r"\b(?:Bank|Company|Group|Corporation)$")
_SEAT = re.compile(r"\s+of\s+(?:the\s+)?[A-Z][\w.]+(?=['’]|\b)")  # the rest of "… Savings Bank of Arcadia"


def _form_after(question: str, end: int) -> int:
    """Where a name ends with the words of its form that the question adds: "Example Bank" of Example Bankshares, "Savings Bank of …"."""
    form = _FORM.match(question, end)
    last = form.end() if form else end
    seat = _SEAT.match(question, last)
    return seat.end() if seat and _BODY.search(question, 0, last) else last


def _with_appositions(question: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A name with another in brackets behind it, an earlier or a short one: where one of the two is known, both are the entity."""
    wide = [(match.start(), match.end()) for match in _APPOSITION.finditer(question)]
    coded = ((end, _CODE.match(question, end)) for _, end in spans)
    spans = spans + [(end, code.end()) for end, code in coded if code and code.end() > end]
    return spans + [(start, end) for start, end in wide if any(start <= a and b <= end for a, b in spans)]


def _named_by(companies: Sequence[tuple[int, int]], question: str, names: EntityNames) -> list[Named]:
    """Which companies those words mean: by themselves they are found where the words before them hid them. Two characters, unless they are
    all that the reader sees, are too few where another name may have begun before them.
    """
    return [
        replace(one, start=start + one.start, end=start + one.end)
        for start, end in companies
        for one in names.find(question[start:end])
        if (size := one.end - one.start) >= FEWEST or size == end - start or not goes_on(question[:start])
    ]


def _named_amid(companies: Sequence[tuple[int, int]], question: str, names: EntityNames) -> list[Named]:
    """Short names amid other words, but for those within a longer name that the reader sees: 丰田 in 天津丰田."""

    def goes_further(one: Named, start: int, end: int) -> bool:
        return start <= one.start and one.end <= end and (start, end) != (one.start, one.end)

    return [one for one in names.amid(question) if not any(goes_further(one, *place) for place in companies)]


FEWEST = 3  # characters of a name that only the reader sees


def _unknown_by(companies: Sequence[tuple[int, int]], question: str, by_rule: str | None, mentions: Sequence[Mention]) -> str | None:
    """The name that the reader sees, unless a line that is asked for is called so ("net income of Acme's owners"); what it leaves out and
    a rule takes for one is a company only by its legal form.
    """
    named = (question[start:end] for start, end in companies)
    read = next((name for name in named if not any(name in line.text for line in mentions)), None)
    return read or (by_rule if by_rule and is_company(by_rule) else None)


def _may_be_a_name(unknown: str, question: str) -> bool:
    """Whether what looks like a company's name may be one: no kind of company (证券), none that is told by what it does or has
    (想新设一家支付公司, 不超过多少的小公司), no number of a rule (银发〔2016〕261号) and no part of a title (《征信业管理条例》).
    """
    told, at = simplified(unknown), question.find(unknown)
    if _LEGAL_FORM_ZH.search(told):
        return True
    numbered = not told.endswith(COMPANY_ZH) and RULE_NUMBER.match(simplified(question), at + len(unknown))
    titled = any(title.start() < at < title.end() for title in _RULE_TITLE.finditer(simplified(question)))
    kind = told.removesuffix("公司")
    of_a_kind = kind != told and kind in word_list("kinds_of_companies_zh") | word_list("trades_zh")  # 征信公司
    any_one = of_a_kind or told in COMPANY_ZH or told in word_list("trades_zh") or _ANY_COMPANY_ZH.match(told) or _TOLD_ZH.search(told)
    return not (any_one or numbered or titled)


_TOLD_ZH = re.compile(r"[一两几多]家|多少|(?<!美)的|不[超低高少足]|[新开]设|设立|成立|投保|系统$")
_ANY_COMPANY_ZH = re.compile(r"[给为向对帮][新老旧小大]?(?:公司|企业)$|[\u3400-\u9fff]$")  # 给新公司, 人
_LEGAL_FORM_ZH = re.compile(r"(?:股份|有限|责任)公司$")
_RULE_TITLE = re.compile(r"《[^》]*(?:法|条例|办法|规定|通知|准则|细则|指引|规则|决定|意见)》")
RULE_NUMBER = re.compile(  # 银发〔2016〕261号, 261号文
    r"[〔\[［(（【]?\s*\d{4}\s*[〕\]］)）】年]\s*\d+\s*号|(?<![\d.])\d{1,4}\s*号(?=[文令]|通知|公告|规定)"
)


def _one_each(named: Sequence[Named]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.name for item in sorted(named, key=lambda item: item.start)))


def _ambiguous(named: Sequence[Named]) -> tuple[str, ...]:
    places: dict[tuple[int, int], set[str]] = {}
    for item in named:
        places.setdefault((item.start, item.end), set()).add(item.name)
    unclear = next((sorted(found) for found in places.values() if len(found) > 1), [])
    return tuple(unclear)


# --- what is left over ----------------------------------------------------------------------------------------------------------


_EMPTY_ZH = re.compile(
    r"几个百分点|百分点|几倍|几成|相比(?:如何|怎样|怎么样)|(?:如何|怎样|怎么|有何|有什么|有哪些)(?:变化|变动)|是?上升还是下降|上升|下降|下滑|下跌|提升|升高|还是|"
    r"(?:最近|近|过去)[两二三四五\d]年|(?:现金)?分红(?:方案|预案)|利润分配(?:方案|预案)|百分之(?:几|多少)|有多少|多少|什么|分别|具体|大约|约为|大概|请问|数据|报告期?|年报|年度|当年|全年|公司|企业|金额|数额"
    r"|数值|总额|情况|期末|期初|截至|截止|根据|其|的|是|在|为|和|与|及|元|万|亿|百|千|单位|"
    r"请|告诉|我|想|知道|呢|吗|啊|了|中|里|上|下|达到|实现|共|总共|一共|分|股|比|占|率|年|月|日|末|初|(?<![国境])内|于|从|到|至|今年|去年"
)


def _left(masked: str, explained: Sequence[Mention | FoundPeriod]) -> list[Token]:
    """Chinese runs first, then English words."""
    said = [(item.start, item.end) for item in explained]
    text = masked_out(masked, [*said, *named_statements(masked)])
    text = re.sub(r"['’]s\b", "  ", text)
    bare = masked_out(text, [found.span() for run in HAN_RUN.finditer(text) for found in _EMPTY_ZH.finditer(text, *run.span())])
    left_zh = [Token(run[0], run.start(), run.end()) for run in HAN_RUN.finditer(bare)]
    left_en = [
        t
        for t in tokens(HAN_RUN.sub(lambda run: " " * len(run[0]), text))
        if (t.text not in word_list("empty") or _SHORT_NAME.match(text, t.start))
        and (not t.text.isdigit() or _UNREAD_YEAR.fullmatch(t.text))
    ]
    return left_zh + [word for word in left_en if len(word.text) > 1]


_SHORT_NAME = re.compile(r"(?:(?:[A-Z]\.){2,}|(?:US|UK)\b)(?!\s*(?:[$£]|dollars?\b|GAAP\b))")  # no pronoun, and no filler
_UNREAD_YEAR = re.compile(r"(?:19|20)\d\d")  # a number that may be a year, and was not read as one


def _unknown_zh(core: str, rest: Sequence[str]) -> str | None:
    """A company's short name: Han characters at the clause's start, or behind its year, that no vocabulary explains; else None."""
    head = re.match(r"(?:根据|在|请问)?(?:\d{4}年(?:度|的|末|底)?)?[,，]?([\u4e00-\u9fff]{2,12})", core)
    return next(
        (
            part
            for part in rest
            if 2 <= len(part) <= 12
            and head
            and head[1].startswith(part[:2])
            and not (_VERB_ZH.search(part) or _NO_NAME_ZH.search(part))
            and not _IS_DONE.match(core, core.find(part) + len(part))
        ),
        None,
    )


# Pronouns, particles and verbs of asking: a closed class, of which no company's name has any.
_NO_NAME_ZH = re.compile("[我你您们吗呢吧啊请问帮查想说给把被让谁怎这那就还要某]|[以之]后|老板|主管|麻烦")
_IS_DONE = re.compile(r"了[，,]")  # behind what happens: no name is
_VERB_ZH = re.compile(r"分析|介绍|说明|描述|简述|哪|谁|怎|如何|为何|原因|影响|变化|主要|所有|全部|行业|排名|最高|最低|最大|最小")

# --- whether it is answered with yes or no ---------------------------------------------------------------------------------------

_VERB_FIRST = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may)\b(?!\s+(?:you|i|we|any\w+|some\w+)\b)"
_YES_NO = re.compile(rf"^\W*{_VERB_FIRST}|吗\s*(?:[?？,，;；(（]|$)|是否|[能可会]否|有没有|([\u4e00-\u9fff])[不没]\1", re.I)
_BEHIND_A_CLAUSE = re.compile(rf"[,:;.]\s+{_VERB_FIRST}", re.I)
_ASKS_WHAT = re.compile(r"\b(?:what|which|who|whose|when|where|why|how)\b", re.I)
_HOW_MUCH_ZH = re.compile("多少|几[个家人元倍]|是什么")


def asks_yes_no(intent: Intent) -> bool:
    """Whether a question is answered with yes or no: a metric may itself ask, as 是否盈利 does."""
    core = simplified(without_mentions(intent, intent.core))
    asked = any(re.search("是否|有没有|吗", simplified(mention.text)) for mention in intent.mentions)
    behind = _BEHIND_A_CLAUSE.search(core) and not _ASKS_WHAT.search(core)
    return (asked or bool(_YES_NO.search(core)) or bool(behind)) and not _HOW_MUCH_ZH.search(core)


def without_mentions(intent: Intent, text: str) -> str:
    """The clause, or the clause without names, less the metrics' own words: "fair value change income" asks about no change."""
    for mention in intent.mentions:
        text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text


# --- units, scope, statements ---------------------------------------------------------------------------------------------------

_NUMBERS = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "五": 5, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "零": 0}


def wish_of(question: str) -> Wish:
    """Scale, decimals and percent that the question asks for."""
    scale, word, currency = asked_unit(question)
    return Wish(scale, word, _decimals(question), _percent(question), currency)


_DECIMALS_ZH = re.compile(  # 保留2位, 两位小数, 小数点后两位, 小数取两位, 小数第二位
    r"(?:(?:保留|精确|取)(?:到|至)?\s*|(?=[一二两三四五零\d]\s*位小数))(?P<n>[一二两三四五零\d])\s*位"
    r"|小数(?:点?之?后)?(?:保留|位取|[取留给算第])?(?:到|至)?\s*(?P<behind>[一二两三四五零\d])\s*位"
)


def _decimals(question: str) -> int | None:
    if match := re.search(r"\b(one|two|three|four|zero|\d)\s+decimals?(?:\s+places?|\s+points?)?|\b(\d)\s*dp\b", question, re.I):
        return _count(match[1] or match[2])
    if match := re.search(r"nearest\s+(tenth|hundredth|thousandth|whole|integer|million|dollar)", question, re.I):
        return {"tenth": 1, "hundredth": 2, "thousandth": 3}.get(match[1].lower(), 0)
    if match := _DECIMALS_ZH.search(question):
        return _count(match["n"] or match["behind"])
    if match := re.search(r"(?:精确|四舍五入|保留|算)(?:到|至)?\s*0\.(0*1)(?!\d)", question):
        return len(match[1])
    return 0 if re.search(r"保留整数|取整|四舍五入到?整数", question) else None


def _count(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word.lower()]


def _percent(question: str) -> bool | None:
    return (
        True
        if re.search(
            r"units? of percents?|in percents?(?:ages?)?\b|percentage|(?:\bas a|\bin|\bwhat|\bhow many)\s+%|百分比|百分之", question, re.I
        )
        else None
    )


_PARENT = re.compile(
    r"(?<!归属于)(?<!归属)(?<!归)母(?:公司|行)(?!所有者|股东|普通股)"
    r"|\b(?:parent[- ]company(?:[- ]only)?|parent[- ]only|unconsolidated|stand-?alone)\b",
    re.I,
)


_GROUP = re.compile("合并|consolidated", re.IGNORECASE)


def scope_named(question: str) -> Scope | None:
    """Whether a text names the parent company alone, or the group; None where it names neither."""
    if _PARENT.search(question):
        return "parent"
    return "consolidated" if _GROUP.search(question) else None


def names_both_scopes(intent: Intent) -> bool:
    """Whether a question asks for the group and for its parent company alone; a "Group" in a company's name, or one ruled out, is none."""
    said = masked_out(intent.question, intent.named)
    beside = re.search(r"(?<!不看)(?<!非)合并(?!范围)|(?<!un)consolidated|(?<!not the )\bgroup\b", said, re.I)
    return _PARENT.search(said) is not None and beside is not None


_STATEMENT_WORDS = (
    ("balance", r"balance sheet|statement of financial position|资产负债表"),
    ("income", r"income statement|statement of (?:income|operations|earnings)|P&L|profit and loss|利润表|损益表"),
    ("cash flow", r"cash flow statement|statement of cash flows|现金流量表"),
    ("equity", r"statement of (?:changes in )?(?:shareholders|stockholders)?['’]?\s*equity|所有者权益变动表"),
)


def named_statements(text: str) -> list[tuple[int, int]]:
    """Where a text names a statement, whose words ask for no line: 利润表, "cash flow statement"."""
    return [found.span() for _, pattern in _STATEMENT_WORDS for found in re.finditer(pattern, text, re.I)]


def _statements(question: str) -> tuple[str, ...]:
    return tuple(name for name, pattern in _STATEMENT_WORDS if re.search(pattern, question, re.I))
