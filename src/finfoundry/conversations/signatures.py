"""Who signed an answer off: kept beside it, seen with it, taken away with its receipt."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from finfoundry.runtime.database import Connection

_COLUMNS = "number, signed_by, at, note, receipt, digest, record"


@dataclass(frozen=True, slots=True)
class AnswerSignature:
    """``receipt`` is the answer's record in the audit, ``record`` that of the signature; ``digest`` the SHA-256 of the answer as it is
    kept; ``at`` ISO 8601.
    """

    signed_by: str
    at: str
    note: str
    receipt: str
    digest: str
    record: str


Signed = dict[int, tuple[AnswerSignature, ...]]  # by the number of the turn


def own_signatures(connection: Connection, conversation: str) -> Signed:
    """Those of one's own conversation; for an answer that may not be read, none but one's own (row policy)."""
    query = f"SELECT {_COLUMNS} FROM answer_signatures WHERE conversation = %s ORDER BY at"  # noqa: S608  a constant
    return _by_turn(connection.execute(query, (conversation,)).fetchall())


def shared_signatures(connection: Connection, link: str) -> Signed:
    """Those of the turns that may be seen by a link."""
    return _by_turn(connection.execute(f"SELECT {_COLUMNS} FROM shared_signatures(%s) ORDER BY at", (link,)).fetchall())  # noqa: S608


def pseudonymise_signatures(connection: Connection, person: str, subject: str) -> None:
    """In the transaction of an administrator that erases the person's key."""
    connection.execute("SELECT pseudonymise_signatures(%s, %s)", (person, f"erased {subject}"))


def _by_turn(rows: list[tuple[Any, ...]]) -> Signed:
    found: dict[int, list[AnswerSignature]] = defaultdict(list)
    for number, signed_by, at, note, receipt, digest, record in rows:
        signature = AnswerSignature(signed_by, at.isoformat(timespec="seconds"), note, str(receipt), digest, str(record))
        found[number].append(signature)
    return {number: tuple(signatures) for number, signatures in found.items()}
