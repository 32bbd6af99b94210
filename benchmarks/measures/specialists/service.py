"""Service against batch: four families, 10,000 rows each, equal to the digit; and payments a second with their state in PostgreSQL.

    python benchmarks/specialists.py service [--rows N]

Batch is ``specialists score`` of a file; service is what the routes call, in requests of random size. For fraud the payments are entered as
they come and their labels seven days later. The baseline of the same run: fraud one by one without a state, as it was before.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from finfoundry.app import App, open_app
from finfoundry.core.principal import Principal
from finfoundry.demo.specialists import bring_into_use
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.specialists.families.fraud import fraud
from finfoundry.specialists.inputs.made_data import laundering, loans, payments
from finfoundry.specialists.models.specialist import TrainingRequest, load
from finfoundry.specialists.scoring.score import score_table
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk

ADA = Principal("ada", administrator=True)
DELAY = pd.Timedelta(days=7)


def sizes(rows: int) -> Iterator[slice]:
    chance, first = random.Random(0), 0
    while first < rows:
        last = min(first + chance.choice((1, 3, 20, 200)), rows)
        yield slice(first, last)
        first = last


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """As they come over HTTP: empty cells are null."""
    plain = table.astype({name: str for name in table if pd.api.types.is_datetime64_any_dtype(table[name])}).astype(object)
    return [{str(name): cell for name, cell in row.items()} for row in plain.where(plain.notna(), None).to_dict("records")]


def told(name: str, batch: list[Any], service: list[Any]) -> None:
    same = sum(replace(one, **ROW) == replace(other, **ROW) for one, other in zip(batch, service, strict=True))
    print(f"{name}: {same:,} of {len(batch):,} rows equal to the digit, reasons included", flush=True)


ROW: dict[str, Any] = {"row": 0}


def classified(desk: Desk, folder: Path, request: TrainingRequest, train: pd.DataFrame, later: pd.DataFrame) -> None:
    """Credit and money laundering: a row stands for itself, or for its account in the transfers of the training."""
    name = request.family
    train.to_csv(folder / f"{name}.csv", index=False)
    later.to_csv(folder / f"{name}-later.csv", index=False)
    desk.train(ADA, request, folder / name, Given(folder / f"{name}.csv"))
    bring_into_use(desk, folder / name, Given(folder / f"{name}.csv"))
    batch = desk.score(ADA, folder / name, Given(folder / f"{name}-later.csv"), reasons=True)
    rows = records(later)
    service = [row for part in sizes(len(rows)) for row in desk.serve(ADA, name, rows[part], reasons=True).rows]
    told(name, list(batch.rows), service)


def cards(desk: Desk, folder: Path, count: int) -> None:
    table = payments(2 * count, seed=1, days=60)
    first, later = table.head(count), table.tail(count).reset_index(drop=True)
    first.to_csv(folder / "fraud.csv", index=False)
    later.to_csv(folder / "fraud-later.csv", index=False)
    request = TrainingRequest(
        "fraud", "fraud.csv", "fraud", time="at", id="id", entities=("card", "shop"), amount="amount", budget=2, alerts=0.02
    )  # fmt: skip
    desk.train(ADA, request, folder / "fraud", Given(folder / "fraud.csv"))
    made = load(folder / "fraud")
    batch = score_table(fraud.CLASSIFIER, made, "fraud", pd.read_csv(folder / "fraud-later.csv", dtype={"id": str}), reasons=True).rows
    bring_into_use(desk, folder / "fraud", Given(folder / "fraud-later.csv"))
    rows = records(later.drop(columns="fraud"))
    ids, labels, service, known = later["id"].astype(str).tolist(), later["fraud"].astype(bool).tolist(), [], 0
    for part in sizes(count):
        fresh = {}
        while later["at"][known] < later["at"][part.stop - 1] - DELAY:
            fresh[ids[known]] = labels[known]
            known += 1
        taken = desk.intake.enter(ADA, "fraud", rows[part], fresh, reasons=True)
        service += taken.scores.rows if taken.scores else []
    told("fraud", batch, service)
    recall(made, later, batch, service)


def recall(made: Any, later: pd.DataFrame, batch: list[Any], service: list[Any]) -> None:
    """Alerts among frauds; the baseline looks back on the training alone, as every single payment did before."""
    event, sample = later["fraud"].to_numpy() == 1, np.flatnonzero(later.index < 2_000)
    alone = []
    for row in sample.tolist():
        one = later.iloc[row : row + 1].drop(columns="fraud").reset_index(drop=True)
        ready = fraud.CLASSIFIER.features(one, made.request, fraud.recall(made.history, made.request) if made.past is None else made.past)
        made.past = made.past or fraud.recall(made.history, made.request)
        values = {column.name: ready[column.name].to_numpy(dtype=np.float64) for column in made.schema}
        alone.append(bool(made.model.probability(values)[0] >= made.threshold))
    for name, found in (("as a file", [row.alert for row in batch]), ("one by one with state", [row.alert for row in service])):
        hit = np.array([bool(one) for one in found])
        print(f"  recall {name}: {hit[event].mean():.3f}, {hit.sum()} alerts of {len(hit):,}")
    hit, some = np.array(alone), event[sample]
    first = np.array([bool(row.alert) for row in batch])[sample]
    print(f"  baseline, the first 2,000 on the training's history alone: recall {hit[some].mean():.3f}; as a file {first[some].mean():.3f}")


def market(desk: Desk, folder: Path, count: int) -> None:
    """Days of ten series."""
    chance, series = np.random.default_rng(0), 10
    days = max(count // series, 1000)
    moves = chance.standard_t(5, (days, series)) * 0.01
    table = pd.DataFrame(100 * np.exp(np.cumsum(moves, axis=0)), columns=[f"S{number}" for number in range(series)])
    table.insert(0, "date", pd.bdate_range("2016-01-01", periods=days))
    table.head(days - 50).to_csv(folder / "prices.csv", index=False)
    table.to_csv(folder / "prices-later.csv", index=False)
    desk.train(ADA, TrainingRequest("market-risk", "prices.csv"), folder / "market", Given(folder / "prices.csv"))
    bring_into_use(desk, folder / "market", Given(folder / "prices-later.csv"))
    batch = desk.score(ADA, folder / "market", Given(folder / "prices-later.csv"), reasons=True)
    service = desk.serve(ADA, "market", records(table), reasons=True)
    same = sum(one == other for one, other in zip(batch.rows, service.rows, strict=True))
    print(f"market-risk: {same} of {len(batch.rows)} series of {days:,} days ({series * days:,} cells) equal to the digit", flush=True)


def speed(app: App, desk: Desk, folder: Path, count: int, block: int = 200) -> None:
    """Payments a second: entered, scored with reasons, audited, committed."""
    table = payments(2 * count, seed=5, days=60)
    table.head(count).to_csv(folder / "fast.csv", index=False)
    request = TrainingRequest("fraud", "fast.csv", "fraud", time="at", id="id", entities=("card", "shop"), amount="amount", budget=2)
    desk.train(ADA, request, folder / "fast", Given(folder / "fast.csv"))
    bring_into_use(desk, folder / "fast", Given(folder / "fast.csv"))
    rows = records(table.tail(count).drop(columns="fraud"))
    begun, own, server = time.perf_counter(), time.process_time(), of_server(app.settings.home)
    for first in range(0, count, block):
        desk.intake.enter(ADA, "fast", rows[first : first + block], {}, reasons=True)
    seconds, own, server = time.perf_counter() - begun, time.process_time() - own, of_server(app.settings.home) - server
    print(f"payments entered, scored with reasons and audited, in requests of {block}: {count / seconds:,.0f} a second by the clock;")
    ours, theirs = 1000 * own / count, 1000 * server / count
    print(f"  {ours + theirs:.3f} processor-seconds a thousand ({ours:.3f} ours, {theirs:.3f} PostgreSQL)")


def of_server(home: Path) -> float:
    """Processor-seconds of the home's PostgreSQL so far."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if stat.with_name("cwd").resolve().is_relative_to(home) and "postgres" in stat.with_name("cmdline").read_text():
                fields = stat.read_text().rpartition(")")[2].split()
                total += sum(map(int, fields[11:15])) / 100  # those of ended children, too
        except OSError:  # it ended meanwhile
            continue
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000)
    count = parser.parse_args().rows
    home = Path(tempfile.mkdtemp(prefix="ff-", dir="/dev/shm" if Path("/dev/shm").exists() else "/tmp"))  # short: a socket lies in it
    home.chmod(0o755)
    try:
        with tempfile.TemporaryDirectory() as name, open_app(Settings(home=home, worker=False)) as app:
            desk, folder = Desk(app), Path(name)
            table = loans(3000 + count, seed=1)
            asked = TrainingRequest("credit", "loans", "default", id="id", budget=2)
            classified(desk, folder, asked, table.head(3000), table.tail(count).drop(columns="default"))
            cards(desk, folder, count)
            accounts, transfers, _ = laundering(count, 200, seed=1)
            transfers.to_csv(folder / "transfers.csv", index=False)
            asked = TrainingRequest(
                "aml", "accounts", "laundering", id="account", transactions=str(folder / "transfers.csv"), source="from",
                destination="to", amount="amount", budget=2,
            )  # fmt: skip
            classified(desk, folder, asked, accounts, accounts.drop(columns="laundering"))
            market(desk, folder, count)
            speed(app, desk, folder, count)
    finally:
        Supervisor(home).stop()
