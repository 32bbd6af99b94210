"""A tuned encoder in service: labels of texts, labelled spans in them, scores of pairs, vectors. On onnxruntime, in this process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.model_files.decoder_file import BEFORE, KEPT
from finfoundry.core.model_files.encoder_text import EncodedText, encode_texts, open_tokenizer
from finfoundry.core.model_files.heads import HeadForm, read_forms
from finfoundry.core.protocols import FoundSpan

Floats = NDArray[np.float32]
Ids = tuple[int, ...]
FORM = "onnx"  # the folder of this form in the one that `finfoundry train` wrote
LOWEST = np.float32(-80)  # a logit whose exponential is still a number of single precision
BATCH_TOKENS = 1024  # padded tokens of one run: what a core's cache holds
SHARED = 16  # tokens that texts must begin with alike for these to be read once: a run of its own costs as much as ten of them


class TextEncoder:
    """The folder is the form ``onnx`` of a tuned encoder. Texts longer than ``context`` tokens are refused: a cut one would be another.

    Raises ModelError at once where a file is missing or damaged.
    """

    def __init__(self, folder: Path, *, context: int = 512, threads: int = 1) -> None:
        self.folder, self.context, self._threads = folder, context, threads
        try:
            self.heads = {form.name: form for form in read_forms(folder)}
            self.tokenizer: Tokenizer = open_tokenizer(str(folder / "tokenizer.json"))
        except Exception as error:  # the tokenizers library raises Exception itself
            raise ModelError(
                f"{folder} holds no tuned encoder ({error})", remedy="Give the folder `onnx` of a run with method: encode"
            ) from error

    @cached_property
    def _session(self) -> Any:
        import onnxruntime  # here: most processes read nothing by a tuned encoder

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        try:
            return onnxruntime.InferenceSession(self.folder / "model.onnx", options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors have no class of their own
            raise ModelError(f"{self.folder / 'model.onnx'} does not load: {error}", remedy="Export the model again") from error

    @cached_property
    def _nothing_before(self) -> Floats | None:
        """What a graph takes that can read what texts begin with once, where they begin with nothing; None for another graph."""
        shapes = [given.shape for given in self._session.get_inputs() if given.name == BEFORE]
        return np.empty((shapes[0][0], 0, shapes[0][2]), np.float32) if shapes else None

    def loaded(self) -> TextEncoder:
        """The same, its weights read now and not at the first text. Raises ModelError."""
        _ = self._session
        return self

    @property
    def identity(self) -> str:
        """The name of its folder; of a reader in a home, or of one that was released, its digest."""
        return self.folder.name.removeprefix(".").removesuffix(f".{FORM}")

    def reads(self, head: str) -> bool:
        """Whether it learned a task."""
        return head in self.heads

    def labels_of(self, head: str) -> tuple[str, ...]:
        """The labels of a head in the order of its probabilities. Raises InputError for a head that there is not."""
        return self._form(head).labels

    def labels(self, head: str, texts: Sequence[Sequence[str]]) -> Floats:
        """Probabilities, shape (texts, labels), of the labels of a head: they add up to 1 where a text has one label. Each text may be
        several side by side. Raises InputError for a head that there is not or a text that is too long.
        """
        form = self._form(head, "one", "several", "score")
        logits = self._all(form, texts)
        return _softmax(logits) if form.kind == "one" else _sigmoid(logits)

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> Floats:
        """From 0 to 1, shape (texts,): how much the texts side by side, such as a question and a passage, belong together. Raises
        InputError as ``labels`` does.
        """
        self._form(head, "score")
        return self.labels(head, texts)[:, 0]

    def vectors(self, head: str, texts: Sequence[str]) -> Floats:
        """Unit vectors, shape (texts, dimensions), of texts as the task's templates write them. Raises InputError as ``labels`` does."""
        found = self.states(head, texts)
        unit: Floats = found / np.linalg.norm(found, axis=1, keepdims=True)
        return unit

    def states(self, head: str, texts: Sequence[str]) -> Floats:
        """The means of the states that a head of kind "vector" reads, shape (texts, inputs). Raises InputError as ``labels`` does."""
        return self._all(self._form(head, "vector"), [[text] for text in texts])

    def spans(self, head: str, text: str) -> list[FoundSpan]:
        """The labelled spans of a text in its order. Raises InputError as ``labels`` does."""
        form, encoded = self._form(head, "spans"), self._encoded([text])
        if not encoded.places:
            return []
        told = _softmax(self._run(form, [encoded.ids])[0][list(encoded.places)])
        return list(_joined(form, encoded.characters, told))

    def _all(self, form: HeadForm, texts: Sequence[Sequence[str]]) -> Floats:
        """What the head gives for each text, in their order, shape (texts, …)."""
        ids = [self._encoded(text).ids for text in texts]
        shared = self._shared(form, ids)
        before = self._kept(ids[0][:shared]) if shared else None
        rows: dict[int, Floats] = {}
        own = [one[shared:] for one in ids]
        for places in _batches(own):
            rows |= zip(places, self._run(form, [own[place] for place in places], before), strict=True)
        return np.stack([rows[place] for place in range(len(texts))]) if rows else np.empty((0, len(form.outputs)), np.float32)

    def _shared(self, form: HeadForm, ids: Sequence[Ids]) -> int:
        """How many tokens the texts begin with alike that are read once: none where the head reads more than what comes last."""
        if len(ids) < 2 or form.reads != "last" or self._nothing_before is None:
            return 0
        alike = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, zip(*ids, strict=False)))
        return shared if (shared := min(alike, *(len(one) - 1 for one in ids))) >= SHARED else 0

    def _form(self, head: str, *kinds: str) -> HeadForm:
        if head not in self.heads:
            raise InputError(f"the encoder in {self.folder} does not know the task {head}", remedy=f"It knows {', '.join(self.heads)}")
        if kinds and self.heads[head].kind not in kinds:
            raise InputError(
                f"the task {head} of the encoder in {self.folder} is of kind {self.heads[head].kind}", remedy="Ask it for that"
            )
        return self.heads[head]

    def _encoded(self, texts: Sequence[str]) -> EncodedText:
        found = encode_texts(self.tokenizer, texts)
        if len(found.ids) > self.context:
            raise InputError(f"a text of {len(found.ids)} tokens is longer than the encoder's {self.context}", remedy="Give it in parts")
        return found

    def _run(self, form: HeadForm, texts: Sequence[Ids], before: Floats | None = None) -> Floats:
        (logits,) = self._session.run([form.output], self._given(texts, before))
        found: Floats = logits
        return found

    def _kept(self, text: Ids) -> Floats:
        """Keys and values of a text that stands before others."""
        (kept,) = self._session.run([KEPT], self._given([text], None))
        found: Floats = kept
        return found

    def _given(self, texts: Sequence[Ids], before: Floats | None) -> dict[str, NDArray[Any]]:
        """What the graph takes: texts side by side, the shorter ones filled up."""
        longest = max(map(len, texts))
        ids, mask = np.zeros((2, len(texts), longest), np.int64)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = text
            mask[row, : len(text)] = 1
        known = self._nothing_before if before is None else before
        return {"input_ids": ids, "attention_mask": mask} | ({} if known is None else {BEFORE: known})


def _batches(texts: Sequence[Ids]) -> list[list[int]]:
    """Places of texts of like length together, so that little is padded."""
    batches: list[list[int]] = []
    for place in sorted(range(len(texts)), key=lambda place: len(texts[place])):
        if batches and (len(batches[-1]) + 1) * len(texts[place]) <= BATCH_TOKENS:
            batches[-1].append(place)
        else:
            batches.append([place])
    return batches


def _sigmoid(logits: Floats) -> Floats:
    told: Floats = np.reciprocal(1 + np.exp(-np.maximum(logits, LOWEST)))
    return told


def _softmax(logits: Floats) -> Floats:
    raised: Floats = np.exp(logits - logits.max(axis=-1, keepdims=True))
    total: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return total


def _joined(form: HeadForm, characters: Sequence[tuple[int, int]], told: Floats) -> list[FoundSpan]:
    """BIO tags to spans: an inside that follows no span of its label begins one."""
    found: list[FoundSpan] = []
    open_label = ""
    for (start, end), row in zip(characters, told, strict=True):
        tag, probability = form.outputs[int(row.argmax())], float(row.max())
        part, _, label = tag.partition("-")
        if part == "I" and label == open_label:
            last = found[-1]
            found[-1] = FoundSpan(last.start, end, label, min(last.probability, probability))
        elif part != "O":
            found.append(FoundSpan(start, end, label, probability))
        open_label = label
    return found
