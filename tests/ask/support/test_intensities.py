"""Sentences made false in one place, in several, in most of what they say: each place is marked, and nothing else."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from finfoundry.ask.support.false_sentences import KINDS, Others
from finfoundry.ask.support.intensities import SHARES, Intensity, drawn, intensity_of, made_false_in
from finfoundry.core.answer import Language

OTHERS = Others(
    ["Adatum", "Tailspin", "Wingtip"], ["wooden toys", "garden chairs"], ["it also owns a fleet of boats in the north", "pays no dividends"]
)
OTHERS_ZH = Others(["南山银行", "东海银行"], ["培训", "招聘"], ["并定期公布经营结果", "同时设立境外分支机构"])
TEXTS: tuple[tuple[Language, str, Others], ...] = (
    ("en", "The company competes with Adatum in Norway, sells tyres, bicycle frames, and steel chains, and is listed since March.", OTHERS),
    ("zh", "南山银行应当在三月向上海市的监管部门报告信贷、结算、托管等业务。", OTHERS_ZH),
)
WANTED: tuple[Intensity, ...] = ("slight", "several", "gross")


def unmarked(text: str, spans: tuple[tuple[int, int], ...]) -> list[str]:
    """What of a text stands outside its spans."""
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    return [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]


@pytest.mark.parametrize(("language", "text", "others"), TEXTS)
@pytest.mark.parametrize("wanted", WANTED)
def test_all_that_was_changed_is_marked_and_what_is_not_marked_stands_in_the_true_sentence(
    wanted: Intensity, language: Language, text: str, others: Others
) -> None:
    for seed in range(60):
        made = made_false_in(wanted, text, language, others, random.Random(seed))
        assert made is not None
        assert len(made.spans) == len(made.kinds)
        assert all(before[1] <= after[0] for before, after in zip(made.spans, made.spans[1:], strict=False))
        assert all(made.text[start:end].strip() for start, end in made.spans)
        if "cause" in made.kinds:  # what stands in another order
            continue
        told = [re.sub(r",? (?:and|which) $", "", part).strip(" ,.，。") for part in unmarked(made.text, made.spans)]
        assert all(part in text for part in told)


@pytest.mark.parametrize(("language", "text", "others"), TEXTS)
def test_a_sentence_is_made_as_false_as_was_wanted(language: Language, text: str, others: Others) -> None:
    places, told = dict[Intensity, int](), dict[Intensity, Counter[Intensity]]()
    for wanted in WANTED:
        made = [one for seed in range(60) if (one := made_false_in(wanted, text, language, others, random.Random(seed)))]
        told[wanted] = Counter(intensity_of(one.text, one.spans) for one in made)
        places[wanted] = sum(len(one.spans) for one in made)
    assert places["slight"] == 60
    assert places["several"] > 1.5 * places["slight"]
    assert told["several"]["several"] > 40
    assert told["gross"]["gross"] > 3 * told["several"]["gross"]


def test_two_opposites_that_say_the_truth_again_are_never_put_together() -> None:
    text = "Revenue increased and the lender may inform the parent because at least one director is listed."
    opposite = {"negation", "direction", "relation", "modality", "quantifier", "role", "cause"}
    for seed in range(200):
        made = made_false_in("gross", text, "en", Others([], [], []), random.Random(seed))
        assert made is not None
        assert sum(kind in opposite for kind in made.kinds) <= 1
        assert made.kinds.count("added") <= 1


def test_what_the_true_sentence_says_elsewhere_is_not_put_in_and_marked() -> None:
    text = "The plan ran from March to May and from June to July."
    for seed in range(200):
        made = made_false_in("gross", text, "en", Others([], [], []), random.Random(seed))
        assert made is not None
        months = [made.text[start:end] for start, end in made.spans]
        assert sum(month in text for month in months) <= 1  # but for the first place, which is false where it stands


def test_the_same_seed_gives_the_same_sentence_and_the_shares_are_those_stated() -> None:
    language, text, others = TEXTS[0]
    assert made_false_in("gross", text, language, others, random.Random(5)) == made_false_in(
        "gross", text, language, others, random.Random(5)
    )
    counts = Counter(map(drawn, [random.Random(1)] * 4000))
    assert {one: pytest.approx(share, abs=0.03) for one, share in SHARES.items()} == {one: counts[one] / 4000 for one in SHARES}
    assert {"entity", "place", "clause"} <= set(KINDS)


def test_how_much_is_false_is_told_by_the_words_that_are_marked() -> None:
    text = "It sells toys and boats"
    assert intensity_of(text, ()) == "none"
    assert intensity_of(text, ((9, 13),)) == "slight"
    assert intensity_of(text, ((9, 13), (18, 23))) == "several"
    assert intensity_of(text, ((3, 17),)) == "gross"
