"""``finfoundry restore``: a backup into a home, or a database, that holds no store yet.

Everything happens in one transaction: schema, rows, sequences, indexes, and the check of the audit chain against the head that lay outside
the database. The keys are put into the home just before the commit. So a kill at any moment leaves an empty database, and the next
attempt starts anew; a half-restored store cannot be.
"""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from finfoundry.core.errors import InputError, IntegrityError, SettingsError
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.governance.chain import Head
from finfoundry.governance.seal import examine
from finfoundry.machine import dsn_of
from finfoundry.operations import archive, backup
from finfoundry.operations.backup import HEAD, HEADER, KEYS, LINKS, PATTERNS, SEQUENCES, TRAINED, WEIGHTS, Header
from finfoundry.operations.table_streams import Loading, Position
from finfoundry.runtime.database import Connection, Database
from finfoundry.runtime.keys import write_durably
from finfoundry.runtime.migrate import by_todays_names, known
from finfoundry.runtime.migrate import check as check_migrations
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor

_HEADER, _SEQUENCES = TypeAdapter(Header), TypeAdapter(list[Position])
Member = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Restored:
    """What the store holds again. ``upgraded`` names the migrations that came after the backup; ``behind``: this home knows a later
    head than the backup's, so what was recorded in between is lost, and the chain has to be resumed on record (`audit resume`)."""

    file: str
    created: str
    tables: int
    rows: int
    documents: int
    audit_records: int
    head: str | None
    upgraded: list[str]
    behind: bool


def restore(
    settings: Settings, source: Path, *, passphrase: str | None = None, receipts: Sequence[str] = (), report: Report = silent
) -> Restored:
    """Bring a backup back, and prove it. ``receipts`` of the audit's head, kept elsewhere, must be in it.

    Raises InputError for a file that is none, IntegrityError for one that is not whole or does not hold, SettingsError where the home or
    the database is in use already, StoreError for a backup of a newer version.
    """
    kept = [Head.from_receipt(receipt) for receipt in receipts]
    with archive.open_to_read(source, passphrase) as file, staging(settings.home) as staged:
        content = archive.members(file)
        header = read_header(content)
        database = Database(dsn_of(settings, Supervisor(settings.home)))
        try:
            with database.owner() as connection:
                refuse_store(connection)
                database.prepare(connection, header.migrations)
                rows = load(connection, header, content, staged, settings.home, report)
                report(Progress("checking the audit chain", 0, None, "records"))
                found = examine(connection, staged, kept)
                if not found.ok:
                    raise IntegrityError(
                        f"The audit trail in the backup does not hold: {found.problems[0].message}", remedy=archive.DAMAGED
                    )
                behind = put(staged, settings.home)
            upgraded = database.migrate()
            backup.record(database, "store restored", {"created": header.created, "head": found.head, "behind": behind})
            return Restored(
                str(source), header.created, len(header.tables), sum(rows.values()), rows.get("documents", 0), found.records, found.head,
                upgraded, behind,
            )  # fmt: skip
        finally:
            database.close()


def check(source: Path, passphrase: str | None = None) -> Header:
    """Read a backup to its end and compare each part with its digest; nothing is changed. Raises what ``restore`` raises for its file."""
    with archive.open_to_read(source, passphrase) as file:
        content = archive.members(file)
        header = read_header(content)
        for _ in content:
            pass
    return header


def read_header(content: Iterator[Member]) -> Header:
    """The backup's header, its migrations by their names of today.

    Raises InputError for what is no backup, or one of a newer format; IntegrityError or StoreError for migrations that do not fit.
    """
    name, data = next(content, ("", b""))
    try:
        if name != HEADER:
            raise ValueError(name)
        header = _HEADER.validate_json(data)
    except (ValidationError, ValueError) as error:
        raise InputError("This is no backup of finfoundry", remedy="Name the file that `finfoundry backup` wrote") from error
    if header.format != backup.FORMAT:
        raise InputError(f"The backup has the format {header.format}, not {backup.FORMAT}", remedy="Restore it with a newer version")
    header = replace(header, migrations=by_todays_names(header.migrations))
    check_migrations(header.migrations, known())
    return header


def refuse_store(connection: Connection) -> None:
    """Raises SettingsError where the database holds a store already."""
    if connection.execute("SELECT to_regclass('finfoundry.migrations')").fetchone() != (None,):
        raise SettingsError(
            f"The database {connection.info.dbname!r} holds a store already; a restore never writes over one",
            remedy="Set FINFOUNDRY_HOME to a new folder, or FINFOUNDRY_DATABASE to an empty database",
        )


def load(connection: Connection, header: Header, content: Iterator[Member], staged: Path, home: Path, report: Report) -> dict[str, int]:
    """Keys and head into the staging folder, rows into the tables; how many rows each table had when it was written."""
    rows: dict[str, int] = {}
    with Loading(connection, header.tables) as loading:
        for done, (name, group) in enumerate(itertools.groupby(content, lambda member: owner_of(member[0]))):
            report(Progress("restore", done, None, "tables"))
            if name.startswith("tables/"):
                loading.load(name.removeprefix("tables/"), (data for _, data in group))
                continue
            if name.startswith(WEIGHTS):
                stage_weights(name.removeprefix(WEIGHTS), (data for _, data in group), staged)
                continue
            ((_, data),) = group
            if name in (*KEYS, HEAD):
                stage(name, data, staged, home)
            elif name == LINKS:
                (staged / LINKS).write_bytes(data)
            elif name == SEQUENCES:
                for position in _SEQUENCES.validate_json(data):
                    loading.set_sequence(position)
            elif name == archive.MANIFEST:
                rows = json.loads(data)["rows"]
    return rows


def owner_of(member: str) -> str:
    """``tables/NAME`` for a part of a table, ``weights/NAME`` for one of a file, else the entry's own name."""
    return member.rsplit("/", 1)[0] if member.startswith(("tables/", WEIGHTS)) else member


def stage(name: str, data: bytes, staged: Path, home: Path) -> None:
    """Raises SettingsError where the home has another key: what is encrypted under it would be lost."""
    if name in KEYS and (home / name).exists() and (home / name).read_bytes() != data:
        raise SettingsError(f"{home / name} is the key of another store", remedy="Set FINFOUNDRY_HOME to a new folder")
    (staged / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(staged / name, data.decode("ascii"))


def stage_weights(name: str, content: Iterator[bytes], staged: Path) -> None:
    """Raises IntegrityError for a name that leads elsewhere."""
    if not _belongs(Path(name)):
        raise IntegrityError(f"The backup holds a file where none belongs: {name[:100]!r}", remedy=archive.DAMAGED)
    (staged / name).parent.mkdir(parents=True, exist_ok=True)
    with (staged / name).open("wb") as file:
        for part in content:
            file.write(part)


def _belongs(name: Path) -> bool:
    """Whether it is a file of what is trained here, by its place in the home."""
    place = Path(*name.parts[1:])
    fits = any(len(place.parts) == pattern.count("/") + 1 and place.match(pattern) for pattern in PATTERNS)
    return name.parts[:1] in {(folder,) for folder in TRAINED} and ".." not in place.parts and fits


@contextmanager
def staging(home: Path) -> Iterator[Path]:
    """A folder for keys on their way; what a killed attempt has left there goes."""
    folder = home / "restore.new"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put(staged: Path, home: Path) -> bool:
    """Keys, weights and head into the home. A head that the home has already stays; whether it is another one than the backup's."""
    put_weights(staged, home)
    for name in KEYS:
        if (staged / name).exists():
            (home / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            (staged / name).replace(home / name)
    (home / HEAD).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (home / HEAD).exists():
        if (staged / HEAD).exists():
            (staged / HEAD).replace(home / HEAD)
        return False
    return not (staged / HEAD).exists() or (staged / HEAD).read_bytes() != (home / HEAD).read_bytes()


def put_weights(staged: Path, home: Path) -> None:
    """What is there already stays: releases are named by their digest, and an adapter of this home is this home's."""
    for path in sorted(path for folder in TRAINED for pattern in PATTERNS for path in (staged / folder).glob(pattern)):
        target = home / path.relative_to(staged)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            path.replace(target)
    for name, model in json.loads((staged / LINKS).read_bytes() if (staged / LINKS).exists() else b"{}").items():
        target = home / name
        if Path(name).parent.name in TRAINED and not target.exists() and not target.is_symlink():
            target.parent.mkdir(exist_ok=True)
            target.symlink_to((home / model).absolute())
