"""Rules by which texts of the web are sieved before a model learns from them, each from the paper that measured it.

Gopher: Rae et al. (2021, arXiv 2112.11446, appendix A1.1, tables A1). C4: Raffel et al. (2020, arXiv 1910.10683, section 2.2). A Chinese
character counts as a word; the rules of letters are for texts that have them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W\u3400-\u9fff\uf900-\ufaff]+")
_STOP = frozenset({"the", "be", "to", "of", "and", "that", "have", "with"})
_BROKEN = re.compile(
    r"\ufffd|[\ue000-\uf8ff]|\u951f\u65a4\u62f7|\u70eb\u70eb|\xc3[\x80-\xbf]|\xe2\u20ac[\x80-\x9f\u2122\u0153]"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
_BOILERPLATE = re.compile(
    r"lorem ipsum|terms of use|privacy policy|cookie policy|use of cookies|uses cookies|all rights reserved|enable javascript"
    r"|版权所有|备案号|免责声明|未经授权.{0,6}转载|扫码关注|点击(?:这里|查看|下载)",
    re.IGNORECASE,
)
REPEATED = {2: 0.20, 3: 0.18, 4: 0.16}  # of n words the commonest: share of all characters
DOUBLED = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}  # of n words those that occur twice: share of all characters


@dataclass(frozen=True, slots=True)
class CorpusRule:
    """``breaks`` tells whether a text should not be learned from."""

    name: str
    says: str
    source: str
    breaks: Callable[[str], bool]


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)


def _too_short(text: str) -> bool:
    return not 50 <= len(words_of(text)) <= 100_000


def _word_length(text: str) -> bool:
    words = [word for word in words_of(text) if not CJK.match(word)]
    return len(words) > 20 and not 3 <= sum(map(len, words)) / len(words) <= 10


def _symbols(text: str) -> bool:
    return (text.count("#") + text.count("...") + text.count("…")) > 0.1 * max(1, len(words_of(text)))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _bullets(text: str) -> bool:
    lines = _lines(text)
    return len(lines) > 2 and sum(line[0] in "•●▪-*·" for line in lines) > 0.9 * len(lines)


def _ellipses(text: str) -> bool:
    lines = _lines(text)
    return len(lines) > 2 and sum(line.endswith(("...", "…")) for line in lines) > 0.3 * len(lines)


def _no_stop_words(text: str) -> bool:
    words = [word.lower() for word in words_of(text) if not CJK.match(word)]
    return len(words) >= 50 and len(words) > 0.5 * len(words_of(text)) and len(_STOP & set(words)) < 2


def _doubled_lines(text: str) -> bool:
    lines = _lines(text)
    return len(lines) > 3 and len(lines) - len(set(lines)) > 0.3 * len(lines)


def _repetition(text: str) -> bool:
    words = words_of(text)
    letters = sum(map(len, words))
    if len(words) < 20:
        return False
    for size, most in REPEATED.items():
        gram, count = Counter(_grams(words, size)).most_common(1)[0]
        if count > 1 and count * sum(map(len, gram)) > most * letters:
            return True
    return any(_doubled(words, size) > most * letters for size, most in DOUBLED.items() if len(words) >= 2 * size)


def _grams(words: Sequence[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(words[place : place + size]) for place in range(len(words) - size + 1)]


def _doubled(words: Sequence[str], size: int) -> int:
    """Characters of the words within a gram that occurred before."""
    seen, covered = set[tuple[str, ...]](), set[int]()
    for place, gram in enumerate(_grams(words, size)):
        if gram in seen:
            covered.update(range(place, place + size))
        seen.add(gram)
    return sum(len(words[place]) for place in covered)


def _boilerplate(text: str) -> bool:
    return _BOILERPLATE.search(text) is not None


def _code(text: str) -> bool:
    return "{" in text and "}" in text


def _broken(text: str) -> bool:
    return len(_BROKEN.findall(text)) > 0.001 * len(text)


GOPHER, C4 = "Gopher (arXiv 2112.11446, A1.1)", "C4 (arXiv 1910.10683, 2.2)"
RULES = (
    CorpusRule("length", "fewer than 50 or more than 100,000 words", GOPHER, _too_short),
    CorpusRule("word_length", "mean length of words outside 3 to 10 letters", GOPHER, _word_length),
    CorpusRule("symbols", "more than one hash or ellipsis to ten words", GOPHER, _symbols),
    CorpusRule("bullets", "over nine tenths of the lines begin with a bullet", GOPHER, _bullets),
    CorpusRule("ellipses", "over three tenths of the lines end with an ellipsis", GOPHER, _ellipses),
    CorpusRule("stop_words", "an English text with fewer than two of eight stop words", GOPHER, _no_stop_words),
    CorpusRule("doubled_lines", "over three tenths of the lines occur before", GOPHER, _doubled_lines),
    CorpusRule("repetition", "word n-grams repeated beyond the bars for n from 2 to 10", GOPHER, _repetition),
    CorpusRule("boilerplate", "terms of use, cookies, lorem ipsum, 版权所有", C4, _boilerplate),
    CorpusRule("code", "curly brackets", C4, _code),
    CorpusRule("broken", "over one in a thousand characters is broken encoding", "replacement characters, private use, mojibake", _broken),
)
RULES_BY_NAME = {rule.name: rule for rule in RULES}
ALL = "all"


def broken(text: str, names: str) -> str | None:
    """The first rule that a text breaks, of those that are named, joined by +, or of all; None where it breaks none."""
    wanted = {*RULES_BY_NAME} if names == ALL else {*filter(None, names.split("+"))}
    return next((rule.name for rule in RULES if rule.name in wanted and rule.breaks(text)), None)
