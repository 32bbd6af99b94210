"""Which companies a question names, out of those that the documents know: names, aliases, tickers, codes, and how people shorten them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from finfoundry.agent.words import word_list

_LEGAL_ZH = re.compile(r"(?:集团)?(?:股份)?(?:有限)?(?:责任)?公司$|[（(][^（）()]*[)）]|^中国(?=..)")
_BRACKETS, _OPENING, _CLOSING = frozenset("（）()"), frozenset("（("), frozenset("）)")
_LONGEST_HAN = 30  # characters of a Chinese name
_NO_BRACKETS = str.maketrans("", "", "（）()")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.]*(?:['’](?!s\b)[A-Za-z]+)?|&")


@dataclass(frozen=True, slots=True)
class Named:
    """An entity's name in a text. ``strength``: the characters matched, more for a whole name than for a part."""

    name: str
    start: int
    end: int
    strength: float


@dataclass(frozen=True, slots=True)
class _Form:
    words: tuple[str, ...]
    name: str
    weight: float
    capital: bool  # must be written with a capital


def _words(text: str) -> list[tuple[str, int, int]]:
    return [(match[0].lower().rstrip("."), match.start(), match.end()) for match in _WORD.finditer(text)]


class Names:
    """The names of all entities, ready to be found in questions. Building it is linear in their number; finding in the question's."""

    def __init__(self, entities: Iterable[tuple[str, Sequence[str]]]) -> None:
        self._forms: dict[str, list[_Form]] = {}
        self._han: dict[str, set[tuple[str, float]]] = {}
        self._lengths: dict[str, set[int]] = {}  # of the keys of _han, by their first character
        self._blends: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        self.count = 0
        for name, aliases in entities:
            self.count += 1
            for alias in {name, *aliases}:
                self._add(alias.strip(), name)

    def _add(self, alias: str, name: str) -> None:
        if re.search(r"[\u4e00-\u9fff]", alias):
            for stem, weight in _han_forms(alias):
                self._add_han(stem, name, weight)
            return
        if re.fullmatch(r"\d{5,6}", alias):
            self._add_han(alias, name, 1.0)
            return
        words = [word for word, _, _ in _words(alias)]
        for form in _latin_forms(words, alias, name):
            self._forms.setdefault(form.words[0], []).append(form)
        core = tuple(word for word in words if word not in word_list("legal") or word == "&")
        if len(core) > 1:
            self._blends.setdefault(core[0][0], []).append((name, core))

    def _add_han(self, form: str, name: str, weight: float) -> None:
        if 2 <= len(form) <= _LONGEST_HAN:
            self._han.setdefault(form, set()).add((name, weight))
            self._lengths.setdefault(form[0], set()).add(len(form))

    def find(self, text: str) -> list[Named]:
        """All namings, the strongest first; overlapping weaker ones are dropped. Equal ones of one place are all kept (ambiguous)."""
        found = sorted([*self._latin(text), *self._chinese(text)], key=lambda named: (-named.strength, named.start))
        kept: list[Named] = []
        for named in found:
            rivals = [other for other in kept if other.start < named.end and named.start < other.end]
            if all((other.start, other.end, other.strength) == (named.start, named.end, named.strength) for other in rivals) and not any(
                other.name == named.name for other in rivals
            ):
                kept.append(named)
        return kept

    def _latin(self, text: str) -> Iterable[Named]:
        words = _words(text)
        for index, (word, start, end) in enumerate(words):
            for form in self._forms.get(word, ()):
                last = index + len(form.words)
                if tuple(item[0] for item in words[index:last]) != form.words:
                    continue
                if form.capital and not text[start].isupper():
                    continue
                yield Named(form.name, start, words[last - 1][2], form.weight * (words[last - 1][2] - start))
            if end - start >= 3 and sum(map(str.isupper, text[start:end])) >= 2:
                yield from self._blended(text[start:end], start, end)

    def _blended(self, word: str, start: int, end: int) -> Iterable[Named]:
        """AMEX for American Express, JnJ for Johnson & Johnson: beginnings of the name's words, in order."""
        for name, core in self._blends.get(word[0].lower(), ()):
            if _is_blend(word.lower(), core):
                yield Named(name, start, end, 0.8 * (end - start))

    def _chinese(self, text: str) -> Iterable[Named]:
        at = [index for index, character in enumerate(text) if character not in _BRACKETS]
        plain = "".join(text[index] for index in at)
        for start, first in enumerate(plain):
            for end in sorted(start + length for length in self._lengths.get(first, ()) if start + length <= len(plain)):
                for name, weight in self._han.get(plain[start:end], ()):
                    last = at[end - 1] + 1
                    opened = _OPENING & set(text[at[start] : last])
                    end_ = last + int(bool(opened) and text[last : last + 1] in _CLOSING)
                    yield Named(name, at[start], end_, weight * (end - start))


def _han_forms(alias: str) -> list[tuple[str, float]]:
    plain = alias.translate(_NO_BRACKETS)
    forms = [(plain, 1.0)]
    if len(short := _LEGAL_ZH.sub("", plain)) >= 2 and short != plain:
        forms.append((short, 0.95))
    stem = alias
    while (shorter := _LEGAL_ZH.sub("", stem)) != stem and len(shorter) >= 2:
        stem = shorter
        forms.append((stem, 0.95))
    if len(stem) >= 6:
        forms.append((stem[:4], 0.8))  # 海东生物 for 海东生物技术股份有限公司
    return forms


def _latin_forms(words: list[str], alias: str, name: str) -> Iterable[_Form]:
    """The whole name, without its legal form, its beginnings, its words joined; an alias of one short capital word is a ticker."""
    if not words:
        return
    if len(words) == 1 and alias.isupper() and len(alias) <= 5:
        yield _Form((words[0],), name, 1.0, capital=True)
        return
    yield _Form(tuple(words), name, 1.0, capital=False)
    core = list(words)
    while len(core) > 1 and (core[0] == "the" or core[-1] in word_list("legal")):
        core = core[1:] if core[0] == "the" else core[:-1]
        yield _Form(tuple(core), name, 0.98, capital=len(core) == 1)
    if "and" in core or "&" in core:
        yield _Form(tuple(word for word in core if word not in ("and", "&")), name, 0.95, capital=False)
    for size in range(len(core) - 1, 0, -1):
        if core[size - 1] in ("&", "and", "of", "the"):
            continue
        if size > 1 or (core[0] not in word_list("common") and len(core[0]) > 2):
            yield _Form(tuple(core[:size]), name, 0.9 - 0.02 * (len(core) - size), capital=True)
    if len(core) > 1:
        yield _Form(("".join(core),), name, 0.95, capital=True)


def _is_blend(word: str, core: tuple[str, ...]) -> bool:
    """Whether a word is made of beginnings of all the name's words ("n" may stand for "&")."""

    def rest(position: int, index: int) -> bool:
        if position == len(word):
            return index == len(core)
        if index == len(core):
            return False
        if core[index] in ("&", "and"):
            return rest(position, index + 1) or (word[position] in "n&a" and rest(position + 1, index + 1))
        size = 0
        while position + size < len(word) and size < len(core[index]) and word[position + size] == core[index][size]:
            size += 1
            if rest(position + size, index + 1):
                return True
        return False

    return rest(0, 0)


_PROPER = re.compile(r"(?:\b[A-Z][\w&.-]*[a-z0-9&]?(?:['’]s)?)(?:\s+(?:[A-Z][\w&.-]*|&|of(?=\s[A-Z]))(?:['’]s)?)*")
_HAN_COMPANY = re.compile(r"[\u4e00-\u9fffA-Za-z（）()]{2,24}?(?:股份有限公司|有限责任公司|有限公司|集团|公司)")


def unknown_company(text: str, known: Iterable[tuple[int, int]]) -> str | None:
    """A company that a question names though no document does: a proper name outside the ``known`` stretches of the text."""
    taken = list(known)

    def free(start: int, end: int) -> bool:
        return not any(start < last and first < end for first, last in taken)

    for match in _HAN_COMPANY.finditer(text):
        if free(match.start(), match.end()) and not re.fullmatch(
            r"(?:.*[的年]|该|本|贵|这家|那家|我|哪家|哪些|多少家)?(?:母|子|分|上市)?公司", match[0]
        ):
            return match[0]
    for match in _PROPER.finditer(text):
        words = match[0].removesuffix("'s").removesuffix("’s")
        if free(match.start(), match.end()) and _like_company(words, text, match.start(), match[0] != words):
            return words
    return None


def _like_company(words: str, text: str, start: int, possessive: bool) -> bool:
    lower = words.lower()
    if (
        lower in word_list("not_names")
        or words.split()[0].lower() in word_list("not_names")
        or re.match(r"(?:FY|Q[1-4]|H[12])?['’]?\d*$", words)
    ):
        return False
    before = text[:start].rstrip().lower()
    tied = possessive or bool(re.search(r"\b(?:for|of|by|does|did|has|is|was|at|from|are)$", before))
    return tied and len(words) > 2 and not (words.isupper() and len(words) < 6 and not possessive)
