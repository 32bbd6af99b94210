"""Files that are broken, locked or hostile: one clear error, or a document that says what it lost."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from tests.knowledge.formats.drawn import pdf, statement, text

from finfoundry.core.errors import ParseError
from finfoundry.knowledge.bounds import Bounds
from finfoundry.knowledge.formats import parse_document, sniff
from finfoundry.knowledge.formats.pdf import parse

SOUND = pdf(lambda c: statement(c, [("", "2021", "2020"), ("Assets", "1,234", "999"), ("Debt", "(5)", "—")]))


def test_empty_file() -> None:
    with pytest.raises(ParseError, match=r"a\.pdf is empty"):
        parse(b"", "a.pdf")


def test_encrypted_file() -> None:
    locked = pdf(lambda c: text(c, 60, 100, "secret"), encrypt=StandardEncryption("user", "owner"))
    with pytest.raises(ParseError, match=r"a\.pdf is encrypted") as caught:
        parse(locked, "a.pdf")
    assert caught.value.remedy


def test_file_with_only_an_owner_password_is_read() -> None:
    """Anybody may open such a file."""
    locked = pdf(lambda c: text(c, 60, 100, "public"), encrypt=StandardEncryption("", "owner"))
    assert parse(locked, "a.pdf").pages[0].text == "public"


def test_garbage_after_the_magic() -> None:
    with pytest.raises(ParseError, match="damaged") as caught:
        parse(b"%PDF-1.7\n" + bytes(range(256)) * 8, "a.pdf")
    assert caught.value.remedy


def test_too_many_pages() -> None:
    data = pdf(*[lambda c: text(c, 60, 100, "page")] * 4)
    with pytest.raises(ParseError, match=r"4 pages, more than the limit of 3.*FINFOUNDRY_MAX_PAGES"):
        parse_document(data, "a.pdf", bounds=Bounds(pages=3))


def test_cut_short_is_refused_or_reported() -> None:
    """A file without its end is not passed off as whole."""
    for share in (0.3, 0.6, 0.9):
        try:
            document = parse(SOUND[: int(len(SOUND) * share)], "a.pdf", ocr=False)
        except ParseError:
            continue
        assert any("cut short" in loss for loss in document.losses)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), min_size=1, max_size=40))
def test_mutated_files_never_crash(changes: list[tuple[int, int]]) -> None:
    data = bytearray(SOUND)
    for at, byte in changes:
        data[at] = byte
    with contextlib.suppress(ParseError):
        assert parse(bytes(data), "a.pdf", ocr=False).pages


def test_wrong_extension_does_not_matter() -> None:
    assert sniff(SOUND, "a.docx") == "pdf"
    assert parse_document(SOUND, "a.txt").media_type == "application/pdf"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"PK\x03\x04broken", "zip"),
        (b"\0\1\2\3\4\5\6\7", "binary"),
        (b"<!DOCTYPE html><html></html>", "html"),
        (b'<?xml version="1.0"?><html xmlns="x"></html>', "html"),
        (b"a,b\n1,2\n", "csv"),
    ],
)
def test_sniff(data: bytes, kind: str) -> None:
    assert sniff(data, "a.csv") == kind


def test_unknown_kind_is_refused_with_a_remedy() -> None:
    with pytest.raises(ParseError, match="not read") as caught:
        parse_document(b"\0\1\2\3", "a.bin")
    assert "PDF" in str(caught.value)
