"""Scores over HTTP: by the promoted version, under the label, audited, and asked for again in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from json import dumps, loads
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from tests.server.conftest import Live

from finfoundry.demo.specialists import bring_into_use, filled_in
from finfoundry.governance.trail import recall
from finfoundry.server.client import Client
from finfoundry.server.mcp import reply
from finfoundry.specialists.inputs.made_data import loans as loans_table
from finfoundry.specialists.lifecycle import roles
from finfoundry.specialists.lifecycle.validations import Form
from finfoundry.specialists.models.specialist import TrainingRequest, check_sealed
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk

NAME = "house-loans"


@dataclass
class Served:
    live: Live
    desk: Desk
    folder: Path
    rows: list[dict[Any, Any]]


@pytest.fixture(scope="module")
def served(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A specialist that was trained by the administrator, validated and promoted by others; carol may use it, ana may not."""
    folder = tmp_path_factory.mktemp("specialists")
    table = loans_table(400, seed=3)
    table.to_csv(folder / "loans.csv", index=False)
    desk, app = Desk(live.app), live.app
    request = TrainingRequest("credit", str(folder / "loans.csv"), "default", id="id", budget=2)
    app.policy.add_label(app.administrator, "scores")
    for user in ("bob", "carol"):
        app.policy.add_user(app.administrator, user)
    app.policy.add_grant(app.administrator, "carol", "scores")
    desk.train(app.administrator, request, folder / NAME, Given(folder / "loans.csv"), label="scores")
    rows = table.drop(columns="default").astype(object).where(table.drop(columns="default").notna(), None).to_dict("records")
    return Served(live, desk, folder / NAME, rows)


def test_nothing_is_served_before_a_second_person_promotes(served: Served) -> None:
    with served.live.client(served.live.admin_key) as client:
        assert client.post(f"/v1/specialists/{NAME}/score", json={"row": served.rows[0]}).status_code == 404
    bring_into_use(served.desk, served.folder, Given(served.folder.parent / "loans.csv"))


def test_a_row_is_scored_audited_and_replayed(served: Served) -> None:
    carol = served.live.new_key("carol")
    with served.live.client(carol) as client:
        answer = client.post(f"/v1/specialists/{NAME}/score", json={"row": served.rows[7]})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        (row,) = found["rows"]
        assert row["base"] + sum(reason["contribution"] for reason in row["reasons"]) + row["rest"] == row["score"]
        assert found["warnings"] == []
        record = recall(served.live.app.database, served.live.app.settings.home, served.live.app.administrator, found["record"])
        assert (record.user, record.action, record.one("batch")["root"]) == ("carol", "scores", found["root"])
        assert served.desk.replay(served.live.app.administrator, found["record"]).ok

        told = client.post("/v1/ask", json={"question": f"What is the credit score of applicant {row['id']} by model {NAME}?"}).json()
        assert told["status"] == "answered", told
        assert told["text"] == f"The score of ID {row['id']} by model {NAME} is {row['score']}."
        assert told["figures"][0]["reference"]["record"] == found["record"]
    replay = served.live.app.audit_replay(served.live.app.administrator, told["audit_id"])
    assert replay.ok
    assert any(check.what == "binding" and check.outcome == "agrees" for check in replay.checks)


def test_the_client_and_an_assistant_call_it(served: Served) -> None:
    with Client(served.live.url, served.live.new_key("carol")) as client:
        score = client.score(NAME, [served.rows[9]])["rows"][0]["score"]
        call: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
        call["params"] = {"name": "score", "arguments": {"model": NAME, "row": served.rows[9]}}
        told = reply(client, dumps(call))
    assert told is not None
    assert loads(told["result"]["content"][0]["text"])["rows"][0]["score"] == score


def test_rows_that_cannot_be_scored_come_back_with_why(served: Served) -> None:
    rows = [served.rows[1], {**served.rows[2], "income": "much"}, {**served.rows[3], "job": "astronaut"}, {**served.rows[4], "income": -3}]
    with served.live.client(served.live.admin_key) as client:
        found = client.post(f"/v1/specialists/{NAME}/score", json={"rows": rows, "reasons": False}).json()
    assert (found["scored"], found["refused"]) == (1, 3)
    assert [bool(row["refused"]) for row in found["rows"]] == [False, True, True, True]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"row": {"a": 1}, "rows": [{"a": 1}]}, 400),
        ({"rows": []}, 400),
        ({"row": {"id": "x", "income": [1]}}, 400),
        ({"row": {"id": "x"}}, 400),
    ],
)
def test_a_body_that_cannot_be_scored_is_told(served: Served, body: dict[str, Any], status: int) -> None:
    with served.live.client(served.live.admin_key) as client:
        answer = client.post(f"/v1/specialists/{NAME}/score", json=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["message"]


def test_without_the_label_it_is_not_there(served: Served) -> None:
    with served.live.client() as client:  # ana
        assert client.post(f"/v1/specialists/{NAME}/score", json={"row": served.rows[0]}).status_code == 404
        assert client.get("/v1/specialists").json() == []
        told = client.post("/v1/ask", json={"question": f"What is the credit score of applicant L000007 by model {NAME}?"}).json()
        assert told["status"] != "answered"
    with served.live.client(served.live.new_key("carol")) as client:
        assert [one["name"] for one in client.get("/v1/specialists").json()] == [NAME]


def test_over_http_each_act_needs_its_role_and_three_people(served: Served) -> None:
    desk, app = served.desk, served.live.app
    folder, name = served.folder.parent / "house-cars", "house-cars"
    request = TrainingRequest("credit", str(served.folder.parent / "loans.csv"), "default", id="id", budget=2, seed=1)
    people = {"tess": "trainer", "val": "validator", "app": "approver"}
    for user, role in people.items():
        app.policy.add_user(app.administrator, user)
        app.policy.add_grant(app.administrator, user, "scores", write=True)
        roles.give(app.database, app.administrator, user, role, "scores")
    tess = replace(app.policy.principal("tess"), proof="key of tess")
    desk.train(tess, request, folder, Given(served.folder.parent / "loans.csv"), label="scores")
    version = check_sealed(folder)
    told = loads(TypeAdapter(Form).dump_json(filled_in(folder)))
    rows = loans_table(400, seed=3).astype(object)
    body = {"form": told, "rows": rows.where(rows.notna(), None).to_dict("records")}
    at = f"/v1/specialists/{name}/versions/{version[:16]}"
    clients = {user: served.live.client(served.live.new_key(user)) for user in people}
    try:
        assert {user: client.post(f"{at}/promote").status_code for user, client in clients.items()} == dict.fromkeys(people, 403)
        assert clients["tess"].post(f"{at}/validations", json=body).status_code == 403
        assert clients["val"].post(f"{at}/validations", json={**body, "form": {**told, "outcome": ""}}).status_code == 400
        signed = clients["val"].post(f"{at}/validations", json=body)
        assert signed.status_code == 200, signed.text
        assert clients["val"].post(f"{at}/promote").status_code == 403
        promoted = clients["app"].post(f"{at}/promote")
        assert (promoted.status_code, promoted.json()["state"]) == (200, "promoted")
        assert clients["tess"].get(f"{at}/validations").json() == [signed.json()]
        scored = clients["app"].post(f"/v1/specialists/{name}/score", json={"rows": body["rows"][:60], "reasons": False}).json()
        ids = [row["id"] for row in scored["rows"] if row["probability"] is not None]
        said = {"decisions": [{"id": ids[0], "decision": "approve", "override": True, "why": "a guarantee"}]}
        assert clients["app"].post(f"/v1/specialists/{name}/decisions", json=said).json()["recorded"] == 1
        outcomes = {str(row["id"]): bool(row["default"]) for row in body["rows"][:60] if row["id"] in ids}
        assert clients["app"].post(f"/v1/specialists/{name}/outcomes", json={"outcomes": outcomes}).json()["recorded"] == len(ids)
        assert clients["app"].get(f"/v1/specialists/{name}/backtest").json()["known"] == len(ids)
        assert clients["tess"].post(f"{at}/retire").status_code == 403
        assert clients["app"].post(f"{at}/retire").json()["state"] == "retired"
        assert clients["app"].post(f"{at}/promote").status_code == 403
    finally:
        for client in clients.values():
            client.close()
