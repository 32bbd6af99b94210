"""Fits a state reader, as the shipped one was: whether a sentence answers, off the base model's states behind two thirds of its layers.

    python benchmarks/state_reader.py PAIRS --home DIR --out DIR [--limit N] [--json]

PAIRS is a folder that ``taught_questions.py --pairs`` (or ``evidence_pairs.py --out``) wrote; DIR is a home with the model. Of --limit
questions up to two sentences that answer and four that do not are read, a quarter of a second each on two cores; states that were read are
kept in the folder, so that a run that was broken off goes on. Printed are the areas under the curve on the papers held back, beside the
tuned encoder's, and how often the first of a question's is right. ``finfoundry scorer install OUT`` puts what --out got into a home.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from finfoundry.ask.retrieve.pair_scoring import HEAD
from finfoundry.base.catalogue import model_folder
from finfoundry.base.evidence_scorer import evidence_scorer
from finfoundry.base.first_layers.gguf_decoder import read_decoder
from finfoundry.base.state_reader import asked
from finfoundry.core.model_files.heads import Head, HeadForm
from finfoundry.core.model_files.tuned_file import WEIGHTS
from finfoundry.core.progress import Progress
from finfoundry.machine import read_settings
from finfoundry.runtime.path_digest import path_digest
from finfoundry.runtime.settings import Settings
from finfoundry.train.methods.frozen_head import write_head
from finfoundry.usecases.guarding.head_fit import kept_states

BASE, LAYER = "qwen2.5-coder-1.5b-instruct", 20  # of 28: what follows is about the next word
QUESTIONS, RIGHT, WRONG = 400, 2, 4
STRENGTH = 1e-3  # of the regularisation, inverse
MANIFEST = "manifest.json"
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
    """Fit, print, and write the adapter."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=QUESTIONS, help="questions that are learned from")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    settings = read_settings().model_copy(update={"home": given.home})
    learned, held = rows_of(given.pairs / f"{HEAD}.jsonl", given.limit), rows_of(given.pairs / f"{HEAD}-unseen.jsonl", given.limit // 4)
    states = _states(settings, [*learned, *held], given.out)
    head = fitted(states[: len(learned)], np.array([row["target"] > 0 for row in learned]))
    logits = states[len(learned) :] @ head.weight[0] + head.bias[0]
    base = model_folder(settings, BASE) / "model.gguf"
    write_head(given.out / "adapter", head, path_digest(base))
    _say(given.out, base, given.pairs, len(learned))
    scorer = evidence_scorer(settings)
    assert scorer is not None, "pull the embedder"
    beside = scorer.scores(HEAD, [(row["text"], row["passage"]) for row in held])
    found = {"pairs": len(learned), "held": len(held)} | _figures("states", held, logits) | _figures("encoder", held, beside)
    print(json.dumps(found) if given.json else "\n".join(f"{name:16} {value}" for name, value in found.items()))


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
        "licence": "Apache-2.0, as its base",
    }
    (out / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
