"""Tuning an encoder: one label, several labels, labelled spans or a score of texts, for each task a head of its own over one body; or
vectors of texts.

Token classes as in BERT (Devlin et al., 2019, section 5.3), in BIO tags; a text, or several side by side, is the mean of its tokens'
states, as the encoders of the catalogue were trained (Reimers and Gurevych, 2019, section 3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, relu, softplus

from finfoundry.core.errors import InputError
from finfoundry.core.model_files.encoder_text import EncodedText, encode_texts
from finfoundry.core.model_files.heads import HeadForm, HeadKind
from finfoundry.core.tasks import EntitySpan, Task, load_task
from finfoundry.core.tasks.fingerprints import plain
from finfoundry.train.data.left_out import LeftOut
from finfoundry.train.data.material import Material
from finfoundry.train.methods.instruct import TOO_LONG, mixed
from finfoundry.train.methods.matching import MatchedRow, matched, matching_loss
from finfoundry.train.packing import Pack, RowTokens
from finfoundry.train.recipe import Recipe
from finfoundry.train.text import Lesson, within

KINDS: Mapping[str, HeadKind] = {"choice": "one", "choices": "several", "entities": "spans", "score": "score", "match": "vector"}
OF_TEXTS = ("choice", "choices", "score")

QUIET = 0.05  # joint energy up to which a text without labels costs nothing: all of them together at five percent


@dataclass(frozen=True)
class LabelledRow(RowTokens):
    """``labels`` are the numbers of a text's labels in the head's outputs or, of spans, one for each of ``places``.

    ``decisions`` count in the mean of the loss: one a text, one a place, or, where a text may have several labels, one a label of the head.
    """

    head: str
    labels: tuple[int, ...]
    places: tuple[int, ...] | None = None  # None: of the text as a whole
    decisions: int = 1
    score: float = 0.0  # of a head that scores
    quiet: float = 0.0  # weight of the energy loss on a text without labels

    @property
    def targets(self) -> int:
        return self.decisions

    @property
    def line(self) -> str:
        return f"{super().line}:{self.head}:{','.join(map(str, self.labels))}" + (f":{self.score}" if self.score else "")


def heads_of(recipe: Recipe) -> tuple[HeadForm, ...]:
    """A head for each task of the recipe. Raises InputError for a task whose answers are no labels."""
    return tuple(_head(load_task(share.task), recipe) for share in recipe.data.tasks)


def _head(task: Task, recipe: Recipe) -> HeadForm:
    if task.kind not in KINDS:
        raise InputError(
            f"task {task.name} is of kind {task.kind}: an encoder tells labels, spans and scores, makes vectors, and writes no text",
            remedy=f"Leave it out, or tune it by the method instruct; an encoder learns {', '.join(KINDS)}",
        )
    if recipe.turn and task.kind not in OF_TEXTS:
        raise InputError(
            f"task {task.name} is of kind {task.kind}: what reads a model's states tells of texts as a whole",
            remedy=f"Leave it out; a recipe with a turn learns {', '.join(OF_TEXTS)}",
        )
    labels, layers = ("score",) if task.kind == "score" else task.words, (recipe.layers,) if recipe.layers else ()
    return HeadForm(task.name, KINDS[task.kind], labels, layers, "last" if recipe.turn else "mean")


def rows(material: Material, tokenizer: Any, recipe: Recipe) -> list[RowTokens]:
    """Raises InputError naming a row that is longer than the context, unless the recipe drops such."""
    by_task: dict[str, list[RowTokens]] = {}
    for share in recipe.data.tasks:
        task = load_task(share.task)
        lessons = material.lessons[task.name]
        labelled = [replace(_row(task, lesson, tokenizer, recipe), group=plain(lesson.about)) for lesson in lessons]
        kept = within((lesson.id for lesson in lessons), labelled, recipe.context, drop=recipe.data.too_long == "drop")
        material.manifest.note_long(task.name, len(labelled) - len(kept))
        material.left_out += [LeftOut(lessons[place].id, TOO_LONG) for place in sorted({*range(len(labelled))} - {*kept})]
        by_task[task.name] = [labelled[place] for place in kept]
    return mixed(by_task, recipe.data.temperature, recipe.seed)


def _row(task: Task, lesson: Lesson, tokenizer: Any, recipe: Recipe) -> RowTokens:
    if task.kind != "match":
        return _labelled(task, lesson, tokenizer, recipe)
    asked, *others = lesson.texts
    texts = [asked, *(task.matched(text) for text in (lesson.answer, *others))]
    return matched([encode_texts(tokenizer, [text]).ids for text in texts], task.name, recipe.match_temperature)


def _labelled(task: Task, lesson: Lesson, tokenizer: Any, recipe: Recipe) -> LabelledRow:
    head = _head(task, recipe)
    text = encode_texts(tokenizer, [recipe.turn.replace("{}", lesson.messages[-1].content)] if recipe.turn else lesson.texts)
    read = task.read(lesson.answer, lesson.texts[0])
    if head.kind == "spans":
        spans = [one for one in read or () if isinstance(one, EntitySpan)]
        return LabelledRow(text.ids, 0, head.name, tuple(_tags(head, text, spans)), text.places, len(text.places))
    if head.kind == "score":
        return LabelledRow(text.ids, 0, head.name, (), score=float(lesson.answer))
    words = [read] if isinstance(read, str) else [str(word) for word in read or ()]
    decisions = len(head.labels) if head.kind == "several" else 1
    told = tuple(head.labels.index(word) for word in words)
    return LabelledRow(text.ids, 0, head.name, told, decisions=decisions, quiet=0.0 if told or head.kind != "several" else recipe.quiet)


def _tags(head: HeadForm, text: EncodedText, spans: Sequence[EntitySpan]) -> list[int]:
    """The number of each token's tag. A token that only touches a span is inside it."""
    tags = ["O"] * len(text.characters)
    for span in spans:
        inside = [place for place, (start, end) in enumerate(text.characters) if start < span.end and end > span.start]
        for number, place in enumerate(inside):
            tags[place] = f"{'B' if number == 0 else 'I'}-{span.label}"
    return [head.outputs.index(tag) for tag in tags]


def energy_loss(logits: Tensor) -> Tensor:
    """How far the joint energy of several labels (Wang et al., 2021, equation 5) lies above ``QUIET``, squared, of each text: shape
    (texts,). Texts of domains that no label is about keep all labels silent by it, not only each a little (Liu et al., 2020, equation 7).
    Beyond one the cross entropy alone pulls: at the start, when no label knows anything, the square would outweigh all else, and the
    encoder would tell the same of every text.
    """
    return relu(softplus(logits).sum(1) - QUIET).clamp(max=1).square()


def read_of(form: HeadForm, states: Tensor) -> Tensor:
    """What stands for a text, (1, d), of the states of its tokens, (tokens, d)."""
    return states[-1:] if form.reads == "last" else states.mean(0, keepdim=True)


class EncoderLoss(nn.Module):
    """An encoder whose forward pass is the summed loss of a pack: cross entropy of each label or token; where a text may have several
    labels the binary cross entropy of each, so that a text weighs about as much there as one whose every token is told, and the
    ``energy_loss`` of one that has none, where the recipe asks for it; of a score its binary cross entropy; of vectors ``matching_loss``.
    """

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, pack: Pack) -> Tensor:
        """The summed loss, a scalar."""
        ids, positions = pack.placed(next(self.model.parameters()).device)
        states = self.model.body(input_ids=ids, position_ids=positions, segments=pack.lengths).last_hidden_state[0]
        groups: dict[str, list[tuple[Tensor, LabelledRow]]] = defaultdict(list)
        matches: dict[str, list[tuple[Tensor, MatchedRow]]] = defaultdict(list)
        for row, part in zip(pack.rows, states.split([len(row.ids) for row in pack.rows]), strict=True):
            if isinstance(row, MatchedRow):
                matches[row.head].append((part, row))
                continue
            if not isinstance(row, LabelledRow):
                raise TypeError("an encoder learns from labelled or matched rows")
            form = self.model.forms[row.head]
            groups[row.head].append((read_of(form, part) if row.places is None else part[list(row.places)], row))
        told = [*(self._of_head(name, group) for name, group in groups.items()), *map(matching_loss, matches.values())]
        idle = [weights.sum() * 0.0 for name, head in self.model.heads.items() if name not in groups for weights in head.parameters()]
        return torch.stack([*told, *idle]).sum()  # every head has a gradient: processes that share a step exchange those of all

    def _of_head(self, name: str, group: Sequence[tuple[Tensor, LabelledRow]]) -> Tensor:
        logits = self.model.heads[name](torch.cat([states for states, _ in group])).float()
        if self.model.forms[name].kind == "several":
            wanted = torch.zeros_like(logits)
            for number, (_, row) in enumerate(group):
                wanted[number, list(row.labels)] = 1
            quiet = torch.tensor([row.quiet for _, row in group], device=logits.device)
            return binary_cross_entropy_with_logits(logits, wanted, reduction="sum") + (quiet * energy_loss(logits)).sum()
        if self.model.forms[name].kind == "score":
            scores = torch.tensor([[row.score] for _, row in group], device=logits.device)
            return binary_cross_entropy_with_logits(logits, scores, reduction="sum")
        labels = torch.tensor([label for _, row in group for label in row.labels], device=logits.device)
        return cross_entropy(logits, labels, reduction="sum")
