"""A challenger scores a share of the traffic beside the version in use, is compared by outcomes, and comes into use by the gate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from finfoundry.app import App, open_app
from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.demo.specialists import bring_into_use
from finfoundry.governance.trail import recall
from finfoundry.runtime.settings import Settings
from finfoundry.specialists.families.credit.credit import CLASSIFIER
from finfoundry.specialists.inputs.made_data import loans
from finfoundry.specialists.lifecycle import outcomes
from finfoundry.specialists.lifecycle.shadow import Shadow, compare, end_shadow
from finfoundry.specialists.models.metrics import auc
from finfoundry.specialists.models.specialist import TrainingRequest
from finfoundry.specialists.scoring.score import Scored, ScoredRow
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk

pytestmark = pytest.mark.slow  # the core is asked over HTTP in tests/server/test_specialist_challengers.py
ADA, BOB = Principal("ada", administrator=True), Principal("bob", administrator=True)


@dataclass
class House:
    app: App
    desk: Desk
    used: str
    challenger: str
    folders: tuple[Path, Path]
    data: Path
    rows: list[dict[str, Any]]
    came: dict[str, bool]


@pytest.fixture(scope="module")
def house(module_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("challenger")
    table, later = loans(500, seed=5), loans(300, seed=6)
    later["id"] = [f"N{number}" for number in range(len(later))]
    table.to_csv(folder / "loans.csv", index=False)
    with open_app(Settings(home=module_home)) as app:
        desk = Desk(app)
        request = TrainingRequest("credit", str(folder / "loans.csv"), "default", id="id", budget=2)
        given, used, other = Given(folder / "loans.csv"), folder / "a" / "loans", folder / "b" / "loans"
        first = desk.train(ADA, request, used, given)
        second = desk.train(ADA, replace(request, champion="challenger"), other, given)
        bring_into_use(desk, used, given, BOB)
        cells = later.drop(columns="default").astype(object)
        rows = [{str(name): cell for name, cell in row.items()} for row in cells.where(cells.notna(), None).to_dict("records")]
        came = dict(zip(later["id"], later["default"].astype(bool), strict=True))
        yield House(app, desk, first.version, second.version, (used, other), folder / "loans.csv", rows, came)


@pytest.fixture
def challenged(house: House) -> Iterator[Shadow]:
    yield house.desk.challenge(BOB, house.challenger, 1.0)
    with suppress(NotFound):  # it came into use
        end_shadow(house.desk.database, BOB, "loans")


def serve(house: House, rows: list[dict[str, Any]], who: Principal = ADA) -> Scored:
    found = house.desk.serve(who, "loans", rows, reasons=True)
    assert isinstance(found, Scored)
    return found


def recorded(house: House, version: str, ids: list[str]) -> dict[str, Any]:
    with house.desk.database.owner() as connection:
        query = "SELECT id, content FROM specialist_scores WHERE version = %s AND id = ANY (%s)"
        return dict(connection.execute(query, (version, ids)).fetchall())


def test_another_champion_is_trained_and_named(house: House) -> None:
    told = json.loads((house.folders[1] / "specialist.json").read_text())
    assert (told["champion"], json.loads((house.folders[0] / "specialist.json").read_text())["champion"]) == ("challenger", "scorecard")
    with pytest.raises(InputError, match="no model 'forest'"):
        house.desk.train(
            ADA,
            TrainingRequest("credit", str(house.data), "default", champion="forest"),
            house.data.parent / "c" / "loans",
            Given(house.data),
        )


def test_a_challenger_never_changes_the_answer(house: House) -> None:
    before = serve(house, house.rows[:40])
    assert recorded(house, house.challenger, ["N0"]) == {}
    house.desk.challenge(BOB, house.challenger, 1.0)
    after = serve(house, house.rows[:40])
    assert (after.rows, after.version, after.warnings) == (before.rows, before.version, before.warnings)
    beside = recorded(house, house.challenger, [row.id for row in after.rows])
    assert len(beside) == 40
    assert beside["N0"]["probability"] != after.rows[0].probability
    end_shadow(house.desk.database, BOB, "loans")
    assert serve(house, house.rows[:40]).rows == before.rows
    with pytest.raises(NotFound, match="No challenger"):
        end_shadow(house.desk.database, BOB, "loans")


def test_the_audit_says_which_versions_scored(house: House, challenged: Shadow) -> None:
    answered = serve(house, house.rows[:3])
    home = house.app.settings.home
    batch = recall(house.desk.database, home, ADA, str(answered.record)).one("batch")
    assert (batch["version"], batch["challenger"]["version"]) == (house.used, house.challenger)
    with house.desk.database.owner() as connection:
        query = "SELECT record FROM specialist_shadow_scores WHERE answered = %s"
        (record,) = connection.execute(query, (answered.record,)).fetchone() or ("",)
    beside = recall(house.desk.database, home, ADA, str(record)).one("batch")
    assert (beside["version"], beside["challenges"], beside["answered"]) == (house.challenger, house.used, answered.record)
    assert house.desk.replay(ADA, str(record)).ok
    assert challenged.share == 1.0


def test_questions_and_lists_tell_the_version_in_use_alone(house: House, challenged: Shadow) -> None:
    answered = serve(house, house.rows[:3])
    found = house.app.specialists.scores(ADA, ["loans"], ["N0", "N1", "N2"])
    assert {one.version for one in found} == {house.used} != {challenged.version}
    assert [one.output["score"] for one in found] == [row.score for row in answered.rows]


def test_a_challenger_that_fails_is_on_record_and_nowhere_else(house: House, challenged: Shadow, monkeypatch: pytest.MonkeyPatch) -> None:
    good = serve(house, house.rows[:5]).rows
    monkeypatch.setattr("finfoundry.specialists.lifecycle.beside.pair", lambda *_: 1 // 0)
    answered = serve(house, house.rows[:5])
    assert answered.rows == good
    with house.desk.database.owner() as connection:
        query = "SELECT id::text FROM audit_record WHERE action = 'specialist challenger failed' AND target = %s"
        found = connection.execute(query, (challenged.version,)).fetchall()
        assert connection.execute("SELECT 1 FROM specialist_shadow_scores WHERE answered = %s", (answered.record,)).fetchone() is None
    told = recall(house.desk.database, house.app.settings.home, ADA, found[-1][0]).one("specialist")
    assert (told["answered"], told["why"].split(":")[0]) == (answered.record, "ZeroDivisionError")


def test_a_share_of_the_traffic_by_the_ids(house: House) -> None:
    shadow = house.desk.challenge(BOB, house.challenger, 0.3)
    serve(house, house.rows[100:200])
    seen = {f"N{number}" for number in range(100, 200) if shadow.sees(f"N{number}")}
    assert set(recorded(house, house.challenger, [f"N{number}" for number in range(100, 200)])) == seen
    assert np.mean([shadow.sees(str(number)) for number in range(20_000)]) == pytest.approx(0.3, abs=0.015)
    end_shadow(house.desk.database, BOB, "loans")


def test_who_may_send_traffic_and_to_what(house: House) -> None:
    database = house.desk.database
    with pytest.raises(NotPermitted, match="ada trained"):
        house.desk.challenge(ADA, house.challenger, 0.5)
    with pytest.raises(NotPermitted, match="no approver"):
        house.desk.challenge(Principal("dan"), house.challenger, 0.5)
    with pytest.raises(InputError, match="is promoted: a challenger is a candidate"):
        house.desk.challenge(BOB, house.used, 0.5)
    with pytest.raises(InputError, match="no share"):
        house.desk.challenge(BOB, house.challenger, 1.5)
    with pytest.raises(NotFound):
        house.desk.challenge(BOB, "f" * 64, 0.5)
    open_ = house.desk.train(
        ADA, TrainingRequest("credit", str(house.data), "default", id="id", budget=2, seed=4), house.data.parent / "d" / "loans",
        Given(house.data), label="general",
    )  # fmt: skip
    with pytest.raises(InputError, match="under its label"):
        house.desk.challenge(BOB, open_.version, 0.5)
    with pytest.raises(NotFound):
        compare(database, Principal("dan"), "loans", CLASSIFIER.metrics)
    with pytest.raises(NotFound):
        serve(house, house.rows[:1], Principal("dan"))


def test_rows_of_a_person_who_may_only_use_it_are_scored_beside(house: House, challenged: Shadow) -> None:
    rob = Principal("rob")
    house.app.policy.add_user(ADA, "rob")
    with pytest.raises(NotFound):
        serve(house, house.rows[50:53], rob)
    house.app.policy.add_grant(ADA, "rob", "sensitive")
    answered = serve(house, house.rows[50:53], rob)
    assert set(recorded(house, challenged.version, ["N50", "N51", "N52"])) == {"N50", "N51", "N52"}
    assert [row.id for row in answered.rows] == ["N50", "N51", "N52"]


def probabilities(rows: list[ScoredRow]) -> np.ndarray:
    return np.array([row.probability for row in rows])


def test_both_are_compared_by_what_came_in_paired_intervals(house: House) -> None:
    house.desk.challenge(BOB, house.challenger, 1.0)
    answered = serve(house, house.rows[200:])
    ids = [row.id for row in answered.rows]
    beside = recorded(house, house.challenger, ids)
    end_shadow(house.desk.database, BOB, "loans")
    with pytest.raises(InputError, match="needs 20 outcomes"):
        compare(house.desk.database, ADA, "loans", CLASSIFIER.metrics)
    outcomes.note(house.desk.database, ADA, "loans", {one: house.came[one] for one in ids[:90]})
    found = compare(house.desk.database, ADA, "loans", CLASSIFIER.metrics)
    y = np.array([house.came[one] for one in ids[:90]], dtype=np.int64)
    one, two = auc(y, probabilities(answered.rows[:90])), auc(y, np.array([beside[id_]["probability"] for id_ in ids[:90]]))
    assert (found.in_use, found.challenger, found.known, found.events) == (house.used, house.challenger, 90, int(y.sum()))
    told = found.figures["auc"]
    assert (told.in_use, told.challenger, told.difference) == pytest.approx((one, two, two - one))
    assert told.low <= told.difference <= told.high
    assert "not known" in found.warnings[0]


def test_a_challenger_comes_into_use_by_the_gate_alone(house: House, challenged: Shadow) -> None:
    """Last of all: the challenger's promotion ends its scoring beside."""
    with pytest.raises(NotPermitted, match="Nobody validated"):
        house.desk.promote(BOB, house.folders[1])
    _, entry = bring_into_use(house.desk, house.folders[1], Given(house.data), BOB)
    assert (entry.state, entry.version, house.desk.registry.state(house.used)) == ("promoted", challenged.version, "retired")
    answered = serve(house, house.rows[:4])
    assert (answered.version, answered.model) == (house.challenger, "challenger")
    with house.desk.database.owner() as connection:
        assert connection.execute("SELECT 1 FROM specialist_shadows WHERE ended_at IS NULL").fetchone() is None
    set_again = pytest.raises(InputError, match="is promoted")
    with set_again:
        house.desk.challenge(BOB, house.challenger, 1.0)
