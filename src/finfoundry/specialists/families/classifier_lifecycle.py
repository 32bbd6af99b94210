"""What every family of classifiers does: a scorecard and trees on rows, with what the ``Classifier`` adds."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from finfoundry.core.principal import Principal
from finfoundry.core.progress import Report
from finfoundry.runtime.database import Connection
from finfoundry.specialists.families.family import (
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
from finfoundry.specialists.inputs.table import TableSource
from finfoundry.specialists.lifecycle import outcomes, shadow
from finfoundry.specialists.lifecycle.batches import ScoringBatch, score_blocks
from finfoundry.specialists.lifecycle.beside import Beside
from finfoundry.specialists.lifecycle.outcomes import Noted, ProductionBackTest
from finfoundry.specialists.lifecycle.shadow import ChallengerComparison, Shadow
from finfoundry.specialists.lifecycle.train import train
from finfoundry.specialists.lifecycle.validate import Monitoring, Validation, monitor, validate
from finfoundry.specialists.models import specialist
from finfoundry.specialists.models.classifier import Classifier, as_given
from finfoundry.specialists.models.specialist import Specialist, TrainingRequest
from finfoundry.specialists.reports.card import write_card
from finfoundry.specialists.reports.checklist import answers
from finfoundry.specialists.reports.pages import Card
from finfoundry.specialists.scoring.replay import PastRecorded, again, told
from finfoundry.specialists.scoring.score import Scored, past_of, text_columns


class ClassifierLifecycle(Lifecycle[Specialist]):
    """A family sets ``classifier``; where rows look back on something that can be given, it overrides ``past_given``."""

    classifier: Classifier
    champion = ""

    def __init__(self, family: Family, services: FamilyServices) -> None:
        self.family, self.services = family, services

    def past_given(self, made: Specialist, options: Options) -> Any:
        """What rows look back on in place of what training kept; None where nothing was given. Raises InputError."""
        return None

    def train(self, request: TrainingRequest, folder: Path, report: Report, source: TableSource) -> Specialist:
        return train(self.classifier, request, folder, report, source)

    def load(self, folder: Path) -> Specialist:
        return specialist.load(folder)

    def write_card(self, folder: Path, made: Specialist) -> Card:
        return write_card(folder, made, self.classifier)

    def demands(self, made: Specialist) -> list[tuple[str, str, str, str, str]]:
        return answers(made, self.classifier)

    def text_columns(self, made: Specialist) -> Collection[str]:
        return sorted(text_columns(made))

    def validate(self, made: Specialist, name: str, data: SpecialistData, options: Options) -> Validation:
        source = data.table(self.text_columns(made))
        return validate(self.classifier, made, name, source, self.past_given(made, options))

    def monitor(self, made: Specialist, name: str, data: SpecialistData, options: Options) -> Monitoring:
        source = data.table(self.text_columns(made))
        return monitor(self.classifier, made, name, source, self.past_given(made, options))

    def score(self, made: Specialist, order: ScoringOrder, data: SpecialistData, options: Options) -> Scored:
        """Score in blocks where a row's inputs come from that row alone; as a whole where they come from other rows too."""
        if self.classifier.features is as_given:
            blocks, digest = data.blocks(self.text_columns(made))
        else:
            source = data.table(self.text_columns(made))
            blocks, digest = iter([source.table]), source.digest
        past = self.past_given(made, options)
        batch = ScoringBatch(self.classifier, order.principal, made, order.name, digest)
        return score_blocks(self.services.registry, batch, blocks, past, reasons=order.reasons, out=order.out, report=order.report)

    def ready(self, made: Specialist) -> None:
        past_of(self.classifier, made)

    def serve(self, made: Specialist, served: ServedRows, options: Options, past: Any = None) -> Scored:
        past = self.past_given(made, options) if past is None else past
        batch = ScoringBatch(self.classifier, served.principal, made, served.name, None, served.about)
        rows = iter([served.table])
        return score_blocks(self.services.registry, batch, rows, past, reasons=served.reasons, within=served.connection)

    def challenge(self, challenger: Shadow, answered: Scored, served: ServedRows, options: Options) -> None:
        def past(made: Specialist, _: Connection) -> Any:
            return self.past_given(made, options)

        services = self.services
        beside = Beside(services.database, services.registry, services.served, served.principal, challenger)
        beside.rows(self.classifier, answered, served.table, past)

    def note_file(self, principal: Principal, name: str, made: Specialist, path: Path) -> Noted:
        return outcomes.note(self.services.database, principal, name, outcomes.read_outcomes(path))

    def back_test(self, principal: Principal, name: str, made: Specialist) -> ProductionBackTest:
        return outcomes.production(self.services.database, principal, name, self.classifier.metrics)

    def compare(self, principal: Principal, name: str, made: Specialist) -> ChallengerComparison:
        return shadow.compare(self.services.database, principal, name, self.classifier.metrics)

    def again(self, made: Specialist, batch: RecordedBatch) -> Recomputed:
        by = self.classifier.on_record
        past = PastRecorded(by, batch.head, batch.step(by.step) or {}) if by else None
        return Recomputed(again(made, batch.rows, past), *told(made, batch.rows, past))
