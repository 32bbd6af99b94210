"""The sealed trail against an owner of the database who changes rows at will, and against kills at the wrong moment."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finfoundry.core.errors import InputError, IntegrityError, NotFound, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance import seal as sealing
from finfoundry.governance.chain import Head, Problem, Signer
from finfoundry.governance.seal import Heads, examine, read_heads, resume, seal, verify, write_heads
from finfoundry.governance.trail import recall, records
from finfoundry.runtime import audit
from finfoundry.runtime.audit import AuditRecord, AuditStep
from finfoundry.runtime.database import Connection, Database
from finfoundry.runtime.keys import Master
from finfoundry.runtime.postgres import SUPERUSER, Postgres

ANA = Principal("ana")


@pytest.fixture
def trail(database: Database, tmp_path: Path) -> Database:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    return database


def answer(database: Database, number: int, *documents: str) -> str:
    steps = (
        AuditStep("question", {"text": f"question {number}"}),
        AuditStep("evidence", [number], documents),
        AuditStep("answer", {"text": "42"}, documents),
    )
    with database.transaction(ANA) as connection:
        return audit.append(connection, AuditRecord("ana", "answer", steps))


def problems(database: Database, home: Path) -> list[Problem]:
    return verify(database, home).problems


def test_an_empty_trail_is_whole(trail: Database, tmp_path: Path) -> None:
    found = verify(trail, tmp_path)
    assert (found.ok, found.records, found.head) == (True, 0, None)
    assert seal(trail, tmp_path) is None


def test_a_sealed_trail_is_whole_and_gives_its_receipt(trail: Database, tmp_path: Path) -> None:
    announced: list[Head] = []
    for number in range(5):
        answer(trail, number, "77")
    head = seal(trail, tmp_path, announced.append)
    assert head is not None
    assert announced == [head]
    assert seal(trail, tmp_path) is None
    answer(trail, 5)
    found = verify(trail, tmp_path, receipts=[head.receipt()])
    assert (found.ok, found.records, found.sealed, found.unsealed, found.erased) == (True, 6, 5, 1, 0)
    assert found.head == head.receipt()
    assert read_heads(tmp_path) == Heads(sealed=head)


def test_records_that_were_begun_first_and_committed_last_are_sealed_too(trail: Database, tmp_path: Path) -> None:
    answer(trail, 0)
    with trail.transaction(ANA) as slow:
        audit.append(slow, AuditRecord("ana", "slow"))
        answer(trail, 1)
        assert seal(trail, tmp_path) is not None
    seal(trail, tmp_path)
    found = verify(trail, tmp_path)
    assert (found.ok, found.sealed, found.unsealed) == (True, 3, 0)


def test_more_than_one_batch(trail: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_BATCH", 3)
    for number in range(10):
        answer(trail, number)
    head = seal(trail, tmp_path)
    assert head is not None
    assert head.sequence == 10
    assert problems(trail, tmp_path) == []


# As owner of the database, triggers and constraints out of the way. ``{n}`` is a link, ``{m}`` another one.
TAMPERINGS = {
    "change a record": "UPDATE audit_record SET action = 'other' WHERE id = {nth}",
    "change a time": "UPDATE audit_record SET at = at - interval '1 microsecond' WHERE id = {nth}",
    "change an actor": "UPDATE audit_record SET actor = gen_random_uuid() WHERE id = {nth}",
    "change a target": "UPDATE audit_record SET target = 'x' WHERE id = {nth}",
    "change a digest": "UPDATE audit_record SET steps = jsonb_set(steps, '{{0,digest}}', '\"00\"')"
    " WHERE id = {nth}",
    "drop a step": "UPDATE audit_record SET steps = steps - 0 WHERE id = {nth}",
    "remove a record": "DELETE FROM audit_record WHERE id = {nth}",
    "remove a link": "DELETE FROM audit_chain WHERE sequence = {n}",
    "remove link and record": "WITH gone AS (DELETE FROM audit_chain WHERE sequence = {n} RETURNING record)"
    " DELETE FROM audit_record WHERE id IN (SELECT record FROM gone)",
    "remove and renumber": "DELETE FROM audit_chain WHERE sequence = {n};"
    " UPDATE audit_chain SET sequence = sequence - 1 WHERE sequence > {n}",
    "exchange two": "UPDATE audit_chain SET sequence = {n} + {m} - sequence WHERE sequence IN ({n}, {m})",
    "exchange the records of two": "UPDATE audit_chain a SET record = b.record FROM audit_chain b"
    " WHERE a.sequence IN ({n}, {m}) AND b.sequence = {n} + {m} - a.sequence",
    "repeat a link": "INSERT INTO audit_chain SELECT * FROM audit_chain WHERE sequence = {n}",
    "put one in between": "UPDATE audit_chain SET sequence = sequence + 1 WHERE sequence >= {n};"
    " INSERT INTO audit_record (id, actor, action, steps) VALUES ('00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'x', '[]');"
    " DELETE FROM audit_pending WHERE record = '00000000-0000-0000-0000-000000000000';"
    " INSERT INTO audit_chain VALUES ({n}, '00000000-0000-0000-0000-000000000000', '', '')",
    "add one behind the sealer": "INSERT INTO audit_record (id, actor, action, steps)"
    " SELECT gen_random_uuid(), gen_random_uuid(), 'x', '[]';"
    " DELETE FROM audit_pending",
    "cut the tail": "DELETE FROM audit_chain WHERE sequence >= {n}",
    "cut the tail with all that belongs to it": "DELETE FROM audit_head WHERE sequence >= {n};"
    " DELETE FROM audit_content WHERE record IN (SELECT record FROM audit_chain WHERE sequence >= {n});"
    " DELETE FROM audit_record WHERE id IN (SELECT record FROM audit_chain WHERE sequence >= {n});"
    " DELETE FROM audit_chain WHERE sequence >= {n}",
    "remove everything": "DELETE FROM audit_head; DELETE FROM audit_content; DELETE FROM audit_chain; DELETE FROM audit_record",
    "change a hash": "UPDATE audit_chain SET hash = '\\x00' WHERE sequence = {n}",
    "change a previous hash": "UPDATE audit_chain SET previous = '\\x00' WHERE sequence = {n}",
    "change a signature": "UPDATE audit_head SET signature = '\\x00' WHERE sequence = (SELECT max(sequence) FROM audit_head)",
    "change the time of a head": "UPDATE audit_head SET at = '2020-01-01' WHERE sequence = (SELECT max(sequence) FROM audit_head)",
    "remove the last head": "DELETE FROM audit_head WHERE sequence = (SELECT max(sequence) FROM audit_head)",
    "change a content": "UPDATE audit_content SET content = set_byte(content, 40, (get_byte(content, 40) + 1) % 256)"
    " WHERE step = 0 AND record = {nth}",
    "remove a content": "DELETE FROM audit_content WHERE step = 1 AND record = {nth}",
    "exchange contents": "UPDATE audit_content SET step = 1 - step WHERE step < 2 AND record = {nth}",
    "remove a key": "DELETE FROM audit_key WHERE kind = 'user'",
    "change a name": "UPDATE audit_key SET name = 'bob' WHERE kind = 'user'",
    "exchange a key": "UPDATE audit_key SET public = {other} WHERE kind = 'user'",
    "exchange the master key": "UPDATE audit_key SET public = {other} WHERE kind = 'master'",
}  # fmt: skip
NTH = "(SELECT record FROM audit_chain WHERE sequence = {n})"
OTHER = "(SELECT public FROM audit_key WHERE kind = 'document' LIMIT 1)"
LENGTH = 9


@pytest.fixture
def victim(trail: Database, tmp_path: Path) -> Iterator[tuple[Connection, Path]]:
    """A sealed trail of nine records, sealed in three parts, in an open transaction of the owner with nothing in the way."""
    for number in range(LENGTH):
        answer(trail, number, "77", "78")
        if number % 3 == 2:
            seal(trail, tmp_path)
    with trail.connect(None) as connection:
        yield connection, tmp_path


def unlock(connection: Connection) -> None:
    """Take every trigger and constraint away, as an owner can."""
    for table in ("audit_record", "audit_content", "audit_chain", "audit_head"):
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER refuse")
    rows = connection.execute(
        "SELECT conrelid::regclass, conname FROM pg_constraint WHERE conrelid::regclass::text LIKE 'audit_%' AND contype IN ('f', 'p', 'u')"
        " ORDER BY contype = 'f' DESC"
    )
    for table, name in rows.fetchall():
        connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{name}" CASCADE')


def tamper(connection: Connection, home: Path, name: str, n: int, m: int) -> list[Problem]:
    with connection.transaction(force_rollback=True):
        unlock(connection)
        connection.execute(TAMPERINGS[name].format(n=n, m=m, nth=NTH.format(n=n), other=OTHER))
        return examine(connection, home).problems


def test_the_victim_is_whole_and_every_tampering_with_it_is_seen(victim: tuple[Connection, Path]) -> None:
    connection, home = victim
    with connection.transaction():
        assert examine(connection, home).problems == []
    unseen = [name for name in TAMPERINGS if not tamper(connection, home, name, n=4, m=7)]
    assert unseen == []
    with connection.transaction():
        assert examine(connection, home).problems == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(TAMPERINGS)), n=st.integers(1, LENGTH), shift=st.integers(1, LENGTH - 1))
def test_at_whatever_place(victim: tuple[Connection, Path], name: str, n: int, shift: int) -> None:
    connection, home = victim
    found = tamper(connection, home, name, n, m=(n - 1 + shift) % LENGTH + 1)
    assert found
    assert all(problem.message for problem in found)


@pytest.mark.parametrize(("name", "message"), [
    ("change a record", "Altered: record and hash of link 4"),
    ("remove a record", "Removed: the record of link 4"),
    ("remove a link", "4 is not there"),
    ("repeat a link", "link 4 is there twice"),
    ("cut the tail", "6 record(s) are gone"),
    ("cut the tail with all that belongs to it", "6 record(s) are gone"),
    ("remove a content", "Removed: the content of step 1"),
    ("remove a key", "no record states its erasure"),
    ("change a name", "'bob'"),
    ("exchange the master key", "not this home's"),
])  # fmt: skip
def test_the_message_says_where(victim: tuple[Connection, Path], name: str, message: str) -> None:
    connection, home = victim
    assert any(message in problem.message for problem in tamper(connection, home, name, n=4, m=7))


def test_a_trail_written_anew_in_full_is_seen(victim: tuple[Connection, Path]) -> None:
    """Without the signing key even a chain that is right in itself does not pass."""
    connection, home = victim
    other = home / "other"
    with connection.transaction(force_rollback=True):
        unlock(connection)
        connection.execute("DELETE FROM audit_head; DELETE FROM audit_chain")
        connection.execute("UPDATE audit_record SET action = 'forged'")
        connection.execute("INSERT INTO audit_pending SELECT id FROM audit_record")
        (other / "audit").mkdir(parents=True)
        sealing._extend(connection, Signer.open(other), Heads(), other)
        found = examine(connection, home).problems
    assert any("signature" in problem.message for problem in found)
    assert any("written anew" in problem.message for problem in found)


def test_a_head_file_put_back_is_seen_with_a_receipt(trail: Database, tmp_path: Path) -> None:
    answer(trail, 1)
    seal(trail, tmp_path)
    old = (tmp_path / "audit" / "head.json").read_text()
    answer(trail, 2)
    head = seal(trail, tmp_path)
    assert head is not None
    with trail.connect(None) as connection:
        unlock(connection)
        connection.execute("DELETE FROM audit_head WHERE sequence = 2; DELETE FROM audit_chain WHERE sequence = 2")
        connection.execute("DELETE FROM audit_record WHERE id NOT IN (SELECT record FROM audit_chain)")
    (tmp_path / "audit" / "head.json").write_text(old)
    assert problems(trail, tmp_path) == []  # nobody outside remembers, but for the receipt
    assert any("Cut" in problem.message for problem in verify(trail, tmp_path, receipts=[head.receipt()]).problems)


def test_a_missing_head_file_is_told_and_stops_the_sealer(trail: Database, tmp_path: Path) -> None:
    answer(trail, 1)
    seal(trail, tmp_path)
    (tmp_path / "audit" / "head.json").unlink()
    assert any("No head outside" in problem.message for problem in problems(trail, tmp_path))
    answer(trail, 2)
    with pytest.raises(IntegrityError, match="audit verify"):
        seal(trail, tmp_path)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"sealed": "x", "sealing": null}', "ü"])
def test_a_damaged_head_file_is_told(trail: Database, tmp_path: Path, text: str) -> None:
    answer(trail, 1)
    seal(trail, tmp_path)
    (tmp_path / "audit" / "head.json").write_text(text, "utf-8")
    assert any("is damaged" in problem.message for problem in problems(trail, tmp_path))
    with pytest.raises(IntegrityError, match="is damaged"):
        seal(trail, tmp_path)


def test_the_sealer_does_not_cover_up_a_cut(trail: Database, tmp_path: Path) -> None:
    for number in range(3):
        answer(trail, number)
        seal(trail, tmp_path)
    with trail.connect(None) as connection:
        unlock(connection)
        connection.execute("DELETE FROM audit_head WHERE sequence = 3; DELETE FROM audit_chain WHERE sequence = 3")
        connection.execute("ALTER TABLE audit_chain ADD PRIMARY KEY (sequence)")
    answer(trail, 9)
    with pytest.raises(IntegrityError, match="does not end where"):
        seal(trail, tmp_path)


def test_a_restored_backup_is_resumed_with_the_loss_on_record(trail: Database, tmp_path: Path) -> None:
    answer(trail, 1)
    seal(trail, tmp_path)
    answer(trail, 2)
    lost = seal(trail, tmp_path)
    assert lost is not None
    with trail.connect(None) as connection:
        unlock(connection)
        connection.execute("DELETE FROM audit_head WHERE sequence = 2; DELETE FROM audit_chain WHERE sequence = 2")
        connection.execute("DELETE FROM audit_content WHERE record NOT IN (SELECT record FROM audit_chain)")
        connection.execute("DELETE FROM audit_record WHERE id NOT IN (SELECT record FROM audit_chain)")
        for table in ("chain", "record", "head"):
            column = "id" if table == "record" else "sequence"
            connection.execute(f"ALTER TABLE audit_{table} ADD PRIMARY KEY ({column})")
        connection.execute("ALTER TABLE audit_key ADD UNIQUE (kind, name)")
    with pytest.raises(NotPermitted):
        resume(trail, tmp_path, ANA, "I would like to")
    assert not verify(trail, tmp_path).ok
    head = resume(trail, tmp_path, ADMINISTRATOR, "restored the backup of Monday")
    assert head is not None
    found = verify(trail, tmp_path)
    assert (found.problems, found.sealed) == ([], 2)
    newest = records(trail, ADMINISTRATOR)[0]
    step = recall(trail, tmp_path, ADMINISTRATOR, newest.id).one("resumed")
    assert (newest.action, step["lost"], step["reason"]) == ("chain resumed", [lost.receipt()], "restored the backup of Monday")
    assert not verify(trail, tmp_path, receipts=[lost.receipt()]).ok  # who kept a receipt still sees it


def test_a_broken_chain_is_not_resumed(victim: tuple[Connection, Path], trail: Database) -> None:
    connection, home = victim
    connection.execute("ALTER TABLE audit_record DISABLE TRIGGER refuse")
    connection.execute("UPDATE audit_record SET action = 'other'")
    with pytest.raises(IntegrityError, match="cannot be resumed: Altered"):
        resume(trail, home, ADMINISTRATOR, "never mind")


def test_writers_and_sealers_at_once(trail: Database, tmp_path: Path) -> None:
    answer(trail, 0)
    with ThreadPoolExecutor(5) as threads:
        for _ in range(3):
            threads.submit(lambda: [answer(trail, number, "77") for number in range(8)])
        sealers = [threads.submit(lambda: [seal(trail, tmp_path) for _ in range(8)]) for _ in range(2)]
        for done in sealers:
            done.result()
    seal(trail, tmp_path)
    found = verify(trail, tmp_path)
    assert (found.problems, found.sealed, found.unsealed) == ([], 25, 0)


def test_another_home_does_not_seal(trail: Database, tmp_path: Path) -> None:
    answer(trail, 1)
    seal(trail, tmp_path)
    answer(trail, 2)
    with pytest.raises(IntegrityError, match="another home"):
        seal(trail, tmp_path / "other")


@pytest.mark.parametrize("earlier", [0, 1])
@pytest.mark.parametrize("moment", ["before the file", "before the commit", "after the commit"])
def test_a_kill_of_the_sealer_raises_no_alarm(
    trail: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, earlier: int
) -> None:
    for number in range(earlier):
        answer(trail, number)
        seal(trail, tmp_path)
    answer(trail, 1)
    calls = 0

    def killed(home: Path, heads: Heads) -> None:
        nonlocal calls
        calls += 1
        if moment == "before the file" or (moment == "after the commit" and calls == 2):
            raise KeyboardInterrupt
        write_heads(home, heads)
        if moment == "before the commit":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "write_heads", killed)
        with pytest.raises(KeyboardInterrupt):
            seal(trail, tmp_path)
    assert problems(trail, tmp_path) == []
    answer(trail, 2)
    seal(trail, tmp_path)
    found = verify(trail, tmp_path)
    assert (found.ok, found.sealed, found.unsealed) == (True, earlier + 2, 0)


def test_an_erased_user_leaves_a_whole_chain(trail: Database, tmp_path: Path) -> None:
    identifier = answer(trail, 1, "77")
    seal(trail, tmp_path)
    recalled = recall(trail, tmp_path, ADMINISTRATOR, identifier)
    assert (recalled.user, recalled.one("question"), recalled.all("evidence")) == ("ana", {"text": "question 1"}, [[1]])
    with trail.transaction(ADMINISTRATOR) as connection:
        audit.erase(connection, "administrator", "document", "77")
    recalled = recall(trail, tmp_path, ADMINISTRATOR, identifier)
    assert [step.erased for step in recalled.steps] == [False, True, True]
    with trail.transaction(ADMINISTRATOR) as connection:
        audit.erase(connection, "administrator", "user", "ana")
    seal(trail, tmp_path)
    found = verify(trail, tmp_path)
    assert (found.problems, found.erased) == ([], 3)
    recalled = recall(trail, tmp_path, ADMINISTRATOR, identifier)
    assert recalled.user is None
    assert all(step.erased for step in recalled.steps)


@pytest.mark.parametrize(
    "record", [AuditRecord("ben", "answer"), AuditRecord("ana", "user erased", target="x"), AuditRecord("ana", "traces expired")]
)
def test_the_database_takes_records_of_the_one_who_acts_and_no_excuses(trail: Database, record: AuditRecord) -> None:
    """Those that explain why a content is gone are an administrator's."""
    with trail.transaction(ADMINISTRATOR) as connection:
        audit.append(connection, AuditRecord(ADMINISTRATOR.user, "user erased", target="x"))
    with pytest.raises(NotPermitted), trail.transaction(ANA) as connection:
        audit.append(connection, record)


def test_an_end_that_lies_after_its_own_record_explains_nothing(trail: Database, tmp_path: Path, postgres: Postgres) -> None:
    """Whoever has the database could else take away contents that come later."""
    with trail.owner() as connection:
        audit.append(connection, AuditRecord("administrator", "traces expired", target="9999-01-01T00:00:00.000000+00:00"))
    answer(trail, 1)
    seal(trail, tmp_path)
    with psycopg.connect(postgres.dsn(trail.name, SUPERUSER), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM finfoundry.audit_content")
    found = verify(trail, tmp_path)
    assert not found.ok
    assert all("is not there, though its keys are" in problem.message for problem in found.problems)


def test_a_record_that_is_not_there(trail: Database, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no audit record"):
        recall(trail, tmp_path, ADMINISTRATOR, "00000000-0000-0000-0000-000000000000")
    with pytest.raises(InputError, match="not the id"):
        recall(trail, tmp_path, ADMINISTRATOR, "x'; --")


def test_records_are_shown_to_auditors(trail: Database, tmp_path: Path) -> None:
    identifier = answer(trail, 1)
    with pytest.raises(NotPermitted, match="ana is not an auditor"):
        recall(trail, tmp_path, ANA, identifier)
    answer(trail, 2)
    listed = records(trail, ADMINISTRATOR)
    assert [(item.user, item.action) for item in listed] == [("ana", "answer"), ("ana", "answer")]
    assert listed[-1].id == identifier
    assert len(records(trail, ADMINISTRATOR, limit=1)) == 1
    with pytest.raises(NotPermitted):
        records(trail, ANA)


def test_an_altered_content_is_not_shown(trail: Database, tmp_path: Path) -> None:
    identifier = answer(trail, 1)
    with trail.connect(None) as connection:
        connection.execute("ALTER TABLE audit_content DISABLE TRIGGER refuse")
        connection.execute("UPDATE audit_content SET content = content || '\\x00' WHERE step = 0")
    with pytest.raises(IntegrityError, match="altered"):
        recall(trail, tmp_path, ADMINISTRATOR, identifier)


def test_a_lost_master_key_hides_contents_but_not_the_chain(trail: Database, tmp_path: Path) -> None:
    answer(trail, 1)
    seal(trail, tmp_path)
    shutil.move(tmp_path / "keys" / "master.key", tmp_path / "away")
    assert verify(trail, tmp_path, contents=False).ok
    assert not verify(trail, tmp_path).ok
