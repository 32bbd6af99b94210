"""Questions that a store can answer: wordings filled with a company, lines of its papers, or formulas over them, and years for which they
have figures.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from finfoundry.core.language import has_han
from finfoundry.usecases.readers.filled_questions import FilledQuestion, before_latest, can_be_asked_for, filled_with, years_of
from finfoundry.usecases.readers.form_search import form_of
from finfoundry.usecases.readers.wordings import Wording, wordings

_Parts = Mapping[int, frozenset[str]]  # by the years of which a line has a figure: those that it is computed of, none of a printed one
_Lines = Mapping[str, _Parts]  # of a company, by label


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line of a company's papers, and a year of which they have its figure; ``company`` as people call it. One with ``parts`` is a
    formula by its name, which is carried out over so many figures.
    """

    company: str
    label: str
    year: int
    parts: frozenset[str] = frozenset()


def store_questions(lines: Sequence[StoredLine], seed: int = 0) -> Iterator[FilledQuestion]:
    """One filling of each wording that is learned and names a company, in a drawn order; those that no company's lines fill are left
    out. The same lines and seed give the same.
    """
    companies = _companies(lines)
    order = [one for one in wordings() if not one.unseen and "{company}" in one.text and one.kind != "open"]
    random.Random(seed).shuffle(order)  # noqa: S311
    for wording in order:
        draw = random.Random(f"{seed}/{wording.number}")  # noqa: S311
        filled = _filled(wording, companies["en" if wording.lang == "en" else "zh"], draw)
        if filled is not None and form_of(wording) is not None:
            yield filled


def _companies(lines: Sequence[StoredLine]) -> Mapping[str, Mapping[str, _Lines]]:
    """By language and company the years of each line, in a fixed order; a line that is printed goes before a formula of its name."""
    found: dict[str, dict[str, dict[str, dict[int, frozenset[str]]]]] = {"en": defaultdict(dict), "zh": defaultdict(dict)}
    for line in sorted(lines, key=lambda one: (one.company, one.label, one.year, bool(one.parts))):
        if can_be_asked_for(line.label):
            found["zh" if has_han(line.label) else "en"][line.company].setdefault(line.label, {}).setdefault(line.year, line.parts)
    return found


def _filled(wording: Wording, companies: Mapping[str, _Lines], draw: random.Random) -> FilledQuestion | None:
    """None where the company that is drawn has not as many lines with figures of all the years. A formula is asked for by itself alone: a
    ratio and an amount make no sum.
    """
    if not companies:
        return None
    company = draw.choice(list(companies))
    lines, offsets = companies[company], [before_latest(slot) for slot in years_of(wording)]
    newest = max(year for years in lines.values() for year in years)
    unnamed = any(slot.startswith("y0") for slot in years_of(wording))
    latest = newest if unnamed else draw.choice(sorted({year for years in lines.values() for year in years}))
    fitting = [
        label
        for label, years in lines.items()
        if all(latest - offset in years for offset in offsets) and (len(wording.slots) == 1 or not any(years.values()))
    ]
    draw.shuffle(fitting)
    labels = dict(zip(wording.slots, _apart(fitting), strict=False))
    if len(labels) < len(wording.slots):
        return None
    parts = {part for label in labels.values() for offset in offsets for part in lines[label][latest - offset]}
    return replace(filled_with(wording, labels, latest, company, draw), parts=len(parts))


def _apart(labels: Sequence[str]) -> Iterator[str]:
    """Labels none of which stands in one before it, nor the other way."""
    taken: list[str] = []
    for label in labels:
        if not any(label.lower() in one.lower() or one.lower() in label.lower() for one in taken):
            taken.append(label)
            yield label
