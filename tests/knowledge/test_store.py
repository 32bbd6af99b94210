"""The store over the embedded PostgreSQL, with an embedder and without."""

from __future__ import annotations

import pytest
from tests.contracts.store import StoreContract
from tests.knowledge.samples import HashEmbedder

from finfoundry.core.database import Database
from finfoundry.core.errors import SettingsError
from finfoundry.knowledge.store import Store


class TestStore(StoreContract):
    @pytest.fixture(params=["words only", "with an embedder"])
    def store(self, request: pytest.FixtureRequest, database: Database) -> Store:
        return Store(database, None if request.param == "words only" else HashEmbedder())


def test_an_embedder_of_other_dimensions_is_refused(database: Database) -> None:
    class Short(HashEmbedder):
        dimensions = 64

    with pytest.raises(SettingsError, match="384"):
        Store(database, Short())
