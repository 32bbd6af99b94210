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
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from finfoundry.ask.support.denials import contradicts, denies_the_same, says_not
from finfoundry.core.answer import Language
from finfoundry.core.language import language_of
from finfoundry.knowledge.formats import parse_document
from paper_sentences import PaperSentences

NEAR = 10
NEGATIONS: dict[Language, str] = {  # what becomes what
    "en": "is>is not,are>are not,was>was not,were>were not,has>has not,have>have not,will>will not,can>cannot,may>may not,"
    "does>does not,had no>had,has no>has,have no>have,is not>is,are not>are,was not>was,did not>did,does not>does,do not>do,"
    "no longer>still,without>with,not>",
    "zh": "应当>不应当,是>不是,有>没有,已>未,可以>不可以,未>已,不得>可以,不>,没有>有,无>有,能够>不能,符合>不符合,"
    "属于>不属于,需要>不需要,具有>不具有,并未>已经,尚未>已,予以>不予",
}


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
    return PaperSentences(parse_document(gzip.decompress(data) if packed else data, file.stem if packed else file.name))


def pairs(paper: PaperSentences) -> Iterator[tuple[str, str]]:
    """Each sentence that denies something, with those nearest to it."""
    for one in _told(paper):
        others = (other.text for other in paper.nearest(one, 3 * NEAR) if other.form in ("sentence", "item") and other.text != one)
        yield from ((one, other) for other in islice(others if says_not(one) else (), NEAR))


def made_to_deny(paper: PaperSentences) -> Iterator[tuple[str, str]]:
    """Each sentence into which a denial can be put, or out of which one can be taken, with what that makes of it."""
    source = random.Random(0)
    for one in _told(paper):
        if (made := negated(one, language_of(one), source)) is not None:
            yield one, made


def negated(text: str, language: Language, source: random.Random) -> str | None:
    """A sentence with a denial put into it, or one taken out. None where it offers neither, or nothing stands behind what is taken out."""
    edge, pairs = r"\b" if language == "en" else "", [one.split(">") for one in NEGATIONS[language].split(",")]
    places = [(found, by) for one, by in pairs for found in re.finditer(rf"{edge}{one}{edge}", text, re.IGNORECASE if len(one) > 4 else 0)]
    if not places:
        return None
    found, by = source.choice(places)
    by = by[:1].upper() + by[1:] if found[0][0].isupper() else by
    made = text[: found.start()] + by + text[found.end() :]
    if by:
        return made
    made = re.sub(r"  +", " ", made)
    return made if re.match(r"\s*[A-Za-z'\u4e00-\u9fff-]", made[max(0, found.start() - 1) :]) else None


def _told(paper: PaperSentences) -> list[str]:
    return [one.text for one in paper.all if one.form in ("sentence", "item")]


if __name__ == "__main__":
    main()
