"""A build of the engine for the processor: the one that needs most of what there is, and it is what the child runs."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

import pytest
import xllamacpp
from tests.contracts.engine import SHORT
from tests.contracts.models import CHAT, weights

from finfoundry.base.llama import start_engine
from finfoundry.core.errors import SettingsError
from finfoundry.runtime.engine_builds import ABOUT, PACKAGE, build_for, environment, instructions
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor

INSTALLED = version(PACKAGE)


def build(folder: Path, name: str, *needs: str, of: str = INSTALLED) -> Path:
    (folder / name / PACKAGE).mkdir(parents=True)
    (folder / name / ABOUT).write_text(json.dumps({"version": of, "needs": needs}), "utf-8")
    return folder / name


def test_the_build_that_asks_for_most_of_what_there_is(tmp_path: Path) -> None:
    build(tmp_path, "plain", "avx2")
    wide = build(tmp_path, "wide", "avx2", "avx512f")
    build(tmp_path, "other", "avx2", "avx512f", "amx_tile")
    build(tmp_path, "old", "avx2", "avx512f", "fma", of="0.1")
    (tmp_path / "no-build").mkdir()
    assert build_for(tmp_path, frozenset({"avx2", "avx512f", "fma"}), INSTALLED) == wide
    assert build_for(tmp_path, frozenset(), INSTALLED) is None


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"absent.*builds"):
        build_for(tmp_path / "absent", frozenset(), INSTALLED)
    (build(tmp_path, "wide") / ABOUT).write_text("{}", "utf-8")
    with pytest.raises(SettingsError, match=r"wide/build\.json"):
        build_for(tmp_path, frozenset(), INSTALLED)


def test_the_processor_says_what_it_can_do(tmp_path: Path) -> None:
    told = tmp_path / "cpuinfo"
    told.write_text("processor : 0\nflags\t\t: fpu avx2 fma\n\nprocessor : 1\nFeatures : asimd\n", "utf-8")
    assert instructions(told) == {"fpu", "avx2", "fma", "asimd"}
    assert instructions(tmp_path / "absent") == frozenset()


@pytest.mark.slow
def test_the_child_runs_the_build() -> None:
    home = Path(tempfile.mkdtemp(prefix="ff-"))
    try:
        mine = home / "builds" / "mine"
        mine.mkdir(parents=True)
        shutil.copytree(Path(xllamacpp.__file__).parent, mine / PACKAGE, copy_function=_linked)
        (mine / ABOUT).write_text(json.dumps({"version": INSTALLED, "needs": []}), "utf-8")
        settings = Settings(home=home, model=str(weights(CHAT) / "model.gguf"), engine_builds=home / "builds")
        assert environment(settings.engine_builds)["PYTHONPATH"].startswith(str(mine))
        engine = start_engine(settings, supervisor := Supervisor(home))
        assert engine.chat(SHORT).text
        engine.close()
        (child,) = supervisor.status()
        assert str(mine / PACKAGE) in Path(f"/proc/{child.pid}/maps").read_text("utf-8")
    finally:
        Supervisor(home).stop()
        shutil.rmtree(home)


def _linked(source: str, target: str) -> None:
    """A second name of a large file costs nothing, where one disk holds both."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
