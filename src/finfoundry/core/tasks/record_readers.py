"""Readers of the shapes in which labelled data come. Each turns files into records; none knows what the labels mean."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from finfoundry.core.errors import InputError
from finfoundry.core.tasks.json_lines import numbered_lines
from finfoundry.core.tasks.price_moves import NO_PRICE, PriceMove, aspect_move, headline_move
from finfoundry.core.tasks.task import EntitySpan, TaskSource

DECIDED = 0.1  # a sentiment score beyond it, either way, is a sentiment; as FiQA's scores are read by FLARE (Xie et al., 2023)
SENTENCE_END = frozenset({".", "?", "!", "。"})


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """One row as its file has it: named texts, entities in ``fields["text"]``, and what only a metric needs."""

    fields: dict[str, str]
    spans: tuple[EntitySpan, ...] = ()
    meta: dict[str, Any] = field(default_factory=dict)


def text_of(path: Path) -> str:
    """A file's text, unpacked. Raises InputError when it is not UTF-8."""
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8: byte {error.start}", remedy="Convert the file, or leave it out") from error
    except (OSError, EOFError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error


def items(path: Path) -> Iterator[Any]:
    """The entries of a JSON list, of JSON lines, or of a CSV or TSV with a header. Raises InputError for JSON that does not parse."""
    text = text_of(path)
    suffix = path.name.removesuffix(".gz").rpartition(".")[2]
    if suffix in ("csv", "tsv"):
        yield from csv.DictReader(io.StringIO(text), delimiter="\t" if suffix == "tsv" else ",")
        return
    try:
        if text.lstrip().startswith("["):
            yield from json.loads(text)
        else:
            yield from (json.loads(line) for _, line in numbered_lines(text))
    except json.JSONDecodeError as error:
        raise InputError(f"{path} is not JSON: {error}") from error


def records(files: Sequence[Path], source: TaskSource) -> Iterator[TaskRecord]:
    """Objects by key, lists by ``columns``; ``part`` divides a field by a pattern. Raises InputError for a list of another length."""
    for path in files:
        for number, item in enumerate(items(path), 1):
            if isinstance(item, list):
                if len(item) != len(source.columns):
                    raise InputError(f"entry {number} of {path} has {len(item)} values, the task names {len(source.columns)} columns")
                item = dict(zip(source.columns, item, strict=True))
            fields = {key: "" if value is None else str(value) for key, value in item.items()}
            for name, pattern in source.part.items():
                if match := re.match(pattern, fields.get(name, "")):
                    fields |= match.groupdict(default="")
            yield TaskRecord(fields)


def table(files: Sequence[Path], source: TaskSource) -> Iterator[TaskRecord]:
    """Rows of a table, told as a text: the named ``columns`` with what they hold; empty cells are not told. Raises InputError for a column
    that is not there.
    """
    for path in files:
        for number, item in enumerate(items(path), 1):
            if absent := [name for name in source.columns if name not in item]:
                raise InputError(f"row {number} of {path} has no column {absent[0]}", remedy=f"It has: {', '.join(item)}")
            told = [f"{name.replace('_', ' ')}: {str(item[name]).strip()}" for name in source.columns if str(item[name] or "").strip()]
            yield TaskRecord({key: str(value or "") for key, value in item.items()} | {"text": "; ".join(told)})


def entity_sentiment(files: Sequence[Path], source: TaskSource) -> Iterator[TaskRecord]:  # noqa: ARG001  readers share one signature
    """SEntFiN: a headline and a printed dictionary of its entities, whose names may hold bare apostrophes; one record an entity."""
    for path in files:
        for item in items(path):
            for entity, label in re.findall(r"['\"]([^{]+?)['\"]: ?'(\w+)'(?:, |\})", item["Decisions"]):
                yield TaskRecord({"text": item["Title"], "entity": entity, "target": label})


def aspects(files: Sequence[Path], source: TaskSource) -> Iterator[TaskRecord]:  # noqa: ARG001
    """FiQA: a sentence with targets and scores from -1 to 1; one record a target."""
    for path in files:
        for item in json.loads(text_of(path)).values():
            for info in item["info"]:
                score = float(info["sentiment_score"])
                label = "positive" if score > DECIDED else "negative" if score < -DECIDED else "neutral"
                yield TaskRecord({"text": item["sentence"], "entity": info["target"], "target": label}, meta={"score": score})


def headline_moves(files: Sequence[Path], source: TaskSource) -> Iterator[TaskRecord]:
    """SEntFiN as directions of prices, or the reason why a headline has none; one record an entity."""
    for record in entity_sentiment(files, source):
        yield _directed(record, headline_move(record.fields["text"], record.fields["entity"]))


def aspect_moves(files: Sequence[Path], source: TaskSource) -> Iterator[TaskRecord]:
    """FiQA as directions of prices, or the reason why a sentence has none; one record a target."""
    told = (info["aspects"] for path in files for item in json.loads(text_of(path)).values() for info in item["info"])
    for record, named in zip(aspects(files, source), told, strict=True):
        yield _directed(record, aspect_move(named))


def _directed(record: TaskRecord, move: PriceMove | None) -> TaskRecord:
    found = move.direction(record.fields["target"]) if move else NO_PRICE
    return TaskRecord(record.fields | {"target": found}, record.spans, record.meta)


def tokens(files: Sequence[Path], source: TaskSource) -> Iterator[TaskRecord]:
    """FiNER-ORD: one token a line with a tag number and its document; a record is a sentence. ``columns`` names the tags in order."""
    for path in files:
        sentence: list[tuple[str, str]] = []
        document = ""
        for item in items(path):
            if item["doc_idx"] != document and sentence:
                yield _tagged(sentence, " ", f"{path.name}:{document}")
                sentence = []
            document = item["doc_idx"]
            if not item["gold_token"].strip():
                continue
            sentence.append((item["gold_token"], source.columns[int(item["gold_label"])]))
            if item["gold_token"] in SENTENCE_END:
                yield _tagged(sentence, " ", f"{path.name}:{document}")
                sentence = []
        if sentence:
            yield _tagged(sentence, " ", f"{path.name}:{document}")


def spans(files: Sequence[Path], source: TaskSource) -> Iterator[TaskRecord]:
    """Objects with ``text`` and ``spans``, each [start, end, label], as annotation tools write them; ``columns`` names what else is kept.

    Raises InputError naming an entry that is none.
    """
    for path in files:
        for number, item in enumerate(items(path), 1):
            try:
                found = tuple(EntitySpan(int(start), int(end), str(label)) for start, end, label in item["spans"])
                fields = {key: str(item[key]) for key in ("text", *source.columns)}
            except (KeyError, TypeError, ValueError) as error:
                raise InputError(f"entry {number} of {path} has no spans [start, end, label] ({error})") from error
            yield TaskRecord({**fields, "target": ""}, found)


def characters(files: Sequence[Path], source: TaskSource) -> Iterator[TaskRecord]:  # noqa: ARG001
    """Characters separated by spaces, a tab, their tags; the first line names the columns. Raises InputError for a missing tag."""
    for path in files:
        for number, line in enumerate(text_of(path).splitlines()[1:], 2):
            signs, _, tags = line.partition("\t")
            pairs = list(zip(signs.split(" "), tags.split(" "), strict=False))
            if len(signs.split(" ")) != len(tags.split(" ")):
                raise InputError(f"line {number} of {path} has not one tag a character")
            yield _tagged(pairs, "", "")


def _tagged(pairs: list[tuple[str, str]], glue: str, group: str) -> TaskRecord:
    """Tags B-X, I-X, O over pieces, as a text with spans."""
    text, spans = "", list[EntitySpan]()
    for piece, tag in pairs:
        text += glue if text else ""
        start, (place, _, label) = len(text), tag.partition("-")
        text += piece
        if place == "I" and spans and spans[-1].label == label and spans[-1].end == start - len(glue):
            spans[-1] = EntitySpan(spans[-1].start, len(text), label)
        elif place in ("B", "I"):
            spans.append(EntitySpan(start, len(text), label))
    return TaskRecord({"text": text, "document": group or text, "target": ""}, tuple(spans))


def tatqa(files: Sequence[Path], source: TaskSource) -> Iterator[TaskRecord]:  # noqa: ARG001
    """TAT-QA (Zhu et al., 2021): a table, its paragraphs, and questions whose answers carry a scale of their own."""
    for path in files:
        for page in json.loads(text_of(path)):
            table = page["table"]["table"]
            paragraphs = [one["text"] for one in sorted(page["paragraphs"], key=lambda one: int(one["order"]))]
            shown = "\n".join(" | ".join(cell.strip() for cell in line) for line in table)
            for question in page["questions"]:
                answer = question["answer"]
                said = [str(one) for one in answer] if isinstance(answer, list) else [str(answer)]
                scale = question.get("scale") or ""
                fields = {"table": shown, "paragraphs": "\n".join(paragraphs), "question": question["question"]}
                fields |= {"page": page["table"]["uid"], "target": f"{'; '.join(said)} {scale}".strip()}
                kept = ("answer_type", "answer_from", "derivation")
                meta = {"answer": answer, "scale": scale, "table": table, "paragraphs": paragraphs}
                yield TaskRecord(fields, meta=meta | {key: question.get(key, "") for key in kept} | {"uid": question["uid"]})


def exam(files: Sequence[Path], source: TaskSource) -> Iterator[TaskRecord]:  # noqa: ARG001
    """Questions with options A, B, …, as columns of a CSV or as a printed dictionary in JSON."""
    for path in files:
        for item in items(path):
            options = {key: value for key, value in item.items() if re.fullmatch("[A-H]", key) and value}
            for letter, text in re.findall(r"'([A-H])': ['\"](.*?)['\"](?=, '[A-H]'|\}$)", item.get("choices") or ""):
                options[letter] = text
            shown = "\n".join(f"{letter}. {text}" for letter, text in options.items())
            question = "\n".join(filter(None, (item.get("context"), item["question"])))
            yield TaskRecord({"text": question, "options": shown, "area": path.stem, "target": (item["answer"] or "").strip()})


READERS: dict[str, Callable[[Sequence[Path], TaskSource], Iterator[TaskRecord]]] = {
    "records": records,
    "table": table,
    "entity_sentiment": entity_sentiment,
    "aspects": aspects,
    "headline_moves": headline_moves,
    "aspect_moves": aspect_moves,
    "tokens": tokens,
    "characters": characters,
    "spans": spans,
    "tatqa": tatqa,
    "exam": exam,
}
