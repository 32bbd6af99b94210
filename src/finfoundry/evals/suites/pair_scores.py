"""What scores questions beside what may answer them, sentences or lines of tables, of papers that it never learned from: whether the
likeliest of all that stands beside a question answers it, whether each is told rightly, and whether nothing else is taken to answer.

A reply's text is the place of the likeliest passage of those that an item looks at; its status is "answered" where that reaches the bar.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from finfoundry.core.errors import InputError
from finfoundry.core.tasks.record_readers import items as records
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.rows import Item, Judgement, Reply, Scorer
from finfoundry.evals.run import Suite

BAR = 0.5  # on whose sides the targets lie that are learned: the product weighs a score with other signs, and has no bar for it alone
HEAD, BESIDE, AT = "head", "beside", "at"  # of an item's meta: the task; its question with all its passages; places of those looked at


@dataclass(frozen=True, slots=True)
class Beside:
    """A question with all that stands beside it, and of each whether it answers."""

    question: str
    passages: tuple[str, ...]
    answers: tuple[bool, ...]

    def places(self, *, right: bool) -> tuple[int, ...]:
        return tuple(place for place, answers in enumerate(self.answers) if answers is right)


def questions(data: Path, head: str) -> list[Beside]:
    """Those of the file that a recipe holds out. Raises InputError for a file that is none."""
    path, made_by = data / f"{head}-unseen.jsonl", f"python benchmarks/training.py {head} --out {data}"
    if not path.is_file():
        raise InputError(f"{path} is not there", remedy=f"Run `{made_by}`")
    found: dict[str, dict[str, bool]] = {}
    try:
        for row in records(path):
            found.setdefault(row["text"], {})[row["passage"]] = float(row["target"]) >= BAR
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} holds no questions beside passages ({error!r})", remedy=f"Run `{made_by}`") from error
    return [Beside(question, tuple(told), tuple(told.values())) for question, told in found.items()]


Drawn = Callable[[Beside], Iterator[tuple[tuple[int, ...], str]]]  # places that are looked at together, and what is right of them


def _all(one: Beside) -> Iterator[tuple[tuple[int, ...], str]]:
    """Of a question of which some passages answer and some do not, the places of those that do."""
    right = one.places(right=True)
    if 0 < len(right) < len(one.answers):
        yield tuple(range(len(one.answers))), " ".join(map(str, right))


def _each(one: Beside) -> Iterator[tuple[tuple[int, ...], str]]:
    for place, answers in enumerate(one.answers):
        yield (place,), "yes" if answers else "no"


def _wrong(one: Beside) -> Iterator[tuple[tuple[int, ...], str]]:
    if wrong := one.places(right=False):
        yield wrong, "no"


def _items(suite: str, head: str, drawn: Drawn) -> Callable[[Path], Sequence[Item]]:
    def found(data: Path) -> list[Item]:
        return [_item(suite, head, one, at, gold) for one in questions(data, head) for at, gold in drawn(one)]

    return found


def _item(suite: str, head: str, one: Beside, at: tuple[int, ...], gold: str) -> Item:
    """Named by all that is read, so that other passages are another exam. What is asked of one question counts as one."""
    name = hashlib.sha256(repr((one, at)).encode()).hexdigest()[:16]
    return Item(f"{suite}/{name}", one.question, gold, group=one.question, meta={HEAD: head, BESIDE: one, AT: at})


def _chosen(item: Item, reply: Reply) -> bool:
    return reply.text in item.gold.split()


def _told(item: Item, reply: Reply) -> bool:
    return (reply.status == "answered") == (item.gold == "yes")


def _scorer(right: Callable[[Item, Reply], bool]) -> Scorer:
    def score(item: Item, reply: Reply) -> Judgement:
        found = right(item, reply)
        return Judgement("correct" if found else "wrong", float(found))

    return score


def _suites(system: str, stem: str, head: str, noun: str) -> tuple[Suite, Suite, Suite]:
    def suite(kind: str, about: str, right: Callable[[Item, Reply], bool], drawn: Drawn) -> Suite:
        name = f"{stem}-{kind}"
        return Suite(name, about, system, _items(name, head, drawn), _scorer(right), (MEASURES["correct"],))

    return (
        suite("first", f"Of all {noun} beside a question of unseen papers the likeliest answers.", _chosen, _all),
        suite("told", f"Of {noun} of unseen papers, each by itself: whether it answers.", _told, _each),
        suite("safety", f"No one of the {noun} of unseen papers that do not answer a question is taken to.", _told, _wrong),
    )


SENTENCES = _suites("scorer", "evidence", "evidence-pairs", "sentences")
LINES = _suites("figure-scorer", "figures", "figure-pairs", "lines of tables")
KEPT = {kind[0].system: tuple(suite.name for suite in kind[:2]) for kind in (SENTENCES, LINES)}  # by system
SAFETY = {kind[0].system: (kind[2].name,) for kind in (SENTENCES, LINES)}
