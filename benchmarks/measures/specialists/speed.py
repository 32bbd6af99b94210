"""Speed of scoring, on data made here: a scorecard by row and in batch with its audit, replay, and fraud as a stream with state.

    python benchmarks/specialists.py speed [--rows 1000000]

Beside each figure stands its baseline of the same run: OptBinning's own scorecard and LightGBM for one row; for a batch the same rows made
into objects one by one. ``--rows``: of the file that is scored with reasons; what ten million take is reckoned from it and said so.
The clock of a busy machine says little: processor-seconds are of this process and of its PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from optbinning import BinningProcess, Scorecard
from sklearn.linear_model import LogisticRegression

from finfoundry.app import open_app
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.specialists.families.credit import credit
from finfoundry.specialists.families.fraud import fraud
from finfoundry.specialists.families.fraud.windows import Ledger, names_of
from finfoundry.specialists.inputs.made_data import loans, payments
from finfoundry.specialists.inputs.schema import read, take
from finfoundry.specialists.lifecycle.train import train
from finfoundry.specialists.models.specialist import Specialist, TrainingRequest
from finfoundry.specialists.scoring.replay import again, kept
from finfoundry.specialists.scoring.score import inputs, score_inputs, score_table
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk
from measures.specialists.service import of_server

ROWS, PLAIN = 300_000, 30_000


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loans(3000, seed=1).to_csv(folder / "loans.csv", index=False)
        made = train(credit.CLASSIFIER, TrainingRequest("credit", str(folder / "loans.csv"), "default", id="id"), folder / "credit")
        payments(20_000, seed=1).to_parquet(folder / "payments.parquet")
        request = TrainingRequest(
            "fraud", str(folder / "payments.parquet"), "fraud", time="at", id="id", entities=("card", "shop"), amount="amount"
        )
        watcher = train(fraud.CLASSIFIER, request, folder / "fraud")
        single(made, loans(300, seed=2))
        rivals(loans(3000, seed=1), loans(300, seed=2))
        audited(folder, rows)
    table = loans(ROWS, seed=2)
    batch(made, table)
    replay(made, table.head(10_000))
    stream(watcher, payments(20_000, seed=1))


def audited(folder: Path, rows: int) -> None:
    """Files scored with their audit: without reasons and with them, and as objects one by one."""
    home = Path(tempfile.mkdtemp(prefix="ff-", dir="/tmp"))  # short: PostgreSQL's socket lies in it
    home.chmod(0o755)
    try:
        with open_app(Settings(home=home, worker=False)) as app:
            desk, ana = Desk(app), app.administrator
            desk.registry.register(ana, folder / "credit")
            for count, reasons in ((ROWS, False), (rows, True)):
                write_loans(folder / "many.csv", count)
                given, out = Given(folder / "many.csv"), folder / "scores.csv"
                spent = Spent(home)
                desk.score(ana, folder / "credit", given, reasons=reasons, out=out)
                spent.tell(f"file with audit{' and reasons' if reasons else ''}", count)
            spent.tell_for("ten million rows so", 10_000_000 / rows)
            for reasons in (False, True):
                write_loans(folder / "few.csv", PLAIN)
                spent = Spent(home)
                desk.score(ana, folder / "credit", Given(folder / "few.csv"), reasons=reasons)
                spent.tell(f"  the same row by row{' with reasons' if reasons else ''}", PLAIN)
    finally:
        Supervisor(home).stop()
        shutil.rmtree(home, ignore_errors=True)


def write_loans(path: Path, rows: int, block: int = 250_000) -> None:
    """A file of loans whose ids differ, in blocks."""
    for first in range(0, rows, block):
        table = loans(min(block, rows - first), seed=first + 2).drop(columns="default")
        table["id"] = [f"L{first + number:08d}" for number in range(len(table))]
        table.to_csv(path, index=False, header=not first, mode="a" if first else "w")


class Spent:
    """What a run takes by the clock, of this processor and of PostgreSQL's, from now on."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.begun = self.now()

    def now(self) -> tuple[float, float, float]:
        return time.perf_counter(), time.process_time(), of_server(self.home)

    def seconds(self) -> tuple[float, float, float]:
        clock, own, server = (after - before for after, before in zip(self.now(), self.begun, strict=True))
        return clock, own, server

    def tell(self, what: str, rows: int) -> None:
        clock, own, server = self.seconds()
        self.last = clock, own, server
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"{what}: {rows:,} rows in {clock:.1f} s by the clock ({rows / clock:,.0f} rows/s), {most:.2f} GiB at most;", flush=True)
        print(f"  {rows / own:,.0f} rows a processor-second of ours, {rows / (own + server):,.0f} with PostgreSQL's")

    def tell_for(self, what: str, times: float) -> None:
        """Reckoned from the last."""
        clock, own, server = self.last
        print(f"{what}: {times * clock:.0f} s by the clock, {times * (own + server):.0f} processor-seconds (reckoned, x {times:g})")


def rivals(train_on: pd.DataFrame, table: pd.DataFrame) -> None:
    """One row by OptBinning's scorecard and by LightGBM, without checks, reasons or grade."""
    columns, texts = [name for name in table if name not in ("id", "default")], ["job", "purpose", "region"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        process = BinningProcess(columns, categorical_variables=texts)
        card = Scorecard(process, LogisticRegression(max_iter=1000)).fit(train_on[columns], train_on["default"])
        told("OptBinning's score alone", [elapsed(card.score, table.loc[[row], columns]) for row in range(100)])
        coded = [frame[columns].assign(**{name: frame[name].astype("category").cat.codes for name in texts}) for frame in (train_on, table)]
        trees = lightgbm.LGBMClassifier(verbose=-1, n_jobs=1).fit(coded[0], train_on["default"])
        told("LightGBM's probability alone", [elapsed(trees.predict_proba, coded[1].loc[[row]]) for row in range(100)])


def elapsed(work: Callable[..., Any], argument: Any) -> float:
    started = time.perf_counter()
    work(argument)
    return time.perf_counter() - started


def told(what: str, seconds: list[float]) -> None:
    print(f"  {what}: p50 {np.quantile(seconds, 0.5) * 1e3:.2f} ms, p95 {np.quantile(seconds, 0.95) * 1e3:.2f} ms")


def batch(made: Specialist, table: pd.DataFrame) -> None:
    started, worked = time.perf_counter(), time.process_time()
    checked = read(made.schema, table)
    made.model.probability(take(checked.values, checked.good))
    print(f"batch: {len(table) / (time.perf_counter() - started):,.0f} rows/s with schema checks", end=" ")
    print(f"({len(table) / (time.process_time() - worked):,.0f} a second of the processor)")


def single(made: Specialist, table: pd.DataFrame) -> None:
    seconds, worked = [], []
    for row in range(len(table)):
        one = table.iloc[row : row + 1].reset_index(drop=True)
        started, busy = time.perf_counter(), time.process_time()
        score_table(credit.CLASSIFIER, made, "credit", one, reasons=True)
        worked.append(time.process_time() - busy)
        seconds.append(time.perf_counter() - started)
    for name, found in (("clock", seconds), ("processor", worked)):
        print(f"single row with reasons, {name}: p50 {np.quantile(found, 0.5) * 1e3:.2f} ms, p95 {np.quantile(found, 0.95) * 1e3:.2f} ms")


def replay(made: Specialist, table: pd.DataFrame) -> None:
    ready = inputs(credit.CLASSIFIER, made, table)
    rows = json.loads(json.dumps(kept(made, ready, score_inputs(made, "credit", ready, reasons=False))))
    print(f"replay: {len(rows) - len(again(made, rows))} of {len(rows)} the same to the last digit")


def stream(made: Specialist, table: pd.DataFrame, block: int = 256) -> None:
    """Features one by one, scores in blocks of transactions that arrived together."""
    state, rows, amounts = Ledger(("card", "shop"), 7.0), fraud.payments_of(table, made.request), table["amount"].tolist()
    names = names_of(("card", "shop"))
    started, worked = time.perf_counter(), time.process_time()
    for first in range(0, len(rows), block):
        state.enter(rows[first : first + block])
        pairs = zip(rows[first : first + block], amounts[first : first + block], strict=True)
        found = np.array([state.features(one.at, one.keys, amount) for one, amount in pairs])
        made.model.probability({name: found[:, number] for number, name in enumerate(names)})
    print(f"stream: {len(rows) / (time.perf_counter() - started):,.0f} transactions/s, scored in blocks of {block}", end=" ")
    print(f"({len(rows) / (time.process_time() - worked):,.0f} a second of the processor)")
