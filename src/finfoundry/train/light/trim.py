"""Trim the vocabulary: pieces that an institution's texts never use lose their rows; what is left computes as before.

Most weights of a small model are its vocabulary (168 of 268 million of gemma-3-270m), and a processor reads all of them for each token that
it writes. Rows are dropped from embedding and output as they are stored, so no kept one is rounded anew, and kept text is cut as before.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.gguf_container import Container, Planned, Tensor, open_container, write_container
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.train.base import Base
from finfoundry.train.gguf_file.keys import Value, with_values
from finfoundry.train.light.lightened import Draft, Lightened, checked_name, kept, plain, write_lightened
from finfoundry.train.light.vocabulary import Ids, chosen, read_vocabulary, trimmed_values
from finfoundry.train.text import rendered

ROWS = ("token_embd.weight", "output.weight", "output.bias")  # a row a piece
AT_ONCE = 1024  # texts
COMPARED = 2000  # texts cut by both tokenizers


@dataclass(frozen=True)
class TrimmedVocabulary:
    """``kept_share``: of the pieces into which the corpus is cut, how many stay; the others are then written in smaller ones."""

    pieces: int
    of: int
    corpus_pieces: int
    kept_share: float
    compared_texts: int


def trim(base: Base, texts: Iterable[str], out: Path, *, size: int | None = None, version: str, report: Report = silent) -> Lightened:
    """Keep the pieces that occur in the texts. Raises InputError, and ModelError for a tokenizer that would not cut as before."""
    checked_name(out, "trim", base)
    container = open_container(base.path)
    vocabulary = read_vocabulary(container)
    counts, sample = _counted(base, texts, len(vocabulary.pieces), report)
    ids = chosen(vocabulary, counts, base.chat_template, size)
    values = trimmed_values(vocabulary, ids)
    if (key := f"{container.architecture}.vocab_size") in container.keys:
        values[key] = len(ids)
    tensors = [_rows(container.tensors[one.name], ids) if one.name in ROWS else one for one in kept(container)]
    compared = cut_alike(base.tokenizer, _tokenizer(base, container, values), ids, sample)
    share = float(counts[ids].sum() / max(1, counts.sum()))
    told = TrimmedVocabulary(len(ids), len(vocabulary.pieces), int(counts.sum()), round(share, 6), compared)
    return write_lightened(out, base, container, "trim", Draft(values, tensors), plain(told), version)


def _tokenizer(base: Base, container: Container, values: dict[str, Value]) -> Any:
    """The tokenizer of a file with these keys, before any weight is written."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vocabulary.gguf"
        write_container(path, *with_values(container, values), [])
        return Base(base.name, path, base.chat_template).tokenizer


def _counted(base: Base, texts: Iterable[str], pieces: int, report: Report) -> tuple[Ids, list[str]]:
    """How often each piece occurs, and a sample of texts."""
    counts, sample, read = np.zeros(pieces, np.int64), list[str](), 0
    for batch in _batches(itertools.chain([base.chat_template, *_shown(base)], texts)):
        counts += np.bincount(np.concatenate([np.array(ids, np.int64) for ids in _cut(base.tokenizer, batch)]), minlength=pieces)
        read += len(batch)
        sample += batch[:: max(1, len(batch) // 50)] if len(sample) < COMPARED else []
        report(Progress("count pieces", read, 0, "texts", ""))
    return counts, sample[:COMPARED]


def _shown(base: Base) -> list[str]:
    """A conversation as the model is shown it: what stands between its turns is in every prompt."""
    return [rendered(base.tokenizer, [{"role": "user", "content": "1"}])] if base.chat_template else []


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    told = (text for text in texts if text.strip())
    while batch := list(itertools.islice(told, AT_ONCE)):
        yield batch


def _cut(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    return [list(one) for one in tokenizer(list(texts), add_special_tokens=False)["input_ids"]]


def _rows(tensor: Tensor, ids: Ids) -> Planned:
    """The rows of some pieces, as they are stored."""
    data = tensor.data.reshape(tensor.shape[0], -1)
    return Planned(tensor.name, (len(ids), *tensor.shape[1:]), tensor.kind, lambda: data[ids])


def cut_alike(before: Any, after: Any, ids: Ids, texts: Sequence[str]) -> int:
    """How many texts of kept pieces were compared. Raises ModelError naming one that is now cut otherwise."""
    known, compared = set(ids.tolist()), 0
    for text, was, now in zip(texts, _cut(before, texts), _cut(after, texts), strict=True):
        if known.issuperset(was):
            compared += 1
            if [int(ids[number]) for number in now] != was:
                raise ModelError(f"the trimmed tokenizer cuts {text[:60]!r} otherwise", remedy="Report the model: its joins are unusual")
    return compared
