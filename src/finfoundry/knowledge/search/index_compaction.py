"""Upkeep of the inverted lists: a document taken out of them, small batches merged.

A new document is a batch of its own (knowledge/storage/document_rows.py). Many batches mean many short lists to read, so that a job merges
them into larger ones, in blocks of falling impact. Whoever changes a batch first locks the rows of its documents, so that a document
cannot vanish while it is being merged. Whoever takes one document out of a batch also holds the batch: another that takes a second one out
meanwhile would not see the rows that the first writes anew. A merge need not, it holds every document of its batches.
"""

from __future__ import annotations

from finfoundry.runtime import jobs
from finfoundry.runtime.database import Connection, Database

BLOCK = 250  # chunks a row: as much as fits one heap page twice over
LOOSE_CHUNKS = 5_000  # of fresh batches, before a merge is worth it
FULL_BATCH = 20_000  # chunks of a batch that is merged no more; deleting a document rewrites one batch at most
JOB = "compact"
BATCH_SPACE = 7246261  # the first of the two numbers of a batch's advisory lock


def remove(connection: Connection, document: int) -> int:
    """Take a document's chunks out of the lists; how many rows were changed or removed. The document's row is still there."""
    query = "SELECT batch_id, first_chunk, chunks FROM documents WHERE id = %s FOR UPDATE"
    found = connection.execute(query, (document,)).fetchone()
    if found is None:
        return 0
    batch, first, number = found  # of this batch until the commit: only who holds the row gives it another
    connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", (BATCH_SPACE, batch % 2**31))
    alone = connection.execute("SELECT FROM documents WHERE batch_id = %s AND id <> %s LIMIT 1", (batch, document)).fetchone() is None
    if alone:
        return connection.execute("DELETE FROM postings WHERE batch_id = %s", (batch,)).rowcount
    cut = """
        WITH old AS (
            DELETE FROM postings
            WHERE batch_id = %(batch)s AND EXISTS (SELECT FROM unnest(chunks) AS id WHERE id BETWEEN %(first)s AND %(last)s)
            RETURNING *
        ), numbered AS (
            SELECT *, row_number() OVER () AS block FROM old
        ), kept AS (
            SELECT block, term, compact, label_id, collection_id, batch_id, each.id, each.impact, each.place
            FROM numbered CROSS JOIN LATERAL unnest(chunks, impacts) WITH ORDINALITY AS each (id, impact, place)
            WHERE NOT each.id BETWEEN %(first)s AND %(last)s
        ), written AS (
            INSERT INTO postings (term, compact, impact, label_id, collection_id, size, batch_id, chunks, impacts)
            SELECT term, compact, max(kept.impact), label_id, collection_id, count(*), batch_id,
                   array_agg(id ORDER BY place), array_agg(kept.impact ORDER BY place)
            FROM kept GROUP BY block, term, compact, label_id, collection_id, batch_id
        )
        SELECT count(*) FROM old
    """
    (changed,) = connection.execute(cut, {"batch": batch, "first": first, "last": first + number - 1}).fetchone() or (0,)
    return int(changed)


def ask_for_compaction(connection: Connection, collection: int, label: int) -> None:
    """Queue a merge where enough fresh batches lie about."""
    loose = """
        SELECT coalesce(sum(total), 0) FROM (
            SELECT sum(chunks) AS total FROM documents WHERE collection_id = %s AND label_id = %s
            GROUP BY batch_id HAVING count(*) = 1 AND sum(chunks) < %s
        ) AS batches
    """
    (chunks,) = connection.execute(loose, (collection, label, FULL_BATCH)).fetchone() or (0,)
    if chunks >= LOOSE_CHUNKS:
        jobs.add(connection, JOB, f"{collection}/{label}", {"collection": collection, "label": label})


def compact(database: Database, collection: int, label: int) -> int:
    """Merge the batches that are not full, of one label and collection; how many documents were merged."""
    small = """
        SELECT id FROM documents WHERE collection_id = %(collection)s AND label_id = %(label)s AND batch_id IN (
            SELECT batch_id FROM documents WHERE collection_id = %(collection)s AND label_id = %(label)s
            GROUP BY batch_id HAVING sum(chunks) < %(full)s
        ) ORDER BY id FOR UPDATE
    """
    merge = """
        WITH old AS (
            DELETE FROM postings WHERE batch_id = ANY (%(batches)s) RETURNING *
        ), ranked AS (
            SELECT old.term, each.id, each.impact,
                   (row_number() OVER (PARTITION BY old.term ORDER BY each.impact DESC, each.id) - 1) / %(block)s AS block
            FROM old CROSS JOIN LATERAL unnest(old.chunks, old.impacts) AS each (id, impact)
        )
        INSERT INTO postings (term, compact, impact, label_id, collection_id, size, batch_id, chunks, impacts)
        SELECT term, true, max(impact), %(label)s, %(collection)s, count(*), %(new)s,
               array_agg(id ORDER BY impact DESC, id), array_agg(impact ORDER BY impact DESC, id)
        FROM ranked GROUP BY term, block
    """
    values = {"collection": collection, "label": label, "full": FULL_BATCH, "block": BLOCK}
    with database.worker() as connection:
        connection.execute("SET LOCAL work_mem = '256MB'")
        documents = [id_ for (id_,) in connection.execute(small, values).fetchall()]
        if len(documents) < 2:
            return 0
        (new,) = connection.execute("SELECT nextval('batch_ids')").fetchone() or (0,)
        # the rows are locked now, so that their batches are read after any other merge
        batches = connection.execute("SELECT DISTINCT batch_id FROM documents WHERE id = ANY (%s)", (documents,)).fetchall()
        connection.execute("UPDATE documents SET batch_id = %s WHERE id = ANY (%s)", (new, documents))
        connection.execute(merge, {**values, "batches": [batch for (batch,) in batches], "new": new})
        return len(documents)
