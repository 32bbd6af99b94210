"""Accounts in service: as of a day, by transfers that are given with them, beside a challenger, and replayed with their features."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from tests.server.conftest import Live

from finfoundry.app import App
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.demo.specialists import bring_into_use
from finfoundry.governance.trail import recall
from finfoundry.specialists.families.aml import aml
from finfoundry.specialists.inputs.made_data import laundering
from finfoundry.specialists.lifecycle.shadow import end_shadow
from finfoundry.specialists.models.specialist import MODEL, TrainingRequest, write_sealed
from finfoundry.specialists.scoring.score import Scored
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk

pytestmark = pytest.mark.slow  # its specialist takes a minute to train
ADA, BOB = Principal("ada", administrator=True), Principal("bob", administrator=True)
NAME = "house-accounts"


@dataclass
class House:
    live: Live
    app: App
    desk: Desk
    folder: Path
    accounts: pd.DataFrame
    transfers: pd.DataFrame

    def rows(self, count: int = 40) -> list[dict[str, Any]]:
        cells = self.accounts.drop(columns="laundering").head(count)
        return [{str(name): int(cell) for name, cell in row.items()} for row in cells.to_dict("records")]

    def new(self) -> pd.DataFrame:
        """Transfers that training did not have: a ring is added, and half of the others gone."""
        ring = pd.DataFrame({"from": [0, 1, 2], "to": [1, 2, 0], "amount": [900.0, 890.0, 880.0], "time": [50.0, 51.0, 52.0]})
        return pd.concat([self.transfers.iloc[::2], ring], ignore_index=True)


def scored(found: object) -> Scored:
    assert isinstance(found, Scored)
    return found


def another(house: House, to: Path, **changes: Any) -> str:
    """A version that differs from the trained one in what its file says alone, since a training takes long."""
    shutil.copytree(house.folder / "a" / NAME, to)
    files = {path.name: path.read_bytes() for path in to.iterdir() if path.name != "manifest.json"}
    told = json.loads(files[MODEL])
    told["request"] |= changes.pop("request", {})
    write_sealed(to, files | {MODEL: json.dumps(told | changes).encode()})
    return house.desk.registry.register(ADA, to).version


@pytest.fixture(scope="module")
def house(live: Live, tmp_path_factory: pytest.TempPathFactory) -> House:
    folder, app = tmp_path_factory.mktemp("accounts"), live.app
    accounts, transfers, _ = laundering(300, 24, seed=1)
    accounts.to_csv(folder / "accounts.csv", index=False)
    transfers.to_csv(folder / "transfers.csv", index=False)
    request = TrainingRequest(
        "aml", "accounts.csv", "laundering", id="account", transactions=str(folder / "transfers.csv"), source="from", destination="to",
        amount="amount", budget=2,
    )  # fmt: skip
    desk, given = Desk(app), Given(folder / "accounts.csv")
    desk.train(ADA, request, folder / "a" / NAME, given)
    made = House(live, app, desk, folder, accounts, transfers)
    bring_into_use(desk, folder / "a" / NAME, given, BOB)
    return made


@pytest.fixture(scope="module")
def challenger(house: House) -> str:
    return another(house, house.folder / "b" / NAME, champion="scorecard")


def test_a_day_of_the_judgement_in_service_is_that_of_the_command(house: House) -> None:
    house.accounts.head(40).to_csv(house.folder / "few.csv", index=False)
    file = Given(house.folder / "few.csv", options={"as_of": "40"})
    command = scored(house.desk.score(ADA, house.folder / "a" / NAME, file, reasons=True))
    service = scored(house.desk.serve(ADA, NAME, house.rows(), reasons=True, options={"as_of": "40"}))
    whole = scored(house.desk.serve(ADA, NAME, house.rows(), reasons=True))
    assert service.rows == command.rows
    assert [row.probability for row in whole.rows] != [row.probability for row in service.rows]
    assert house.desk.replay(ADA, str(service.record)).ok
    with pytest.raises(InputError, match="--as-of"):
        house.desk.serve(ADA, NAME, house.rows(), reasons=False, options={"as_of": "Tuesday"})


def test_a_number_for_an_account_is_the_account_though_another_row_has_none(house: House) -> None:
    alone = scored(house.desk.serve(ADA, NAME, house.rows(2), reasons=False))
    found = scored(house.desk.serve(ADA, NAME, [*house.rows(2), {"account": None, "age": 4}], reasons=False))
    assert [row.probability for row in found.rows[:2]] == [row.probability for row in alone.rows]
    assert "empty" in str(found.rows[2].refused)


@pytest.mark.parametrize("as_of", [None, "45"])
def test_features_of_given_transfers_are_replayed_bit_by_bit(house: House, as_of: str | None) -> None:
    found = scored(house.desk.serve(ADA, NAME, house.rows(), reasons=True, options={"transfers": house.new(), "as_of": as_of}))
    assert [row.probability for row in found.rows] != [
        row.probability for row in scored(house.desk.serve(ADA, NAME, house.rows(), reasons=True)).rows
    ]
    replayed = house.desk.replay(ADA, str(found.record))
    assert (replayed.ok, replayed.same) == (True, 40)
    assert {"features", "probability", "reasons"} <= set(replayed.covered)
    assert replayed.left_out == []
    kept = recall(house.desk.database, house.app.settings.home, ADA, str(found.record)).one("transfers")["edges"]
    assert max(kept["time"]) <= (45 if as_of else 100), "no later transfer is on record"


def test_transfers_altered_on_record_are_seen(house: House) -> None:
    found = scored(house.desk.serve(ADA, NAME, house.rows(), reasons=False, options={"transfers": house.new()}))
    trace = recall(house.desk.database, house.app.settings.home, ADA, str(found.record))
    kept, entries = trace.one("transfers"), trace.one("rows")
    made = house.desk.in_use(ADA, NAME)
    edges = {**kept["edges"], "amount": [amount * 2 for amount in kept["edges"]["amount"]]}
    assert aml.remade(made, trace.one("batch"), kept, entries) == []
    assert aml.remade(made, trace.one("batch"), {"edges": edges}, entries)


def test_more_transfers_than_a_record_keeps_are_said(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aml, "MOST_KEPT", 10)
    found = scored(house.desk.serve(ADA, NAME, house.rows(), reasons=False, options={"transfers": house.new()}))
    replayed = house.desk.replay(ADA, str(found.record))
    assert (replayed.ok, "features" in replayed.covered) == (True, False)
    assert "a record keeps 10" in replayed.left_out[-1]


def test_a_file_with_given_transfers_is_replayed(house: House) -> None:
    house.new().to_csv(house.folder / "march.csv", index=False)
    given = Given(house.folder / "accounts.csv", options={"transactions": house.folder / "march.csv", "as_of": "60"})
    found = scored(house.desk.score(ADA, house.folder / "a" / NAME, given, reasons=True, out=house.folder / "out.csv"))
    replayed = house.desk.replay(ADA, str(found.record))
    assert (replayed.ok, "features" in replayed.covered, replayed.left_out) == (True, True, [])


def test_accounts_judged_on_days_of_their_own_are_replayed(house: House) -> None:
    days = house.accounts.assign(judged=[30 + number % 3 * 30 for number in range(len(house.accounts))])
    days.to_csv(house.folder / "days.csv", index=False)
    folder, given = house.folder / "c" / "days", Given(house.folder / "days.csv")
    another(house, folder, request={"time": "judged", "transfer_time": "time"})
    for transactions in (None, house.folder / "transfers.csv"):
        found = scored(house.desk.score(ADA, folder, replace(given, options={"transactions": transactions}), reasons=False))
        replayed = house.desk.replay(ADA, str(found.record))
        assert (replayed.ok, "features" in replayed.covered) == (True, True), replayed
        kept = recall(house.desk.database, house.app.settings.home, ADA, str(found.record)).one("transfers")
        assert set(kept["days"].values()) == {30.0, 60.0, 90.0}
        assert ("edges" in kept) == (transactions is not None)


def test_a_challenger_judges_by_the_transfers_that_were_given(house: House, challenger: str) -> None:
    house.desk.challenge(BOB, challenger, 1.0)
    answered = scored(house.desk.serve(ADA, NAME, house.rows(), reasons=False, options={"transfers": house.new(), "as_of": "60"}))
    end_shadow(house.desk.database, BOB, NAME)
    with house.desk.database.owner() as connection:
        query = "SELECT record::text FROM specialist_shadow_scores WHERE answered = %s"
        (record,) = connection.execute(query, (answered.record,)).fetchone() or ("",)
        rows = dict(
            connection.execute("SELECT id, (content ->> 'probability')::float8 FROM specialist_scores WHERE record = %s", (record,))
        )
    house.new().to_csv(house.folder / "given.csv", index=False)
    house.accounts.head(40).to_csv(house.folder / "few.csv", index=False)
    given = Given(house.folder / "few.csv", options={"transactions": house.folder / "given.csv", "as_of": "60"})
    alone = scored(house.desk.score(ADA, house.folder / "b" / NAME, given, reasons=False))
    assert rows == {row.id: row.probability for row in alone.rows}
    assert recall(house.desk.database, house.app.settings.home, ADA, record).one("batch")["transfers"] == "given"
    replayed = house.desk.replay(ADA, record)
    assert (replayed.ok, "features" in replayed.covered) == (True, True)


def test_as_of_on_the_score_route(house: House) -> None:
    rows = house.rows(30)
    house.accounts.head(30).to_csv(house.folder / "few.csv", index=False)
    transfers = [{str(name): float(cell) for name, cell in row.items()} for row in house.transfers.iloc[::3].to_dict("records")]
    with house.live.client(house.live.admin_key) as client:

        def score(**asked: Any) -> httpx.Response:
            return client.post(f"/v1/specialists/{NAME}/score", json={"rows": rows, **asked})

        for as_of in ("30", "70"):
            command = scored(
                house.desk.score(ADA, house.folder / "a" / NAME, Given(house.folder / "few.csv", options={"as_of": as_of}), reasons=True)
            )
            service = score(as_of=as_of).json()
            assert [(row["probability"], row["score"]) for row in service["rows"]] == [(row.probability, row.score) for row in command.rows]
        record = score(as_of="30", transfers=transfers).json()["record"]
        replayed = house.desk.replay(house.app.administrator, record)
        assert (replayed.ok, "features" in replayed.covered) == (True, True)
        assert score(as_of="in spring").status_code == 400
        assert score(as_of="").status_code == 400
        assert score(transfers=[{"from": 1, "to": 2, "amount": -4, "time": 3}]).status_code == 400
