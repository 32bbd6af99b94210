"""A home in which specialists are trained and brought into use, and the people who may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from finfoundry.app import App, open_app
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.errors import NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.demo.specialists import bring_into_use
from finfoundry.governance.recorder import Recorder
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk

BOB = Principal("bob", administrator=True)


@dataclass
class House:
    app: App
    desk: Desk
    folder: Path

    def write(self, name: str, table: pd.DataFrame) -> Path:
        table.to_csv(self.folder / name, index=False)
        return self.folder / name

    def promote(self, name: str, given: Given) -> None:
        """Nobody promotes what was not validated, and none of those who trained and validated."""
        for who in (self.app.administrator, BOB):
            with pytest.raises(NotPermitted):
                self.desk.promote(who, self.folder / name)
        signed, entry = bring_into_use(self.desk, self.folder / name, given, BOB)
        assert (signed.findings, entry.state) == (["medium: The data are of one year: nothing is known of a downturn"], "promoted")
        assert self.desk.registry.validations(BOB, entry.version) == [signed]


@contextmanager
def opened_house(home: Path, folder: Path) -> Iterator[House]:
    """Its model says a figure that no specialist gave."""
    with open_app(Settings(home=home, disclosure="cn", disclosure_producer="Harbour Bank")) as app:
        app.engine = ScriptedEngine([("", "The score is 123456789.")], model="scripted")
        app.recorder = app.agent.engine = Recorder(app.engine)
        yield House(app, Desk(app), folder)
