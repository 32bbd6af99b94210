"""Fitting the tagger that reads the states of the encoder that embeds: minutes on one core, most of them for the states."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finfoundry.base.catalogue import MANIFEST, model_folder
from finfoundry.base.harm_tagger import BARS_FILE
from finfoundry.base.text_encoder import FORM, TextEncoder
from finfoundry.core.encoders.encoder_file import Head, HeadForm, encoder_graph, read_encoder, write_forms
from finfoundry.core.encoders.tuned_file import WEIGHTS, tuned_graph
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint
from finfoundry.governance.guards.bars import MeasuredText, fitted_bars, rows_of
from finfoundry.governance.guards.guards import HEAD, PASSAGE_LIKE
from finfoundry.governance.guards.harms import harms, policy_version
from finfoundry.governance.guards.tagger_rows import ROWS, asked
from finfoundry.runtime.path_digest import path_digest
from finfoundry.runtime.settings import Settings

NAME, BASE = "guard-tagger", "multilingual-e5-small"
FINGERPRINTS = "data-fingerprints.npz"
LAYERS = (6, 9, 12)
FOLDS = 4
AT_ONCE = 256  # texts whose states are computed between two reports
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


def fit_head(settings: Settings, rows: Path, out: Path, report: Report = silent) -> HeadFit:
    """Fit a head on ``guard-harms.jsonl`` of a folder, its bars on what heads tell of acts that they did not learn, and write both as a run
    of training does: ``adapter``, ``onnx``, ``manifest.json``, ``bars.json``. Raises InputError where rows cannot be read, ModelError where
    the encoder is not here.
    """
    from finfoundry.train.methods.frozen_head import held_out, learned_head, write_head  # torch, which a service does without

    told, base, learned = rows_of(rows / ROWS), model_folder(settings, BASE), out / "adapter"
    form, wanted = HeadForm(HEAD, "several", tuple(harms()), LAYERS), np.array([_wanted(row) for row in told], np.float32)
    states = states_of(base, [asked(row.text, passage=row.channel in PASSAGE_LIKE) for row in told], LAYERS, report)
    bars = fitted_bars(told, held_out(form, states, wanted, np.array([_fold(row.group) for row in told])), form.labels)
    head = learned_head(form, states, wanted)
    write_head(learned, head, hashlib.sha256((base / "model.onnx").read_bytes()).hexdigest())
    _put_together(out / FORM, tuned_graph(read_encoder((base / "model.onnx").read_bytes()), learned), base, form)
    for place in (out, out / FORM):  # what is installed, and what is released: there the bars are under one digest with the graph
        (place / BARS_FILE).write_text(json.dumps(bars, indent=1) + "\n", "utf-8")
    Fingerprints([fingerprint(row.text) for row in told]).write(out / FINGERPRINTS)
    says = _manifest(out, base, rows / ROWS, len(told))
    (out / MANIFEST).write_text(json.dumps(says, indent=1) + "\n", "utf-8")
    digest = says["sha256"]
    return HeadFit(str(out), BASE, len(told), int(wanted.any(1).sum()), bars, digest)


def _manifest(out: Path, base: Path, rows: Path, count: int) -> dict[str, Any]:
    """What says of the tagger in a folder what it is, of what, and from which rows, as of any that is proposed for release."""
    form, prints = out / FORM, out / FINGERPRINTS
    size = sum(file.stat().st_size for file in form.iterdir())
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


def _wanted(row: MeasuredText) -> list[bool]:
    return [label in row.labels for label in harms()]


def _fold(group: str) -> int:
    """Rows of one act fall into one fold."""
    return hashlib.sha256(group.encode()).digest()[1] % FOLDS


def states_of(base: Path, texts: Sequence[str], layers: Sequence[int], report: Report = silent) -> States:
    """The means of the states of texts after these layers side by side, shape (texts, layers * hidden)."""
    with tempfile.TemporaryDirectory() as folder:
        form = HeadForm("states", "vector", (), tuple(layers))
        nothing = Head(form, np.empty((0, 0), np.float32), np.empty(0, np.float32))
        graph = encoder_graph(read_encoder((base / "model.onnx").read_bytes()), [nothing])
        encoder, found = _put_together(Path(folder), graph, base, form), list[States]()
        for start in range(0, len(texts), AT_ONCE):
            found.append(encoder.states("states", texts[start : start + AT_ONCE]))
            report(Progress("read", min(start + AT_ONCE, len(texts)), len(texts), "texts"))
        return np.concatenate(found)


def _put_together(folder: Path, graph: bytes, base: Path, form: HeadForm) -> TextEncoder:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(graph)
    shutil.copyfile(base / "tokenizer.json", folder / "tokenizer.json")
    write_forms(folder, (form,))
    return TextEncoder(folder)
