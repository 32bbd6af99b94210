"""One small credit specialist, trained once for the tests that read it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from finfoundry.specialists.credit import FAMILY
from finfoundry.specialists.made_data import loans
from finfoundry.specialists.specialist import Request, Specialist
from finfoundry.specialists.train import train


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
    request = Request("credit", str(data), "default", id="id", group="region", rising=("debt_ratio",), trained_by="ana")
    made = train(FAMILY, request, folder / "loans")
    return Credit(folder / "loans", data, table, made)
