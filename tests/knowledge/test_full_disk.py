"""A disk that fills up in the middle of an ingestion: a clear error, the store as it was, and all well once there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import short_home
from tests.knowledge.samples import filing, paragraph, parsed
from tests.knowledge.test_kill import assert_whole

from finfoundry.core.document import Parsed
from finfoundry.core.errors import StoreError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.storage.store import Store, StoredDocument
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.runtime.postgres import Postgres
from finfoundry.runtime.supervisor import Supervisor

SIZE = 256 * 2**20
RECOVERY = 30  # seconds: a server that could not write its log restarts


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own, in memory. Only root may mount one."""
    folder = short_home()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], capture_output=True).returncode:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip("not run: no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)
    shutil.rmtree(folder, ignore_errors=True)


def long_paper(name: str) -> tuple[Parsed, bytes]:
    """Forty pages, and bytes that no compression makes smaller."""
    pages = [[paragraph(f"Passage {number} on loans and deposits. " * 20, str(number))] for number in range(40)]
    document, _ = parsed(name, pages=pages)
    return document, os.urandom(8 * 2**20)


def test_a_full_disk_changes_nothing_and_is_survived(small_disk: Path) -> None:
    postgres, supervisor = Postgres(small_disk), Supervisor(small_disk)
    try:
        database = Database(postgres.start(supervisor))
        database.migrate()
        with database.owner() as connection:
            audit.install(connection, Master.open(small_disk))
        store = Store(database)
        store.add(ADMINISTRATOR, *filing("BEFORE.pdf"))
        filler = small_disk / "filler"
        filler.write_bytes(bytes(max(shutil.disk_usage(small_disk).free - 2**20, 0)))
        with pytest.raises(StoreError, match="Free space and try again"):
            store.add(ADMINISTRATOR, *long_paper("LONG.pdf"))
        filler.unlink()
        assert [document.name for document in recovered(store)] == ["BEFORE.pdf"]
        assert assert_whole(database) == 1
        store.add(ADMINISTRATOR, *long_paper("AFTER.pdf"))
        assert assert_whole(database) == 2
        database.close()
    finally:
        supervisor.stop()


def recovered(store: Store) -> list[StoredDocument]:
    """The documents, as soon as the database answers again."""
    deadline = time.monotonic() + RECOVERY
    while True:
        try:
            return store.documents(ADMINISTRATOR)
        except StoreError:
            assert time.monotonic() < deadline
            time.sleep(0.2)
