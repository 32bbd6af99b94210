"""One line under two names: asked for by either over the years of both papers; equal numbers alone make no two lines one."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.compute.renamed_line import renamed_line
from finfoundry.ask.lexicon.ports import FactQuery, StoredFact
from finfoundry.ask.understand.stored_labels import label_key
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

OLD, NEW = "Quay levies", "Harbour charges"
Lines = dict[str, dict[int, str]]  # figures by label and year
BEFORE: Lines = {OLD: {2019: "56012", 2018: "54117"}, "Dredging costs": {2019: "32045", 2018: "30021"}}
AFTER: Lines = {NEW: {2020: "58951", 2019: "56012"}, "Dredging costs": {2020: "35100", 2019: "32045"}}


def store_of(*papers: Lines, statement: str = "income") -> MemoryStore:
    """The papers of one company from 2019 on, a year each."""
    store = MemoryStore()
    for year, lines in enumerate(papers, 2019):
        paper = document(f"tarn-{year}", "Tarn Harbours Inc", year, ("Tarn",))
        for label, values in lines.items():
            store.add(paper, None, label, values, statement=statement)
    return store


def ask(store: MemoryStore, question: str) -> Answer:
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


def other_names(store: MemoryStore, label: str) -> set[str]:
    def fetch(_: str | None, words: str | None) -> list[StoredFact]:
        return [one for one in store.facts(ADMINISTRATOR, FactQuery(metric=words, limit=9999)) if label_key(one)]

    def of_statement(statement: str, year: int) -> list[StoredFact]:
        return list(store.facts(ADMINISTRATOR, FactQuery(statement=statement, period=str(year), limit=9999)))

    own = [one for one in store.held if one.fact.metric == (label,)]
    return {one.fact.metric[-1] for one in renamed_line(own, fetch, of_statement)}


@pytest.mark.parametrize(("asked", "paper", "printed"), [(OLD, "tarn-2020.pdf", NEW), (NEW, "tarn-2019.pdf", OLD)])
def test_a_line_is_found_over_the_years_of_both_its_names(asked: str, paper: str, printed: str) -> None:
    store = store_of(BEFORE, AFTER)
    answer = ask(store, f"What were Tarn's {asked} in 2018, 2019 and 2020?")
    assert answer.status == "answered"
    assert all(value in answer.text for value in ("54.117", "56.012", "58.951"))
    assert f"{paper} prints {asked} as {printed}." in answer.warnings
    assert {one.document.name for one in answer.citations} >= {"tarn-2019.pdf", "tarn-2020.pdf"}
    moved = ask(store, f"By how much did Tarn's {asked} change from 2018 to 2020?")
    assert "4,834 million" in moved.text
    assert f"{paper} prints {asked} as {printed}." in moved.warnings
    alone = ask(store, f"What were Tarn's {asked} in {2020 if asked == OLD else 2018}?")
    assert ("58.951" if asked == OLD else "54.117") in alone.text


def test_a_name_that_is_printed_for_the_time_needs_no_other() -> None:
    answer = ask(store_of(BEFORE, AFTER), f"What were Tarn's {OLD} in 2018 and 2019?")
    assert not answer.warnings


def test_a_line_renamed_twice_is_followed() -> None:
    third: Lines = {"Port dues": {2021: "61377", 2020: "58951"}, "Dredging costs": {2021: "36218", 2020: "35100"}}
    store = store_of(BEFORE, AFTER, third)
    assert other_names(store, OLD) == {NEW, "Port dues"}
    assert "61.377" in ask(store, f"What were Tarn's {OLD} in 2018 and 2021?").text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({OLD: {2019: "5600", 2018: "5400"}}, {NEW: {2020: "5890", 2019: "5600"}}),
        (BEFORE, {**AFTER, OLD: {2020: "1177"}}),
        ({**BEFORE, NEW: {2018: "1177"}}, AFTER),
        (BEFORE, {**AFTER, "Berth dues": {2019: "56012"}}),
        ({**BEFORE, "Berth dues": {2019: "56012"}}, AFTER),
        (BEFORE, {NEW: {2020: "58951", 2019: "56013"}}),
        ({OLD: {2019: "56012", 2018: "54117"}}, {NEW: {2020: "58951", 2019: "56012", 2018: "54118"}}),
    ],
    ids=["few digits", "old name there", "new name there", "another line later", "another line before", "restated", "another year"],
)
def test_equal_numbers_alone_make_no_two_lines_one(before: Lines, after: Lines) -> None:
    store = store_of(before, after)
    assert not other_names(store, OLD)
    assert "58.951" not in ask(store, f"What were Tarn's {OLD} in 2018 and 2020?").text


@pytest.mark.parametrize(
    "change", [{"statement": "cash flow"}, {"unit": "EUR"}, {"scope": "parent"}, {"dimensions": (("segment", "North"),)}]
)
def test_another_statement_unit_scope_or_part_is_another_line(change: dict[str, object]) -> None:
    store = store_of(BEFORE, AFTER)
    store.held = [replace(one, fact=replace(one.fact, **change)) if one.fact.metric == (NEW,) else one for one in store.held]  # type: ignore[arg-type]
    assert not other_names(store, OLD)


def test_lines_of_two_concepts_are_two() -> None:
    store = store_of(BEFORE, AFTER)
    concepts = {OLD: "OperatingIncomeLoss", NEW: "IncomeLossBeforeIncomeTaxes"}
    store.held = [replace(one, fact=replace(one.fact, concept=concepts.get(one.fact.metric[0]))) for one in store.held]
    assert not other_names(store, OLD)


@pytest.mark.parametrize("seed", range(60))
def test_of_drawn_statements_only_the_renamed_line_is_tied(seed: int) -> None:
    """Lines of three to seven digits, some equal to others, some renamed, dropped, restated: whatever is tied is the same line."""
    draw = random.Random(seed)
    old, new, renamed = Lines(), Lines(), dict[str, str]()
    for number in range(14):
        label, values = f"Line {number} dues", [str(draw.randrange(100, 10 ** draw.randint(3, 7))) for _ in range(3)]
        if old and draw.random() < 0.3:
            values = list(draw.choice(list(old.values())).values())[:2] + values[2:]
        old[label] = {2018: values[0], 2019: values[1]}
        fate = draw.random()
        later = f"Item {number} takings" if fate < 0.4 else label
        renamed |= {label: later} if fate < 0.4 else {}
        if fate < 0.85:
            new[later] = {2019: values[1] if draw.random() < 0.8 else str(int(values[1]) + 7), 2020: values[2]}
    store = store_of(old, new)
    for label in old:
        assert other_names(store, label) <= {renamed.get(label, "")}
