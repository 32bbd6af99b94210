"""A text, the channel that it comes by, and what is done about it.

Each text is tagged as it stands, under its disguises and together with the turns before it (``readings``). Whether it is harmful at all, by
the part that labels have in it which stop in its channel, is held against one bar a channel, fitted on families of texts that the measured
ones are not of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.answer import Answer, Language
from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.language import language_of
from finfoundry.core.protocols import TextReader
from finfoundry.governance.guards.harms import ANY, STOPS, Channel, GuardAction, harms, policy_version
from finfoundry.governance.guards.readings import asked_alone, readings, together, windows
from finfoundry.governance.guards.tagger_rows import asked

HEAD = "guard-harms"
CLEAR = np.float32(1e-6)  # of a sum of probabilities, so that it may divide
NOTICED = 0.5  # probability from which a label that stops nothing is warned of or logged
AROUND = frozenset({"injection", "jailbreak", "exfiltration"})  # labels of what stands around a request
PASSAGE_LIKE: frozenset[Channel] = frozenset({"passage", "tool_result", "answer"})
MOST_SENTENCES = 40  # of one passage
_SENTENCES = re.compile(r"[^\n]*?(?:[.!?](?=\s)|[。！？]|\n|$)")
UNGUARDED = "unguarded"  # the label where the tagger cannot be read and an administrator chose to be strict
Strictness = Literal["refuse", "computed", "open"]
BARS: Mapping[str, float] = {"question": 0.5, "passage": 0.5, "tool_result": 0.5, "answer": 0.5}  # of a tagger that brings none
LANGUAGES: tuple[Language, ...] = ("en", "zh")
Probabilities = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TaggedWith:
    """What tags, and the bars that were fitted for it. ``by_words``: it knows words alone, since there is no encoder."""

    reader: TextReader
    bars: Mapping[str, float] = field(default_factory=lambda: BARS)
    by_words: bool = False

    def bar(self, channel: Channel, language: Language) -> float:
        """That of the language, else that for all."""
        return self.bars.get(language_bar(channel, language), self.bars[channel])


TaggerSource = Callable[[], TaggedWith | None]


def tagged_with(found: tuple[TextReader, Mapping[str, float]] | None, *, by_words: bool = False) -> TaggedWith | None:
    """A reader with its bars; a channel for which none was fitted has a usual one. Raises ModelError for one that tells no harms, and for
    bars of anything but channels: without those of labels, which taggers once had, one would stop nearly nothing.
    """
    if found is None:
        return None
    reader, bars = found
    if other := sorted(bars.keys() - {*BARS, *(language_bar(channel, language) for channel in BARS for language in LANGUAGES)}):
        raise ModelError(
            f"the tagger has bars that are of no channel: {', '.join(other)}",
            remedy="Fit and install it again: finfoundry guards fit, finfoundry guards install",
        )
    _check_harms(reader)  # type: ignore[arg-type]  # each reader is an object of its own
    return TaggedWith(reader, {**BARS, **bars}, by_words)


def language_bar(key: str, language: Language) -> str:
    """The key under which a mapping keeps a bar for texts of one language, before that for all."""
    return f"{key}:{language}"


@lru_cache(maxsize=4)
def _check_harms(reader: TextReader) -> None:
    """Whether a reader knows the task, tells harms of the taxonomy alone, and gives each a probability: asked once."""
    remedy = "Install one of the recipe guard-tagger: finfoundry guards install DIR, or set FINFOUNDRY_TAGGER=off"
    try:
        names = reader.labels_of(HEAD)
        shape = reader.labels(HEAD, [["profit"]]).shape
    except InputError as error:
        raise ModelError(f"the tagger cannot tell {HEAD}: {error.message}", remedy=remedy) from error
    if strange := sorted(set(names) - harms().keys() - {ANY}):
        raise ModelError(f"the tagger tells {', '.join(strange)}, which are no harms of the taxonomy", remedy=remedy)
    if not {*names} - {ANY} or shape != (1, len(names)):
        raise ModelError(f"the tagger gives {shape} probabilities for {len(names)} harms", remedy=remedy)


@dataclass(frozen=True, slots=True)
class GuardDecision:
    """What was decided about one text. ``score`` from 0 to 1 against ``bar``; ``label`` the likeliest of those that count in the channel,
    "" where nothing tags; ``tagger`` the digest of what did; ``policy`` the version of the taxonomy.
    """

    channel: Channel
    action: GuardAction | Literal["pass"]
    label: str
    score: float
    bar: float
    tagger: str
    policy: str

    @property
    def stops(self) -> bool:
        return self.action in STOPS

    @property
    def counts(self) -> bool:
        """Whether it is listed for those who review decisions; all are in the audit."""
        return self.action != "pass"


class Guards:
    """``source`` gives the tagger, None where there is none. ``strict``: what is done where there is one that cannot be read."""

    def __init__(self, source: TaggerSource, strict: Strictness = "computed") -> None:
        self.source, self.strict = source, strict
        self.seen: Literal["unknown", "tagging", "words", "absent", "unread"] = "unknown"  # when the tagger was last asked for

    def _tagger(self) -> TaggedWith | None:
        try:
            found = self.source()
        except ModelError:
            self.seen = "unread"
            raise
        self.seen = ("words" if found.by_words else "tagging") if found else "absent"
        return found

    @property
    def tags(self) -> bool:
        """Whether there is a tagger that can be read."""
        try:
            return self._tagger() is not None
        except ModelError:
            return False

    def failing(self) -> str | None:
        """Why the tagger cannot be read; None where it can, or where none is wanted."""
        try:
            self._tagger()
        except ModelError as error:
            return error.message
        return None

    def decide(self, channel: Channel, text: str, turns: Sequence[str] = (), *, whole: bool = False) -> GuardDecision | None:
        """None where there is no tagger, or an unreadable one does not stop this (``strict``). ``whole``: a long text is no sample."""
        try:
            tagger = self._tagger()
        except ModelError:
            if self.strict == "open" or (self.strict == "computed" and channel == "question"):
                return None
            return GuardDecision(channel, "refuse", UNGUARDED, 1.0, 0.0, "", policy_version())
        return _decided(tagger, channel, text, turns, whole) if tagger else None

    def decide_composed(self, text: str, *, written: bool = False) -> GuardDecision | None:
        """Of an answer before it leaves. What no model wrote leaves where ``keeps_model_out``, though nothing can look at it; ``written``:
        a model had a part in it, before the tagger could not be read any more.
        """
        return None if not written and self.keeps_model_out() else self.decide("answer", text)

    def stopped_sentences(self, text: str) -> list[tuple[str, GuardDecision]]:
        """The sentences of a passage that are stopped by themselves; of more than ``MOST_SENTENCES`` none is looked at alone."""
        parts = [part for part in _SENTENCES.findall(text) if part.strip()]
        if not 1 < len(parts) <= MOST_SENTENCES:
            return []
        told = ((part, self.decide("passage", part)) for part in parts)
        return [(part, decision) for part, decision in told if decision and decision.stops]

    def keeps_model_out(self) -> bool:
        """Whether nothing that a model writes may be shown, since nothing can look at it."""
        return self.strict == "computed" and self.failing() is not None


def _decided(tagger: TaggedWith, channel: Channel, text: str, turns: Sequence[str], whole: bool) -> GuardDecision:
    """By the bars of the language that each part of what it may say is in; one part that is stopped stops it."""
    told, names = _probabilities(tagger.reader, channel, text, turns, whole), tagger.reader.labels_of(HEAD)
    each = [_judged(tagger, channel, language, names, one) for language, one in told]
    return max(each, key=lambda one: (one.stops, one.counts, one.score - one.bar))


def _judged(tagger: TaggedWith, channel: Channel, language: Language, names: Sequence[str], told: Probabilities) -> GuardDecision:
    chances = {name: float(chance) for name, chance in zip(names, told, strict=True) if name != ANY}
    stopping = {name: chance for name, chance in chances.items() if harms()[name].actions[channel] in STOPS}
    score, bar = float(stopping_scores(told[None], names, channel)[0]), tagger.bar(channel, language)
    label = max(stopping, key=lambda name: stopping[name], default="")
    action: GuardAction | Literal["pass"] = harms()[label].actions[channel] if label and score >= bar else "pass"
    if action == "pass":
        noticed = {name: chance for name, chance in chances.items() if name not in stopping and chance >= NOTICED}
        if noticed:
            label = max(noticed, key=lambda name: noticed[name])
            action, score, bar = harms()[label].actions[channel], noticed[label], NOTICED
    return GuardDecision(channel, action, label, round(score, 4), bar, tagger.reader.identity, policy_version())


def stopping_scores(told: Probabilities, names: Sequence[str], channel: Channel) -> Probabilities:
    """What is compared with a bar, shape (texts,), of the probabilities of a tagger's outputs, shape (texts, outputs): of the labels that
    stop in the channel 1 - Π(1 - p); where the tagger tells harm at all, that, by the part that these labels have in all.
    """
    labels = [number for number, name in enumerate(names) if name != ANY]
    stopping = [number for number in labels if harms()[names[number]].actions[channel] in STOPS]
    found: Probabilities = 1 - np.prod(1 - told[:, stopping], axis=1)
    if ANY not in names:
        return found
    whole = 1 - np.prod(1 - told[:, labels], axis=1)
    part: Probabilities = told[:, list(names).index(ANY)] * found / np.maximum(whole, CLEAR)
    return part


def _probabilities(
    reader: TextReader, channel: Channel, text: str, turns: Sequence[str], whole: bool
) -> list[tuple[Language, Probabilities]]:
    """The highest of each label over all that a text may say in each language, shape (labels,), and then those of each sentence by itself:
    it tells what is asked for; whether an order or a frame stands around it, the whole tells.
    """
    said, names = readings(text), reader.labels_of(HEAD)
    parts = _parts((*said, together(turns, text)), whole)
    alone = _parts([one for reading in said for one in asked_alone(reading)], whole) if channel == "question" else []
    if not parts:
        return [("en", np.zeros(len(names), np.float32))]
    told = reader.labels(HEAD, [[asked(part, passage=channel in PASSAGE_LIKE)] for part in (*parts, *alone)])
    without_frames(told[len(parts) :], names)
    languages = np.array([language_of(part) for part in parts])
    in_all = [(language, told[: len(parts)][languages == language].max(0)) for language in LANGUAGES if (languages == language).any()]
    return [*in_all, *zip(map(language_of, alone), told[len(parts) :], strict=True)]


def without_frames(told: Probabilities, names: Sequence[str]) -> None:
    """Of sentences alone, in place: no label of what stands around a request, nor harm at all where one of these is the likeliest."""
    around = np.array([name in AROUND for name in names])
    if ANY in names:
        at_all = list(names).index(ANY)
        labels = np.where(np.arange(len(names)) == at_all, 0, told)
        told[around[labels.argmax(1)], at_all] = 0
    told[:, around] = 0


def _parts(said: Iterable[str], whole: bool) -> list[str]:
    """What is tagged of texts, each once; half a surrogate pair is no text to a tokenizer."""
    parts = (part for one in said for part in windows(one, whole=whole) if part.strip())
    return list(dict.fromkeys(part.encode("utf-8", "replace").decode() for part in parts))


def told(decision: GuardDecision, language: Language) -> str:
    """What a person reads who was refused: why, and what can be done instead."""
    if decision.label == UNGUARDED:
        return _TEXTS["unguarded"][language]
    harm = harms()[decision.label]
    return _TEXTS["refused"][language].format(title=harm.title[language], instead=harm.instead[language])


def unguarded(language: Language) -> str:
    """What an answer says that no tagger looked at, though one should have."""
    return _TEXTS["warning"][language]


def warnings_of(decisions: Iterable[GuardDecision], language: Language) -> list[str]:
    """What an answer says of texts that the policy lets go on with a warning (``warn``): each channel and label once."""
    warned = (one for one in decisions if one.action == "warn")
    said = ((_MARKED[one.channel][language], harms()[one.label].title[language]) for one in warned)
    return list(dict.fromkeys(_TEXTS["marked"][language].format(what=what, title=title) for what, title in said))


def refused_answer(identifier: str, decision: GuardDecision, question: str) -> Answer:
    """An answer with the status ``refused``; its reason is the label."""
    language = language_of(question)
    return Answer(identifier, "refused", language, told(decision, language), reason=decision.label)


_TEXTS: dict[str, dict[Language, str]] = {
    "refused": {
        "en": "This is not answered ({title}). {instead} If this is a mistake, you can object: it is looked at by a person.",
        "zh": "此内容不予回答（{title}）。{instead}如认为判断有误，可提出异议，由人工复核。",
    },
    "marked": {
        "en": "The check of contents marks {what}: {title}. Look at the sources before you rely on it.",
        "zh": "内容检查提示：{what}可能涉及“{title}”，请先核对来源再使用。",
    },
    "warning": {
        "en": "The check of questions and answers cannot be read: nothing looked at this.",
        "zh": "内容检查模型无法读取，本次问答未经检查。",
    },
    "unguarded": {
        "en": "This is not answered: what checks questions and answers cannot be read, and nothing is to pass unchecked.",
        "zh": "此内容不予回答：内容检查模型无法读取，管理员已设定未经检查的内容一律不放行。",
    },
}
_MARKED: dict[Channel, dict[Language, str]] = {
    "question": {"en": "this question", "zh": "本次提问"},
    "passage": {"en": "a passage that was read for it", "zh": "所读取的段落"},
    "tool_result": {"en": "what a tool gave back", "zh": "工具返回的内容"},
    "answer": {"en": "this answer", "zh": "本回答"},
}
