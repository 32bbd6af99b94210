"""Embeddings of passages, made after the document is in the store."""

from __future__ import annotations

from numpy import float32
from numpy.typing import NDArray

from finfoundry.core.protocols import Embedder
from finfoundry.runtime import jobs
from finfoundry.runtime.database import Connection, Database

DIMENSIONS = 384
EMBED_JOB = "embed"
BATCH = 64  # chunks a transaction: what a kill can cost


def embed_document(database: Database, embedder: Embedder, document: int) -> int:
    """Embed what is not embedded yet; how many passages. A document deleted meanwhile is no error.

    Vectors of another embedder are replaced: the two cannot be compared.
    """
    with database.worker() as connection:
        ours = "UPDATE documents SET vectors_by = %(model)s, embedded_by = NULL WHERE id = %(id)s AND vectors_by IS DISTINCT FROM %(model)s"
        if connection.execute(ours, {"model": embedder.model, "id": document}).rowcount:
            connection.execute("DELETE FROM vectors WHERE document_id = %s", (document,))
    done = 0
    while found := _embed_some(database, embedder, document):
        done += found
    with database.worker() as connection:
        connection.execute("UPDATE documents SET embedded_by = %s WHERE id = %s", (embedder.model, document))
    return done


def embed_again(database: Database, embedder: Embedder) -> None:
    """Queue the documents whose vectors are those of another embedder."""
    with database.worker() as connection:
        for (document,) in connection.execute("SELECT id FROM documents WHERE vectors_by <> %s", (embedder.model,)).fetchall():
            jobs.add(connection, EMBED_JOB, str(document), {"document": document})


def text_form(vector: NDArray[float32]) -> str:
    """A vector, shape (dimensions,), as pgvector reads it: "[0.12,-0.3]"."""
    return "[" + ",".join(f"{value:.5g}" for value in vector.tolist()) + "]"


def _embed_some(database: Database, embedder: Embedder, document: int) -> int:
    with database.worker() as connection:
        waiting = _waiting(connection, document)
        language = connection.execute("SELECT language FROM documents WHERE id = %s", (document,)).fetchone()
    if not waiting or language is None:
        return 0
    vectors = embedder.passages([text for _, text in waiting], language[0])
    insert = """
        INSERT INTO vectors (chunk_id, document_id, label_id, embedding)
        SELECT c.id, c.document_id, c.label_id, new.embedding::halfvec
        FROM unnest(%s::integer[], %s::text[]) AS new (id, embedding) JOIN chunks c ON c.id = new.id
        ON CONFLICT (chunk_id) DO NOTHING
    """
    with database.worker() as connection:
        connection.execute("SELECT FROM documents WHERE id = %s FOR KEY SHARE", (document,))
        connection.execute(insert, ([id_ for id_, _ in waiting], [text_form(vector) for vector in vectors]))
    return len(waiting)


def _waiting(connection: Connection, document: int) -> list[tuple[int, str]]:
    """Ids and texts, with the name of who reports and the headings in front: the passage alone often does not say them."""
    query = """
        SELECT c.id, concat_ws(
            E'\\n', concat_ws(' ', d.entity, d.kind, d.fiscal_year, d.title),
            nullif(array_to_string(c.section[cardinality(c.section) - 1:], ' > '), ''), c.text
        )
        FROM chunks c JOIN documents d ON d.id = c.document_id
        WHERE c.document_id = %s AND NOT EXISTS (SELECT FROM vectors v WHERE v.chunk_id = c.id) ORDER BY c.id LIMIT %s
    """
    return connection.execute(query, (document, BATCH)).fetchall()
