"""Payments over HTTP: entered once, scored on the state, taken in by the worker, under the label of the specialist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.server.conftest import Live

from finfoundry.demo.specialists import bring_into_use
from finfoundry.runtime import jobs
from finfoundry.specialists.inputs.made_data import payments
from finfoundry.specialists.models.specialist import TrainingRequest
from finfoundry.specialists.scoring.scores import ENTER_PAYMENTS
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk

NAME, FIRST = "house-cards", 1200


@pytest.fixture(scope="module")
def rows(live: Live, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What comes after the training of a specialist in use: dora may send payments, erin may only have them scored."""
    folder = tmp_path_factory.mktemp("payments")
    table = payments(1500, seed=3)
    table.head(FIRST).to_csv(folder / "paid.csv", index=False)
    desk, app = Desk(live.app), live.app
    request = TrainingRequest("fraud", "paid.csv", "fraud", time="at", id="id", entities=("card", "shop"), amount="amount", budget=2)
    app.policy.add_label(app.administrator, "payments")
    for user in ("dora", "erin"):
        app.policy.add_user(app.administrator, user)
        app.policy.add_grant(app.administrator, user, "payments", write=user == "dora")
    desk.train(app.administrator, request, folder / NAME, Given(folder / "paid.csv"), label="payments")
    bring_into_use(desk, folder / NAME, Given(folder / "paid.csv"))
    later = table.tail(300).drop(columns="fraud").astype({"at": str})
    return [{str(name): cell for name, cell in row.items()} for row in later.to_dict("records")]


def test_payments_come_in_by_the_route(live: Live, rows: list[dict[str, Any]]) -> None:
    with live.client(live.new_key("dora")) as client:
        first = client.post(f"/v1/specialists/{NAME}/payments", json={"payments": rows[:50], "reasons": True})
        assert first.status_code == 200, first.text
        found = first.json()
        assert (found["entered"], found["scores"]["scored"], found["refused"]) == (50, 50, [])
        again = client.post(f"/v1/specialists/{NAME}/payments", json={"payments": rows[:50], "labels": {str(rows[0]["id"]): True}}).json()
        assert (again["entered"], again["repeated"], again["labels"]) == (0, 50, 1)
        assert [row["score"] for row in again["scores"]["rows"]] == [row["score"] for row in found["scores"]["rows"]]


def test_what_does_not_wait_is_taken_in_by_the_worker(live: Live, rows: list[dict[str, Any]]) -> None:
    desk = Desk(live.app)
    with live.client(live.new_key("dora")) as client:
        sent = client.post(f"/v1/specialists/{NAME}/payments", json={"payments": rows[100:120], "wait": False}).json()
        while jobs.work(live.app.database, {ENTER_PAYMENTS: desk.intake.work}):
            pass
        found = client.get(f"/v1/specialists/{NAME}/payments/{sent['id']}").json()
        while found["state"] == "waiting":  # the home's own worker took it
            found = client.get(f"/v1/specialists/{NAME}/payments/{sent['id']}").json()
        assert (found["state"], found["result"]["entered"]) == ("done", 20)
        assert client.get(f"/v1/specialists/{NAME}/payments/nothing").status_code == 404
    live.app.policy.add_user(live.app.administrator, "gus")
    live.app.policy.add_grant(live.app.administrator, "gus", "payments", write=True)
    for stranger in ("erin", "gus"):  # who may send payments of it, too
        with live.client(live.new_key(stranger)) as client:
            assert client.get(f"/v1/specialists/{NAME}/payments/{sent['id']}").status_code == 404


def test_who_may_only_read_enters_nothing(live: Live, rows: list[dict[str, Any]]) -> None:
    with live.client(live.new_key("erin")) as client:
        assert client.post(f"/v1/specialists/{NAME}/payments", json={"payments": rows[:1]}).status_code == 403
        assert client.post(f"/v1/specialists/{NAME}/score", json={"row": rows[200]}).json()["scored"] == 1
    with live.client() as client:  # ana has no grant
        assert client.post(f"/v1/specialists/{NAME}/payments", json={"payments": rows[:1]}).status_code == 404
        assert client.post(f"/v1/specialists/{NAME}/payments", json={}).status_code == 400


@pytest.mark.usefixtures("rows")
def test_payments_come_in_by_the_command(live: Live, tmp_path: Path) -> None:
    table = payments(1500, seed=3).iloc[FIRST + 130 : FIRST + 180]
    table.to_csv(tmp_path / "more.csv", index=False)
    taken = Desk(live.app).enter(live.app.administrator, NAME, Given(tmp_path / "more.csv"))
    assert (taken.entered, taken.labels, taken.scores is not None and taken.scores.scored) == (50, 50, 50)
