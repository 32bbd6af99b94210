"""Whether one sentence denies what another affirms: it says "not" before words of its clause that the other says without one.

Where a part is left out ("except", 除外), what holds of the rest may not hold of it, and neither speaks against the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_edges import dictionary_words
from finfoundry.binding.sentence.modality import leaves_out
from finfoundry.core.language import has_han, simplified
from finfoundry.knowledge.search.terms import terms

SHARED = 0.67  # of the words behind a denial in its clause, those that the other sentence says without one
_DENIALS = (
    "no not never neither nor none cannot 不 未 无 没 非 没有 不是 并非 不得 不能 不会 不再 不予 不应 不可 不曾 不用 不必 "
    "尚未 未经 未能 未曾 从未 无需 无须 无法"
)
_LEAVE_IT = "only just even quite merely solely limited less more fewer later earlier"  # behind "not" or "no" they deny nothing
_DENYING, _NO_DENIAL = frozenset(_DENIALS.split()), frozenset(_LEAVE_IT.split())
ALIKE, TELLING = 0.7, 3  # share of a sentence's words that another must have to say just the same; words that it has at least
_AFFIRMING = re.compile("do|does|did|.?[已曾了将均是].?")  # where the other sentence has a denial; of Chinese terms, pairs with one
_CONDITIONAL = re.compile(  # what holds under one condition does not speak against what holds under another
    r"\b(?:if|unless|whether|provided|may|might|could|would|should|can|cannot|must|shall|until|except|when|where|while|although|however|but"
    r"|depend\w*)\b|(?<!例)如(?![下上])|若|是否|除非|可能|可以|应当|不得|一旦|除[^，。]{0,12}外|除了|但|或者|的[，,]",
    re.IGNORECASE,
)
_SAYS_NOT = re.compile(r"\b(?:no|not|never|neither|nor|none|cannot)\b|n['’]t\b|[不未无無没沒非]", re.IGNORECASE)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w&]*")
_WORD = re.compile(r"\w+")
_ENDS = frozenset(",;:，；：。.!?！？()（）|")  # of a clause


@dataclass(frozen=True, slots=True)
class _Said:
    """The terms that a sentence affirms, and those behind each of its denials up to the end of the clause."""

    affirmed: frozenset[str]
    denied: tuple[tuple[str, ...], ...]

    @property
    def words(self) -> frozenset[str]:
        """All of them."""
        return self.affirmed.union(*self.denied)


def contradicts(one: str, other: str) -> bool:
    """Whether one of two sentences denies what the other affirms. Of sentences that say different things it tells nothing.

    >>> contradicts("Its brand is not loved by families.", "Its brand is loved by families of the north.")
    True
    """
    if leaves_out(one) or leaves_out(other):
        return False
    first, second = _read(simplified(one)), _read(simplified(other))
    return _denies(first, second) or _denies(second, first)


def denies_the_same(one: str, other: str) -> bool:
    """Whether one of two sentences denies just what the other affirms: but for the denial their words are the same, with no other name,
    and neither tells a condition. A word more may be what makes the difference: impaired "in the prior year"; but not behind the denial.

    >>> denies_the_same("The plant in Oslo is pledged.", "The plant in Oslo is not pledged.")
    True
    """
    if not (says_not(one) or says_not(other)) or _CONDITIONAL.search(one) or _CONDITIONAL.search(other):
        return False
    first, second = _read(simplified(one)), _read(simplified(other))
    alike = _says_as_much(first, second) or _says_as_much(second, first)
    return alike and _names_alike(one, other) and contradicts(one, other)


def _says_as_much(one: _Said, other: _Said) -> bool:
    """Whether a sentence has all words of another, and few more, which it denies."""
    own, its = ({word for word in said.words if not _AFFIRMING.fullmatch(word)} for said in (one, other))
    more = own - its
    denied = more <= frozenset().union(*one.denied) and not any(any(map(str.isdigit, word)) for word in more)
    return its <= own and denied and len(its) >= max(TELLING, ALIKE * len(own))


def says_not(text: str) -> bool:
    """Whether a text has a word that denies something."""
    return _SAYS_NOT.search(text) is not None


def _names_alike(one: str, other: str) -> bool:
    """Whether neither sentence has a name that the other does not say."""
    return set(_NAME.findall(one)) <= set(_WORD.findall(other)) and set(_NAME.findall(other)) <= set(_WORD.findall(one))


def _denies(one: _Said, other: _Said) -> bool:
    """Whether what one denies the other affirms: the first word behind the denial and most of the rest. What the other denies some of, or
    what the one affirms in another clause, is left.
    """
    also_denied = {term for scope in other.denied for term in scope}
    return any(
        scope[0] in other.affirmed
        and not also_denied & set(scope)
        and _share(scope, other.affirmed) >= SHARED > _share(scope, one.affirmed)
        for scope in one.denied
    )


def _share(scope: tuple[str, ...], among: frozenset[str]) -> float:
    said = set(scope)
    return len(said & among) / len(said)


@lru_cache(maxsize=2_000)
def _read(sentence: str) -> _Said:
    affirmed: set[str] = set()
    scopes: list[list[str]] = []
    for clause in _clauses(sentence):
        denying = False
        for word, behind in zip(clause, [*clause, ""][1:], strict=True):
            if word in _DENYING and behind not in _NO_DENIAL and not behind[:1].isdigit():
                denying = True
                scopes.append([])
            elif denying:
                scopes[-1] += terms(word)
            else:
                affirmed.update(terms(word))
    return _Said(frozenset(affirmed), tuple(tuple(scope) for scope in scopes if scope))


def _clauses(sentence: str) -> Iterator[list[str]]:
    """The words of each clause; of Chinese those that a dictionary knows, of "isn't" the denial, too."""
    words: list[str] = []
    end = 0
    for token in tokens(sentence):
        gap, before = sentence[end : token.start], words[-1] if words else ""
        if _ENDS & set(gap):
            yield _parted(words)
            words = []
        if words and not gap and has_han(before) and has_han(token.text):
            words[-1] += token.text
        else:
            words.append("not" if token.text == "t" and gap in ("'", "’") and before.endswith("n") else token.text)
        end = token.end
    yield _parted(words)


def _parted(words: list[str]) -> list[str]:
    return [part for word in words for part in (dictionary_words(word) if has_han(word) else (word,))]
