"""Where the words of a Chinese text begin and end, by a dictionary that knows kinds of words: names lie between others."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

_TYING = ("v", "p", "c", "u", "d", "r", "m", "t", "f")  # verbs, prepositions, particles, adverbs, pronouns, numbers, times, places in
_NOUN = "vn"  # a verb that is a noun as well, as names have: 投资, 发展
_NAMES = ("nr", "ns", "nt", "nz")  # of people, places, institutions and other proper names, of which another name may begin
_MARK = "x"  # a sign between words
_PLACES = ("地区", "省", "市")  # with which a place ends that is no beginning of a name: 天津丰田 is another company


class _Words(NamedTuple):
    """Each word with its kind by its first and by its last place."""

    first: dict[int, tuple[str, str]]
    last: dict[int, tuple[str, str]]


@lru_cache(maxsize=64)
def _words(text: str) -> _Words:
    import rjieba  # here: its dictionary is loaded with it

    first, last, end = dict[int, tuple[str, str]](), dict[int, tuple[str, str]](), 0
    for word in rjieba.tag(text, hmm=False):
        first[end] = word
        last[end := end + len(word[0])] = word
    return _Words(first, last)


@lru_cache(maxsize=2_000)
def dictionary_words(text: str) -> tuple[str, ...]:
    """A Chinese text in words of the dictionary: 不受 is two, 不动产 one."""
    import rjieba  # here: its dictionary is loaded with it

    return tuple(rjieba.cut(text, hmm=False))


def is_no_word(text: str, start: int, end: int) -> bool:
    """Whether what stands there is whole words, together none that the dictionary knows, and neither a name nor a single character before
    it with which it may be a longer one: 湖南华凯文化, 恒宏精工.
    """
    first, last = _words(text)
    if start not in first or end not in last or first[start] == last[end]:
        return False
    word, kind = last.get(start, ("", _MARK))
    if kind.startswith(_NAMES):
        return word.endswith(_PLACES)
    return len(word) != 1 or kind == _MARK or kind.startswith(_TYING)


def is_parted(text: str, start: int, end: int) -> bool:
    """Whether what stands there is whole words, and no word stands before or behind it with which it may be one name: 京东 in 京东健康."""
    first, last = _words(text)
    if start not in first or end not in last:
        return False
    (before, its_kind), (behind, kind) = last.get(start, ("", _MARK)), first.get(end, ("", _MARK))
    begins = its_kind == _MARK  # 京东到家, 强生控股: what a name at the beginning does may belong to it
    tied = begins or before.endswith(_PLACES) or (its_kind.startswith(_TYING) and its_kind != _NOUN)
    if kind.startswith("v"):
        done = not its_kind.startswith("v") or len(behind) == 1  # 从邮储拿走, but 买强生控股
        return tied and not begins and kind != _NOUN and done
    return tied and (kind == _MARK or kind.startswith(_TYING))
