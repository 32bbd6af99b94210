"""20 stocks: 1-day 99 % value at risk and expected shortfall, 1,250 days walked forward; historical simulation beside it.

python benchmarks/specialists.py market-risk
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

from finfoundry.specialists.families.market_risk import market_risk
from finfoundry.specialists.models.specialist import TrainingRequest
from measures import described
from measures.specialists.data import data

DAYS = 2300  # the latest of the file


def main() -> None:
    described(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "prices.csv"
        pd.read_csv(data("skfolio_sp500_dataset.csv.gz")).iloc[-DAYS:].to_csv(path, index=False)
        made = market_risk.train(TrainingRequest("market-risk", str(path)), Path(folder) / "risk")
    for name, figures in made.figures.items():
        print(name, {key: round(figure.value, 4) for key, figure in figures.items()})
