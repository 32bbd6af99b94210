"""A home with a library of rules, and people who may write, approve and read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr
from tests.laws.papers import MEALS, travel

from finfoundry.app import App, open_app
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.recorder import Recorder
from finfoundry.runtime.database import Database
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.law_desk import LawDesk

BEA = Principal("bea", proof="key b")
CARL = Principal("carl", proof="key c")
DORA = Principal("dora", proof="key d")  # reads what is general, and writes nothing


@pytest.fixture
def app(home: Path, database: Database, tmp_path: Path) -> Iterator[App]:
    with open_app(Settings(home=home, database=SecretStr(make_conninfo(**database._parameters)), worker=False, embedder="none")) as opened:
        opened.agent.engine = Recorder(ScriptedEngine([("", "NOT FOUND")]))
        for name in ("bea", "carl", "dora"):
            opened.policy.add_user(ADMINISTRATOR, name)
            if name != "dora":
                opened.policy.add_grant(ADMINISTRATOR, name, "general", write=True)
        folder = tmp_path / "library"
        folder.mkdir()
        (folder / "travel_2019.md").write_text(travel("1 March 2019", 180), encoding="utf-8")
        (folder / "travel_2022.md").write_text(travel("1 July 2022", 210), encoding="utf-8")
        (folder / "expenses.md").write_text(MEALS, encoding="utf-8")
        assert all(one.error is None for one in opened.ingest(ADMINISTRATOR, [folder], collection="rules"))
        yield opened


@pytest.fixture
def desk(app: App) -> LawDesk:
    return LawDesk(app)
