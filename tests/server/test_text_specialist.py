"""A specialist of texts over HTTP: asked as the others are, by its name, under its label."""

from __future__ import annotations

from pathlib import Path

from tests.release.test_encoder_release import ANA, BO, SLOT, between, examined, task_of_tone, tone_folder
from tests.server.conftest import Live
from tests.specialists.test_text import ASKED, letters

from finfoundry.demo.specialists import bring_into_use
from finfoundry.release.candidate import tuned
from finfoundry.specialists.lifecycle.registry import LABEL
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk

NAME = "letters-served"


def test_letters_are_classed_over_http(live: Live, tmp_path: Path) -> None:
    app, given = live.app, Given(tmp_path / "letters.csv")
    task_of_tone(tmp_path)
    desk = examined(app, tmp_path)
    release = desk.propose(ANA, tuned(tone_folder(tmp_path / "tone", between(tmp_path / "states"), 6.0), "onnx"), "tuned on letters")
    desk.promote(BO, [release.id], "as good")
    letters(200, 1).to_csv(given.data, index=False)
    specialists = Desk(app)
    specialists.train(app.administrator, ASKED, tmp_path / NAME, given, label=LABEL)
    unseen = Given(tmp_path / "unseen.csv")
    letters(90, 4).to_csv(unseen.data, index=False)
    bring_into_use(specialists, tmp_path / NAME, unseen)
    rows = letters(12, 2).drop(columns="tone").to_dict("records")
    with live.client(live.admin_key) as admin, live.client() as ana:
        told = admin.post(f"/v1/specialists/{NAME}/score", json={"rows": rows})
        assert told.status_code == 200, told.text
        found = told.json()
        assert (found["family"], found["scored"], found["bar"], len(found["rows"])) == ("text", 12, 0.7, 12)
        assert {row["class_name"] for row in found["rows"]} == {"good", "bad", None}
        assert found["record"]
        assert ana.post(f"/v1/specialists/{NAME}/score", json={"rows": rows}).status_code == 404, "she may not read the label"
        back = admin.post("/v1/releases/rollback", json={"slot": SLOT, "why": "a test"})
        assert (back.status_code, back.json()) == (200, [])
        listed = admin.get("/v1/models").json()["data"]
        assert not [one for one in listed if "encoder:" in one["id"]], "no engine runs it"
