"""A challenger of payments scores on the state of the version in use, changes nothing in it, and is compared by outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from finfoundry.app import App, open_app
from finfoundry.core.errors import InputError, NotFound
from finfoundry.core.principal import Principal
from finfoundry.demo.specialists import bring_into_use
from finfoundry.governance.trail import recall
from finfoundry.runtime.settings import Settings
from finfoundry.specialists.inputs.made_data import payments
from finfoundry.specialists.lifecycle import outcomes
from finfoundry.specialists.lifecycle.shadow import ChallengerComparison, end_shadow
from finfoundry.specialists.models.metrics import average_precision
from finfoundry.specialists.models.specialist import TrainingRequest
from finfoundry.specialists.scoring.score import Scored
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk
from finfoundry.usecases.specialist_production import compare

ADA, BOB = Principal("ada", administrator=True), Principal("bob", administrator=True)
FIRST = 1900


@dataclass
class House:
    app: App
    desk: Desk
    used: str
    challenger: str
    folder: Path
    request: TrainingRequest
    later: pd.DataFrame
    scores: dict[str, float]  # the challenger's of the later payments, as a file after its training


@pytest.fixture(scope="module")
def house(module_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("payments")
    table = payments(2600, seed=1)
    table.head(FIRST).to_csv(folder / "paid.csv", index=False)
    table.tail(1200).to_csv(folder / "judged.csv", index=False)
    later = table.tail(700).reset_index(drop=True)
    later.drop(columns="fraud").to_csv(folder / "later.csv", index=False)
    request = TrainingRequest("fraud", "paid.csv", "fraud", time="at", id="id", entities=("card", "shop"), amount="amount", budget=2)
    with open_app(Settings(home=module_home)) as app:
        desk, given = Desk(app), Given(folder / "paid.csv")
        first = desk.train(ADA, request, folder / "a" / "cards", given)
        second = desk.train(ADA, replace(request, champion="scorecard"), folder / "b" / "cards", given)
        bring_into_use(desk, folder / "a" / "cards", Given(folder / "judged.csv"), BOB)
        alone = desk.score(ADA, folder / "b" / "cards", Given(folder / "later.csv"), reasons=False)
        assert isinstance(alone, Scored)
        scores = {row.id: float(row.probability or 0) for row in alone.rows}
        yield House(app, desk, first.version, second.version, folder, request, later, scores)


@pytest.fixture
def challenged(house: House) -> Iterator[None]:
    house.desk.challenge(BOB, house.challenger, 1.0)
    yield
    with suppress(NotFound):
        end_shadow(house.desk.database, BOB, "cards")


def rows_of(house: House, first: int, last: int) -> list[dict[str, Any]]:
    cells = house.later.iloc[first:last].drop(columns="fraud").astype({"at": str})
    return [{str(name): cell for name, cell in row.items()} for row in cells.to_dict("records")]


def beside(house: House) -> dict[str, float]:
    """What the challenger scored next to an answer."""
    with house.desk.database.owner() as connection:
        query = (
            "SELECT s.id, (s.content ->> 'probability')::float8 FROM specialist_shadow_scores p"
            " JOIN specialist_scores s ON s.record = p.record WHERE p.version = %s"
        )
        return dict(connection.execute(query, (house.challenger,)).fetchall())


def state(house: House) -> list[tuple[Any, ...]]:
    with house.desk.database.owner() as connection:
        return connection.execute("SELECT id, entity, key, at, amount, fraud FROM payments ORDER BY 1, 2").fetchall()


@pytest.mark.usefixtures("challenged")
def test_a_challenger_of_payments_scores_on_the_state_in_service(house: House) -> None:
    answered = [house.desk.intake.enter(ADA, "cards", rows_of(house, first, first + 100), {}).scores for first in range(0, 400, 100)]
    last = answered[-1]
    assert last is not None
    assert {one and one.version for one in answered} == {house.used}
    found = beside(house)
    ids = [str(one) for one in house.later["id"].iloc[:400]]
    assert {one: found[one] for one in ids} == {one: house.scores[one] for one in ids}, "as in a file, to the digit"
    with house.desk.database.owner() as connection:
        query = "SELECT record::text FROM specialist_shadow_scores WHERE answered = %s"
        (record,) = connection.execute(query, (last.record,)).fetchone() or ("",)
    told = recall(house.desk.database, house.app.settings.home, ADA, record).one("batch")
    assert (told["version"], told["challenges"], told["answered"]) == (house.challenger, house.used, last.record)
    answer = recall(house.desk.database, house.app.settings.home, ADA, str(last.record)).one("batch")
    assert answer["challenger"]["version"] == house.challenger
    assert house.desk.replay(ADA, record).ok


def test_a_challenger_of_payments_changes_neither_answer_nor_state(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = house.desk.serve(ADA, "cards", rows_of(house, 400, 420), reasons=True)
    assert isinstance(alone, Scored)
    before = state(house)
    house.desk.challenge(BOB, house.challenger, 1.0)
    assert state(house) == before, "what its training kept is not entered"
    answered = house.desk.serve(ADA, "cards", rows_of(house, 400, 420), reasons=True)
    assert isinstance(answered, Scored)
    assert answered.rows == alone.rows
    assert {row.id for row in answered.rows} <= beside(house).keys()
    assert state(house) == before
    monkeypatch.setattr("finfoundry.specialists.lifecycle.beside.pair", lambda *_: 1 // 0)
    taken = house.desk.intake.enter(ADA, "cards", rows_of(house, 400, 420), {})
    assert taken.scores is not None
    assert [row.probability for row in taken.scores.rows] == [row.probability for row in alone.rows]
    with house.desk.database.owner() as connection:
        query = "SELECT count(*) FROM audit_record WHERE action = 'specialist challenger failed' AND target = %s"
        assert connection.execute(query, (house.challenger,)).fetchone() == (1,)
    end_shadow(house.desk.database, BOB, "cards")


def test_a_challenger_with_other_windows_is_refused(house: House) -> None:
    other = replace(house.request, delay_days=3.0, seed=2)
    made = house.desk.train(ADA, other, house.folder / "c" / "cards", Given(house.folder / "paid.csv"))
    with pytest.raises(InputError, match="looks back on the state of the version in use") as refused:
        house.desk.challenge(BOB, made.version, 0.5)
    assert "--entity card --entity shop" in str(refused.value)


@pytest.mark.usefixtures("challenged")
def test_challengers_of_payments_are_compared_by_outcomes(house: House) -> None:
    scored = house.desk.intake.enter(ADA, "cards", rows_of(house, 420, 700), {}).scores
    assert scored is not None
    rows = house.later.iloc[420:700]
    came = dict(zip(rows["id"].astype(str), rows["fraud"].astype(bool), strict=True))
    outcomes.note(house.desk.database, ADA, "cards", came)
    found = compare(house.desk, ADA, "cards")
    assert isinstance(found, ChallengerComparison)
    known = [row for row in scored.rows if row.probability is not None]
    y = pd.Series([came[row.id] for row in known]).astype(int).to_numpy()
    one = average_precision(y, pd.Series([row.probability for row in known]).to_numpy(dtype=float))
    two = average_precision(y, pd.Series([house.scores[row.id] for row in known]).to_numpy(dtype=float))
    told = found.figures["average_precision"]
    assert (found.in_use, found.challenger, found.known) == (house.used, house.challenger, len(known))
    assert (told.in_use, told.challenger) == pytest.approx((one, two))
    assert told.low <= told.difference <= told.high
