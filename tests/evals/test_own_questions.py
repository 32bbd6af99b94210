"""Own questions from files that people write, judged strictly, and how they ended by kind, language, collection and person."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from finfoundry.core.errors import InputError
from finfoundry.evals.own.own_questions import ending, groups, score, suite_of
from finfoundry.evals.rows import Item, Reply, Row

ROWS: list[dict[str, Any]] = [
    {"question": "What was Tarn's revenue in FY2024?", "figures": "$1,241 million", "kind": "metric", "collection": "a"},
    {"question": "How did Tarn's revenue and margin stand in FY2024?", "figures": "$1,241 million; 12.3%", "kind": "several"},
    {"question": "塔恩公司2024年的营业收入是多少？", "figures": "12.41亿元", "kind": "metric", "as": "wang"},
    {"question": "Where does Tarn sit?", "words": "Bergen|Bergen, Norway", "kind": "event"},
    {"question": "What was Tarn's revenue in FY1999?", "nothing": "yes", "kind": "metric"},
]


def written(folder: Path, suffix: str, rows: list[dict[str, Any]] = ROWS) -> Path:
    file = folder / f"questions{suffix}"
    names = list(dict.fromkeys(name for row in rows for name in row))
    if suffix == ".jsonl":
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    elif suffix == ".csv":
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.DictWriter(out, names)
            writer.writeheader()
            writer.writerows(rows)
    else:
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet.append(names)
        for row in rows:
            sheet.append([row.get(name) for name in names])
        book.save(file)
    return file


def items(folder: Path, rows: list[dict[str, Any]] = ROWS) -> list[Item]:
    return list(suite_of(written(folder, ".jsonl", rows)).items(folder))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_one_file_is_as_another(tmp_path: Path, suffix: str) -> None:
    def told(file: Path) -> list[tuple[object, ...]]:
        return [(one.question, one.gold, one.kind, one.meta) for one in suite_of(file).items(tmp_path)]

    assert told(written(tmp_path, suffix)) == told(written(tmp_path, ".jsonl"))


@pytest.mark.parametrize(
    ("number", "status", "text", "verdict"),
    [
        (0, "answered", "Tarn's revenue was $1,241 million in FY2024.", "correct"),
        (0, "answered", "Tarn's revenue was $1.241 billion in FY2024.", "correct"),
        (0, "answered", "Tarn's revenue was $1,214 million in FY2024.", "wrong"),
        (0, "answered", "Tarn's revenue was 1,241 million euro in FY2024.", "wrong"),
        (0, "no_evidence", "", "no_evidence"),
        (1, "answered", "Tarn's revenue was $1,241 million and its margin 12.3% in FY2024.", "correct"),
        (1, "answered", "Tarn's revenue was $1,241 million in FY2024.", "in part"),
        (1, "answered", "Tarn's revenue was $1,300 million in FY2024.", "wrong"),
        (2, "answered", "塔恩公司2024年的营业收入为12.41亿元。", "correct"),
        (2, "answered", "塔恩公司2024年的营业收入为12.41万元。", "wrong"),
        (3, "answered", "Tarn sits in Bergen.", "correct"),
        (3, "answered", "Tarn sits in Oslo.", "wrong"),
        (4, "no_evidence", "", "correct"),
        (4, "answered", "It was $3 million in FY1999.", "wrong"),
    ],
)
def test_answers_are_judged(tmp_path: Path, number: int, status: str, text: str, verdict: str) -> None:
    assert score(items(tmp_path)[number], Reply(text, status)).verdict == verdict


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"question": "What was it?"}, "row 1 .* says nothing of what is right"),
        ({"question": "What was it?", "figures": "12%", "nothing": True}, "row 1 .* says nothing of what is right"),
        ({"question": "What was it?", "figures": "much"}, '"much" is not one figure'),
        ({"question": "What was it?", "figures": "from 3 to 5 million"}, "is not one figure"),
        ({"figures": "12%"}, "row 1 of questions.jsonl"),
    ],
)
def test_a_row_that_is_no_question_with_its_truth_is_named(tmp_path: Path, row: dict[str, Any], fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        items(tmp_path, [row])


def test_files_that_are_none_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    (tmp_path / "b.jsonl").write_text("{", "utf-8")
    (tmp_path / "c.xlsx").write_bytes(b"no workbook")
    for name in ("a.pdf", "b.jsonl", "c.xlsx", "away.csv"):
        with pytest.raises(InputError) as raised:
            suite_of(tmp_path / name)
        assert raised.value.remedy


def test_two_questions_of_one_id_are_refused(tmp_path: Path) -> None:
    row = {"id": "q1", "question": "Where?", "words": "Bergen"}
    with pytest.raises(InputError, match="q1 twice"):
        items(tmp_path, [row, row])


def test_endings_are_counted_by_what_the_asker_names(tmp_path: Path) -> None:
    asked = items(tmp_path)
    replies = [
        Reply("Tarn's revenue was $1,241 million in FY2024."), Reply("Tarn's revenue was $1,241 million in FY2024."),
        Reply("", "no_evidence"), Reply("Oslo."), Reply("", "no_evidence"),
    ]  # fmt: skip
    rows = [Row.of(item, reply, score(item, reply), 0.1) for item, reply in zip(asked, replies, strict=True)]
    assert [ending(row) for row in rows] == ["right", "in part", "no answer", "wrong", "right"]
    found = {(one.by, one.name): one for one in groups(rows, asked)}
    assert found["all", ""].endings["right"].value == pytest.approx(0.4)
    assert {name for by, name in found if by == "language"} == {"en", "zh"}
    assert found["as", "wang"].endings["no answer"].value == 1.0
    assert {name for by, name in found if by == "collection"} == {"", "a"}
    assert all(end.low <= end.value <= end.high for one in found.values() for end in one.endings.values())
