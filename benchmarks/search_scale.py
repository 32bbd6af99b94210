"""Search over many passages under narrow and wide policies: time, and agreement with the exact way.

    python benchmarks/search_scale.py [--passages 500000] [--questions 40] [--home FOLDER]

Passages are made up: words by Zipf's law with a topic per document, vectors around a centre per topic. Four users may read 100, 50, 5
and 0.5 % of them. Baseline: every allowed passage compared (exact). Vectors are loaded before their graph is built, as after a restore.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.audit import install
from finfoundry.core.database import Database
from finfoundry.core.document import Block, Certificate, Document, Page, Parsed, Profile
from finfoundry.core.keys import Master
from finfoundry.core.postgres import Postgres
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.core.supervisor import Supervisor
from finfoundry.knowledge import search
from finfoundry.knowledge.search import Search, SearchQuery
from finfoundry.knowledge.store import Store

PASSAGES_A_DOCUMENT = 400
TOPICS = 200
SHARES = {"half_percent": 0.005, "five_percent": 0.045, "half": 0.45, "rest": 0.5}  # of the documents, by label
READERS = {"0.5 %": 1, "5 %": 2, "50 %": 3, "100 %": 4}  # may read that many of the labels above


class Words:
    """A vocabulary with Zipf's frequencies, and words of one's own for each topic."""

    def __init__(self, size: int = 50_000) -> None:
        self.words = [self._word(number) for number in range(size)]
        self.cumulative = np.cumsum(1 / np.arange(1, size + 1)).tolist()

    def text(self, draw: random.Random, topic: int, length: int = 75) -> str:
        common = draw.choices(self.words, cum_weights=self.cumulative, k=length - 15)
        own = [self.words[1000 + topic * 100 + min(int(draw.expovariate(0.1)), 99)] for _ in range(15)]
        return " ".join(common + own)

    @staticmethod
    def _word(number: int) -> str:
        letters = "bcdfghjklmnprstvz"
        return "".join(letters[number // 17**place % 17] + "aeiou"[(number + place) % 5] for place in range(4)) + "x"


class TopicEmbedder:
    """Unit vectors around a topic's centre; the topic is the first word of the text."""

    model, dimensions = "topics", 384

    def __init__(self) -> None:
        self.random = np.random.default_rng(1)
        self.centres = self.random.standard_normal((TOPICS, self.dimensions)).astype(np.float32)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        topics = [int(hashlib.sha256(text.rsplit(" ", 1)[-1].encode()).hexdigest(), 16) % TOPICS for text in texts]
        made = self.centres[topics] + 0.9 * self.random.standard_normal((len(texts), self.dimensions)).astype(np.float32)
        unit: NDArray[np.float32] = made / np.linalg.norm(made, axis=1, keepdims=True)
        return unit

    def query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self.passages([text])[0]
        return vector


def document(number: int, words: Words) -> tuple[Parsed, bytes]:
    draw = random.Random(number)
    topic = number % TOPICS
    pages = [
        Page(page + 1, 612.0, 792.0, [Block("paragraph", words.text(draw, topic), section=(f"{page} {part}",)) for part in range(4)])
        for page in range(PASSAGES_A_DOCUMENT // 4)
    ]
    data = str(number).encode()
    profile = Profile(entity=None, kind="made up", fiscal_year=2020)
    made = Document(f"{number}.txt", hashlib.sha256(data).hexdigest(), "text/plain", len(data), pages, profile)
    return Parsed(made, [], Certificate()), data


def fill(store: Store, passages: int, words: Words) -> None:
    with store.database.owner() as connection:
        connection.execute("DROP INDEX IF EXISTS vectors_nearest")
        for label in SHARES:
            connection.execute("INSERT INTO labels (name) VALUES (%s) ON CONFLICT DO NOTHING", (label,))
        for reader, labels in READERS.items():
            connection.execute("INSERT INTO users (name) VALUES (%s) ON CONFLICT DO NOTHING", (reader,))
            grant = (
                "INSERT INTO grants (label_id, user_id) SELECT l.id, u.id FROM labels l, users u WHERE l.name = ANY (%s) AND u.name = %s"
            )
            connection.execute(grant + " ON CONFLICT DO NOTHING", (list(SHARES)[:labels], reader))
    draw, started, number = random.Random(0), time.monotonic(), passages // PASSAGES_A_DOCUMENT
    for one in range(number):
        store.add(ADMINISTRATOR, *document(one, words), label=draw.choices(list(SHARES), weights=list(SHARES.values()))[0])
    print(f"added {passages} passages: {time.monotonic() - started:.0f} s", flush=True)
    started = time.monotonic()
    store.embed_pending()
    print(f"vectors loaded, lists merged: {time.monotonic() - started:.0f} s", flush=True)
    started = time.monotonic()
    with store.database.owner() as connection:
        connection.execute("SET LOCAL maintenance_work_mem = '2GB'; SET LOCAL max_parallel_maintenance_workers = 2")
        graph = "CREATE INDEX IF NOT EXISTS vectors_nearest ON vectors USING hnsw (embedding halfvec_ip_ops)"
        connection.execute(f"{graph} WITH (m = 24, ef_construction = 128)")
        for table in ("postings", "chunk_terms", "vectors", "documents", "chunks"):
            connection.execute(f"ANALYZE {table}")
    print(f"graph built: {time.monotonic() - started:.0f} s", flush=True)


def ask(
    database: Database, embedder: TopicEmbedder | None, reader: str, queries: list[str], *, exact: bool
) -> tuple[list[set[str]], list[float]]:
    search.EXACT_BELOW = 10**9 if exact else EXACT_BELOW
    found, milliseconds = [], []
    for text in queries:
        if embedder:
            embedder.random = np.random.default_rng(len(text))
        started = time.perf_counter()
        hits = Search(database, embedder).search(Principal(reader), SearchQuery(text))
        milliseconds.append((time.perf_counter() - started) * 1000)
        found.append({hit.chunk_id for hit in hits})
    return found, sorted(milliseconds)


EXACT_BELOW = search.EXACT_BELOW


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=500_000)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    home = options.home or Path(tempfile.mkdtemp(prefix="ff-"))
    supervisor = Supervisor(home)
    database = Database(Postgres(home, durable=False).start(supervisor))
    database.migrate()
    with database.owner() as connection:
        install(connection, Master.open(home))
    words, embedder = Words(), TopicEmbedder()
    try:
        store = Store(database, embedder)
        if not store.documents(ADMINISTRATOR):
            fill(store, options.passages, words)
        draw = random.Random(5)
        queries = [words.text(draw, draw.randrange(TOPICS), length=draw.randint(18, 22)) for _ in range(options.questions)]
        for name, chosen in (("words", None), ("words + vectors", embedder)):
            for reader in READERS:
                ask(database, chosen, reader, queries[:5], exact=False)  # warm
                found, times = ask(database, chosen, reader, queries, exact=False)
                truth, slow = ask(database, chosen, reader, queries, exact=True)
                agreement = sum(len(a & b) for a, b in zip(found, truth, strict=True)) / max(sum(map(len, truth)), 1)
                p50, p95, plain = times[len(times) // 2], times[int(len(times) * 0.95)], slow[len(slow) // 2]
                timing = f"p50 {p50:4.0f} ms  p95 {p95:4.0f} ms  exact {plain:5.0f} ms"
                print(f"{name:16} {reader:>6}: {timing}  overlap@10 {agreement:.2f}", flush=True)
    finally:
        database.close()
        supervisor.stop()


if __name__ == "__main__":
    main()
