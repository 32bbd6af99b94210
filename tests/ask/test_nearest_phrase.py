"""Metrics in words that are nearly those of a phrase: other forms, another order, a letter amiss; and whose they are between two words."""

from __future__ import annotations

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.compute.owners_part import of_owners
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import metrics, vocabulary
from finfoundry.ask.lexicon.nearest_phrase import nearest
from finfoundry.ask.plan.dimension import asked_for
from finfoundry.ask.plan.unexplained import unexplained
from finfoundry.ask.reader.learnt_reading import _roles
from finfoundry.ask.understand.intent import understand
from finfoundry.core.principal import ADMINISTRATOR
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
        ("归母净利", "net_income_attributable"),
        ("研发", None),
    ],
)
def test_a_metric_is_known_by_the_telling_words_of_one_phrase(label: str, name: str | None) -> None:
    found = nearest(label, vocabulary())
    assert (found.name if found else None) == name


def test_so_many_hundred_million_is_no_count() -> None:
    assert not asked_for(understand("青禾港2019年归母净利赚了几个亿？", NAMES, vocabulary())).kinds & {"count"}


def test_whose_a_metric_is_stands_between_its_words_and_a_time_is_none() -> None:
    question = "How much did it put into repurchasing its own stock in the year?"
    spans = [FoundSpan(at := question.find(one), at + len(one), "plus", 0.9) for one in ("repurchasing", "stock", "the year")]
    assert list(_roles(question, spans, ())) == ["repurchasing its own stock"]


def test_the_initials_of_a_name_of_two_words_name_it_in_capitals() -> None:
    assert [named.name for named in NAMES.find("capex at HI in 2023")] == ["Harbour Instruments Incorporated"]
    assert not NAMES.find("oh hi, what was capex in 2023?")


def test_a_question_about_a_pronoun_is_about_the_metric_named_before_it() -> None:
    intent = understand("Hi, I need Tarn's diluted EPS for the year 2024. Was it negative?", NAMES, vocabulary())
    assert [mention.name for mention in intent.mentions] == ["eps_diluted"]
    other = understand("I read about Tarn's revenue. What does it say of its auditor?", NAMES, vocabulary())
    assert not other.mentions


def test_the_verb_that_begins_a_request_is_no_word_of_a_line() -> None:
    intent = understand("Work out Tarn's current ratio for 2023, please.", NAMES, vocabulary())
    assert "work" not in unexplained(intent)
    assert "work" in unexplained(understand("Work programme spending of Tarn in 2023?", NAMES, vocabulary()))


def test_the_owners_part_goes_before_the_whole_whatever_table_it_lies_in() -> None:
    store, paper = MemoryStore(), document("p", "Tarn plc", 2022, ("TARN",))
    statements(store, paper, (2022,))
    store.add(paper, "ProfitLoss", "Net profit", {2022: "227"}, statement="income", table=1)
    store.add(paper, "NetIncomeLoss", "Net profit attributable to owners of the parent", {2022: "249"}, statement=None, table=2)
    metric = metrics()["net_income_attributable"]
    of_both = [stored for stored in store.held if stored.fact.concept in metric.concepts]
    assert {stored.fact.concept for stored in of_owners(of_both, metric)} == {"NetIncomeLoss"}
    assert of_owners(of_both, metrics()["net_income"]) == of_both


def test_what_the_rest_is_asked_of_is_no_part_of_a_question() -> None:
    store, paper = MemoryStore(), document("gh", "青禾港股份有限公司", 2022)
    store.add(paper, None, "渡轮票务", {2022: "562"}, statement=None, table=1)
    store.add(paper, "Revenues", "营业收入", {2022: "1582"}, statement="income", table=2)
    store.add(paper, "CostOfRevenue", "营业成本", {2022: "607"}, statement="income", table=2)
    told = Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, "青禾港的渡轮票务这块，2022年毛利率是多少")[0]
    assert told.status != "answered"
