"""Fits the reader of everyday questions, which tells the metric that one means, and measures it on questions of other hands.

    python benchmarks/concept_reader.py --home HOME [--out FOLDER] [--json]    # what ships: src/finfoundry/ask/data/concept_reader

``concept_questions.jsonl`` holds questions by hands that had seen names and labels of concepts, and no code; ``none``: what means none of
them. To these come the first labels of each concept. Learned is multinomial logistic regression over the embedder's vectors, of English and
of Chinese apart. It is measured on ``by_hand/everyday.jsonl``, of another hand, half of which is sealed by concept: of the part blind only
sums are printed. HOME holds the embedder.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

import hand_rows
from everyday_questions import FILE
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.spans import asked_periods
from finfoundry.ask.understand.question_text import masked_out
from finfoundry.base.concept_reader import NONE, WEIGHTS, ConceptLayer, centred
from finfoundry.base.embedder import local_embedder
from finfoundry.core.answer import Language
from finfoundry.core.language import simplified
from finfoundry.core.protocols import Embedder
from finfoundry.knowledge.facts.table.concepts import concepts
from finfoundry.machine import read_settings
from measures import carried_out

QUESTIONS = Path(__file__).with_name("concept_questions.jsonl")
BASE = "multilingual-e5-small"
LABELS = 3  # of each concept, the first
LOOSENESS = 10.0  # the inverse of how much weights are held down
BARS = (0.3, 0.5, 0.6, 0.7, 0.8)
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def metric_of(concept: str) -> str:
    """The metric that a concept is told as: the first that it is the first concept of, else that covers it."""
    covering = [name for name, metric in metrics().items() if concept in metric.concepts]
    own = [name for name in covering if metrics()[name].concepts[0] == concept]
    return next(iter((*own, *covering)), NONE)


def plain(question: str) -> str:
    """A question without its times, in simplified characters, as it is read."""
    return simplified(" ".join(masked_out(question, [(found.start, found.end) for found in asked_periods(question)]).split()))


def taught(language: Language) -> list[tuple[str, str]]:
    """Questions and labels of a language, with the metric that each means."""
    rows = (json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines())
    questions = [(plain(row["q"]), metric_of(row["concept"])) for row in rows if row["lang"].startswith(language)]
    labels = {one.name: [label for label in one.labels if label.isascii() == (language == "en")][:LABELS] for one in concepts()}
    return questions + [(simplified(label), metric_of(name)) for name, own in labels.items() for label in own]


def fitted(rows: Sequence[tuple[str, str]], embedder: Embedder) -> ConceptLayer:
    vectors = embedder.passages([text for text, _ in rows])
    centre = vectors.mean(axis=0)
    found = LogisticRegression(C=LOOSENESS, max_iter=400).fit(centred(vectors, centre), [name for _, name in rows])
    return ConceptLayer(tuple(map(str, found.classes_)), centre, found.coef_.T.astype(np.float32), found.intercept_.astype(np.float32))


def measured(layer: ConceptLayer, language: Language, part: str, embedder: Embedder) -> list[Mapping[str, Any]]:
    """Of the questions of a part: how often the likeliest is meant, and what is told at each bar."""
    rows = [row for row in hand_rows.rows(FILE) if row["part"] == part and row["lang"].startswith(language)]
    told = layer.probabilities(embedder.passages([plain(row["q"]) for row in rows]))
    likeliest = [_likeliest(layer, chances) for chances in told]
    means = [metric_of(row["concept"]) for row in rows]
    first = sum(_covered(name) == _covered(meant) for (name, _), meant in zip(likeliest, means, strict=True) if meant != NONE)
    counts = []
    for bar in BARS:
        above = [(name, meant) for (name, sure), meant in zip(likeliest, means, strict=True) if sure >= bar and name != NONE]
        right = sum(_covered(name) == _covered(meant) for name, meant in above)
        none = sum(meant == NONE for _, meant in above)
        counts.append({"bar": bar, "right": right, "wrong": len(above) - right - none, "told of none": none})
    asked = sum(meant != NONE for meant in means)
    return [
        {"part": part, "language": language, "mean a metric": asked, "first": first, "none": len(means) - asked, **one} for one in counts
    ]


def _likeliest(layer: ConceptLayer, chances: NDArray[np.float32]) -> tuple[str, float]:
    """Metrics over the same concepts count together: everyday words do not tell the group's profit from its owners'."""
    alike: dict[frozenset[str], float] = {}
    for name, sure in zip(layer.names, chances, strict=True):
        alike[_covered(name)] = alike.get(_covered(name), 0.0) + float(sure)
    concepts_meant = max(alike, key=lambda one: alike[one])
    name = next(name for name in layer.names if _covered(name) == concepts_meant)
    return name, alike[concepts_meant]


def _covered(name: str) -> frozenset[str]:
    return frozenset(metrics()[name].concepts) if name in metrics() else frozenset({name})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="write the layers into this folder")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    embedder = local_embedder(read_settings().model_copy(update={"home": given.home}), BASE)
    layers = {language: fitted(taught(language), embedder) for language in LANGUAGES}
    for language, layer in layers.items():
        for row in (row for part in ("read", "blind") for row in measured(layer, language, part, embedder)):
            print(json.dumps(row) if given.json else "  ".join(f"{name} {value}" for name, value in row.items()))
    if given.out:
        write(layers, given.out, len(QUESTIONS.read_text("utf-8").splitlines()))


def write(layers: Mapping[Language, ConceptLayer], folder: Path, questions: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    parts = {
        f"{language}.{part}": np.array(value) if part == "names" else np.asarray(value, np.float16)
        for language, layer in layers.items()
        for part, value in (("names", layer.names), ("centre", layer.centre), ("weights", layer.weights), ("bias", layer.bias))
    }
    np.savez_compressed(folder / WEIGHTS, **parts)  # type: ignore[arg-type]
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    told = {
        "base": BASE,
        "sha256": digest,
        "questions": questions,
        "fitted_by": "benchmarks/concept_reader.py",
        "licence": "MIT, as its base",
    }
    (folder / "manifest.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    carried_out(main)
