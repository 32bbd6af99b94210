"""Fraud at work: rows look back on the state of payments that service keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from finfoundry.core.errors import InputError
from finfoundry.runtime.database import Database
from finfoundry.specialists.families.classifier_lifecycle import ClassifierLifecycle
from finfoundry.specialists.families.family import Family, FamilyServices, Lifecycle, Options, ScoringOrder, ServedRows, SpecialistData
from finfoundry.specialists.families.fraud.fraud import CLASSIFIER
from finfoundry.specialists.families.fraud.payment_intake import PaymentIntake
from finfoundry.specialists.families.serving import Families
from finfoundry.specialists.lifecycle.batches import ScoringBatch, score_blocks
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.lifecycle.shadow import Shadow
from finfoundry.specialists.models.specialist import Specialist
from finfoundry.specialists.scoring.score import Scored


class FraudLifecycle(ClassifierLifecycle):
    """``intake``: payments that are entered, in this process."""

    classifier = CLASSIFIER

    def __init__(self, family: Family, services: FamilyServices) -> None:
        super().__init__(family, services)
        self.intake = PaymentIntake(services.database, services.registry, services.served)

    def score(self, made: Specialist, order: ScoringOrder, data: SpecialistData, options: Options) -> Scored:
        """On the state of the windows, under the reader's own rights."""
        source = data.table(self.text_columns(made))
        with self.services.database.transaction(order.principal) as within:
            past = self.intake.look(within, made, order.name, source.table)
            batch = ScoringBatch(self.classifier, order.principal, made, order.name, source.digest)
            return score_blocks(
                self.services.registry, batch, iter([source.table]), past,
                reasons=order.reasons, out=order.out, report=order.report, within=within,
            )  # fmt: skip

    def promoted(self, name: str, version: str) -> None:
        self.intake.seed(name, self.services.served(version))

    def serve(self, made: Specialist, served: ServedRows, options: Options, past: Any = None) -> Scored:
        past = self.intake.look(served.connection, made, served.name, served.table)
        return super().serve(made, served, options, past)

    def check_challenger(self, used: Specialist, other: Specialist) -> None:
        """Raises InputError: the challenger has windows of another shape, of which the state in service says nothing."""
        one, two = used.request, other.request
        if (one.entities, one.amount, one.delay_days, one.time, one.id) == (two.entities, two.amount, two.delay_days, two.time, two.id):
            return
        wanted = [*(f"--entity {name}" for name in one.entities), f"--amount {one.amount} --time {one.time} --id {one.id}"]
        raise InputError(
            "A challenger of payments looks back on the state of the version in use, which has other columns or another delay",
            remedy=f"Train it with {' '.join(wanted)} --delay {one.delay_days:g}",
        )

    def challenge(self, challenger: Shadow, answered: Scored, served: ServedRows, options: Options) -> None:
        self.intake.challenge(served.principal, challenger, answered, served.table)


def intake_of(families: Families) -> PaymentIntake:
    """Where payments are entered."""
    lifecycle: Lifecycle[Any] = families.named("fraud")
    if not isinstance(lifecycle, FraudLifecycle):
        raise TypeError(f"{lifecycle} enters no payments")
    return lifecycle.intake


def intake(database: Database, home: Path) -> PaymentIntake:
    """The payment intake of a process that does nothing else with specialists."""
    return intake_of(Families(database, Registry(database), home))
