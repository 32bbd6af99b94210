"""Fitting the tagger that reads the states of the encoder that embeds, and the words that count beside it: minutes on one core."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finfoundry.base.catalogue import MANIFEST, model_folder
from finfoundry.base.harm_tagger import BARS_FILE, WORDS, opened_tagger
from finfoundry.base.lexical_tagger import PASSAGE
from finfoundry.base.text_encoder import FORM, TextEncoder
from finfoundry.core.encoders.encoder_file import Head, HeadForm, encoder_graph, read_encoder, write_forms
from finfoundry.core.encoders.kept_pieces import for_two_languages
from finfoundry.core.encoders.tuned_file import WEIGHTS, tuned_graph
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint
from finfoundry.governance.guards.bars import held_bars, rows_of
from finfoundry.governance.guards.guards import HEAD, PASSAGE_LIKE
from finfoundry.governance.guards.harms import policy_version
from finfoundry.governance.guards.tagger_rows import ROWS, asked
from finfoundry.runtime.path_digest import path_digest
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.guarding.lexical_fit import OUTPUTS, fitted_words, wanted_of, word_matrix, write_words

NAME, BASE = "guard-tagger", "multilingual-e5-small"
FINGERPRINTS = "data-fingerprints.npz"
LAYERS = (6, 9, 12)
AT_ONCE = 256  # texts whose states are computed together
KEPT_AT_ONCE = 2048  # texts whose states are kept together
WORDS_SHARES = {"zh": 0.5, "en": 0.3, PASSAGE: 0.5}  # of the logits
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
    """Fit a head on ``guard-harms.jsonl`` of a folder and the words that count beside it, bars on the texts held out beside it, and write
    all as a run of training does: ``adapter``, ``words``, ``onnx``, ``manifest.json``, ``bars.json``. States that were read before are kept
    in ``states``. ``layers`` are those of the encoder whose states are read; none: ``LAYERS``. Raises
    InputError where rows cannot be read, ModelError where the encoder is not here.
    """
    from finfoundry.train.methods.frozen_head import learned_head, write_head  # torch, which a service does without

    told, base, learned = rows_of(rows / ROWS), model_folder(settings, BASE), out / "adapter"
    form = HeadForm(HEAD, "several", OUTPUTS, tuple(sorted(layers)) or LAYERS)
    wanted = wanted_of(told)
    texts = [asked(row.text, passage=row.channel in PASSAGE_LIKE) for row in told]
    states = kept_states(base, texts, form.layers, out / "states" / "-".join(map(str, form.layers)), report)
    words = fitted_words(OUTPUTS, word_matrix(texts), wanted)
    write_head(learned, learned_head(form, states, wanted), hashlib.sha256((base / "model.onnx").read_bytes()).hexdigest())
    encoder, tokenizer = for_two_languages(read_encoder((base / "model.onnx").read_bytes()), (base / "tokenizer.json").read_bytes())
    _put_together(out / FORM, tuned_graph(encoder, learned), tokenizer, form)
    for place in (out, out / FORM):  # installed, and released: there the bars and the words are under one digest with the graph
        write_words(place / WORDS, words, len(told), WORDS_SHARES)
    bars, own = held_bars(opened_tagger(out)[0], rows), held_bars(words, rows)
    for place in (out, out / FORM):
        _write(place / BARS_FILE, bars)
        _write(place / WORDS / BARS_FILE, own)
    Fingerprints([fingerprint(row.text) for row in told]).write(out / FINGERPRINTS)
    says = _manifest(out, base, rows / ROWS, len(told))
    _write(out / MANIFEST, says)
    return HeadFit(str(out), BASE, len(told), int(wanted[:, -1].sum()), bars, says["sha256"])


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


def kept_states(base: Path, texts: Sequence[str], layers: Sequence[int], folder: Path, report: Report = silent) -> States:
    """``states_of``, in parts that are kept in a folder, so that a fit that was broken off, or another of nearly the same rows, goes on."""
    folder.mkdir(parents=True, exist_ok=True)
    known = {text: (file, number) for file in folder.glob("*.json") for number, text in enumerate(json.loads(file.read_text("utf-8")))}
    lacking = sorted({*texts} - known.keys(), key=lambda text: (len(text), text))
    for start in range(0, len(lacking), KEPT_AT_ONCE):
        part = lacking[start : start + KEPT_AT_ONCE]
        file = folder / f"{hashlib.sha256(json.dumps(part).encode()).hexdigest()[:16]}.json"
        np.save(file.with_suffix(".npy"), states_of(base, part, layers).astype(np.float16))
        file.write_text(json.dumps(part, ensure_ascii=False), "utf-8")
        known |= {text: (file, number) for number, text in enumerate(part)}
        report(Progress("read", min(start + KEPT_AT_ONCE, len(lacking)), len(lacking), "texts"))
    arrays = {file: np.load(file.with_suffix(".npy"), mmap_mode="r") for file in {file for file, _ in known.values()}}
    return np.stack([arrays[file][number] for file, number in (known[text] for text in texts)]).astype(np.float32)


def states_of(base: Path, texts: Sequence[str], layers: Sequence[int]) -> States:
    """The means of the states of texts after these layers side by side, shape (texts, layers * hidden)."""
    with tempfile.TemporaryDirectory() as folder:
        form = HeadForm("states", "vector", (), tuple(layers))
        nothing = Head(form, np.empty((0, 0), np.float32), np.empty(0, np.float32))
        graph = encoder_graph(read_encoder((base / "model.onnx").read_bytes()), [nothing])
        encoder, found = _put_together(Path(folder), graph, (base / "tokenizer.json").read_bytes(), form), list[States]()
        for start in range(0, len(texts), AT_ONCE):
            found.append(encoder.states("states", texts[start : start + AT_ONCE]))
        return np.concatenate(found)


def _put_together(folder: Path, graph: bytes, tokenizer: bytes, form: HeadForm) -> TextEncoder:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(graph)
    (folder / "tokenizer.json").write_bytes(tokenizer)
    write_forms(folder, (form,))
    return TextEncoder(folder)
