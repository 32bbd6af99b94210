"""Search over many passages under narrow and wide policies: time, and agreement with the exact way.

    python benchmarks/search_scale.py [--passages 500000] [--questions 40] [--home FOLDER]

Passages are made up: 75 words by Zipf's law, 15 of them of the document's topic (200 topics). A vector is the sum of random vectors of
the passage's words, the rarer the heavier: passages that share telling words are near, and all share the common ones, as in real
encoders. Questions are 12 words made the same way. Four users may read 100, 50, 5 and 0.5 % of the documents. Baseline: every allowed
passage compared (exact). Lists are merged as documents come; vectors are loaded before their graph is built, as after a restore.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.answer import Language
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
CLIENTS = 8
WARMING = 10
COMPARED = 40  # questions put the exact way too
MERGED_AFTER = 12  # documents: about as many passages as a merge waits for
SHARES = {"half_percent": 0.005, "five_percent": 0.045, "half": 0.45, "rest": 0.5}  # of the documents, by label
READERS = {"0.5 %": 1, "5 %": 2, "50 %": 3, "100 %": 4}  # may read that many of the labels above


class Words:
    """A vocabulary with Zipf's frequencies, and words of one's own for each topic."""

    def __init__(self, size: int = 50_000) -> None:
        self.words = [self._word(number) for number in range(size)]
        self.cumulative = np.cumsum(1 / np.arange(1, size + 1)).tolist()

    def text(self, draw: random.Random, topic: int, length: int = 75, own: int = 15) -> str:
        common = draw.choices(self.words, cum_weights=self.cumulative, k=length - own)
        topical = [self.words[1000 + topic * 100 + min(int(draw.expovariate(0.1)), 99)] for _ in range(own)]
        return " ".join(common + topical)

    @staticmethod
    def _word(number: int) -> str:
        letters = "bcdfghjklmnprstvz"
        return "".join(letters[number // 17**place % 17] + "aeiou"[(number + place) % 5] for place in range(4)) + "x"


class WordEmbedder:
    """Unit vectors: the sum of a random vector per word, weighted by the word's rarity."""

    model, dimensions = "words", 384
    languages: tuple[Language | None, ...] = (None,)

    def __init__(self, words: Words) -> None:
        random_vectors = np.random.default_rng(1).standard_normal((len(words.words), self.dimensions), np.float32)
        rarity = np.log(np.arange(2, len(words.words) + 2, dtype=np.float32))
        self.vectors = random_vectors * rarity[:, None]
        self.numbers = {word: number for number, word in enumerate(words.words)}

    def passages(self, texts: Sequence[str], language: Language | None = None) -> NDArray[np.float32]:  # noqa: ARG002
        return np.stack([self.query(text) for text in texts])

    def query(self, text: str, language: Language | None = None) -> NDArray[np.float32]:  # noqa: ARG002
        total = self.vectors[[self.numbers[word] for word in text.split() if word in self.numbers]].sum(axis=0)
        unit: NDArray[np.float32] = total / np.linalg.norm(total)
        return unit


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
        if one % MERGED_AFTER == 0 or one == number - 1:
            store.embed_pending()
    print(f"{passages} passages added, vectors loaded, lists merged: {time.monotonic() - started:.0f} s", flush=True)
    started = time.monotonic()
    with store.database.owner() as connection:
        connection.execute("SET LOCAL maintenance_work_mem = '2GB'; SET LOCAL max_parallel_maintenance_workers = 2")
        graph = "CREATE INDEX IF NOT EXISTS vectors_nearest ON vectors USING hnsw (embedding halfvec_ip_ops)"
        connection.execute(f"{graph} WITH (m = 24, ef_construction = 128)")
        for table in ("postings", "chunk_terms", "vectors", "documents", "chunks"):
            connection.execute(f"ANALYZE {table}")
    print(f"graph built: {time.monotonic() - started:.0f} s", flush=True)


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
        f"p50 {p50:4.0f} ms  p95 {p95:4.0f} ms  overlap@10 {agreement:.2f}  {CLIENTS} clients: p50 {times[1][0]:4.0f} ms  "
        f"p95 {times[1][1]:4.0f} ms  exact: p50 {times[2][0]:5.0f} ms"
    )


def percentiles(milliseconds: list[float]) -> tuple[float, float]:
    ordered = sorted(milliseconds)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]


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
        store = Store(database, embedder)
        if not store.documents(ADMINISTRATOR):
            fill(store, options.passages, words)
        draw = random.Random(5)
        queries = [words.text(draw, draw.randrange(TOPICS), length=12, own=6) for _ in range(options.questions + WARMING)]
        for name, chosen in (("words", None), ("words + vectors", embedder)):
            for reader in READERS:
                print(f"{name:16} {reader:>6}: {measure(database, chosen, reader, queries)}", flush=True)
    finally:
        database.close()
        supervisor.stop()


if __name__ == "__main__":
    main()
