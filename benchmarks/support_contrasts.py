"""Whether the base model's frozen states tell that a passage supports a sentence, where no habit of wording can.

    python benchmarks/support_contrasts.py FILE --home HOME --out DIR [--part read|blind] [--alone] [--json]

A row of FILE is a true and a false sentence over the same ``evidence``, and that evidence as it was ``edited``, by which the false one is
true and the true one false: each sentence and each passage comes once with either outcome, so that nothing is told by the sentence alone
("only", "never") or by the passage alone. The last token's state of the reader of FINFOUNDRY_STATE_READER, low-rank changes and all, is
read under the question whether the paper supports the statement; a logistic regression over it is fitted on the papers of four fifths and
tells the fifth. Printed are the area under the curve, how often a sentence is likelier beside the passage that supports it, and a passage
beside the sentence that it supports, and the area by the share of the sentence's words that the passage has. ``--alone``: rows of single
sentences (``truth``) in place of these, read without any passage: how far their wording gives them away. DIR keeps what was read. A second
a row on two cores.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import hand_rows
from finfoundry.base.state_reader import STATES_USE, beginning
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import adapter_folder
from finfoundry.core.language import simplified
from finfoundry.knowledge.search.terms import terms
from finfoundry.machine import read_settings
from state_heads import STATES, states_encoder

FIFTHS, STRENGTH = 5, 0.001
SENTENCE, PASSAGE = 110, 340  # tokens that are read, the first: with the question below 512
ASKED = "<|im_start|>user\nStatement: {}\nPaper: {}\nDoes the paper support the statement?<|im_end|>\n<|im_start|>assistant\n"
States = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence beside a passage, by whose row and of which paper; whether the passage supports it."""

    row: str
    paper: str
    sentence: str
    passage: str
    holds: bool

    @property
    def fifth(self) -> int:
        return int(hashlib.md5(self.paper.encode()).hexdigest(), 16) % FIFTHS

    @property
    def shared(self) -> float:
        """The share of the sentence's words that the passage has."""
        said = frozenset(terms(simplified(self.sentence)))
        return len(said & frozenset(terms(simplified(self.passage)))) / max(1, len(said))


def contrasts(row: dict[str, Any]) -> Iterator[Told]:
    """Both sentences beside both passages."""
    for sentence in ("true", "false"):
        for passage in ("evidence", "edited"):
            yield Told(row["id"], row["paper"], row[sentence], " • ".join(row[passage]), (sentence == "true") is (passage == "evidence"))


def read(told: Sequence[Told], encoder: TextEncoder, kept: Path) -> States:
    """The state of each, shape (told, width); what was read before is not read again."""
    before = np.load(kept) if kept.is_file() else {"names": [], "states": []}
    known = dict(zip(map(str, before["names"]), before["states"], strict=True))
    found = []
    for at, one in enumerate(told):
        parts = ((one.sentence, SENTENCE), (one.passage, PASSAGE))
        text = ASKED.format(*(beginning(encoder.tokenizer, simplified(part).replace("<|", "< |"), most) for part, most in parts))
        name = hashlib.sha256(text.encode()).hexdigest()
        if name not in known:
            known[name] = encoder.states(STATES.name, [text])[0].astype(np.float16)
        found.append(known[name].astype(np.float32))
        if at % 200 == 0 or at == len(told) - 1:
            np.savez(kept, names=np.array(list(known)), states=np.stack(list(known.values())))
            print(f"{at + 1} of {len(told)} texts", file=sys.stderr, flush=True)
    return np.stack(found)


def by_other_papers(told: Sequence[Told], states: States) -> NDArray[np.float64]:
    """The log-odds that each is supported, by a regression over the papers of the other fifths."""
    fifths, holds = np.array([one.fifth for one in told]), np.array([one.holds for one in told])
    if len(np.unique(fifths)) < 2:
        sys.exit("the rows are of too few papers: a regression is fitted on the others of each fifth of them")
    scores = np.zeros(len(told))
    for fifth in np.unique(fifths):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=3000))
        scores[fifths == fifth] = model.fit(states[fifths != fifth], holds[fifths != fifth]).decision_function(states[fifths == fifth])
    return scores


def figures(told: Sequence[Told], scores: NDArray[np.float64]) -> dict[str, float]:
    """The figures that are printed."""
    holds = [one.holds for one in told]
    found = {"rows": len(told), "area": float(roc_auc_score(holds, scores))}
    found["area by shared words"] = float(roc_auc_score(holds, [one.shared for one in told]))
    for name in ("sentence", "passage"):
        if pairs := _pairs(told, scores, name):
            found[f"same {name}, likelier where it holds"] = float(np.mean([pair[True] > pair[False] for pair in pairs]))
    return {name: round(value, 3) for name, value in found.items()}


def _pairs(told: Sequence[Told], scores: NDArray[np.float64], name: str) -> list[dict[bool, float]]:
    """The scores of the two that share a sentence or a passage, by whether it holds; none where a row has no two."""
    pairs: dict[tuple[str, str], dict[bool, float]] = {}
    for one, score in zip(told, scores, strict=True):
        pairs.setdefault((one.row, getattr(one, name)), {})[one.holds] = score
    return [pair for pair in pairs.values() if len(pair) == 2]


def main() -> None:
    """Read, fit on other papers, and print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", type=Path)
    options.add_argument("--home", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--part", choices=("read", "blind"))
    options.add_argument("--alone", action="store_true", help="single sentences, read without a passage")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    rows = [row for row in hand_rows.rows(given.file) if given.part in (None, row.get("part"))]
    alone = [Told(row["id"], row["paper"], row["sentence"], "-", row["truth"]) for row in rows] if given.alone else []
    told = alone or [one for row in rows for one in contrasts(row)]
    settings = read_settings().model_copy(update={"home": given.home, "worker": False})
    encoder = states_encoder(settings, adapter_folder(settings, STATES_USE, settings.state_reader), given.out)
    found = figures(told, by_other_papers(told, read(told, encoder, given.out / "support.npz")))
    print(json.dumps(found) if given.json else "\n".join(f"{name:40} {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
