"""What one question of a conversation asked, typed, so that it can be asked again with a part exchanged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from finfoundry.ask.dialogue.named_parts import Labels, Parts, Place, parts_in
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.spans import asked_periods, span_of
from finfoundry.ask.lexicon.vocabulary import Vocabulary, tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.unexplained import doubtful, unexplained
from finfoundry.ask.understand.intent import Intent, understand
from finfoundry.core.answer import Language
from finfoundry.core.periods import CALENDAR_YEAR, FoundPeriod

MOST_TOPICS = 8  # of a conversation that are remembered
LONGEST = 200  # characters of what a topic holds in one place

CHANGE = re.compile(
    r"\b(?:chang(?:e[ds]?|ing)|gr[eo]w(?:th|n|s)?|increas\w*|decreas\w*|declin\w*|differ\w*|f[ae]ll\w*|r[io]se\w*|drop\w*|up|down|fewer|more|less"
    r"|higher|lower)\b|增长|成长|增幅|增速|增加|减少|下降|衰退|下滑|变化|变动|差额|差多少|相差|[升降涨跌]",
    re.I,
)
_POINTS = re.compile(r"^(?:那么?|它们?的?|其中?的?|这|该|请问|总的|的|再|最后)+|的$")
_TIED = re.compile(r"\s+(?:per|from|of|for)\s+$")


@dataclass(frozen=True, slots=True)
class Topic:
    """One question in its asker's words. It holds no figure: what a figure is now, and who may read it, is found by asking again.

    ``entity`` is the company as the documents know it, ``company`` as it was called. ``line`` is what was asked of it ("Greater China
    revenue"), ``member`` the words of it before the metric. ``periods`` are as named, or as answered. ``change``: how much it moved between
    them.
    """

    entity: str | None = None
    company: str = ""
    line: str = ""
    member: str = ""
    periods: tuple[str, ...] = ()
    change: bool = False


def topic_of(text: str, names: EntityNames, vocabulary: Vocabulary, labels: Labels) -> Topic:
    """What a whole question asks; parts that it does not name, or names so that nobody can tell, are empty."""
    parts = parts_in(text, names, vocabulary, labels)
    named = sorted(names.find(text), key=lambda item: item.start)
    one = len({item.name for item in named}) == 1
    intent = understand(text, names, vocabulary)
    left = [(word.start, word.end) for word in intent.left if word.text not in word_list("structure")]
    line, member = line_in(text, parts, left)
    bare = not parts.known and line.isascii() and is_member(line)  # "Latin America": a part, of nobody knows what
    line, member = (line, member) if _says_all(line, intent) and not bare else ("", "")
    periods = [_as_said(item, intent.language) for item in asked_periods(text) if item.offset is None]
    whole = len(line) <= LONGEST and len(periods) <= MOST_TOPICS
    return Topic(
        entity=named[0].name if one else None,
        company=_as_name(text[named[0].start : named[0].end]) if one else "",
        line=line if whole else "",
        member=member if whole else "",
        periods=tuple(filter(None, periods)) if whole else (),
        change=len(periods) == 2 and CHANGE.search(text) is not None,
    )


def _as_said(item: FoundPeriod, language: Language) -> str:
    """A period as the question writes it, or in one piece where it has the quarter elsewhere than the year; empty where it cannot be."""
    alone = asked_periods(item.text)
    if len(alone) == 1 and (alone[0].kind, alone[0].quarter) == (item.kind, item.quarter):
        return item.text.strip()
    span = span_of(item, CALENDAR_YEAR)
    return span.words(language) if span else ""


def _says_all(line: str, intent: Intent) -> bool:
    """Whether a question asks for nothing that its line leaves out: 每10股派多少现金 is asked of no cash."""
    aside = set(doubtful(intent))
    inside = {token.text for token in tokens(line)} | word_list("going_on") | aside
    if intent.language == "zh":
        return all(word.text in line or word.text in aside or _grammar(word.text) for word in intent.left)
    return all(word in inside or word in line for word in unexplained(intent))


def _grammar(run: str) -> bool:
    """Whether Chinese characters are nothing but words by which a question asks, or goes on."""
    start, end = without_going_on(run)
    return start >= end


def without_going_on(run: str, start: int = 0) -> Place:
    """Where a run of Chinese characters stands without the words at its ends by which one goes on; ``start`` is its place."""
    going = sorted(word_list("going_on_zh"), key=len, reverse=True)
    end = start + len(run)
    while word := next((one for one in going if run.startswith(one)), ""):
        start, run = start + len(word), run[len(word) :]
    while word := next((one for one in going if run.endswith(one)), ""):
        end, run = end - len(word), run[: -len(word)]
    return start, end


def is_member(line: str) -> bool:
    """Whether a printed label reads as the name of a part: "Greater China"; of Chinese ones nobody can tell, and a part is likelier."""
    words = line.replace("&", " ").replace(",", " ").split()
    return not line.isascii() or len(words) < 2 or all(word[:1].isupper() for word in words[1:]) or line.islower()


def _as_name(company: str) -> str:
    """A name that is found again wherever it stands: "ups" is one in capitals alone."""
    return company.upper() if company.islower() else company


def line_in(text: str, parts: Parts, left: Sequence[Place]) -> tuple[str, str]:
    """The words by which a text names a line of statements, and those of them before the metric. ``left``: words that nothing explains."""
    known = [place for place in parts.figures if any(place[0] < end and start < place[1] for start, end in parts.known)]
    if not (metrics := known or parts.figures[-1:]):
        return "", ""
    start, end = metrics[0][0], metrics[-1][1]
    named = [place[0] for place in (*parts.entities, *parts.periods) if start < place[0] < end]
    if named:
        end = start + len(re.sub(r"(?:\s|\b(?:at|of|for|in|by|and)\b|[,的和与])+$", "", text[start : min(named)]))
    labels = [place for place in parts.figures if place not in metrics]
    first, last = _before(text, start, [*left, *labels]), _after(text, end, left)
    member, own = _POINTS.sub("", text[first:start]).strip(), text[start:last].strip()
    if not member and known and len(labels) == 1:
        member = text[labels[0][0] : labels[0][1]]
    return joined(member, own), member


def joined(member: str, metric: str) -> str:
    """A part and what is asked of it, as one term: "Converse EBIT", 个人贷款不良率."""
    return f"{member} {metric}".strip() if (member + metric).isascii() else member + metric


def _before(text: str, start: int, left: Sequence[Place]) -> int:
    """Where the run of words begins that ends where a metric begins."""
    while near := next((place for place in left if place[1] <= start and text[place[1] : start].strip() in ("", "的")), None):
        start = near[0]
    return start


def _after(text: str, end: int, left: Sequence[Place]) -> int:
    """Where the words end that are tied to the metric before them: "revenue per piece"."""
    near = next((place for place in left if place[0] > end and _TIED.fullmatch(text[end : place[0]])), None)
    return near[1] if near else end
