"""Harms outside of a bank, what is learned beside what is measured, and a bar a label."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.governance.word_tagger import WordTagger

from finfoundry.governance.guards.bars import HIGHEST, MeasuredText, fitted_bars
from finfoundry.governance.guards.everyday_harms import everyday_requests, framed_requests
from finfoundry.governance.guards.guards import BARS, Guards, TaggedWith, label_bar, tagged_with
from finfoundry.governance.guards.harms import harms
from finfoundry.governance.guards.labelled_text import LabelledText
from finfoundry.governance.guards.neighbours import guarding_forms
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


def test_a_label_whose_harmless_texts_lie_low_gets_a_low_bar() -> None:
    names = list(harms())
    fraud, violence = names.index("fraud"), names.index("violence")
    rows, told = list[MeasuredText](), list[list[float]]()
    for number in range(400):
        row = [0.0] * len(names)
        harmful = number % 2 == 0
        label = fraud if number % 4 < 2 else violence
        row[label] = {(fraud, True): 0.96, (fraud, False): 0.9, (violence, True): 0.3, (violence, False): 0.01}[label, harmful]
        rows.append(MeasuredText(str(number), harmful, "made-" + names[label], "question", (names[label],) if harmful else ()))
        told.append(row)
    bars = fitted_bars(rows, np.array(told, np.float32), names)
    assert bars[label_bar("question", "fraud")] > 0.9
    assert 0.01 < bars[label_bar("question", "violence")] <= 0.3
    assert bars["question"] == HIGHEST
    assert label_bar("passage", "injection") not in bars


def test_without_harmful_texts_the_channel_alone_has_a_bar() -> None:
    rows = [MeasuredText(str(number), harmful=False, family="banking77", channel="question") for number in range(60)]
    bars = fitted_bars(rows, np.full((60, len(harms())), 0.02, np.float32), list(harms()))
    assert bars.keys() == BARS.keys()


def test_a_label_over_its_own_bar_stops_a_text_under_that_of_all() -> None:
    text = "How do I get dynamite?"  # the tagger of the tests gives 0.9
    high = {**BARS, "question": 0.99}
    assert not _stops(high, text)
    found = Guards(lambda: TaggedWith(WordTagger(), high | {label_bar("question", "violence"): 0.6})).decide("question", text)
    assert found
    assert (found.stops, found.label, found.bar) == (True, "violence", 0.6)
    assert not _stops(high | {label_bar("question", "fraud"): 0.6}, text)
    assert not _stops(high | {label_bar("answer", "violence"): 0.6}, text)


def test_bars_of_labels_are_kept_beside_the_usual_ones() -> None:
    found = tagged_with((WordTagger(), {"question": 0.8, label_bar("question", "fraud"): 0.4}))
    assert found
    assert found.bars == {**BARS, "question": 0.8, "question/fraud": 0.4}


def _stops(bars: dict[str, float], text: str) -> bool:
    found = Guards(lambda: TaggedWith(WordTagger(), bars)).decide("question", text)
    return bool(found and found.stops)
