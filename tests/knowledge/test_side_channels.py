"""What one may not read must not show in how what one may read is found: neither in places nor in scores."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from tests.knowledge.samples import HashEmbedder, paragraph, parsed

from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.policy import Policy
from finfoundry.knowledge.search.passages import Hit, Search, SearchQuery
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master

ANA = Principal("ana")
WORDS = ["impairment", "covenant", "dividend", "goodwill", "hedging", "liquidity", "margin", "pension", "provision", "turnover"]
DOCUMENTS = 8


def sentence(draw: random.Random) -> str:
    return " ".join(draw.choices(WORDS, k=draw.randint(8, 20))).capitalize() + "."


def fill(store: Store, label: str, number: int, seed: int) -> None:
    draw = random.Random(seed)
    for index in range(number):
        pages = [[paragraph(sentence(draw), "Notes")] for _ in range(2)]
        made, data = parsed(f"{label}-{index}.pdf", pages=pages, entity=f"{label} {index} Inc", year=2010 + index % 10)
        store.add(ADMINISTRATOR, made, data, label=label)
    while store.embed_pending(100):
        pass


def found(store: Store, principal: Principal) -> list[list[tuple[str, int, float]]]:
    search = Search(store.database, store.embedder)
    queries = [*WORDS[:4], *(f"{one} {other}" for one, other in itertools.pairwise(WORDS)), "an unknown word"]
    return [[place(hit) for hit in search.search(principal, SearchQuery(query, k=20))] for query in queries]


def place(hit: Hit) -> tuple[str, int, float]:
    return hit.document_id, hit.page, hit.score


@pytest.mark.parametrize("embedder", [None, HashEmbedder()], ids=["words", "words and vectors"])
def test_scores_do_not_tell_of_hidden_documents(database: Database, tmp_path: Path, embedder: HashEmbedder | None) -> None:
    """The rarity of a word, the length of texts, nearest neighbours, compaction: each counts only what the reader may see."""
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    policy, store = Policy(database), Store(database, embedder)
    policy.add_user(ADMINISTRATOR, "ana")
    policy.add_label(ADMINISTRATOR, "deal", discoverable=True)
    fill(store, "general", DOCUMENTS, 1)
    before = found(store, ANA)
    assert any(len(hits) > 3 for hits in before)
    fill(store, "sensitive", 2 * DOCUMENTS, 2)
    fill(store, "deal", DOCUMENTS, 3)
    assert found(store, ANA) == before
    assert found(store, ADMINISTRATOR) != before, "the hidden ones do match"
