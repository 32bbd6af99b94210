"""What no engine runs, by its slot: how it is opened, and how it is asked its exam."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.core.tasks import load_task
from finfoundry.evals.rows import Reply, Solver
from finfoundry.evals.run import Suite
from finfoundry.evals.systems.tuned_encoder import encoder_solver
from finfoundry.release.candidate import READER, SCORERS, TAGGER, is_apart, sha256_of
from finfoundry.release.evidence import code_digest, key_of
from finfoundry.release.exam import SuiteTerms
from finfoundry.release.exam_sides import ExamSide, reader_side, tagger_side
from finfoundry.release.scoring_side import scoring_side
from finfoundry.release.serving_encoders import encoder_of
from finfoundry.release.serving_reader import reader_of
from finfoundry.release.serving_scorer import scorer_of
from finfoundry.release.serving_tagger import tagger_of
from finfoundry.runtime.settings import Settings

ENCODING = ("finfoundry.core", "finfoundry.base.text_encoder")  # the code that reads: tokens, the graph's run
_SIDES: dict[str, Callable[[Settings, str | None], ExamSide]] = {
    READER: reader_side, TAGGER: tagger_side, **{slot: partial(scoring_side, slot) for slot in SCORERS},
}  # fmt: skip
_OPENED: dict[str, Callable[[Settings, str | None], object]] = {
    READER: reader_of, TAGGER: tagger_of, **{slot: partial(scorer_of, slot) for slot in SCORERS},
}  # fmt: skip


@dataclass(frozen=True)
class EncoderSide:
    """An encoder of a task as it serves, or none, which answers nothing; ``sha256`` of all its files."""

    slot: str
    encoder: TextEncoder | None
    sha256: str

    def key(self, suite: str, terms: SuiteTerms) -> str:
        return key_of({self.slot: self.sha256}, None, code_digest(*ENCODING), suite, terms, 0)

    def solver(self, suite: Suite, name: str) -> Solver:  # noqa: ARG002  the task says all
        if self.encoder is None:
            return lambda _: Reply("", status="no_evidence")
        return encoder_solver(self.encoder, load_task(name))


def apart_side(slot: str, settings: Settings, released: str | None) -> ExamSide:
    """What answers the exam of a slot: the release with this SHA-256, or without one what the settings name. Raises ModelError."""
    if slot in _SIDES:
        return _SIDES[slot](settings, released)
    found = encoder_of(slot, settings, released)
    return EncoderSide(slot, found, sha256_of(found.folder) if found else "")


def check_opens(slot: str, settings: Settings, released: str | None) -> None:
    """Open what would serve in a slot of which no engine runs anything. Raises ModelError."""
    if is_apart(slot):
        _OPENED.get(slot, partial(encoder_of, slot))(settings, released)
