"""Task files: each shipped one is whole, and its rows are read, split and asked as it says."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.errors import InputError
from finfoundry.core.tasks import EntitySpan, TaskRow, load_task, read, rows, task_names
from finfoundry.core.tasks.task_rows import split_of

DATA = Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data"))
FEELING = """
name: feeling
title: Feelings
language: en
licence: CC0-1.0
source: {paths: ["*.json"], columns: [text, label]}
target: label
kind: choice
labels: {"0": bad, "1": good}
templates: ["{text} Feeling:"]
metrics: [accuracy]
"""


def write(folder: Path, text: str = FEELING, **changed: object) -> Path:
    path = folder / "feeling.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(text) | changed, allow_unicode=True), encoding="utf-8")
    return path


def test_every_shipped_task_states_licence_template_and_metric() -> None:
    """The tasks that the issue names are there, each under its file's name."""
    named = {"finfe", "finne", "finre", "finnl", "finnsp", "finese", "finqa", "fincqa", "finna"}
    named |= {"sentfin", "fiqa-sa", "tfns", "banking77", "finer-ord", "tatqa", "ner-zh"}
    named |= {"headline-direction", "fiqa-direction", "payment-risk", "credit-narrative", "product-recommendation"}
    assert named <= set(task_names())
    for name in task_names():
        task = load_task(name)
        assert task.name == name
        assert task.licence


@pytest.mark.parametrize("name", task_names())
def test_shipped_tasks_read_their_data(name: str) -> None:
    """Every row can be asked, and its own reference has the form of an answer."""
    task = load_task(name)
    if not DATA.exists() or name.startswith(("question-", "support-", "evidence-", "figure-", "guard-", "chain-", "personal-")):
        pytest.skip("no development data: set FINFOUNDRY_DATA, or make the rows (finfoundry reader|support|guards|chains|privacy data)")
    reading = read(task, DATA)
    assert len({row.id for row in reading.rows}) == len(reading.rows) > 100
    for row in reading.rows:
        assert task.prompt(row)
        assert task.read(row.target, row.fields.get("text", "")) is not None


def test_rows_of_one_text_never_part(tmp_path: Path) -> None:
    """Spaces, width and letter case aside, a text is in one split, in whichever file."""
    task = load_task(write(tmp_path))
    (tmp_path / "a.json").write_text(json.dumps([[f"Text {i // 2}" + " " * (i % 2), "1"] for i in range(400)]))
    parts = {split: {row.group.strip() for row in rows(task, tmp_path, split)} for split in ("train", "dev", "test")}
    assert not parts["train"] & parts["dev"]
    assert not parts["train"] & parts["test"]
    assert 130 < len(parts["train"]) < 190
    assert sum(map(len, parts.values())) == 200


@given(st.text(min_size=1))
def test_the_split_is_of_the_group_alone(text: str) -> None:
    """Two tasks with one split put one text on one side."""
    one, other = load_task("finfe"), load_task("finne")
    assert split_of(one, TaskRow("1", {}, "", text)) == split_of(other, TaskRow("2", {"x": "y"}, "z", text))


def test_a_label_that_is_not_listed_is_named(tmp_path: Path) -> None:
    """Refused with the row and the label, or left out and counted where the task says so."""
    (tmp_path / "a.json").write_text(json.dumps([["fine", "1"], ["odd", "7"]]))
    with pytest.raises(InputError, match=r"feeling/2 has the label '7'"):
        read(load_task(write(tmp_path)), tmp_path)
    reading = read(load_task(write(tmp_path, skip_unknown=True)), tmp_path)
    assert [row.target for row in reading.rows] == ["good"]
    assert reading.skipped == {"7": 1}


def test_bad_files_are_named(tmp_path: Path) -> None:
    """A misspelt key, a file that is not there, one that is not UTF-8, a row of the wrong length."""
    with pytest.raises(InputError, match="templtes"):
        load_task(write(tmp_path, templtes=["x"]))
    task = load_task(write(tmp_path))
    with pytest.raises(InputError, match=r"finds no \*\.json"):
        read(task, tmp_path)
    (tmp_path / "a.json").write_bytes(b'[["\xff", "1"]]')
    with pytest.raises(InputError, match="not UTF-8: byte 3"):
        read(task, tmp_path)
    (tmp_path / "a.json").write_text('[["x"]]')
    with pytest.raises(InputError, match="1 values, the task names 2 columns"):
        read(task, tmp_path)
    with pytest.raises(InputError, match="there is no task nothing"):
        load_task("nothing")


def test_answers_are_read_strictly() -> None:
    """A word of the labels, in any case and with a full stop; nothing else."""
    task = load_task("tfns")
    assert task.read(" Bullish. ") == "bullish"
    assert task.read("It is bullish") is None
    topics = load_task("finnl")
    assert topics.read("公司 中国") == topics.read("中国、公司") == ("中国", "公司")
    assert topics.read("中国 火星") is None
    subjects = load_task("finnsp")
    assert subjects.read("无") == ()
    assert subjects.read("甲公司；乙公司") == ("甲公司", "乙公司")


def test_entities_are_found_one_after_the_other() -> None:
    """The second mention of a name is the second one in the text; one that is not in the text is wrong, not lost."""
    task = load_task("ner-zh")
    text = "美国与美国银行"
    assert task.read("地点: 美国\n机构：美国银行", text) == (EntitySpan(0, 2, "地点"), EntitySpan(3, 7, "机构"))
    assert task.read("地点: 美国\n地点: 美国", text) == (EntitySpan(0, 2, "地点"), EntitySpan(3, 5, "地点"))
    assert task.read("地点: 法国", text) == (EntitySpan(-1, -1, "地点"),)
    assert task.read("没有", text) is None


def test_examples_are_turns_of_the_conversation() -> None:
    """A few-shot prompt is the same question, answered before."""
    task = load_task("sentfin")
    one = TaskRow("1", {"text": "A rises", "entity": "A"}, "positive", "A rises")
    other = TaskRow("2", {"text": "B falls", "entity": "B"}, "negative", "B falls")
    assert [(message.role, message.content.splitlines()[-2:]) for message in task.messages(other, (one,))] == [
        ("user", ["Headline: A rises", "Sentiment:"]),
        ("assistant", ["positive"]),
        ("user", ["Headline: B falls", "Sentiment:"]),
    ]


def test_a_headline_with_bare_apostrophes_is_read(tmp_path: Path) -> None:
    """SEntFiN prints dictionaries that Python itself cannot read."""
    (tmp_path / "en_tasks").mkdir()
    (tmp_path / "en_tasks" / "SEntFiN.csv").write_text(
        "S No.,Title,Decisions,Words\n1,Sebi on Osian's Art Fund,\"{'Sebi': 'neutral', 'Osian's Art Fund': 'negative'}\",5\n"
    )
    found = [(row.fields["entity"], row.target) for row in rows(load_task("sentfin"), tmp_path)]
    assert found == [("Sebi", "neutral"), ("Osian's Art Fund", "negative")]


def test_another_template_is_asked_for_by_its_number() -> None:
    task = load_task("finfe@1")
    assert task.name == "finfe"
    assert task.templates == [load_task("finfe").templates[1]]
    with pytest.raises(InputError, match="task finfe has no template 9"):
        load_task("finfe@9")


def test_a_row_of_a_table_is_told_by_the_columns_that_are_named(tmp_path: Path) -> None:
    (tmp_path / "loans.csv").write_text("income,sex,paid_late,paid\n900,f,,1\n120,m,3,0\n", "utf-8")
    source = {"paths": ["loans.csv"], "reader": "table", "columns": ["income", "paid_late"]}
    told = write(tmp_path, source=source, target="paid")
    assert [(row.fields["text"], row.target) for row in rows(load_task(str(told)), tmp_path)] == [
        ("income: 900", "good"),
        ("income: 120; paid late: 3", "bad"),
    ]
    absent = load_task(str(write(tmp_path, source=source | {"columns": ["age"]}, target="paid")))
    with pytest.raises(InputError, match="has no column age"):
        rows(absent, tmp_path)
