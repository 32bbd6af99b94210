"""Papers of no company that a question names: a policy, a product, a procedure.

People shorten a title: of 凯基人寿龙保倍美元利率变动型终身寿险 they say 凯基龙保倍, or 龙保倍 alone. What they say is made of pieces of the
title, side by side, of which one stands in no other title; or it is what a title has of its own between what it shares with others. A paper
is named by the code at the edge of its pages, too, and by the day and the number of pages that stand there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from finfoundry.ask.lexicon.ports import StoredDocument
from finfoundry.core.language import has_han, language_of, simplified
from finfoundry.core.periods import FoundPeriod, find_periods

PIECE, TELLING, NAME = 2, 3, 5  # characters of a piece, of one that no other title has, and of what names a paper by itself
OWN = 2  # characters of the name of an issuer at least, without its kind
SHARED = 4  # characters at either end of a title, between which its own part is, that others have, too
_HAN = re.compile(r"[\u3400-\u9fff]+")
_SENTENCE = re.compile(r"[。；;：:，,「」]")  # no title has it: what stood first in a paper was a sentence
_PART = re.compile(
    r"\s*(?:第\s*[〇零一二三四五六七八九十百\d]+\s*[编章节条]|[（(]?\s*[一二三四五六七八九十\d]+\s*[)）、.]|【)"
)  # and a heading is none
_OPENS, _CLOSES = re.compile(r"[(（]"), re.compile(r"[)）]")  # a sentence that was cut leaves one open
_CODE = re.compile(r"(?<![A-Za-z0-9-])(?=[\dA-Z-]*[A-Z])[A-Z\d](?:-?[A-Z\d]){3,}(?![A-Za-z0-9-])")
_CODE_AT_END = re.compile(r"[_\s]*[A-Z0-9]{3,}\s*$")
_PAGES = re.compile(r"(?P<count>\d{1,4})\s*(?:页|-?\s*pages?\b)版?")
_ISSUES = "(?:人寿|产险|财险|银行|证券|金控|集团|公司)"  # what issues papers is called, behind its own name
_KINDS = frozenset({"人寿", "保险", "银行", "证券", "集团", "公司", "中国", "商业", "基金", "信托"})  # no name of an issuer
_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class NamedPapers:
    """The papers that one name is of, by their ids, and where the question names it."""

    ids: tuple[str, ...]
    spans: tuple[_Span, ...]


def named_papers(question: str, papers: Sequence[StoredDocument], unknown: str | None = None) -> NamedPapers | None:
    """The papers that a question names; None where it names none, or several.

    ``unknown`` is what looked like a name of nobody known: where what names a paper touches it, a piece that no other title has is enough.
    """
    asked = simplified(question)
    titles: dict[str, list[str]] = defaultdict(list)
    for paper in papers:
        if paper.title and _is_title(paper.title):
            titles[simplified(paper.title)].append(paper.id)
    called = _by_title(asked, titles, simplified(unknown) if unknown else None) if has_han(asked) else None
    return _by_code(asked, papers) or called or _by_day(asked, papers)


def papers_of(name: str | None, question: str, papers: Sequence[StoredDocument]) -> NamedPapers | None:
    """The papers that a ``name`` which no company's papers bear issues, as titles begin: 河畔 of 河畔人寿川流息终身保险, 河畔人寿 too.

    None where none does: 保单 of 保单借款须知 issues nothing.
    """
    said = simplified(name or "")
    own = re.sub(f"{_ISSUES}$", "", said)
    if len(own) < OWN or own in _KINDS:
        return None
    issued = re.compile(re.escape(own) + _ISSUES)
    ids = tuple(one.id for one in papers if one.title and _is_title(one.title) and issued.match(simplified(one.title)))
    at = simplified(question).find(said)
    return NamedPapers(ids, ((at, at + len(said)),)) if has_han(said) and ids and at >= 0 else None


def _is_title(text: str) -> bool:
    return not (_SENTENCE.search(text) or _PART.match(simplified(text))) and len(_OPENS.findall(text)) == len(_CLOSES.findall(text))


def _by_title(question: str, titles: Mapping[str, Sequence[str]], unknown: str | None) -> NamedPapers | None:
    """By all that titles have of their own, else by pieces of one."""
    own = {title: _own_part(title, titles) for title in titles}
    said = {title: _said_whole(question, title, part) for title, part in own.items() if part and part in question}
    if said:
        return _together((titles[title], span) for title, span in said.items())
    at = question.find(unknown) if unknown else -1
    least = NAME if language_of(question) == "zh" else TELLING  # among Latin letters it is said by itself
    named: dict[str, _Span] = {}
    for title, (start, end) in _by_pieces(question, titles):
        touches = unknown is not None and at >= 0 and start <= at + len(unknown) and at <= end
        if (end - start >= least or touches) and (not own[title] or _shares_a_piece(question[start:end], own[title])):
            named[title] = max(named.get(title, (0, 0)), (start, end), key=lambda span: span[1] - span[0])
    longest = max((end - start for start, end in named.values()), default=0)
    best = [(title, span) for title, span in named.items() if span[1] - span[0] == longest]
    return NamedPapers(tuple(titles[best[0][0]]), (best[0][1],)) if len(best) == 1 else None


def _said_whole(question: str, title: str, part: str) -> _Span:
    """Where the own part of a title stands in a question, with pieces of the title before it."""
    at = question.find(part)
    return _covered(question, title, at)[0], at + len(part)


def _together(found: Iterable[tuple[Sequence[str], _Span]]) -> NamedPapers | None:
    """What several names are of, without a name that stands within another."""
    every = [(ids, span) for ids, span in found]
    kept = [
        (ids, (start, end)) for ids, (start, end) in every
        if not any(s <= start and end <= e and e - s > end - start for _, (s, e) in every)
    ]  # fmt: skip
    ids = dict.fromkeys(id for ids, _ in kept for id in ids)
    return NamedPapers(tuple(ids), tuple(dict.fromkeys(span for _, span in kept))) if kept else None


def _shares_a_piece(one: str, other: str) -> bool:
    return any(other[at : at + PIECE] in one for at in range(len(other) - PIECE + 1))


def _by_pieces(question: str, titles: Collection[str]) -> Iterator[tuple[str, _Span]]:
    """The titles of which a question has a piece that no other has, with all of their pieces around it."""
    owners: dict[str, set[str]] = defaultdict(set)
    for title in titles:
        for run in _HAN.findall(title):
            for part in (run[at : at + TELLING] for at in range(len(run) - TELLING + 1)):
                owners[part].add(title)
    for place in range(len(question) - TELLING + 1):
        owner = owners.get(question[place : place + TELLING], set())
        if len(owner) == 1:
            (title,) = owner
            yield title, _covered(question, title, place)


def _own_part(title: str, titles: Collection[str]) -> str:
    """What a title has between what it begins and ends with like others, a code at its end apart: 龙保倍 of the one above. Where one other
    is too like it, what two others share counts. Empty where little or nothing is left.
    """
    ends = {other: _CODE_AT_END.sub("", other) for other in titles}
    others = [end for other, end in ends.items() if other != title]
    before = sorted((_shared(ends[title], other) for other in others), reverse=True)
    after = sorted((_shared(ends[title][::-1], other[::-1]) for other in others), reverse=True)
    for shared in (0, 1):
        if len(others) <= shared or min(before[shared], after[shared]) < SHARED:
            break
        own = ends[title][before[shared] : len(ends[title]) - after[shared]]
        if len(own) >= TELLING:
            return own if _HAN.fullmatch(own) else ""
    return ""


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _covered(question: str, title: str, place: int) -> _Span:
    """How far around a place the question is made of pieces of a title, side by side."""

    def piece(at: int) -> bool:
        return at >= 0 and _HAN.fullmatch(question[at : at + PIECE]) is not None and question[at : at + PIECE] in title

    start, end = place, place + TELLING
    while piece(start - 1) or piece(start - PIECE):
        start -= 1 if piece(start - 1) else PIECE
    while piece(end - 1) or piece(end):
        end += 1 if piece(end - 1) else PIECE
    return start, min(end, len(question))


def _by_code(question: str, papers: Sequence[StoredDocument]) -> NamedPapers | None:
    """By codes in their titles or at the edge of their pages."""
    bearing: dict[str, list[str]] = defaultdict(list)
    for paper in papers:
        for code in {match[0] for match in _CODE.finditer(f"{paper.head or ''} {(paper.title or '').replace('_', ' ')}")}:
            bearing[code].append(paper.id)
    said = {code: re.search(rf"(?<![a-z0-9]){re.escape(code)}(?![a-z0-9])", question, re.IGNORECASE | re.ASCII) for code in bearing}
    return _together((bearing[code], match.span()) for code, match in said.items() if match)


def _by_day(question: str, papers: Sequence[StoredDocument]) -> NamedPapers | None:
    """By a day that stands at the edge of their pages, and how many these are, where the question says so."""
    count = _PAGES.search(question)
    for found in filter(_is_day, find_periods(question)):
        dated = [one for one in papers if one.head and any(found.period == own.period for own in filter(_is_day, find_periods(one.head)))]
        long = [one for one in dated if count and one.whole_pages == int(count["count"])]
        if dated and (long or not count):
            spans = ((found.start, found.end), *([count.span()] if count else ()))
            return NamedPapers(tuple(one.id for one in long or dated), spans)
    return None


def _is_day(found: FoundPeriod) -> bool:
    return found.kind == "date" and found.period is not None and found.period.start is None
