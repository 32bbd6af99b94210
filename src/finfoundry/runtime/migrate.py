"""The numbered migrations of the schema: what is applied, what is still to be applied, and a store that is newer than the program."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from importlib import resources
from typing import Any

import psycopg

from finfoundry.core.errors import IntegrityError, StoreError

LOWEST_SERVER, LOWEST_VECTOR = 150000, (0, 8)
_RENAMED = {"0030_service.sql": "0029_service.sql", "0060_release.sql": "0059_release.sql"}  # their numbers had been given twice
MIGRATION_LOCK = 7246117  # any number, the same in every process


def known() -> dict[str, str]:
    """The text of each migration of this version by its name, in the order in which they are applied."""
    folder = resources.files("finfoundry.runtime").joinpath("migrations")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return {file.name: file.read_text(encoding="utf-8") for file in files}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def applied(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """The SHA-256 of each migration that the store has had, by its name."""
    return by_todays_names(dict(connection.execute("SELECT name, sha256 FROM migrations").fetchall()))


def by_todays_names(done: Mapping[str, str]) -> dict[str, str]:
    """Migrations that a store or a backup of before names otherwise, by the names that they have now; in their order."""
    return dict(sorted((_RENAMED.get(name, name), sha256) for name, sha256 in done.items()))


def upgrade(connection: psycopg.Connection[Any], only: Collection[str] | None = None) -> list[str]:
    """Apply what is missing (``only`` of these) in the owner's transaction; names of what was applied.

    Raises IntegrityError where a migration was changed after it had been applied, StoreError for a store of a newer version.
    """
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, sha256 text NOT NULL, applied timestamptz DEFAULT now())"
    )
    done, ours = applied(connection), known()
    check(done, ours)
    wanted = [name for name in ours if name not in done and (only is None or name in only)]
    for name in wanted:
        connection.execute(ours[name])  # our own file; several statements, so no parameters
        connection.execute("INSERT INTO migrations (name, sha256) VALUES (%s, %s)", (name, digest(ours[name])))
    return wanted


def check(done: dict[str, str], ours: dict[str, str]) -> None:
    """Whether this program may work on a store that has had the migrations ``done``. Raises IntegrityError, StoreError."""
    newer = sorted(done.keys() - ours.keys())
    if newer:
        raise StoreError(f"The store was written by a newer version: it has had the migration {newer[0]}", remedy="Install that version")
    for name, sha256 in done.items():
        if sha256 != digest(ours[name]):
            raise IntegrityError(f"The migration {name} was changed after it had been applied", remedy="Restore it; add a new one instead")


def check_server(connection: psycopg.Connection[Any]) -> None:
    """Raises StoreError for a server, or a pgvector, that is too old."""
    if connection.info.server_version < LOWEST_SERVER:
        raise StoreError(f"PostgreSQL {connection.info.server_version // 10000} is too old", remedy="Use PostgreSQL 15 or newer")
    available = connection.execute("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'").fetchone()
    if available is None:
        raise StoreError(
            "This PostgreSQL has no pgvector", remedy="Install pgvector 0.8 or newer on its machine; `doctor --database` says more"
        )
    connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    version = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'").fetchone()
    if version is None or tuple(int(part) for part in version[0].split(".")[:2]) < LOWEST_VECTOR:
        raise StoreError(f"pgvector {version[0] if version else ''} is too old", remedy="Install pgvector 0.8 or newer")
