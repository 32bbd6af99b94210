"""The chain over audit records: pure functions, no database.

``hash(n) = SHA-256(sequence, hash(n-1), record n)``, and a head ``(sequence, hash, time)`` signed with Ed25519 pins all that lies before
it. Whoever holds one signed head outside the database sees any later change, removal, reordering or insertion before it, and a cut tail.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from finfoundry.core.errors import InputError
from finfoundry.runtime.audit import Json, canonical
from finfoundry.runtime.keys import read_or_create

START = bytes(32)  # what the first link follows


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """An audit record as it is stored: all but its contents. ``at`` is ISO 8601 in UTC."""

    id: str
    at: str
    actor: str
    action: str
    target: str | None
    steps: Json


@dataclass(frozen=True, slots=True)
class Link:
    """The place of a record in the chain, from 1."""

    sequence: int
    record: str
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain at a time, signed."""

    sequence: int
    hash: bytes
    at: str
    signature: bytes = b""

    @property
    def message(self) -> bytes:
        return b"finfoundry head 1\n" + canonical([self.sequence, self.hash.hex(), self.at])

    def receipt(self) -> str:
        """The head as one line, to keep in a file, a log or in print; ``from_receipt`` reads it."""
        return f"finfoundry {self.sequence} {self.at} {self.hash.hex()} {base64.urlsafe_b64encode(self.signature).decode()}"

    @classmethod
    def from_receipt(cls, text: str) -> Head:
        """Undo ``receipt``.

        Raises:
            InputError: the text is not one.
        """
        try:
            _, sequence, at, digest, signature = text.split()
            return cls(int(sequence), bytes.fromhex(digest), at, base64.b64decode(signature, altchars=b"-_", validate=True))
        except (ValueError, binascii.Error) as error:
            remedy = "A receipt is one line: finfoundry SEQUENCE TIME HASH SIGNATURE"
            raise InputError("This is not a receipt of the audit chain", remedy=remedy) from error


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was recorded, and where."""

    message: str
    sequence: int | None = None
    record: str | None = None


class Signer:
    """The home's signing key, ``home/keys/seal.key``."""

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)

    @classmethod
    def open(cls, home: Path) -> Signer:
        return cls(read_or_create(home / "keys" / "seal.key", lambda: Ed25519PrivateKey.generate().private_bytes_raw()))

    def sign(self, sequence: int, digest: bytes, at: str) -> Head:
        return Head(sequence, digest, at, self._key.sign(Head(sequence, digest, at).message))

    def signed(self, head: Head) -> bool:
        """Whether the head's signature is by this key."""
        try:
            self._key.public_key().verify(head.signature, head.message)
        except InvalidSignature:
            return False
        return True


def link(sequence: int, previous: bytes, entry: ChainEntry) -> Link:
    """Chain a record to the one before."""
    content = canonical([sequence, previous.hex(), entry.id, entry.at, entry.actor, entry.action, entry.target, entry.steps])
    return Link(sequence, entry.id, previous, hashlib.sha256(b"finfoundry link 1\n" + content).digest())


def check(links: Iterable[tuple[Link, ChainEntry | None]], heads: Iterable[Head], signer: Signer) -> Iterator[Problem]:
    """Walk the chain in its order and say what is wrong and where. One of the heads should come from outside the database.

    After a problem the walk goes on from what is stored, so that a second one far away is reported too.
    """
    pins: dict[int, list[Head]] = {}
    for head in heads:
        if signer.signed(head):
            pins.setdefault(head.sequence, []).append(head)
        else:
            yield Problem("A head of the chain does not carry this home's signature", head.sequence)
    last, seen = Link(0, "", START, START), 0
    for current, entry in links:
        yield from _check_link(last, current, entry)
        if any(head.hash != current.hash for head in pins.get(current.sequence, [])):
            yield Problem(
                f"The chain was written anew: link {current.sequence} is not the one that was signed", current.sequence, current.record
            )
        last, seen = current, max(seen, current.sequence)
    yield from _check_end(seen, max(pins, default=0))


def _check_link(last: Link, current: Link, entry: ChainEntry | None) -> Iterator[Problem]:
    number, record = current.sequence, current.record
    if number > last.sequence + 1:
        missing = f"{last.sequence + 1}" if number == last.sequence + 2 else f"{last.sequence + 1} to {number - 1}"
        yield Problem(f"Removed: the chain goes from {last.sequence} to {number}, {missing} is not there", number, record)
    elif number <= last.sequence:
        yield Problem(f"Inserted: link {number} is there twice", number, record)
    elif current.previous != last.hash:
        yield Problem(f"Link {number} does not follow link {last.sequence}: one of them was altered, moved or inserted", number, record)
    if entry is None:
        yield Problem(f"Removed: the record of link {number} is not there", number, record)
    elif link(number, current.previous, entry).hash != current.hash:
        yield Problem(f"Altered: record and hash of link {number} do not agree", number, record)


def _check_end(seen: int, signed: int) -> Iterator[Problem]:
    if seen < signed:
        yield Problem(f"Cut: the chain ends at {seen}, but {signed} was signed; {signed - seen} record(s) are gone", seen)
    elif seen > signed:
        yield Problem(f"Unsigned: the chain goes on to {seen}, but only {signed} was signed", signed)
