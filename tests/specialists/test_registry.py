"""Versions, the second person, and scores in the audit trail."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from finfoundry.core.errors import IntegrityError, NotFound, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.governance.sealed import sealed
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.scoring.merkle import merkle_root
from finfoundry.specialists.scoring.scores import Scores

from .conftest import ANA, BOB, CARA, Credit, validate


@pytest.fixture
def registry(database: Database, tmp_path: Path) -> Registry:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    return Registry(database, lambda record: sealed(database, tmp_path, record).one("validation"))


def test_a_specialist_needs_two_people_who_proved_who_they_are(registry: Registry, credit: Credit) -> None:
    registry.register(replace(ANA, proof="one person"), credit.folder)
    with pytest.raises(NotPermitted, match="it may have been you"):
        registry.promote(replace(BOB, proof="key 2"), credit.folder)
    validate(registry, credit.folder, replace(CARA, proof="one person"))
    decided = registry.promote(replace(BOB, proof="one person"), credit.folder)
    assert (decided.decided_by, decided.decided_proof) == ("bob", "one person")


def test_a_second_person_promotes(registry: Registry, credit: Credit) -> None:
    assert registry.register(ANA, credit.folder).state == "candidate"
    with pytest.raises(NotPermitted, match="ana trained"):
        registry.promote(ANA, credit.folder)
    validate(registry, credit.folder)
    assert registry.promote(BOB, credit.folder).decided_by == "bob"
    assert registry.promoted(BOB, "loans") == credit.specialist.version
    assert registry.retire(BOB, credit.folder).state == "retired"
    with pytest.raises(NotFound):
        registry.promoted(BOB, "loans")


def test_files_come_back_and_are_checked(registry: Registry, credit: Credit, tmp_path: Path) -> None:
    registry.register(ANA, credit.folder)
    folder = registry.restore(credit.specialist.version, tmp_path / "cache")
    assert (folder / "specialist.json").read_bytes() == (credit.folder / "specialist.json").read_bytes()
    (folder / "specialist.json").write_text("{}")
    with pytest.raises(IntegrityError):
        registry.restore(credit.specialist.version, tmp_path / "cache")


def test_scores_are_found_by_their_id_and_owner(registry: Registry) -> None:
    batch = {"specialist": "loans", "version": "v"}
    rows = [{"id": "L1", "inputs": {"x": 1.5}, "output": {"score": 514}}]
    record, root = registry.record(Principal("cat"), batch, rows)
    assert root == merkle_root([audit.canonical(rows[0])])
    assert registry.find(Principal("cat"), "loans", "v", "L1") == (record, {"score": 514})
    with pytest.raises(NotFound):
        registry.find(Principal("dan"), "loans", "v", "L1")


def test_a_long_batch_spans_records_each_with_its_root(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finfoundry.specialists.scoring.recording.HEIGHT", 2)
    rows = [{"id": f"L{number}", "inputs": None, "output": {"score": number}} for number in range(11)]
    with registry.recording(Principal("cat"), {"specialist": "loans", "version": "v"}) as recording:
        for start in (0, 5, 10):
            recording.add(rows[start : start + 5])
    assert recording.root == merkle_root([audit.canonical(row) for row in rows])
    parts = [registry.find(Principal("cat"), "loans", "v", f"L{number}")[0] for number in range(11)]
    assert len(set(parts)) == 3
    assert recording.record not in parts


def test_what_a_person_scored_is_forgotten_with_the_person(registry: Registry, database: Database) -> None:
    rows = [{"id": "L1", "inputs": None, "output": {"score": 1}}]
    for person in ("cat", "dan"):
        registry.record(Principal(person), {"specialist": "loans", "version": "v"}, rows)
    with database.transaction(ANA) as connection:
        assert Scores(database).forget(connection, "cat") == 1
    with pytest.raises(NotFound):
        registry.find(Principal("cat"), "loans", "v", "L1")
    assert registry.find(Principal("dan"), "loans", "v", "L1")


def test_a_batch_that_fails_leaves_nothing(registry: Registry) -> None:
    with suppress(ZeroDivisionError), registry.recording(Principal("cat"), {"specialist": "loans", "version": "v"}) as recording:
        recording.add([{"id": "L1", "inputs": None, "output": {"score": 1 // len(recording.root)}}])
    with pytest.raises(NotFound):
        registry.find(Principal("cat"), "loans", "v", "L1")


def test_a_label_decides_who_may_use_a_specialist(registry: Registry, credit: Credit) -> None:
    with pytest.raises(NotFound, match="no label"):
        registry.register(ANA, credit.folder, "nowhere")
    registry.register(ANA, credit.folder)
    validate(registry, credit.folder)
    registry.promote(BOB, credit.folder)
    with pytest.raises(NotFound):
        registry.promoted(Principal("dan"), "loans")


def test_the_root_depends_on_rows_and_order() -> None:
    assert len({merkle_root(rows) for rows in ([b"a", b"b", b"c"], [b"a", b"c", b"b"], [b"a", b"b"], [b"ab", b"c"], [])}) == 5
