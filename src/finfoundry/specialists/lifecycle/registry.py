"""The registry: every version of every specialist with its files, who trained it, who promoted it.

Acts and scores go into the same audit trail as answers. A promotion needs three people: who trains, who validates, who approves.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from finfoundry.core.errors import IntegrityError, NotFound, NotPermitted
from finfoundry.core.principal import Principal, is_proved
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection, Database
from finfoundry.specialists.lifecycle import roles
from finfoundry.specialists.lifecycle.shadow import end
from finfoundry.specialists.lifecycle.unpacking import unpack
from finfoundry.specialists.lifecycle.validations import Form, Sealed, Signed, gate, listed, sign
from finfoundry.specialists.models.policy import CutOffPolicy
from finfoundry.specialists.models.specialist import MANIFEST, MODEL, check_sealed, family_of
from finfoundry.specialists.scoring.recording import Recording

LABEL = "sensitive"  # scores are of people and accounts


@dataclass(frozen=True, slots=True)
class Registered:
    """One version. ``state``: candidate, promoted or retired."""

    name: str
    version: str
    family: str
    state: str
    trained_by: str
    trained_at: str
    decided_by: str | None
    decided_at: str | None
    label: str
    trained_proof: str  # how it was known who that is
    decided_proof: str | None


class Registry:
    """Versions and audited scores in the database."""

    def __init__(self, database: Database, sealed: Sealed | None = None) -> None:
        self._database, self._sealed = database, sealed

    def register(self, principal: Principal, folder: Path, label: str = LABEL, champion: str = "") -> Registered:
        """Take a trained specialist into the registry as a candidate; again the same version changes nothing.

        ``champion``: the model whose figures are kept, where the specialist's own file does not name it.

        Raises NotFound: there is no such label; NotPermitted: the principal trains nothing under it.
        """
        version, family = check_sealed(folder), family_of(folder)
        with self._database.owner() as connection:
            known = connection.execute("SELECT 1 FROM specialists WHERE version = %s", (version,)).fetchone()
            if known is None:
                label_id = self._label(connection, label)
                roles.require(connection, principal, "trainer", label)
                name = folder.resolve().name
                connection.execute(
                    "INSERT INTO specialists (version, name, family, files, trained_by, trained_proof, label_id, figures)"
                    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                    (version, name, family, _zip(folder), principal.user, principal.proof, label_id, _figures(folder, champion)),
                )
                step = audit.AuditStep("specialist", {"name": name, "version": version, "family": family, "proof": principal.proof})
                audit.append(connection, audit.AuditRecord(principal.user, "specialist trained", (step,), target=version))
            return _one(connection, version)

    def check_label(self, principal: Principal, label: str) -> None:
        """Check a label before hours of training.

        Raises NotFound; NotPermitted: the principal trains nothing under the label, or may not read it.
        """
        with self._database.owner() as connection:
            number = self._label(connection, label)
            roles.require(connection, principal, "trainer", label)
        with self._database.transaction(principal) as connection:
            if connection.execute("SELECT %s = ANY ((SELECT readable_labels())::integer[])", (number,)).fetchone() != (True,):
                raise NotPermitted(f"{principal.user} may not read the label {label!r}", remedy="Ask an administrator for a grant")

    def _label(self, connection: Connection, label: str) -> int:
        row = connection.execute("SELECT id FROM labels WHERE name = %s", (label,)).fetchone()
        if row is None:
            raise NotFound(f"There is no label {label!r}", remedy="See finfoundry labels list")
        return int(row[0])

    def versions(self) -> list[Registered]:
        """All versions, the latest first."""
        with self._database.owner() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} ORDER BY trained_at DESC").fetchall()
        return [_registered(row) for row in rows]

    def promote(self, principal: Principal, folder: Path) -> Registered:
        """Make a version the one in use, on its latest validation; the version before it is retired.

        Raises:
            NotPermitted: the principal is no approver, trained or validated it, or no validation lets it pass.
            IntegrityError: a file or the validation was altered.
            NotFound: it was never registered.
        """
        return self.promote_version(principal, check_sealed(folder))

    def promote_version(self, principal: Principal, version: str) -> Registered:
        """``promote`` of a version whose files lie in the registry alone. Raises as ``promote``, which checks the folder in addition."""
        with self._database.owner() as connection:
            found = _one(connection, version)
            roles.require(connection, principal, "approver", found.label)
            if found.trained_by == principal.user:
                raise NotPermitted(
                    f"{principal.user} trained this version and may not promote it",
                    remedy="Let a second person do it, with a key of their own",
                )
            if is_proved(principal.proof) and not is_proved(found.trained_proof):
                raise NotPermitted(
                    f"nothing proves that {found.trained_by} trained this version, so that it may have been you",
                    remedy="Train it again, with a key (FINFOUNDRY_KEY)",
                )
            retired = connection.execute("SELECT retired_at FROM specialists WHERE version = %s", (version,)).fetchone()
            passed = gate(connection, principal, version, found.trained_by, retired[0] if retired else None, self._sealed)
            connection.execute(
                "UPDATE specialists SET state = 'retired', decided_by = %s, decided_proof = %s, decided_at = now(), retired_at = now()"
                " WHERE name = %s AND state = 'promoted' AND version <> %s",
                (principal.user, principal.proof, found.name, version),
            )
            end(connection, principal, found.name, version)
            return self._decide(connection, principal, version, "promoted", passed)

    def retire(self, principal: Principal, folder: Path) -> Registered:
        """Take a version out of use; its scores can still be replayed.

        Raises NotFound; NotPermitted: the principal is no approver, or trained it and it is in use.
        """
        return self.retire_version(principal, check_sealed(folder))

    def retire_version(self, principal: Principal, version: str) -> Registered:
        """``retire`` by version instead of by folder. Raises NotFound, NotPermitted as ``retire``."""
        with self._database.owner() as connection:
            found = _one(connection, version)
            roles.require(connection, principal, "approver", found.label)
            if found.state == "promoted" and found.trained_by == principal.user:
                raise NotPermitted(
                    f"{principal.user} trained this version and may not take it out of use", remedy="Let a second person do it"
                )
            return self._decide(connection, principal, version, "retired")

    def sign(self, principal: Principal, version: str, form: Form, asked: Sequence[str], figures: Any) -> Signed:
        """Put a validation of a version on record. Raises as ``validations.sign``, and NotPermitted for who is no validator."""
        with self._database.owner() as connection:
            found = _one(connection, version)
            roles.require(connection, principal, "validator", found.label)
            about = {name: getattr(found, name) for name in ("name", "version", "family", "label", "trained_by", "trained_proof")}
            return sign(connection, principal, about, form, asked, figures)

    def validations(self, principal: Principal, version: str) -> list[Signed]:
        """The validations of a version that the principal may read, the latest first."""
        with self._database.transaction(principal) as connection:
            return listed(connection, version)

    def version_of(self, principal: Principal, name: str, begins: str) -> str:
        """The one version of a name that begins so and that the principal may read. Raises NotFound."""
        with self._database.transaction(principal) as connection:
            query = "SELECT version FROM specialists WHERE name = %s AND starts_with(version, %s)"
            found = connection.execute(query, (name, begins)).fetchall()
        if len(found) != 1:
            raise NotFound(f"{len(found)} versions of {name!r} begin with {begins[:64]!r}", remedy="See finfoundry specialists list")
        return str(found[0][0])

    def _decide(self, connection: Connection, principal: Principal, version: str, state: str, validation: int | None = None) -> Registered:
        connection.execute(
            "UPDATE specialists SET state = %s, decided_by = %s, decided_proof = %s, decided_at = now(),"
            " validation = coalesce(%s, validation), retired_at = CASE WHEN %s = 'retired' THEN now() ELSE retired_at END"
            " WHERE version = %s",
            (state, principal.user, principal.proof, validation, state, version),
        )
        found = _one(connection, version)
        told = {"name": found.name, "version": version, "state": state, "proof": principal.proof, "validation": validation}
        step = audit.AuditStep("specialist", told)
        audit.append(connection, audit.AuditRecord(principal.user, f"specialist {state}", (step,), target=version))
        return found

    def set_policy(self, principal: Principal, folder: Path, policy: CutOffPolicy) -> None:
        """Set the cut-off of a version; the latest one is in force.

        Raises NotFound; NotPermitted: the principal is no approver, or trained it, or nothing proves that somebody else did.
        """
        version = check_sealed(folder)
        with self._database.owner() as connection:
            found = _one(connection, version)
            roles.require(connection, principal, "approver", found.label)
            if found.trained_by == principal.user:
                raise NotPermitted(f"{principal.user} trained this version and may not set its cut-off", remedy="Let a second person do it")
            if is_proved(principal.proof) and not is_proved(found.trained_proof):
                raise NotPermitted(f"nothing proves that {found.trained_by} trained this version", remedy="Train it again, with a key")
            connection.execute(
                "INSERT INTO specialist_policies (version, cutoff, higher_is_safer, gain, loss, set_by, proof)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                (version, policy.cutoff, policy.higher_is_safer, policy.gain, policy.loss, principal.user, principal.proof),
            )
            step = audit.AuditStep("specialist", {"name": found.name, "version": version, "policy": policy, "proof": principal.proof})
            audit.append(connection, audit.AuditRecord(principal.user, "specialist cut-off set", (step,), target=version))

    def restore(self, version: str, folder: Path) -> Path:
        """Write the files of a version into ``folder``/version and check them. Raises NotFound, IntegrityError."""
        target = folder / version
        if not (target / MANIFEST).exists():
            with self._database.owner() as connection:
                row = connection.execute("SELECT files FROM specialists WHERE version = %s", (version,)).fetchone()
            if row is None:
                raise NotFound(f"The registry has no version {version[:12]}", remedy="See finfoundry specialists list")
            unpack(bytes(row[0]), version, target)
        if check_sealed(target) != version:
            raise IntegrityError(f"{target} holds another version", remedy="Delete the folder; it is written anew from the registry")
        return target

    def promoted(self, principal: Principal, name: str) -> str:
        """The version in use. Raises NotFound, also where the principal may not read its label."""
        with self.serving(principal, name) as (version, _):
            return version

    @contextmanager
    def serving(self, principal: Principal, name: str) -> Iterator[tuple[str, Connection]]:
        """The version in use, and the transaction in which it was looked up, for what it does. Raises NotFound as ``promoted``."""
        with self._database.transaction(principal) as connection:
            row = connection.execute("SELECT version FROM specialists WHERE name = %s AND state = 'promoted'", (name,)).fetchone()
            if row is None:
                raise NotFound(f"No version of {name!r} is promoted", remedy="See finfoundry specialists list")
            yield str(row[0]), connection

    def admit(self, principal: Principal, folder: Path) -> str:
        """The version of a folder that the principal may use, by the label of the version, as in service.

        Raises:
            NotPermitted: the principal may not read the label.
            IntegrityError: the registry has no such version, or under another name: the folder was copied here, renamed or sealed anew.
        """
        version, name = check_sealed(folder), folder.resolve().name
        query = "SELECT name FROM specialists WHERE version = %s"
        with self._database.transaction(principal) as connection:
            seen = connection.execute(query, (version,)).fetchone()
        if seen is None:
            with self._database.owner() as connection:
                known = connection.execute(query, (version,)).fetchone()
            if known is not None:
                raise NotPermitted(f"{principal.user} may not use {known[0]!r}", remedy="Ask an administrator for a grant on its label")
        # a folder of the registry's own cache is named by its version
        if seen is None or name not in (seen[0], version):
            raise IntegrityError(
                f"{folder} holds no version that this home has registered as {name!r}: it was copied, renamed or sealed anew",
                remedy="Train it here, or use the folder that training wrote",
            )
        return version

    def state(self, version: str) -> str | None:
        """``candidate``, ``promoted``, ``retired``; None for a version that was never registered."""
        with self._database.owner() as connection:
            row = connection.execute("SELECT state FROM specialists WHERE version = %s", (version,)).fetchone()
        return str(row[0]) if row else None

    @contextmanager
    def recording(self, principal: Principal, batch: dict[str, Any], within: Connection | None = None) -> Iterator[Recording]:
        """Audit a batch of scores in one transaction, ``within`` one that is open: all of it is there in the end, or nothing."""
        with nullcontext(within) if within else self._database.transaction(principal) as connection:
            recording = Recording(connection, principal, batch)
            yield recording
            recording.close()

    def record(self, principal: Principal, batch: dict[str, Any], rows: list[dict[str, Any]]) -> tuple[str, str]:
        """Audit a batch that is all here: (record, Merkle root)."""
        with self.recording(principal, batch) as recording:
            recording.add(rows)
        return recording.record, recording.root

    def find(self, principal: Principal, name: str, version: str, id_: str) -> tuple[str, dict[str, Any]]:
        """The latest score of a row by one version that the principal may see: (record, output). Raises NotFound."""
        with self._database.transaction(principal) as connection:
            row = connection.execute(
                "SELECT record, content FROM specialist_scores WHERE name = %s AND version = %s AND id = %s ORDER BY at DESC LIMIT 1",
                (name, version, id_),
            ).fetchone()
        if row is None:
            raise NotFound(
                f"Version {version[:12]} of {name!r} has recorded no score of {id_!r}",
                remedy="Score its data by this version first: finfoundry specialists score DIR --data FILE",
            )
        return str(row[0]), dict(row[1])


_COLUMNS = (
    "m.name, version, family, state, trained_by, trained_at, decided_by, decided_at, l.name, trained_proof, decided_proof"
    " FROM specialists m JOIN labels l ON l.id = label_id"
)


def _one(connection: Connection, version: str) -> Registered:
    row = connection.execute(f"SELECT {_COLUMNS} WHERE version = %s", (version,)).fetchone()
    if row is None:
        raise NotFound(
            f"The registry has no version {version[:12]}", remedy="Train it with finfoundry specialists train, which registers it"
        )
    return _registered(row)


def _registered(row: tuple[Any, ...]) -> Registered:
    name, version, family, state, trained_by, trained_at, decided_by, decided_at, *rest = row
    return Registered(name, version, family, state, trained_by, _moment(trained_at) or "", decided_by, _moment(decided_at), *rest)


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _figures(folder: Path, champion: str) -> Jsonb:
    """The champion's figures, so that they can be asked for without its files."""
    made = json.loads((folder / MODEL).read_text())
    champion = made.get("champion") or champion
    return Jsonb({"model": champion, "figures": made["figures"][champion]})


def _zip(folder: Path) -> bytes:
    """The manifest and what it names."""
    names = [*json.loads((folder / MANIFEST).read_text())["files"], MANIFEST]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.write(folder / name, name)
    return buffer.getvalue()
