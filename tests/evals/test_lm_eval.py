"""Tasks of lm-evaluation-harness, as its files are written, and answers in JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from finfoundry.core.errors import InputError
from finfoundry.core.tasks import load_task, read
from finfoundry.core.tasks.json_value import json_value
from finfoundry.core.tasks.task_rows import split_of
from finfoundry.evals.exchange.lm_eval import export_task, import_task
from finfoundry.evals.exchange.row_templates import filled
from finfoundry.evals.rows import Reply
from finfoundry.evals.suites.tasks import items, score

CHOICE: dict[str, Any] = {
    "task": "desk_Mood", "dataset_path": "json", "output_type": "multiple_choice", "training_split": "train", "test_split": "check",
    "dataset_kwargs": {"data_files": {"train": "mood/train.jsonl", "check": "mood/check.jsonl"}},
    "description": "Tell the mood.\n\n", "doc_to_text": "{% if who %}{{who | upper}} wrote: {% endif %}{{note}}\nMood:",
    "doc_to_choice": ["good", "bad"], "doc_to_target": "label", "metric_list": [{"metric": "acc"}, {"metric": "f1"}],
}  # fmt: skip
ROWS = {"train": [("it rose", 0, "ann"), ("it fell", 1, "")], "check": [("it broke", 1, "bo")]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mood").mkdir()
    for part, rows in ROWS.items():
        lines = (json.dumps({"note": note, "label": label, "who": who}) for note, label, who in rows)
        (tmp_path / "mood" / f"{part}.jsonl").write_text("\n".join(lines), "utf-8")
    return tmp_path


def written(folder: Path, **given: Any) -> Path:
    path = folder / "task.yaml"
    path.write_text(yaml.safe_dump(CHOICE | given), "utf-8")
    return path


def test_a_task_keeps_its_prompts_its_parts_and_its_choices(folder: Path) -> None:
    made = import_task(written(folder), folder, folder / "ours", "MIT")
    assert (made.name, made.rows) == ("desk-mood", {"train": 2, "test": 1})
    task = load_task(made.task)
    assert (task.words, task.metrics, task.licence) == (("good", "bad"), ["accuracy", "macro_f1"], "MIT")
    found = [(split_of(task, row), task.prompt(row), row.target) for row in read(task, folder / "ours").rows]
    assert found == [
        ("train", "Tell the mood.\n\nANN wrote: it rose\nMood:", "good"), ("train", "Tell the mood.\n\nit fell\nMood:", "bad"),
        ("test", "Tell the mood.\n\nBO wrote: it broke\nMood:", "bad"),
    ]  # fmt: skip


def test_there_and_back_nothing_changes(folder: Path) -> None:
    made = import_task(written(folder), folder, folder / "ours")
    theirs = export_task(made.task, folder / "ours", folder / "theirs")
    again = import_task(Path(theirs.task), folder / "theirs", folder / "again")
    assert again.rows == made.rows
    one, other = (read(load_task(told.task), folder / where) for told, where in ((made, "ours"), (again, "again")))
    assert [(row.fields, row.target) for row in one.rows] == [(row.fields, row.target) for row in other.rows]


def test_generated_answers_end_where_the_task_says(folder: Path) -> None:
    given = {"output_type": "generate_until", "doc_to_target": "{{['up', 'down'][label]}}", "metric_list": [{"metric": "exact_match"}]}
    path = written(folder, **given, doc_to_choice=None, generation_kwargs={"until": ["\n\n"], "max_gen_toks": 9})
    task = load_task(import_task(path, folder, folder / "ours").task)
    assert (task.kind, task.stop, task.max_tokens, task.metrics) == ("text", ["\n\n"], 9, ["exact_match"])
    assert [row.target for row in read(task, folder / "ours").rows] == ["up", "down", "down"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"process_docs": "clean"}, "the key process_docs"),
        ({"dataset_path": "glue"}, "from a hub"),
        ({"output_type": "loglikelihood"}, "output_type loglikelihood"),
        ({"metric_list": [{"metric": "bleu"}]}, "measured by bleu"),
        ({"doc_to_choice": "{{[note, 'bad']}}"}, "differ from row to row"),
        ({"doc_to_text": "{{nothing}}"}, "row 1 of mood/train.jsonl does not fit"),
        ({"doc_to_text": "{{''.__class__.__mro__}}"}, "does not fit the templates"),
        ({"doc_to_target": "{{note}}"}, "none of its choices"),
        ({"training_split": None, "test_split": None}, "no part with rows"),
        ({"test_split": "elsewhere"}, "no file of test_split elsewhere"),
        ({"test_split": ["check"]}, "test_split"),
        ({"metric_list": {"metric": "acc"}}, "metric_list"),
        ({"generation_kwargs": ["until"]}, "generation_kwargs"),
        ({"generation_kwargs": {"max_gen_toks": "a few"}}, "generation_kwargs.max_gen_toks"),
        ({"dataset_kwargs": "mood"}, "dataset_kwargs"),
        ({"doc_to_target": None}, "doc_to_target"),
        ({"doc_to_target": "{{none}}"}, "a value is null"),
        ({"doc_to_choice": "{{label}}"}, "choices are no list"),
        ({"task": "情绪"}, "without a Latin letter"),
    ],
)
def test_what_is_not_read_is_named(given: dict[str, Any], said: str, folder: Path) -> None:
    with pytest.raises(InputError, match=said):
        import_task(written(folder, **given), folder, folder / "ours")
    assert not (folder / "ours").exists()


@pytest.mark.parametrize("outside", ["../others.jsonl", "mood/../../others.jsonl", "{}/others.jsonl", "mood/linked.jsonl"])
def test_a_task_reads_no_file_outside_its_data(outside: str, folder: Path) -> None:
    data = folder / "data"
    data.mkdir()
    (folder / "mood").rename(data / "mood")
    (folder / "others.jsonl").write_text(json.dumps({"note": "of somebody else", "label": 0, "who": ""}), "utf-8")
    (data / "mood" / "linked.jsonl").symlink_to(folder / "others.jsonl")
    files = {"train": outside.format(folder), "check": "mood/check.jsonl"}
    with pytest.raises(InputError, match="outside"):
        import_task(written(folder, dataset_kwargs={"data_files": files}), data, folder / "ours")


@pytest.mark.parametrize(
    "template",
    [
        "{{ [note] * 99999999 }}",
        "{{ 99999999 * note }}",
        "{{ 7 ** (7 ** 9) }}",
        "{% set n = 12345 %}" + "{% set n = n * n %}" * 40 + "{{ n }}",
        "{{ '%99999999s' % note }}",
        "{{ note | center(99999999) }}",
        "{{ note.ljust(99999999) }}",
        "{% for one in range(99999) %}{{ note }}{% endfor %}",
        "{% for one in range(900) %}{% for other in range(900) %}{{ note }}{% endfor %}{% endfor %}",
        "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% macro twice(n) %}{% if n %}{{ twice(n - 1) }}{{ twice(n - 1) }}{% endif %}{% endmacro %}{{ twice(60) }}",
        "{% for n in [40] recursive %}{% if n %}{{ loop([n - 1, n - 1]) }}{% endif %}{% endfor %}",
        "{% for n in range(300) recursive %}{% if loop.depth < 4 %}{{ loop(range(300)) }}{% endif %}{% endfor %}",
        f"{{% for n in {[1] * 30} %}}" * 6 + "{% endfor %}" * 6,  # lists that are written out
        "{% set t = note * 9000 %}" + "{% for n in range(300) %}" * 2 + "{% set u = t | upper %}" + "{% endfor %}" * 2,
        "{% set t = note * 9000 %}" + "{% for n in range(300) %}" * 2 + "{% set u = t.upper() %}" + "{% endfor %}" * 2,
        "{% set t = note * 1000 %}" + "{% set t = t ~ t %}" * 40 + "{{ t }}",
        "{% set t = note * 1000 %}" + "{% set t = t + t %}" * 40 + "{{ t }}",
        "{% macro again(t) %}{{ again(t) }}{% endmacro %}{{ again(note) }}",
        "{{ 3 // 0 }}",
    ],
)
def test_a_template_without_measure_is_refused_at_once(template: str, folder: Path) -> None:
    with pytest.raises(InputError, match=r"row 1 of mood/train\.jsonl does not fit"):
        import_task(written(folder, doc_to_text=template), folder, folder / "ours")


def test_sums_and_products_of_a_measure_are_filled() -> None:
    row = {"a": "x", "n": 3}
    assert filled("{{ a * 2 ~ n ~ (n * 2 + 2 ** 3) ~ n % 2 }}{% for i in range(n) %}{{ i }}{% endfor %}", row) == "xx3141012"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([1, 2], "has no columns"),
        (5, "has no columns"),
        ({"note": "it fell", "label": None, "who": ""}, "a value is null"),
    ],
)
def test_a_row_without_values_is_named(given: Any, said: str, folder: Path) -> None:
    (folder / "mood" / "train.jsonl").write_text('{"note": "it rose", "label": 0, "who": ""}\n' + json.dumps(given), "utf-8")
    with pytest.raises(InputError, match=f"row 2 of .*{said}"):
        import_task(written(folder), folder, folder / "ours")


def test_code_is_never_run(folder: Path) -> None:
    path = folder / "task.yaml"
    path.write_text("task: x\ndataset_path: json\ndoc_to_text: !function utils.text\ndoc_to_target: a\n", "utf-8")
    with pytest.raises(InputError, match=r"utils\.text is code"):
        import_task(path, folder, folder / "ours")


def test_answers_in_json_are_compared_by_value(tmp_path: Path) -> None:
    """Blanks, the order of keys and the way a number is written say nothing; a kind, a key or a value does."""
    (tmp_path / "plan.jsonl").write_text(json.dumps({"text": "q", "target": '{"a": [1, 2.50], "b": true}'}), "utf-8")
    (tmp_path / "plan.yaml").write_text(
        "name: plan\ntitle: a plan\nlanguage: en\nlicence: MIT\nsource: {paths: [plan.jsonl]}\nkind: text\nsplit: [0, 0, 1]\n"
        "templates: ['{text}']\nmetrics: [exact_match]\n",
        "utf-8",
    )
    task = load_task(tmp_path / "plan.yaml")
    (item,) = items(task, tmp_path)
    for text in ('{"b":true,"a":[1.0,2.5]}', '\n{ "a": [1,\n2.5], "b": true }\n'):
        assert score(task, item, Reply(text)).verdict == "correct"
    for text in ('{"a": [1, 2.5], "b": 1}', '{"a": [2.5, 1], "b": true}', '{"a": [1, 2.5]}', '{"a": [1, 2.5], "b": true', "none"):
        assert score(task, item, Reply(text)).verdict == "wrong"
    assert json_value("[NaN]") is None
    assert json_value("12") is None
