"""Tasks of lm-evaluation-harness: its YAML over local files as a task of ours, and a task of ours as such YAML.

Read is what a task says about rows: templates, choices, parts, metrics. What would change them by code (``process_docs``, ``!function``)
is refused by its name. Rows are rendered once, so that training and evaluation see what the harness would show.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml
from jinja2 import TemplateError
from pydantic import BaseModel, PositiveInt, ValidationError

from finfoundry.core.errors import InputError
from finfoundry.core.tasks import Split, Task, TaskRow, load_task, read
from finfoundry.core.tasks.record_readers import items
from finfoundry.core.tasks.task_rows import split_of
from finfoundry.evals.exchange.row_templates import filled

PARTS: dict[Split, str] = {"train": "training_split", "dev": "validation_split", "test": "test_split"}
METRICS = {"acc": "accuracy", "acc_norm": "accuracy", "f1": "macro_f1", "exact_match": "exact_match"}
KNOWN = {
    "task", "task_alias", "tag", "dataset_path", "dataset_name", "dataset_kwargs", "output_type", *PARTS.values(), "fewshot_split",
    "num_fewshot", "fewshot_config", "fewshot_delimiter", "target_delimiter", "description", "doc_to_text", "doc_to_target",
    "doc_to_choice", "metric_list", "generation_kwargs", "should_decontaminate", "doc_to_decontamination_query", "metadata", "repeats",
}  # fmt: skip
FILES = ("json", "csv", "text")  # values of dataset_path that name files
CJK = re.compile(r"[\u4e00-\u9fff]")
UNFIT = (  # what a template of others raises on a row, recursion and a lack of memory with it
    TemplateError, ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, SyntaxError, TypeError, ValueError,
)  # fmt: skip
REMEDY = "See docs/evaluation.md for what is read of such a task"


class _Metric(BaseModel):
    metric: str


class _Generation(BaseModel):
    until: str | list[str] | None = None
    max_gen_toks: PositiveInt | None = None


class _Loading(BaseModel):
    data_files: str | list[str] | dict[str, str | list[str]] | None = None


class _Shape(BaseModel):
    """The values that are read of a task, by their kinds."""

    task: str
    task_alias: str | None = None
    description: str | None = None
    doc_to_text: str | int
    doc_to_target: str | int
    doc_to_choice: str | list[str | int | float] | None = None
    training_split: str | None = None
    validation_split: str | None = None
    test_split: str | None = None
    metric_list: list[_Metric] | None = None
    generation_kwargs: _Generation | None = None
    dataset_kwargs: _Loading | None = None


@dataclass(frozen=True)
class TaskExchanged:
    """A task that was read or written: its file, and rows by part. ``task`` is what ``evaluate`` and recipes name it by."""

    task: str
    name: str
    rows: dict[str, int]


def import_task(path: Path, data: Path, out: Path, licence: str = "none-stated") -> TaskExchanged:
    """Write NAME.yaml and NAME.jsonl into ``out``. Raises InputError naming the key, the file or the row that cannot be taken."""
    told = _read(path)
    name = re.sub(r"[^a-z0-9]+", "-", str(told["task"]).lower()).strip("-")
    if not name:
        raise InputError(
            f"{path} has the name {told['task']!r}, without a Latin letter or digit", remedy="Give it another, and a task_alias"
        )
    rows = [row for part in PARTS for row in _rows(told, data, part)]
    if not rows:
        raise InputError(f"{path} names no part with rows", remedy="Give training_split, validation_split or test_split")
    choices = _one_set(told, [row.pop("choices") for row in rows])
    content = _task(told, name, licence, choices, "".join(row["text"] for row in rows))
    _checked(Task, content, path)
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{name}.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    (out / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    counts = {part: sum(row["split"] == part for row in rows) for part in PARTS}
    return TaskExchanged(str(out / f"{name}.yaml"), name, {part: count for part, count in counts.items() if count})


def _checked(kind: type[BaseModel], content: Mapping[str, Any], path: Path) -> None:
    """Raises InputError that names the first value of another kind."""
    try:
        kind.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}", remedy=REMEDY) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        told = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506  a loader of plain values
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{path} is no task of plain values: {error}", remedy=REMEDY) from error
    if not isinstance(told, dict) or not {"task", "dataset_path", "doc_to_text", "doc_to_target"} <= told.keys():
        raise InputError(f"{path} lacks task, dataset_path, doc_to_text or doc_to_target", remedy=REMEDY)
    if unknown := sorted(str(key) for key in told.keys() - KNOWN):
        raise InputError(f"{path} has the key {unknown[0]}, which is not read", remedy=REMEDY)
    if told["dataset_path"] not in FILES or told.get("dataset_name"):
        raise InputError(f"{path} loads {told['dataset_path']} from a hub", remedy=f"Download it, and set dataset_path to {FILES[0]}")
    if (kind := told.get("output_type", "generate_until")) not in ("generate_until", "multiple_choice"):
        raise InputError(f"{path} has the output_type {kind}", remedy="Read are generate_until and multiple_choice")
    _checked(_Shape, told, path)
    return told


class _Loader(yaml.SafeLoader):
    """Plain values only; code, which the harness calls by ``!function``, is refused by its name."""


def _code(_: yaml.SafeLoader, node: yaml.Node) -> Any:
    raise yaml.YAMLError(f"!function {node.value} is code, which is not run")


_Loader.add_constructor("!function", _code)


def _rows(told: Mapping[str, Any], data: Path, part: Split) -> Iterator[dict[str, Any]]:
    if not (name := told.get(PARTS[part])):
        return
    named = (told.get("dataset_kwargs") or {}).get("data_files")
    files = named.get(name) if isinstance(named, dict) else named if name == "train" else None
    if not files:
        raise InputError(f"dataset_kwargs.data_files names no file of {PARTS[part]} {name}", remedy=REMEDY)
    for file in [files] if isinstance(files, str) else files:
        for number, document in enumerate(items(_inside(data, file)), 1):
            row, place = {"text": document} if isinstance(document, str) else document, f"row {number} of {file}"
            if not isinstance(row, dict):
                raise InputError(f"{place} has no columns", remedy="Write an object with named values, or a text")
            yield _rendered(told, row, place) | {"split": part}


def _inside(data: Path, file: str) -> Path:
    """A file of the data folder, and no other of this machine: a task that somebody sent names none of its own choice."""
    path = (data / file).resolve()
    if not path.is_relative_to(data.resolve()):
        raise InputError(f"data_files names {file}, which is outside {data}", remedy="Put the file into the data folder")
    return path


def _rendered(told: Mapping[str, Any], document: Mapping[str, Any], place: str) -> dict[str, Any]:
    try:
        text = f"{told.get('description') or ''}{filled(told['doc_to_text'], document)}"
        choices, target = _choices(told.get("doc_to_choice"), document), filled(told["doc_to_target"], document)
        if choices and target.isdecimal():
            target = choices[int(target)]
    except UNFIT as error:
        raise InputError(f"{place} does not fit the templates: {error}", remedy="Mend the row or the template") from error
    if choices and target not in choices:
        raise InputError(f"{place} has the answer {target!r}, which is none of its choices", remedy="Mend the row")
    return {"text": text, "target": target.strip(), "choices": tuple(choices)}


def _choices(told: Any, document: Mapping[str, Any]) -> list[str]:
    if told is None:
        return []
    found = told if isinstance(told, list) else document[told] if told in document else ast.literal_eval(filled(told, document))
    if not isinstance(found, list | tuple):
        raise TypeError(f"the choices are no list: {str(found)[:40]!r}")
    return [str(one).strip() for one in found]


def _one_set(told: Mapping[str, Any], choices: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    if told.get("output_type") != "multiple_choice":
        return ()
    if len(set(choices)) != 1 or not choices[0]:
        raise InputError(
            f"the choices of {told['task']} differ from row to row", remedy="Write them into doc_to_text, and name letters in doc_to_choice"
        )
    return choices[0]


def _task(told: Mapping[str, Any], name: str, licence: str, choices: Sequence[str], texts: str) -> dict[str, Any]:
    wanted = [one["metric"] for one in told.get("metric_list") or ()]
    if strange := [one for one in wanted if one not in METRICS]:
        raise InputError(f"{told['task']} is measured by {strange[0]}", remedy=f"Known are {', '.join(METRICS)}")
    generation = told.get("generation_kwargs") or {}
    measured = list(dict.fromkeys(METRICS[one] for one in wanted if choices or METRICS[one] == "exact_match"))
    until = generation.get("until") or []
    labelled = {"kind": "choice", "labels": {one: one for one in choices}} if choices else {"kind": "text"}
    return {
        "name": name, "title": str(told.get("task_alias") or told["task"]), "language": "zh" if CJK.search(texts) else "en",
        "licence": licence, "source": {"paths": [f"{name}.jsonl"]}, **labelled, "templates": ["{text}"],
        "metrics": measured or ["accuracy" if choices else "exact_match"], "split_column": "split",
        "max_tokens": int(generation.get("max_gen_toks") or 32), "stop": [until] if isinstance(until, str) else until,
    }  # fmt: skip


def export_task(name: str, data: Path, out: Path) -> TaskExchanged:
    """Write NAME.yaml and the rows of each part, as the harness reads them: ``lm_eval --include_path OUT --tasks NAME``.

    Raises InputError for a task whose answers the harness cannot compare.
    """
    task = load_task(name)
    if task.kind not in ("choice", "text", "score"):
        raise InputError(f"the answers of {task.name} are {task.kind}: the harness has no measure of them", remedy="Export another task")
    parts: dict[str, list[TaskRow]] = {part: [] for part in get_args(Split)}
    for row in read(task, data).rows:
        parts[split_of(task, row)].append(row)
    out.mkdir(parents=True, exist_ok=True)
    files = {part: out.resolve() / f"{task.name}-{part}.jsonl" for part, rows in parts.items() if rows}
    for part, file in files.items():
        lines = ({"id": row.id, "question": task.prompt(row), "answer": row.target} for row in parts[part])
        file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    path = out / f"{task.name}.yaml"
    path.write_text(yaml.safe_dump(_as_theirs(task, files), allow_unicode=True, sort_keys=False), "utf-8")
    return TaskExchanged(str(path), task.name, {part: len(rows) for part, rows in parts.items() if rows})


def _as_theirs(task: Task, files: Mapping[str, Path]) -> dict[str, Any]:
    content: dict[str, Any] = {
        "task": task.name, "task_alias": task.title, "dataset_path": "json",
        "dataset_kwargs": {"data_files": {part: str(file) for part, file in files.items()}},
        **{PARTS[part]: part for part in PARTS if part in files}, "doc_to_text": "{{question}}", "doc_to_target": "{{answer}}",
    }  # fmt: skip
    if task.kind == "choice":
        content |= {"output_type": "multiple_choice", "doc_to_choice": list(task.words), "metric_list": [{"metric": "acc"}]}
    else:
        until = task.stop or ["\n"]
        content |= {"output_type": "generate_until", "generation_kwargs": {"until": until, "max_gen_toks": task.max_tokens}}
        content["metric_list"] = [{"metric": "exact_match", "ignore_case": True}]
    return content | {"metadata": {"licence": task.licence}}
