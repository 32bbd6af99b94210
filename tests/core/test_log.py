"""Logs hold neither content nor secrets, and still say what happened."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.errors import InputError, StoreError
from finfoundry.runtime.log import configure, redact
from finfoundry.runtime.settings import Settings

SECRET = "hunter2-hunter2"
log = logging.getLogger("finfoundry.test")


@pytest.fixture
def written() -> Iterator[Callable[[], str]]:
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    stream = io.StringIO()
    configure(stream)
    yield stream.getvalue
    root.setLevel(level)
    root.handlers[:] = handlers


def test_words_and_numbers_are_kept(written: Callable[[], str]) -> None:
    log.info("embedded %s in %.1f s (%d chunks, %s)", "document-77", 1.25, 40, None)
    line = written()
    assert line.endswith("Z INFO finfoundry.test: embedded document-77 in 1.2 s (40 chunks, None)\n")
    assert line[4] == "-"


def test_texts_become_their_length(written: Callable[[], str]) -> None:
    log.info("asked %s, %s", "What did Acme earn?", "甲公司")
    log.info("asked %(question)s", {"question": "two words"})
    log.info("got %s", ["a list of", "texts"])
    assert [line.split(": ", 1)[1] for line in written().splitlines()] == [
        "asked <19 characters>, <3 characters>", "asked <9 characters>", "got <list>",
    ]  # fmt: skip


def test_exceptions_keep_their_place_not_their_words(written: Callable[[], str]) -> None:
    try:
        raise ValueError("the contract says 5%")
    except ValueError as error:
        log.exception("failed: %s", error)
    text = written()
    assert "contract" not in text
    assert "ValueError" in text
    assert "test_log.py" in text
    log.warning("%s / %s", InputError("the question about Acme"), StoreError("the disk is full"))
    assert written().endswith("InputError / StoreError: the disk is full\n")


def test_another_handler_does_not_bring_the_words_back(written: Callable[[], str]) -> None:
    other = logging.StreamHandler(io.StringIO())
    logging.getLogger().handlers.insert(0, other)
    try:
        raise ValueError("the contract says 5%")
    except ValueError:
        log.exception("failed")
    assert "contract" not in written()


def test_a_developer_may_have_the_content_but_no_secret(written: Callable[[], str]) -> None:
    stream = io.StringIO()
    configure(stream, content=True)
    try:
        raise ValueError("the contract says 5%")
    except ValueError:
        log.exception("asked %s", f"two words password={SECRET}")
    assert "two words password=***" in stream.getvalue()
    assert "the contract says 5%" in stream.getvalue()
    assert SECRET not in stream.getvalue()
    assert written() == ""  # configured anew, not twice


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://owner:{SECRET}@localhost/db",
        f"host=h user=u password={SECRET} dbname=d",
        f"password = '{SECRET} with blanks'",
        f'{{"api_key": "{SECRET}"}}',
        f"Authorization: Bearer {SECRET}",
        f"FINFOUNDRY_ENGINE_TOKEN={SECRET}",
        f"https://u:{SECRET}@host/v1?x=1",
        f"sk-{SECRET}",
        f"-----BEGIN EC PRIVATE KEY-----\n{SECRET}\n-----END EC PRIVATE KEY-----",
    ],
)
def test_credentials_are_starred(text: str) -> None:
    assert SECRET not in redact(text)
    assert "***" in redact(text)


def test_ordinary_lines_are_left_alone() -> None:
    for line in ("5 tokens, 3 secrets kept", "GET http://localhost:8080/v1 200", "basic rule: a/b", "12:30:05 INFO ok"):
        assert redact(line) == line


@given(st.text())
def test_redacting_twice_is_redacting_once(text: str) -> None:
    assert redact(redact(text)) == redact(text)


def test_settings_print_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FINFOUNDRY_HOME", str(tmp_path))
    monkeypatch.setenv("FINFOUNDRY_DATABASE", f"postgresql://u:{SECRET}@h/d")
    monkeypatch.setenv("FINFOUNDRY_ENGINE_KEY", SECRET)
    settings = Settings()
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


def test_a_misspelt_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FINFOUNDRY_HOME", str(tmp_path))
    (tmp_path / "finfoundry.toml").write_text(f'databse = "postgresql://u:{SECRET}@h/d"\n')
    with pytest.raises(ValueError, match="databse") as caught:
        Settings()
    assert SECRET not in str(caught.value)
