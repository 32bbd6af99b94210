"""The inverted lists under inserts, deletions and merges, against a plain count of the passages' terms."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.knowledge.samples import paragraph, parsed

from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ids import document_number
from finfoundry.knowledge.search import index_compaction, passages
from finfoundry.knowledge.search.passages import Search, SearchQuery
from finfoundry.knowledge.storage import document_entry
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime import jobs
from finfoundry.runtime.database import Connection, Database

TEXT = "revenue asset liability cash debt equity interest tax income loss margin share bond loan deposit capital 利润 资产 负债"
WORDS = TEXT.split()


def add(store: Store, number: int, label: str = "general") -> str:
    """A document of a few passages with words drawn by its number."""
    draw = random.Random(number)
    pages = [[paragraph(" ".join(draw.choices(WORDS, k=30)))] for _ in range(draw.randint(1, 4))]
    return store.add(ADMINISTRATOR, *parsed(f"{number}.txt", pages=pages, entity=None), label=label).document_id


def lists(database: Database) -> dict[int, dict[int, int]]:
    """What the lists say: term -> chunk -> impact, each chunk once."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    with database.owner() as connection:
        for term, impact, size, chunks, impacts in connection.execute("SELECT term, impact, size, chunks, impacts FROM postings"):
            assert size == len(chunks) == len(impacts) > 0
            assert list(impacts) == sorted(impacts, reverse=True)
            assert impact == impacts[0]
            for chunk, one in zip(chunks, impacts, strict=True):
                assert chunk not in found[term]
                found[term][chunk] = one
    return dict(found)


def truth(database: Database) -> dict[int, dict[int, int]]:
    """The same, from the passages' own weights."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    with database.owner() as connection:
        for chunk, weights in connection.execute("SELECT chunk_id, weights::text FROM chunk_terms"):
            for pair in weights.strip("{").partition("}")[0].split(","):
                term, _, weight = pair.partition(":")
                found[int(term)][chunk] = round(float(weight) * 1000)
    return dict(found)


def close(a: dict[int, dict[int, int]], b: dict[int, dict[int, int]]) -> bool:
    """Equal but for the last digit, which the vectors round."""
    return a.keys() == b.keys() and all(
        a[term].keys() == b[term].keys() and all(abs(a[term][chunk] - b[term][chunk]) <= 1 for chunk in a[term]) for term in a
    )


def test_lists_follow_inserts_merges_and_deletions(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_compaction, "BLOCK", 7)
    monkeypatch.setattr(index_compaction, "FULL_BATCH", 25)
    store, draw = Store(database), random.Random(1)
    there: list[str] = []
    for number in range(30):
        there.append(add(store, number, draw.choice(["general", "core"])))
        if number % 7 == 6:
            for label in (1, 4):
                index_compaction.compact(database, 1, label)
        if draw.random() < 0.3:
            store.delete(ADMINISTRATOR, there.pop(draw.randrange(len(there))))
        assert close(lists(database), truth(database))
    for document in there:
        store.delete(ADMINISTRATOR, document)
    assert lists(database) == {}


@pytest.mark.parametrize("first_act", ["relabel", "delete"])
@pytest.mark.parametrize("second_act", ["relabel", "delete"])
def test_two_documents_leave_one_batch_at_the_same_time(database: Database, first_act: str, second_act: str) -> None:
    store = Store(database)
    first, second, _ = (add(store, number) for number in range(3))
    assert index_compaction.compact(database, 1, 1) == 3
    acts: dict[str, Callable[[Connection, int], object]] = {
        "relabel": lambda connection, number: document_entry.relabel(connection, ADMINISTRATOR, number, "core"),
        "delete": document_entry.remove,
    }

    def leave() -> None:
        with database.transaction(ADMINISTRATOR) as connection:
            acts[second_act](connection, document_number(second))

    with ThreadPoolExecutor(1) as other:
        with database.transaction(ADMINISTRATOR) as connection:
            acts[first_act](connection, document_number(first))
            leaving = other.submit(leave)
            time.sleep(0.5)  # it waits for the batch by now
        leaving.result()
    assert close(lists(database), truth(database))
    with database.owner() as connection:
        astray = """
            SELECT FROM postings p CROSS JOIN LATERAL unnest(p.chunks) AS one (id) JOIN chunk_terms t ON t.chunk_id = one.id
            WHERE t.label_id <> p.label_id
        """
        assert connection.execute(astray).fetchall() == []


def test_a_merge_is_asked_for_once_and_done_as_a_job(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_compaction, "LOOSE_CHUNKS", 5)
    store = Store(database)
    for number in range(6):
        add(store, number)
    assert jobs.counts(database, index_compaction.JOB).queued == 1
    store.embed_pending()
    with database.owner() as connection:
        assert connection.execute("SELECT count(DISTINCT batch_id), bool_and(compact) FROM postings").fetchone() == (1, True)
    assert close(lists(database), truth(database))


def test_the_way_over_the_lists_finds_what_the_exact_way_finds(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(database)
    for number in range(20):
        add(store, number, "general" if number % 2 else "core")
    index_compaction.compact(database, 1, 1)
    for query in (SearchQuery("cash and debt"), SearchQuery("资产 负债", collection="default"), SearchQuery("margin", kind="10-K")):
        monkeypatch.setattr(passages, "EXACT_BELOW", 25_000)
        exact = Search(database).search(ADMINISTRATOR, query)
        monkeypatch.setattr(passages, "EXACT_BELOW", 0)
        assert Search(database).search(ADMINISTRATOR, query) == exact
        assert exact
