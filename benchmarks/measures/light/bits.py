"""What few bits lose: nats by which a model is off its float form on held-out text, by plain rounding, by importance, trained on the grid.

    python benchmarks/light.py bits MODEL --corpus PATH [--form q4_0] [--rows 600] [--epochs 1] [--rate 2e-5]
                                     [--pack 512] [--before MODEL] [--out DIR]

MODEL is a pulled name, a GGUF file or a light folder, of more bits. Of the corpus' lines nine tenths are learned from or looked at, KL is
measured on the others. Beside it: the weights that training on the grid found, stored by train/gguf_file/rounding.py, which keeps small
changes; and, where MODEL was tuned from ``--before``, MODEL's own by the same. With ``--out`` what is finished is not done again.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from finfoundry.core.model_files.gguf_container import Tensor, floats
from finfoundry.machine import read_settings
from finfoundry.train.base import Base
from finfoundry.train.development import mean_loss
from finfoundry.train.gguf_file.blocks import kind_for, quantised
from finfoundry.train.gguf_file.names import array, names_of
from finfoundry.train.gguf_file.rounding import rounded
from finfoundry.train.light.activations import measured
from finfoundry.train.light.corpus import texts_of
from finfoundry.train.light.distil import Teaching, distil
from finfoundry.train.light.divergence import DistilLoss
from finfoundry.train.methods.method import summed_loss
from finfoundry.train.packing import RowTokens
from finfoundry.train.recipe import parse_recipe
from finfoundry.train.runs.training_run import prepared
from finfoundry.train.text import blocks
from finfoundry.usecases.light.lighten import Lightening
from finfoundry.usecases.train_model import SCREEN

Floats = NDArray[np.float32]
Store = Callable[[str, Floats, Any], NDArray[Any]]  # a tensor's name, its weights, its kind -> bytes


def stored(base: Base, form: str, store: Store) -> Any:
    """The model with the matrices of its blocks as a file of the form would give them back."""
    model, names = base.model(torch.float32), names_of(base.config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if ".layers." in name and weight.ndim == 2:
                laid = np.ascontiguousarray(names.laid_out(name, array(weight)))
                kind = kind_for(form, names.of(name), laid.shape, tied=True)
                data = store(names.of(name), laid, kind).view(np.uint8).reshape(-1)
                weight.copy_(torch.from_numpy(np.array(names.taken_back(name, floats(Tensor("", laid.shape, kind, data))))))
    return model


class Losses:
    """Nats a token off the teacher, by name: each is measured once. The first is what the others are compared with."""

    def __init__(self, kept: Path, rows: Sequence[RowTokens], teacher: Any) -> None:
        self.kept, self.rows, self.teacher = kept, rows, teacher
        self.found: dict[str, float] = json.loads(kept.read_text("utf-8")) if kept.is_file() else {}

    def told(self, name: str, model: Callable[[], Any]) -> None:
        if name not in self.found:
            self.found[name] = mean_loss(summed_loss, DistilLoss(model(), self.teacher, 0.0), self.rows, 1024, torch.float32)
            self.kept.write_text(json.dumps(self.found), "utf-8")
        plain, one = next(iter(self.found.values())), self.found[name]
        won = f", {1 - one / plain:.0%} of what plain rounding loses won back" if len(self.found) > 1 else ""
        print(f"{name:32} {one:.4f} nats a token{won}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--form", default="q4_0")
    parser.add_argument("--rows", type=int, default=600, help="lines to learn from")
    parser.add_argument("--epochs", type=float, default=1)
    parser.add_argument("--rate", type=float, default=2e-5)
    parser.add_argument("--pack", type=int, default=512, help="tokens of a step: fewer take less memory")
    parser.add_argument("--before", help="what MODEL was tuned from")
    parser.add_argument("--out", type=Path, help="goes on where it stopped")
    given = parser.parse_args()
    base = Lightening(read_settings()).base(given.model)
    lines = [line for line in texts_of([given.corpus]) if len(line) > 40]
    chosen = [lines[place] for place in np.random.default_rng(0).permutation(len(lines))[: given.rows + given.rows // 9]]
    learned, held = chosen[: given.rows], chosen[given.rows :]
    rows = [row for line in held for row in blocks(base.tokenizer, line, 256)]
    teacher = base.model(torch.float32)
    print(
        f"{len(learned)} lines to learn from, {sum(row.targets for row in rows):,} tokens of {len(held)} others to measure on", flush=True
    )
    with tempfile.TemporaryDirectory() as folder:
        out = given.out or Path(folder) / "out"
        out.mkdir(parents=True, exist_ok=True)
        losses = Losses(out / "losses.json", rows, teacher)

        def by_importance() -> Any:
            importance = measured(base, learned)
            return stored(base, given.form, lambda name, new, kind: quantised(new, kind, importance.importance(name)))

        losses.told("plain rounding", lambda: stored(base, given.form, lambda _, new, kind: quantised(new, kind)))
        losses.told("by importance", by_importance)
        if given.before:
            losses.told("by rounding.py", lambda: by_rounding(base, given.form, Lightening(read_settings()).base(given.before)))
        (Path(folder) / "data").mkdir()
        (Path(folder) / "data" / "text.txt").write_text("\n".join(learned), "utf-8")
        corpus = {"paths": ["text.txt"], "licence": "internal", "held_back": 0}
        recipe = {
            "name": "bits", "base": given.model, "method": "pretrain", "weights": "full", "context": 256, "pack": given.pack, "packs": 1,
            "data": {"corpus": corpus, "licences": ["internal"], "personal": "keep"}, "forms": [], "checkpoint_every": 20,
            "epochs": given.epochs, "learning_rate": given.rate,
        }  # fmt: skip
        ready = prepared(parse_recipe(recipe, "bits"), base, Path(folder) / "data", out, SCREEN)
        found = distil(ready, Teaching(base, grid=given.form), out, "benchmark")
        print(f"{found.outcome.steps} steps, {found.outcome.tokens:,} tokens, {found.outcome.seconds:.0f} s")
        light = Base("light", out / f"model-{given.form}.gguf", base.template)
        losses.told("trained on the grid", lambda: light.model(torch.float32))
        losses.told("these weights by rounding.py", lambda: by_rounding(light, given.form, base))


def by_rounding(base: Base, form: str, before: Base) -> Any:
    old = _laid(before)
    return stored(base, form, lambda name, new, kind: rounded(old[name], new, kind))


def _laid(base: Base) -> dict[str, Floats]:
    names = names_of(base.config)
    return {names.of(name): names.laid_out(name, array(weight)) for name, weight in base.model(torch.float32).named_parameters()}
