"""Keys: whom they let in, for how long, and what the record says of who made and ended them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.api_keys import ApiKeys, Bearer, UnknownKey, _moment
from finfoundry.governance.trail import Trail
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master


@pytest.fixture
def keys(database: Database, tmp_path: Path) -> ApiKeys:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    return ApiKeys(database)


@pytest.mark.parametrize(
    ("said", "ahead"),
    [
        ("45m", timedelta(minutes=45)), ("12h", timedelta(hours=12)), ("30d", timedelta(days=30)), ("2 w", timedelta(weeks=2)),
        (" 1D ", timedelta(days=1)),
    ],
)  # fmt: skip
def test_a_span_is_counted_from_now_on(said: str, ahead: timedelta) -> None:
    before = datetime.now(UTC)
    moment = _moment(said)
    assert moment is not None
    assert before + ahead <= moment <= datetime.now(UTC) + ahead


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2030-01-31", datetime(2030, 1, 31, tzinfo=UTC)),
        ("2030-01-31T12:00:00", datetime(2030, 1, 31, 12, tzinfo=UTC)),
        ("2030-01-31T12:00:00+08:00", datetime(2030, 1, 31, 4, tzinfo=UTC)),
        (None, None),
    ],
)
def test_a_time_without_a_zone_is_in_utc(said: str | None, moment: datetime | None) -> None:
    assert _moment(said) == moment


@pytest.mark.parametrize("said", ["", "soon", "12", "12y", "-1d", "2030-13-01", "123456d"])
def test_what_is_no_time_is_refused(said: str) -> None:
    with pytest.raises(InputError, match="is no time"):
        _moment(said)


def test_a_key_opens_until_its_time_is_over(keys: ApiKeys) -> None:
    lasting, short, over = (keys.create(ADMINISTRATOR, "mei", expires=time) for time in (None, "12h", "2020-01-01"))
    assert keys.bearer(lasting.key).principal.user == keys.bearer(short.key).principal.user == "mei"
    with pytest.raises(UnknownKey):
        keys.bearer(over.key)
    assert (lasting.expires, over.expires) == (None, "2020-01-01T00:00:00+00:00")


def test_what_a_key_opens_follows_from_its_scopes(keys: ApiKeys) -> None:
    usual = keys.bearer(keys.create(ADMINISTRATOR, "mei").key)
    assert (set(usual.scopes), usual.principal.administrator, usual.principal.auditor) == ({"read", "write"}, False, False)
    usual.require("write")
    with pytest.raises(NotPermitted, match="--scope raw"):
        usual.require("raw")
    auditor = keys.create(ADMINISTRATOR, "lu", scopes=["audit", "read"])
    assert auditor.scopes == ("read", "audit")
    assert keys.bearer(auditor.key).principal.auditor
    Bearer.of("ou", "k", ["admin"]).require("raw")  # who may all may this
    for scopes in ((), ("reading",), ("read", "everything")):
        with pytest.raises(InputError, match="no scope"):
            keys.create(ADMINISTRATOR, "mei", scopes=scopes)


def test_who_comes_by_a_key_is_known_by_it_and_by_a_token_by_that() -> None:
    assert Bearer.of("mei", "abc", ["read"], api_key="abc").principal.proof == "key abc"
    assert Bearer.of("mei", "abc", ["read"]).principal.proof == "token abc"


def test_the_record_says_of_each_change_of_keys_how_the_administrator_was_known(keys: ApiKeys, database: Database, tmp_path: Path) -> None:
    known = Principal("root", administrator=True, proof="key 77")
    made = keys.create(known, "mei")
    keys.revoke(known, made.id)
    keys.create(known, "mei")
    assert keys.revoke_all(known, "mei").keys == 1
    with database.owner() as connection:
        rows = connection.execute("SELECT id, action, target FROM audit_record WHERE action LIKE 'key%' ORDER BY at").fetchall()
        trail = Trail(connection, Master.open(tmp_path))
        changes: list[dict[str, Any]] = [trail.trace(str(record)).one("change") for record, _, _ in rows]
    assert [action for _, action, _ in rows] == ["key created", "key revoked", "key created", "keys of a user revoked"]
    assert [(change["user"], change["proof"]) for change in changes] == [("mei", "key 77")] * 4
    assert rows[0][2] == rows[1][2] == made.id
    assert made.key not in str(changes)


def test_only_administrators_make_list_and_end_keys(keys: ApiKeys) -> None:
    key = keys.create(ADMINISTRATOR, "mei")
    for act in (
        lambda: keys.create(Principal("mei"), "mei"),
        lambda: keys.keys(Principal("mei")),
        lambda: keys.revoke(Principal("mei"), key.id),
        lambda: keys.revoke_all(Principal("mei"), "mei"),
    ):
        with pytest.raises(NotPermitted):
            act()
    for refused in (lambda: keys.revoke(ADMINISTRATOR, "none"), lambda: keys.revoke_all(ADMINISTRATOR, "none")):
        with pytest.raises(NotFound):
            refused()
    (listed,) = keys.keys(ADMINISTRATOR)
    assert (listed.id, listed.user, listed.revoked) == (key.id, "mei", None)
    assert keys.revoke(ADMINISTRATOR, key.id).revoked is not None
    with pytest.raises(UnknownKey):
        keys.bearer(key.key)
