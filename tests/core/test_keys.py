"""Encryption for several subjects together, and the files that hold keys."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.errors import IntegrityError, SettingsError
from finfoundry.runtime.keys import Master, Pair, decrypt, encrypt, new_pair, read_or_create

PAIRS = [new_pair() for _ in range(3)]


@given(st.binary(max_size=500), st.integers(1, 3), st.binary(max_size=40))
def test_what_was_encrypted_for_all_is_read_with_all(content: bytes, count: int, context: bytes) -> None:
    pairs = PAIRS[:count]
    blob = encrypt(content, [pair.public for pair in pairs], context)
    assert decrypt(blob, pairs, context) == content


@given(st.integers(0, 2))
def test_one_key_missing_and_nothing_is_read(missing: int) -> None:
    blob = encrypt(b"secret", [pair.public for pair in PAIRS], b"")
    with pytest.raises(IntegrityError):
        decrypt(blob, PAIRS[:missing] + PAIRS[missing + 1 :], b"")
    with pytest.raises(IntegrityError):
        decrypt(blob, [*PAIRS[:missing], new_pair(), *PAIRS[missing + 1 :]], b"")


@given(st.data())
def test_any_changed_byte_is_seen(data: st.DataObject) -> None:
    blob = bytearray(encrypt(b"secret", [PAIRS[0].public], b"place"))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(IntegrityError):
        decrypt(bytes(blob), PAIRS[:1], b"place")


@pytest.mark.parametrize("blob", [b"", b"short", bytes(32), bytes(64)])
def test_rubbish_is_not_read(blob: bytes) -> None:
    with pytest.raises(IntegrityError):
        decrypt(blob, PAIRS[:1], b"")


def test_a_content_belongs_to_its_place() -> None:
    blob = encrypt(b"secret", [PAIRS[0].public], b"content 1 0")
    with pytest.raises(IntegrityError):
        decrypt(blob, PAIRS[:1], b"content 1 1")


def test_the_master_key_wraps_and_unwraps(tmp_path: Path) -> None:
    pair = new_pair()
    wrapped = Pair(pair.public, encrypt(pair.private, [Master.open(tmp_path).public], b"ana"))
    assert Master.open(tmp_path).unwrap(wrapped, b"ana") == pair
    with pytest.raises(IntegrityError):
        Master.open(tmp_path).unwrap(wrapped, b"bob")
    with pytest.raises(IntegrityError):
        Master.open(tmp_path / "other home").unwrap(wrapped, b"ana")
    with pytest.raises(IntegrityError, match="public key"):
        Master.open(tmp_path).unwrap(Pair(new_pair().public, wrapped.private), b"ana")


def test_a_private_key_is_not_printed() -> None:
    pair = new_pair()
    assert pair.private.hex() not in repr(pair)
    assert repr(pair.private) not in repr(pair)


def test_a_key_file_is_closed_to_others(tmp_path: Path) -> None:
    Master.open(tmp_path)
    assert stat.S_IMODE((tmp_path / "keys" / "master.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["master.key"]


def test_many_starters_get_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: Master.open(tmp_path).public, range(16)))
    assert len(keys) == 1


@pytest.mark.parametrize("text", ["", "00", "zz" * 32, "é" * 64])
def test_a_damaged_key_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.key"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=r"bad\.key is not a key"):
        read_or_create(path, lambda: bytes(32))
