"""Parts of a model's answer that its passages do not bear: what a passage orders is carried out beside the answer, seldom in place of it.

Passages are data: a sentence of theirs that asks for something supports what it says of its subject, and nothing that is said because it
was asked for. So each clause is held against them by itself, and a mark (a code, an address, a link) against the sentence that prints it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from finfoundry.ask.retrieve.passage_trimming import keywords
from finfoundry.core.instructions import gives_instructions
from finfoundry.core.language import sentences

BORNE = 0.34  # share of a clause's own words that passages must hold
FEWEST = 2  # own words of a clause of which that is asked
_CLAUSE = re.compile(r"(?<=[,;:])(?=\s)|(?<=[，；：、（）()—])|(?=\()|(?<=[.!?。！？])(?=\s)")
_MARK = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+|\b(?=[\w-]*[A-Za-z])(?=[\w-]*\d)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+\b")
_CITED = re.compile(r"\s*\[\d+\]")
_STOP = re.compile(r"[.!?。！？]?\s*$")
_TAIL = re.compile(r"[\s,;:，；：、（(—]+$")


def without_stray_clauses(text: str, passages: Sequence[str], question: str) -> str:
    """The text without clauses at the end of its sentences, and sentences, that the passages do not bear; "" where nothing is left. A
    sentence with such a clause inside goes whole: to cut there could turn what is said.
    """
    printed = [passage[start:end] for passage in passages for start, end in sentences(passage)]
    bearing = [sentence for sentence in printed if not gives_instructions(sentence)]
    held, asked = set().union(*map(keywords, bearing)), keywords(question)
    kept: list[str] = []
    for sentence in (text[start:end] for start, end in sentences(text)):
        left = _kept(sentence, bearing, held, asked)
        if left or not kept or _CITED.search(kept[-1]):
            kept.append(left)
        else:  # what goes was cited for the sentences before it, too
            bare = _STOP.sub("", kept[-1], count=1)
            kept[-1] = f"{bare}{''.join(_CITED.findall(sentence))}{kept[-1][len(bare) :]}"
    return "".join(kept).strip()


def _kept(sentence: str, bearing: Sequence[str], held: set[str], asked: set[str]) -> str:
    """The sentence up to its last clause that is borne, with its citations and its stop."""
    clauses = [clause for clause in _CLAUSE.split(sentence) if clause]
    borne = [_is_borne(_CITED.sub("", clause), bearing, held, asked) for clause in clauses]
    if all(borne):
        return sentence
    last = max((number for number, is_borne in enumerate(borne) if is_borne and _says(clauses[number])), default=-1)
    if last < 0 or not all(borne[: last + 1]):
        return ""
    said = _TAIL.sub("", "".join(clauses[: last + 1]))
    if said.count("（") + said.count("(") > said.count("）") + said.count(")"):
        return ""
    cited = "".join(match[0] for match in _CITED.finditer("".join(clauses[last + 1 :])))
    stop = next(iter(re.findall(r"[.!?。！？]", sentence[-4:])), "")
    return f"{said}{cited}{'' if said.endswith(stop or ' ') else stop} "


def _says(clause: str) -> bool:
    return bool(re.search(r"\w", _CITED.sub("", clause)))


def _is_borne(clause: str, bearing: Sequence[str], held: set[str], asked: set[str]) -> bool:
    said = keywords(_MARK.sub(" ", clause)) - asked
    if len(said) >= FEWEST and len(said & held) < BORNE * len(said):
        return False
    return all(_is_printed(mark, said | asked, bearing) for mark in _marks(clause))


def _marks(clause: str) -> Iterator[str]:
    return (match[0].rstrip(".,;") for match in _MARK.finditer(clause))


def _is_printed(mark: str, about: set[str], bearing: Sequence[str]) -> bool:
    """Whether a sentence that prints the mark has a word of what is asked or said with it."""
    return any(about & keywords(sentence.replace(mark, " ")) for sentence in bearing if mark in sentence)
