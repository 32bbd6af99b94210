"""A question that goes on from the one before: "And in 2023?", "2023年呢？", "How about net income?", or the company alone.

It is read as the earlier question with the named part exchanged, so that whatever answers whole questions answers it, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from finfoundry.ask.dialogue.named_parts import BESIDE, Labels, Parts, Place, blanked, parts_in
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.spans import asked_periods, years_before
from finfoundry.ask.lexicon.vocabulary import Vocabulary
from finfoundry.ask.plan.unexplained import unexplained
from finfoundry.ask.understand.intent import understand
from finfoundry.core.language import language_of

_MARK = re.compile(
    r"^\W*(?:(?:and|but|or|then|ok(?:ay)?|what about|how about|what of|same for|now)\b[\s,]*)+"
    r"|^\W*(?:那么?|再看?|还有|换成|改成)|(?:呢|又如何|怎么样)\W*$",
    re.I,
)
_OWN = re.compile(r"\b(?:its|their|the company['’]s)\b|该公司的?|其(?=[\u4e00-\u9fff])", re.I)
_THAT = re.compile(r"\b(?:it|that|this|they|those)\b(?!\s+(?:company|year|period))|它|这个数|该数", re.I)
_OF_THAT = re.compile(  # what is asked of a figure, and of nothing else that "that" might be
    r"\b(?:chang\w*|gr[eo]w\w*|increas\w*|decreas\w*|declin\w*|f[ae]ll\w*|r[io]se\w*|drop\w*|higher|lower|more|less|much\s+of|percent\w*|share|compare[ds]?)\b"
    r"|增|降|变|占|比",
    re.I,
)
_GOES_ON_ZH = re.compile(r"^\W*(?:那么?)?(?:同比|环比|比(?:上年|去年)|较(?:上年|去年)|与(?:上年|去年)|增长|增加|下降|减少|变化|变动)")
_COMPARED = re.compile(r"(?:\b(?:from|than|to|with|versus|vs\.?|against|over)\s+(?:the\s+|a\s+)?|[比较与和同跟])$", re.I)
_LAST_YEAR = re.compile(r"(?:19|20)\d\d(?!.*(?:19|20)\d\d)", re.S)
_BETWEEN = re.compile(r"\s*(?:,|、|，|和|与|及|至|到|~|-|–|and|to|versus|vs\.?|or|compared (?:to|with))?\s*(?:in\s+|the\s+)?", re.I)


def completed(question: str, before: str, names: EntityNames, vocabulary: Vocabulary, labels: Labels = lambda _: ()) -> str | None:
    """The question in full: "And in 2023?" after "What was revenue in 2024?" is "What was revenue in 2023?". None when it is complete by
    itself, or does not continue the one before. ``labels`` gives the row labels that a text names: such a term is exchanged whole.
    """
    if (whole := _spelled_out(question, before, names, vocabulary, labels)) is not None:
        return whole
    question = _dated(question, before)
    now = parts_in(question, names, vocabulary, labels)
    if not (now.entities or now.figures or now.periods) or not _leaves_out(question, now, names, vocabulary):
        return None
    then = parts_in(before, names, vocabulary, labels)
    changes: list[tuple[Place, str]] = []
    if len(now.entities) == len(then.entities) == 1 and BESIDE.search(question):
        return _side_by_side(question, before, now, then)
    for new, old in ((now.entities, then.entities), (now.figures, then.figures), (now.periods, then.periods)):
        exchanged = _exchanged(question, before, new, old)
        if exchanged is None:
            return None
        changes += exchanged
    if now.figures and not then.figures:
        return None
    text = before
    for (start, end), words in sorted(changes, reverse=True):
        text = text[:start] + words + text[end:]
    return _added(text, question, now, then)


def _spelled_out(question: str, before: str, names: EntityNames, vocabulary: Vocabulary, labels: Labels) -> str | None:
    """A question about the figure of the one before, by a pronoun or by nothing: "How did it change from the prior year?", 同比增长多少?"""
    now, then = (parts_in(text, names, vocabulary, labels) for text in (question, before))
    if now.entities or now.figures or len(then.figures) != 1 or len(then.entities) > 1 or len(then.periods) > 1:
        return None
    entity, figure, period = (
        " ".join(before[start:end] for start, end in places) for places in (then.entities, then.figures, then.periods)
    )
    if language_of(before) == "zh":
        return f"{entity}{period}{figure}{question.strip()}" if _GOES_ON_ZH.search(question) else None
    that = _THAT.search(question)
    if that is None or not _OF_THAT.search(question):
        return None
    owner = f"{entity}'" if entity.endswith("s") else f"{entity}'s"
    whole = f"{owner} {figure}" if entity else figure
    return f"{question[: that.start()]}{whole}{f' in {period}' if period else ''}{question[that.end() :]}"


def _dated(question: str, before: str) -> str:
    """The question with "the year before" as the year before that of the earlier question; as it is where that names no single one."""
    found = [*asked_periods(question), *years_before(question)]
    named = [item for item in asked_periods(before) if item.offset is None]
    if len(found) != 1 or found[0].offset != -1 or len(named) != 1 or _COMPARED.search(question[: found[0].start]):
        return question
    earlier = _LAST_YEAR.sub(lambda year: str(int(year[0]) - 1), named[0].text)
    return f"{question[: found[0].start]}{earlier}{question[found[0].end :]}" if earlier != named[0].text else question


def _side_by_side(question: str, before: str, now: Parts, then: Parts) -> str:
    """ "Compare it with Netflix": the earlier question for both."""
    end, (first, last) = then.entities[0][1], now.entities[0]
    both = "和" if language_of(before) == "zh" else " and "
    return f"{before[:end]}{both}{question[first:last]}{before[end:]}"


def _leaves_out(question: str, parts: Parts, names: EntityNames, vocabulary: Vocabulary) -> bool:
    """Whether the question says nothing but its parts, and lacks a part that a question needs."""
    if parts.figures and (parts.periods or not _MARK.search(question)):
        return False
    question = _OWN.sub(lambda match: " " * len(match[0]), question)
    left = _MARK.sub(" ", blanked(question, [*parts.entities, *parts.figures, *parts.periods]))
    return not unexplained(understand(left.strip() or "?", names, vocabulary))


def _exchanged(question: str, before: str, new: Sequence[Place], old: Sequence[Place]) -> list[tuple[Place, str]] | None:
    """Which parts of the earlier question are replaced by which words; None where that is ambiguous."""
    if not new or not old:
        return []
    words = [question[start:end] for start, end in new]
    if len(new) == len(old):
        return list(zip(old, words, strict=True))
    if len({before[start:end] for start, end in old}) == 1 and len(new) == 1:
        return [(place, words[0]) for place in old]
    if all(_BETWEEN.fullmatch(before[a[1] : b[0]]) for a, b in pairwise(old)) and all(
        _BETWEEN.fullmatch(question[a[1] : b[0]]) for a, b in pairwise(new)
    ):
        return [((old[0][0], old[-1][1]), question[new[0][0] : new[-1][1]])]
    return None


def _added(text: str, question: str, now: Parts, then: Parts) -> str:
    """The text with the period and the company that the earlier question did not name put before it."""
    chinese = language_of(text) == "zh"
    for new, old, lead in ((now.periods, then.periods, "In"), (now.entities, then.entities, "For")):
        if new and not old:
            words = question[new[0][0] : new[-1][1]]
            text = f"{words}{text}" if chinese else f"{lead} {words}, {text}"
    return text
