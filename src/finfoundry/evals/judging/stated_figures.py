"""Each figure of an answer with what the words around it say: whose it is, of which year and metric, with which sign."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.core.quantities.numbers import PrintedNumber, find_numbers
from finfoundry.evals.judging.direction import moves
from finfoundry.evals.judging.periods import quarters, years
from finfoundry.evals.judging.sentences import Sentence, folded
from finfoundry.evals.judging.terms import STATEMENT, Term, terms
from finfoundry.evals.judging.truth import Truth
from finfoundry.evals.judging.word_lists import alternatives, pattern

_LOSS, _GAIN, _SEGMENT = pattern("loss"), pattern("gain"), pattern("segments")
_OPERATOR = re.compile(r"[/÷×*+=<>]|\s[-–−]\s|\b(?:divided by|multiplied by|times|plus|less|minus)\s*$|除以|乘以|加上|减去")
_LEVEL = re.compile(
    r"(?:\bto|\bfrom|\bthan|\breached|(?:由|从|至|到|达)(?:\d{4}年\S{0,9}?的)?)\s*(?:约|about|roughly|nearly)?\s*[^\d\s]{0,6}$",
    re.IGNORECASE,
)
_FROM = re.compile(r"(?:\bfrom|(?:由|从)(?:\d{4}年\S{0,9}?的)?)\s*(?:约|about|roughly|nearly)?\s*[^\d\s]{0,6}$", re.IGNORECASE)
_BY = re.compile(r"(?:\bby|\bof|了|幅度?[为达]?|率[为达]?)\s*(?:约|about|roughly|nearly|approximately)?\s*[^\d\s]{0,6}$", re.IGNORECASE)
_AFTER = re.compile(
    rf"^\s*(?:\)\s*)?(?:percent(?:age points)?|points)?\s*(?:(?P<fallen>{alternatives('fallen')})|(?P<risen>{alternatives('risen')}))\b",
    re.IGNORECASE,
)
_RESPECTIVELY = re.compile(r"\brespectively\b|分别|各为", re.IGNORECASE)
_NAME = re.compile(r"[A-Z][\w&.\-]*(?:(?:\s+(?:&|of|and|the))?\s+[A-Z&][\w&.\-]*)*(?P<whose>'s|s'(?=\s))?")
_ACTS = re.compile(rf"\s+(?:{alternatives('acts')})\b")
_NAME_ZH = re.compile(
    r"(?:(?![的于占年在为是与和及得现])[\u4e00-\u9fff（）()A-Z*]){2,24}?(?:股份有限公司|有限责任公司|有限公司|集团|股份|银行|科技|药业|电气|实业|港务|公司)"
)
_NOBODY = frozenset(alternatives("nobody").split("|"))


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure and what its sentence says about it. ``value`` bears the sign of the words; ``level``: what something moved to or from."""

    number: PrintedNumber
    value: Decimal
    sentence: str
    years: frozenset[int]
    quarters: frozenset[int]
    owner: str  # a company that the words name; empty where they name none, or the one asked about
    term: Term | None
    known: bool  # whether that metric is the one asked about
    origin: bool  # what something moved from
    level: bool  # what something moved to or from
    moved: bool  # an amount by which something moved
    operand: bool


def stated(found: Sequence[Sentence], truth: Truth, question: str, *, change: bool) -> Iterator[Stated]:
    """The figures of all sentences that state something, in order."""
    more = (*truth.labels, *truth.others)
    named = truth.labels or (question,)
    asked = {name for text in named for one in (*terms(text, more), *terms(text)) for name in (one.concept, one.name)}
    carried = ""
    for sentence in found:
        if sentence.explains:
            continue
        labels = [(one.start, one.end) for one in terms(sentence.text, more)]
        numbers = [one for one in find_numbers(sentence.text) if not any(start <= one.start < end for start, end in labels)]
        for place, number in enumerate(numbers):
            before = numbers[place - 1].end if place else 0
            after = numbers[place + 1].start if place + 1 < len(numbers) else len(sentence.text)
            owner = _owner(sentence.text, number, truth, question) if truth.entity or truth.strangers else ""
            carried = owner if owner else "" if _named(sentence.text, truth) else carried
            yield _one(sentence.text, number, before, after, truth, asked, "" if truth.labels else question, carried, change=change)


def _one(
    text: str, number: PrintedNumber, before: int, after: int, truth: Truth, asked: set[str], spoken: str, owner: str, *, change: bool
) -> Stated:  # fmt: skip
    lead, tail = text[before : number.start], text[number.end : after]
    behind = _AFTER.match(tail)
    near = list(moves(text[max(0, number.start - 40) : number.start]))
    level = bool(_LEVEL.search(text[: number.start]))
    moved = bool(behind) or (
        not level
        and bool(near)
        and (change or bool(_BY.search(lead)) or near[-1].end >= len(text[max(0, number.start - 40) : number.start]) - 3)
    )
    value = _signed(text, number, lead, tail, level=level, change=change)
    term = _term(text, number, before, after, truth)
    known = term is None or not asked or term.concept in asked or term.name in asked or _asked(term, spoken)
    operand = _calculated(text, number)
    return Stated(
        number=number, value=value, sentence=text, years=_years(text, number, before, after), quarters=_quarters(text, number),
        owner=owner, term=term, known=known, level=level, origin=bool(_FROM.search(text[: number.start])), moved=moved, operand=operand,
    )  # fmt: skip


def _asked(term: Term, question: str) -> bool:
    """Whether the question contains each word of a metric's name, in any order."""
    return set(term.name.split()) <= set(re.findall(r"\w+", folded(question)))


def _calculated(text: str, number: PrintedNumber) -> bool:
    """Whether a figure is a part of a calculation: next to a sign of arithmetic, or in brackets that hold one."""
    opened, closed = text.rfind("(", 0, number.start), text.find(")", number.end)
    if opened >= 0 and closed >= 0 and ")" not in text[opened : number.start] and _OPERATOR.search(text[opened + 1 : closed]):
        return True
    behind = re.match(r"\s*(?:[/÷×*+=]|[-–−]\s)|\s*(?:divided by|plus|minus|less|除以|减去)", text[number.end : number.end + 14])
    return bool(behind or _OPERATOR.search(text[max(0, number.start - 4) : number.start]))


def _segment(text: str, number: PrintedNumber) -> tuple[int, int]:
    """Start and end of the stretch between separators that holds a figure; a comma or "and" within a metric's name separates nothing."""
    within = [(one.start, one.end) for one in terms(text)]
    marks = (match.start() for match in _SEGMENT.finditer(text))
    cuts = [0, *(mark for mark in marks if not any(start <= mark < end for start, end in within)), len(text)]
    return max(cut for cut in cuts if cut <= number.start), min((cut for cut in cuts if cut >= number.end), default=len(text))


def _quarters(text: str, number: PrintedNumber) -> frozenset[int]:
    start, end = _segment(text, number)
    return quarters(text[start:end]) or quarters(text)


def _years(text: str, number: PrintedNumber, before: int, after: int) -> frozenset[int]:
    """The years that a figure is of: named behind it in its segment, or before it; none where the words name none or several at once."""
    if _RESPECTIVELY.search(text):
        return frozenset()
    every = years(text)
    start, end = _segment(text, number)
    later = [one for one in every if number.end <= one.start < min(end, after)]
    earlier = [one for one in every if one.end <= number.start]
    own = [one for one in earlier if one.start >= max(start, before)]
    chinese = bool(re.search(r"[\u4e00-\u9fff]", text))
    chosen = (own[-1:] or later[:1] or earlier[-1:]) if chinese else (later[:1] or own[-1:] or earlier[-1:])
    chosen = chosen or [one for one in every if number.end <= one.start < after][:1]
    return chosen[0].years if chosen else frozenset()


def _signed(text: str, number: PrintedNumber, lead: str, tail: str, *, level: bool, change: bool) -> Decimal:
    """The value with the sign that the words give it: a loss, an outflow, a fall."""
    value = number.value
    if value < 0:
        return value
    clause = re.split(r"[,;，；]\s*", text[: number.start])[-1]
    behind = _AFTER.match(tail)
    if behind and change:
        return value if behind["risen"] else -value
    if change and not level:
        said = (
            [move.up for move in moves(clause)]
            or [move.up for move in moves(text[: number.start])]
            or [move.up for move in moves(re.split(r"[,;，；]", text[number.end :])[0][:40])]
        )
        return value if not said or said[-1] else -value
    losses, gains = [m.end() for m in _LOSS.finditer(lead if not change else clause)], [m.end() for m in _GAIN.finditer(lead)]
    if losses and max(losses) > max(gains, default=-1) and not change:
        return -value
    return value


def _term(text: str, number: PrintedNumber, before: int, after: int, truth: Truth) -> Term | None:
    """The metric named nearest to a figure: since the figure before it, else behind it in its segment, else the last one before."""
    more = (*truth.labels, *truth.others)
    every = [one for one in terms(text, more) if one.concept != STATEMENT]
    if _RESPECTIVELY.search(text):
        return _in_turn(text, number, every)
    earlier = [one for one in every if before <= one.start < number.start]
    if earlier:
        return earlier[-1]
    end = min(_segment(text, number)[1], after)
    later = [one for one in every if number.end <= one.start < end]
    if later:
        return later[0]
    ahead = [one for one in every if one.end <= number.start]
    return ahead[-1] if ahead else None


def _in_turn(text: str, number: PrintedNumber, every: Sequence[Term]) -> Term | None:
    """The metric of a figure where metrics are named first and figures follow "respectively": the one in the same place."""
    numbers = [one.start for one in find_numbers(text) if not any(name.start <= one.start < name.end for name in every)]
    named = [one for one in every if one.end <= numbers[0]]
    place = numbers.index(number.start)
    return named[-len(numbers) :][place] if len(named) >= len(numbers) else None


def _owner(text: str, number: PrintedNumber, truth: Truth, question: str) -> str:
    """The company named nearest before a figure, else behind it, where it is another one than asked about; else empty."""
    labels = [(one.start, one.end) for one in terms(text, (*truth.labels, *truth.others))]
    named = [
        (start, name)
        for start, name in _names(text)
        if not _ours(name, truth, question) and not any(first <= start < last for first, last in labels)
    ]
    named += [(text.rindex(name), name) for name in truth.strangers if name in text and not _ours(name, truth, question)]
    named += [(text.rindex(name), "") for name in truth.entity if name and name in text]
    before = [one for one in named if one[0] < number.start]
    if before:
        return max(before, key=lambda one: (one[0], one[1] == ""))[1]
    return min(named, key=lambda one: one[0], default=(0, ""))[1]


def _names(text: str) -> Iterator[tuple[int, str]]:
    """Capitalised names; a single word that opens the sentence is one only where it owns or does something."""
    for match in _NAME.finditer(text):
        name = match[0].removesuffix("'s")
        if match.start() == 0 and " " not in name and not match["whose"] and not _ACTS.match(text, match.end()):
            continue
        yield match.start(), name
    for match in _NAME_ZH.finditer(text):
        yield match.start(), re.sub(r"^(?:.*[年在为，：:、（(])(?=.{2,})", "", match[0])


def _named(text: str, truth: Truth) -> bool:
    return any(_squeezed(name) in _squeezed(text) for name in truth.entity if name)


def _ours(name: str, truth: Truth, question: str) -> bool:
    """Whether a name is of the company asked about, or no name at all but words of the question or of statements."""
    squeezed = _squeezed(name)
    asked = [_squeezed(one) for one in truth.entity if one]
    if any(squeezed in one or one in squeezed for one in asked):
        return True
    if re.search(r"[\u4e00-\u9fff]", name):
        return squeezed in _squeezed(question) or squeezed in ("公司", "母公司", "本公司", "该公司", "上市公司", "子公司")
    words = [word for word in re.findall(r"[a-z&]{2,}", name.casefold()) if word not in _NOBODY]
    return (
        not words
        or any(word in _squeezed(question) or any(word in one for one in asked) for word in words if len(word) > 2)
        or bool(terms(name))
        or re.search(rf"\b{re.escape(name)}\b", question) is not None
        or any(word in folded(said) for said in (*truth.chosen, *truth.instead, *sum(truth.words, ())) for word in words)
    )


def _squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9\u4e00-\u9fff]", "", folded(text))
