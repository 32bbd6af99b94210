"""Two ways to rank by words give one order."""

from __future__ import annotations

import itertools
import random
import re

from tests.knowledge.samples import paragraph, parsed

from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.search import retrievers
from finfoundry.knowledge.search.filters import resolve
from finfoundry.knowledge.search.retrievers import QueryTerms, Reach
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime.database import Database

WORDS = [f"{one}{other}ton" for one in ("bal", "cor", "dun", "fen") for other in ("a", "e", "i", "o")]


def test_lists_read_whole_rank_as_all_passages_compared(database: Database) -> None:
    draw, store = random.Random(1), Store(database)
    for year in (2019, 2020, 2021):
        pages = [[paragraph(" ".join(draw.choices(WORDS, k=draw.randint(5, 40))))] for _ in range(12)]
        document, data = parsed(f"STREAM_{year}.pdf", pages=pages, year=year)
        store.add(ADMINISTRATOR, document, data)
    with database.transaction(ADMINISTRATOR) as connection:
        where = resolve(connection, None, None)
        reach = Reach(where, None, 10_000, exact=True)
        for _ in range(20):
            said = retrievers.weighed(connection, [" ".join(draw.choices(WORDS, k=3))], where)
            whole = retrievers.by_words(connection, said, reach)
            compared = retrievers.by_words(connection, QueryTerms(said.weights, 10**9), reach)
            assert set(whole) == set(compared)
            scores = _scores(connection.execute("SELECT chunk_id, weights::text FROM chunk_terms").fetchall(), said)
            ranked = [scores[id_] for id_ in whole]
            assert all(before > after - 0.002 * sum(said.weights.values()) for before, after in itertools.pairwise(ranked))


def _scores(rows: list[tuple[int, str]], said: QueryTerms) -> dict[int, float]:
    """Each passage's, from the text form of its weights: {term:weight,…}/dimensions."""
    found = {id_: {int(term): float(weight) for term, weight in re.findall(r"(\d+):([\d.e-]+)", text)} for id_, text in rows}
    return {id_: sum(weights.get(term, 0.0) * rarity for term, rarity in said.weights.items()) for id_, weights in found.items()}
