"""The text of a question before any name or term in it is looked up.

Made plain, its years in full; whether it merely greets; the clause that asks; its parts as questions of their own; the unit asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from finfoundry.ask.lexicon.asked_periods import NO_SPAN
from finfoundry.ask.lexicon.spans import asked_periods
from finfoundry.ask.lexicon.word_lists import word_list, word_pairs
from finfoundry.core.answer import Language
from finfoundry.core.errors import InputError
from finfoundry.core.language import language_of
from finfoundry.core.period_patterns import NUMBER_BEGINS
from finfoundry.core.quantities.unit_lines import UnitLine, unit_phrase


def clean(question: str, maximum: int) -> str:
    """The question without control characters and with single spaces. Raises InputError when empty or too long."""
    text = re.sub(r"\s+", " ", "".join(c for c in question if c.isprintable() or c.isspace())).strip()
    if not text:
        raise InputError("the question is empty", remedy="Ask something")
    if len(text) > maximum:
        raise InputError(f"the question has {len(text):,} characters", remedy=f"Ask it in at most {maximum:,}")
    return text


def is_greeting(message: str) -> bool:
    """Whether nothing is left of the message without the words by which people greet, thank and address one another."""
    words = re.findall(r"[a-z']+", message.lower())
    rest = re.sub(r"[a-zA-Z'’\W_]+", "", message)
    if re.search(r"\d", rest) or not (words or rest):
        return False
    for phrase in sorted(word_list("greetings_zh"), key=len, reverse=True):
        rest = rest.replace(phrase, "")
    return not rest and set(words) <= word_list("greetings")


def masked_out(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with the spans blanked out, so that positions stay."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


# --- years that are written with two digits ------------------------------------------------------------------------------------------

# "19年", "2019 compared with 18", "22 vs 23": a number of two digits is a year only where something says so, 年 behind it, or another year
# that it is compared or listed with.
FIRST, LAST = 0, 40  # 2000 to 2040: what two digits may mean
NEAR = 15  # years between one written in full and one that is compared with it

_DURATION_ZH = "(?:代|期|来|间|以[来内上下]|之?内|之?前|之?后|龄|级|限|多|半|左右|累计|平均|复合)"
_YEAR_ZH = re.compile(
    rf"(?<![\d.．第近约过满前后来续年第每共超达立这头长])(?<!\d,)(?<!期){NO_SPAN}(?P<y>\d\d)(?P<end>年(?!{_DURATION_ZH}))"
)
_FULL = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?!\d)")
_YEAR_LISTED_ZH = re.compile(r"(?<!\d)(?P<y>\d\d)(?=\s*(?:、|和|与|及|至|到|-|~)\s*(?:20)?\d\d年)")
_ROC_LISTED = re.compile(
    rf"{NUMBER_BEGINS}(?P<y>1[01]\d)(?=(?:\s*(?:、|和|与|及|至|到|-|~|～|→)\s*1[01]\d)*\s*(?:、|和|与|及|至|到|-|~|～|→)\s*1[01]\d年)"
)
_END = r"(?=\s*(?:[?.,;!)]|$)|\s+(?:and|or|to|vs|versus|compared|respectively)\b)"
_COMPARED = re.compile(
    rf"(?P<lead>\b(?:with|to|vs\.?|versus|against|than|over|and|or|from|in|since|between)\s+(?:that\s+of\s+|the\s+figure\s+(?:of|for)\s+)?|(?:19|20)\d\d\s*[,/]\s*)"
    rf"['’]?(?P<y>\d\d){_END}",
    re.IGNORECASE,
)
_AMOUNTS = re.compile(  # "from 12 to 14", "more than 15", "over 20": figures; "in 2021 higher than 18" sets two years against each other
    r"\bfrom\s+\d\d\s+to\s+\d\d(?!\d)|\b(?:more|less|fewer|greater)\s+than\s+\d\d(?!\d)|(?<!\d{4}\s)\b\w+er\s+than\s+\d\d(?!\d)"
    r"|\bover\s+\d\d(?!\d)",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"(?<![\d.$%])(?<!\d,)['’]?(?P<a>\d\d)(?P<between>\s*(?:vs\.?|versus|against|compared\s+(?:with|to))\s*)['’]?(?P<b>\d\d)(?![\d.,]*\d|\s*%)",
    re.I,
)


def in_full(question: str) -> str:
    """The question with its years in four digits, apart from a Latin name before them; 为何 at its end is "what is it", what Taiwan says of
    growth is said as on the mainland, and what passes a number exceeds it.
    """
    question = _NAME_THEN_YEAR.sub(" ", question)
    question = _PASSED_ZH.sub("超过", _WHETHER_ZH.sub("是否", question))
    usual = dict(word_pairs("moves_in_taiwan"))
    question = _moves_zh().sub(lambda match: usual[match[0]], question)
    question = _DIVIDED_ZH.sub("除以", question)
    question = _PER_CENT.sub("percent", _WHAT_IS_ZH.sub("是多少", question))
    question = _PAIR.sub(lambda match: _pair(match), question)
    known = [int(match["y"]) for match in _FULL.finditer(question)]
    if known:
        amounts = [match.span() for match in _AMOUNTS.finditer(question)]
        question = _COMPARED.sub(
            lambda match: match[0] if _inside(match, amounts) else f"{match['lead']}{_full(match['y'], known)}", question
        )
    question = _ROC_LISTED.sub(lambda match: f"{match['y']}年", question)
    question = _YEAR_LISTED_ZH.sub(lambda match: _full(match["y"], None), question)
    return _YEAR_ZH.sub(lambda match: match[0] if _lasts(match) else f"{_full(match['y'], None)}{match['end']}", question)


def _lasts(match: re.Match[str]) -> bool:
    """Whether a number of years stands behind a comma in a list of terms: 折旧年限：房屋，20年."""
    before = match.string[: match.start()].rstrip()
    return before[-1:] == "," and _TERMS.search(re.split("[。；;？?！!]", before)[-1]) is not None


_TERMS = re.compile(r"[期年]限|(?<!\d)\d{1,2}\s*年\s*,$")


_WHETHER_ZH = re.compile(r"有没有(?=(?:超过|达到|高于|低于|突破)\s*\d)")
_PASSED_ZH = re.compile(r"(?:已经?)?突破(?=\s*\d)")
_NAME_THEN_YEAR = re.compile(r"(?<=[a-z]{2})(?<!\bFY)(?<!\bCY)(?=(?:19|20)\d\d\s*(?:年|财年|会计年度))", re.IGNORECASE)  # NIKE2024财年
_PER_CENT = re.compile(r"\bper\s+cent\b", re.IGNORECASE)  # one word, as the vocabulary has it
_DIVIDED_ZH = re.compile(r"(?<=[\u3400-\u9fff）)])\s*÷\s*(?=[\u3400-\u9fff（(])")
_WHAT_IS_ZH = re.compile(  # within a question only of an amount: 下降为何 asks why
    r"(?<=[\u3400-\u9fff）)])(?:各|分别)?为何(?=[?？。!！]*\s*$)|(?:各|分别)?为何(?:数值?|值)(?=[?？。!！,，;；]|\s*$)"
    r"|(?:(?<=[额数值率例重度])|(?<=收入|成本|利润|费用|资产|负债|支出|占比|之比))(?:各|分别)?为何(?=[?？。!！,，;；])"
)


@lru_cache(maxsize=1)
def _moves_zh() -> re.Pattern[str]:
    """A word of Taiwan for a rise or a fall, where it asks or tells by how much: 成长型基金 keeps its name, 2023年增幅 its year."""
    said = "|".join(said for said, _ in word_pairs("moves_in_taiwan"))
    own = r"(?:(?![年季])|(?<![\d〇零一二三四五六七八九十两本去今当前上每同第]))"
    return re.compile(f"{own}(?:{said})(?=[率了幅几幾百呢？?，,。]|多少|$)")


def _inside(match: re.Match[str], spans: list[tuple[int, int]]) -> bool:
    return any(start <= match.start("y") < end for start, end in spans)


def _full(digits: str, known: list[int] | None) -> str:
    """Four digits; the two as they are where they can be no year next to those that are written out."""
    year = 2000 + int(digits)
    possible = FIRST <= int(digits) <= LAST and (known is None or min(abs(year - other) for other in known) <= NEAR)
    return str(year) if possible else digits


def _pair(match: re.Match[str]) -> str:
    one, other = _full(match["a"], None), _full(match["b"], None)
    near = len(one) == len(other) == 4 and abs(int(one) - int(other)) <= NEAR and one != other
    return f"{one}{match['between']}{other}" if near else match[0]


# --- the clause that asks ------------------------------------------------------------------------------------------------------------

_SENTENCE = re.compile(
    r"(?<=[.?!])(?<!\b[A-Z]\.)(?<!\bInc\.)(?<!\bCorp\.)(?<!\bCo\.)(?<!\bLtd\.)\s+(?=[A-Z\"(])|(?<=[。？！；])|(?<=\?)\s+"
)
_QUESTION_WORDS = re.compile(
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
_LEAD_IN = re.compile(
    r"^\s*(?:considering|using|based|according|by(?!\s+(?:how|what))|when|given|from|in|as|with|on)\b[^?]*?,\s*"
    r"(?=(?:about\s+)?(?:what|which|how|who|is|are|was|were|did|does|do|has|have|why|where|when|among)\b)",
    re.I,
)
_GAP = r"(?<!\s)\s+"  # from its first blank: tried at each of many, the time would grow with their square
_TAIL = re.compile(
    rf"(?:{_GAP})?[(（](?:in|expressed in|rounded|round|answer|give)\b[^)）]*[)）]"
    rf"|,?(?:{_GAP})?(?:rounded|expressed|stated)\s+(?:to|in|as)\b[^?.]*"
    rf"|,?{_GAP}to\s+(?:one|two|three|four|\d)\s+decimals?(?:\s+places?)?"
    rf"|,?{_GAP}in\s+(?:units of\s+)?(?:usd|us\$|u\.s\. dollars?|dollars?|rmb|eur)?\s*(?:millions?|billions?|thousands?"
    r"|percents?)\b(?=\s*[?.]|$)",
    re.I,
)
_INSTRUCTION_ZH = re.compile(
    rf"[（(,，。]?(?:{_GAP})?(?:请|结果|需要?|并|需|均|都|最终|答案|应|你|您|帮我|[，,])*(?:保留|精确|四舍五入)[^，。？?；]*|[（(]单位[^)）]*[)）]|以(?:百?万|亿"
    r"|千)?元(?:为单位|计)|单位[:：]?(?:百?万|亿|千)?元"
)
_LEAD_IN_ZH = re.compile(
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
    dated = [(a, b) for a, b in asking if re.search(r"\d", question[a:b]) and _is_asking(question[a:b])]
    asking = dated if len(dated) == 1 else asking  # "How is it read? E.g. what was it at X in 2020": the one that can be looked up
    start, end = next(
        ((a, b) for a, b in asking if question[a:b].rstrip().endswith(("?", "？"))),
        next(((a, b) for a, b in asking if _QUESTION_WORDS.search(question[a:b]) or language_of(question[a:b]) == "zh"), asking[0]),
    )
    core = masked_out(question, [(0, start), (end, len(question))])
    chinese = language_of(question[start:end]) == "zh"
    for pattern in (_LEAD_IN_ZH, _INSTRUCTION_ZH) if chinese else (_LEAD_IN, _TAIL):
        where = [(match.start(), match.end()) for match in pattern.finditer(core)]
        if core.strip() != masked_out(core, where).strip() and masked_out(core, where).strip(" ?？.。"):
            core = masked_out(core, where)
    return core


def with_antecedent(question: str, core: str, names: Callable[[str], object]) -> str:
    """The clause that asks, with the sentence before it that ``names`` what is asked about: "I need diluted EPS. Was it negative?"."""
    before = [(start, end) for start, end in _sentences(question) if not core[:end].strip() and names(question[start:end])]
    if not before:
        return core
    start, end = before[-1]
    return core[:start] + question[start:end] + core[end:]


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
    return sentence.rstrip().endswith(("?", "？")) or bool(_ORDER.search(sentence)) or bool(_QUESTION_WORDS_ZH.search(sentence))


_QUESTION_WORDS_ZH = re.compile(r"多少|几[个家人元倍]|什么|哪|谁|吗|呢|是否|有没有|如何|怎么?样|为何")


# --- parts ---------------------------------------------------------------------------------------------------------------------------

# "What was A in 2024 and B in 2023?", "2024年A是多少？B呢？": each part gets what it shares with the others, the words that ask, and
# the year where it names none.
MOST = 4
_YEAR_EN = r"(?:fiscal\s+(?:year\s+)?|FY\s?)?(?:19|20)\d\d"
_SENTENCES = re.compile(r"(?<=[?？])\s*(?=\S)")
# where one part ends and another begins, whatever they ask: "… in 2024 and B …", 2024年的A和2023年的B
_OWN_YEAR_EN = re.compile(rf"(?<=\b(?:19|20)\d\d),?\s+and\s+(?!(?:in|for|of)?\s*(?:the\s+year\s+)?{_YEAR_EN}\b)", re.I)
_OWN_YEAR_ZH = re.compile(r"(?<=[\u3400-\u9fff])[和与及、，,]\s*(?=(?:19|20)\d\d年)")
# where the words that follow ask for themselves: "and how large was B", "and the B", ，B又是多少, 为什么
_OWN_WORDS_EN = re.compile(r",?\s+and\s+(?=(?:the|its|their|how|what|why|when|who)\b)", re.I)
_OWN_WORDS_ZH = re.compile(r"[，,；;]\s*(?=[^，,；;]*(?:多少|为什么|为何|几[个家人]|百分之几))")
_LISTED_ZH = re.compile(r"(?<=[\u3400-\u9fff])[和与及、](?=[^和与及、]*(?:分别|各)(?:为|是)?多少)")
_COMPUTED = re.compile(
    r"\b(?:between|ratio|divided|minus|plus|times|sum|total\s+of|together|combined|compared?|versus|vs|than|differ\w*|respectively\s+to|each\s+of|by\s+how\s+much)\b"
    r"|相差|差多少|之[和差比]|除以|减去|乘以|加上|合计|比.{0,20}[高低多少大小]|相比|占.{0,20}比",
    re.I,
)
_OPENER_EN = re.compile(
    r"\W*(?:(?:what|how\s+(?:much|high|large|big|many))\s+(?:was|were|is|are)|give\s+(?:me\s+)?|state|list|tell\s+me)\s+", re.I
)
_ASKS_EN = re.compile(r"\W*(?:and\s+)?(?:what|how|why|when|who|which|is|are|was|were|did|does|do|has|have)\b", re.I)
_BEFORE_TIME_EN = re.compile(r"\b(?:in|for|of|during|at|on|as\s+(?:of|at))\s+(?:the\s+(?:fiscal\s+)?(?:year\s+)?)?$", re.I)
_ASKS_ZH = re.compile("多少|什么|为何|几|哪|吗")
# how a part begins that leaves out what it is of
_OF_BEFORE_ZH = re.compile(r"[比较](?=去年|上年|上[一期季]|前[一期]|同期|一年前|[年期]初|\d)|相比|同比|环比|占|相当于")
_REASONS_ZH = re.compile("为什么|为何|原因|如何")
_LEAD = re.compile(r"^\W*(?:and|also|那么?|还有|以及)\s*|[\s?？。.，,；;]+$", re.I)
_TAIL_ZH = re.compile(r"(?:又|分别|各)?(?:为|是)?多少$|呢$|[又的]$")


def is_computed(question: str) -> bool:
    """Whether a question asks what is computed of several things, or how they compare, rather than for each."""
    return _COMPUTED.search(question) is not None


@dataclass(frozen=True, slots=True)
class QuestionPart:
    """One part: the question that it is by itself, the words of it in the question, what it is about, and whether these words ask."""

    question: str
    words: str
    about: str
    asks: bool = True


def parted(question: str, language: Language, *, sure: bool) -> tuple[QuestionPart, ...]:
    """The parts of a question, in order; empty where it has one. ``sure``: only where each is a sentence, or has a year of its own;
    else also where what follows a conjunction asks for itself.
    """
    pieces = _pieces(question.strip(), language, sure=sure)
    return tuple(_whole(pieces, place, language) for place in range(len(pieces))) if 1 < len(pieces) <= MOST else ()


def _pieces(question: str, language: Language, *, sure: bool) -> list[str]:
    sentences = _SENTENCES.split(question)
    if len(sentences) > 1:
        asked = all(sentence.rstrip().endswith(("?", "？")) for sentence in sentences)
        return sentences if asked else []
    asks_an_amount = _OPENER_EN.match(question) if language == "en" else not _REASONS_ZH.search(_cut(question, _OWN_WORDS_ZH)[0])
    if _COMPUTED.search(question) or not asks_an_amount:
        return []
    own = _cut(question, _OWN_YEAR_EN if language == "en" else _OWN_YEAR_ZH)
    if all(_names_more_than_years(piece, language) for piece in own) and len(own) > 1:
        return own
    if sure:
        return []
    for pattern in (_OWN_WORDS_EN,) if language == "en" else (_OWN_WORDS_ZH, _LISTED_ZH):
        if len(found := _cut(question, pattern)) > 1:
            return found
    return []


def _cut(text: str, pattern: re.Pattern[str]) -> list[str]:
    places = [(0, 0), *(match.span() for match in pattern.finditer(text)), (len(text), len(text))]
    return [text[end:start] for (_, end), (start, _) in pairwise(places)]


def _names_more_than_years(piece: str, language: Language) -> bool:
    return len(_about(piece, language)) > 1


def _about(piece: str, language: Language) -> str:
    """What a piece is about: without the words that ask and its times."""
    times = _times(piece, language)
    if language == "en":
        plain = _LEAD.sub("", _LEAD.sub("", masked_out(piece, times)))
        return " ".join(_OPENER_EN.sub("", plain, count=1).split())
    for start, end in reversed(times):
        piece = piece[:start] + piece[end:]
    plain = _LEAD.sub("", _LEAD.sub("", piece))
    return _TAIL_ZH.sub("", _TAIL_ZH.sub("", plain)).removeprefix("的").strip()


def _times(piece: str, language: Language) -> list[tuple[int, int]]:
    """Where a piece names times by themselves, not against others, with what ties them to it."""
    found = [one for one in asked_periods(piece) if one.kind != "relative" and one.offset is None]
    return [(_begin(piece, one.start) if language == "en" else one.start, one.end) for one in found]


def _begin(piece: str, start: int) -> int:
    tie = _BEFORE_TIME_EN.search(piece[:start])
    return tie.start() if tie else start


def _whole(pieces: list[str], place: int, language: Language) -> QuestionPart:
    """A piece as a question of its own, with the time and the opening words of the others where it has none."""
    piece = _LEAD.sub("", _LEAD.sub("", pieces[place]))
    about, own = _about(piece, language), _when(piece, language)
    when = "" if own else next((when for other in pieces if (when := _when(other, language))), "")
    if place and _OF_BEFORE_ZH.match(piece):  # 比去年增加多少 asks of what the first part is about
        first = re.sub("多少|几", "", _about(pieces[0], language))
        asked = piece if _ASKS_ZH.search(piece) else f"{_TAIL_ZH.sub('', piece)}是多少"
        return QuestionPart(f"{_when(pieces[0], language)}{first}{asked}？", piece, f"{first}{about}")
    if language == "zh":
        asked = piece if _ASKS_ZH.search(piece) and not re.search("又|分别|各|呢$", piece) else f"{own and f'{own}的'}{about}是多少"
        return QuestionPart(f"{when}{asked}？", piece, about, _ASKS_ZH.search(piece) is not None)
    opening = _OPENER_EN.match(pieces[0])
    asked = piece if _ASKS_EN.match(piece) or opening is None or _OPENER_EN.match(piece) else f"{opening[0].strip()} {piece}"
    return QuestionPart(f"{asked}{when and f' {when}'}?", piece, about)


def _when(piece: str, language: Language) -> str:
    """The first time that a piece names, as it names it."""
    start, end = next(iter(_times(piece, language)), (0, 0))
    return piece[start:end].strip()


# --- the scale and currency in which an answer is wanted: "in crores of rupees", "in CHF millions", 以港币百万元计, 多少亿美元 ----------

_IN = re.compile(r"\bin\s+(?:units?\s+of\s+)?(?P<rest>[A-Za-z$€£¥₹₩][^\n?!;()]{0,60})", re.IGNORECASE)
_IN_ZH = re.compile(r"(?:以|用|折合?|合|单位|單位|多少|几|幾)\s*[:：为為是]?\s*(?=(?P<rest>[\u4e00-\u9fff]{1,8}))")
_PLACE = re.compile(r"\s+(?:area|zone|countries|bloc|market|bonds?|notes?|loans?)\b", re.IGNORECASE)  # "in euro area countries"
_MOST_WORDS = 5
_ENGLISH = {3: "thousand", 5: "lakh", 6: "million", 7: "crore", 9: "billion", 12: "trillion"}
_CHINESE = {0: "元", 3: "千元", 4: "万元", 6: "百万元", 7: "千万元", 8: "亿元", 12: "万亿元"}
_BARE = (6, 8)  # scales that a question names without a currency: 多少亿


class AskedUnit(NamedTuple):
    scale: Decimal | None = None
    word: str = ""  # for the scale, as an answer prints it
    currency: str | None = None  # only one that is surely meant: "dollars" and 元 may be any


def asked_unit(question: str) -> AskedUnit:
    """The unit that the question asks for; each part None where it leaves it open."""
    found = [*_english(question), *_chinese(question)]
    scaled = next((unit for unit in found if unit.scale is not None), AskedUnit())
    return AskedUnit(scaled.scale, scaled.word, next((unit.currency for unit in found if unit.currency), None))


def _english(question: str) -> list[AskedUnit]:
    found = []
    for match in _IN.finditer(question):
        ends = [word.end() for word in re.finditer(r"\S+", match["rest"])][:_MOST_WORDS]
        lines = ((end, unit_phrase(f"in {match['rest'][:end].rstrip('.,:')}")) for end in reversed(ends))
        end, line = next(((end, line) for end, line in lines if line is not None), (0, None))
        if line is None or _PLACE.match(match["rest"], end):
            continue
        power = _power(line)
        word = _ENGLISH.get(power, "")
        found.append(AskedUnit(line.scale if word else None, word, _sure(line)))
    return found


def _chinese(question: str) -> list[AskedUnit]:
    found = []
    for match in _IN_ZH.finditer(question):
        lines = (unit_phrase(f"单位：{match['rest'][:end]}") for end in range(len(match["rest"]), 0, -1))
        line = next((line for line in lines if line is not None), None)
        if line is None or (line.currency is None and _power(line) not in _BARE):
            continue
        power = _power(line)
        plain = power == 0 and not line.shared  # 以美元: in which currency, and nothing of a scale
        word = "" if plain else _CHINESE.get(power, "")
        found.append(AskedUnit(line.scale if word else None, word, _sure(line)))
    return found


def _power(line: UnitLine) -> int:
    return int(line.scale.log10()) if line.scale is not None else 0


def _sure(line: UnitLine) -> str | None:
    return None if line.shared and line.currency in ("USD", "CNY") else line.currency
