"""How far a tuned encoder as it serves (int8 ONNX) is from the one that was trained (float32, torch): labels, probabilities.

    python benchmarks/training.py encoder-parity --base DIR [--adapter DIR …] [--limit 300]

``--base``: the folder of the encoder that the adapters were learned on, as `finfoundry pull` writes it. Without ``--adapter`` those that
are shipped: the reader of questions and both scorers. Texts are the questions of `benchmarks/by_hand`, each read alone; where two texts are
read side by side, each question beside the next. Of spans every token counts, of several labels each. Printed: what was told, the share of
it that is told alike, the largest and the mean difference of a probability.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import torch

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.core.model_files.encoder_text import encode_texts
from finfoundry.core.model_files.heads import HeadForm, read_forms
from finfoundry.core.model_files.tuned_file import PREFIX
from finfoundry.train.encoder import EncoderBase
from finfoundry.train.export.encoder_onnx import write_onnx
from finfoundry.train.export.learned import read_adapter, read_full
from measures import ROOT

SHIPPED = ("reader", "scorer", "figure_scorer")
QUESTIONS = ROOT / "benchmarks" / "by_hand"


def questions(limit: int) -> list[str]:
    """So many of them, from all files alike; none of the part that nobody reads."""
    rows = [json.loads(line) for path in sorted(QUESTIONS.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    turns = [row["turns"][0] for row in rows if row["part"] == "read" and row.get("turns")]
    found = list(dict.fromkeys(turn["question"] for turn in turns if isinstance(turn, dict)))
    return found[:: max(1, len(found) // limit)][:limit]


def trained(base: EncoderBase, adapter: Path) -> Any:
    """The model in float32, with what was learned."""
    model, change = base.model(torch.float32).eval(), read_adapter(adapter, base)
    weights = dict(model.named_parameters())
    with torch.no_grad():
        for name in change:
            weights[name] += torch.from_numpy(change.change(name))
        for name, weight in read_full(adapter).items():
            if name.startswith(f"{PREFIX}heads."):
                weights[name.removeprefix(PREFIX)].copy_(weight)
    return model


def told_in_float(model: Any, base: EncoderBase, form: HeadForm, texts: Sequence[str]) -> np.ndarray:
    """Probabilities, shape (labels,), or of spans (tokens, outputs)."""
    encoded = encode_texts(base.tokenizer, texts)
    with torch.no_grad():
        states = model.body(input_ids=torch.tensor([encoded.ids]), segments=[len(encoded.ids)]).last_hidden_state[0]
        logits = model.heads[form.name](states[list(encoded.places)] if form.kind == "spans" else states.mean(0))
        found: np.ndarray = (logits.softmax(-1) if form.kind in ("one", "spans") else logits.sigmoid()).numpy()
        return found


def told_as_served(encoder: TextEncoder, form: HeadForm, texts: Sequence[str]) -> np.ndarray:
    """The same."""
    if form.kind != "spans":
        told: np.ndarray = encoder.labels(form.name, [texts])[0]
        return told
    encoded = encode_texts(encoder.tokenizer, texts)
    given = {"input_ids": np.array([encoded.ids]), "attention_mask": np.ones((1, len(encoded.ids)), np.int64)}
    (logits,) = encoder._session.run([form.output], given)  # noqa: SLF001  the product joins tokens to spans
    raised = np.exp(logits[0] - logits[0].max(axis=-1, keepdims=True))[list(encoded.places)]
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def alike(form: HeadForm, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Of each text, token or label whether both tell the same."""
    if form.kind in ("one", "spans"):
        return np.atleast_1d(one.argmax(-1) == other.argmax(-1))
    return np.asarray((one >= 0.5) == (other >= 0.5))


def compare(base: EncoderBase, adapter: Path, texts: Sequence[str]) -> None:
    model = trained(base, adapter)
    with tempfile.TemporaryDirectory() as folder:
        write_onnx(Path(folder) / "onnx", adapter, base, full=False)
        encoder = TextEncoder(Path(folder) / "onnx", threads=1).loaded()
        for form in base.heads:
            same, off = list[np.ndarray](), list[np.ndarray]()
            for text, following in zip(texts, [*texts[1:], texts[0]], strict=True):
                given = [text, following] if form.kind == "score" else [text]
                one, other = told_in_float(model, base, form, given), told_as_served(encoder, form, given)
                same.append(alike(form, one, other))
                off.append(np.abs(one - other).ravel())
            agreed, differences = np.concatenate(same), np.concatenate(off)
            print(
                f"{adapter.name:14} {form.name:16} {form.kind:8} {len(texts)} texts, {len(agreed)} told, alike {agreed.mean():.4f},"
                f" a probability off by at most {differences.max():.3f}, on average {differences.mean():.5f}",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--adapter", type=Path, action="append", help="in place of those that are shipped")
    parser.add_argument("--limit", type=int, default=300, help="texts")
    given = parser.parse_args()
    torch.set_num_threads(1)
    shipped = Path(str(resources.files("finfoundry.ask"))) / "data"
    for adapter in given.adapter or [shipped / name for name in SHIPPED]:
        compare(EncoderBase(given.base.name, given.base / "model.onnx", heads=read_forms(adapter)), adapter, questions(given.limit))
