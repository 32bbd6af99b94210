"""A metric in words that are nearly those of a phrase: inflected, in another order, with one letter amiss in a long word.

"repurchasing its own stock" has the telling words of "repurchases of stock"; "deprecation and amortisation" is
depreciation and amortization.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from finfoundry.ask.lexicon.vocabulary import Mention, Vocabulary, tokens, words_of
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.knowledge.search.terms import terms

LONG = 7  # letters of a word in which one may be amiss
SHORTEST = 4  # characters of a Chinese label that may lack its last one
_OUTGOING = "(outgoing)"  # what is spent is an expense, whatever the word
_Target = tuple[str, bool]  # a name, and whether it is a formula's


@dataclass(slots=True)
class _Phrases:
    """The phrases of a vocabulary by their telling words, and these words by their first letter."""

    names: dict[frozenset[str], set[_Target]] = field(default_factory=lambda: defaultdict(set))
    words: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def nearest(label: str, vocabulary: Vocabulary) -> Mention | None:
    """What a label names that no phrase has word for word; None where several fit, or none. Chinese words have no forms, but leave out the
    last character: 归母净利.
    """
    if not label.isascii():
        return _begun(label, vocabulary)
    phrases = _phrases_of(vocabulary)
    spelled = [_known(token.text, phrases.words) for token in tokens(label)]
    if (found := vocabulary.exact(" ".join(spelled))) is not None:
        return Mention(found.name, found.formula, 0, len(label), label)
    wanted = frozenset(_telling(spelled))
    said = wanted - {_OUTGOING}
    fits = phrases.names.get(wanted) or phrases.names.get(said) or phrases.names.get(said | {_OUTGOING}, set())
    if len(fits) != 1 or not said:
        return None
    name, formula = next(iter(fits))
    return Mention(name, formula, 0, len(label), label)


def _begun(label: str, vocabulary: Vocabulary) -> Mention | None:
    """The one name of the phrases that are a Chinese label and one character more."""
    words = words_of(label)
    fits = {target for phrase, target in vocabulary.phrases() if len(phrase) == len(words) + 1 and phrase[:-1] == words}
    if len(fits) != 1 or len(words) < SHORTEST:
        return None
    name, formula = next(iter(fits))
    return Mention(name, formula, 0, len(label), label)


def _phrases_of(vocabulary: Vocabulary) -> _Phrases:
    """The phrases of a vocabulary, put in order when they are first asked for."""
    if vocabulary.nearby is None:
        vocabulary.nearby = _in_order(vocabulary.phrases())
    found: _Phrases = vocabulary.nearby
    return found


def _in_order(phrases: Iterable[tuple[tuple[str, ...], _Target]]) -> _Phrases:
    found = _Phrases()
    for words, target in phrases:
        if (bag := frozenset(_telling(words))) and all(map(str.isascii, words)):
            found.names[bag].add(target)
            for word in words:
                found.words[word[0]].add(word)
    return found


def _telling(words: Iterable[str]) -> Iterator[str]:
    """The stems of words that say something; of all that tell what is spent, one."""
    for word in words:
        if word not in word_list("empty") and word != "own":
            yield from (_OUTGOING if stem in _outgoing() else stem for stem in terms(word))


@lru_cache(maxsize=1)
def _outgoing() -> frozenset[str]:
    return frozenset(terms("spending spent expenses outlay charges"))


def _known(word: str, known: Mapping[str, set[str]]) -> str:
    """A word as some phrase has it, where it differs from just one of them by a letter; else as it is."""
    beginning = known.get(word[:1], set())
    if word in beginning or len(word) < LONG:
        return word
    near = {other for other in beginning if len(other) >= LONG and _one_amiss(word, other)}
    return near.pop() if len(near) == 1 else word


def _one_amiss(first: str, second: str) -> bool:
    """Whether a letter too few, too many, exchanged, or two that changed places, is all the difference."""
    short, long = sorted((first, second), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    return short[at + 1 :] == long[at + 1 :] or (short[at + 2 :] == long[at + 2 :] and short[at : at + 2] == long[at : at + 2][::-1])
