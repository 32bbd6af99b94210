"""What the measure of the base model's word says of sentences."""

from __future__ import annotations

from dialogues import Turn
from model_opinions import Read, answers, figures


def test_a_sentence_answers_where_it_holds_one_of_each_group() -> None:
    turn = Turn("How much did the quay cost, and who built it?", [["num:3000000"], ["Tarn", "Larkspur"]], "none")
    assert answers(turn, "Larkspur built the quay for $3 million.")
    assert not answers(turn, "Larkspur built the quay for $4 million.")
    assert not answers(turn, "The quay cost $3 million.")


def test_the_model_may_order_better_than_words() -> None:
    told = figures([[Read(False, 0.6, 0.2, 1.0), Read(True, 0.4, 0.8, 2.0)], [Read(True, 0.5, 0.7, 1.0)], []])
    assert told["that answer"] == 2
    assert told["area under the curve"] == {"worth": 0.0, "model": 1.0, "both": 1.0}
    assert told["first sentence answers"] == {"worth": 1, "model": 2, "both": 2}
    assert (told["questions"], told["sentences"], told["seconds a sentence, median"]) == (3, 3, 1.0)
