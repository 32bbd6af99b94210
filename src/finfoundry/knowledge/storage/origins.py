"""From which files documents were read, and what is said of one whose files are gone: a mark, which answers tell, too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finfoundry.core.principal import Principal
from finfoundry.knowledge.ids import document_id, document_number
from finfoundry.knowledge.storage import document_entry
from finfoundry.runtime.database import Connection

GONE = "its file is gone from the folder that it came from, as of "


@dataclass(frozen=True, slots=True)
class Origins:
    """A document with all files that it was read from; ``missing``: it is known that they are gone."""

    document: str
    name: str
    label: str
    paths: tuple[str, ...]
    missing: bool


def keep(connection: Connection, principal: Principal, paths: Mapping[str, str]) -> None:
    """Note the file that each document (by its id) was read from now. What was marked as gone is there again."""
    numbers = {document_number(document): path for document, path in paths.items()}
    insert = """
        INSERT INTO origins (document_id, path)
        SELECT d.id, new.path FROM unnest(%s::bigint[], %s::text[]) AS new (id, path) JOIN documents d ON d.id = new.id
            AND d.label_id = ANY (writable_labels())
        ON CONFLICT (document_id, path) DO NOTHING
    """
    connection.execute(insert, (list(numbers), list(numbers.values())))
    query = "SELECT DISTINCT document_id FROM origins WHERE document_id = ANY (%s) AND missing IS NOT NULL"
    for (number,) in connection.execute(query, (list(numbers),)).fetchall():
        connection.execute("DELETE FROM origins WHERE document_id = %s AND path <> %s AND missing IS NOT NULL", (number, numbers[number]))
        connection.execute("UPDATE origins SET missing = NULL WHERE document_id = %s", (number,))
        _mark(connection, number, "(SELECT c.content ->> 'mark' FROM certificates c WHERE c.document_id = documents.id)")
        document_entry.record(connection, principal, "file found again", number, {"path": numbers[number]})


def of_folders(connection: Connection, folders: Sequence[str], collection: str) -> list[Origins]:
    """The documents of a collection that were read from files in these folders, by path: absolute, without a slash at the end."""
    query = """
        SELECT o.document_id, d.name, l.name, o.path, o.missing IS NOT NULL FROM origins o JOIN documents d ON d.id = o.document_id
        JOIN collections c ON c.id = d.collection_id JOIN labels l ON l.id = d.label_id
        WHERE c.name = %s AND o.document_id IN (
            SELECT i.document_id FROM origins i JOIN unnest(%s::text[]) AS folder ON starts_with(i.path, rtrim(folder, '/') || '/'))
        ORDER BY o.path, o.document_id
    """
    rows = defaultdict[tuple[int, str, str], list[tuple[str, bool]]](list)
    for number, name, label, path, missing in connection.execute(query, (collection, list(folders))).fetchall():
        rows[number, name, label].append((path, missing))
    return [
        Origins(document_id(number), name, label, tuple(path for path, _ in held), all(gone for _, gone in held))
        for (number, name, label), held in rows.items()
    ]


def mark_gone(connection: Connection, principal: Principal, origins: Origins) -> None:
    """Mark a document whose files are gone, on record. Nothing changes for who may not write under its label, or where it is marked."""
    number = document_number(origins.document)
    changed = connection.execute("UPDATE origins SET missing = now() WHERE document_id = %s AND missing IS NULL", (number,))
    if changed.rowcount:
        _mark(connection, number, f"concat_ws('; ', mark, '{GONE}' || current_date)")
        document_entry.record(connection, principal, "file gone", number, {"name": origins.name, "paths": list(origins.paths)})


def _mark(connection: Connection, number: int, mark: str) -> None:
    """``revision`` counts, so that nobody goes on with what was gathered before."""
    connection.execute(f"UPDATE documents SET mark = {mark}, revision = revision + 1 WHERE id = %s", (number,))  # noqa: S608  ours
