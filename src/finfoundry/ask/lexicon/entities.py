"""Which companies a question names, out of those that the documents know: names, aliases, tickers, codes, and how people shorten them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from finfoundry.ask.lexicon.name_places import (
    COUNTRY,
    goes_on,
    is_ended,
    is_placed,
    is_term,
    is_unbound,
    is_whole,
    ordinary_words,
    owns,
    stands_alone,
    stands_amid,
)
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.core.language import has_han, simplified
from finfoundry.core.names.company_names import listed

_FORM_ZH = r"(?:集团)?(?:股份)?(?:有限)?(?:责任)?公司$|[（(][^（）()]*[)）]"
_FORM, _LEGAL_ZH = re.compile(_FORM_ZH), re.compile(rf"{_FORM_ZH}|^中国(?=..)")
_SHORT_KINDS = (  # how people write the kinds of banks
    ("农村商业银行", "农商行"),
    ("农村商业银行", "农商银行"),
    ("城市商业银行", "城商行"),
    ("城市商业银行", "城商银行"),
    ("农村合作银行", "农合行"),
    ("农村信用合作联社", "农信社"),
    ("农村信用合作联社", "农信联社"),
)
_KIND_OF_GROUP = re.compile(r"(?:国际|控股|集团|投资)+$")
SHORTEST_BARE = 3  # characters of a name without its kind
COMPANY_ZH = ("公司", "集团", "股份", "银行", "证券", "保险", "信托")
_BRACKETS, _OPENING, _CLOSING = frozenset("（）()"), frozenset("（("), frozenset("）)")
_LONGEST_AMID = 500  # characters of a text in which names are looked for amid words
_LONGEST_HAN = 30  # characters of a Chinese name
SHORTEST_TELLING = 5  # letters of a word that names a company by itself
SHORTEST_TICKER = 3  # of one in a question without capitals
SHORT_TEXT = 4  # words
_FORMS = ("集团", "公司")  # with which a shortened name is written
INITIALS = 2  # words of a name that is known by its initials; by those of longer ones as by other blends
_ABBREVIATED = (4, 3, 2)  # characters of a name of which some are left out: 聯電 for 聯華電子
_DOMAIN = re.compile(r"^\w+\.(?:ai|io|net|org|co|tv)\b", re.I)  # ".com" is no word of a name
_SHORT_HAN = 2  # a shortened name of so many characters is a common word as well
_NO_BRACKETS = str.maketrans("", "", "（）()")
_LETTER = r"[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"  # of any script but Chinese, Japanese and Korean
_KANA, _HANGUL = r"[\u3041-\u30fa\u30fc-\u30ff]", r"[\uac00-\ud7af]"  # which may stand right beside a name in another script
_WORD = re.compile(
    rf"(?:{_LETTER}\.){{2,}}{_LETTER}?(?!{_LETTER})|{_LETTER}+(?:['’](?!s\b){_LETTER}+)*|{_KANA}+|{_HANGUL}+|[&+]", re.IGNORECASE
)
_TICKER = re.compile(r"[A-Z]{1,5}(?:[.-][A-Z])?")


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
    written: Literal["any", "capital", "capitals"] = "any"  # how its first letter, or all, must be


def name_words(text: str) -> list[tuple[str, int, int]]:
    """Words with their places, without case, accents, stops and apostrophes: "U.S." is "us", "O'Neil" "oneil", "&" "and"."""
    return [(_plain(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]


def _plain(word: str) -> str:
    if word in "&+":
        return "and"
    lower = unicodedata.normalize("NFKD", word.casefold()) if not word.isascii() else word.lower()
    return "".join(character for character in lower if character.isalnum())


class EntityNames:
    """The names of all entities, ready to be found in questions. Building it is linear in their number; finding in the question's."""

    def __init__(self, entities: Iterable[tuple[str, Sequence[str]]]) -> None:
        self._forms: dict[str, list[_Form]] = {}
        self._han: dict[str, set[tuple[str, float]]] = {}
        self._lengths: dict[str, set[int]] = {}  # of the keys of _han, by their first character
        self._listed: set[tuple[str, str]] = set()  # Chinese names that the list alone gives, and whose they are
        self._blends: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        self._stems: dict[str, set[tuple[str, str]]] = {}  # first character → Chinese names without legal form, and whose they are
        self._telling: dict[str, set[str]] = {}  # a word of a name → the companies with it
        self._initials: dict[str, set[str]] = {}  # of names of two words → the companies
        self.count = 0
        for name, aliases in entities:
            self.count += 1
            for alias in {name, *aliases}:
                self._add(alias.strip(), name)

    def _add(self, alias: str, name: str) -> None:
        if has_han(alias):
            if alias != name and (short := simplified(alias)) in listed():
                self._listed.add((short, name))
                self._add_han(short, name, 1.0)
                return
            forms = _han_forms(simplified(alias))
            for stem, weight in forms:
                self._add_han(stem, name, weight)
                bare = weight == 0.95 or len(forms) == 1  # a name without a legal form is its own stem
                if bare and not set(stem) & _BRACKETS:
                    self._stems.setdefault(stem[0], set()).add((stem, name))
            return
        if re.fullmatch(r"\d{5,6}", alias):
            self._add_han(alias, name, 1.0)
            return
        words = [word for word, _, _ in name_words(alias)]
        joined = re.sub(r"['’]s\b", "s", alias)  # "McNeil's" is asked for as "McNeils", too
        spelled = [words] if joined == alias else [words, [word for word, _, _ in name_words(joined)]]
        for form in (form for spelling in spelled for form in _latin_forms(spelling, alias, name)):
            self._forms.setdefault(form.words[0], []).append(form)
        core = tuple(word for word in words if word not in word_list("legal") or word == "and")
        for word in core[1:] if len(core) > 1 else ():
            if len(word) >= SHORTEST_TELLING and word not in ordinary_words():
                self._telling.setdefault(word, set()).add(name)
        if len(core) == INITIALS and "and" not in core:
            self._initials.setdefault("".join(word[0] for word in core), set()).add(name)
        if len(core) > 1:
            self._blends.setdefault(core[0][0], []).append((name, core))

    def _add_han(self, form: str, name: str, weight: float) -> None:
        if 2 <= len(form) <= _LONGEST_HAN and (weight == 1 or form not in word_list("trades_zh")):
            self._han.setdefault(form, set()).add((name, weight))
            self._lengths.setdefault(form[0], set()).add(len(form))

    def find(self, text: str) -> list[Named]:
        """All namings, the strongest first; overlapping weaker ones are dropped. Equal ones of one place are all kept (ambiguous)."""
        kept = _strongest([*self._latin(text), *self._chinese(simplified(text))])
        return kept or list(self._abbreviated(simplified(text)))

    def amid(self, text: str) -> list[Named]:
        """Short Chinese names amid any words of a dictionary, of a text in which none is found, as ``find`` gives them."""
        plain = simplified(text)[:_LONGEST_AMID]
        return _strongest([*self._chinese(plain, amid=True), *self._abbreviated(plain, amid=True)])

    def _abbreviated(self, text: str, *, amid: bool = False) -> Iterable[Named]:
        """和泰车 for 和泰汽车股份有限公司: characters of one company's name only, in order from its first, where no other name is; ``amid``
        any words of a dictionary, and not only beside those that tie a name to its sentence.
        """
        for start, first in enumerate(text):
            if first not in self._stems or (not amid and goes_on(text[:start])):
                continue
            for size in _ABBREVIATED:
                short = text[start : start + size]
                end = start + size
                formal = next((end + len(form) for form in _FORMS if text.startswith(form, end)), end)  # 台达集团, 统实公司
                kind = formal > end and (short in word_list("kinds_of_companies_zh") or short.startswith(COUNTRY))  # 上市公司 names none
                if len(short) < size or kind or is_term(short):
                    continue
                if not (is_unbound(text, start, end) if amid else formal > end or is_ended(text, end)):
                    continue
                fits = {name for stem, name in self._stems[first] if _leaves_out(short, stem)}
                if len(fits) == 1:
                    yield Named(fits.pop(), start, formal, 0.6 * size)
                if fits:
                    break

    def _latin(self, text: str) -> Iterable[Named]:
        words = name_words(text)
        shouted = text.isupper() and not has_han(text)  # among Chinese characters capitals are the only letters
        # A whole question without capitals, but for those of Q3 and FY24, does not say which words are names.
        silent = len(words) > SHORT_TEXT and not any(
            text[start:end] != text[start:end].lower() and word.isalpha() for word, start, end in words
        )
        for index, (word, start, end) in enumerate(words):
            for form in self._forms.get(word, ()):
                last = index + len(form.words)
                if tuple(item[0] for item in words[index:last]) != form.words:
                    continue
                last_end = words[last - 1][2]
                small = form.written == "capital" and not text[start].isupper() and not text[start].isdigit()
                if small and not (
                    owns(text, start, last_end)
                    or ((silent or (index == 0 and len(words) > SHORT_TEXT)) and is_placed(text, start, last_end))
                ):
                    continue
                bare = index == 0 or words[index - 1][0] not in ("the", "a", "an")
                small_caps = silent and bare and last_end - start >= SHORTEST_TICKER and word not in ordinary_words()
                if form.written == "capitals" and (shouted or not (small_caps or text[start:last_end].isupper())):
                    continue
                yield Named(form.name, start, last_end, form.weight * (last_end - start))
            if len(only := self._telling.get(word, ())) == 1 and text[start].isupper():
                yield Named(next(iter(only)), start, end, 0.7 * (end - start))  # Disney for The Walt Disney Company
            fits = (
                self._initials.get(word, set()) if text[start:end].isupper() and not shouted and word not in word_list("no_tickers") else ()
            )
            if len(fits) == 1:
                yield Named(next(iter(fits)), start, end, 0.8 * (end - start))  # TI for Texas Instruments
            if end - start >= 3 and sum(map(str.isupper, text[start:end])) >= 2:
                yield from self._blended(text[start:end], start, end)

    def _blended(self, word: str, start: int, end: int) -> Iterable[Named]:
        """AMEX for American Express, JnJ for Johnson & Johnson: beginnings of the name's words, in order."""
        for name, core in self._blends.get(word[0].lower(), ()):
            if _is_blend(word.lower(), core):
                yield Named(name, start, end, 0.8 * (end - start))

    def _chinese(self, text: str, *, amid: bool = False) -> Iterable[Named]:
        at = [index for index, character in enumerate(text) if character not in _BRACKETS]
        plain = "".join(text[index] for index in at)
        for start, first in enumerate(plain):
            for end in sorted(start + length for length in self._lengths.get(first, ()) if start + length <= len(plain)):
                for name, weight in self._han.get(plain[start:end], ()):
                    if not is_whole(plain, start, end) or (weight < 1 and end - start <= _SHORT_HAN and goes_on(plain[:start])):
                        continue
                    alone = weight == 1 and (plain[start:end], name) in self._listed
                    if (amid and not alone) or (
                        alone and not (stands_amid(plain, start, end) if amid else stands_alone(text[: at[start]], plain, end))
                    ):
                        continue
                    last = at[end - 1] + 1
                    opened = _OPENING & set(text[at[start] : last])
                    end_ = last + int(bool(opened) and text[last : last + 1] in _CLOSING)
                    yield Named(name, at[start], end_, weight * (end - start))


def _strongest(named: Iterable[Named]) -> list[Named]:
    """The strongest first, without weaker ones that overlap; equal ones of one place are all kept."""
    kept: list[Named] = []
    for one in sorted(named, key=lambda one: (-one.strength, one.start)):
        rivals = [other for other in kept if other.start < one.end and one.start < other.end]
        if all((other.start, other.end, other.strength) == (one.start, one.end, one.strength) for other in rivals) and not any(
            other.name == one.name for other in rivals
        ):
            kept.append(one)
    return kept


def _leaves_out(short: str, stem: str) -> bool:
    """Whether a short form is made of characters of a name, in order, the first among them; of its country alone, it is none."""
    rest = iter(stem)
    return short != COUNTRY and short[0] == stem[0] and all(character in rest for character in short)


def is_company(name: str) -> bool:
    """Whether a name is a company's by its legal form; a person's has none."""
    words = name_words(name)
    return name.endswith(COMPANY_ZH) or (len(words) > 1 and words[-1][0] in word_list("legal"))


def _han_forms(alias: str) -> list[tuple[str, float]]:
    plain = alias.translate(_NO_BRACKETS)
    forms = [(plain, 1.0)]
    if len(short := _LEGAL_ZH.sub("", plain)) >= 2 and short != plain:
        forms.append((short, 0.95))
    stem = alias
    while (shorter := _LEGAL_ZH.sub("", stem)) != stem and len(shorter) >= 2:
        stem = shorter
        forms.append((stem, 0.95))
    if (national := _FORM.sub("", plain)) not in (plain, stem):
        forms.append((national, 0.95))  # 中国钢铁, of which 中钢 leaves some out
    if len(bare := _KIND_OF_GROUP.sub("", stem)) >= SHORTEST_BARE and bare != stem:
        forms.append((bare, 0.85))  # 青禾港 for 青禾港国际集团
    forms += [(stem.replace(kind, short), 0.9) for kind, short in _SHORT_KINDS if kind in stem]
    if len(stem) >= 6:
        forms.append((stem[:4], 0.8))  # 海东生物 for 海东生物技术股份有限公司
    return forms


def _latin_forms(words: list[str], alias: str, name: str) -> Iterable[_Form]:
    """The whole name, without its legal form, its beginnings, its words joined, its initials; an alias in capitals may be a ticker."""
    if not words:
        return
    core = _core(words)
    own = core == _core([word for word, _, _ in name_words(name)])
    if _TICKER.fullmatch(alias) and alias != name:
        if len(alias) > 1 and alias.lower() not in word_list("no_tickers"):  # a single letter is too common to be read as a ticker
            yield _Form(tuple(words), name, 1.0, "capitals")
        if not own:
            return
    plain = len(words) == 1 and words[0] in word_list("empty") | word_list("structure") | word_list("common")  # a company called "Net"
    yield _Form(tuple(words), name, 1.0, "any" if (own and not plain) or len(words) > 1 else "capital")
    article = int(words[0] == "the" and len(words) > 1)
    for end in range(article + len(core), len(words) + article):
        yield _Form(tuple(words[article:end]), name, 0.98, "any" if len(core) > 1 else "capital")
    without = [word for word in core if word != "and"]
    if len(without) < len(core) and without:
        yield _Form(tuple(without), name, 0.95)
        initials = tuple(word if word == "and" else word[0] for word in core)
        if "&".join(word for word in initials if word != "and") not in word_list("no_tickers"):
            yield _Form(initials, name, 0.9, "capitals")  # P&G
    for size in range(len(core) - 1, 0, -1):
        if core[size - 1] in ("and", "of", "the"):
            continue
        if size > 1 or (core[0] not in word_list("common") | word_list("places") and len(core[0]) > 2):
            lacking = len(core) - size if size > 1 else 1  # one word names all companies alike that begin with it
            yield _Form(tuple(core[:size]), name, 0.9 - 0.02 * lacking, "capital")
    for joined in {"".join(core), "".join(without)} if len(core) > 1 else ():
        yield _Form((joined,), name, 0.95, "any" if len(joined) > 7 else "capital")
    if _DOMAIN.search(alias) and len(core) == 2 and len(core[0]) > 1:  # Kite of Kite.io
        yield _Form((core[0],), name, 0.94, "capital")
    for plural in (f"{core[-1]}s",) if core else ():  # "Traders'" and "McNeils" where the name's own "'s" has been left out
        yield _Form((*core[:-1], plural), name, 0.94, "capital")


def _core(words: Sequence[str]) -> list[str]:
    """The words of a name without the article and the legal forms at the end."""
    core = list(words)
    while len(core) > 1 and (core[0] == "the" or core[-1] in word_list("legal") or core[-1] == "com"):
        core = core[1:] if core[0] == "the" else core[:-1]
    return core


def _is_blend(word: str, core: tuple[str, ...]) -> bool:
    """Whether a word is made of beginnings of all the name's words, in order; "n", "&" and "a" may replace an "and", or it is left out."""

    def rest(position: int, index: int) -> bool:
        if position == len(word):
            return index == len(core)
        if index == len(core):
            return False
        if core[index] == "and":
            return rest(position, index + 1) or (word[position] in "n&a" and rest(position + 1, index + 1))
        size = 0
        while position + size < len(word) and size < len(core[index]) and word[position + size] == core[index][size]:
            size += 1
            if rest(position + size, index + 1):
                return True
        return False

    return rest(0, 0)
