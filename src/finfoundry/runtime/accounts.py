"""The system user that PostgreSQL runs as.

Started by root it drops its rights, and never to a user that other programs share: what runs as ``nobody`` could read the data of another
program that runs as ``nobody``. It takes an id of its own, derived from the home, that no user has.
"""

from __future__ import annotations

import hashlib
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from finfoundry.core.errors import SettingsError

OWN_IDS = range(61184, 65520)  # which systemd, too, gives to services that have no user of their own
FIRST_UNSHARED = 100  # ids below it belong to daemons and to groups of programs, the same on every machine
SHARED = "nobody"


@dataclass(frozen=True, slots=True)
class SystemUser:
    """A user and a group by their ids; ``name`` is for messages."""

    uid: int
    gid: int
    name: str


def account_of(home: Path, data: Path) -> SystemUser:
    """The account under which a home's server runs: that of whoever started it; for root, of the home's owner, else an id of its own.

    Raises SettingsError for a user that the system does not know.
    """
    if os.geteuid() != 0:
        return _known(os.geteuid())
    owner = home.stat().st_uid if home.exists() else 0
    if not _is_shared(owner):
        return _by_id(owner)
    made_by = data.stat().st_uid if data.exists() else 0
    if made_by in OWN_IDS or (made_by and _runs(data)):  # as an older version has started it: until it is stopped
        return _by_id(made_by)
    first = int.from_bytes(hashlib.sha256(os.fsencode(home.resolve())).digest()[:4]) % len(OWN_IDS)
    ids = [*OWN_IDS[first:], *OWN_IDS[:first]]
    return _by_id(next(one for one in ids if not _is_known(one)))


def creating_account(account: SystemUser) -> SystemUser:
    """The account that creates the cluster. PostgreSQL's program for that asks the system for the name of its user: where there is none,
    ``nobody`` does it, in a closed folder, before anything is stored. Raises SettingsError where there is no such user.
    """
    if os.geteuid() != 0 or _is_known(account.uid):
        return account
    try:
        entry = pwd.getpwnam(SHARED)
    except KeyError as error:
        raise _unknown(f"named {SHARED!r}") from error
    return SystemUser(entry.pw_uid, entry.pw_gid, entry.pw_name)


def hand_over(folder: Path, account: SystemUser) -> None:
    """Give a folder with all that is in it to an account. Root's: it is closed to its former owner first, and no link is followed.

    Raises SettingsError for a file with a second name elsewhere, which is none of ours, and where the system has no such ids.
    """
    try:
        _hand_over(folder, account)
    except OSError as error:
        raise SettingsError(
            f"{folder} cannot be given to the user {account.name} ({error.strerror})",
            remedy="Give FINFOUNDRY_HOME to a user of its own (chown), as whom PostgreSQL then runs",
        ) from error


def _hand_over(folder: Path, account: SystemUser) -> None:
    os.chown(folder, 0, 0)
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(place) / name
            status = path.lstat()
            if name in files and status.st_nlink > 1:
                raise SettingsError(f"{path} has a second name elsewhere", remedy="Remove the link, or restore the home from a backup")
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
    os.chown(folder, account.uid, account.gid)


def _is_shared(uid: int) -> bool:
    return uid < FIRST_UNSHARED or (_is_known(uid) and pwd.getpwuid(uid).pw_name == SHARED)


def _is_known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _by_id(uid: int) -> SystemUser:
    try:
        return _known(uid)
    except SettingsError:
        return SystemUser(uid, uid, f"with the id {uid}")


def _known(uid: int) -> SystemUser:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise _unknown(f"with the id {uid}") from error
    return SystemUser(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _unknown(which: str) -> SettingsError:
    return SettingsError(
        f"PostgreSQL needs a system user, and there is none {which}",
        remedy="Add the user to /etc/passwd, or set FINFOUNDRY_DATABASE to a PostgreSQL of your own",
    )


def _runs(data: Path) -> bool:
    """Whether a server works on the cluster."""
    try:
        number = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(number, 0)
    except (OSError, ValueError):
        return False
    return True
