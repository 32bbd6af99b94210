"""The rows of exams, in the store: each answered under a key that is the digest of all that decides an answer."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from functools import cache
from importlib import import_module, resources
from importlib.resources.abc import Traversable

from psycopg.types.json import Jsonb

from finfoundry.evals.rows import Row
from finfoundry.release.exam import SuiteTerms
from finfoundry.runtime.database import Database


class EvidenceRegister:
    """Keeps and returns rows. Nothing else writes to their table, and only the owner's role may."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, key: str, row: Row) -> None:
        """Store a row under a key; a row that is stored already is not changed."""
        with self._database.owner() as connection:
            connection.execute(
                "INSERT INTO release_rows (key, item, row) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                (key, row.id, Jsonb(dataclasses.asdict(row))),
            )

    def rows(self, key: str) -> dict[str, Row]:
        """The rows of a key by item."""
        with self._database.owner() as connection:
            found = connection.execute("SELECT row FROM release_rows WHERE key = %s", (key,)).fetchall()
        return {row.id: row for row in (Row(**one[0]) for one in found)}


def key_of(weights: dict[str, str], adapter: str | None, template: str, suite: str, terms: SuiteTerms, context: int) -> str:
    """The key of one suite's rows. ``weights``: SHA-256 by slot of what runs; ``template``: chat template and its arguments."""
    identity = [sorted(weights.items()), adapter, template, suite, terms.digest, context, harness()]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()


def harness() -> str:
    """SHA-256 of the code that asks and scores: rows that other code made are asked again."""
    return code_digest("finfoundry.evals", "finfoundry.core.tasks")


@cache
def code_digest(*names: str) -> str:
    """SHA-256 of packages, each with all its files, and of modules."""
    found = [(name, place, hashlib.sha256(data).hexdigest()) for name in names for place, data in sorted(_code(name))]
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()


def _code(name: str) -> list[tuple[str, bytes]]:
    module = import_module(name)
    if hasattr(module, "__path__"):
        return _files(resources.files(module))
    file = f"{name.rpartition('.')[2]}.py"
    return [(file, (resources.files(module.__package__ or "") / file).read_bytes())]


def _files(folder: Traversable, prefix: str = "") -> list[tuple[str, bytes]]:
    found = []
    for one in folder.iterdir():
        if one.is_dir():
            found += _files(one, f"{prefix}{one.name}/")
        elif not one.name.endswith(".pyc"):
            found.append((prefix + one.name, one.read_bytes()))
    return found
