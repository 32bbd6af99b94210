"""The store over the embedded PostgreSQL, with an embedder and without."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.contracts.store import StoreContract
from tests.knowledge.samples import HashEmbedder, filing, paragraph, parsed

from finfoundry.core.document import Excerpt, Parsed
from finfoundry.core.errors import FinfoundryError, InputError, NotFound, NotPermitted, SettingsError
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.policy import Policy
from finfoundry.knowledge.ids import document_number
from finfoundry.knowledge.search.index_compaction import compact
from finfoundry.knowledge.search.passages import Search, SearchQuery
from finfoundry.knowledge.search.vectors import embed_again
from finfoundry.knowledge.storage.fact_query import HoldingQuery
from finfoundry.knowledge.storage.store import FactQuery, Store
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


def test_the_passages_behind_one_come_in_order_to_who_may_read_them(database: Database) -> None:
    policy, store, search = Policy(database), Store(database), Search(database)
    policy.add_user(ADMINISTRATOR, "ben")
    pages = [[paragraph(f"The pier of harbour {number} is lit at night.")] for number in range(5)]
    stored = store.add(ADMINISTRATOR, *parsed("piers.pdf", pages=pages), label="core").document_id
    store.add(ADMINISTRATOR, *filing())
    passages = search.passages(ADMINISTRATOR, stored)
    assert len(passages) == 5
    assert search.behind(ADMINISTRATOR, passages[1], 2) == passages[2:4]
    assert search.behind(ADMINISTRATOR, passages[4], 2) == []
    assert search.behind(Principal("ben"), passages[1], 2) == []
    store.delete(ADMINISTRATOR, stored)
    assert search.behind(ADMINISTRATOR, passages[1], 2) == []


WITH_LABELS = """
    SELECT c.table_name FROM information_schema.columns c JOIN information_schema.columns d USING (table_schema, table_name)
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = current_schema() AND c.column_name = 'label_id' AND d.column_name = 'document_id' AND t.table_type = 'BASE TABLE'
"""


def test_a_document_goes_under_another_label_with_every_row_of_it(database: Database) -> None:
    ben = Principal("ben")
    policy = Policy(database)
    policy.add_user(ADMINISTRATOR, "ben")
    policy.add_grant(ADMINISTRATOR, "ben", "general", write=True)
    store = Store(database, HashEmbedder())
    moved = store.add(ADMINISTRATOR, *filing("moved.pdf", entity="Moved, Inc."))
    stays = store.add(ADMINISTRATOR, *filing("stays.pdf", entity="Stays, Inc."))
    store.embed_pending()
    with database.owner() as connection:
        of_both = connection.execute("SELECT c.id, l.id FROM collections c, labels l WHERE l.name = 'general'").fetchone() or (0, 0)
    assert compact(database, *of_both) == 2
    for label in ("core", "no label"):
        with pytest.raises((NotPermitted, InputError)):
            store.relabel(ben, moved.document_id, label)
    assert store.relabel(ADMINISTRATOR, moved.document_id, "core").label == "core"
    with database.owner() as connection:
        tables = [name for (name,) in connection.execute(WITH_LABELS).fetchall()]
        assert len(tables) >= 14
        for table in tables:
            rows = connection.execute(
                f"SELECT DISTINCT l.name FROM {table} t JOIN labels l ON l.id = t.label_id WHERE document_id = %s",
                (document_number(moved.document_id),),
            ).fetchall()
            assert rows in ([], [("core",)]), table
    search, query = Search(database, HashEmbedder()), SearchQuery("streaming memberships")
    assert [one.id for one in store.documents(ben)] == [stays.document_id]
    assert {hit.document_id for hit in search.search(ben, query)} == {stays.document_id}
    assert {hit.document_id for hit in search.search(ADMINISTRATOR, query)} == {stays.document_id, moved.document_id}
    assert store.facts(ben, FactQuery(entity="Moved, Inc.")) == []
    with pytest.raises(NotFound):
        store.relabel(ben, moved.document_id, "general")
    with pytest.raises(FinfoundryError), database.transaction(ben) as connection:
        connection.execute("SELECT relabel_document(%s, %s)", (document_number(moved.document_id), of_both[1]))


def test_a_label_that_a_document_has_or_under_which_its_file_lies_is_refused(database: Database) -> None:
    store = Store(database)
    first = store.add(ADMINISTRATOR, *filing())
    store.add(ADMINISTRATOR, *filing(), label="core")
    with pytest.raises(InputError, match="this label already"):
        store.relabel(ADMINISTRATOR, first.document_id, "general")
    with pytest.raises(InputError, match="same file lies under 'core'"):
        store.relabel(ADMINISTRATOR, first.document_id, "core")
    assert store.relabel(ADMINISTRATOR, first.document_id, "sensitive").label == "sensitive"


def with_concept(name: str, entity: str) -> tuple[Parsed, bytes]:
    """A filing whose first figure is of a known concept."""
    made, data = filing(name, entity=entity)
    first, *others = made.facts
    return replace(made, facts=[replace(first, concept="AssetsCurrent"), *others]), data


def test_holdings_tell_of_which_periods_papers_have_a_line_and_of_none_that_is_hidden(database: Database) -> None:
    policy = Policy(database)
    policy.add_label(ADMINISTRATOR, "board")
    policy.add_user(ADMINISTRATOR, "ben")
    policy.add_grant(ADMINISTRATOR, "ben", "general")
    store = Store(database)
    seen = store.add(ADMINISTRATOR, *with_concept("a.pdf", "Alder, Inc.")).document_id
    hidden = store.add(ADMINISTRATOR, *with_concept("b.pdf", "Birch, Inc."), label="board").document_id
    assert {one.document_id for one in store.holdings(ADMINISTRATOR, HoldingQuery(["AssetsCurrent", "'; --"]))} == {seen, hidden}
    (own,) = store.holdings(Principal("ben"), HoldingQuery(["AssetsCurrent"]))
    assert (own.document_id, own.concept) == (seen, "AssetsCurrent")
    year = max(int(period[:4]) for period in own.periods)
    assert store.holdings(ADMINISTRATOR, HoldingQuery(["AssetsCurrent"], years=(year + 1, year + 2))) == []
    assert store.holdings(ADMINISTRATOR, HoldingQuery(["AssetsCurrent"], scope="parent")) == []
    assert store.holdings(ADMINISTRATOR, HoldingQuery(["AssetsCurrent"], collection="none")) == []


def test_companies_of_a_line_come_page_by_page_with_their_documents(database: Database) -> None:
    store = Store(database)
    for number in range(5):
        store.add(ADMINISTRATOR, *filing(f"{number}.pdf", entity=f"House {number}, Inc."))
    first = store.companies(ADMINISTRATOR, FactQuery(metric="Total current assets", limit=3))
    rest = store.companies(ADMINISTRATOR, FactQuery(metric="Total current assets", limit=3), 3)
    assert [*first, *rest] == [f"House {number}, Inc." for number in range(5)]
    assert store.companies(ADMINISTRATOR, FactQuery(entity="House 2, Inc.", limit=3)).keys() == {"House 2, Inc."}
    found = store.facts(ADMINISTRATOR, FactQuery(metric="Total current assets", companies=first))
    assert {one.fact.entity for one in found} == set(first)
    assert store.companies(ADMINISTRATOR, FactQuery(metric="???")) == {}


def pages_of(name: str, first: int, title: str | None, whole: int = 9) -> tuple[Parsed, bytes]:
    """Pages of a longer paper of no company, with a code at their edges."""
    made, data = parsed(name, entity=None)
    profile = replace(made.document.profile, title=title, excerpt=Excerpt("QZTREE", first, whole))
    return replace(made, document=replace(made.document, profile=profile)), data


def titles(store: Store) -> dict[str, str | None]:
    return {one.name: one.title for one in store.documents(ADMINISTRATOR)}


def test_pages_from_within_a_paper_bear_the_title_of_its_first_page(database: Database) -> None:
    store = Store(database)
    for paper in (pages_of("within.pdf", 4, None), pages_of("other.pdf", 4, None, whole=12)):
        store.add(ADMINISTRATOR, *paper)
    assert titles(store) == {"within.pdf": None, "other.pdf": None}
    first = store.add(ADMINISTRATOR, *pages_of("first.pdf", 1, "Evergreen terms"))
    assert titles(store) == {"within.pdf": "Evergreen terms", "other.pdf": None, "first.pdf": "Evergreen terms"}
    within = next(one for one in store.documents(ADMINISTRATOR) if one.name == "within.pdf")
    assert (within.head, within.whole_pages) == ("QZTREE", 9)
    store.add(ADMINISTRATOR, *pages_of("rival.pdf", 1, "Evergreen rules"))
    assert titles(store)["within.pdf"] is None, "two papers have that edge"
    store.delete(ADMINISTRATOR, first.document_id)
    assert titles(store)["within.pdf"] == "Evergreen rules"


def test_a_title_under_another_label_or_in_another_collection_tells_nothing(database: Database) -> None:
    store = Store(database)
    Policy(database).add_label(ADMINISTRATOR, "secret")
    store.add(ADMINISTRATOR, *pages_of("within.pdf", 4, None))
    store.add(ADMINISTRATOR, *pages_of("hidden.pdf", 1, "Evergreen terms"), label="secret")
    store.add(ADMINISTRATOR, *pages_of("first.pdf", 1, "Evergreen terms"), collection="elsewhere")
    assert titles(store)["within.pdf"] is None
