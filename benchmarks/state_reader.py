"""Measures what reads off the base model's states whether a sentence, or a line of a table, answers; or fits one without an accelerator.

    python benchmarks/state_reader.py PAIRS --home DIR [--limit N] [--json]
    python benchmarks/state_reader.py PAIRS --home DIR --out DIR [--limit N] [--json]
    python benchmarks/state_reader.py RUN --small DIR

PAIRS is a folder with what ``taught_questions.py --pairs --states`` and ``figure_pairs.py --everyday`` wrote; the home DIR has the models.
Printed are, on the papers held back, the areas under the curve and how often the first of a question's is right: of the home's reader, and
of the tuned encoders. ``finfoundry train state-reader --data PAIRS --out RUN`` trains one, on an accelerator in minutes (docs/training.md
tells how the shipped one was made); ``--small`` writes what such a run learned in eight bits. ``--out`` fits a layer alone over states that
stay as they are, of sentences: of --limit questions up to two that answer and four that do not are read, a quarter of a second each on two
cores; states that were read are kept in the folder, so that a run that was broken off goes on. ``finfoundry scorer install`` puts any of
them into a home.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from finfoundry.ask.retrieve import figure_lines
from finfoundry.ask.retrieve.pair_scoring import HEAD
from finfoundry.base.catalogue import model_folder
from finfoundry.base.evidence_scorer import evidence_scorer, figure_scorer
from finfoundry.base.first_layers.gguf_decoder import read_decoder
from finfoundry.base.state_reader import asked, state_reader
from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.heads import FORMS, Head, HeadForm
from finfoundry.core.model_files.tuned_file import CONFIG, SCALE, WEIGHTS, learned_on, read_safetensors
from finfoundry.core.progress import Progress
from finfoundry.machine import read_settings
from finfoundry.runtime.path_digest import path_digest
from finfoundry.runtime.settings import Settings
from finfoundry.train.methods.frozen_head import write_head
from finfoundry.usecases.guarding.head_fit import kept_states
from measures import carried_out

BASE, LAYER = "qwen2.5-coder-1.5b-instruct", 20  # of 28: what follows is about the next word
QUESTIONS, RIGHT, WRONG = 400, 2, 4
STRENGTH = 1e-3  # of the regularisation, inverse
MANIFEST, LICENCE = "manifest.json", "Apache-2.0, as its base"
Row = dict[str, Any]


def rows_of(file: Path, limit: int) -> list[Row]:
    """Of each question some sentences that answer and some that do not, drawn by its words."""
    by_question: dict[str, list[Row]] = defaultdict(list)
    for line in file.read_text("utf-8").splitlines():
        row = json.loads(line)
        by_question[row["text"]].append(row)
    questions = sorted(by_question)
    random.Random(1).shuffle(questions)
    return [row for question in questions[:limit] for row in _drawn(question, by_question[question])]


def _drawn(question: str, rows: Sequence[Row]) -> Iterator[Row]:
    wrong = [row for row in rows if row["target"] == 0]
    random.Random(question).shuffle(wrong)
    yield from [row for row in rows if row["target"] > 0][:RIGHT]
    yield from wrong[:WRONG]


def main() -> None:
    """Measure, fit, or write in eight bits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path, metavar="PAIRS or RUN")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--out", type=Path, help="fit a layer over states that stay as they are")
    parser.add_argument("--small", type=Path, help="write a run's adapter in eight bits")
    parser.add_argument("--limit", type=int, default=QUESTIONS, help="questions that are learned from")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.small:
        write_small(given.pairs, given.small)
        return
    if given.home is None:
        parser.error("name a home that holds the models by --home")
    settings = read_settings().model_copy(update={"home": given.home})
    found = fit(settings, given) if given.out else measured(settings, given.pairs, given.limit // 4)
    print(json.dumps(found) if given.json else "\n".join(f"{name:24} {value}" for name, value in found.items()))


def measured(settings: Settings, pairs: Path, limit: int) -> dict[str, float]:
    """The home's reader and the tuned encoders on what was held back, of so many questions of each kind."""
    reader = state_reader(settings)
    if reader is None:
        raise ModelError("there is no state reader in this home", remedy=f"Run `finfoundry pull {BASE}`")
    found: dict[str, float] = {}
    for head, encoder in ((HEAD, evidence_scorer(settings)), (figure_lines.HEAD, figure_scorer(settings))):
        held = rows_of(pairs / f"{head}-unseen.jsonl", limit)
        texts = [(row["text"], row["passage"]) for row in held]
        found |= {f"{head} held": len(held)} | _figures(f"{head} states", held, reader.scores(head, texts))
        if encoder is not None:
            found |= _figures(f"{head} encoder", held, encoder.scores(head, texts))
    return found


def write_small(run: Path, out: Path) -> None:
    """What a run learned, its matrices in eight bits, with a scale for each of the low rank's directions."""
    tensors: dict[str, NDArray[Any]] = {}
    for name, tensor in read_safetensors((run / "adapter" / WEIGHTS).read_bytes()).items():
        if ".lora_" not in name:
            tensors[name] = tensor
            continue
        scale = np.maximum(np.abs(tensor).max(axis=1 if ".lora_A." in name else 0, keepdims=True) / 127, np.float32(1e-12))
        tensors |= {name: np.rint(tensor / scale).astype(np.int8), f"{name}{SCALE}": scale.astype(np.float32)}
    (out / "adapter").mkdir(parents=True, exist_ok=True)
    (out / "adapter" / WEIGHTS).write_bytes(save(tensors, {"base_sha256": learned_on(run / "adapter")}))
    for file in (CONFIG, FORMS):
        shutil.copyfile(run / "adapter" / file, out / "adapter" / file)
    told = {"base": BASE, "base_sha256": learned_on(run / "adapter"), "sha256": path_digest(out / "adapter" / WEIGHTS)}
    (out / MANIFEST).write_text(json.dumps(told | {"licence": LICENCE}, indent=1) + "\n", "utf-8")


def fit(settings: Settings, given: argparse.Namespace) -> dict[str, float]:
    """A layer over the states of sentences, written; its figures on what was held back, and the encoder's."""
    learned, held = rows_of(given.pairs / f"{HEAD}.jsonl", given.limit), rows_of(given.pairs / f"{HEAD}-unseen.jsonl", given.limit // 4)
    states = _states(settings, [*learned, *held], given.out)
    head = fitted(states[: len(learned)], np.array([row["target"] > 0 for row in learned]))
    logits = states[len(learned) :] @ head.weight[0] + head.bias[0]
    base = model_folder(settings, BASE) / "model.gguf"
    write_head(given.out / "adapter", head, path_digest(base))
    _say(given.out, base, given.pairs, len(learned))
    scorer = evidence_scorer(settings)
    if scorer is None:
        raise ModelError("there is no scorer of evidence in this home", remedy="Run `finfoundry pull multilingual-e5-small`")
    beside = scorer.scores(HEAD, [(row["text"], row["passage"]) for row in held])
    return {"pairs": len(learned), "held": len(held)} | _figures("states", held, logits) | _figures("encoder", held, beside)


def fitted(states: NDArray[np.float32], wanted: NDArray[np.bool_]) -> Head:
    """Logistic regression (Cox, 1958) over the states, each standardised, which becomes part of its weights."""
    scaler = StandardScaler().fit(states)
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(scaler.transform(states), wanted)
    weight = (model.coef_ / scaler.scale_).astype(np.float32)
    bias = (model.intercept_ - weight @ scaler.mean_).astype(np.float32)
    return Head(HeadForm(HEAD, "score", ("score",), (LAYER,), "last"), weight, bias)


def _states(settings: Settings, rows: Sequence[Row], out: Path) -> NDArray[np.float32]:
    base = model_folder(settings, BASE)
    _, tokenizer, _ = read_decoder(base / "model.gguf", 1)
    texts = [asked(tokenizer, row["text"], row["passage"]) for row in rows]

    def report(made: Progress) -> None:
        print(f"{made.done} of {made.total} texts", flush=True)

    return kept_states(base, texts, (LAYER,), out / "states", report, "last", settings.threads)


def _figures(name: str, rows: Sequence[Row], scores: NDArray[Any]) -> dict[str, float]:
    """Area under the curve, and the share of questions whose first sentence answers."""
    wanted, by_question = np.array([row["target"] > 0 for row in rows]), defaultdict[str, list[int]](list)
    for at, row in enumerate(rows):
        by_question[row["text"]].append(at)
    firsts = [wanted[max(places, key=lambda at: scores[at])] for places in by_question.values() if wanted[places].any()]
    return {f"{name} area": round(float(roc_auc_score(wanted, scores)), 3), f"{name} first": round(float(np.mean(firsts)), 3)}


def _say(out: Path, base: Path, pairs: Path, count: int) -> None:
    """The manifest of what was fitted."""
    told = {
        "base": BASE,
        "base_sha256": path_digest(base),
        "sha256": path_digest(out / "adapter" / WEIGHTS),
        "pairs": count,
        "pairs_sha256": path_digest(pairs / f"{HEAD}.jsonl"),
        "licence": LICENCE,
    }
    (out / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    carried_out(main)
