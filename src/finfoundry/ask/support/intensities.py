"""How much of a sentence is made false: one place, several, or most of it; and where the words stand that nothing supports."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from finfoundry.ask.support.false_sentences import KINDS, FalseSentence, Others, Span, in_order_of_chance
from finfoundry.core.answer import Language

Intensity = Literal["none", "slight", "several", "gross"]
# of the sentences made false, as far as they offer it: one that people get wrong is mostly wrong in one place
SHARES: Mapping[Intensity, float] = {"slight": 0.55, "several": 0.3, "gross": 0.15}
MOST = 0.5  # of a sentence's words: what is false in more is grossly so
PLACES: Mapping[Intensity, int] = {"slight": 1, "several": 3, "gross": 6}  # at most
# what says the opposite; two in one sentence may say the truth again: "did not fall" for "rose"
_OPPOSITES = frozenset(("negation", "direction", "relation", "modality", "quantifier", "role", "cause"))
_ONCE = "added"  # a word too many, which is not said twice
_WORD = re.compile(r"[A-Za-z0-9][\w’'&.-]*|[\u3400-\u9fff]")


def drawn(source: random.Random) -> Intensity:
    """One of the intensities, each as often as its share says."""
    return source.choices(list(SHARES), weights=list(SHARES.values()))[0]


def intensity_of(text: str, spans: Sequence[Span]) -> Intensity:
    """How much of a sentence nothing supports."""
    words = [place.span() for place in _WORD.finditer(text)]
    marked = sum(any(start < end_of and end > start_of for start_of, end_of in spans) for start, end in words)
    if not spans or not words:
        return "none"
    if marked >= MOST * len(words):
        return "gross"
    return "several" if len(spans) > 1 else "slight"


def made_false_in(wanted: Intensity, text: str, language: Language, others: Others, source: random.Random) -> FalseSentence | None:
    """The sentence made false in so much of it, or in as much as it offers. None where it offers nothing."""
    made = FalseSentence(text, (), ())
    for _ in range(PLACES[wanted]):
        worse = _worse(made, text, language, others, source)
        if worse is None or (wanted == "several" and intensity_of(worse.text, worse.spans) == "gross"):
            break
        made = worse
        if wanted == "several" and len(made.spans) > 1 and source.random() < 0.5:
            break
        if wanted == "gross" and intensity_of(made.text, made.spans) == "gross":
            break
    return made if made.spans else None


def _worse(made: FalseSentence, true: str, language: Language, others: Others, source: random.Random) -> FalseSentence | None:
    """A sentence made false in one place more; None where no further place offers itself."""
    said_otherwise = bool(_OPPOSITES.intersection(made.kinds))
    for kind in in_order_of_chance(source):
        if (said_otherwise and kind in _OPPOSITES) or (kind == _ONCE and kind in made.kinds):
            continue
        found = KINDS[kind](made.text, language, others, source)
        if found is None or found[0] == made.text:
            continue
        text, span = found
        moved = _moved(made.spans, made.text, text)
        if moved is None or any(start < span[1] and span[0] < end for start, end in moved):
            continue
        if made.spans and text[slice(*span)] in true:
            continue  # what the true sentence says elsewhere
        ordered = sorted([*zip(moved, made.kinds, strict=True), (span, kind)])
        return FalseSentence(text, tuple(one for one, _ in ordered), tuple(one for _, one in ordered))
    return None


def _moved(spans: Sequence[Span], before: str, after: str) -> list[Span] | None:
    """Where spans of a text lie after one place of it was changed; None where that place is one of them."""
    shorter = min(len(before), len(after))
    first = next((place for place in range(shorter) if before[place] != after[place]), shorter)
    alike = next((place for place in range(shorter - first) if before[-1 - place] != after[-1 - place]), shorter - first)
    last, by = len(before) - alike, len(after) - len(before)
    if any(start < last and first < end for start, end in spans):
        return None
    return [(start, end) if end <= first else (start + by, end + by) for start, end in spans]
