"""A backup holds everything as of one moment; a restore brings back all of it or nothing, whatever happens on the way."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import HealthCheck, given
from hypothesis import settings as run
from hypothesis import strategies as st
from tests.operations.conftest import dsn
from tests.tiers import slow_but
from typer.testing import CliRunner

from finfoundry.cli.main import cli
from finfoundry.core.errors import FinfoundryError, InputError, IntegrityError, SettingsError, StoreError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.progress import silent
from finfoundry.governance.seal import resume, seal, verify
from finfoundry.governance.trail import records
from finfoundry.operations import archive, restore, table_streams
from finfoundry.operations import backup as module
from finfoundry.operations.backup import HEAD, KEYS, backup, passphrase_of
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor

PASSPHRASE = "seven sealed cargo ships"


def contents(database: Database) -> dict[str, str]:
    """A digest of every table's rows but the audit's, to which each backup and restore adds, and where every sequence stands."""
    with database.owner() as connection:
        found = {}
        for table in (one for one in table_streams.tables(connection) if not one.name.startswith("audit_")):
            rows = sorted(b"".join(map(zlib.decompress, table_streams.parts(connection, table))).splitlines())
            found[table.name] = hashlib.sha256(b"\n".join(rows)).hexdigest()
        return found | {position.name: f"{position.value} {position.called}" for position in table_streams.sequences(connection)}


def structure(database: Database) -> list[tuple[str, ...]]:
    """Indexes, triggers and forced policies, which the loading takes away for a while."""
    query = """
        SELECT 'index', indexdef, '' FROM pg_indexes WHERE schemaname = 'finfoundry'
        UNION ALL SELECT 'trigger', tgrelid::regclass::text || tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT 'policy', relname, relforcerowsecurity::text FROM pg_class WHERE relnamespace = 'finfoundry'::regnamespace
        ORDER BY 1, 2, 3
    """
    with database.owner() as connection:
        return connection.execute(query).fetchall()


def is_empty(settings: Settings) -> bool:
    with psycopg.connect(dsn(settings)) as connection:
        return connection.execute("SELECT to_regnamespace('finfoundry')").fetchone() == (None,)


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_everything_comes_back(filled: Settings, empty: Settings, database: Database, passphrase: str | None) -> None:
    written = backup(filled, filled.home, passphrase=passphrase)
    assert (written.documents, written.encrypted) == (1, passphrase is not None)
    told = restore.restore(empty, Path(written.file), passphrase=passphrase, receipts=[str(written.head)])
    assert (told.rows, told.documents, told.head, told.behind, told.upgraded) == (written.rows, 1, written.head, False, [])
    back = Database(dsn(empty))
    try:
        assert contents(back) == contents(database)
        assert structure(back) == structure(database)
        assert verify(back, empty.home).ok
        assert {"backup taken", "store restored"} <= {one.action for one in records(back, ADMINISTRATOR)}
        with back.transaction(ADMINISTRATOR) as connection:  # the next record goes on from the last
            audit.append(connection, audit.AuditRecord("ana", "answer"))
        assert seal(back, empty.home)
        assert verify(back, empty.home, receipts=[str(written.head)]).ok
    finally:
        back.close()
    for name in KEYS:
        assert (empty.home / name).read_bytes() == (filled.home / name).read_bytes()
        assert (empty.home / name).stat().st_mode & 0o777 == 0o600


def test_what_was_trained_here_comes_back(filled: Settings, empty: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adapters and releases, the folder of a reader too, and what an encoder learned.

    A release that is a model of the catalogue is a link to it.
    """
    monkeypatch.setattr(table_streams, "PART", 1000)
    contents = {"adapters/finance.gguf": bytes(range(256)) * 10, "releases/abc.gguf": b"merged", "releases/ghi.onnx/heads.json": b"[]"}
    contents["releases/jkl.adapter/heads.json"] = b"[{}]"
    contents["releases/mno.learned.npz"] = b"prints"
    for name, data in contents.items():
        (filled.home / name).parent.mkdir(exist_ok=True)
        (filled.home / name).write_bytes(data)
    (filled.home / "models" / "base").mkdir(parents=True)
    (filled.home / "models" / "base" / "model.gguf").write_bytes(b"base")
    (filled.home / "releases" / "def.gguf").symlink_to((filled.home / "models" / "base" / "model.gguf").absolute())
    backup(filled, filled.home / "b")
    (empty.home / "adapters").mkdir(parents=True)
    (empty.home / "adapters" / "finance.gguf").write_bytes(b"")  # a file of this home stays
    restore.restore(empty, filled.home / "b")
    assert (empty.home / "adapters" / "finance.gguf").read_bytes() == b""
    assert (empty.home / "releases" / "abc.gguf").read_bytes() == b"merged"
    assert (empty.home / "releases" / "ghi.onnx" / "heads.json").read_bytes() == b"[]"
    assert (empty.home / "releases" / "jkl.adapter" / "heads.json").read_bytes() == b"[{}]"
    assert (empty.home / "releases" / "mno.learned.npz").read_bytes() == b"prints"
    assert (empty.home / "releases" / "def.gguf").readlink() == (empty.home / "models" / "base" / "model.gguf").absolute()


@pytest.mark.parametrize(
    "name",
    slow_but(
        ["weights/../outside/000000"],
        [
            "weights/../outside/000000",
            "weights/keys/master.key/000000",
            "weights/a/releases/b.gguf/000000",
            "weights/releases/../x.onnx/000000",
        ],
    ),
)
def test_a_file_that_leads_elsewhere_is_refused(filled: Settings, empty: Settings, name: str) -> None:
    backup(filled, filled.home / "b")
    with (filled.home / "b").open("rb") as file, (filled.home / "evil").open("wb") as out:
        writer = archive.ArchiveWriter(out)
        for number, (member, data) in enumerate(archive.members(file)):
            if number == 1:
                writer.add(name, b"evil")
            if member != archive.MANIFEST:
                writer.add(member, data)
        writer.close(rows={})
    with pytest.raises(IntegrityError, match="where none belongs"):
        restore.restore(empty, filled.home / "evil")
    assert is_empty(empty)


def test_an_encrypted_backup_shows_nothing(filled: Settings) -> None:
    data = Path(backup(filled, filled.home / "b", passphrase=PASSPHRASE).file).read_bytes()
    assert b"header.json" not in data
    assert b"master.key" not in data


def test_a_table_in_many_parts_comes_back(filled: Settings, empty: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts end anywhere, also within a row."""
    monkeypatch.setattr(table_streams, "PART", 100)
    monkeypatch.setattr(archive, "BLOCK", 333)
    written = backup(filled, filled.home / "b", passphrase=PASSPHRASE)
    assert restore.restore(empty, Path(written.file), passphrase=PASSPHRASE).rows == written.rows


def test_what_is_committed_meanwhile_is_not_half_in_it(filled: Settings, empty: Settings, database: Database) -> None:
    written = filled.home / "b"
    with module.snapshot(database, filled.home) as (connection, head):
        with database.transaction(ADMINISTRATOR) as other:
            audit.append(other, audit.AuditRecord("ana", "answer"))
        seal(database, filled.home)
        with archive.open_to_write(written, None) as file:
            module.write(connection, filled.home, head, archive.ArchiveWriter(file), datetime.now(UTC), silent)
    assert restore.restore(empty, written).audit_records + 1 == verify(database, filled.home).records


class TestRefusals:
    def test_a_database_of_another_home_is_not_backed_up(self, filled: Settings, tmp_path: Path) -> None:
        """Its keys would be missing, and the audit could never be read again."""
        with pytest.raises(IntegrityError, match="another home"):
            backup(filled.model_copy(update={"home": tmp_path / "other"}), tmp_path / "b")
        assert not list(tmp_path.glob("b*"))

    def test_a_file_that_is_there_is_not_written_over(self, filled: Settings) -> None:
        backup(filled, filled.home / "b")
        with pytest.raises(InputError, match="already there"):
            backup(filled, filled.home / "b")

    def test_a_store_is_not_restored_over(self, filled: Settings) -> None:
        backup(filled, filled.home / "b")
        with pytest.raises(SettingsError, match="holds a store already"):
            restore.restore(filled, filled.home / "b")

    def test_the_keys_of_another_home_are_not_replaced(self, filled: Settings, empty: Settings) -> None:
        backup(filled, filled.home / "b")
        (empty.home / "keys").mkdir(parents=True)
        (empty.home / "keys" / "master.key").write_text("00" * 32)
        with pytest.raises(SettingsError, match="key of another store"):
            restore.restore(empty, filled.home / "b")
        assert is_empty(empty)

    def test_a_later_receipt_is_missed(self, filled: Settings, empty: Settings, database: Database) -> None:
        backup(filled, filled.home / "b")
        with database.transaction(ADMINISTRATOR) as connection:
            audit.append(connection, audit.AuditRecord("ana", "answer"))
        head = seal(database, filled.home)
        assert head
        with pytest.raises(IntegrityError, match="audit trail in the backup does not hold"):
            restore.restore(empty, filled.home / "b", receipts=[head.receipt()])
        assert is_empty(empty)
        assert not (empty.home / KEYS[0]).exists()

    @pytest.mark.parametrize("passphrase", [None, "not the right words"])
    def test_without_its_passphrase_it_does_not_open(self, filled: Settings, passphrase: str | None) -> None:
        backup(filled, filled.home / "b", passphrase=PASSPHRASE)
        with pytest.raises((InputError, IntegrityError), match=r"encrypted|passphrase"):
            restore.check(filled.home / "b", passphrase)

    def test_a_backup_of_a_newer_version_is_refused(self, filled: Settings, empty: Settings) -> None:
        backup(filled, filled.home / "b")
        with (filled.home / "b").open("rb") as file, (filled.home / "newer").open("wb") as out:
            writer = archive.ArchiveWriter(out)
            for name, data in archive.members(file):
                if name == "header.json":
                    header = json.loads(data)
                    header["migrations"]["9999_later.sql"] = "x"
                    data = json.dumps(header).encode()
                if name != archive.MANIFEST:
                    writer.add(name, data)
            writer.close(rows={})
        with pytest.raises(StoreError, match="newer version"):
            restore.restore(empty, filled.home / "newer")

    @pytest.mark.parametrize("content", [b"", b"no backup at all", b"\0" * 20480])
    def test_another_file_is_no_backup(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "b").write_bytes(content)
        with pytest.raises((InputError, IntegrityError)):
            restore.check(tmp_path / "b")

    def test_a_short_passphrase_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "p").write_text("secret\nand more", "utf-8")
        with pytest.raises(InputError, match="shorter than 12"):
            passphrase_of(tmp_path / "p")


class TestDamage:
    @pytest.fixture(params=[None, PASSPHRASE])
    def written(self, request: pytest.FixtureRequest, filled: Settings) -> tuple[Path, str | None]:
        return Path(backup(filled, filled.home / "b", passphrase=request.param).file), request.param

    @run(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(data=st.data())
    def test_no_altered_byte_passes(self, written: tuple[Path, str | None], monkeypatch: pytest.MonkeyPatch, data: st.DataObject) -> None:
        """Either it is refused, or the byte stood in the padding of the container and every part is as it was."""
        path, passphrase = written
        monkeypatch.setattr(archive, "cipher", quick_cipher)
        whole = bytearray(path.read_bytes())
        before = read(path, passphrase) if passphrase is None else None
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] ^= data.draw(st.integers(1, 255))
        other = path.with_name("altered")
        other.write_bytes(whole)
        try:
            after = read(other, passphrase)
        except FinfoundryError:
            return
        assert after == before

    @run(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(data=st.data())
    def test_no_cut_passes(self, written: tuple[Path, str | None], monkeypatch: pytest.MonkeyPatch, data: st.DataObject) -> None:
        path, passphrase = written
        monkeypatch.setattr(archive, "cipher", quick_cipher)
        whole = path.read_bytes()
        other = path.with_name("cut")
        other.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 20481))])  # the container ends in zeros
        with pytest.raises(FinfoundryError):
            read(other, passphrase)

    def test_an_altered_manifest_is_refused(self, filled: Settings) -> None:
        """Also where none of its digests is touched: the number of rows is as much a part of the backup."""
        whole = bytearray(Path(backup(filled, filled.home / "b").file).read_bytes())
        whole[whole.index(b'"documents": 1') + 13] ^= 2
        (filled.home / "altered").write_bytes(whole)
        with pytest.raises(IntegrityError, match="its manifest is not what was written"):
            read(filled.home / "altered", None)

    def test_a_damaged_backup_leaves_the_database_empty(self, filled: Settings, empty: Settings) -> None:
        whole = bytearray(Path(backup(filled, filled.home / "b").file).read_bytes())
        whole[whole.index(b"tables/users/") + 512] ^= 1
        (filled.home / "damaged").write_bytes(whole)
        with pytest.raises(IntegrityError):
            restore.restore(empty, filled.home / "damaged")
        assert is_empty(empty)
        assert restore.restore(empty, filled.home / "b").documents == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from finfoundry.runtime.settings import Settings
from finfoundry.operations import restore

def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)

setattr(*{"rows": (restore.Loading, "set_sequence"), "check": (restore, "examine")}.get(sys.argv[1], (restore, "put")), die)
restore.restore(Settings(), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("moment", slow_but(["rows"], ["rows", "check", "keys"]))
def test_a_kill_leaves_nothing_and_the_next_attempt_succeeds(filled: Settings, empty: Settings, moment: str) -> None:
    backup(filled, filled.home / "b")
    environment = {"FINFOUNDRY_HOME": str(empty.home), "FINFOUNDRY_DATABASE": dsn(empty)}
    ended = subprocess.run([sys.executable, "-c", KILLED, moment, str(filled.home / "b")], check=False, env=environment)
    assert ended.returncode == -signal.SIGKILL
    assert is_empty(empty)
    assert restore.restore(empty, filled.home / "b").documents == 1
    assert not (empty.home / "restore.new").exists()


def test_a_lost_database_under_a_home_that_stayed(filled: Settings, empty: Settings, database: Database) -> None:
    """The home knows a later head: it stays, the loss is told, and the chain goes on after it was put on record."""
    backup(filled, filled.home / "b")
    with database.transaction(ADMINISTRATOR) as connection:
        audit.append(connection, audit.AuditRecord("ana", "answer"))
    seal(database, filled.home)
    shutil.copytree(filled.home / "keys", empty.home / "keys")
    shutil.copytree(filled.home / "audit", empty.home / "audit")
    assert restore.restore(empty, filled.home / "b").behind
    assert (empty.home / HEAD).read_bytes() == (filled.home / HEAD).read_bytes()
    back = Database(dsn(empty))
    try:
        assert not verify(back, empty.home).ok
        assert resume(back, empty.home, ADMINISTRATOR, "the disk was lost")
        assert verify(back, empty.home).ok
    finally:
        back.close()


def test_the_home_is_destroyed_and_comes_back(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By commands alone, over the embedded database."""
    monkeypatch.setenv("FINFOUNDRY_HOME", str(home))
    note = tmp_path / "note.md"
    note.write_text("# Harbour Bank 2024\n\n| USD million | 2024 |\n|---|---|\n| Net profit | 1,234 |\n", "utf-8")
    call("ingest", str(note))
    facts = call("facts", "--metric", "net profit")
    written = call("backup", str(tmp_path))
    Supervisor(home).stop()
    shutil.rmtree(home)
    home.mkdir(mode=0o755)
    restored = call("restore", written["file"], "--receipt", written["head"])
    assert restored["documents"] == 1
    assert call("facts", "--metric", "net profit") == facts
    assert call("audit", "verify")["ok"]


def call(*arguments: str) -> Any:
    result = CliRunner().invoke(cli, [*arguments, "--json"])
    if isinstance(result.exception, FinfoundryError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def read(path: Path, passphrase: str | None) -> list[tuple[str, bytes]]:
    with archive.open_to_read(path, passphrase) as file:
        return list(archive.members(file))


def quick_cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(hashlib.sha256(passphrase.encode() + salt).digest())
