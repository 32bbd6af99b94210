"""One small credit specialist, trained once for the tests that read it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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
from finfoundry.specialists.models.specialist import Specialist, TrainingRequest, check_sealed, load

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


@contextmanager
def shared_folder(factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """A folder that all workers of a run share, held by one of them at a time: what it finds there another has made."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


@pytest.fixture(scope="session")
def credit(tmp_path_factory: pytest.TempPathFactory) -> Credit:
    """Trained by the worker that needs it first; each has a copy, since validations and reports are written into it."""
    own, table = tmp_path_factory.mktemp("specialists") / "loans", loans(700, seed=3)
    with shared_folder(tmp_path_factory, "shared-credit") as folder:
        data = folder / "loans.csv"
        if not (folder / "trained").exists():
            table.to_csv(data, index=False)
            request = TrainingRequest("credit", str(data), "default", id="id", group="region", rising=("debt_ratio",), trained_by="ana")
            train(CLASSIFIER, request, folder / "loans")
            (folder / "trained").touch()
        shutil.copytree(folder / "loans", own)
    return Credit(own, data, table, load(own))
