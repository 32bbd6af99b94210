"""Rows of preferences: what is read, and what is refused by file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from finfoundry.core.errors import InputError
from finfoundry.train.conversations import conversations
from finfoundry.train.data.plain_documents import documents
from finfoundry.train.data.preferences import PreferenceRow, numbered_preferences, read_preferences
from finfoundry.train.light.corpus import texts_of

ASKED = ({"role": "system", "content": "Be short."}, {"role": "user", "content": "利润是多少?"})


def test_a_row_comes_back_as_it_was_written(tmp_path: Path) -> None:
    row = PreferenceRow(ASKED, "5 亿元 [1]。", "5 万元 [1]。", "feedback", "internal", ("desk",))
    (tmp_path / "p.jsonl").write_text(row.line + "\n", "utf-8")
    assert read_preferences(tmp_path / "p.jsonl") == [row]


def test_a_prompt_alone_is_what_a_user_asks(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text('{"prompt": "Q", "chosen": "a", "rejected": "b"}\n', "utf-8")
    assert read_preferences(tmp_path / "p.jsonl")[0].messages == ({"role": "user", "content": "Q"},)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"prompt": "Q", "chosen": "a", "rejected": " a "}', "both sides are equal"),
        ('{"prompt": "Q", "chosen": "a"}', "rejected"),
        ('{"prompt": "Q", "chosen": "a", "rejected": ""}', "rejected is no text"),
        ('{"messages": [], "chosen": "a", "rejected": "b"}', "end with what a user asks"),
        ('{"messages": [{"role": "robot", "content": "x"}], "chosen": "a", "rejected": "b"}', "no role 'robot'"),
        ("[1, 2]", "no preference"),
        ("{", "no preference"),
    ],
)
def test_what_is_no_preference_is_named_by_its_line(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text('{"prompt": "Q", "chosen": "a", "rejected": "b"}\n' + line + "\n", "utf-8")
    with pytest.raises(InputError, match="line 2") as refused:
        read_preferences(path)
    assert why in str(refused.value)


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\u0085"])
def test_only_a_line_feed_ends_a_line_of_json(sign: str, tmp_path: Path) -> None:
    """In every reader of JSON lines; the numbers of lines stay right, whichever way the lines end."""
    text = f"first{sign}second"
    row = {"prompt": text, "chosen": "a", "rejected": "b", "instruction": text, "output": "a", "text": text}
    path = tmp_path / "rows.jsonl"
    line = json.dumps(row, ensure_ascii=False)
    path.write_bytes(f"{line}\r\n\r\n{line}\n".encode())
    assert [number for number, _ in numbered_preferences(path)] == [1, 3]
    assert [talk.id for talk in conversations(path, "rows.jsonl")] == ["rows.jsonl:1", "rows.jsonl:3"]
    assert [one.id for one in documents([path], tmp_path)] == ["rows.jsonl:1", "rows.jsonl:3"]
    assert "".join(texts_of([path])).count("second") == 2 * 3
