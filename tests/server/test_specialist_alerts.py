"""Alerts over HTTP: by the label, by each person's own key, closed by two."""

from __future__ import annotations

import numpy as np
import pytest
from tests.server.conftest import Live

from finfoundry.specialists.families.aml import alerts
from finfoundry.specialists.families.aml.alerts import AlertBatch, Suspicion
from finfoundry.specialists.families.aml.graph import transfers
from finfoundry.specialists.families.aml.typologies import findings, read_rules
from finfoundry.specialists.inputs.made_data import loans
from finfoundry.specialists.models.specialist import TrainingRequest, check_sealed
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk

NAME = "watched"
AT = f"/v1/specialists/{NAME}/alerts"


@pytest.fixture(scope="module")
def number(live: Live, tmp_path_factory: pytest.TempPathFactory) -> int:
    """One alert under a label that dana and erin may write and flor may read; the version stands in for one of accounts."""
    folder, app = tmp_path_factory.mktemp("alerts"), live.app
    loans(300, seed=1).to_csv(folder / "loans.csv", index=False)
    app.policy.add_label(app.administrator, "cases")
    for user in ("dana", "erin", "flor", "gwen"):
        app.policy.add_user(app.administrator, user)
    for user in ("dana", "erin", "flor"):
        app.policy.add_grant(app.administrator, user, "cases", write=user != "flor")
    desk = Desk(app)
    request = TrainingRequest("credit", str(folder / "loans.csv"), "default", id="id", budget=2)
    desk.train(app.administrator, request, folder / NAME, Given(folder / "loans.csv"), label="cases")
    version = check_sealed(folder / NAME)
    graph = transfers(["c"] * 3, ["a"] * 3, np.array([9500.0, 9000.55, 9800.0]), np.array([19_800.0, 19_801.0, 19_802.0]))
    found = Suspicion("a", {"probability": 0.7}, alerted=True, findings=findings(graph, "a", read_rules(), 19_805.0, dated=True))
    record, _ = desk.registry.record(app.administrator, {"specialist": NAME, "version": version}, [])
    batch = AlertBatch(NAME, version, record, "2024-03-23", read_rules().digest)
    with app.database.transaction(app.administrator) as connection:
        return alerts.open_alerts(connection, app.administrator, batch, [found], 1).opened[0].id


def test_alerts_over_http_are_closed_by_two_people(live: Live, number: int) -> None:
    clients = {user: live.client(live.new_key(user)) for user in ("dana", "erin", "flor", "gwen")}
    try:
        assert [one["id"] for one in clients["flor"].get(AT).json()] == [number]
        assert clients["gwen"].get(AT).json() == []
        assert clients["gwen"].get(f"{AT}/{number}").status_code == 404
        assert clients["flor"].post(f"{AT}/{number}/notes", json={"text": "not mine"}).status_code == 403
        noted = clients["dana"].post(f"{AT}/{number}/notes", json={"text": "asked the branch"})
        assert (noted.status_code, noted.json()["entries"][-1]["person"]) == (200, "dana")
        told = clients["dana"].post(f"{AT}/{number}/narrative", json={"language": "zh"}).json()
        assert "拆分交易" in told["entries"][-1]["content"]["text"]
        said = {"outcome": "report", "why": "no business explains it"}
        assert clients["dana"].post(f"{AT}/{number}/propose", json=said).json()["state"] == "proposed"
        assert clients["dana"].post(f"{AT}/{number}/close").status_code == 403
        assert clients["erin"].post(f"{AT}/{number}/return", json={"why": "ask again"}).json()["state"] == "open"
        assert clients["dana"].post(f"{AT}/{number}/propose", json=said).status_code == 200
        closed = clients["erin"].post(f"{AT}/{number}/close").json()
        assert (closed["state"], closed["proposed_by"], closed["closed_by"]) == ("closed", "dana", "erin")
        assert clients["dana"].get(AT, params={"state": "open"}).json() == []
        body = {"rows": [{"account": "a"}], "as_of": "2024-03-23"}
        assert clients["flor"].post(AT, json=body).status_code in (403, 404), "no version is in use, and it may only be read"
    finally:
        for client in clients.values():
            client.close()
