"""The noun phrases of a sentence: what stands before a word and makes it another thing, "pledged" in "pledged assets", 抵押 in 抵押资产."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from finfoundry.binding.sentence.claim_patterns import FALL, RISE
from finfoundry.binding.sentence.labels import BALANCES, Words, names_metric, spelled_out, word_list, word_lists

NAME = "\u00a4"  # stands for a company's name
_OWNS = r"['’]s?(?![a-z])"
_TOKEN = re.compile(rf"(?P<word>[A-Za-z]+(?:[&.-][A-Za-z]+)*)(?P<owns>{_OWNS})?|{NAME}\s*(?P<named>{_OWNS})?|\S")
_LISTS = word_lists()
_ACTING = _LISTS["acting"]
_BREAKS = _ACTING | _LISTS["stop"] | _LISTS["parting"]
_SAYING_NOTHING = _LISTS["whole"] | _LISTS["times"] | _LISTS["weak"] | _LISTS["plain"] | _LISTS["changes"] | BALANCES
_OTHERS = _LISTS["others"]
_JUDGING = tuple(_LISTS["judging"])
_SIGNS = _LISTS["things"] | _LISTS["encumbered"] | _LISTS["frequencies"] | _LISTS["qualifiers"]
_DOING = frozenset(("on", "by", "from", "through"))  # "on buying back shares"
_STEM, _ENDING = 5, 2  # letters at least that two forms of a word share, "Europe" and "European"; at most that the shorter has besides


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a phrase. ``said``: its words without those that say nothing; ``owns``: it has an apostrophe."""

    text: str
    said: tuple[str, ...]
    owns: bool
    named: bool = False  # it has a capital within a sentence


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row that no word of grammar parts. ``acts``: what stands before them can do something: "Heron", "it", "has"."""

    start: int
    end: int
    words: tuple[Word, ...]
    link: str  # what stands right before it: "of", "and", a comma
    joined: bool  # whether that is all that parts it from the phrase before
    acts: bool

    def head(self, name: Words) -> int:
        """The place of the last word that is of a name; -1 where none is."""
        return max((place for place, word in enumerate(self.words) if not name.isdisjoint(word.said)), default=-1)

    def says(self, name: Words) -> int:
        """How many words of a name it has."""
        return len(name & {one for word in self.words for one in word.said})


@lru_cache(maxsize=2_000)
def phrases(text: str) -> tuple[Phrase, ...]:
    """The phrases of an English text in their order; companies' names in it are blotted out by ``NAME``."""
    found: list[Phrase] = []
    words: list[Word] = []
    start = end = 0
    parting: list[str] = []
    acts = False

    def close() -> None:
        if words:
            found.append(Phrase(start, end, tuple(words), parting[-1] if parting else "", len(parting) == 1, acts))
            words.clear()
            parting.clear()

    for token in _TOKEN.finditer(text):
        word = (token["word"] or "").lower()
        if word and word not in _BREAKS:
            if not words:
                start = token.start()
            words.append(Word(word, word_list(word), token["owns"] is not None, _is_capital(text, token.start())))
            end = token.end()
            continue
        close()
        acts = (token[0][0] == NAME and not token["named"]) or (word in _ACTING and not token["owns"])
        parting.append(word or token[0])
    close()
    return tuple(found)


def _is_capital(text: str, place: int) -> bool:
    """Whether a letter is a capital that no sentence begins with: of "Italy", not of "EBITDA"."""
    return (
        text[place].isupper()
        and text[place + 1 : place + 2].islower()
        and bool(re.fullmatch(r"[a-z\d,]\s", text[max(place - 2, 0) : place]))
    )


def before(phrase: Phrase, head: int, known: Words, own: Words, rows: Words) -> Iterator[str]:
    """The words before a phrase's head that make it another thing: not those of ``known``, nor those that change nothing, nor a verb.
    ``own``: the known words that are the row's own; ``rows``: those of the phrase that some row has.
    """
    owners = [place for place in range(head) if phrase.words[place].owns and known.isdisjoint(phrase.words[place].said)]
    owner = owners[-1] if owners else -1
    others = (phrase.words[place] for place in range(head) if phrase.words[place].owns)
    yield from (word.text for word in others if not _OTHERS.isdisjoint(word.said) and own.isdisjoint(word.said))
    first = max((place + 1 for place in range(owner + 1, head) if _is_verb(phrase, place, rows)), default=owner + 1)
    for word in phrase.words[first:head]:
        if word.said and not any(is_known(one, known) for one in (word.text, *word.said)) and not _says_nothing(word, rows):
            yield word.text


def owner_behind(phrase: Phrase, known: Words) -> str | None:
    """Who else has what stands before a phrase: "(net profit) of its subsidiaries"; None where it names nobody else, or what is known."""
    said = frozenset(one for word in phrase.words for one in word.said)
    return next((word.text for word in phrase.words if not _OTHERS.isdisjoint(word.said)), None) if known.isdisjoint(said) else None


def _says_nothing(word: Word, rows: Words = frozenset()) -> bool:
    """Whether a word makes no other thing of what it stands before: it is listed so, or judges and has no sign of a thing.
    ``rows``: the words that some row has.
    """
    if RISE.fullmatch(word.text) or FALL.fullmatch(word.text) or word.text in _LISTS["plain"] or _SAYING_NOTHING.issuperset(word.said):
        return word.text not in _SIGNS
    if word.text in _SIGNS or word.named or not rows.isdisjoint(word.said) or any(map(names_metric, word.said)):
        return False
    return word.text.endswith(("ly", *_JUDGING))


def _is_verb(phrase: Phrase, place: int, rows: Words) -> bool:
    """Whether a word before the head is what somebody does: "Heron booked sales", no "deferred revenue"."""
    word = phrase.words[place]
    if word.text in _LISTS["encumbered"]:
        return False
    if place:
        subject = phrase.words[place - 1]
        return (
            _is_past(word) and not subject.owns and not (subject.said and _says_nothing(subject)) and not _is_verb(phrase, place - 1, rows)
        )
    if phrase.acts:
        return _is_past(word) or (word.text.endswith("s") and rows.isdisjoint(word.said))
    doing = (phrase.link == "and" and _is_past(word)) or (phrase.link in _DOING and word.text.endswith("ing"))
    return doing and rows.isdisjoint(word.said)


def _is_past(word: Word) -> bool:
    return (word.text.endswith("ed") and "-" not in word.text) or word.text in _LISTS["done"]


def is_known(word: str, known: Words) -> bool:
    """Whether a word is one of those known, or another form of one."""
    return word in known or (len(word) >= _STEM and any(_is_form(word, other) for other in known))


def _is_form(word: str, other: str) -> bool:
    shared = max(_STEM, min(len(word), len(other)) - _ENDING)
    return word[:shared] == other[:shared] and len(other) >= _STEM


# --- Chinese --------------------------------------------------------------------------------------------------------------------

_RUN_ZH = re.compile(r"(?:(?![和与及])[\u4e00-\u9fff])+")
_PLAIN_ZH = re.compile(
    "|".join(sorted((*_LISTS["common_zh"], *_LISTS["moves_zh"], *_LISTS["plain_zh"], *_LISTS["whole"]), key=len, reverse=True))
)
_OTHERS_ZH = re.compile("|".join(sorted(_LISTS["others_zh"] | _LISTS["frequencies_zh"], key=len, reverse=True)))
_PART_END_ZH = re.compile(f"(?:{'|'.join(sorted(_LISTS['parts_zh'], key=len, reverse=True))})$")
_PART_BEHIND_ZH = re.compile(r"(?:中|当中|里)的?[\u4e00-\u9fff]{0,6}?部分")
_PARTS_ZH = re.compile(r"[的在由于对为是与和及了较比占将把|]+")


def runs_zh(text: str, name: Words) -> list[tuple[int, int, int]]:
    """The runs of characters of a text that say something of a name: where each begins and ends, and how much of the name it says."""
    found = ((run.start(), run.end(), len(name.intersection(_pairs(spelled_out(run[0]))))) for run in _RUN_ZH.finditer(text))
    return [run for run in found if run[2]]


def before_zh(run: str, name: Words, known: Words, own: Words, *, owner: bool = False) -> str | None:
    """What stands before a name in a run of characters and makes it another thing; None where nothing does. ``owner``: who has it, at the
    beginning, is nobody else.
    """
    run = spelled_out(run)
    pairs = _pairs(run)
    last = max(at for at, pair in enumerate(pairs) if pair in name)
    first = last
    while first and pairs[first - 1] in known:
        first -= 1
    lead = run[:first]
    if (other := _OTHERS_ZH.search(lead)) and not own.issuperset(_pairs(other[0])):
        return other[0]
    *subjects, piece = _PARTS_ZH.split(_PLAIN_ZH.sub("|", lead).rstrip("的"))
    found = [piece] if len(piece) > 1 and not (owner and lead.find("的") == len(lead) - 1) else []
    through = subjects[-1:] if not piece else []  # 境外业务 in 境外业务实现: what stands before the verb
    found += [_bare_part_zh(one) for one in (*through, _behind_zh(run[last + 2 :])) if _PART_END_ZH.search(one)]
    return next((one for one in found if known.isdisjoint(_pairs(f"{one}|{one.replace('归母', '归属')}"))), None)


def _behind_zh(rest: str) -> str:
    """The part that is meant of what was named: 净利润中的境外部分."""
    found = _PART_BEHIND_ZH.match(rest)
    return found[0] if found else ""


def _bare_part_zh(piece: str) -> str:
    """A part's name without the word for parts: 国外 of 国外业务, which says more than 业务 does."""
    bare = _PART_END_ZH.sub("", piece)
    return bare if len(bare) > 1 else piece


def _pairs(text: str) -> Sequence[str]:
    return [text[at : at + 2] for at in range(len(text) - 1)]
