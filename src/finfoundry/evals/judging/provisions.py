"""Answers about a rule: quantities with their unit and bound, words and a no, against the article that says them.

An answer may quote the article; what the article contains is never held against the answer. Any other quantity of the same unit is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.core.quantities.numerals import chinese_value
from finfoundry.evals.judging.chosen import said
from finfoundry.evals.judging.polarity import opening
from finfoundry.evals.judging.sentences import Sentence, folded, negated, plain, sentences
from finfoundry.evals.judging.word_lists import pattern
from finfoundry.evals.rows import Judgement

_QUANTITY = re.compile(
    r"(?<![第\d.])(?P<percent>百分之)?(?P<value>\d[\d,]*(?:\.\d+)?[万亿千百]*|[〇零一二三四五六七八九十百千万亿两]+|半)\s*(?P<counted>个)?\s*"
    r"(?P<unit>工作日|交易日|日历日|日|天|月|年|周|小时|(?:人民币)?元|美元|港元|港币|欧元|%|人|名|次|倍|家)?"
)
_SPACED = re.compile(r"(?<=[\u4e00-\u9fff\d])[ \t\u3000]+(?=[\u4e00-\u9fff\d])")  # of a text that was set in columns
_DATE = re.compile(r"\d{1,2}月\d{1,2}日|(?:19|20)\d\d年")
_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千\d]+条")
_DENIED = re.compile(r"(?:不是|并非|而非|没有规定|未规定|不为|没有)[^，。；、]{0,6}$")
_EITHER = re.compile(r"^(?:或者?|还是)|(?:或者?|还是)$")
_UNITS = {"天": "日", "日历日": "日", "交易日": "工作日", "人民币元": "元", "名": "人", "港币": "港元"}
_MONTHS = {"年": 12, "月": 1}
_REFUSES, _ALLOWS = pattern("refuses"), pattern("allows")
_MOST, _LEAST, _MOST_BEHIND, _LEAST_BEHIND = (pattern(name) for name in ("most", "least", "most_behind", "least_behind"))
QUOTED = 6  # characters from which a sentence of the article is a quotation
AT_ONCE = 4  # characters before the word of a refusal that needs no other word of the question
CLOSE, NEXT = 10, 4  # characters before a quantity in which its bound is looked for, and between both


@dataclass(frozen=True, slots=True)
class Provision:
    """An article, and what of it an answer must state: for each thing the forms in which it may be said; ``refused``: a no."""

    article: str
    body: str  # without white space
    facts: tuple[tuple[str, ...], ...]
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it counts; ``bound`` is "most", "least" or empty."""

    start: int
    text: str
    value: Decimal
    unit: str
    bound: str


def judge_provision(provision: Provision, question: str, text: str) -> Judgement:
    """Correct when every fact is stated, whole, not denied and not together with a contradicting one."""
    text = _SPACED.sub("", text)
    found = sentences(text)
    if not found:
        return Judgement("wrong", 0.0, "it says nothing")
    faults = list(_faults(provision, question, found, plain(text)))
    parts = len(provision.facts) + provision.refused
    return Judgement("wrong" if faults else "correct", max(0.0, 1 - len(faults) / max(1, parts)), "; ".join(faults))


def _faults(provision: Provision, question: str, found: Sequence[Sentence], text: str) -> Iterator[str]:
    named = set(_ARTICLE.findall(text))
    if named and provision.article not in named and not all(one in provision.body for one in named):
        yield f"it names {min(named)}"
    own = [one.text for one in found if not _quoted(one.text, provision)]
    wanted = [(forms, quantities(forms[0])) for forms in provision.facts]
    for forms, amounts in wanted:
        fault = _amount_fault(amounts[0], provision, text) if _is_amount(forms[0], amounts) else _words_fault(forms, provision, text)
        if fault:
            yield fault
    known = [one for _, amounts in wanted for one in amounts]
    for sentence in own:
        yield from (f"it also says {one.text}" for one in quantities(sentence) if _against(one, known, sentence, provision))
    if provision.refused and (fault := _refusal_fault(provision, question, found)):
        yield fault


def quantities(text: str) -> list[Quantity]:
    """The quantities of a text with their bounds; dates and numbers of articles are none."""
    dates = [match.span() for match in _DATE.finditer(text)]
    found = []
    for match in _QUANTITY.finditer(text):
        unit = "%" if match["percent"] else match["unit"]
        if unit is None or any(start <= match.start() < end for start, end in dates):
            continue
        if unit == "月" and not match["counted"]:
            continue  # 1月 names a month
        value = _value(match["value"])
        if value is not None:
            unit = _UNITS.get(unit, unit)
            bound = _bound(text[max(0, match.start() - CLOSE) : match.start()], text[match.end() :])
            found.append(Quantity(match.start(), match[0], value * _MONTHS.get(unit, 1), "月" if unit in _MONTHS else unit, bound))
    return found


def _bound(before: str, behind: str) -> str:
    """The bound of a quantity by the words behind it, else by the last word before it."""
    if _MOST_BEHIND.match(behind) or _LEAST_BEHIND.match(behind):
        return "most" if _MOST_BEHIND.match(behind) else "least"
    last = {
        name: max((one.end() for one in pattern.finditer(before)), default=-1) for name, pattern in (("most", _MOST), ("least", _LEAST))
    }
    name = max(last, key=lambda one: last[one])
    return name if last[name] >= len(before) - NEXT and last[name] > 0 else ""


def _value(numeral: str) -> Decimal | None:
    if numeral == "半":
        return Decimal("0.5")
    digits = re.fullmatch(r"([\d,]+(?:\.\d+)?)([万亿千百]+)", numeral)
    if digits is None:
        return chinese_value(numeral)
    scale = chinese_value(f"一{digits[2]}")
    return Decimal(digits[1].replace(",", "")) * scale if scale else None


def _is_amount(form: str, amounts: Sequence[Quantity]) -> bool:
    match = _QUANTITY.fullmatch(form)
    return len(amounts) == 1 and match is not None


def _amount_fault(wanted: Quantity, provision: Provision, text: str) -> str:
    same = [one for one in quantities(text) if (one.value, one.unit) == (wanted.value, wanted.unit)]
    open_ones = [one for one in same if not _DENIED.search(text[: one.start])]
    if not open_ones:
        return f"{wanted.text} is {'denied' if same else 'not stated'}"
    there = [one for one in quantities(provision.body) if (one.value, one.unit) == (wanted.value, wanted.unit)]
    if there and {there[0].bound, open_ones[0].bound} == {"most", "least"}:
        return f"{wanted.text} is the other bound"
    return ""


def _against(one: Quantity, known: Sequence[Quantity], sentence: str, provision: Provision) -> bool:
    """Whether a quantity of the answer's own words is in place of one that is asked for, and not as the article has it."""
    alike = [other for other in known if other.unit == one.unit]
    if not alike or any(other.value == one.value for other in alike):
        return False
    return f"{sentence[max(0, one.start - 2) : one.start]}{one.text}" not in provision.body


def _words_fault(forms: Sequence[str], provision: Provision, text: str) -> str:
    low = folded(text)
    if not said(forms, text) and not any(_as_printed(form, low, provision) for form in forms):
        return f"missing: {' | '.join(forms)}"
    for form in forms:
        for match in re.finditer(re.escape(folded(form)), low):
            before, behind = low[max(0, match.start() - 2) : match.start()], low[match.end() : match.end() + 2]
            if (_EITHER.search(behind) and f"{form}或" not in provision.body) or (before.endswith(("或", "或者", "还是"))):
                return f"{form} is one of two"
    return ""


def _as_printed(form: str, text: str, provision: Provision) -> bool:
    """Whether the answer has words as the article has them: after the same characters, which may be a 不得 of the article's own."""
    return any(text[max(0, match.start() - 4) : match.end()] in provision.body for match in re.finditer(re.escape(folded(form)), text))


def _refusal_fault(provision: Provision, question: str, found: Sequence[Sentence]) -> str:
    """Why an answer does not say no, or says yes, too."""
    own = [one.text for one in found if not _quoted(one.text, provision)]
    if any(opening(one) for one in own) or any(_ALLOWS.search(one) and not _REFUSES.search(one) for one in own):
        return "it says yes"
    if not any(_refuses(one.text, question, provision) for one in found):
        return "it does not say no"
    return ""


def _refuses(sentence: str, question: str, provision: Provision) -> bool:
    """Whether a sentence says no to the question: at once, in the article's words, or in those of the question."""
    places = [match.start() for match in _REFUSES.finditer(sentence) if not negated(sentence, match.start())]
    asked = _pairs(question)
    as_printed = any(sentence[place : place + QUOTED].rstrip("。") in provision.body for place in places)
    return bool(places) and (places[0] <= AT_ONCE or as_printed or len(asked & _pairs(sentence)) * 2 >= len(asked))


def _pairs(text: str) -> set[str]:
    """Each two neighbouring characters of a word: 资本金 → 资本, 本金."""
    return {word[place : place + 2] for word in re.findall(r"[\u4e00-\u9fff]{2,}", text) for place in range(len(word) - 1)}


def _quoted(sentence: str, provision: Provision) -> bool:
    """Whether a sentence is a piece of the article."""
    bare = re.sub(r"\s+|^第[^条]{1,8}条", "", sentence).strip("“”\"'。；：")
    return len(bare) >= QUOTED and bare in provision.body
