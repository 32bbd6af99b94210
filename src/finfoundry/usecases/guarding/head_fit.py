"""Fitting the tagger that reads the states of the encoder that embeds: minutes on one core, most of them for the states."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finfoundry.base.catalogue import MANIFEST, model_folder
from finfoundry.base.harm_tagger import BARS_FILE
from finfoundry.base.text_encoder import FORM, TextEncoder
from finfoundry.core.encoders.encoder_file import Head, HeadForm, encoder_graph, read_encoder, write_forms
from finfoundry.core.encoders.tuned_file import WEIGHTS, tuned_graph
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.governance.guards.bars import MeasuredText, fitted_bars, rows_of
from finfoundry.governance.guards.guards import HEAD, PASSAGE_LIKE
from finfoundry.governance.guards.harms import harms, policy_version
from finfoundry.governance.guards.tagger_rows import ROWS, asked
from finfoundry.runtime.settings import Settings

BASE = "multilingual-e5-small"
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
    digest = hashlib.sha256((learned / WEIGHTS).read_bytes()).hexdigest()
    says = {"base": BASE, "sha256": digest, "policy": policy_version(), "rows": len(told)}
    says |= {"rows_sha256": hashlib.sha256((rows / ROWS).read_bytes()).hexdigest(), "licence": "MIT, as its base"}
    (out / MANIFEST).write_text(json.dumps(says, indent=1) + "\n", "utf-8")
    _put_together(out / FORM, tuned_graph(read_encoder((base / "model.onnx").read_bytes()), learned), base, form)
    (out / BARS_FILE).write_text(json.dumps(bars, indent=1) + "\n", "utf-8")
    return HeadFit(str(out), BASE, len(told), int(wanted.any(1).sum()), bars, digest)


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
