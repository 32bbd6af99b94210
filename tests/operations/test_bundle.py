"""Bundles: what belongs to one, what its bill of materials says, and that no change to it passes."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from finfoundry.core.errors import InputError, IntegrityError, ModelError
from finfoundry.operations import wheels
from finfoundry.operations.bundle import bundle, read_sums, verify
from finfoundry.operations.sbom import licences
from finfoundry.operations.wheels import Wheel, canonical, conditional, needed
from finfoundry.runtime.settings import Settings

MODEL = "tiny-model"
DATA = b"weights"


def wheel(
    folder: Path, name: str, version: str = "1.0", requires: tuple[str, ...] = (), tag: str = "py3-none-any", licence: str = "MIT"
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name.replace('-', '_')}-{version}-{tag}.whl"
    lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", f"License-Expression: {licence}"]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            f"{name}-{version}.dist-info/METADATA", "\n".join([*lines, *(f"Requires-Dist: {one}" for one in requires)]) + "\n\n"
        )
    return path


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home with one small model, which the catalogue knows; wheels that pip need not fetch."""
    from finfoundry.base import catalogue as module
    from finfoundry.operations import bundle as bundling

    file = module.ModelFile(sha256=hashlib.sha256(DATA).hexdigest())
    entry = module.ModelEntry(
        name=MODEL,
        purpose="chat",
        size="tiny",
        licence="Apache-2.0",
        languages=("en",),
        context=1,
        original="a/b",
        files={"model.gguf": file},
    )
    for target in (module, bundling):
        monkeypatch.setattr(target, "catalogue", lambda: {MODEL: entry})
    folder = tmp_path / "home" / "models" / MODEL
    folder.mkdir(parents=True)
    (folder / "model.gguf").write_bytes(DATA)
    (folder / "manifest.json").write_text(json.dumps({"name": MODEL, "sha256": {"model.gguf": hashlib.sha256(DATA).hexdigest()}}))

    def collect(target: Path, _extras: object = ()) -> list[Wheel]:
        paths = [wheel(target, "finfoundry", requires=("Lower_Thing>=1", "extra-thing; extra == 'more'")), wheel(target, "lower-thing")]
        return [wheels.read(path) for path in paths]

    monkeypatch.setattr(wheels, "collect", collect)
    return Settings(home=tmp_path / "home", model=MODEL, embedder="none-of-the-catalogue")


@pytest.fixture
def made(settings: Settings, tmp_path: Path) -> Path:
    bundle(settings, tmp_path / "out")
    return tmp_path / "out"


def test_a_bundle_verifies_and_tells_its_digest(settings: Settings, tmp_path: Path) -> None:
    told = bundle(settings, tmp_path / "out")
    assert (told.wheels, told.models) == (2, [MODEL])
    found = verify(tmp_path / "out")
    assert (found.ok, found.problems, found.digest, found.files) == (True, [], told.digest, told.files)
    done = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "out", check=False)
    assert done.returncode == 0


def test_the_bill_of_materials_names_every_part_and_who_needs_whom(made: Path) -> None:
    sbom = json.loads((made / "sbom.cdx.json").read_text("utf-8"))
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.6")
    references = [sbom["metadata"]["component"]["bom-ref"], *(part["bom-ref"] for part in sbom["components"])]
    assert references == ["pkg:pypi/finfoundry@1.0", "pkg:pypi/lower-thing@1.0", f"model:{MODEL}"]
    assert len(set(references)) == len(references)
    edges = {one["ref"]: one["dependsOn"] for one in sbom["dependencies"]}
    assert edges["pkg:pypi/finfoundry@1.0"] == ["pkg:pypi/lower-thing@1.0", f"model:{MODEL}"]
    assert {target for one in edges.values() for target in one} <= set(references)


def test_requirements_are_pinned_with_hashes(made: Path) -> None:
    lines = (made / "requirements.txt").read_text().splitlines()
    assert [line.split(" ")[0] for line in lines] == ["finfoundry==1.0", "lower-thing==1.0"]
    assert all("--hash=sha256:" in line for line in lines)


def test_instructions_are_there_in_both_languages(made: Path) -> None:
    for name, word in (("INSTALL.md", "without a network"), ("INSTALL.zh-CN.md", "无网络安装")):
        text = (made / name).read_text("utf-8")
        assert word in text
        assert "{" not in text
        assert "--no-index --find-links wheels --require-hashes" in text


def alter_a_byte(made: Path) -> None:
    (made / "models" / MODEL / "model.gguf").write_bytes(b"Weights")


def add_a_file(made: Path) -> None:
    (made / "wheels" / "more-1.0-py3-none-any.whl").write_bytes(b"")


def remove_a_file(made: Path) -> None:
    (made / "INSTALL.md").unlink()


def link_a_file(made: Path) -> None:
    (made / "wheels" / "link.whl").symlink_to("/etc/hostname")


def exchange_weights_and_their_sum(made: Path) -> None:
    path = made / "models" / MODEL / "model.gguf"
    old = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(b"others")
    sums = made / "SHA256SUMS"
    sums.write_text(sums.read_text().replace(old, hashlib.sha256(b"others").hexdigest()))


@pytest.mark.parametrize("change", [alter_a_byte, add_a_file, remove_a_file, link_a_file, exchange_weights_and_their_sum])
def test_a_changed_bundle_does_not_verify(made: Path, change: object) -> None:
    assert callable(change)
    change(made)
    found = verify(made)
    assert not found.ok
    assert found.problems


def test_wheels_for_another_machine_are_told(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def collect(target: Path, _extras: object = ()) -> list[Wheel]:
        names = {"finfoundry": "py3-none-any", "old": "cp27-cp27m-manylinux1_x86_64", "far": "py3-none-win_arm64"}
        return [wheels.read(wheel(target, name, tag=tag)) for name, tag in names.items()]

    monkeypatch.setattr(wheels, "collect", collect)
    bundle(settings, tmp_path / "other")
    assert len(verify(tmp_path / "other").problems) == 2


def test_weights_that_are_not_what_was_pulled_are_refused(settings: Settings, tmp_path: Path) -> None:
    (settings.home / "models" / MODEL / "model.gguf").write_bytes(b"others")
    with pytest.raises(ModelError, match="not what was pulled"):
        bundle(settings, tmp_path / "out")
    assert not list(tmp_path.glob("out*"))


def test_a_folder_that_is_there_is_not_written_over(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="already there"):
        bundle(settings, tmp_path)


def test_a_folder_that_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no bundle"):
        verify(tmp_path)


@pytest.mark.parametrize("line", ["nonsense", f"{'0' * 64}  ../outside", f"{'0' * 64}  /etc/passwd", f"{'0' * 63}  short"])
def test_a_list_of_sums_that_leads_outside_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "SHA256SUMS").write_text(line)
    with pytest.raises(IntegrityError):
        read_sums(tmp_path / "SHA256SUMS")


def test_a_file_that_is_no_wheel(tmp_path: Path) -> None:
    (tmp_path / "a-1-py3-none-any.whl").write_bytes(b"no zip")
    with pytest.raises(ModelError, match="no wheel"):
        wheels.read(tmp_path / "a-1-py3-none-any.whl")


class TestRequirements:
    LINES = (
        "Plain_Name>=1",
        "with.extras[a, b]>=2; python_version < '3.99'",
        "only; extra == 'more'",
        "both; sys_platform == 'x' and extra == 'more'",
    )

    def test_what_comes_without_an_extra(self) -> None:
        assert list(needed(self.LINES, "")) == [("plain-name", []), ("with-extras", ["a", "b"])]

    def test_what_comes_with_an_extra(self) -> None:
        assert [name for name, _ in needed(self.LINES, "more")] == ["only", "both"]

    def test_what_depends_on_the_platform(self) -> None:
        assert [conditional(self.LINES, name) for name in ("plain-name", "with-extras", "only", "both")] == [False, True, False, True]

    def test_names_are_compared_as_the_index_does(self) -> None:
        assert canonical("A.b_C--d") == "a-b-c-d"

    def test_the_closure_of_what_is_installed_here_holds_what_we_import(self) -> None:
        own = Wheel(Path(), "finfoundry", "0", "", ("psycopg[binary]>=3", "fastapi", "not-there; sys_platform == 'other'"))
        found = wheels.closure(own, ())
        assert {"psycopg", "psycopg-binary", "fastapi", "pydantic", "starlette"} <= set(found)


def test_licences_are_expressions_or_names() -> None:
    assert licences("Apache-2.0 OR (MIT AND BSD-3-Clause)") == [{"expression": "Apache-2.0 OR (MIT AND BSD-3-Clause)"}]
    assert licences("BSD License, see file") == [{"license": {"name": "BSD License, see file"}}]


def test_the_package_is_a_program() -> None:
    done = subprocess.run([sys.executable, "-m", "finfoundry", "bundle", "--help"], capture_output=True, text=True, check=True)
    assert "verify" in done.stdout
