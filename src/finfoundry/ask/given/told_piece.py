"""The piece of a sentence that a question asks for: a figure, a date, a cause, or what stands behind the words that the question says.

The sentence is the one that has most of what the question says. Of it the piece is what the question does not say: "Goodwill consists of
the excess …", asked what goodwill consists of. Nothing is told where two sentences are as near, nor where none has nearly all that is
asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from finfoundry.ask.given.said_words import Weights, share_said, spread_of, stems_of, weights_of, words_of, years_of
from finfoundry.ask.given.told_number import figures_of, numbers_told
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.multi_year import WHICH_YEAR
from finfoundry.ask.retrieve.passages import REASONS
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.core.periods import find_periods

SURE = 0.75  # share of what a question says that the sentence must have
APART = 0.05  # how much more than the next one
LONGEST_ASKING = 3  # words
_FIGURE = re.compile(
    r"\bhow (?:much|many|long|large|big|high)\b|\b(?:amount|number|percentage|rate|value|price|period|duration|length)s?\b", re.IGNORECASE
)
_WHEN = re.compile(r"^\W*(?:\w+\s)?when\b|\b(?:what|which) (?:date|day)\b|\bdate (?:of|when|on)\b", re.IGNORECASE)
_WHY = re.compile(r"\bwhy\b", re.IGNORECASE)
_WHO = re.compile(r"\bwho\b", re.IGNORECASE)
_HOW = re.compile(r"^\W*(?:how|where)\b", re.IGNORECASE)
_WHAT_IS = re.compile(r"\bwhat(?:'s)?\s+(?:is|are|was|were)\b", re.IGNORECASE)
_WHETHER = re.compile(r"^\W*(?:is|are|was|were|do|does|did|has|have|had)\b", re.IGNORECASE)
_GOES_ON = re.compile(r"\b(?:to|as|by|on|of|for|from|with|in|at|into|\w+ed)\s*\?*\s*$", re.IGNORECASE)  # the answer would follow
_ASIDE = re.compile(r"(?:which|that|who|although|and|or|but|where|compared|within|relates?|in|at|as|for|from)\b", re.IGNORECASE)
_BY = re.compile(r"\bby\s+((?:the\s+)?[A-Z][\w.&’'-]*(?:\s+(?:of\s+|and\s+)?(?:the\s+)?[A-Z][\w.&’'-]*)*)")
_CAUSE = re.compile(
    r"(?:\b\w+ly\s+)?\b(?:(?:due|owing)\s+(?:\w+ly\s+)?to|(?:driven|caused|impacted|affected|influenced)\s+(?:\w+ly\s+)?by|because(?:\s+of)?"
    r"|attribut(?:able|ed)\s+(?:\w+ly\s+)?to|as\s+a\s+result\s+of|result(?:ed|ing|s)?\s+(?:\w+ly\s+)?(?:of|from)|reflect(?:s|ed|ing))\s+",
    re.IGNORECASE,
)
_END = re.compile(r";\s")
_AGAIN = re.compile(r"(?:The|This|These)\s+(?:\w+\s+){0,2}?(?:increase|decrease|decline|growth|change|reduction|improvement)")
_NEED_NOT_BE_SAID = frozenset({"percentage", "percent", "rate", "respective", "respectively"})  # of words of arithmetic


@dataclass(frozen=True, slots=True)
class ToldPiece:
    """A sentence, and what of it answers."""

    quotable: Quotable
    pieces: tuple[str, ...]
    years: tuple[str, ...] = ()  # of each, where there are several


def piece_told(question: str, found: Sequence[Quotable]) -> ToldPiece | None:
    """The piece of the sentence that has most of what the question says; None where none is sure."""
    weights = weights_of(_without_asking(question), [one.text for one in found])
    near = [] if WHICH_YEAR.search(question) else _nearest(question, found, weights)
    told = [(one, pieces) for one in near if (pieces := _pieces(question, one.text, weights))]
    if not told and near and REASONS.search(question):
        told = [(one, pieces) for one in _behind_of(near[0], found) if (pieces := _one(_cause(question, one.text)))]
    narrowest = min((spread_of(one.text, weights) for one, _ in told), default=0)
    best = {(pieces, figures_of(one.text)): one for one, pieces in told if spread_of(one.text, weights) == narrowest}
    if len(best) != 1:
        return None  # sentences that tell other things, or the same with other figures
    (((pieces, _), one),) = best.items()
    return ToldPiece(one, pieces, tuple(years_of(question)) if len(pieces) > 1 else ())


def _without_asking(question: str) -> str:
    """A question without the words that ask for reasons, which the sentence that gives them need not say: "what caused"."""
    return REASONS.sub(lambda asks: asks[0] if len(asks[0].split()) > LONGEST_ASKING else " ", question)


def _nearest(question: str, found: Sequence[Quotable], weights: Weights) -> list[Quotable]:
    """The sentences that have most of what the question says, as good as one another; with what is to be computed none but those that tell
    it, of other years than the question's none.
    """
    years = set(years_of(question))
    computed = {word.stem for word in words_of(question) if word.text in word_list("arithmetic") - _NEED_NOT_BE_SAID}
    shares = {
        at: share_said(one.text, weights)
        for at, one in enumerate(found)
        if computed <= stems_of(one.text)
        and not one.text.endswith(":")
        and (not years or set(told := years_of(one.text)) & years or not told)
    }
    most = max(shares.values(), default=0.0)
    return [found[at] for at, share in shares.items() if share > most - APART] if most >= SURE else []


def _behind_of(one: Quotable, found: Sequence[Quotable]) -> list[Quotable]:
    """The next sentence, where it goes on about the same movement: "The increase is due to …"."""
    following = found[found.index(one) + 1 :][:1]
    return [other for other in following if _AGAIN.match(other.text)]


def _pieces(question: str, text: str, weights: Weights) -> tuple[str, ...]:
    """What of a sentence answers, by the word that asks."""
    if _WHETHER.search(question):
        return (text,)
    if _WHEN.search(question):
        return _one(_date(question, text) or (None if find_periods(text) or figures_of(text) else _behind(text, weights)))
    if _WHO.search(question):
        return _one(_doer(text, weights))
    if REASONS.search(question):
        return _one(_cause(question, text))
    what_is = _WHAT_IS.search(question) is not None and not _GOES_ON.search(question)
    if (what_is or _FIGURE.search(question)) and (numbers := numbers_told(question, text, weights)):
        return tuple(numbers)
    if _FIGURE.search(question):
        return ()
    return _one(_behind(text, weights, after_is=what_is, tied=_HOW.search(question) is not None))


def _one(piece: str | None) -> tuple[str, ...]:
    return (piece,) if piece else ()


def _date(question: str, text: str) -> str | None:
    dates = [said for one in find_periods(text) if (said := text[one.start : one.end]) not in question]
    return dates[0] if len(dates) == 1 else None


def _doer(text: str, weights: Weights) -> str | None:
    """The name behind "by", where that stands right behind what the question says."""
    for found in _BY.finditer(text):
        before = words_of(text[: found.start()])[-1:]
        if before and before[0].stem in weights:
            return found[1].rstrip(".")
    return None


def _cause(question: str, text: str) -> str | None:
    """What a sentence gives as the cause: behind the words that say that it is one, with them where it is asked why."""
    found = _CAUSE.search(text)
    return text[found.start() if _WHY.search(question) else found.end() :].strip().rstrip(".") if found else None


def _behind(text: str, weights: Weights, *, after_is: bool = False, tied: bool = False) -> str | None:
    """What stands behind all that the question says, up to the end of its clause. ``after_is``: only what the sentence says that it is;
    ``tied``: with the preposition that ties it, as how and where are answered.
    """
    words = words_of(text)
    said = {word.stem: at for at, word in reversed(list(enumerate(words))) if word.stem in weights}
    if not said:
        return None
    last = end = max(said.values()) + 1
    small = word_list("copula") | word_list("auxiliary") | (frozenset[str]() if tied else word_list("ties"))
    while end < len(words) and (words[end].text in small or (not tied and words[end].text.endswith("ly"))):
        end += 1
    if end == len(words) or (after_is and not any(word.text in word_list("copula") for word in words[last:end])):
        return None
    start = len(text[: words[end].start].rstrip('$€£¥(“"'))
    tail = _END.split(text[start:])[0].strip().rstrip(".")
    return tail if tail and (tied or not _ASIDE.match(tail)) else None
