"""No row of any table, through any function, without a grant: random users, groups, labels and grants."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.knowledge.samples import HashEmbedder, filing

from finfoundry.core.errors import NotFound, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.knowledge.search.passages import Search, SearchQuery
from finfoundry.knowledge.storage.store import FactQuery, Store
from finfoundry.runtime.database import READER, WORKER, Connection, Database

LABELS = ("general", "sensitive", "important", "core", "deal team")
USERS = ("ann", "bob", "eve")
GROUPS = ("risk", "audit")


@dataclass(frozen=True)
class Rights:
    members: frozenset[tuple[str, str]]
    user_grants: frozenset[tuple[str, str, bool]]
    group_grants: frozenset[tuple[str, str, bool]]

    def labels(self, user: str, *, writing: bool = False) -> set[str]:
        """The policy said again, in another way than the database says it."""
        own = {label for name, label, write in self.user_grants if name == user and write >= writing}
        groups = {group for name, group in self.members if name == user}
        shared = {label for group, label, write in self.group_grants if group in groups and write >= writing}
        return own | shared | (set() if writing or user not in USERS else {"general"})


def granted(names: tuple[str, ...]) -> st.SearchStrategy[frozenset[tuple[str, str, bool]]]:
    return st.dictionaries(st.tuples(st.sampled_from(names), st.sampled_from(LABELS)), st.booleans(), max_size=6).map(
        lambda grants: frozenset((name, label, write) for (name, label), write in grants.items())
    )


RIGHTS = st.builds(Rights, st.frozensets(st.tuples(st.sampled_from(USERS), st.sampled_from(GROUPS))), granted(USERS), granted(GROUPS))


@pytest.fixture
def store(database: Database) -> Store:
    """One document per label, the same content in each, embedded and partly compacted."""
    store = Store(database, HashEmbedder())
    with database.owner() as connection:
        connection.execute("INSERT INTO labels (name) VALUES ('deal team')")
        for name in USERS:
            connection.execute("INSERT INTO users (name) VALUES (%s)", (name,))
        for name in GROUPS:
            connection.execute("INSERT INTO groups (name) VALUES (%s)", (name,))
    for label in LABELS:
        store.add(ADMINISTRATOR, *filing(f"{label}.pdf", entity=f"{label} house"), label=label)
    store.embed_pending()
    return store


def give(database: Database, rights: Rights) -> None:
    with database.owner() as connection:
        connection.execute("TRUNCATE memberships, grants RESTART IDENTITY")
        member = "INSERT INTO memberships SELECT u.id, g.id FROM users u, groups g WHERE u.name = %s AND g.name = %s"
        for pair in rights.members:
            connection.execute(member, pair)
        for kind, grants in (("user", rights.user_grants), ("group", rights.group_grants)):
            insert = (
                f"INSERT INTO grants (label_id, {kind}_id, can_write) SELECT l.id, x.id, %s FROM labels l, {kind}s x"
                " WHERE x.name = %s AND l.name = %s"
            )
            for name, label, write in grants:
                connection.execute(insert, (write, name, label))


def tables(connection: Connection) -> list[str]:
    """Every table that carries a label and that this role may read."""
    query = """
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'label_id'
        WHERE c.relnamespace = 'finfoundry'::regnamespace AND c.relkind = 'r' AND has_column_privilege(c.oid, a.attnum, 'SELECT')
    """
    return [name for (name,) in connection.execute(query).fetchall()]


def labels_in_tables(connection: Connection, label_names: dict[int, str]) -> set[str]:
    found: set[int] = set()
    for table in tables(connection):
        found |= {label for (label,) in connection.execute(f"SELECT DISTINCT label_id FROM {table}").fetchall()}
    return {label_names[label] for label in found}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rights=RIGHTS, user=st.sampled_from([*USERS, "stranger", ""]))
def test_nothing_is_seen_without_a_grant(store: Store, rights: Rights, user: str) -> None:
    database, principal, search = store.database, Principal(user), Search(store.database, store.embedder)
    give(database, rights)
    expected = rights.labels(user)
    with database.owner() as connection:
        label_names = dict(connection.execute("SELECT id, name FROM labels").fetchall())
    with database.transaction(principal) as connection:
        assert len(tables(connection)) >= 10
        assert labels_in_tables(connection, label_names) == expected
        assert {name for (name,) in connection.execute("SELECT name FROM labels")} == expected
    assert {document.label for document in store.documents(principal)} == expected
    assert {fact.document_name.removesuffix(".pdf") for fact in store.facts(principal, FactQuery())} == expected
    assert {entity.name.removesuffix(" house") for entity in store.entities(principal)} == expected
    near = FactQuery(metric="Total current assets")
    assert {fact.document_name.removesuffix(".pdf") for fact in store.facts(principal, near)} == expected
    assert {name.removesuffix(" house") for name in store.companies(principal, near)} == expected
    for text in ("streaming memberships", "total assets", "core house"):
        assert {hit.document_name.removesuffix(".pdf") for hit in search.search(principal, SearchQuery(text, k=50))} == expected
    _, rows = database.read(principal, "SELECT DISTINCT label_id FROM documents UNION SELECT DISTINCT label_id FROM facts")
    assert {label_names[label] for (label,) in rows} == expected
    for document in store.documents(ADMINISTRATOR):
        if document.label not in expected:
            with pytest.raises(NotFound):
                store.data(principal, document.id)


def test_what_searches_through_all_facts_compare_is_under_the_condition_of_their_policy(store: Store) -> None:
    """The view ``readable_facts`` says it again, so that an index can be used."""
    with store.database.owner() as connection:
        policy = "SELECT qual FROM pg_policies WHERE tablename = 'facts' AND cmd = 'SELECT' AND schemaname = 'finfoundry'"
        (condition,) = connection.execute(policy).fetchall()
        ((view,),) = connection.execute("SELECT pg_get_viewdef('readable_facts'::regclass)").fetchall()
    assert "".join(view.partition("WHERE")[2].split()).rstrip(";") == "".join(condition[0].split())
    with store.database.transaction(Principal("stranger")) as connection:
        assert connection.execute("SELECT FROM readable_facts").fetchall() == []
    for role in (READER, WORKER):
        with store.database.owner() as connection:
            assert connection.execute("SELECT has_table_privilege(%s, 'readable_facts', 'SELECT')", (role,)).fetchone() == (False,)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rights=RIGHTS, user=st.sampled_from(USERS), label=st.sampled_from(LABELS))
def test_nothing_is_changed_without_a_grant_to_write(store: Store, rights: Rights, user: str, label: str) -> None:
    give(store.database, rights)
    before = {document.id: document.label for document in store.documents(ADMINISTRATOR)}
    (target,) = (id_ for id_, name in before.items() if name == label)
    if label in rights.labels(user, writing=True):
        store.delete(Principal(user), target)
        store.add(Principal(user), *filing(f"{label}.pdf", entity=f"{label} house"), label=label)
        return
    with pytest.raises((NotPermitted, NotFound)):
        store.delete(Principal(user), target)
    assert {document.id for document in store.documents(ADMINISTRATOR)} == set(before)


def test_a_document_frequency_does_not_tell_of_what_is_hidden(store: Store) -> None:
    """Scores are the same whether hidden documents hold the words or not."""
    search = Search(store.database)
    query = SearchQuery("streaming memberships revenue assets")
    with_hidden = search.search(Principal("ann"), query)
    for document in store.documents(ADMINISTRATOR):
        if document.label != "general":
            store.delete(ADMINISTRATOR, document.id)
    assert search.search(Principal("ann"), query) == with_hidden


def test_without_an_identity_nothing_is_seen(store: Store) -> None:
    with store.database.connect(READER) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (0,)
    with store.database.connect("finfoundry_application") as connection:
        assert connection.execute("SELECT count(*) FROM chunks").fetchone() == (0,)


def test_postings_of_two_labels_never_share_a_row(store: Store) -> None:
    """A row policy cannot look inside a list."""
    query = """
        SELECT count(*) FROM postings p WHERE EXISTS (
            SELECT FROM chunks c WHERE c.id = ANY (p.chunks) AND c.label_id <> p.label_id
        )
    """
    with store.database.owner() as connection:
        assert connection.execute(query).fetchone() == (0,)
