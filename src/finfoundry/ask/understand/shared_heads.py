"""Names that share a word, each written out: 销售、管理和财务费用 and 三费（销售+管理+财务） are 销售费用、管理费用和财务费用.

Nothing but the vocabulary says what is shared: each part with the word must be the name of a metric, and none without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from finfoundry.ask.lexicon.vocabulary import Vocabulary

_HAN = r"[\u4e00-\u9fff]"
_JOIN = r"\s*(?:以及|还有|[、+＋/和与及])\s*"
_LISTED = r"\s*(?:以及|还有|[、,，+＋/和与及])\s*"  # in brackets
_PART = rf"(?:(?![和与及]|以及|还有){_HAN})"
_SERIES = re.compile(rf"(?P<first>{_PART}{{2,12}})(?P<more>(?:{_JOIN}{_PART}{{2,4}}){{0,8}}{_JOIN})(?P<tail>{_PART}{{4,13}})")
_AGAIN = re.compile(rf"(?P<first>{_PART}{{4,12}})(?P<join>{_JOIN})(?P<bare>{_PART}{{2}})(?!(?![各分的合之是为多共相])[\u4e00-\u9fff])")
_IN_BRACKETS = re.compile(rf"(?P<whole>{_HAN}{{2,8}})[(（](?P<parts>{_PART}{{2,4}}(?:{_LISTED}{_PART}{{2,4}})+)[)）]")
_AS_WRITTEN = re.compile(r"(《[^》]*》|“[^”]*”|「[^」]*」|\"[^\"]*\"|[^\n]*[|][^\n]*)")  # titles, quotations, rows of a table stay
_COUNTED = re.compile(r"(?:[这那]?(?:[两二三四五六]|几)[大项个类种]|期间|各项|全部)$")
_SUMS = frozenset({"合计", "总计", "总额", "总和", "之和", "总数"})  # of what stands before them, not a word that names share
LONGEST = 4  # characters behind a part that may make it a metric's name
_PART_SIZES, _WORD_SIZES = range(4, 1, -1), range(4, 1, -1)  # characters of a part, and of the word that parts share


def with_heads(question: str, vocabulary: Vocabulary) -> str:
    """The question with the names of metrics written out that share a word: 三费（销售、管理） as 销售费用、管理费用."""
    pieces = _AS_WRITTEN.split(question)
    return "".join(_written_out(piece, vocabulary) if place % 2 == 0 else piece for place, piece in enumerate(pieces))


def _written_out(question: str, vocabulary: Vocabulary) -> str:
    question = _IN_BRACKETS.sub(lambda match: _of_brackets(match, vocabulary), question)
    question = _SERIES.sub(lambda match: _of_series(match, vocabulary), question)
    return _AGAIN.sub(lambda match: _of_pair(match, vocabulary), question)


def _of_series(match: re.Match[str], vocabulary: Vocabulary) -> str:
    """销售、管理、财务三项费用: the word stands behind the last part; what counts them falls away with it."""
    first, tail = match["first"], match["tail"]
    if any(vocabulary.exact(first[-size:]) is not None for size in range(2, len(first) + 1)):
        return match[0]  # 总资产和净资产收益率
    joined = re.split(f"({_JOIN})", match["more"])  # "", join, part, join, …, part, join, ""
    for last, word, end in _splits(tail):
        for size in (size for size in _PART_SIZES if size <= len(first)):
            parts = [first[-size:], *joined[2:-1:2], last]
            if joined[1::2] == ["及"] or vocabulary.exact(first[-size:] + match["more"] + tail[:end]) is not None:
                continue  # 销售及管理费用 is how statements print one line
            if (told := _named(parts, joined[1::2], "", word, vocabulary)) is not None:
                return first[:-size] + told + tail[end:]
    return match[0]


def _of_pair(match: re.Match[str], vocabulary: Vocabulary) -> str:
    """利息收入、支出: the word stands before the first alone, and the second is no metric without it."""
    first, bare, behind = match["first"], match["bare"], match.string[match.end() : match.end() + LONGEST]
    if any(vocabulary.exact(bare + behind[:size]) is not None for size in range(len(behind) + 1)):
        return match[0]  # 有息负债/负债合计
    for size in _WORD_SIZES:
        of = "的" if first[-3] == "的" else ""  # 营业外的收入和支出
        before = first[:-2].removesuffix(of)[-size:]
        if len(before) == size and all(vocabulary.exact(before + one) is not None for one in (first[-2:], bare)):
            return first[: -2 - len(of)] + first[-2:] + match["join"] + before + bare
    return match[0]


def _splits(tail: str) -> Iterator[tuple[str, str, int]]:
    """A last part, the word behind it, and where that ends: 财务, 费用 of 财务三项费用合计."""
    for size in (size for size in _PART_SIZES if size < len(tail)):
        counted = re.match(r"[这那]?(?:[两二三四五六]|几)?[大项个类种]?", tail[size:])
        start = size + (counted.end() if counted else 0)
        yield from ((tail[:size], tail[start : start + word], start + word) for word in _WORD_SIZES if start + word <= len(tail))


def _of_brackets(match: re.Match[str], vocabulary: Vocabulary) -> str:
    """四项费用（销售、管理）: the word is the end or the beginning of what stands before the bracket."""
    whole, pieces = match["whole"], re.split(f"({_LISTED})", match["parts"])
    parts, joins = pieces[::2], pieces[1::2]
    ends = [(whole[-size:], whole[:-size]) for size in _WORD_SIZES if size <= len(whole)]
    ends += [(f"{whole[-1]}用", whole[:-1])] if whole.endswith("费") else []  # 三费
    for word, lead in ends:
        if (told := _named(parts, joins, "", word, vocabulary)) is not None:
            return _COUNTED.sub("", re.sub(r"[两三四五]$", "", lead)) + told
    for size in _WORD_SIZES:
        for start in range(len(whole) - size + 1):
            if (told := _named(parts, joins, whole[start : start + size], "", vocabulary)) is not None:
                return whole[:start] + told
    return match[0]


def _named(parts: Sequence[str], joins: Sequence[str], before: str, behind: str, vocabulary: Vocabulary) -> str | None:
    """The parts with the shared word, joined as they are; None unless each is a metric's name, and no part is one without the word."""
    if behind in _SUMS:
        return None
    names = [before + part + ("" if behind and part.endswith(behind) else behind) for part in parts]
    found, alone = [vocabulary.exact(name) for name in names], [vocabulary.exact(part) for part in parts]
    if None in found or len(set(names)) < len(names) or any(part[0] in "的之" for part in parts):
        return None
    if behind and any(one is not None for one in alone[:-1]):
        return None  # 存货和总资产周转率: a metric of its own
    return names[0] + "".join(join + name for join, name in zip(joins, names[1:], strict=True))
