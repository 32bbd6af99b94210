"""Rows of preferences: what is read, and what is refused by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from finfoundry.core.errors import InputError
from finfoundry.train.data.preferences import PreferenceRow, read_preferences

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
