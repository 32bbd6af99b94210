"""The file of a backup: a tar stream that ends in the SHA-256 of each entry and one of that list, encrypted where a passphrase is given.

It is written and read in one pass, in little memory, and a file that was cut off or altered is never taken for a whole one: without a
passphrase by the manifest, with one by AES-256-GCM over numbered blocks (the STREAM construction of Hoang, Reyhanitabar, Rogaway and
Vizár, 2015: number and "last" are part of the nonce), under a key from scrypt (RFC 7914).
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic_core import to_json

from finfoundry.core.errors import InputError, IntegrityError

MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
ENCRYPTED = b"finfoundry backup, encrypted 1\n"
BLOCK = 1 << 20
SALT, TAG = 16, 16
DAMAGED = "Take another backup: this one was cut off or altered"


def json_bytes(value: object) -> bytes:
    return to_json(value, indent=1)


class ArchiveWriter:
    """Adds entries, and closes with the manifest and its own digest."""

    def __init__(self, file: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115  closed by close()
        self._digests: dict[str, str] = {}

    def add(self, name: str, data: bytes) -> None:
        self._put(name, data)
        self._digests[name] = hashlib.sha256(data).hexdigest()

    def close(self, **facts: Any) -> None:
        """Write the manifest: the digests, and ``facts`` about the whole."""
        manifest = json.dumps({**facts, "sha256": self._digests}, indent=1).encode()
        self._put(MANIFEST, manifest)
        self._put(SEAL, hashlib.sha256(manifest).hexdigest().encode())
        self._tar.close()

    def _put(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(data), 0o600
        self._tar.addfile(member, io.BytesIO(data))


def members(file: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Name and content of each entry, the manifest last; what was taken before it holds only once the end is reached without an error.

    Raises IntegrityError for what is no backup, or not a whole one.
    """
    digests: dict[str, str] = {}
    manifest, seal = b"", ""
    try:
        with tarfile.open(fileobj=file, mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member)
                data = content.read() if content else b""
                if member.name == MANIFEST:
                    manifest = data
                elif member.name == SEAL:
                    seal = data.decode("ascii")
                else:
                    digests[member.name] = hashlib.sha256(data).hexdigest()
                    yield member.name, data
    except (tarfile.TarError, ValueError, EOFError, OSError) as error:
        raise IntegrityError(f"The backup cannot be read to its end: {error}", remedy=DAMAGED) from error
    if not seal:
        raise IntegrityError("The backup has no end: it was cut off", remedy=DAMAGED)
    if hashlib.sha256(manifest).hexdigest() != seal:
        raise IntegrityError("The backup was altered: its manifest is not what was written", remedy=DAMAGED)
    listed = json.loads(manifest)["sha256"]
    if wrong := sorted(name for name in digests.keys() | listed.keys() if digests.get(name) != listed.get(name)):
        raise IntegrityError(f"The backup was altered: {wrong[0]} is not what was written", remedy=DAMAGED)
    yield MANIFEST, manifest


def open_to_write(path: Path, passphrase: str | None) -> IO[bytes]:
    """A new file that only its owner may read. Raises OSError."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    file = path.open("wb")
    return cast(IO[bytes], EncryptedWriter(file, passphrase)) if passphrase else file


def open_to_read(path: Path, passphrase: str | None) -> IO[bytes]:
    """Raises InputError where there is no such file, or where a passphrase is missing or not asked for."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror})", remedy="Name the file that `finfoundry backup` wrote") from error
    encrypted = file.read(len(ENCRYPTED)) == ENCRYPTED
    if encrypted and not passphrase:
        file.close()
        raise InputError(f"{path} is encrypted", remedy="Give --passphrase-file")
    if not encrypted:
        file.seek(0)
        return file
    return io.BufferedReader(EncryptedReader(file, str(passphrase)), BLOCK)


class EncryptedWriter(io.RawIOBase):
    """Encrypts blocks of one mebibyte; the last is marked, so that a file that was cut off is noticed."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        salt = secrets.token_bytes(SALT)
        file.write(ENCRYPTED + salt)
        self._file, self._cipher = file, cipher(passphrase, salt)
        self._buffer, self._number = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._buffer += data
        while len(self._buffer) > BLOCK:  # never the last one: that is only known at the end
            self._flush_block(bytes(self._buffer[:BLOCK]), last=False)
            del self._buffer[:BLOCK]
        return len(data)

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        if not self.closed:
            self._flush_block(bytes(self._buffer), last=True)
            self._file.close()
        super().close()

    def _flush_block(self, block: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(nonce(self._number, last), block, None))
        self._number += 1


class EncryptedReader(io.RawIOBase):
    """Gives the bytes back, block by block; raises IntegrityError for a wrong passphrase, an altered block, a missing end."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        self._file, self._cipher = file, cipher(passphrase, file.read(SALT))
        self._next = file.read(BLOCK + TAG)
        self._buffer, self._number = b"", 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        """Fill a buffer with what is left of the block that is open, or with the next; 0 at the end."""
        if not self._buffer and self._next:
            block, self._next = self._next, self._file.read(BLOCK + TAG)
            self._buffer = self._open(block, last=not self._next)
            self._number += 1
        part = self._buffer[: len(target)]
        target[: len(part)] = part
        self._buffer = self._buffer[len(part) :]
        return len(part)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _open(self, block: bytes, *, last: bool) -> bytes:
        try:
            return self._cipher.decrypt(nonce(self._number, last), block, None)
        except InvalidTag as error:
            if self._number == 0:
                raise IntegrityError("The backup does not open: the passphrase is another one, or the file was altered") from error
            raise IntegrityError("The backup was altered or cut off", remedy=DAMAGED) from error


def cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt, length=32, n=2**16, r=8, p=1).derive(passphrase.encode()))


def nonce(number: int, last: bool) -> bytes:
    """Twelve bytes that no other block has: its number, and whether it is the last."""
    return number.to_bytes(11, "big") + bytes([last])
