"""Challengers and market moves over HTTP, each by the role that it takes on the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.server.conftest import Live

from finfoundry.demo.specialists import bring_into_use
from finfoundry.specialists.inputs.made_data import loans, prices
from finfoundry.specialists.lifecycle import roles
from finfoundry.specialists.models.specialist import TrainingRequest
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk

PEOPLE = {"tina": "trainer", "vic": "validator", "abe": "approver"}


@pytest.fixture(scope="module")
def people(live: Live) -> Live:
    """Each may write the label and has one role; uma may only use what is under it."""
    app = live.app
    app.policy.add_label(app.administrator, "rivals")
    for user in (*PEOPLE, "uma", "out"):
        app.policy.add_user(app.administrator, user)
    for user, role in PEOPLE.items():
        app.policy.add_grant(app.administrator, user, "rivals", write=True)
        roles.give(app.database, app.administrator, user, role, "rivals")
    app.policy.add_grant(app.administrator, "uma", "rivals")
    return live


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    cells = table.astype(object)
    return [{str(name): cell for name, cell in row.items()} for row in cells.where(cells.notna(), None).to_dict("records")]


def test_a_challenger_over_http_by_role(people: Live, tmp_path: Path) -> None:
    desk, app, name = Desk(people.app), people.app, "rival-loans"
    table, later = loans(400, seed=3), loans(80, seed=9)
    later["id"] = [f"R{number}" for number in range(len(later))]
    table.to_csv(tmp_path / "loans.csv", index=False)
    given, tina = Given(tmp_path / "loans.csv"), replace(app.policy.principal("tina"), proof="key of tina")
    request = TrainingRequest("credit", "loans.csv", "default", id="id", budget=2)
    desk.train(tina, request, tmp_path / "a" / name, given, label="rivals")
    other = desk.train(tina, replace(request, champion="challenger"), tmp_path / "b" / name, given, label="rivals")
    bring_into_use(desk, tmp_path / "a" / name, given)
    at = f"/v1/specialists/{name}"
    challenge, rows = f"{at}/versions/{other.version[:16]}/challenge", rows_of(later.drop(columns="default"))
    clients = {user: people.client(people.new_key(user)) for user in (*PEOPLE, "uma", "out")}
    reads = people.client(people.new_key("abe", "read"))
    try:
        alone = clients["uma"].post(f"{at}/score", json={"rows": rows}).json()
        told = {user: client.post(challenge, json={"share": 1.0}).status_code for user, client in clients.items() if user != "abe"}
        assert told == {"tina": 403, "vic": 403, "uma": 403, "out": 404}
        assert reads.post(challenge, json={"share": 1.0}).status_code == 403, "a key that may only read"
        assert clients["abe"].post(challenge, json={"share": 1.5}).status_code == 400
        assert clients["abe"].post(f"{at}/versions/{'f' * 16}/challenge", json={}).status_code == 404
        assert clients["uma"].get(f"{at}/comparison").status_code == 404, "there is none yet"
        set_ = clients["abe"].post(challenge, json={"share": 1.0})
        assert (set_.status_code, set_.json()) == (200, {"name": name, "version": other.version, "share": 1.0, "set_by": "abe"})
        answered = clients["uma"].post(f"{at}/score", json={"rows": rows}).json()
        assert (answered["rows"], answered["version"]) == (alone["rows"], alone["version"])
        assert clients["uma"].get(f"{at}/comparison").status_code == 400, "no outcomes yet"
        came = {str(row["id"]): bool(row["default"]) for row in rows_of(later)}
        assert clients["abe"].post(f"{at}/outcomes", json={"outcomes": came}).json()["recorded"] == len(came)
        found = clients["uma"].get(f"{at}/comparison").json()
        assert (found["challenger"], found["known"], found["scored"]) == (other.version, len(came), len(came))
        assert found["figures"]["auc"]["low"] <= found["figures"]["auc"]["difference"] <= found["figures"]["auc"]["high"]
        assert clients["out"].get(f"{at}/comparison").status_code == 404
        assert [clients[user].post(f"{at}/challenger/end").status_code for user in ("tina", "vic", "uma")] == [403] * 3
        assert clients["abe"].post(f"{at}/challenger/end").status_code == 204
        assert clients["abe"].post(f"{at}/challenger/end").status_code == 404
        assert clients["abe"].post(f"{at}/score", json={"rows": rows[:1], "as_of": "2024-03-31"}).status_code == 400, "no accounts"
    finally:
        for client in (*clients.values(), reads):
            client.close()


def test_market_moves_over_http(people: Live, tmp_path: Path) -> None:
    desk, name, app = Desk(people.app), "rival-market", people.app
    table = prices(850, seed=4)
    table["date"] = pd.bdate_range(end=pd.Timestamp.now(tz="UTC").tz_localize(None).normalize(), periods=len(table))
    table["date"] = table["date"].dt.strftime("%Y-%m-%d")
    table.head(800).to_csv(tmp_path / "prices.csv", index=False)
    folder, given = tmp_path / name, Given(tmp_path / "prices.csv")
    desk.train(app.administrator, TrainingRequest("market-risk", "prices.csv", "", prices=("all",)), folder, given, label="rivals")
    bring_into_use(desk, folder, given)
    at, clients = f"/v1/specialists/{name}", {user: people.client(people.new_key(user)) for user in ("abe", "uma", "out")}
    try:
        rows = rows_of(table)
        assert clients["uma"].post(f"{at}/score", json={"rows": rows[:810]}).status_code == 200
        body = {"rows": rows[805:]}
        assert {user: client.post(f"{at}/moves", json=body).status_code for user, client in clients.items() if user != "abe"} == {
            "uma": 403,
            "out": 404,
        }
        noted = clients["abe"].post(f"{at}/moves", json=body)
        assert (noted.status_code, noted.json()["recorded"], noted.json()["unchanged"]) == (200, 2 * 40, 0)
        assert clients["abe"].post(f"{at}/moves", json=body).json()["recorded"] == 0, "each counts once"
        changed = [{**row, "ACME": row["ACME"] * 1.01} if place == 44 else row for place, row in enumerate(rows[805:])]
        assert clients["abe"].post(f"{at}/moves", json={"rows": changed}).status_code == 400, "a move is final"
        assert clients["abe"].post(f"{at}/moves", json={"rows": []}).status_code == 400
        assert clients["uma"].get(f"{at}/backtest").status_code == 400, "one forecast only, and of a day that was over"
    finally:
        for client in clients.values():
            client.close()
