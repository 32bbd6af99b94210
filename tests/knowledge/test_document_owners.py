"""Notes torn from a report are whose statements print the same figures of the same days, and only as long as these lie beside them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.knowledge.samples import balance, filing, paragraph, parsed

from finfoundry.core.document import Fact, Parsed
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.policy import Policy
from finfoundry.knowledge.search.passages import Search, SearchQuery
from finfoundry.knowledge.storage.document_owners import own
from finfoundry.knowledge.storage.store import FactQuery, Store
from finfoundry.runtime.database import Database

STATEMENTS, NOTES = "STREAM_2017_10K.pdf", "notes.pdf"
ORDERS = list(itertools.permutations(("statements", "notes", "of another")))


def notes(facts: Sequence[Fact] | None = None) -> tuple[Parsed, bytes]:
    nameless = [replace(fact, entity=None, statement=None) for fact in (balance() if facts is None else facts)]
    return parsed(NOTES, pages=[[paragraph("Receivables older than a year were written off.", "Notes")]], entity=None, facts=nameless)


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


def whose(store: Store, name: str = NOTES) -> tuple[str | None, str | None]:
    found = next(document for document in store.documents(ADMINISTRATOR) if document.name == name)
    return found.entity, found.witness


@pytest.mark.parametrize("order", ORDERS)
def test_notes_are_whose_statements_print_the_same_figures_in_whichever_order_they_come(store: Store, order: Sequence[str]) -> None:
    papers = {"statements": filing(), "notes": notes(), "of another": filing("other.pdf", entity="Other, Inc.", year=2016)}
    for name in order:
        store.add(ADMINISTRATOR, *papers[name])
    assert whose(store) == ("Stream, Inc.", STATEMENTS)
    assert whose(store, STATEMENTS) == ("Stream, Inc.", None), "it says so itself"
    assert {fact.fact.entity for fact in store.facts(ADMINISTRATOR, FactQuery(entity="Stream, Inc."))} == {"Stream, Inc."}
    assert len(store.facts(ADMINISTRATOR, FactQuery(entity="Stream, Inc."))) == 6


def test_a_search_for_the_company_finds_them_and_one_for_another_does_not(store: Store, database: Database) -> None:
    for paper in (filing(), notes(), filing("other.pdf", entity="Other, Inc.", year=2016)):
        store.add(ADMINISTRATOR, *paper)

    def found(company: str) -> set[str]:
        query = SearchQuery("receivables written off", entity=company)
        return {hit.document_name for hit in Search(database).search(ADMINISTRATOR, query)}

    assert NOTES in found("Stream, Inc.")
    assert NOTES not in found("Other, Inc.")


def test_with_the_statements_goes_what_they_told_and_with_new_ones_it_comes_back(store: Store) -> None:
    statements = store.add(ADMINISTRATOR, *filing())
    store.add(ADMINISTRATOR, *notes())
    store.delete(ADMINISTRATOR, statements.document_id)
    assert whose(store) == (None, None)
    assert not store.facts(ADMINISTRATOR, FactQuery(entity="Stream, Inc."))
    assert not store.entities(ADMINISTRATOR)
    store.add(ADMINISTRATOR, *filing(version=1))
    assert whose(store) == ("Stream, Inc.", STATEMENTS)
    store.add(ADMINISTRATOR, *filing(version=2))
    assert whose(store) == ("Stream, Inc.", STATEMENTS), "a newer file of the statements is the witness now"


@pytest.mark.parametrize(
    "facts",
    [
        balance()[:2],  # too few
        [replace(fact, period="2016-12-31") for fact in balance()],  # of other days
        [replace(fact, value=fact.value + 1000) for fact in balance()],  # nearly the same
        [replace(fact, value=fact.value / 10**8) for fact in balance()],  # rates of exchange, prices
        [replace(fact, unit="EUR") for fact in balance()],  # of another currency
        [replace(fact, value=fact.value.from_float(float(number * 10**8))) for number, fact in enumerate(balance(), 1)],  # round
    ],
)
def test_what_chance_may_do_tells_nothing(store: Store, facts: list[Fact]) -> None:
    statements, data = filing()
    small_or_round = all(fact.value < 1000 or fact.value % 10**8 == 0 for fact in facts)
    store.add(ADMINISTRATOR, replace(statements, facts=facts if small_or_round else statements.facts), data)
    store.add(ADMINISTRATOR, *notes(facts))
    assert whose(store) == (None, None)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_of_two_companies_that_print_the_same_figures_neither_is_told(store: Store, order: Sequence[int]) -> None:
    papers = (filing(), filing("twin.pdf", entity="Twin, Inc."), notes())
    for number in order:
        store.add(ADMINISTRATOR, *papers[number])
    assert whose(store) == (None, None)


def test_statements_under_another_label_or_elsewhere_tell_nothing(store: Store) -> None:
    """Whose notes are would tell those who may not read the statements that these are there."""
    secret = store.add(ADMINISTRATOR, *filing(), label="core")
    store.add(ADMINISTRATOR, *filing(), collection="elsewhere")
    store.add(ADMINISTRATOR, *notes())
    assert whose(store) == (None, None)
    store.relabel(ADMINISTRATOR, secret.document_id, "general")
    assert whose(store) == ("Stream, Inc.", STATEMENTS)
    store.relabel(ADMINISTRATOR, secret.document_id, "core")
    assert whose(store) == (None, None)


def test_who_may_not_write_under_the_label_names_nobody(store: Store, database: Database) -> None:
    Policy(database).add_user(ADMINISTRATOR, "ben")
    for paper in (filing(), notes()):
        store.add(ADMINISTRATOR, *paper)
    with database.owner() as connection:
        connection.execute("DELETE FROM document_owners")
        numbers = [number for (number,) in connection.execute("SELECT id FROM documents").fetchall()]
    for principal, told in ((Principal("ben"), 0), (ADMINISTRATOR, 1)):
        with database.transaction(principal) as connection:
            assert sum(len(own(connection, number)) for number in numbers) == told
