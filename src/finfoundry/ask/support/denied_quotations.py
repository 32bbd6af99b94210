"""Passages found that deny what a quotation affirms, or affirm what it denies: who asked is shown both, and told so."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from finfoundry.ask.retrieve.evidence_ranking import Evidence
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.ask.retrieve.quotation_choice import CONTRADICTING, papers_alike
from finfoundry.ask.support.denials import denies_the_same
from finfoundry.ask.understand.subject import Subject


def denying(chosen: Sequence[Quotable], best: Sequence[Evidence], subject: Subject) -> list[Quotable]:
    """What says just the contrary of a chosen sentence, in its paper or one of the same company and period."""
    one_paper = papers_alike(subject)
    found = (one.quotable for one in best if one.quotable not in chosen)
    return [other for other in found if any(one_paper(one, other) and _deny(one, other) for one in chosen)][:CONTRADICTING]


def differ(quoted: Sequence[Quotable], subject: Subject) -> bool:
    """Whether one of the sentences that are quoted together denies another."""
    one_paper = papers_alike(subject)
    return any(one_paper(one, other) and _deny(one, other) for one, other in combinations(quoted, 2))


def _deny(one: Quotable, other: Quotable) -> bool:
    """Under headings side by side, and in lists that other lines lead to, the contrary may be said of two things."""
    sentences = all(not of.cells and of.form in ("sentence", "item") for of in (one, other))
    if not sentences or one.lead != other.lead or _side_by_side(one.heading, other.heading):
        return False
    return denies_the_same(one.text, other.text)


def _side_by_side(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two headings stand under one: those of two segments, or of two borrowers."""
    return one != other and len(one) > 1 and one[:-1] == other[:-1]
