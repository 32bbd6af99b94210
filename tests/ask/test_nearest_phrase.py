"""Metrics in words that are nearly those of a phrase: other forms, another order, a letter amiss; and whose they are between two words."""

from __future__ import annotations

import pytest

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.lexicon.nearest_phrase import nearest
from finfoundry.ask.plan.unexplained import unexplained
from finfoundry.ask.reader.learnt_reading import _roles
from finfoundry.ask.understand.intent import understand
from finfoundry.core.protocols import FoundSpan

NAMES = EntityNames([("Harbour Instruments Incorporated", ()), ("Tarn plc", ())])


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("repurchasing its own stock", "share_repurchases"),
        ("deprecation and amortisation charge", "depreciation_and_amortization"),
        ("research and development spending", "rd_expense"),
        ("opreating income", "operating_income"),
        ("spending", None),  # on what is not said
        ("staff", None),
        ("研发", None),
    ],
)
def test_26_a_metric_is_known_by_the_telling_words_of_one_phrase(label: str, name: str | None) -> None:
    found = nearest(label, vocabulary())
    assert (found.name if found else None) == name


def test_26_whose_a_metric_is_stands_between_its_words_and_a_time_is_none() -> None:
    question = "How much did it put into repurchasing its own stock in the year?"
    spans = [FoundSpan(at := question.find(one), at + len(one), "plus", 0.9) for one in ("repurchasing", "stock", "the year")]
    assert list(_roles(question, spans, ())) == ["repurchasing its own stock"]


def test_26_the_initials_of_a_name_of_two_words_name_it_in_capitals() -> None:
    assert [named.name for named in NAMES.find("capex at HI in 2023")] == ["Harbour Instruments Incorporated"]
    assert not NAMES.find("oh hi, what was capex in 2023?")


def test_26_a_question_about_a_pronoun_is_about_the_metric_named_before_it() -> None:
    intent = understand("Hi, I need Tarn's diluted EPS for the year 2024. Was it negative?", NAMES, vocabulary())
    assert [mention.name for mention in intent.mentions] == ["eps_diluted"]
    other = understand("I read about Tarn's revenue. What does it say of its auditor?", NAMES, vocabulary())
    assert not other.mentions


def test_26_the_verb_that_begins_a_request_is_no_word_of_a_line() -> None:
    intent = understand("Work out Tarn's current ratio for 2023, please.", NAMES, vocabulary())
    assert "work" not in unexplained(intent)
    assert "work" in unexplained(understand("Work programme spending of Tarn in 2023?", NAMES, vocabulary()))
