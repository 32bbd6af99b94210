"""Settings: where they come from, which bounds they keep, and the home that a fresh machine gets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from finfoundry.base.catalogue import catalogue
from finfoundry.runtime.settings import Settings, default_home


@pytest.fixture
def settings_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("FINFOUNDRY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FINFOUNDRY_HOME", str(tmp_path))
    return tmp_path


def test_the_environment_stands_before_the_file_and_the_file_before_the_default(
    settings_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings().max_pages == 5000
    (settings_home / "finfoundry.toml").write_text('max_pages = 70\ncollection = "filings"\n', encoding="utf-8")
    assert (Settings().max_pages, Settings().collection) == (70, "filings")
    monkeypatch.setenv("FINFOUNDRY_MAX_PAGES", "80")
    assert (Settings().max_pages, Settings().collection) == (80, "filings")
    assert Settings(max_pages=90).max_pages == 90
    assert Settings().home == settings_home


@pytest.mark.usefixtures("settings_home")
@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("context", 512), ("max_pages", 1), ("max_blocks", 1), ("max_cells", 1), ("max_characters", 1), ("max_columns", 1),
        ("max_objects", 1), ("readers", 1), ("ask_slots", 1), ("ask_waiting", 0), ("ask_waiting_tenant", 0), ("ask_waiting_user", 0),
        ("check_slots", 1), ("address_connections", 1), ("parse_memory", 256 * 1024**2),
    ],
)  # fmt: skip
def test_the_least_that_a_number_may_be(name: str, least: int) -> None:
    assert getattr(Settings.model_validate({name: least}), name) == least
    with pytest.raises(ValidationError):
        Settings.model_validate({name: least - 1})


@pytest.mark.usefixtures("settings_home")
@pytest.mark.parametrize("name", ["parse_timeout", "ask_deadline"])
def test_a_limit_of_time_is_more_than_nothing(name: str) -> None:
    assert getattr(Settings.model_validate({name: 0.5}), name) == 0.5
    with pytest.raises(ValidationError):
        Settings.model_validate({name: 0})


@pytest.mark.usefixtures("settings_home")
@pytest.mark.parametrize(("share", "taken"), [(0, True), (0.05, True), (1, True), (-0.01, False), (1.01, False)])
def test_an_accepted_error_is_a_share(share: float, taken: bool) -> None:
    if taken:
        assert Settings(accepted_error=share).accepted_error == share
    else:
        with pytest.raises(ValidationError):
            Settings(accepted_error=share)


@pytest.mark.usefixtures("settings_home")
def test_the_models_that_are_set_by_default_are_in_the_catalogue() -> None:
    known = catalogue()
    settings = Settings()
    assert {settings.model, settings.embedder, settings.embedder_english} <= set(known)


@pytest.mark.usefixtures("settings_home")
def test_the_label_of_chinese_law_names_its_producer() -> None:
    with pytest.raises(ValidationError, match="disclosure_producer"):
        Settings(disclosure="cn")
    assert Settings(disclosure="cn", disclosure_producer="Heron").disclosure == "cn"
    assert Settings(disclosure="eu").disclosure_producer == ""


def test_a_misspelt_setting_is_refused_and_its_value_not_printed(settings_home: Path) -> None:
    (settings_home / "finfoundry.toml").write_text('databse = "postgres://me:secret@host/db"\n', encoding="utf-8")
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert "databse" in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("user", "mode", "own"),
    [(1000, 0o700, True), (1000, 0o755, True), (0, 0o755, True), (0, 0o700, False), (0, 0o711, True)],
)
def test_root_whose_home_is_closed_keeps_its_state_elsewhere(
    user: int, mode: int, own: bool, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    folder = home / "user"
    folder.mkdir()
    folder.chmod(mode)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert default_home() == (folder / ".finfoundry" if own else Path("/var/lib/finfoundry"))
