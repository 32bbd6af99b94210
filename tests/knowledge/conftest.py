"""A store writes audit records, for which its database must know a home's key."""

from __future__ import annotations

from pathlib import Path

import pytest

from finfoundry.runtime import audit
from finfoundry.runtime.keys import Master


@pytest.fixture(autouse=True)
def audit_key(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Where a test uses a database, make a key known to it."""
    if "database" in request.fixturenames:
        with request.getfixturevalue("database").owner() as connection:
            audit.install(connection, Master.open(tmp_path))
