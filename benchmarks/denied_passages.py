"""Which sentences of papers are taken to deny each other: a passage is quoted beside what it denies.

    python benchmarks/denied_passages.py FILE… [--show]

FILE are reports, packed or not. Each sentence that denies something ("not", 未) is paired with the ten others of its paper nearest to it in
words. Printed is how many pairs are told to say just the contrary (``denies_the_same``, by which passages are quoted), and how many by
``contradicts`` alone, which is asked where one text was written from the other: papers seldom contradict themselves, so look at what is
told (``--show``). Then of how many sentences that a denial was put into, or taken out of, the contrary is told.
"""

from __future__ import annotations

import argparse
import gzip
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from finfoundry.ask.support.denials import contradicts, denies_the_same, says_not
from finfoundry.ask.support.false_sentences import KINDS, Others
from finfoundry.ask.support.paper_sentences import PaperSentences, hits_of
from finfoundry.core.language import language_of
from finfoundry.knowledge.formats import parse_document

NEAR = 10


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", nargs="+", type=Path)
    options.add_argument("--show", action="store_true", help="print the pairs that are told to say the contrary")
    given = options.parse_args()
    papers = [sentences(file) for file in given.files]
    every = [pair for paper in papers for pair in pairs(paper)]
    same, alone = [pair for pair in every if denies_the_same(*pair)], sum(contradicts(*pair) for pair in every)
    for one, other in same if given.show else ():
        print(f"{one}\n    {other}")
    share = 1000 * alone / max(len(every), 1)
    print(f"{len(every)} pairs: {len(same)} say just the contrary, by contradicts alone {alone} ({share:.0f} in 1,000)")
    for language in ("en", "zh"):
        made = [pair for paper in papers for pair in made_to_deny(paper) if language_of(pair[0]) == language]
        print(f"{language}: {len(made)} sentences made to deny, {sum(denies_the_same(*pair) for pair in made)} found")


def sentences(file: Path) -> PaperSentences:
    """What can be quoted of the paper of a file."""
    packed, data = file.suffix == ".gz", file.read_bytes()
    return PaperSentences(list(hits_of(parse_document(gzip.decompress(data) if packed else data, file.stem if packed else file.name))))


def pairs(paper: PaperSentences) -> Iterator[tuple[str, str]]:
    """Each sentence that denies something, with those nearest to it."""
    for one in _told(paper):
        others = (other.text for other in paper.nearest(one, 3 * NEAR) if other.form in ("sentence", "item") and other.text != one)
        yield from ((one, other) for other in islice(others if says_not(one) else (), NEAR))


def made_to_deny(paper: PaperSentences) -> Iterator[tuple[str, str]]:
    """Each sentence into which a denial can be put, or out of which one can be taken, with what that makes of it."""
    source = random.Random(0)
    for one in _told(paper):
        if (made := KINDS["negation"](one, language_of(one), Others((), (), ()), source)) is not None:
            yield one, made[0]


def _told(paper: PaperSentences) -> list[str]:
    return [one.text for one in paper.all if one.form in ("sentence", "item")]


if __name__ == "__main__":
    main()
