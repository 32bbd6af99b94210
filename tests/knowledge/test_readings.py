"""A file that is read again tells which facts came out otherwise, by which readers; who may not read it learns nothing of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.document import Fact, Parsed
from finfoundry.core.errors import NotFound
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.governance.policy import Policy
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.reader_version import reader_version
from finfoundry.knowledge.storage import readings
from finfoundry.knowledge.storage.readings import changes_of
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime.database import Database

PAPER = b"""<html><body><h1>Orchard Bank plc annual report 2024</h1><p>EUR million</p><table>
<tr><td></td><td>2024</td><td>2023</td></tr><tr><td>Total assets</td><td>3,275</td><td>3,100</td></tr>
<tr><td>Total equity</td><td>275</td><td>250</td></tr></table></body></html>"""


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database, None)


def read(store: Store, parsed: Parsed) -> str:
    return store.add(ADMINISTRATOR, parsed, PAPER, again=True).document_id


def paper() -> Parsed:
    return parse(PAPER, "orchard.html")


def test_a_paper_that_was_read_once_has_no_difference(store: Store, database: Database) -> None:
    told = readings.diff(database, ADMINISTRATOR, read(store, paper()))
    assert (told.reader, told.before, told.changes) == (reader_version(), None, [])


def test_the_same_reader_finds_the_same(store: Store, database: Database) -> None:
    first = read(store, paper())
    told = readings.diff(database, ADMINISTRATOR, read(store, paper()))
    assert (told.before, told.before_reader, told.changes) == (first, reader_version(), [])


def test_what_a_reader_makes_otherwise_is_told_by_its_place(store: Store, database: Database) -> None:
    read(store, paper())
    other = paper()
    first, second, *rest = other.facts
    other.facts[:] = [replace(first, value=first.value / 1000, unit="USD"), *rest, replace(rest[0], text="9", value=Decimal(9))]
    added = store.add(ADMINISTRATOR, other, PAPER, again=True)
    told = readings.diff(database, ADMINISTRATOR, added.document_id)
    assert added.changed == len(told.changes) == 3
    assert (told.new, told.gone, told.changed) == (1, 1, 1)
    changed = next(one for one in told.changes if one.kind == "changed")
    assert "value 3275000000 → 3275000; unit EUR → USD" in str(changed)
    gone = next(one for one in told.changes if one.kind == "gone")
    assert (gone.text, gone.after) == (second.text, None)


def test_another_file_of_the_same_name_is_no_second_reading(store: Store, database: Database) -> None:
    read(store, paper())
    newer = PAPER.replace(b"3,275", b"3,300")
    added = store.add(ADMINISTRATOR, parse(newer, "orchard.html"), newer)
    assert added.superseded
    assert readings.diff(database, ADMINISTRATOR, added.document_id).before is None


def test_who_may_not_read_the_paper_learns_nothing_of_its_readings(store: Store, database: Database) -> None:
    policy = Policy(database)
    policy.add_label(ADMINISTRATOR, "board")
    policy.add_user(ADMINISTRATOR, "ben")
    id = store.add(ADMINISTRATOR, paper(), PAPER, label="board").document_id
    with pytest.raises(NotFound):
        readings.diff(database, policy.principal("ben"), id)
    with database.transaction(policy.principal("ben")) as connection:
        assert connection.execute("SELECT count(*) FROM readings").fetchone() == (0,)


def fact(number: int, text: str) -> Fact:
    return Fact(("Revenue",), Decimal(number), "EUR", "2024-12-31", text, 1)


FACTS = st.lists(st.builds(fact, st.integers(0, 3), st.sampled_from(["1", "2"])), max_size=8)


@given(before=FACTS, after=FACTS)
def test_differences_account_for_every_fact(before: list[Fact], after: list[Fact]) -> None:
    changes = list(changes_of(before, after))
    new, gone = (sum(one.kind == kind for one in changes) for kind in ("new", "gone"))
    assert len(before) - gone == len(after) - new
    assert all(one.before != one.after for one in changes)
    assert not list(changes_of(before, list(reversed(before))))
