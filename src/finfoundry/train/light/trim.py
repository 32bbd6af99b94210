"""Trim the vocabulary: pieces that an institution's texts never use lose their rows; what is left computes as before.

Most weights of a small model are its vocabulary (168 of 268 million of gemma-3-270m), and a processor reads all of them for each token that
it writes. Rows are dropped from embedding and output as they are stored, so no kept one is rounded anew: on kept text the logits of kept
pieces are the same, to the bit, before and after.
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
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.train.base import Base
from finfoundry.train.gguf_file.container import Container, Planned, Tensor, open_container, write_container
from finfoundry.train.gguf_file.keys import Value, with_values
from finfoundry.train.light.lightened import Draft, Lightened, checked_name, kept, plain, write_lightened
from finfoundry.train.light.vocabulary import Ids, chosen, read_vocabulary, trimmed_values

ROWS = ("token_embd.weight", "output.weight", "output.bias")  # a row a piece
AT_ONCE = 4096  # lines
COMPARED = 2000  # lines cut by both tokenizers


@dataclass(frozen=True)
class TrimmedVocabulary:
    """``kept_share``: of the pieces into which the corpus is cut, how many stay; the others are then written in smaller ones."""

    pieces: int
    of: int
    corpus_pieces: int
    kept_share: float
    compared_lines: int


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
    """How often each piece occurs, and a sample of lines."""
    counts, sample, lines = np.zeros(pieces, np.int64), list[str](), 0
    for batch in _batches(itertools.chain(texts, base.chat_template.splitlines())):
        counts += np.bincount(np.concatenate([np.array(ids, np.int64) for ids in _cut(base.tokenizer, batch)]), minlength=pieces)
        lines += len(batch)
        sample += batch[:: max(1, len(batch) // 50)] if len(sample) < COMPARED else []
        report(Progress("count pieces", lines, 0, "lines", ""))
    return counts, sample[:COMPARED]


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    lines = (line for line in texts if line.strip())
    while batch := list(itertools.islice(lines, AT_ONCE)):
        yield batch


def _cut(tokenizer: Any, lines: Sequence[str]) -> list[list[int]]:
    return [list(one) for one in tokenizer(list(lines), add_special_tokens=False)["input_ids"]]


def _rows(tensor: Tensor, ids: Ids) -> Planned:
    """The rows of some pieces, as they are stored."""
    data = tensor.data.reshape(tensor.shape[0], -1)
    return Planned(tensor.name, (len(ids), *tensor.shape[1:]), tensor.kind, lambda: data[ids])


def cut_alike(before: Any, after: Any, ids: Ids, lines: Sequence[str]) -> int:
    """How many lines of kept pieces were compared. Raises ModelError naming one that is now cut otherwise."""
    known, compared = set(ids.tolist()), 0
    for line, was, now in zip(lines, _cut(before, lines), _cut(after, lines), strict=True):
        if known.issuperset(was):
            compared += 1
            if [int(ids[number]) for number in now] != was:
                raise ModelError(f"the trimmed tokenizer cuts {line[:60]!r} otherwise", remedy="Report the model: its joins are unusual")
    return compared
