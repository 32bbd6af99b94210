"""A specialist of accounts through its whole life: trained, validated, promoted, scored, explained, and its alerts closed by two people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from tests.specialist_house import BOB, House, opened_house

from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.specialists.families.aml import alerts as queue
from finfoundry.specialists.inputs.made_data import laundering
from finfoundry.specialists.models.specialist import TrainingRequest
from finfoundry.specialists.scoring.score import Scored
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.specialist_alerts import AlertDesk, AskedAlerts

pytestmark = pytest.mark.slow  # of 128 features of an account each is cut into bins twelve times: a minute


@pytest.fixture(scope="module")
def house(module_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened_house(module_home, tmp_path_factory.mktemp("house")) as opened:
        yield opened


def test_aml(house: House) -> None:
    accounts, transfers, roles = laundering(360, 24, seed=1)
    paid = house.write("transfers.csv", transfers)
    train, later = house.write("accounts.csv", accounts.iloc[::2]), house.write("accounts_later.csv", accounts.iloc[1::2])
    request = TrainingRequest(
        "aml", str(train), "laundering", id="account", transactions=str(paid), source="from", destination="to", amount="amount", budget=2
    )
    folder = house.folder / "watch"
    house.desk.train(house.app.administrator, request, folder, Given(train))
    assert (
        house.desk.validate(house.app.administrator, folder, Given(later, options={"transactions": paid})).models["trees"]["auc"].value
        > 0.7
    )
    paid.unlink()  # what scoring needs of the training is kept
    house.promote("watch", Given(later))
    scored = house.desk.score(house.app.administrator, folder, Given(later), reasons=True)
    assert isinstance(scored, Scored)
    assert scored.refused == 0
    for as_of in (None, "60"):
        found = house.desk.score(house.app.administrator, folder, Given(later, options={"as_of": as_of}), reasons=False)
        replayed = house.desk.replay(house.app.administrator, str(found.record))
        assert (replayed.ok, "features" in replayed.covered) == (True, True)
    again = house.write("transfers.csv", transfers)
    found = house.desk.score(house.app.administrator, folder, Given(later, options={"transactions": again}), reasons=False)
    replayed = house.desk.replay(house.app.administrator, str(found.record))
    assert (replayed.ok, "features" in replayed.covered) == (True, True)
    other = house.write("cents.csv", transfers.assign(amount=transfers["amount"] * 100))
    with pytest.raises(InputError, match="another unit"):
        house.desk.score(house.app.administrator, folder, Given(later, options={"transactions": other}), reasons=False)
    account = str(next(row.account for row in roles.itertuples() if int(str(row.account)) % 2 and row.pattern == "fan-in"))
    for language in ("en", "zh"):
        answer = house.desk.explain(house.app.administrator, folder, account, language)
        assert answer.status == "answered", answer.reason
        assert {"transfers", "accounts", "sum moved"} <= {str(figure.reference.field) for figure in answer.figures}
        assert any(Path(warning.rpartition(": ")[2]).is_file() for warning in answer.warnings), "the picture of the sub-graph"
    assert house.desk.monitor(house.app.administrator, folder, Given(later)).rows == len(accounts) // 2


def test_score_and_rules_open_alerts_that_two_people_close(house: House) -> None:
    """On the specialist and the files of the test before."""
    watch, later, database = AlertDesk(house.app, house.desk), house.folder / "accounts_later.csv", house.app.database
    with pytest.raises(InputError, match="--as-of"):
        watch.judge(BOB, house.folder / "watch", AskedAlerts(Given(later)), open_=True)
    asked = AskedAlerts(Given(later, options={"as_of": "60"}))
    seen = watch.judge(BOB, house.folder / "watch", asked, open_=False)
    assert seen.raised is None
    assert queue.listed(database, BOB, "watch") == []
    raised = watch.judge(BOB, house.folder / "watch", asked, open_=True).raised
    assert raised is not None
    stands_out = [one for one in seen.accounts if one.alert or one.findings]
    assert {one.account for one in raised.opened} == {one.account for one in stands_out}
    assert any(one.findings and not one.alert for one in seen.accounts), "a rule stands beside the score"
    assert all(moved.time <= 60 for one in seen.accounts for found in one.findings for moved in found.transfers)
    number = next(one.id for one in raised.opened if one.findings)
    for language in ("zh", "en"):
        case = watch.narrative(BOB, "watch", number, language)
    assert [one.content["language"] for one in case.entries] == ["zh", "en"]
    assert all(one.content["figures"] > 3 for one in case.entries)
    assert [one.content["disclosure"]["aigc"]["ContentProducer"] for one in case.entries] == ["Harbour Bank"] * 2
    queue.propose(database, BOB, "watch", number, "report", "no reason in the business of the account")
    assert queue.close(database, Principal("cara", administrator=True), "watch", number).state == "closed"
    again = watch.watch(BOB, "watch", pd.read_csv(later).to_dict("records"), None, "60").raised
    assert again is not None
    assert (again.opened, len(again.known)) == ([], 1)
