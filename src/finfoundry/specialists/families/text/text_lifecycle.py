"""Texts at work: the class of each row, in place of a score."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Report
from finfoundry.core.protocols import TextReader
from finfoundry.runtime.audit import canonical, plain
from finfoundry.specialists.families.family import (
    Encoders,
    Family,
    FamilyServices,
    Lifecycle,
    Options,
    Recomputed,
    RecordedBatch,
    ScoringOrder,
    ServedRows,
    SpecialistData,
)
from finfoundry.specialists.families.text import text_scoring, text_training
from finfoundry.specialists.families.text.text_card import demands, write_text_card
from finfoundry.specialists.families.text.text_results import ENCODER, TextScores, TextSpecialist, TextValidation
from finfoundry.specialists.inputs.table import TableSource
from finfoundry.specialists.lifecycle import outcomes
from finfoundry.specialists.lifecycle.outcomes import Noted, ProductionBackTest
from finfoundry.specialists.lifecycle.shadow import ChallengerComparison, Shadow
from finfoundry.specialists.lifecycle.validate import Monitoring
from finfoundry.specialists.models.specialist import TrainingRequest
from finfoundry.specialists.reports.pages import Card


class TextLifecycle(Lifecycle[TextSpecialist]):
    classifier = None
    champion = ENCODER

    def __init__(self, family: Family, services: FamilyServices) -> None:
        self.family, self._services = family, services

    def train(self, request: TrainingRequest, folder: Path, report: Report, source: TableSource) -> TextSpecialist:
        return text_training.train(request, folder, self._encoders, source)

    def load(self, folder: Path) -> TextSpecialist:
        return text_training.load(folder)

    def write_card(self, folder: Path, made: TextSpecialist) -> Card:
        return write_text_card(folder, made)

    def demands(self, made: TextSpecialist) -> list[tuple[str, str, str, str, str]]:
        return demands()

    def text_columns(self, made: TextSpecialist) -> Collection[str]:
        return [name for name in (made.request.id, made.request.target, *made.inputs) if name]

    def validate(self, made: TextSpecialist, name: str, data: SpecialistData, options: Options) -> TextValidation:
        return text_training.validate(made, name, data.table(self.text_columns(made)), self._encoders)

    def monitor(self, made: TextSpecialist, name: str, data: SpecialistData, options: Options) -> Monitoring:
        source, serves = data.table(self.text_columns(made)), self._encoders.serves(made.task, made.encoder)
        return text_scoring.monitor(made, name, source, self._reader(made), serves=serves)

    def score(self, made: TextSpecialist, order: ScoringOrder, data: SpecialistData, options: Options) -> TextScores:
        if order.out is not None:
            raise InputError("A specialist of texts writes no file of scores", remedy="Take its rows from --json")
        source = data.table(self.text_columns(made))
        scored, entries = text_scoring.score_kept(made, order.name, source.table, self._reader(made))
        record, root = self._services.registry.record(order.principal, text_scoring.head(made, order.name, source.digest), entries)
        return replace(scored, record=record, root=root)

    def ready(self, made: TextSpecialist) -> None:
        self._reader(made)

    def serve(self, made: TextSpecialist, served: ServedRows, options: Options, past: Any = None) -> TextScores:
        scored, entries = text_scoring.score_kept(made, served.name, served.table, self._reader(made))
        digest = hashlib.sha256(canonical(plain(list(served.rows)))).hexdigest()
        about = text_scoring.head(made, served.name, digest) | plain(served.about)
        with self._services.registry.recording(served.principal, about, served.connection) as recording:
            recording.add(entries)
        return replace(scored, record=recording.record, root=recording.root)

    def check_challenger(self, used: TextSpecialist, other: TextSpecialist) -> None:
        """Raises InputError: what is known of a text is whether one class was right, which says nothing of another version's class."""
        raise InputError("Specialists of texts have no challengers", remedy="Validate both versions on the same rows")

    def challenge(self, challenger: Shadow, answered: Any, served: ServedRows, options: Options) -> None:
        """None is ever set."""

    def note_file(self, principal: Principal, name: str, made: TextSpecialist, path: Path) -> Noted:
        """``event``: the likeliest class was right."""
        return outcomes.note(self._services.database, principal, name, outcomes.read_outcomes(path))

    def back_test(self, principal: Principal, name: str, made: TextSpecialist) -> ProductionBackTest:
        return outcomes.production(self._services.database, principal, name, text_training.METRICS)

    def compare(self, principal: Principal, name: str, made: TextSpecialist) -> ChallengerComparison:
        raise InputError("Specialists of texts have no challengers", remedy="Validate both versions on the same rows")

    def again(self, made: TextSpecialist, batch: RecordedBatch) -> Recomputed:
        return text_scoring.again(made, batch.rows, self._reader(made))

    @property
    def _encoders(self) -> Encoders:
        """Raises InputError in a home without releases."""
        if self._services.encoders is None:
            raise InputError("No releases are at hand: a specialist of texts is read by a released encoder")
        return self._services.encoders

    def _reader(self, made: TextSpecialist) -> TextReader:
        return self._encoders.classifier(made.task, made.encoder)
