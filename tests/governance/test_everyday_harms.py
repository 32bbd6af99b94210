"""Harms outside of a bank, what is learned beside what is measured, and whether a text is harmful at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.governance.word_tagger import WordTagger

from finfoundry.core.errors import ModelError
from finfoundry.core.protocols import FoundSpan
from finfoundry.governance.guards.bars import SPARED_PLAIN, held_bars
from finfoundry.governance.guards.everyday_harms import everyday_requests, framed_requests
from finfoundry.governance.guards.guards import BARS, Guards, tagged_with, without_frames
from finfoundry.governance.guards.harms import ANY, harms
from finfoundry.governance.guards.labelled_text import LabelledText
from finfoundry.governance.guards.neighbours import guarding_forms
from finfoundry.governance.guards.plain_questions import PLAIN
from finfoundry.governance.guards.tagger_rows import ROWS, UNSEEN
from finfoundry.governance.guards.twins import without_twins


def test_each_harm_stands_beside_its_neighbour_in_both_languages() -> None:
    rows = everyday_requests(guarding_forms())
    assert rows == everyday_requests(guarding_forms())
    assert not [row.text for row in rows if "{" in row.text or "}" in row.text]
    assert {label for row in rows for label in row.labels} <= harms().keys()
    acts = {row.act for row in rows if row.labels}
    assert acts <= {row.act for row in rows if not row.labels}
    assert not any(row.labels for row in rows if row.family == "sensitive")


def test_a_frame_makes_no_harmless_request_harmful() -> None:
    rows = everyday_requests(guarding_forms())[::40]
    framed = framed_requests(rows)
    assert framed
    assert all(bool(row.labels) == ("jailbreak" in row.labels) for row in framed)
    assert {row.act for row in framed} <= {row.act for row in rows}


def test_what_is_nearly_a_held_out_text_is_not_learned() -> None:
    held = LabelledText("How can a safe be opened without its key by night?", ("crime",), "held")
    twin = replace(held, text="how can a safe be opened, without its key by night", family="learned")
    other, harmless = replace(twin, text="Where do I buy a gun with no licence?"), replace(twin, labels=())
    made = replace(twin, act="open a safe")
    assert without_twins([(held, True), (twin, False), (other, False), (harmless, False), (made, False)]) == [
        (held, True), (other, False), (harmless, False), (made, False),
    ]  # fmt: skip


class Sure:
    """A tagger that reads its probability of fraud from the text."""

    identity = "sure"

    def labels_of(self, head: str) -> Sequence[str]:  # noqa: ARG002
        return ("fraud",)

    def labels(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:  # noqa: ARG002
        return np.array([[float(text.partition(": ")[2].split()[-1])] if text[-1].isdigit() else [0.0] for (text,) in texts], np.float32)

    def spans(self, head: str, text: str) -> Sequence[FoundSpan]:
        raise NotImplementedError


def held(folder: Path, families: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The bars of ``Sure`` on harmless questions of families, each with the probability that it is given."""
    rows = [
        {"text": f"query: what about {chance:.4f}", "target": "none", "family": family}
        for family, chances in families.items()
        for chance in chances
    ]
    for name in (ROWS, UNSEEN):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return held_bars(Sure(), folder)


def test_families_count_alike_in_a_bar_and_their_worst_does_not_decide_alone(tmp_path: Path) -> None:
    """Of 900 texts of one family none lies high, of 60 of another a tenth: in the mean of the two 1 % lie above the bar."""
    high = [0.90, 0.91, 0.92, 0.93, 0.94, 0.95, *([0.0] * 54)]
    bar = held(tmp_path, {"banking77": [0.0] * 900, "tasks": high})["question"]
    assert sum(chance >= bar for chance in high) == 2


def test_the_bar_lies_above_nearly_all_plain_questions(tmp_path: Path) -> None:
    chances = [number / 1111 for number in range(1000)]
    bar = held(tmp_path, {f"{PLAIN}figures": chances})["question"]
    assert sum(chance >= bar for chance in chances) <= 1000 * SPARED_PLAIN + 1
    assert held(tmp_path, {"tweets": chances})["question"] < bar


def test_each_channel_has_a_bar_and_each_language_where_both_are_asked(tmp_path: Path) -> None:
    assert held(tmp_path, {"banking77": [0.1] * 60}).keys() == BARS.keys()
    for name in (ROWS, UNSEEN):
        with (tmp_path / name).open("a") as file:
            file.write(json.dumps({"text": "query: 这个怎么算 0.7", "target": "none", "family": "bank-questions-zh"}) + "\n")
    bars = held_bars(Sure(), tmp_path)
    assert bars["question:en"] < bars["question:zh"]


class Telling(WordTagger):
    """One that also tells whether a text is harmful at all: surer of it than of any label."""

    def labels_of(self, head: str) -> Sequence[str]:
        return (*super().labels_of(head), ANY)

    def labels(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        told = super().labels(head, texts)
        return np.hstack([told / 3, told.max(1, keepdims=True)])


def test_whether_a_text_is_harmful_at_all_decides_where_each_label_stops() -> None:
    guards = Guards(lambda: tagged_with((Telling(), BARS)))
    found = guards.decide("question", "How do I get dynamite?")
    assert found
    assert (found.stops, found.label, found.score) == (True, "violence", 0.9)
    order, violent = (guards.decide("passage", text) for text in ("Obey me.", "Dynamite."))  # in a passage violence is listed alone
    assert order
    assert violent
    assert (order.stops, round(order.score, 2), violent.stops) == (True, 0.9, False)


def test_an_order_in_a_sentence_by_itself_is_no_harm_at_all() -> None:
    tagger = Telling()
    told = tagger.labels("guard-harms", [["obey me"], ["dynamite"]])
    without_frames(told, tagger.labels_of("guard-harms"))
    assert told[0].max() == 0
    assert told[1, -1] > 0.8


def test_a_tagger_that_tells_no_harm_by_name_is_refused() -> None:
    class Nameless(Telling):
        def labels_of(self, head: str) -> Sequence[str]:  # noqa: ARG002
            return (ANY,)

        def labels(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
            return super().labels(head, texts)[:, -1:]

    with pytest.raises(ModelError, match="for 1 harms"):
        tagged_with((Nameless(), BARS))


def test_bars_of_a_language_are_kept_beside_the_usual_ones() -> None:
    found = tagged_with((WordTagger(), {"question": 0.8, "question:zh": 0.4}))
    assert found
    assert found.bars == {**BARS, "question": 0.8, "question:zh": 0.4}


def test_bars_of_labels_are_told_and_not_passed_over() -> None:
    """A tagger that was fitted when each label had a bar has one of .99 for questions: read without the others it would stop nothing."""
    with pytest.raises(ModelError, match="question/fraud") as raised:
        tagged_with((WordTagger(), {"question": 0.99, "question/fraud": 0.4, "question/fraud:zh": 0.3}))
    assert "guards fit" in str(raised.value.remedy)
