"""What no engine runs, by its slot: how it is opened, and how it is asked its exam."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.core.tasks import load_task
from finfoundry.core.tasks.task_rows import rows
from finfoundry.evals.rows import Reply, Solver
from finfoundry.evals.run import Suite
from finfoundry.evals.systems.tuned_encoder import encoder_solver
from finfoundry.release.candidate import READER, SCORERS, TAGGER, is_apart, sha256_of
from finfoundry.release.evidence import code_digest, key_of
from finfoundry.release.exam import Exam, SuiteTerms
from finfoundry.release.exam_sides import ExamSide, reader_side, tagger_side
from finfoundry.release.scoring_side import scoring_side
from finfoundry.release.serving_encoders import encoder_of
from finfoundry.release.serving_reader import reader_of
from finfoundry.release.serving_scorer import scorer_of
from finfoundry.release.serving_tagger import tagger_of
from finfoundry.runtime.settings import Settings

CLASSES = ("choice", "choices")  # kinds of tasks of which one answer is right of more texts than any other
ENCODING = ("finfoundry.core", "finfoundry.base.text_encoder")  # the code that reads: tokens, the graph's run
_SIDES: dict[str, Callable[[Settings, str | None], ExamSide]] = {
    READER: reader_side, TAGGER: tagger_side, **{slot: partial(scoring_side, slot) for slot in SCORERS},
}  # fmt: skip
_OPENED: dict[str, Callable[[Settings, str | None], object]] = {
    READER: reader_of, TAGGER: tagger_of, **{slot: partial(scorer_of, slot) for slot in SCORERS},
}  # fmt: skip


@dataclass(frozen=True)
class EncoderSide:
    """An encoder of a task as it serves; ``sha256`` of all its files."""

    slot: str
    encoder: TextEncoder
    sha256: str

    def key(self, suite: str, terms: SuiteTerms) -> str:
        return key_of({self.slot: self.sha256}, None, code_digest(*ENCODING), suite, terms, 0)

    def solver(self, suite: Suite, name: str) -> Solver:  # noqa: ARG002  the task says all
        return encoder_solver(self.encoder, load_task(name))


@dataclass(frozen=True)
class CommonestSide:
    """Where no encoder of a task serves: to each text the class that most have, which whoever reads none could answer. ``classes`` are by
    the names in the exam; of a suite without one nothing is answered.
    """

    slot: str
    classes: Mapping[str, str]

    def key(self, suite: str, terms: SuiteTerms) -> str:
        return key_of({self.slot: f"commonest {sorted(set(self.classes.values()))}"}, None, "", suite, terms, 0)

    def solver(self, suite: Suite, name: str) -> Solver:  # noqa: ARG002  one answer to all
        found = self.classes.get(name)
        return lambda _: Reply("", status="no_evidence") if found is None else Reply(found)


def commonest_classes(exam: Exam) -> dict[str, str]:
    """Of each suite of an exam whose texts have classes, the one that most rows of the training part have; of a task without such rows the
    one that most of those have that are asked.
    """
    found = dict[str, str]()
    for name in exam.suites:
        task = load_task(name)
        if task.kind in CLASSES:
            learned = [row.target for row in rows(task, Path(exam.data), "train")]
            found[name] = Counter(sorted(learned or [item.gold for item in exam.items(name)])).most_common(1)[0][0]
    return found


def apart_side(slot: str, settings: Settings, released: str | None, exam: Exam) -> ExamSide:
    """What answers the exam of a slot: the release with this SHA-256, or without one what the settings name; of a task's encoder, which
    no setting names, the commonest class. Raises ModelError.
    """
    if slot in _SIDES:
        return _SIDES[slot](settings, released)
    if released is None:
        return CommonestSide(slot, commonest_classes(exam))
    found = encoder_of(slot, settings, released)
    return EncoderSide(slot, found, sha256_of(found.folder))


def check_opens(slot: str, settings: Settings, released: str | None) -> None:
    """Open what would serve in a slot of which no engine runs anything. Raises ModelError."""
    if slot in _OPENED:
        _OPENED[slot](settings, released)
    elif is_apart(slot) and released:
        encoder_of(slot, settings, released)
