"""A question that goes on from those before it, written out in full: an earlier topic with the parts exchanged that the question names.

Whatever answers whole questions then answers it. Where it may mean several companies, it is asked which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from finfoundry.ask.dialogue import whole_question
from finfoundry.ask.dialogue.moved_periods import moved, part_of, year_of
from finfoundry.ask.dialogue.named_parts import BESIDE, Labels, blanked
from finfoundry.ask.dialogue.said import PRONOUN, Said, said_in
from finfoundry.ask.dialogue.topic import Topic, is_member, joined, line_in
from finfoundry.ask.lexicon.entities import EntityNames, is_company
from finfoundry.ask.lexicon.vocabulary import Vocabulary
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.understand.question_text import asked_unit
from finfoundry.core.answer import Language
from finfoundry.core.language import language_of, simplified

_CURRENCIES = ("dollar", "dollars", "usd", "euro", "euros", "eur", "yuan", "rmb")  # beside the scale that is asked for
_INTO = re.compile(r"(?:换|改|折|用)[^，。？\d]{0,6}?(?P<unit>[十百千]?[万亿]+元?)")  # a figure into another unit
_THAN = re.compile(r"\b(?:against|versus|vs|compared|than|relative)\b|[比较]", re.I)  # before the period that is the other end
LONGEST_FRAGMENT = 5  # words, or Chinese characters times two, that name a part by themselves
Prints = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Whole:
    """A question in full, and what it asks; None where that is to be read in it."""

    text: str
    topic: Topic | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """A question that may be meant of several companies: which, as the documents know them."""

    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What texts are read by. ``prints`` tells whether rows of a company (the first) have a word (the second)."""

    names: EntityNames
    vocabulary: Vocabulary
    labels: Labels
    prints: Prints


def continued(question: str, topics: Sequence[Topic], known: Known) -> Whole | Unclear | None:
    """The question in full; None where it says everything itself, or does not go on from the topics; the last one is the latest."""
    if not topics:
        return None
    said = said_in(question, known.names, known.vocabulary, known.labels)
    named = len(said.parts.entities)
    if named and BESIDE.search(question):
        return None
    if named > 1 or (named and said.parts.figures and said.dated and not said.pointed):
        return None
    base = _base(said, topics)
    if not isinstance(base, Topic):
        return base
    if scaled := _in_unit(said, base):
        return scaled
    if said.parts.figures:
        return _own_figure(said, base, known)
    if said.act in ("change", "share", "reason") and said.rest and (part := _part_topic(said.words(), base, known)):
        return _asked_of(replace(said, rest=()), part, topics, known)
    unit = topics[-1].change and said.measure != "amount"  # "in percent?", of a change
    if (said.act != "value" or unit) and not said.rest:
        return _asked_of(said, base, topics, known)
    if said.act == "share" and said.rest:
        return _shared(said, base)
    return _exchanged(said, base, known)


def _value(topic: Topic, said: Said) -> Whole:
    topic = replace(topic, change=False)
    return Whole(whole_question.value(topic, _language(topic, said)), topic)


def _language(topic: Topic, said: Said) -> Language:
    return language_of(topic.line) if topic.line else language_of(said.text)


# --- whose figure, and of when --------------------------------------------------------------------------------------------------


def _base(said: Said, topics: Sequence[Topic]) -> Topic | Unclear | None:
    """The last topic, of the company that the question names or points to, in the period that it names or points to."""
    last = topics[-1]
    entity, company = last.entity, last.company
    if said.entity:
        start, end = said.parts.entities[0]
        entity, company = said.entity, said.text[start:end]
    elif said.former or (said.latter and not last.member):
        order = list(dict.fromkeys(topic.entity for topic in topics if topic.entity))
        if len(order) != 2:
            return Unclear(tuple(order)) if len(order) > 2 else None
        entity = order[0 if said.former else 1]
        company = next(topic.company for topic in reversed(topics) if topic.entity == entity)
    own = next((topic for topic in reversed(topics) if topic.entity == entity), None)
    former = own is not None and not said.entity and (said.former or said.latter)
    periods = _periods(said, own if own and own.periods and (former or not last.periods) else last)
    if periods is None:
        return None
    line = _line_of(said, last, own)
    member = line.member if line is own or entity == last.entity else ""
    return replace(line, entity=entity, company=company, member=member, periods=periods)


def _line_of(said: Said, last: Topic, own: Topic | None) -> Topic:
    """The topic whose line is asked for again: the company's own one where the question has its words, or else the last."""
    words = said.words()
    return own if own and words and words in own.line else last


def _periods(said: Said, before: Topic) -> tuple[str, ...] | None:
    """The periods that the question names or points to; None where it points to one that is not there."""
    if said.dated:
        return tuple(said.text[start:end].strip() for start, end in said.parts.periods)
    then = before.periods if said.every or not before.change else before.periods[-1:]
    if said.offset is not None and said.act not in ("change", "reason"):
        found = [moved(period, said.offset) for period in then]
        return tuple(filter(None, found)) if len(found) == 1 and all(found) else None
    if said.stretch is not None:
        part = part_of(then[-1], said.stretch) if then else None
        return (part,) if part else None
    return then


# --- a question with a figure of its own ----------------------------------------------------------------------------------------


def _own_figure(said: Said, base: Topic, known: Known) -> Whole | None:
    """Whose and of when a figure is meant that the question names; None where it may be of a company that nobody knows."""
    text, parts = said.text, said.parts
    line, member = line_in(text, parts, list(said.rest))
    if not line or _names_another(said, base, known) or (said.member and not base.member and not parts.entities):
        return None
    metric = any(a < end and start < b for start, end in parts.figures for a, b in parts.known)
    if said.act == "share" and metric and not parts.entities:
        of_itself = _names(line, known) & _names(base.line, known)  # 收入里医药占几成, of revenue: the part is in the question
        return Whole(_inserted(said, replace(base, member=""))) if of_itself else _share_of(base, line, said) if base.line else None
    beyond = [place for place in said.rest if text[place[0] : place[1]] not in line]
    if not metric and not beyond and is_member(line) and not _is_line(line, base, known):
        return _part_of(line, base, known, said)
    carried = "" if parts.entities or member else _carried(said, line, base, known)
    topic = replace(base, line=joined(carried, line), member=member or carried, change=False)
    if said.includes and base.line and not parts.entities:
        return _with(base, line, said)
    if (not beyond or said.member) and not said.asks and said.act == "value":
        return _value(topic, said)
    return Whole(_inserted(said, topic))


def _names(line: str, known: Known) -> set[str]:
    return {mention.name for mention in known.vocabulary.find(line)}


def _carried(said: Said, line: str, base: Topic, known: Known) -> str:
    """The part that was spoken of, where the question points to it, or rows of the company have it with what is asked for now."""
    printed = base.member and base.entity and known.prints(base.entity, joined(base.member, line))
    return base.member if said.member or printed else ""


def _names_another(said: Said, base: Topic, known: Known) -> bool:
    """Whether words of the question may name a company that no document knows: a name, or Chinese words before the figure, that the
    company spoken of does not print.
    """
    if said.entity:
        return False
    for start, end in said.rest:
        word = said.text[start:end]
        name = (
            word[:1].isupper() and (said.text[:start].strip(" ,") or said.text[end : end + 2] in ("'s", "’s"))
            if word.isascii()
            else len(word) > 1 and start < said.parts.figures[0][0]
        )
        if name and not (base.entity and known.prints(base.entity, word)):
            return True
    return False


def _inserted(said: Said, topic: Topic) -> str:
    """The question with the company in the place of a pronoun, and the period in the place of the words that point to it."""
    text, language = said.text, language_of(said.text)
    period = (" and " if language == "en" else "和").join(topic.periods)
    places = [(place, _dated(text, place, period)) for place in said.pointed[:1] if period]
    pronoun = None if said.parts.entities else PRONOUN.search(blanked(text, said.pointed))
    if pronoun and topic.company:
        whose = f"{topic.company}的" if pronoun["of"] else f"{topic.company}'s" if pronoun["whose"] else topic.company
        places.append((pronoun.span(), whose))
    for (start, end), words in sorted(places, reverse=True):
        text = text[:start] + words + text[end:]
    lead = "" if said.dated or said.pointed else period
    whose = "" if said.parts.entities or pronoun else topic.company
    if language == "zh":
        return f"{whose}{lead}{text}"
    return (f"For {whose}, " if whose else "") + (f"in {lead}, " if lead else "") + text


def _dated(text: str, place: tuple[int, int], period: str) -> str:
    if not text.isascii():
        return period
    first = text[place[0] : place[1]].split(" ", 1)[0].lower()
    return f"{first if first in ('over', 'for', 'at', 'during', 'on') else 'in'} {period}"


def _with(base: Topic, line: str, said: Said) -> Whole:
    """The figure of the topic and another one together."""
    topic = replace(base, change=False)
    return Whole(whole_question.together(topic, line, _language(topic, said)), topic)


def _share_of(base: Topic, whole: str, said: Said) -> Whole:
    return Whole(whole_question.share(base, whole, _language(base, said)), base)


# --- a question without one -----------------------------------------------------------------------------------------------------


def _asked_of(said: Said, base: Topic, topics: Sequence[Topic], known: Known) -> Whole | None:
    """What is asked of the figure of the topic: its change, its margin, why it moved, of whom it is higher."""
    if not base.line:
        return None
    language = _language(base, said)
    if said.act == "reason":
        return Whole(whole_question.reason(base, language), base)
    if said.act == "margin":
        return _margin(said, base, known)
    if said.act == "higher":
        return _compared(said, base, topics)
    if said.act == "share":
        return Whole(whole_question.part_of_whole(base, language), base) if base.member else None
    first, last = _ends(said, base, topics)
    if first is None or last is None:
        return None
    topic = replace(base, periods=(first, last), change=True)
    return Whole(whole_question.change(base, first, last, said.measure, language), topic)


def _ends(said: Said, base: Topic, topics: Sequence[Topic]) -> tuple[str | None, str | None]:
    """From when to when: over the periods of which the conversation spoke, or from the year before."""
    if said.dated and len(base.periods) == 2:
        return min(base.periods, key=_when), max(base.periods, key=_when)
    if said.dated and len(base.periods) == 1 and _THAN.search(said.text) and topics[-1].periods:
        ends = {base.periods[0], topics[-1].periods[-1]}
        return (min(ends, key=_when), max(ends, key=_when)) if len(ends) == 2 else (None, None)
    spoken: list[str] = []
    for topic in reversed(topics):
        if (topic.entity, topic.line) != (base.entity, base.line):
            break
        spoken += topic.periods
    if said.dated or said.offset is not None:
        spoken = [*base.periods[-1:]]
    spoken = list(dict.fromkeys(spoken))
    if len(spoken) > 1:
        return min(reversed(spoken), key=_when), max(spoken, key=_when)
    return (moved(spoken[0], -1), spoken[0]) if spoken else (None, None)


def _when(period: str) -> int:
    return year_of(period) or 0


def _margin(said: Said, base: Topic, known: Known) -> Whole:
    """A profit as a part of revenue: by the name that the vocabulary has for it, or else as a share."""
    chinese = _language(base, said) == "zh"
    name = f"{base.line}率" if chinese else f"{base.line} margin"
    named = next(
        (mention for mention in known.vocabulary.find(name) if mention.formula and mention.text.casefold() == name.casefold()), None
    )
    if named:
        formula = known.vocabulary.library[named.name]
        return _value(replace(base, line=next(iter(formula.zh if chinese else formula.en), name)), said)
    return _share_of(base, "营业收入" if chinese else "revenue", said)


def _compared(said: Said, base: Topic, topics: Sequence[Topic]) -> Whole | None:
    """The two companies whose figures were asked for last, side by side; of one company what changed between its periods."""
    alike = [topic for topic in topics if topic.line == base.line and topic.periods == base.periods and topic.company]
    companies = list({topic.entity: topic.company for topic in alike}.values())[-2:]
    if len(companies) == 2:
        return Whole(whole_question.higher(base, companies, _language(base, said)), base)
    first, last = _ends(said, base, topics)
    several = sum((topic.entity, topic.line) == (base.entity, base.line) for topic in topics[-2:]) == 2
    return Whole(whole_question.change(base, first, last, "amount", _language(base, said)), base) if several and first and last else None


def _shared(said: Said, base: Topic) -> Whole | None:
    """What part a figure is of something that the vocabulary does not know, or something of it: 占总人数多少, 本科以上的占几成."""
    if not base.line or said.asks or said.text.isascii():
        return None
    at = re.search("相当于|占", said.text)
    before = [place for place in said.rest if at and place[0] < at.start()]
    if before and at:
        part = said.text[before[0][0] : at.start()].rstrip("的")
        topic = replace(base, line=joined(part, base.line.removeprefix(base.member)), member=part)
        return Whole(whole_question.proportion(topic), topic)
    return _share_of(base, said.words(), said)


def _exchanged(said: Said, base: Topic, known: Known) -> Whole | None:
    """The topic of another company, period or part."""
    if not base.line:
        return None
    words = said.words()
    if not words or (said.entity and words in base.line):
        moves = said.entity or said.dated or said.pointed or said.former or said.latter
        return _value(base, said) if moves and said.act == "value" else None
    short = len(said.rest) <= LONGEST_FRAGMENT and len(words) <= LONGEST_FRAGMENT * 8
    if said.asks or not short or said.act != "value":
        return None
    return _part_of(words, base, known, said)


def _part_of(words: str, base: Topic, known: Known, said: Said) -> Whole | None:
    """The line of the topic for the part that words name, where the company prints such a part, or they make another line of it."""
    qualifies = words.casefold() in word_list("qualifiers") | word_list("qualifiers_zh")
    if not base.line or not base.entity or is_company(words) or not (qualifies or known.prints(base.entity, words)):
        return None
    if not words.isascii() and (line := _parallel(base.line, words)):
        return _value(replace(base, line=line, member=""), said)
    return _value(_with_part(words, base), said)


def _with_part(words: str, base: Topic) -> Topic:
    return replace(base, line=joined(words, _metric(base)), member=words)


def _metric(base: Topic) -> str:
    """The line without the part that it is of."""
    return base.line.removeprefix(base.member).strip() if base.member else base.line


def _part_topic(words: str, base: Topic, known: Known) -> Topic | None:
    """The topic for the part that words name, where the company prints such a part."""
    printed = base.line and base.entity and known.prints(base.entity, words)
    return _with_part(words, base) if printed else None


def _in_unit(said: Said, base: Topic) -> Whole | None:
    """The figure of the topic once more, in the unit that the question names and nothing else: "in billions please", 换算成亿元."""
    chinese = _INTO.search(simplified(said.text))
    unit = chinese["unit"] if chinese else asked_unit(said.text).word
    if not unit or not base.line or said.entity or said.dated or said.pointed or said.asks:
        return None
    own = [said.text[start:end].casefold() for start, end in said.parts.figures]
    others = [said.text[start:end].casefold() for start, end in said.rest]
    beside = not chinese and any(unit not in word and word not in _CURRENCIES for word in others)
    if beside or any(figure not in base.line.casefold() for figure in own):
        return None
    return Whole(whole_question.scaled(base, unit, _language(base, said)), replace(base, change=False))


def _is_line(words: str, base: Topic, known: Known) -> bool:
    """Whether Chinese words that the company prints are a line of their own: no row has them with the figure that was asked for."""
    if words.isascii() or not base.entity or not base.line or _parallel(base.line, words):
        return False
    return not known.prints(base.entity, joined(words, base.line))


def _parallel(line: str, words: str) -> str | None:
    """A Chinese line with the piece exchanged that ends like the words: 投资活动 for 经营活动, 筹资 for 投资."""
    size, tail = len(words), words[-1:] if len(words) < _TAIL + 1 else words[-_TAIL:]
    for at in range(len(line) - size + 1):
        piece = line[at : at + size]
        if piece != words and piece.endswith(tail):
            return line[:at] + words + line[at + size :]
    return None


_TAIL = 2  # characters in which two parts of one whole end alike
