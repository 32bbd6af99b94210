"""Archives: their files as parts, with bounds, and nothing that leads elsewhere."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.knowledge.formats.office import archive as zipped

from finfoundry.core.errors import ParseError
from finfoundry.knowledge.formats import archive, parse_document


def test_the_files_of_an_archive_are_its_parts() -> None:
    document = parse_document(zipped({"a/report.md": b"# A", "__MACOSX/a/._report.md": b"x", ".DS_Store": b"x", "b.csv": b"1;2"}), "z.zip")
    assert document.pages == []
    assert [(part.name, part.data, part.error) for part in document.parts] == [("a/report.md", b"# A", None), ("b.csv", b"1;2", None)]


@pytest.mark.parametrize("name", ["../outside.md", "/etc/passwd", "a/../../b.md", "C:/x.md"])
def test_a_file_that_leads_outside_is_refused(name: str) -> None:
    (part,) = parse_document(zipped({name: b"x"}), "z.zip").parts
    assert part.data == b""
    assert "leads outside" in (part.error or "")
    assert ".." not in part.name
    assert not part.name.startswith("/")


def test_names_in_gbk_are_read_as_they_were_meant() -> None:
    data = zipped({"xxxx.md": b"x"}).replace(b"xxxx.md", "年报".encode("gb18030") + b".md")
    assert [part.name for part in parse_document(data, "z.zip").parts] == ["年报.md"]


def test_an_archive_like_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ParseError, match="zip bomb"):
        parse_document(zipped({"a.md": b"0" * 64 * 1024 * 1024}), "z.zip")
    monkeypatch.setattr(archive, "MOST_PARTS", 3)
    with pytest.raises(ParseError, match="4 files"):
        parse_document(zipped({f"{n}.md": b"x" for n in range(4)}), "z.zip")


def test_a_file_that_is_longer_than_its_header_says_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sum in the headers passed; the limit holds for what really comes out, over all files."""
    data = zipped({"a.md": b"x" * 60, "b.md": b"y" * 60, "c.md": b"z"})
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        entries = opened.infolist()
        monkeypatch.setattr(archive, "MAX_UNPACKED", 100)
        found = list(archive._parts(opened, entries))
    assert [part.error is None for part in found] == [True, False]
    assert "zip bomb" in (found[1].error or "")


def test_an_archive_with_a_password_is_refused() -> None:
    data = bytearray(zipped({"a.md": b"x"}))
    data[6] |= 1  # the flag in the header of the file
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    with pytest.raises(ParseError, match="password"):
        parse_document(bytes(data), "z.zip")


@given(st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20), st.binary(max_size=50)))
def test_any_names_come_out_apart_and_inside(files: dict[str, bytes]) -> None:
    try:
        parts = parse_document(zipped(files), "z.zip").parts
    except ParseError:  # none but hidden files
        return
    names = [part.name for part in parts]
    assert len(names) == len(set(names))
    assert not any(step in ("", ".", "..") for name in names for step in name.split("/"))
