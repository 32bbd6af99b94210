"""A store of real parts that holds the demonstration bank's report: for questions over all that a document prints."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from finfoundry.ask.asker import Agent
from finfoundry.core.document import Parsed
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.search.passages import Search
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.runtime.postgres import SUPERUSER, Postgres, create_database

_numbers = itertools.count()


@contextmanager
def agent_over(postgres: Postgres, keys: Path, reports: dict[str, tuple[Parsed, bytes]]) -> Iterator[Agent]:
    """An agent without a model over a database of its own; each report lies in a collection of its name."""
    name = f"reports_{next(_numbers)}"
    with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        create_database(connection, name, template="finfoundry")
    database = Database(postgres.dsn(name))
    database.migrate()
    with database.owner() as owner:
        audit.install(owner, Master.open(keys))
    store = Store(database)
    for collection, (parsed, data) in reports.items():
        store.add(ADMINISTRATOR, parsed, data, collection=collection)
    yield Agent(None, store, Search(database))
    database.close()
    with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
