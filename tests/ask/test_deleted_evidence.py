"""A document that is deleted while a question about it is answered: nothing of it is quoted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from finfoundry.ask.asker import Agent
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.search.passages import Hit, Search, SearchQuery
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master

QUESTION = "Within how many days is the deposit for a berth paid back?"
OLD = "# Deposit\n\nThe deposit for a berth is paid back within 30 days after the lease of the berth ends.\n"
NEW = "# Deposit of a berth\n\nThe deposit for a berth is paid back within 60 days after the lease of the berth ends.\n"


class Interrupted(Search):
    """A search after which something happens before the answer is written."""

    then: Callable[[], None] = staticmethod(lambda: None)

    def search(self, principal: Principal, query: SearchQuery) -> list[Hit]:
        found = super().search(principal, query)
        self.then()
        return found


def add(store: Store, name: str, text: str) -> str:
    return store.add(ADMINISTRATOR, parse(text.encode(), name), text.encode()).document_id


@pytest.fixture
def store(database: Database, tmp_path: Path) -> Store:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    return Store(database)


@pytest.mark.parametrize("others", [(), (NEW,)], ids=["the only paper", "one of two"])
def test_a_document_deleted_between_search_and_answer_is_not_quoted(database: Database, store: Store, others: Sequence[str]) -> None:
    old = add(store, "old.md", OLD)
    for text in others:
        add(store, "new.md", text)
    search = Interrupted(database)
    before = Agent(None, store, search).ask(ADMINISTRATOR, QUESTION)[0]
    assert "30 days" in shown(before), "it is shown while it is there"

    def delete() -> None:
        if any(one.id == old for one in store.documents(ADMINISTRATOR)):
            store.delete(ADMINISTRATOR, old)

    search.then = delete
    answer, trace = Agent(None, store, search).ask(ADMINISTRATOR, QUESTION)
    assert "30 days" not in shown(answer)
    assert old not in {one for step in trace.steps if step.kind == "answer" for one in step.documents}
    assert ("60 days" in shown(answer)) is bool(others), "what is still there answers"


def test_where_twice_what_would_be_quoted_is_deleted_the_closest_of_what_is_left_is_shown(database: Database, store: Store) -> None:
    first, second = add(store, "old.md", OLD), add(store, "new.md", NEW)
    add(store, "berths.md", "# Berths\n\nA berth is let for a season, with a lease of its own and a key to the pier.\n")
    search, going = Interrupted(database), [first, second]

    def delete() -> None:
        if going:
            store.delete(ADMINISTRATOR, going.pop(0))

    search.then = delete
    answer, _ = Agent(None, store, search).ask(ADMINISTRATOR, QUESTION)
    assert (answer.status, [(one.marker, one.document.name) for one in answer.nearest]) == ("no_evidence", [(1, "berths.md")])


def shown(answer: object) -> str:
    return repr(answer)
