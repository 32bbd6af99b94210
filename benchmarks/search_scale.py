"""Search over many passages under narrow and wide policies: time, and agreement with the exact way.

    python benchmarks/search_scale.py [--passages 500000] [--questions 100] [--home FOLDER]

The store is made by benchmarks/scale_store.py, which says how passages and vectors are made. Questions are 12 words, six of a topic's
own. Four users may read 100, 50, 5 and 0.5 % of the documents. Each question is put alone, then by 8 clients at once. Baseline: every
allowed passage compared (exact). ``--home`` keeps the store between runs.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.knowledge.search import passages as search
from finfoundry.knowledge.search.passages import Search, SearchQuery
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime.audit import install
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.runtime.postgres import Postgres
from finfoundry.runtime.supervisor import Supervisor
from measures import carried_out
from measures.scale_store import READERS, TOPICS, WordEmbedder, Words, build, load

CLIENTS = 8
WARMING = 10
COMPARED = 25  # questions put the exact way too


def ask(database: Database, embedder: WordEmbedder | None, reader: str, query: str) -> tuple[set[str], float]:
    """Ids of the passages found, and the milliseconds it took."""
    started = time.perf_counter()
    hits = Search(database, embedder).search(Principal(reader), SearchQuery(query))
    return {hit.chunk_id for hit in hits}, (time.perf_counter() - started) * 1000


def measure(database: Database, embedder: WordEmbedder | None, reader: str, queries: list[str]) -> str:
    """Alone, then 8 at once, then the exact way for comparison."""
    for text in queries[:WARMING]:
        ask(database, embedder, reader, text)
    asked = queries[WARMING:]
    alone = [ask(database, embedder, reader, text) for text in asked]
    with ThreadPoolExecutor(CLIENTS) as clients:
        together = list(clients.map(lambda text: ask(database, embedder, reader, text), asked * 2))
    usual, search.EXACT_BELOW = search.EXACT_BELOW, 10**9
    truth = [ask(database, embedder, reader, text) for text in asked[:COMPARED]]
    search.EXACT_BELOW = usual
    same = sum(len(found & right) for (found, _), (right, _) in zip(alone, truth, strict=False))
    agreement = same / max(sum(len(right) for right, _ in truth), 1)
    times = [percentiles([time for _, time in runs]) for runs in (alone, together, truth)]
    p50, p95 = times[0]
    return (
        f"{readable(database, reader):6.2%} of passages  p50 {p50:4.0f} ms  p95 {p95:4.0f} ms  overlap@10 {agreement:.2f}  "
        f"{CLIENTS} clients: p50 {times[1][0]:4.0f} ms  "
        f"p95 {times[1][1]:4.0f} ms  exact: p50 {times[2][0]:5.0f} ms"
    )


def readable(database: Database, reader: str) -> float:
    """The share of all passages that a user may read."""
    with database.transaction(Principal(reader)) as connection:
        allowed = connection.execute("SELECT coalesce(sum(chunks), 0) FROM documents").fetchone()
    with database.owner() as connection:
        every = connection.execute("SELECT coalesce(sum(chunks), 0) FROM documents").fetchone()
    return float(allowed[0] / every[0]) if allowed and every else 0.0


def percentiles(milliseconds: list[float]) -> tuple[float, float]:
    ordered = sorted(milliseconds)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]


def fill(database: Database, passages: int, words: Words, embedder: WordEmbedder) -> None:
    """Load what is not there, and build the graph where it is not there: a run that was stopped goes on."""
    started = time.monotonic()
    if not Store(database).documents(ADMINISTRATOR):
        load(database, passages, words, embedder)
        print(f"{passages} passages loaded with vectors and lists: {time.monotonic() - started:.0f} s", flush=True)
    started = time.monotonic()
    build(database)
    print(f"graph built: {time.monotonic() - started:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=500_000)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    home = options.home or Path(tempfile.mkdtemp(prefix="ff-"))
    supervisor = Supervisor(home)
    database = Database(Postgres(home, durable=False).start(supervisor))
    database.migrate()
    with database.owner() as connection:
        install(connection, Master.open(home))
    words = Words()
    embedder = WordEmbedder(words)
    try:
        fill(database, options.passages, words, embedder)
        draw = random.Random(5)
        drawn = [
            words.draw(np.random.default_rng(draw.randrange(10**9)), draw.randrange(TOPICS), 1, 12, 6)[0]
            for _ in range(options.questions + WARMING)
        ]
        queries = [words.text(numbers) for numbers in drawn]
        for name, chosen in (("words", None), ("words + vectors", embedder)):
            for reader in READERS:
                print(f"{name:16} {reader:>6}: {measure(database, chosen, reader, queries)}", flush=True)
    finally:
        database.close()
        supervisor.stop()


if __name__ == "__main__":
    carried_out(main)
