"""One small credit specialist, trained once for the tests that read it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from finfoundry.core.principal import Principal
from finfoundry.specialists.families.credit.credit import CLASSIFIER
from finfoundry.specialists.inputs.made_data import loans
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.lifecycle.train import train
from finfoundry.specialists.lifecycle.validations import ChecklistAnswer, Form, Outcome, Signed
from finfoundry.specialists.models.specialist import Specialist, TrainingRequest, check_sealed

ANA, BOB = Principal("ana", administrator=True), Principal("bob", administrator=True)
CARA = Principal("cara", administrator=True)  # who validates
ASKED = ("It works",)


def form(outcome: Outcome = "fit", days: int = 365, **others: Any) -> Form:
    """A validation of one demand."""
    last = (datetime.now(UTC) + timedelta(days=days)).date()
    return replace(Form(outcome, last, [ChecklistAnswer(asks, "met") for asks in ASKED]), **others)


def validate(registry: Registry, folder: Path, validator: Principal = CARA, found: Form | None = None) -> Signed:
    """A validation without figures, for tests of what rests on one."""
    return registry.sign(validator, check_sealed(folder), found or form(), ASKED, None)


@dataclass(frozen=True)
class Credit:
    folder: Path
    data: Path
    table: pd.DataFrame
    specialist: Specialist


@pytest.fixture(scope="session")
def credit(tmp_path_factory: pytest.TempPathFactory) -> Credit:
    folder = tmp_path_factory.mktemp("specialists")
    table = loans(700, seed=3)
    data = folder / "loans.csv"
    table.to_csv(data, index=False)
    request = TrainingRequest("credit", str(data), "default", id="id", group="region", rising=("debt_ratio",), trained_by="ana")
    made = train(CLASSIFIER, request, folder / "loans")
    return Credit(folder / "loans", data, table, made)
