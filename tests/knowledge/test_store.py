"""The store over the embedded PostgreSQL, with an embedder and without."""

from __future__ import annotations

import pytest
from tests.contracts.store import StoreContract
from tests.knowledge.samples import HashEmbedder, filing

from finfoundry.core.errors import SettingsError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.search.vectors import embed_again
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime.database import Database


class TestStore(StoreContract):
    @pytest.fixture(params=["words only", "with an embedder"])
    def store(self, request: pytest.FixtureRequest, database: Database) -> Store:
        return Store(database, None if request.param == "words only" else HashEmbedder())


def test_an_embedder_of_other_dimensions_is_refused(database: Database) -> None:
    class Short(HashEmbedder):
        dimensions = 64

    with pytest.raises(SettingsError, match="384"):
        Store(database, Short())


def test_vectors_of_another_embedder_are_not_compared_and_made_again(database: Database) -> None:
    class Other(HashEmbedder):
        model = "other"

    def found() -> tuple[int] | None:
        query = "SELECT count(*)::integer FROM vectors v JOIN documents d ON d.id = v.document_id WHERE d.vectors_by = 'other'"
        with database.owner() as connection:
            return connection.execute(query).fetchone()

    store = Store(database, HashEmbedder())
    store.add(ADMINISTRATOR, *filing())
    store.embed_pending()
    assert found() == (0,)
    embed_again(database, Other())
    other = Store(database, Other())
    assert other.embed_pending() == 1
    assert found() == (2,)
    embed_again(database, Other())
    assert other.embed_pending() == 0
