"""A home with a library of rules, and people who may write, approve and read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def opened_library(home: Path, database: Database, papers: Path) -> Iterator[App]:
    """A home whose collection ``rules`` holds two versions of the travel policy, and the expense procedure."""
    with open_app(
        Settings(
            home=home,
            database=SecretStr(make_conninfo(**{name: str(value) for name, value in database._parameters.items() if value is not None})),
            worker=False,
            embedder="none",
        )
    ) as opened:
        opened.agent.engine = Recorder(ScriptedEngine([("", "NOT FOUND")]))
        for name in ("bea", "carl", "dora"):
            opened.policy.add_user(ADMINISTRATOR, name)
            if name != "dora":
                opened.policy.add_grant(ADMINISTRATOR, name, "general", write=True)
        folder = papers / "library"
        folder.mkdir()
        (folder / "travel_2019.md").write_text(travel("1 March 2019", 180), encoding="utf-8")
        (folder / "travel_2022.md").write_text(travel("1 July 2022", 210), encoding="utf-8")
        (folder / "expenses.md").write_text(MEALS, encoding="utf-8")
        assert all(one.error is None for one in opened.ingest(ADMINISTRATOR, [folder], collection="rules"))
        yield opened


@pytest.fixture
def app(home: Path, database: Database, tmp_path: Path) -> Iterator[App]:
    """A library of the test's own, which it may change."""
    with opened_library(home, database, tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def library(module_home: Path, module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The library that the tests of a module read, and none changes."""
    with opened_library(module_home, module_database, tmp_path_factory.mktemp("papers")) as opened:
        yield opened


@pytest.fixture
def desk(app: App) -> LawDesk:
    return LawDesk(app)


@pytest.fixture(scope="module")
def reading_desk(library: App) -> LawDesk:
    return LawDesk(library)
