"""Searches with their parts: places, facts that lead to pages, and the log that is replayed without the store."""

from __future__ import annotations

import dataclasses
import stat
from pathlib import Path

import pytest
from tests.knowledge.samples import HashEmbedder, filing, paragraph, parsed

from finfoundry.core.errors import InputError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.search.passages import Search, SearchQuery
from finfoundry.knowledge.search.search_log import SearchLog, read_log
from finfoundry.knowledge.search.statement_routing import Route
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime.database import Database

CONCEPTS = ("AssetsCurrent", "LiabilitiesCurrent", "Assets")


@pytest.fixture
def store(database: Database) -> Store:
    store = Store(database, HashEmbedder())
    for year in (2016, 2017):
        paper, data = filing(f"STREAM_{year}.pdf", year=year)
        facts = [dataclasses.replace(fact, concept=concept) for fact, concept in zip(paper.facts, CONCEPTS, strict=True)]
        store.add(ADMINISTRATOR, dataclasses.replace(paper, facts=facts), data)
    store.embed_pending()
    return store


def test_facts_lead_to_a_page_that_no_word_of_the_question_stands_on(store: Store) -> None:
    query = SearchQuery("wealth of the firm", entity="Stream, Inc.", period="2017", route=Route((("Assets",),), (("balance", 1.0),)))
    first = Search(store.database).search(ADMINISTRATOR, query)[0]
    assert (first.document_name, first.page, first.kind) == ("STREAM_2017.pdf", 2, "table")
    assert Search(store.database).search(ADMINISTRATOR, SearchQuery("wealth of the firm", entity="Stream, Inc.")) == []


def test_facts_of_all_companies_lead_nowhere(store: Store) -> None:
    assert Search(store.database).search(ADMINISTRATOR, SearchQuery("wealth", route=Route((("Assets",),), ()))) == []


def test_a_page_is_one_hit_and_shows_as_many_passages_as_asked_for(database: Database) -> None:
    texts = [f"Memberships of region {number} grew. " * 25 for number in range(4)]
    pages = [[paragraph(text, f"{number}") for number, text in enumerate(texts)], [paragraph("Memberships are sold monthly. " * 12, "x")]]
    Store(database).add(ADMINISTRATOR, *parsed("a.pdf", pages=pages))
    search = Search(database)
    assert [hit.page for hit in search.search(ADMINISTRATOR, SearchQuery("memberships"))] in ([1, 2], [2, 1])
    assert sorted(hit.page for hit in search.search(ADMINISTRATOR, SearchQuery("memberships", passages=2))) == [1, 1, 2]


def test_a_log_is_private_and_replays_to_the_same_order(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    search = Search(store.database, store.embedder, SearchLog(file))
    route = Route((("AssetsCurrent",),), (("balance", 0.7),))
    for query in (SearchQuery("memberships"), SearchQuery("total assets", entity="Stream, Inc.", period="2016", route=route)):
        search.search(ADMINISTRATOR, query)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    logged = list(read_log(file))
    assert [one.question for one in logged] == ["memberships", "total assets"]
    for one in logged:
        assert one.hits
        assert [(document, page) for document, _, page in one.hits] == one.replay()[: len(one.hits)]
    assert logged[1].replay({"words": 0.0, "meaning": 0.0})[0][1] == 2


def test_another_file_is_no_log(tmp_path: Path) -> None:
    file = tmp_path / "other.jsonl"
    file.write_text('{"question": 1}\n')
    with pytest.raises(InputError, match="no retrieval log"):
        list(read_log(file))
