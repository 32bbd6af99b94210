"""The embedded server: no TCP, no trust, nothing outside the home; the homes that it cannot use."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from finfoundry.core.errors import SettingsError, StoreError
from finfoundry.runtime import accounts
from finfoundry.runtime import postgres as module
from finfoundry.runtime.database import APPLICATION, READER, WORKER, Database
from finfoundry.runtime.postgres import OWNER, SUPERUSER, Postgres
from finfoundry.runtime.supervisor import Supervisor

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops its privileges")


def test_it_listens_on_its_socket_only(postgres: Postgres) -> None:
    with psycopg.connect(postgres.dsn("postgres", SUPERUSER)) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall() == [("scram-sha-256",)]
    assert stat.S_IMODE(postgres.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(postgres.passwords_file.stat().st_mode) == 0o600


@pytest.mark.parametrize("role", [SUPERUSER, OWNER, APPLICATION, WORKER, READER])
def test_no_role_enters_without_its_password(postgres: Postgres, database: Database, role: str) -> None:
    for password in ("", "wrong"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=str(postgres.folder), user=role, password=password, dbname=database.name)


def test_roles_have_no_more_rights_than_they_need(database: Database) -> None:
    with database.owner() as connection:
        rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolsuper OR rolbypassrls OR rolcreatedb OR rolreplication").fetchall()
        assert {name for (name,) in rows if not name.startswith("pg_")} == {SUPERUSER}


def test_a_cluster_half_made_is_made_anew(home: Path) -> None:
    server = Postgres(home, durable=False)
    (home / "postgres" / "data.new" / "base").mkdir(parents=True)
    server.start(Supervisor(home))
    assert (server.data / "PG_VERSION").exists()
    assert not (home / "postgres" / "data.new").exists()


def test_a_path_too_long_for_a_socket_is_refused(home: Path) -> None:
    with pytest.raises(SettingsError, match="107"):
        Postgres(home / ("x" * 90)).prepare()


@as_root
def test_a_home_below_a_closed_folder_is_refused(home: Path) -> None:
    """Its parents are not ours to open."""
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    (closed / "home").mkdir()
    with pytest.raises(SettingsError, match="cannot enter") as caught:
        Postgres(closed / "home").prepare()
    assert str(closed) in caught.value.message
    assert "FINFOUNDRY_HOME" in str(caught.value.remedy)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_a_closed_home_of_ours_is_opened_for_passing_through_only(home: Path) -> None:
    home.chmod(0o700)
    Postgres(home, durable=False).start(Supervisor(home))
    assert stat.S_IMODE(home.stat().st_mode) == 0o711


@as_root
def test_as_root_it_runs_as_the_owner_of_the_home(home: Path) -> None:
    os.chown(home, 23456, 23456)
    server = Postgres(home, durable=False)
    server.start(Supervisor(home))
    assert server.data.stat().st_uid == 23456


def user_of(server: Postgres) -> int:
    """Of the running server."""
    number = int((server.data / "postmaster.pid").read_text().split()[0])
    return Path(f"/proc/{number}").stat().st_uid


@as_root
@pytest.mark.parametrize("owner", [0, 1, pwd.getpwnam("nobody").pw_uid])
def test_as_root_it_never_runs_as_a_user_that_others_share(home: Path, owner: int) -> None:
    os.chown(home, owner, owner)
    server = Postgres(home, durable=False)
    Database(server.start(Supervisor(home))).close()
    uid = user_of(server)
    assert uid in accounts.OWN_IDS
    with pytest.raises(KeyError):
        pwd.getpwuid(uid)
    assert {path.lstat().st_uid for path in server.folder.rglob("*")} == {uid}
    Supervisor(home).stop()
    again = Postgres(home, durable=False)
    again.start(Supervisor(home))
    assert user_of(again) == uid


@as_root
def test_a_cluster_that_a_shared_user_had_gets_its_own_at_the_next_start(home: Path) -> None:
    """As older versions left it; while it runs it is left alone."""
    nobody = pwd.getpwnam("nobody")
    server = Postgres(home, durable=False)
    server.prepare()
    for path in (server.folder, *server.folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert Postgres(home).account.name == "nobody"
    (server.data / "postmaster.pid").unlink()
    again = Postgres(home, durable=False)
    Database(again.start(Supervisor(home))).close()
    assert user_of(again) in accounts.OWN_IDS


@as_root
def test_what_has_a_second_name_elsewhere_is_not_given_away(home: Path) -> None:
    folder = home / "postgres"
    folder.mkdir()
    (home / "of root").write_text("x")
    os.link(home / "of root", folder / "planted")
    with pytest.raises(SettingsError, match="second name elsewhere"):
        accounts.hand_over(folder, accounts.SystemUser(61184, 61184, "x"))
    assert (home / "of root").stat().st_uid == 0


@pytest.mark.parametrize(("room", "kind"), [(2**26, "mmap"), (2**30, "mmap"), (2**30 + 1, "posix"), (None, "mmap")])
def test_memory_is_shared_where_the_machine_has_room_for_it(room: int | None, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container often has 64 MiB there, or none of it: too little for an index built by several processes."""

    def usage(place: str) -> object:
        assert place == "/dev/shm"
        if room is None:
            raise FileNotFoundError(place)
        return SimpleNamespace(total=room)

    monkeypatch.setattr("finfoundry.runtime.postgres.shutil.disk_usage", usage)
    assert module._server_settings()["dynamic_shared_memory_type"] == kind


@as_root
def test_programs_out_of_reach_are_copied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A virtual environment below /root."""
    package = module._package()
    closed = home / "environment"
    closed.mkdir(mode=0o700)
    shutil.copytree(package, closed / package.name, symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, closed / libraries.name)
    monkeypatch.setattr(module, "_package", lambda: closed / package.name)
    server = Postgres(home, durable=False)
    Database(server.start(Supervisor(home))).close()
    assert server._binaries().is_relative_to(home / "postgres" / "server")


def test_a_home_without_an_account_is_said_clearly(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: object) -> None:
        raise KeyError("no such user")

    monkeypatch.setattr(pwd, "getpwnam", nobody)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(SettingsError, match="system user"):
        Postgres(home).prepare()


def test_a_failed_creation_leaves_no_cluster(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    false = home / "false"
    false.write_text("#!/bin/sh\necho no space left >&2\nexit 1\n")
    (home / "initdb").write_text(false.read_text())
    (home / "initdb").chmod(0o755)
    monkeypatch.setattr(Postgres, "_binaries", lambda _: home)
    with pytest.raises(StoreError, match="no space left"):
        Postgres(home).prepare()
    assert not (home / "postgres" / "data").exists()
