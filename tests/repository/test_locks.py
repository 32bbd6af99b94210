"""The locks hold what the project asks for, so that a fresh environment has all that the code imports."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def locked(name: str) -> dict[str, str]:
    """Canonical name to version of every pin in a lock."""
    text = (ROOT / "requirements" / f"{name}.lock").read_text("utf-8")
    return {canonicalize_name(found[1]): found[2] for found in re.finditer(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE)}


@pytest.mark.parametrize("name", ["core", "dev"])
def test_locks_answer_the_project(name: str) -> None:
    wanted = [Requirement(line) for line in PROJECT["dependencies"]]
    if name == "dev":
        wanted += [Requirement(line) for extra in ("dev", "docs") for line in PROJECT["optional-dependencies"][extra]]
    pins = locked(name)
    missing = [str(item) for item in wanted if not item.specifier.contains(pins.get(canonicalize_name(item.name), "0"))]
    assert not missing, "run `make lock`"


def test_locks_agree() -> None:
    core = locked("core")
    for name in ("build", "dev", "specialists", "evals", "train"):
        different = {item: (core[item], version) for item, version in locked(name).items() if core.get(item, version) != version}
        assert not different, name


@pytest.mark.parametrize("name", ["core", "build", "dev", "clients", "specialists", "evals", "train"])
def test_what_is_installed_is_known_by_its_hash(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.lock").read_text("utf-8")
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not any(entry.startswith("torch==") for entry in entries if name == "train"), "its build is the machine's: see train.in"
