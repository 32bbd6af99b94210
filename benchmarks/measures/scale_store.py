"""A store of many made-up passages, loaded as a restore would load it: binary COPY, lists merged already, the graph built last.

Rows are those that the product writes for a document (knowledge/storage/document_rows.py, knowledge/search/index_compaction.py), but for
pages, blocks and cells, which no search reads. Passages: 75 words by Zipf's law, 15 of them of the document's topic. Vectors: the sum of
random vectors of the passage's words, the rarer the heavier, so that passages that share telling words are near, and all share the common
ones, as in real encoders.
"""

from __future__ import annotations

import hashlib
import random
import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.answer import Language
from finfoundry.core.protocols import Scale
from finfoundry.knowledge.search.index_compaction import BLOCK, FULL_BATCH
from finfoundry.knowledge.search.terms import DIMENSIONS, IMPACT_SCALE, K1, USUAL_LENGTH, B, term_id, terms
from finfoundry.runtime.database import Connection, Database

PASSAGES_A_DOCUMENT = 400
PASSAGES_A_PAGE = 4
TOPICS = 200
LENGTH, OWN = 75, 15  # words of a passage, and how many of these are of its topic
SHARES = {"half_percent": 0.005, "five_percent": 0.045, "half": 0.45, "rest": 0.5}  # of the documents, by label
READERS = {"0.5 %": 1, "5 %": 2, "50 %": 3, "100 %": 4}  # may read that many of the labels above
TABLES = ("documents", "chunks", "chunk_terms", "vectors", "postings")


class Words:
    """A vocabulary with Zipf's frequencies, and words of one's own for each topic."""

    def __init__(self, size: int = 50_000) -> None:
        self.words = [self._word(number) for number in range(size)]
        share = 1 / np.arange(1, size + 1)
        self.cumulative = np.cumsum(share / share.sum())
        self.terms = np.array([term_id(terms(word)[0]) for word in self.words])

    def draw(
        self, random_numbers: np.random.Generator, topic: int, passages: int, length: int = LENGTH, own: int = OWN
    ) -> NDArray[np.int64]:
        """Numbers of words, shape (passages, length)."""
        common = np.searchsorted(self.cumulative, random_numbers.random((passages, length - own)))
        topical = 1000 + topic * 100 + np.minimum(random_numbers.exponential(10, (passages, own)).astype(np.int64), 99)
        return np.concatenate([np.minimum(common, len(self.words) - 1), topical], axis=1)

    def text(self, numbers: Iterable[int]) -> str:
        return " ".join(self.words[number] for number in numbers)

    @staticmethod
    def _word(number: int) -> str:
        letters = "bcdfghjklmnprstvz"
        return "".join(letters[number // 17**place % 17] + "aeiou"[(number + place) % 5] for place in range(4)) + "x"


class WordEmbedder:
    """Unit vectors: the sum of a random vector per word, weighted by the word's rarity."""

    model, dimensions = "words", 384
    languages: tuple[Language | None, ...] = (None,)

    def __init__(self, words: Words) -> None:
        rarity = np.log(np.arange(2, len(words.words) + 2, dtype=np.float32))
        self.vectors = np.random.default_rng(1).standard_normal((len(words.words), self.dimensions), np.float32) * rarity[:, None]
        self.numbers = {word: number for number, word in enumerate(words.words)}

    def of(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Of passages as numbers of words, shape (passages, words)."""
        total = np.stack([self.vectors[passage].sum(axis=0) for passage in numbers])
        unit: NDArray[np.float32] = total / np.linalg.norm(total, axis=1, keepdims=True)
        return unit

    def passages(self, texts: Sequence[str], language: Language | None = None) -> NDArray[np.float32]:
        return np.stack([self.query(text, language) for text in texts])

    def query(self, text: str, language: Language | None = None) -> NDArray[np.float32]:  # noqa: ARG002
        numbers = [self.numbers[word] for word in text.split() if word in self.numbers]
        vector: NDArray[np.float32] = self.of(np.array([numbers]))[0]
        return vector

    def scale(self, language: Language | None = None) -> Scale:  # noqa: ARG002
        return Scale()

    def count_tokens(self, texts: Sequence[str]) -> int:
        return sum(len(text.split()) for text in texts)


def load(database: Database, passages: int, words: Words, embedder: WordEmbedder) -> None:
    """Fill an empty store."""
    with database.owner() as connection:
        _users(connection)
        connection.execute("INSERT INTO collections (name) VALUES ('default') ON CONFLICT DO NOTHING")
        connection.execute("DROP INDEX IF EXISTS vectors_nearest")
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        labels = _labels(passages // PASSAGES_A_DOCUMENT)
        documents = sorted(range(len(labels)), key=lambda number: labels[number])  # those of a batch share their label
        ids = dict(connection.execute("SELECT name, id FROM labels").fetchall())
        batch = FULL_BATCH // PASSAGES_A_DOCUMENT
        number = 0
        for label in SHARES:
            own = [one for one in documents if labels[one] == label]
            for at in range(0, len(own), batch):
                number += 1
                _batch(connection, own[at : at + batch], ids[label], number, words, embedder)
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _labels(documents: int) -> list[str]:
    """A label for each document: as many of each as its share says, in an order by chance."""
    labels = [label for label, share in SHARES.items() for _ in range(round(share * documents))]
    labels = (labels + [list(SHARES)[-1]] * documents)[:documents]
    random.Random(0).shuffle(labels)
    return labels


def build(database: Database) -> None:
    """The graph, and the planner's statistics."""
    with database.owner() as connection:
        connection.execute("SET LOCAL maintenance_work_mem = '2GB'; SET LOCAL max_parallel_maintenance_workers = 2")
        graph = "CREATE INDEX IF NOT EXISTS vectors_nearest ON vectors USING hnsw (embedding halfvec_ip_ops)"
        connection.execute(f"{graph} WITH (m = 24, ef_construction = 128)")
        for table in TABLES:
            connection.execute(f"ANALYZE {table}")


def _users(connection: Connection) -> None:
    for label in SHARES:
        connection.execute("INSERT INTO labels (name) VALUES (%s) ON CONFLICT DO NOTHING", (label,))
    for reader, number in READERS.items():
        connection.execute("INSERT INTO users (name) VALUES (%s) ON CONFLICT DO NOTHING", (reader,))
        grant = "INSERT INTO grants (label_id, user_id) SELECT l.id, u.id FROM labels l, users u WHERE l.name = ANY (%s) AND u.name = %s"
        connection.execute(grant + " ON CONFLICT DO NOTHING", (list(SHARES)[:number], reader))


def _batch(connection: Connection, documents: Sequence[int], label: int, number: int, words: Words, embedder: WordEmbedder) -> None:
    """A merged batch of documents: their rows, and its inverted lists."""
    collection = connection.execute("SELECT id FROM collections WHERE name = 'default'").fetchone()
    assert collection is not None
    drawn = {one: words.draw(np.random.default_rng(one), one % TOPICS, PASSAGES_A_DOCUMENT) for one in documents}
    rows = [
        (
            one + 1,
            collection[0],
            label,
            number,
            first_chunk(one),
            PASSAGES_A_DOCUMENT,
            f"{one}.pdf",
            hashlib.sha256(str(one).encode()).hexdigest(),
        )
        for one in documents
    ]
    insert = """
        INSERT INTO documents (id, collection_id, label_id, batch_id, first_chunk, chunks, name, sha256, media_type, size, pages,
                               language, score, embedded_by, vectors_by)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'application/pdf', 1, 100, 'en', 1, 'words', 'words')
    """
    connection.cursor().executemany(insert, rows)
    weighed = {one: list(_weights(words, drawn[one])) for one in documents}
    _copy(connection, "chunks (id, document_id, label_id, ordinal, page, kind, text, section, box)", _chunks(words, drawn, label))
    _copy(connection, "chunk_terms (chunk_id, document_id, label_id, weights)", _chunk_terms(weighed, label))
    _copy(connection, "vectors (chunk_id, document_id, label_id, embedding)", _vectors(embedder, drawn, label))
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY postings (term, compact, impact, label_id, collection_id, size, batch_id, chunks, impacts) FROM STDIN") as copy,
    ):
        for row in _lists(weighed):
            copy.write_row((row[0], True, row[2][0], label, collection[0], len(row[1]), number, list(row[1]), list(row[2])))


def first_chunk(document: int) -> int:
    return document * PASSAGES_A_DOCUMENT + 1


def _weights(words: Words, drawn: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Terms in order and their BM25 weights, as knowledge.terms.weights gives them."""
    norm = K1 * (1 - B + B * drawn.shape[1] / USUAL_LENGTH)
    for passage in words.terms[drawn]:
        found, counts = np.unique(passage, return_counts=True)
        yield found, counts * (K1 + 1) / (counts + norm)


def _chunks(words: Words, drawn: dict[int, NDArray[np.int64]], label: int) -> Iterator[tuple[bytes, ...]]:
    box = struct.pack(">iiIii", 1, 0, 701, 4, 1) + b"".join(struct.pack(">id", 8, value) for value in (0.0, 0.0, 1.0, 1.0))
    for document, passages in drawn.items():
        for ordinal, passage in enumerate(passages):
            text, page = words.text(passage).encode(), ordinal // PASSAGES_A_PAGE + 1
            yield (
                _int(first_chunk(document) + ordinal), _long(document + 1), _int(label), _int(ordinal), _int(page), b"text", text,
                struct.pack(">iiI", 0, 0, 25), box,
            )  # fmt: skip


def _chunk_terms(weighed: dict[int, list[tuple[NDArray[np.int64], NDArray[np.float64]]]], label: int) -> Iterator[tuple[bytes, ...]]:
    for document, passages in weighed.items():
        for ordinal, (found, weights) in enumerate(passages):
            head = struct.pack(">iii", DIMENSIONS, len(found), 0)
            sparse = head + (found - 1).astype(">i4").tobytes() + weights.astype(">f4").tobytes()
            yield _int(first_chunk(document) + ordinal), _long(document + 1), _int(label), sparse


def _vectors(embedder: WordEmbedder, drawn: dict[int, NDArray[np.int64]], label: int) -> Iterator[tuple[bytes, ...]]:
    head = struct.pack(">hh", embedder.dimensions, 0)
    for document, passages in drawn.items():
        for ordinal, vector in enumerate(embedder.of(passages).astype(">f2")):
            yield _int(first_chunk(document) + ordinal), _long(document + 1), _int(label), head + vector.tobytes()


def _lists(weighed: dict[int, list[tuple[NDArray[np.int64], NDArray[np.float64]]]]) -> Iterator[tuple[int, list[int], list[int]]]:
    """Inverted lists of a batch in blocks of falling impact: term, passages, impacts."""
    parts = [
        (found, np.full(len(found), first_chunk(document) + ordinal), np.round(weights * IMPACT_SCALE).astype(np.int64))
        for document, passages in weighed.items()
        for ordinal, (found, weights) in enumerate(passages)
    ]
    term, chunk, impact = (np.concatenate([part[column] for part in parts]) for column in range(3))
    order = np.lexsort((chunk, -impact, term))
    term, chunk, impact = term[order], chunk[order], impact[order]
    edges = [0, *(np.flatnonzero(np.diff(term)) + 1).tolist(), len(term)]
    for start, end in pairwise(edges):
        for at in range(start, end, BLOCK):
            stop = min(at + BLOCK, end)
            yield int(term[at]), chunk[at:stop].tolist(), impact[at:stop].tolist()


def _int(value: int) -> bytes:
    return struct.pack(">i", value)


def _long(value: int) -> bytes:
    return struct.pack(">q", value)


def _copy(connection: Connection, target: str, rows: Iterator[tuple[bytes, ...]]) -> None:
    """COPY in PostgreSQL's binary form; fields come packed."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN (FORMAT binary)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0))
        for row in rows:
            copy.write(struct.pack(">h", len(row)) + b"".join(struct.pack(">i", len(field)) + field for field in row))
        copy.write(struct.pack(">h", -1))
