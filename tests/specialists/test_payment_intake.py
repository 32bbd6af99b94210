"""Payments in service: the state of the windows in PostgreSQL, every payment once, and scores that are those of a file."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from finfoundry.app import App, open_app
from finfoundry.core.errors import NotFound, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.demo.specialists import bring_into_use
from finfoundry.runtime import jobs
from finfoundry.runtime.settings import Settings
from finfoundry.specialists.families.fraud import fraud
from finfoundry.specialists.families.fraud.payment_intake import Taken
from finfoundry.specialists.inputs.made_data import payments
from finfoundry.specialists.models.specialist import Specialist, TrainingRequest, load, write_sealed
from finfoundry.specialists.scoring.score import Scored, ScoredRow, inputs, score_inputs
from finfoundry.specialists.scoring.scores import ENTER_PAYMENTS, Scores
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk

pytestmark = pytest.mark.slow  # the core is asked over HTTP in tests/server/test_payments.py
ADA, BOB = Principal("ada", administrator=True), Principal("bob", administrator=True)
FIRST = 1900  # payments of the training


@dataclass
class Bank:
    """A fraud specialist in use, and what came after its training, with what a file of all of it gives."""

    app: App
    desk: Desk
    made: Specialist
    folder: Path
    later: pd.DataFrame
    file: list[ScoredRow]

    def rows(self, first: int, last: int) -> list[dict[str, Any]]:
        plain = self.later.iloc[first:last].drop(columns="fraud").astype({"at": str, "id": str})
        return [{str(name): cell for name, cell in row.items()} for row in plain.to_dict("records")]

    def fresh(self, name: str) -> str:
        """The same specialist under another name, so that its state begins with the training's."""
        folder = self.folder / name
        folder.mkdir()
        for path in (self.folder / "cards").iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
        model = (folder / "specialist.json").read_text()
        files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "manifest.json"}
        files |= {"specialist.json": model.replace('"purpose": ""', f'"purpose": "{name}"').encode()}
        write_sealed(folder, files)
        self.desk.registry.register(ADA, folder)
        bring_into_use(self.desk, folder, Given(self.folder / "some.csv"))
        return name


@pytest.fixture(scope="module")
def bank(module_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    folder = tmp_path_factory.mktemp("bank")
    table = payments(2600, seed=1)
    table["at"] = table["at"].dt.strftime("%Y-%m-%d %H:%M:%S")
    table.head(FIRST).to_csv(folder / "paid.csv", index=False)
    with open_app(Settings(home=module_home)) as app:
        desk = Desk(app)
        request = TrainingRequest(
            "fraud", "paid.csv", "fraud", time="at", id="id", entities=("card", "shop"), amount="amount", budget=2, alerts=0.05
        )  # fmt: skip
        desk.train(ADA, request, folder / "cards", Given(folder / "paid.csv"))
        table.iloc[FIRST - 800 : FIRST + 200].to_csv(folder / "some.csv", index=False)
        bring_into_use(desk, folder / "cards", Given(folder / "some.csv"))
        made = load(folder / "cards")
        later = table.tail(len(table) - FIRST).reset_index(drop=True)
        ready = inputs(fraud.CLASSIFIER, made, later)  # a file, after what training kept
        file = score_inputs(made, "cards", ready, reasons=True).rows
        yield Bank(app, desk, made, folder, later, file)


def same(found: list[ScoredRow], file: list[ScoredRow]) -> bool:
    return [replace(row, row=0) for row in found] == [replace(row, row=0) for row in file]


def test_one_by_one_and_as_a_file_give_the_same_alerts_to_the_digit(bank: Bank) -> None:
    """The fault: 77 alerts as a file, none one by one."""
    name = bank.fresh("one-by-one")
    known = {str(row.id): bool(row.fraud) for row in bank.later.itertuples()}
    at = pd.to_datetime(bank.later["at"])
    told, found = 0, []
    for row in range(150):
        labels = {}
        while at[told] < at[row] - pd.Timedelta(days=7):
            labels[str(bank.later["id"][told])] = known[str(bank.later["id"][told])]
            told += 1
        taken = bank.desk.intake.enter(ADA, name, bank.rows(row, row + 1), labels, reasons=True)
        assert taken.scores is not None
        found += taken.scores.rows
    assert same(found, bank.file[:150])
    assert sum(bool(row.alert) for row in found) == sum(bool(row.alert) for row in bank.file[:150]) > 0


def test_in_batches_with_labels_the_whole_file_is_the_same(bank: Bank) -> None:
    name, found = bank.fresh("batches"), []
    for first in range(0, len(bank.later), 100):
        part = bank.later.iloc[first : first + 100]
        taken = bank.desk.intake.enter(ADA, name, part, {}, reasons=True)
        assert (taken.entered, taken.labels, taken.refused) == (len(part), len(part), [])
        assert taken.scores is not None
        found += taken.scores.rows
    assert same(found, bank.file)


def test_what_is_sent_again_counts_once(bank: Bank) -> None:
    name = bank.fresh("again")
    first = bank.desk.intake.enter(ADA, name, bank.rows(0, 40), {})
    second = bank.desk.intake.enter(ADA, name, bank.rows(0, 60), {})
    assert (first.entered, second.entered, second.repeated) == (40, 20, 40)
    third = bank.desk.intake.enter(ADA, name, bank.rows(60, 200), {})
    assert third.scores is not None
    once = bank.fresh("once")
    bank.desk.intake.enter(ADA, once, bank.rows(0, 60), {})
    other = bank.desk.intake.enter(ADA, once, bank.rows(60, 200), {})
    assert other.scores is not None
    assert same(third.scores.rows, other.scores.rows)
    changed = [{**bank.rows(0, 1)[0], "amount": 1.0}]
    refused = bank.desk.intake.enter(ADA, name, changed, {})
    assert (refused.entered, "known with other values" in refused.refused[0].reason, refused.scores) == (0, True, None)


def test_the_state_survives_the_process_and_is_seen_by_another(bank: Bank) -> None:
    name = bank.fresh("restart")
    other = Desk(bank.app)  # as a second process: it holds nothing of the first
    found: list[ScoredRow] = []
    for number, first in enumerate(range(0, 700, 50)):
        desk = (bank.desk, other, Desk(bank.app))[number % 3]
        taken = desk.intake.enter(ADA, name, bank.later.iloc[first : first + 50], {}, reasons=True)
        assert taken.scores is not None
        found += taken.scores.rows
    assert same(found, bank.file)


def test_payments_and_labels_out_of_order_end_in_the_same_state(bank: Bank) -> None:
    name, chance = bank.fresh("mixed"), random.Random(4)
    order = chance.sample(range(600), 600)
    for first in range(0, 600, 150):
        part = bank.later.iloc[order[first : first + 150]]
        bank.desk.intake.enter(ADA, name, part.drop(columns="fraud"), {}, score=False)
    ids = chance.sample([str(one) for one in bank.later["id"][:600]], 600)
    known = {str(row.id): bool(row.fraud) for row in bank.later.itertuples()}
    for first in range(0, 600, 150):
        told = bank.desk.intake.enter(ADA, name, [], {one: known[one] for one in ids[first : first + 150]})
        assert (told.labels, told.scores) == (150, None)
    late = bank.desk.intake.enter(ADA, name, bank.later.iloc[600:700], {}, reasons=True)
    assert late.scores is not None
    assert same(late.scores.rows, bank.file[600:700])
    wrong = {ids[0]: not known[ids[0]], "nobody": True}
    assert bank.desk.intake.enter(ADA, name, [], wrong).corrected == 1
    back = bank.desk.intake.enter(ADA, name, [], {ids[0]: known[ids[0]], "nobody": True})
    assert (back.corrected, back.unknown) == (1, ["nobody"])
    again = bank.desk.intake.enter(ADA, name, bank.later.iloc[600:700], {}, reasons=True)
    assert again.scores is not None
    assert (again.repeated, same(again.scores.rows, bank.file[600:700])) == (100, True)


def test_scoring_alone_looks_back_on_the_state_and_enters_nothing(bank: Bank) -> None:
    name = bank.fresh("looking")
    bank.desk.intake.enter(ADA, name, bank.later.iloc[:300], {}, score=False)
    for _ in range(2):
        served = bank.desk.serve(ADA, name, bank.rows(300, 303), reasons=True)
        assert isinstance(served, Scored)
        assert same(served.rows, bank.file[300:303])
    bank.later.iloc[300:400].drop(columns="fraud").to_csv(bank.folder / "today.csv", index=False)
    scored = bank.desk.score(ADA, bank.folder / name, Given(bank.folder / "today.csv"), reasons=True)
    assert isinstance(scored, Scored)
    assert [row.probability for row in scored.rows[:3]] == [row.probability for row in bank.file[300:303]]


def test_a_history_that_ends_too_early_is_refused_and_a_hole_is_marked(bank: Bank) -> None:
    name = bank.fresh("old")
    gap = bank.rows(0, 700)
    shifted = [{**row, "at": str(pd.Timestamp(row["at"]) + pd.Timedelta(days=20))} for row in gap[:50]]
    alone = bank.desk.serve(ADA, name, shifted[:1], reasons=False)
    assert isinstance(alone, Scored)
    assert "the known history ends" in str(alone.rows[0].refused)
    taken = bank.desk.intake.enter(ADA, name, shifted, {})
    assert taken.scores is not None
    assert (taken.entered, taken.scores.refused, taken.scores.scored) == (50, 1, 49)
    assert "No payment is known between" in taken.scores.warnings[0]
    for days in (0, 10):
        between = [{**row, "id": f"{days} {row['id']}", "at": str(pd.Timestamp(row["at"]) + pd.Timedelta(days=days))} for row in gap]
        bank.desk.intake.enter(ADA, name, between, {}, score=False)
    whole = bank.desk.intake.enter(ADA, name, [{**shifted[-1], "id": "y"}], {})
    assert whole.scores is not None
    assert (whole.scores.scored, whole.scores.warnings) == (1, [])


def test_what_is_no_payment_is_refused_row_by_row(bank: Bank) -> None:
    name, row = bank.fresh("typed"), bank.rows(0, 1)[0]
    bad = [row | change for change in ({"amount": "abc"}, {"amount": ""}, {"amount": "1,234.50"}, {"amount": -5}, {"amount": 1e300})]
    wrong: list[dict[str, Any]] = [{"at": "soon"}, {"at": "2199-01-01"}, {"id": None}]
    bad += [row | {"id": f"n{number}"} | change for number, change in enumerate(wrong)]
    taken = bank.desk.intake.enter(ADA, name, [*bad, {**row, "id": "good"}], {})
    assert (taken.entered, len(taken.refused)) == (1, len(bad))
    served = bank.desk.serve(ADA, name, [{**one, "id": f"z{number}"} for number, one in enumerate(bad[:5])], reasons=False)
    assert isinstance(served, Scored)
    assert served.scored == 0


def test_the_label_decides_who_may_enter_and_who_may_look(bank: Bank) -> None:
    name = bank.fresh("labels")
    policy = bank.app.policy
    for user in ("reader", "stranger", "writer"):
        policy.add_user(ADA, user)
    policy.add_grant(ADA, "reader", "sensitive")
    policy.add_grant(ADA, "writer", "sensitive", write=True)
    with pytest.raises(NotFound):
        bank.desk.intake.enter(Principal("stranger"), name, bank.rows(0, 2), {})
    with pytest.raises(NotPermitted):
        bank.desk.intake.enter(Principal("reader"), name, bank.rows(0, 2), {})
    assert bank.desk.intake.enter(Principal("writer"), name, bank.rows(0, 2), {}).entered == 2
    assert bank.desk.serve(Principal("reader"), name, bank.rows(2, 3), reasons=False).rows[0].refused is None


def test_the_worker_enters_what_waits_exactly_once(bank: Bank) -> None:
    name = bank.fresh("queued")
    batches = [bank.desk.intake.queue(ADA, name, bank.rows(first, first + 30), {}) for first in (0, 30)]
    handlers = {ENTER_PAYMENTS: bank.desk.intake.work}
    while jobs.work(bank.app.database, handlers):
        pass
    bank.desk.intake.work({"batch": batches[0].id})
    until = time.monotonic() + 60  # the home's own worker may be at one of them
    while "waiting" in [bank.desk.intake.batch(ADA, one.id).state for one in batches] and time.monotonic() < until:
        time.sleep(0.05)
    found = [bank.desk.intake.batch(ADA, one.id) for one in batches]
    assert [(one.state, (one.result or {})["entered"]) for one in found] == [("done", 30), ("done", 30)]
    assert bank.desk.intake.enter(ADA, name, bank.rows(0, 60), {}, score=False).repeated == 60
    with pytest.raises(NotFound):
        bank.desk.intake.batch(BOB, batches[0].id)
    with bank.app.database.transaction(ADA) as connection:
        Scores.forget(connection, "ada")
    with pytest.raises(NotFound):
        bank.desk.intake.batch(ADA, batches[0].id)


def test_a_batch_that_fails_leaves_nothing_in_store_or_memory(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    name = bank.fresh("failing")
    with monkeypatch.context() as patched:
        patched.setattr("finfoundry.specialists.families.fraud.payment_intake.score_blocks", lambda *_, **__: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            bank.desk.intake.enter(ADA, name, bank.later.iloc[:50], {})
    taken: Taken = bank.desk.intake.enter(ADA, name, bank.later.iloc[:50], {}, reasons=True)
    assert taken.entered == 50
    assert taken.scores is not None
    assert same(taken.scores.rows, bank.file[:50])
