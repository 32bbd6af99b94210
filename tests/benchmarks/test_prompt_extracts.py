"""Whether the extracts of a prompt are told to hold an answer."""

from __future__ import annotations

import pytest

from dialogues import Turn
from prompt_extracts import held, states_an_answer

TEXT = "Revenue rose to $1,234 million, of which 5.2% was from 1,300 stores in the North."


@pytest.mark.parametrize(
    ("must", "told"),
    [
        ([["num:1234000000"]], True), ([["num:-1234000000"]], True), ([["num:1243000000"]], False), ([["pct:5.2"]], True),
        ([["North"], ["num:1300"]], True), ([["North"], ["num:1400"]], False), ([["South", "North"]], True), ([["30"]], False),
    ],
)  # fmt: skip
def test_an_answer_stands_in_a_text_where_each_group_does(must: list[list[str]], told: bool) -> None:
    assert held(TEXT, must) is told


def test_questions_that_nothing_answers_or_that_ask_back_are_left_out() -> None:
    assert [states_an_answer(Turn("", must, "none")) for must in ([], [["?"]], [["North"]])] == [False, False, True]
