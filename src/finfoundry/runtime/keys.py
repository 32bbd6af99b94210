"""Keys that let a content be forgotten: one pair per user and per document, wrapped by the home's master key.

Encryption needs public keys only, so any process may write an audit record, and only who holds the master key reads it. A content
that concerns several subjects (a user and two documents) is encrypted under all of their keys together: deleting any one of them
makes it unreadable for ever.

Scheme: X25519 with a fresh ephemeral key, the shared secrets concatenated, HKDF-SHA256 (RFC 5869), AES-256-GCM.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from finfoundry.core.errors import IntegrityError, SettingsError

_SIZE = 32
_NONCE = bytes(12)  # each content key is used once, so its nonce need not vary


@dataclass(frozen=True, slots=True)
class Pair:
    """A key pair; ``private`` is raw, or wrapped when it comes from the database."""

    public: bytes
    private: bytes

    def __repr__(self) -> str:
        return f"Pair({self.public.hex()[:12]}…)"


def encrypt(content: bytes, publics: Sequence[bytes], context: bytes) -> bytes:
    """Encrypt under all ``publics`` together; ``context`` must be the same for decryption. Returns ephemeral key + ciphertext."""
    ephemeral = X25519PrivateKey.generate()
    header = ephemeral.public_key().public_bytes_raw()
    shared = b"".join(ephemeral.exchange(X25519PublicKey.from_public_bytes(public)) for public in publics)
    return header + AESGCM(_content_key(shared, header, publics, context)).encrypt(_NONCE, content, context)


def decrypt(blob: bytes, pairs: Sequence[Pair], context: bytes) -> bytes:
    """Undo ``encrypt``; ``pairs`` are in the order of its ``publics``.

    Raises:
        IntegrityError: the blob, a key or the context is not what it was.
    """
    header, ciphertext = blob[:_SIZE], blob[_SIZE:]
    try:
        other = X25519PublicKey.from_public_bytes(header)
        shared = b"".join(X25519PrivateKey.from_private_bytes(pair.private).exchange(other) for pair in pairs)
        return AESGCM(_content_key(shared, header, [pair.public for pair in pairs], context)).decrypt(_NONCE, ciphertext, context)
    except (InvalidTag, ValueError) as error:
        raise IntegrityError("An encrypted content or its key was altered") from error


def _content_key(shared: bytes, header: bytes, publics: Sequence[bytes], context: bytes) -> bytes:
    info = b"finfoundry content 1" + header + b"".join(publics) + context
    return HKDF(SHA256(), _SIZE, salt=None, info=info).derive(shared)


def new_pair() -> Pair:
    private = X25519PrivateKey.generate()
    return Pair(private.public_key().public_bytes_raw(), private.private_bytes_raw())


class Master:
    """The home's master key. It wraps the private keys of users and documents and never leaves the home."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair

    @classmethod
    def open(cls, home: Path) -> Master:
        """Read ``home/keys/master.key``, made at the first use.

        Raises:
            SettingsError: the file is not a key.
        """
        private = read_or_create(home / "keys" / "master.key", lambda: new_pair().private)
        return cls(Pair(X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw(), private))

    @property
    def public(self) -> bytes:
        return self._pair.public

    def unwrap(self, wrapped: Pair, context: bytes) -> Pair:
        """The pair whose private part was encrypted for this master key.

        Raises:
            IntegrityError: it was altered, or belongs to another home.
        """
        pair = Pair(wrapped.public, decrypt(wrapped.private, [self._pair], context))
        if X25519PrivateKey.from_private_bytes(pair.private).public_key().public_bytes_raw() != pair.public:
            raise IntegrityError("A public key does not belong to its private key")
        return pair


def read_or_create(path: Path, make: Callable[[], bytes]) -> bytes:
    """The 32 bytes of a key file (hex, mode 0600), made when it is not there; of two starters at once, both get one key.

    Raises:
        SettingsError: the file is not a key.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            write_durably(fresh, make().hex() + "\n")
            with contextlib.suppress(FileExistsError):  # another starter was first: its key counts
                os.link(fresh, path)
        finally:
            fresh.unlink(missing_ok=True)
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (UnicodeDecodeError, ValueError):
        key = b""
    if len(key) != _SIZE:
        raise SettingsError(f"{path} is not a key", remedy="Restore it from a backup; what was encrypted with it cannot be read without it")
    return key


def write_durably(path: Path, text: str) -> None:
    """Write a file that only its owner may read, and return when it is on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
