"""A clock that was set back: what was ended stays ended, and the chain goes by its numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.governance.api_keys import ApiKeys, UnknownKey
from finfoundry.governance.seal import seal, verify
from finfoundry.governance.sessions import Sessions
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master


@pytest.fixture(autouse=True)
def audited(database: Database, tmp_path: Path) -> None:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))


def set_clock(database: Database, by: str) -> None:
    """Of the records that follow."""
    with database.owner() as connection:
        connection.execute(f"ALTER TABLE audit_record ALTER at SET DEFAULT clock_timestamp() + interval '{by}'".encode())


def test_records_of_an_earlier_time_follow_in_the_chain(database: Database, tmp_path: Path) -> None:
    keys = ApiKeys(database)
    for by in ("2 days", "0 days", "-1 day"):
        set_clock(database, by)
        keys.create(ADMINISTRATOR, f"user {by}")
        seal(database, tmp_path)
    found = verify(database, tmp_path)
    assert found.ok, found.problems
    assert found.sealed == found.records


def test_what_was_revoked_stays_revoked(database: Database) -> None:
    """Records tell of a later time than the clock does now: all that was issued until then ends, too."""
    keys, sessions = ApiKeys(database), Sessions(database)
    key = keys.create(ADMINISTRATOR, "ana")
    set_clock(database, "1 hour")
    session = sessions.open(keys.bearer(key.key))
    set_clock(database, "0 hours")
    keys.revoke_all(ADMINISTRATOR, "ana")
    with pytest.raises(UnknownKey):
        keys.bearer(key.key)
    with pytest.raises(UnknownKey):
        sessions.bearer(session)
    with database.owner() as connection:
        (after,) = connection.execute("SELECT tokens_after FROM users WHERE name = 'ana'").fetchone() or (None,)
    assert after > datetime.now(UTC) + timedelta(minutes=59)
    keys.revoke_all(ADMINISTRATOR, "ana")
    with database.owner() as connection:
        assert (connection.execute("SELECT tokens_after FROM users WHERE name = 'ana'").fetchone() or (None,))[0] >= after
