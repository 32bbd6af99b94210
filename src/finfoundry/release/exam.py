"""The exam: on which items a candidate for a slot is compared with what serves, and what is asked of it in each suite.

An approver fixes it before anything is proposed. It pins the items by digest, so that nobody can propose on easier, fewer or other ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from finfoundry.core.errors import InputError, IntegrityError
from finfoundry.evals.paired import items_to_see
from finfoundry.evals.rows import Item
from finfoundry.evals.run import Suite, sample
from finfoundry.release.candidate import ENCODES, OWN_SUITES, SCORERS, TAGGER
from finfoundry.release.gate import UNSEEN, Role

NEAR_ALLOWED = 0.02


@dataclass(frozen=True, slots=True)
class SuiteTerms:
    """What is asked of a candidate in one suite. ``margin`` is in the measure's own units; ``digest`` is of the items, in their order.
    ``near``: the share of the items that may resemble a training row (rows made from templates do); none may equal one word for word.
    """

    role: Role
    margin: float
    items: int
    digest: str
    near: float = NEAR_ALLOWED


@dataclass(frozen=True, slots=True)
class Exam:
    """``suites`` by the name or task file with which each is loaded; ``limit`` and ``seed`` draw the items. ``id`` is 0 until then."""

    slot: str
    data: str
    suites: dict[str, SuiteTerms]
    limit: int | None
    seed: int
    why: str
    fixed_by: str
    id: int = 0
    fixed_at: str = ""

    def items(self, name: str) -> list[Item]:
        """The items of one suite. Raises IntegrityError where they are not those that were fixed, InputError where the data are gone."""
        from finfoundry.evals.suites import load_suite  # here: what only serves a release draws no items

        found = drawn(load_suite(name), Path(self.data), self.limit, self.seed)
        if digest(found) != self.suites[name].digest:
            raise IntegrityError(
                f"the items of suite {name} in {self.data} are not those of exam {self.id}",
                remedy="Put the data back as they were, or let an approver fix a new exam: finfoundry release exam",
            )
        return found


def fixed(
    slot: str,
    data: Path,
    roles: Mapping[str, Role],
    *,
    by: str,
    why: str,
    margins: Mapping[str, float] | None = None,
    near: float = NEAR_ALLOWED,
    limit: int | None = None,
    seed: int = 0,
) -> Exam:
    """An exam over these suites and those of safety.

    Raises InputError for a folder that is not there, a suite without items, a margin without its suite, and for so few items that no
    candidate could pass, with the number that is needed.
    """
    if not data.is_dir():
        raise InputError(f"there is no data folder {data}", remedy="Give the folder that holds the data with --data")
    if stray := sorted(set(margins or {}) - set(roles)):
        raise InputError(f"a margin is given for {stray[0]!r}, which the exam does not ask", remedy="Name the suite with --suite too")
    wanted: dict[str, Role] = {**roles, **dict.fromkeys(own_suites(slot)[1], "safety")}
    suites = {name: _terms(name, role, data, (margins or {}).get(name), near, limit, seed) for name, role in wanted.items()}
    return Exam(slot, str(data.absolute()), suites, limit, seed, why, by)


def own_suites(slot: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The suites of a slot that may lose a little, and those that may lose nothing and are always asked: a reader writes no text, and is
    asked what it must not take for a question for figures, as is a planner, whose words are read as a plan and told to nobody; a tagger
    what it must not refuse; what scores passages what it must not take for an answer; an encoder of a task that task alone.
    """
    from finfoundry.evals.suites import harm_labels, pair_scores, question_readings, safety

    if slot in SCORERS:
        kept, spared = ([name for system in OWN_SUITES[slot] for name in named[system]] for named in (pair_scores.KEPT, pair_scores.SAFETY))
        return tuple(kept), tuple(spared)
    if slot in OWN_SUITES:
        own = harm_labels if slot == TAGGER else question_readings
        return own.KEPT, own.SAFETY
    return ((slot.removeprefix(ENCODES),), ()) if slot.startswith(ENCODES) else ((), safety.SAFETY)


def _terms(name: str, role: Role, data: Path, margin: float | None, near: float, limit: int | None, seed: int) -> SuiteTerms:
    from finfoundry.evals.suites import load_suite

    suite = load_suite(name)
    items = drawn(suite, data, limit, seed)
    margin = suite.margin if margin is None else margin
    must_see = _must_see(role, margin)
    if must_see is not None and not 0 < must_see < 1:
        raise InputError(f"the margin {margin} of suite {suite.name} is no share between 0 and 1", remedy="Give one such as 0.02")
    if must_see is not None and len(items) < items_to_see(must_see):
        raise InputError(
            f"suite {suite.name} asks {len(items)} items: too few to see a loss of {must_see:g}",
            remedy=f"Ask at least {items_to_see(must_see)}, or allow a larger margin with --margin {suite.name}=SHARE",
        )
    return SuiteTerms(role, margin, len(items), digest(items), near)


def _must_see(role: Role, margin: float) -> float | None:
    """The loss that the items of a suite must be able to show."""
    return {"keep": margin, "safety": UNSEEN}.get(role)


def least_limit(slot: str) -> int:
    """The least ``limit`` with which an exam over the suites of a slot, as they are shipped, can be passed."""
    from finfoundry.evals.suites import load_suite

    roles: tuple[Role, Role] = ("keep", "safety")
    losses = (_must_see(role, load_suite(name).margin) for role, names in zip(roles, own_suites(slot), strict=True) for name in names)
    return max(map(items_to_see, filter(None, losses)))


def drawn(suite: Suite, data: Path, limit: int | None, seed: int) -> list[Item]:
    """Raises InputError for a suite without items there."""
    every = suite.items(data)
    if not every:
        raise InputError(f"suite {suite.name} has no items in {data}", remedy="Give the folder that holds the data with --data")
    return sample(every, limit, seed)


def digest(items: Sequence[Item]) -> str:
    """SHA-256 of what is asked and what is right, in order."""
    return hashlib.sha256("\n".join(repr((item.id, item.question, item.gold)) for item in items).encode()).hexdigest()
