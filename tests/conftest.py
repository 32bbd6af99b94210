"""One embedded PostgreSQL for the whole run; a fresh database for each test that asks for one."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

from finfoundry.runtime.database import Database
from finfoundry.runtime.postgres import SUPERUSER, Postgres, create_database
from finfoundry.runtime.supervisor import Supervisor

settings.register_profile("untimed", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("untimed")

_numbers = itertools.count()


def short_home() -> Path:
    """A new folder with a short path that every user may pass through (pytest's own is closed to the user ``nobody``).

    In memory where there is enough of it: copying a database takes 0.03 s there, and 0.6 s on a busy disk. Its name tells whose it is:
    what a killed run left there is taken away, or it would hold 240 MB of memory each.
    """
    memory = Path("/dev/shm")
    roomy = memory.exists() and shutil.disk_usage(memory).free > 2**30
    folder = memory if roomy else Path(tempfile.gettempdir())
    for left in folder.glob("ff-*-*"):
        if not Path(f"/proc/{left.name.split('-')[1]}").exists():
            _take_away(left)
    home = Path(tempfile.mkdtemp(prefix=f"ff-{os.getpid()}-", dir=folder))
    home.chmod(0o755)
    return home


def _take_away(home: Path) -> None:
    Supervisor(home).stop()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def heard_interrupts() -> None:
    """Ctrl-C is heard, and by what tests start, too: what a shell runs in the background begins deaf to it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty FINFOUNDRY_HOME; whatever a test starts in it is stopped."""
    folder = short_home()
    yield folder
    _take_away(folder)


@pytest.fixture(scope="module")
def module_home() -> Iterator[Path]:
    """A home that the tests of a module share."""
    folder = short_home()
    yield folder
    _take_away(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running server whose database ``finfoundry`` is migrated and empty: the template of the others."""
    folder = short_home()
    server = Postgres(folder, durable=False)
    supervisor = Supervisor(folder)
    template = Database(server.start(supervisor))
    template.migrate()
    template.close()
    yield server
    supervisor.stop()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def empty_database(postgres: Postgres) -> Iterator[Database]:
    """An empty, migrated database, which is dropped afterwards."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        create_database(connection, name, template="finfoundry")
    own = Database(postgres.dsn(name))
    own.migrate()  # nothing but the rights to connect, which a copy does not have
    yield own
    own.close()
    with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    """An empty, migrated database of the test's own."""
    with empty_database(postgres) as own:
        yield own


@pytest.fixture(scope="module")
def module_database(postgres: Postgres) -> Iterator[Database]:
    """A database that the tests of a module share."""
    with empty_database(postgres) as shared:
        yield shared
