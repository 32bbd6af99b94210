"""Fitting the tagger that reads the states of the encoder that embeds, with the words that count beside it and, where that model was
pulled, what reads the states of the first layers of a language model: minutes on one core.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finfoundry.base.catalogue import MANIFEST, model_folder, models_folder
from finfoundry.base.taggers.harm_tagger import BARS_FILE, BESIDE, DEEP, DOUBT, WORDS, opened_tagger
from finfoundry.base.taggers.joined_tagger import PASSAGE
from finfoundry.base.text_encoder import FORM, TextEncoder
from finfoundry.base.tuned_adapter import ADAPTER_FILES, MODEL, write_decoder
from finfoundry.core.model_files.encoder_file import encoder_graph, read_encoder
from finfoundry.core.model_files.heads import Head, HeadForm, Reads, write_forms
from finfoundry.core.model_files.kept_pieces import for_two_languages
from finfoundry.core.model_files.tuned_file import WEIGHTS, tuned_graph
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint
from finfoundry.governance.guards.bars import MeasuredText, held_bars, rows_of
from finfoundry.governance.guards.guards import HEAD, PASSAGE_LIKE
from finfoundry.governance.guards.harms import policy_version
from finfoundry.governance.guards.tagger_rows import ROWS, asked
from finfoundry.runtime.path_digest import path_digest
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.guarding.lexical_fit import OUTPUTS, fitted_words, wanted_of, word_matrix, write_words

NAME, BASE = "guard-tagger", "multilingual-e5-small"
FINGERPRINTS = "data-fingerprints.npz"
LAYERS = (6, 9, 12)
STATES = "states"
KEPT_AT_ONCE = 2048  # texts whose states are kept together
WORDS_SHARES = {"zh": 0.5, "en": 0.3, PASSAGE: 0.5}  # of the logits
DEEP_BASE = "gemma-3-270m"
DEEP_LAYERS = (9,)  # of eighteen: later ones know better which word comes next, and worse what was asked
DEEP_SHARES = {"zh": 0.3, "en": 0.5}  # of the logits of a question, to which those of encoder and words together are the rest
DEEP_DOUBT = 0.02  # what encoder and words find less harmful than this is not asked about: no text would then be stopped
States = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class HeadFit:
    """``rows`` learned from, the ``harmful`` among them; ``bars`` by channel; ``sha256`` of what was learned."""

    folder: str
    base: str
    rows: int
    harmful: int
    bars: dict[str, float]
    sha256: str


def fit_head(settings: Settings, rows: Path, out: Path, report: Report = silent, layers: Sequence[int] = ()) -> HeadFit:
    """Fit a head on ``guard-harms.jsonl`` of a folder and what counts beside it, bars on the texts held out beside it, and write all as a
    run of training does: ``adapter``, ``words``, ``deep`` (where its model was pulled), ``onnx``, ``manifest.json``, ``bars.json``. States
    that were read before are kept in ``states``. ``layers`` are those of the encoder whose states are read; none: ``LAYERS``. Raises
    InputError where rows cannot be read, ModelError where the encoder is not here.
    """
    told, base, learned = rows_of(rows / ROWS), model_folder(settings, BASE), out / "adapter"
    form = HeadForm(HEAD, "several", OUTPUTS, tuple(sorted(layers)) or LAYERS)
    wanted, texts = wanted_of(told), [asked(row.text, passage=row.channel in PASSAGE_LIKE) for row in told]
    _fit_head(base / "model.onnx", learned, form, kept_states(base, texts, form.layers, out / STATES, report), wanted)
    words = fitted_words(OUTPUTS, word_matrix(texts), wanted)
    encoder, tokenizer = for_two_languages(read_encoder((base / "model.onnx").read_bytes()), (base / "tokenizer.json").read_bytes())
    _put_together(out / FORM, tuned_graph(encoder, learned), tokenizer, form)
    places = (out, out / FORM)  # installed, and released: there the bars and what counts beside are under one digest with the graph
    for place in places:
        shutil.rmtree(place / DEEP, ignore_errors=True)  # of another fit
        write_words(place / WORDS, words, len(told), WORDS_SHARES)
    bars, own = held_bars(opened_tagger(settings, out)[0], rows), held_bars(words, rows)
    for place in places:
        _write(place / BARS_FILE, bars)
        _write(place / WORDS / BARS_FILE, own)
    if (models_folder(settings) / DEEP_BASE / MANIFEST).is_file():
        _fit_deep(settings, rows, told, wanted, out, report)
    Fingerprints([fingerprint(row.text) for row in told]).write(out / FINGERPRINTS)
    says = _manifest(out, base, rows / ROWS, len(told))
    _write(out / MANIFEST, says)
    return HeadFit(str(out), BASE, len(told), int(wanted[:, -1].sum()), bars, says["sha256"])


def _fit_deep(settings: Settings, rows: Path, told: Sequence[MeasuredText], wanted: States, out: Path, report: Report) -> None:
    """A head over the states of a model, which counts for questions alone: a passage would take a tenth of a second to read."""
    base, learned = model_folder(settings, DEEP_BASE), out / DEEP
    questions = np.array([row.channel not in PASSAGE_LIKE for row in told])
    texts = [asked(row.text, passage=False) for row, counts in zip(told, questions, strict=True) if counts]
    form = HeadForm(HEAD, "several", OUTPUTS, DEEP_LAYERS)
    _fit_head(base / MODEL, learned, form, kept_states(base, texts, form.layers, out / STATES / DEEP, report), wanted[questions])
    says: dict[str, Any] = {"base": DEEP_BASE, "sha256": path_digest(learned / WEIGHTS), "policy": policy_version(), "rows": len(texts)}
    says |= {
        "licence": "Apache-2.0; the model whose states it reads is under the Gemma Terms of Use",
        BESIDE: DEEP_SHARES,
        DOUBT: DEEP_DOUBT,
    }
    _write(learned / MANIFEST, says)
    released = out / FORM / DEEP
    released.mkdir()
    for file in (*ADAPTER_FILES, MANIFEST):
        shutil.copyfile(learned / file, released / file)
    bars = held_bars(opened_tagger(settings, out)[0], rows)
    for place in (learned, released):
        _write(place / BARS_FILE, bars)


def _fit_head(base: Path, learned: Path, form: HeadForm, states: States, wanted: States) -> None:
    """Over the states that a file of a base gives."""
    from finfoundry.train.methods.frozen_head import learned_head, write_head  # torch, which a service does without

    write_head(learned, learned_head(form, states, wanted), path_digest(base))


def _write(file: Path, says: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(says, indent=1) + "\n", "utf-8")


def _manifest(out: Path, base: Path, rows: Path, count: int) -> dict[str, Any]:
    """What says of the tagger in a folder what it is, of what, and from which rows, as of any that is proposed for release."""
    form, prints = out / FORM, out / FINGERPRINTS
    size = sum(file.stat().st_size for file in form.rglob("*") if file.is_file())
    return {
        "name": NAME,
        "base": BASE,
        "base_sha256": path_digest(base / "model.onnx"),
        "sha256": path_digest(out / "adapter" / WEIGHTS),
        "policy": policy_version(),
        "rows": count,
        "rows_sha256": path_digest(rows),
        "licence": "MIT, as its base",
        "forms": {FORM: {"path": FORM, "sha256": path_digest(form), "bytes": size, "metrics": {}}},
        "data": {"fingerprints": {"path": prints.name, "sha256": path_digest(prints)}},
    }


def kept_states(
    base: Path, texts: Sequence[str], layers: Sequence[int], folder: Path, report: Report = silent, reads: Reads = "mean", threads: int = 1
) -> States:
    """The states of texts after these layers of a pulled model side by side, shape (texts, layers * hidden), of each text's tokens their
    mean or the last. They are kept in a folder, in parts, so that a fit that was broken off, or another of nearly the same rows, goes on.
    """
    source = base / (MODEL if (base / MODEL).is_file() else "model.onnx")
    folder = folder / "-".join((path_digest(source)[:16], *map(str, layers), *(() if reads == "mean" else (reads,))))
    folder.mkdir(parents=True, exist_ok=True)
    known = {text: (file, number) for file in folder.glob("*.json") for number, text in enumerate(json.loads(file.read_text("utf-8")))}
    lacking = sorted({*texts} - known.keys(), key=lambda text: (len(text), text))
    for texts_read, states in _read_in_parts(base, layers, lacking, reads, threads) if lacking else ():
        file = folder / f"{hashlib.sha256(json.dumps(texts_read).encode()).hexdigest()[:16]}.json"
        np.save(file.with_suffix(".npy"), states.astype(np.float16))
        file.write_text(json.dumps(texts_read, ensure_ascii=False), "utf-8")
        known |= {text: (file, number) for number, text in enumerate(texts_read)}
        report(Progress("read", len({*texts} & known.keys()), len({*texts}), "texts"))
    arrays = {file: np.load(file.with_suffix(".npy"), mmap_mode="r") for file in {file for file, _ in known.values()}}
    return np.stack([arrays[file][number] for file, number in (known[text] for text in texts)]).astype(np.float32)


def _read_in_parts(
    base: Path, layers: Sequence[int], texts: Sequence[str], reads: Reads, threads: int
) -> Iterator[tuple[Sequence[str], States]]:
    with tempfile.TemporaryDirectory() as folder:
        reader = reader_of_states(base, layers, Path(folder), reads, threads)
        for start in range(0, len(texts), KEPT_AT_ONCE):
            part = texts[start : start + KEPT_AT_ONCE]
            yield part, reader.states(STATES, part)


def reader_of_states(base: Path, layers: Sequence[int], folder: Path, reads: Reads = "mean", threads: int = 1) -> TextEncoder:
    """What reads a pulled encoder's states, or those of a model's first layers, put together in a folder. Raises ModelError, ValueError."""
    form = HeadForm(STATES, "vector", (), tuple(layers), reads)
    nothing = Head(form, np.empty((0, 0), np.float32), np.empty(0, np.float32))
    if (base / MODEL).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        write_decoder([nothing], base / MODEL, folder)
        write_forms(folder, (form,))
        return TextEncoder(folder, threads=threads)
    graph = encoder_graph(read_encoder((base / "model.onnx").read_bytes()), [nothing])
    return _put_together(folder, graph, (base / "tokenizer.json").read_bytes(), form)


def _put_together(folder: Path, graph: bytes, tokenizer: bytes, form: HeadForm) -> TextEncoder:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(graph)
    (folder / "tokenizer.json").write_bytes(tokenizer)
    write_forms(folder, (form,))
    return TextEncoder(folder)
