"""Fits, on questions by hand, the layers that read off the base model's states what answers: a sentence, a line, all that would be quoted.

    python benchmarks/state_heads.py FILE… --home HOME --out DIR [--json]

FILEs hold questions of one turn as ``dialogues.py`` reads them; of these the part that may be read. HOME holds their papers, the models
and a state reader, whose low-rank changes stay as they are. Each question is asked, and what the reader reads for it is read again, with a
label: whether it has any of what the answer must hold; all that would be quoted, what stands around the likeliest sentences, rows of
tables and figures as they would be told, whether it has all. The new heads of the first four share one layer over the states of the last
token (``train/methods/frozen_head.py``); those of lines and of figures are logistic regressions over them (Cox, 1958). Each is added to the
reader's own score.
The reader is the one that ``FINFOUNDRY_STATE_READER`` names: of heads that learned from these questions already, as the shipped ones did,
the figures tell nothing. Printed are the area under the curve and the loss on papers of other fifths, of its score and of the new head.
DIR is written as ``finfoundry scorer install`` takes a state reader; states that were read are kept there, so that a run that was broken
off goes on. Four seconds a question on two cores.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

import hand_rows
from dialogues import Must, Turn, verdict
from finfoundry.app import App, open_app
from finfoundry.ask.candidates.line_plans import Candidate, candidates_of_papers
from finfoundry.ask.candidates.named_plans import plans_named
from finfoundry.ask.context import fetch, reading
from finfoundry.ask.context.opinions import told_text
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.kinds import likeliest, quotation
from finfoundry.ask.lines.meant_line import lines_read
from finfoundry.ask.lines.told_rows import rows_told
from finfoundry.ask.plan.rules import asks_openly
from finfoundry.ask.retrieve import figure_lines
from finfoundry.ask.retrieve.evidence_ranking import Evidence
from finfoundry.ask.retrieve.pair_scoring import (
    HEAD,
    QUOTED_HEAD,
    READ_QUOTED,
    ROWS_HEAD,
    STATE_HEADING,
    TOLD_HEAD,
    quoted_text,
    state_text,
)
from finfoundry.ask.retrieve.query import asked_text
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.ask.retrieve.quotation_choice import beside_rows
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.base.catalogue import model_folder
from finfoundry.base.state_reader import STATES_USE, asked
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import adapter_folder, read_manifest, write_decoder
from finfoundry.core.answer import Answer
from finfoundry.core.language import language_of, simplified
from finfoundry.core.model_files.heads import Head, HeadForm, read_forms, write_forms
from finfoundry.core.model_files.tuned_file import CONFIG, HEADS, INNER, PREFIX, SCALE, WEIGHTS, learned_on, stored_heads
from finfoundry.machine import read_settings
from finfoundry.runtime.path_digest import path_digest
from finfoundry.runtime.settings import Settings
from finfoundry.train.methods.frozen_head import Scored, heads_of_one_layer, scores_of
from measures import carried_out

FIFTHS = 5
STRENGTH: Mapping[str, float] = {figure_lines.HEAD: 2.0, TOLD_HEAD: 3.0}  # inverse, of the regularisation
SHARING = (HEAD, QUOTED_HEAD, ROWS_HEAD)  # heads over one layer
OWN = 30.0  # by which the reader's own score is raised, so that its weight is held down by nothing
QUESTION = 300  # characters of a question that are read
AROUND, WIDTH = 3, {"en": 700, "zh": 260}  # sentences around which the passage is read, and its characters
NEAR = Decimal("0.006")  # by how much a line's figure may be off
STATES = HeadForm("states", "vector", (), (), "last")


@dataclass
class Pair:
    """What the reader reads beside a question by one of its heads, and whether it has what is asked for; of a paper of one fifth."""

    head: str
    question: str
    passage: str
    right: bool
    fifth: int
    quoted: bool = False  # all that would be quoted, which the figures are of
    score: float = 0.0  # log-odds by the reader's own head
    state: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))


def pairs_of(app: App, row: Mapping[str, Any], turn: Turn) -> Iterator[Pair]:
    """What is read for a question."""
    context = app.agent.begun(app.administrator, turn.question)
    context.intent, context.subject = intent, subject = reading.understood(context)
    context.calendar = subject.calendar
    fifth = int(hashlib.md5(str(row.get("paper") or row["id"]).encode()).hexdigest(), 16) % FIFTHS
    question = simplified(turn.question)[:QUESTION]
    asked_of_it = simplified(asked_text(intent))[:QUESTION]
    for line in lines_read(context, intent, subject):
        yield Pair(
            figure_lines.HEAD,
            asked_of_it,
            line.line.line.read,
            has_a_figure([operand.stored.fact.value for operand in line.figures], turn.must),
            fifth,
        )
    choice = quotation.choose(context, intent, subject)
    titles = fetch.titles(context)
    for one in (one for one in choice.best if one.state is not None):
        text = state_text(one.quotable, titles.get(one.quotable.hit.document_id, ""))
        yield Pair(HEAD, question, text, any(_has([group], one.quotable.text) for group in turn.must), fifth)
    if choice.chosen:
        text = quoted_text(choice.chosen, titles.get(choice.chosen[0].hit.document_id, ""))
        said = " ".join(one.text for one in choice.chosen)
        yield Pair(QUOTED_HEAD, question, text, _has(turn.must, said[: READ_QUOTED[language_of(said)]]), fifth, quoted=True)
    for passage, around in _passages(choice.best, titles):
        yield Pair(QUOTED_HEAD, question, passage, _has(turn.must, around), fifth)
    for told in _with_rows(rows_told(context, intent, subject, quotation.ROWS), choice.best):
        said = " ".join(one.text for one in told)
        text = quoted_text(told, titles.get(told[0].hit.document_id, ""))
        yield Pair(ROWS_HEAD, question, text, _has(turn.must, said[: READ_QUOTED[language_of(said)]]), fifth)
    for text, right in _figures_told(context, intent, subject, turn):
        yield Pair(TOLD_HEAD, question, text, right, fifth)


def _figures_told(context: QuestionContext, intent: Intent, subject: Subject, turn: Turn) -> Iterator[tuple[str, bool]]:
    """What the question may mean, carried out over facts: what would be told, under its headings and without, and whether it has all."""
    if subject.name is None or asks_openly(intent):
        return
    named = map(Candidate, plans_named(intent, subject.calendar))
    candidates = named if subject.of_records else candidates_of_papers(context, intent, subject)
    for one, _, answer in likeliest.carried_out(context, candidates, intent, subject):
        headed = [f"{one.headed}: {answer.text}"] if one.headed else []
        for text in (answer.text, *headed):
            yield told_text(text), _has(turn.must, answer.text)


def _with_rows(rows: Sequence[Evidence], best: Sequence[Evidence]) -> list[list[Quotable]]:
    """Each row of a table that may be told, and what the likeliest may be told with."""
    return [*([one.quotable] for one in rows), *beside_rows(rows, best)[1:]]


def _passages(best: Sequence[Evidence], titles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What stands around the likeliest sentences, as the reader reads it, and as it is printed."""
    for one in (found.quotable for found in best[:AROUND]):
        at, width = one.hit.text.find(one.text[:60]), WIDTH[language_of(one.text)]
        if at >= 0:
            begin = max(0, at - width // 3)
            above = (titles.get(one.hit.document_id, ""), *one.above)
            head = " · ".join(dict.fromkeys(part.strip() for part in above if part.strip()))[-STATE_HEADING:]
            around = one.hit.text[begin : begin + width]
            yield simplified(f"{head}: {around}"), around


def _has(must: Must, text: str) -> bool:
    """Whether a text has one alternative of each group."""
    return bool(must) and verdict(Turn("", must, ""), Answer("", "answered", "en", text))[0] == "right"


def has_a_figure(values: Iterable[Decimal], must: Must) -> bool:
    """Whether any of some figures is one that the answer must hold."""
    wanted = [one.split(":", 1) for group in must for one in group if one.startswith(("num:", "pct:", "x:"))]
    sizes = [abs(Decimal(value)) / (100 if kind == "pct" else 1) for kind, value in wanted if value]
    found = list(map(abs, values))
    return any(size and abs(one - size) <= NEAR * size for size in sizes for one in found)


# --- states ---------------------------------------------------------------------------------------------------------------------


def states_encoder(settings: Settings, adapter: Path, out: Path) -> TextEncoder:
    """The reader as an encoder that gives the states of last tokens (``STATES``), put together below a folder once."""
    own = out / "states"
    if not (own / "model.onnx").is_file():
        own.mkdir(parents=True, exist_ok=True)
        layers = read_forms(adapter)[0].layers
        form = HeadForm(STATES.name, STATES.kind, (), layers, "last")
        base = model_folder(settings, str(read_manifest(adapter, STATES_USE)["base"]))
        write_decoder([Head(form, np.empty((0, 0), np.float32), np.empty(0, np.float32))], base / "model.gguf", own, adapter)
        write_forms(own, [form])
    return TextEncoder(own, threads=settings.threads)


def with_states(settings: Settings, adapter: Path, pairs: list[Pair], out: Path) -> list[Pair]:
    """The pairs with the states of their last tokens, and the reader's own scores; those that were read before are not read again."""
    encoder, kept = states_encoder(settings, adapter, out), out / "read.npz"
    before = np.load(kept) if kept.is_file() else {"names": [], "states": []}
    read = dict(zip(map(str, before["names"]), before["states"], strict=True))
    heads = {head.form.name: head for head in stored_heads(adapter)}
    for at, one in enumerate(pairs):
        text = asked(encoder.tokenizer, one.question, one.passage, one.head)
        if (name := hashlib.sha256(text.encode()).hexdigest()) not in read:
            read[name] = encoder.states(STATES.name, [text])[0].astype(np.float16)
        one.state = read[name].astype(np.float32)
        head = heads.get(one.head, heads[HEAD])
        one.score = float(scores_of(head, one.state[None])[0])
        if at % 500 == 0 or at == len(pairs) - 1:
            np.savez(kept, names=np.array(list(read)), states=np.stack(list(read.values())))
            print(f"{at + 1} of {len(pairs)} texts", file=sys.stderr, flush=True)
    return pairs


# --- layers ---------------------------------------------------------------------------------------------------------------------


Pairs = Mapping[str, Sequence[Pair]]  # by the head that reads them


def fitted(pairs: Pairs, own: Mapping[str, Head]) -> dict[str, Head]:
    """The new heads by name, each beside the reader's own; of one that it lacks beside that of sentences."""
    sharing = [_scored(name, pairs[name], own) for name in SHARING if name in pairs]
    heads = heads_of_one_layer(sharing) if sharing else []
    return {head.form.name: head for head in heads} | {
        name: linear(of, own.get(name), own[HEAD].form.layers) for name, of in pairs.items() if name not in SHARING
    }


def _scored(name: str, pairs: Sequence[Pair], own: Mapping[str, Head]) -> Scored:
    before = own.get(name, own[HEAD])
    form = HeadForm(name, "score", ("score",), before.form.layers, "last")
    return Scored(form, np.stack([one.state for one in pairs]), np.array([one.right for one in pairs], np.float32), before)


def linear(pairs: Sequence[Pair], own: Head | None, layers: tuple[int, ...]) -> Head:
    """A logistic regression as a head: the reader's own, where it has one, times its weight, and what the states say besides."""
    states, scores = np.stack([one.state for one in pairs]), np.array([one.score if own else 0.0 for one in pairs])
    mean, deviation = states.mean(axis=0), (states.std(axis=0) + 1e-3) * np.sqrt(states.shape[1])
    model = LogisticRegression(C=STRENGTH[pairs[0].head], max_iter=2000)
    model.fit(np.column_stack([(states - mean) / deviation, scores * OWN]), [one.right for one in pairs])
    weight, times = model.coef_[0][:-1] / deviation, float(model.coef_[0][-1]) * OWN
    bias = float(model.intercept_[0]) - weight @ mean
    if own:
        weight, bias = weight + times * own.weight[0], bias + times * own.bias[0]
    form = HeadForm(pairs[0].head, "score", ("score",), layers, "last")
    return Head(form, weight[None, :].astype(np.float32), np.array([bias], np.float32))


def apart(pairs: Pairs, own: Mapping[str, Head]) -> dict[str, NDArray[np.float64]]:
    """The log-odds of each pair by heads that were fitted on the papers of the other fifths."""
    told = {name: np.zeros(len(of)) for name, of in pairs.items()}
    for fifth in range(FIFTHS):
        heads = fitted({name: [one for one in of if one.fifth != fifth] for name, of in pairs.items()}, own)
        for name, of in pairs.items():
            at = [place for place, one in enumerate(of) if one.fifth == fifth]
            told[name][at] = scores_of(heads[name], np.stack([of[place].state for place in at])) if at else []
    return told


def figures(name: str, pairs: Sequence[Pair], told: NDArray[np.float64]) -> dict[str, float]:
    """Area under the curve and loss, of the reader's own score brought to these pairs, and of the new layer."""
    seen = [at for at, one in enumerate(pairs) if one.quoted or name != QUOTED_HEAD]
    right, own = [pairs[at].right for at in seen], np.array([[pairs[at].score] for at in seen])
    plain = LogisticRegression().fit(own, right).predict_proba(own)[:, 1]
    new = 1 / (1 + np.exp(-told[seen]))
    return {f"{name} pairs": len(seen), f"{name} right": sum(right)} | {
        f"{name} {what} {by}": round(float(measure(right, scores)), 3)
        for what, measure in (("area", roc_auc_score), ("loss", log_loss))
        for by, scores in (("before", plain), ("after", new))
    }


def write(adapter: Path, heads: Sequence[Head], out: Path, questions: int) -> None:
    """The reader with the new layers in place of its own, and its manifest."""
    tensors = {name: tensor for name, tensor in load((adapter / WEIGHTS).read_bytes()).items() if not name.startswith(f"{PREFIX}{HEADS}")}
    for head in heads:
        tensors |= {f"{PREFIX}{HEADS}{head.form.name}.weight": head.weight, f"{PREFIX}{HEADS}{head.form.name}.bias": head.bias}
    if inner := next((head.inner for head in heads if head.inner), None):
        tensors |= in_eight_bits(f"{PREFIX}{HEADS}{INNER}.weight", inner[0]) | {f"{PREFIX}{HEADS}{INNER}.bias": inner[1]}
    out.mkdir(parents=True, exist_ok=True)
    (out / WEIGHTS).write_bytes(save(tensors, {"base_sha256": learned_on(adapter)}))
    (out / CONFIG).write_bytes((adapter / CONFIG).read_bytes())
    write_forms(out, [head.form for head in heads])
    told = read_manifest(adapter, STATES_USE) | {"sha256": path_digest(out / WEIGHTS), "questions_by_hand": questions}
    (out / "manifest.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def in_eight_bits(name: str, weight: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """A matrix as whole numbers from -127 to 127, and what those of each of its rows are times."""
    scale = np.maximum(np.abs(weight).max(axis=1, keepdims=True), 1e-9) / 127
    return {name: np.rint(weight / scale).astype(np.int8), f"{name}{SCALE}": scale.astype(np.float32)}


def main() -> None:
    """Read, fit, write, and print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", type=Path, nargs="+")
    options.add_argument("--home", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    settings = read_settings().model_copy(update={"home": given.home, "worker": False})
    adapter, pairs = adapter_folder(settings, STATES_USE, settings.state_reader), list[Pair]()
    with open_app(settings) as app:
        app.agent.engine = None
        for file in given.files:
            for row in (row for row in hand_rows.rows(file) if row["part"] == "read" and len(row["turns"]) == 1):
                pairs += pairs_of(app, row, Turn(**row["turns"][0]))
    pairs = with_states(settings, adapter, pairs, given.out)
    own, found = {head.form.name: head for head in stored_heads(adapter)}, dict[str, float]()
    by_head = {name: [one for one in pairs if one.head == name] for name in (HEAD, figure_lines.HEAD, QUOTED_HEAD, ROWS_HEAD, TOLD_HEAD)}
    for name, told in apart(by_head, own).items():
        found |= figures(name, by_head[name], told)
    new = fitted(by_head, own)
    write(adapter, [new[name] for name in by_head], given.out / "adapter", len({one.question for one in pairs}))
    print(json.dumps(found) if given.json else "\n".join(f"{name:32} {value}" for name, value in found.items()))


if __name__ == "__main__":
    carried_out(main)
