"""What was tuned over the encoder that embeds, or learned over the first layers of a model, shipped or installed: put together with its
base once, and kept in the home.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Generic, Protocol, Self, TypeVar

from finfoundry.base.catalogue import MANIFEST, model_folder, models_folder
from finfoundry.base.pull import only_one
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.core.errors import FinfoundryError, ModelError
from finfoundry.core.model_files.decoder_file import BEFORE, decoder_graph
from finfoundry.core.model_files.encoder_file import read_encoder
from finfoundry.core.model_files.heads import FORMS, Head
from finfoundry.core.model_files.kept_pieces import for_two_languages
from finfoundry.core.model_files.tuned_file import CONFIG, WEIGHTS, learned_on, stored_heads, tuned_decoder, tuned_graph
from finfoundry.runtime.settings import Settings

SHIPPED, OFF = "shipped", "off"  # what a setting may be besides the name of one that was installed
ADAPTER_FILES = (WEIGHTS, CONFIG, FORMS)
_TOKENIZER, _GRAPH, _BESIDE = "tokenizer.json", "model.onnx", "model.onnx.data"
MODEL = "model.gguf"  # of a base that is no encoder: its first layers are read
_PART = ".part-"  # begins the name of a folder that is not whole yet
_PIECES, _BYTES = "pieces.json", "bytes"  # how many pieces of its vocabulary are kept, and how large the graph is with its matrices
_TAKES = "takes"  # what the graph of a decoder takes besides texts: one that was put together before it took this is made anew
RETRY = 60.0  # seconds after which what does not load is tried again
log = logging.getLogger("finfoundry.base")
Served = TypeVar("Served")


@dataclass(frozen=True, slots=True)
class AdapterUse:
    """What an adapter is for. ``shipped`` is its folder among the product's data, ``kept`` that of the home: NAME holds an adapter, .DIGEST
    what is served. ``command`` installs one, ``variable`` names it.
    """

    noun: str
    purpose: str
    shipped: str
    kept: str
    command: str
    variable: str


def tuned_encoder(settings: Settings, use: AdapterUse, name: str, threads: int = 1) -> TextEncoder | None:
    """The one with this name, which reads with so many threads; None where it is off, or none is shipped, or its base was not pulled.

    The first call puts it together (seconds, as many bytes as the base has). Raises ModelError where it is not whole.
    """
    folder = adapter_folder(settings, use, name)
    if name == OFF or (name == SHIPPED and not (folder / MANIFEST).is_file()):
        return None
    base = str(read_manifest(folder, use)["base"])
    if name == SHIPPED and not (models_folder(settings) / base / MANIFEST).is_file():
        return None
    return TextEncoder(served_over(settings, use, folder, model_folder(settings, base)), threads=threads)


def adapter_folder(settings: Settings, use: AdapterUse, name: str) -> Path:
    """Where an adapter lies: in the home, or with the product."""
    if name == SHIPPED:
        return Path(str(resources.files("finfoundry.ask") / "data" / use.shipped))
    return settings.home.absolute() / use.kept / name


def read_manifest(folder: Path, use: AdapterUse) -> dict[str, Any]:
    """What says of an adapter its base and digest; checked against its weights. Raises ModelError."""
    remedy = f"Run `finfoundry {use.command} install DIR` with the folder of a tuned {use.noun}, or set {use.variable}=off"
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        whole = told["sha256"] == hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest() and bool(told["base"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{folder} holds no {use.noun} of {use.purpose} ({error})", remedy=remedy) from error
    if not whole:
        raise ModelError(f"{folder / WEIGHTS} is not the file that its manifest names", remedy=remedy)
    return told


def served_over(settings: Settings, use: AdapterUse, folder: Path, base: Path, digest: str = "") -> Path:
    """The folder of what is served of an adapter and its base, as ``TextEncoder`` reads it; put together beside it first, so that it is
    whole or not there. It is named by the digest of the adapter's weights, or by the one given. Raises ModelError.
    """
    digest = digest or hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    target = settings.home.absolute() / use.kept / f".{digest[:16]}"
    if _is_whole(target):
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with only_one(target.parent / ".lock"):
            if not _is_whole(target):  # another process may have put it together while this one waited
                _put_in_place(use, folder, base, target)
    except (ValueError, KeyError) as error:
        raise ModelError(f"the {use.noun} in {folder} does not fit {base.name}: {error}", remedy="Install it again") from error
    except OSError as error:
        told = f"the {use.noun} in {folder} cannot be put together with {base.name}: {error.strerror or error}"
        size = sum(file.stat().st_size for file in base.glob("*")) // 2**20
        raise ModelError(told, remedy=f"See that {base} can be read, and that {size} MB can be written under {target.parent}") from error
    return target


def _is_whole(target: Path) -> bool:
    """Whether what is served lies there, as many bytes as were written, of a decoder with a graph that takes what this version gives it."""
    try:
        told = json.loads((target / _PIECES).read_text("utf-8"))
        current = told.get(_TAKES) == BEFORE or not (target / _BESIDE).exists()
        return bool(current and told.get(_BYTES, size := _size(target)) == size)
    except (OSError, ValueError):
        return False


def _size(target: Path) -> int:
    return sum(file.stat().st_size for file in target.glob(f"{_GRAPH}*"))


def _put_in_place(use: AdapterUse, folder: Path, base: Path, target: Path) -> None:
    """Called by one process at a time, so that parts are those of one that was killed."""
    for left in target.parent.glob(f"{_PART}*"):
        shutil.rmtree(left, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix=_PART, dir=target.parent))
    try:
        _put_together(use, folder, base, partial)
        shutil.copyfile(folder / FORMS, partial / FORMS)
        partial.chmod(target.parent.stat().st_mode & 0o777)  # who may read the home reads this
        shutil.rmtree(target, ignore_errors=True)  # of a version that kept every piece
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _put_together(use: AdapterUse, folder: Path, base: Path, target: Path) -> None:
    """Graph, tokenizer, and how many pieces they know. Raises ModelError for a base that the adapter was not learned over, ValueError."""
    source = base / (_GRAPH if (base / _GRAPH).is_file() else MODEL)
    with source.open("rb") as file:
        if learned_on(folder) not in ("", hashlib.file_digest(file, "sha256").hexdigest()):
            raise ModelError(
                f"the {use.noun} in {folder} was learned over another {base.name}", remedy=f"Run `finfoundry pull {base.name}`"
            )
    if source.name == MODEL:
        pieces = write_decoder(stored_heads(folder), source, target, folder)
    else:
        whole = read_encoder(source.read_bytes())
        encoder, tokenizer = for_two_languages(whole, (base / _TOKENIZER).read_bytes())
        pieces = {"kept": encoder.vocabulary, "of": whole.vocabulary}
        (target / _GRAPH).write_bytes(tuned_graph(encoder, folder))
        (target / _TOKENIZER).write_bytes(tokenizer)
    (target / _PIECES).write_text(json.dumps(pieces | {_BYTES: _size(target)}) + "\n", "utf-8")


def write_decoder(heads: Sequence[Head], model: Path, target: Path, adapter: Path | None = None) -> dict[str, int | str]:
    """Write graph, matrices and tokenizer of heads over the states of a GGUF model, changed as the pairs in the folder of an adapter tell;
    how many of its pieces are kept. Raises ModelError, OSError, ValueError.
    """
    from finfoundry.base.first_layers.gguf_decoder import read_decoder  # gguf: for this moment alone

    decoder, tokenizer, of = read_decoder(model, max(max(head.form.layers, default=0) for head in heads))
    with (target / _BESIDE).open("wb") as matrices:
        (target / _GRAPH).write_bytes(decoder_graph(tuned_decoder(decoder, adapter) if adapter else decoder, heads, matrices))
    (target / _TOKENIZER).write_text(tokenizer.to_str(), "utf-8")
    return {"kept": len(decoder.words), "of": of, _TAKES: BEFORE}


class Loadable(Protocol):
    def loaded(self) -> Self: ...


Read = TypeVar("Read", bound=Loadable)


class AdapterOnDemand(Generic[Read]):
    """What was tuned, of the settings, its weights read when it is first asked for, once. What does not load is tried again after ``RETRY``
    seconds: its files are not put together for each question.
    """

    def __init__(self, settings: Settings, find: Callable[[Settings], Read | None]) -> None:
        self._settings, self._find = settings, find
        self._loading = threading.Lock()
        self._found: list[Read | None] = []
        self._failed: tuple[float, ModelError] | None = None

    def __call__(self) -> Read | None:
        """Raises ModelError where there is one that is not whole."""
        with self._loading:
            if self._failed and time.monotonic() < self._failed[0]:
                raise ModelError(self._failed[1].message, remedy=self._failed[1].remedy)
            if not self._found:
                self._found = [self._loaded()]
            return self._found[0]

    def _loaded(self) -> Read | None:
        try:
            encoder = self._find(self._settings)
            return encoder.loaded() if encoder else None
        except ModelError as error:
            self._failed = time.monotonic() + RETRY, error
            raise


class ServedOnDemand(Generic[Served]):
    """``released`` is asked before each use which digest should serve (None: what the settings name), and ``load`` reads it. What cannot be
    loaded takes nothing else from service, and is tried again after ``RETRY`` seconds of ``clock``: its files are not read for each text.
    """

    def __init__(
        self, noun: str, released: Callable[[], str | None], load: Callable[[str | None], Served | None], clock: Callable[[], float]
    ) -> None:
        self._noun, self._released, self._load, self._clock = noun, released, load, clock
        self._runs: tuple[str | None, Served | None] | None = None
        self._failed: _Failure | None = None
        self._loading = threading.Lock()

    def __call__(self) -> Served | None:
        """Raises ModelError, StoreError where nothing served before."""
        try:
            return self._current()
        except FinfoundryError:
            if self._runs is None or self._runs[1] is None:
                raise
            return self._runs[1]

    def _current(self) -> Served | None:
        wanted = self._released()
        with self._loading:
            if self._runs is None or self._runs[0] != wanted:
                self._runs = wanted, self._loaded(wanted)
            return self._runs[1]

    def _loaded(self, wanted: str | None) -> Served | None:
        """Raises ModelError, at once where the same failed a moment ago."""
        failed = self._failed
        if failed and failed.wanted == wanted and self._clock() < failed.again:
            raise ModelError(failed.error.message, remedy=failed.error.remedy)
        try:
            return self._load(wanted)
        except ModelError as error:
            self._failed = _Failure(wanted, self._clock() + RETRY, error)
            log.warning("The %s that should serve now does not load, one that was loaded before goes on: %s", self._noun, error)
            raise


@dataclass(frozen=True, slots=True)
class _Failure:
    """``again`` is when it is tried again, by the same clock."""

    wanted: str | None
    again: float
    error: ModelError
