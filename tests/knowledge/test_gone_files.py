"""A file that is gone from a folder which is read again: told, its document marked for lists and answers, or removed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.knowledge.formats.office import archive, mail, workbook

from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.policy import Policy
from finfoundry.knowledge.ingest.gone_files import gone, keep_origins
from finfoundry.knowledge.ingest.ingest_files import Ingested, IngestTarget, Intake
from finfoundry.knowledge.ingest.workers import Workers
from finfoundry.knowledge.storage.fact_query import FactQuery
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime.database import Database

GONE = "its file is gone from the folder that it came from"


def note(bank: str, figure: int) -> bytes:
    return f"# {bank}\n\nAnnual report 2024\n\n| In EUR million | 2024 |\n|---|---|\n| Total assets | {figure:,} |\n".encode()


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    made = Workers(processes=1)
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "papers"
    (made / "old").mkdir(parents=True)
    (made / "one.md").write_bytes(note("Orchard Bank", 1111))
    (made / "two.md").write_bytes(note("Quay Bank", 2222))
    (made / "old" / "three.md").write_bytes(note("Mill Bank", 3333))
    return made


def ingest(
    store: Store, pool: Workers, *paths: Path, remove: bool = False, collection: str = "default", who: Principal = ADMINISTRATOR
) -> list[Ingested]:
    """As ``App.ingest`` does."""
    intake = Intake(store, pool, who, IngestTarget(collection, "general"))
    results = intake.run(paths, max_bytes=10**7, home=Path("/nowhere"))
    keep_origins(store, who, results)
    return results + gone(store, who, [path for path in paths if path.is_dir()], collection, results, remove=remove)


def told(results: list[Ingested]) -> dict[str, str | None]:
    return {Path(one.path).name: one.outcome for one in results}


def marks(store: Store) -> dict[str, bool]:
    return {one.name: GONE in (one.mark or "") for one in store.documents(ADMINISTRATOR)}


def recorded(database: Database, action: str) -> int:
    with database.owner() as connection:
        row = connection.execute("SELECT count(*) FROM audit_record WHERE action = %s", (action,)).fetchone()
    return int(row[0]) if row else 0


def test_a_gone_file_is_told_and_its_document_marked(database: Database, pool: Workers, folder: Path) -> None:
    store = Store(database)
    assert told(ingest(store, pool, folder)) == {"one.md": "added", "two.md": "added", "three.md": "added"}
    assert marks(store) == {"one.md": False, "two.md": False, "three.md": False}
    (folder / "one.md").unlink()
    (folder / "two.md").write_bytes(note("Quay Bank", 2999))
    results = ingest(store, pool, folder)
    assert told(results) == {"two.md": "superseded", "three.md": "unchanged", "one.md": "gone"}
    assert all(one.whole for one in results)
    assert marks(store) == {"one.md": True, "two.md": False, "three.md": False}
    (fact,) = store.facts(ADMINISTRATOR, FactQuery(entity="Orchard Bank", metric="Total assets"))
    assert GONE in (fact.mark or "")
    shown, certificate = store.shown(ADMINISTRATOR, fact.document_id)
    assert certificate.mark == shown.mark
    assert told(ingest(store, pool, folder))["one.md"] == "gone"  # as often as it is read
    assert recorded(database, "file gone") == 1


def test_a_gone_file_is_removed_where_that_is_wanted(database: Database, pool: Workers, folder: Path) -> None:
    store = Store(database)
    ingest(store, pool, folder)
    (folder / "one.md").unlink()
    assert told(ingest(store, pool, folder, remove=True))["one.md"] == "removed"
    assert sorted(marks(store)) == ["three.md", "two.md"]
    assert recorded(database, "document removed") == 1


def test_a_file_that_is_there_again_loses_the_mark(database: Database, pool: Workers, folder: Path) -> None:
    store = Store(database)
    ingest(store, pool, folder)
    data = (folder / "one.md").read_bytes()
    (folder / "one.md").unlink()
    ingest(store, pool, folder)
    (folder / "one.md").write_bytes(data)
    assert told(ingest(store, pool, folder))["one.md"] == "unchanged"
    assert not any(marks(store).values())
    assert recorded(database, "file found again") == 1


def test_a_mark_that_the_certificate_has_stays(database: Database, pool: Workers, folder: Path) -> None:
    store = Store(database)
    ingest(store, pool, folder)
    with database.owner() as connection:
        connection.execute("UPDATE documents SET mark = 'low certificate' WHERE name = 'one.md'")
        connection.execute(
            "UPDATE certificates SET content = jsonb_set(content, '{mark}', '\"low certificate\"') WHERE document_id IN"
            " (SELECT id FROM documents WHERE name = 'one.md')"
        )
    data = (folder / "one.md").read_bytes()
    (folder / "one.md").unlink()
    ingest(store, pool, folder)
    assert {one.mark for one in store.documents(ADMINISTRATOR) if one.mark and one.mark.startswith(f"low certificate; {GONE}")}
    (folder / "one.md").write_bytes(data)
    ingest(store, pool, folder)
    assert [one.mark for one in store.documents(ADMINISTRATOR) if one.mark] == ["low certificate"]


def test_a_renamed_or_moved_file_is_not_gone(database: Database, pool: Workers, folder: Path) -> None:
    store = Store(database)
    ingest(store, pool, folder)
    (folder / "one.md").rename(folder / "first.md")
    (folder / "old" / "three.md").rename(folder / "three.md")
    assert told(ingest(store, pool, folder)) == {"first.md": "unchanged", "three.md": "unchanged", "two.md": "unchanged"}
    assert not any(marks(store).values())


def test_only_what_lies_below_the_folder_is_looked_for(database: Database, pool: Workers, folder: Path) -> None:
    store = Store(database)
    ingest(store, pool, folder)
    beside = folder.parent / "papers-2"
    beside.mkdir()
    (beside / "four.md").write_bytes(note("Fen Bank", 4444))
    (folder / "one.md").unlink()
    assert told(ingest(store, pool, beside)) == {"four.md": "added"}
    assert told(ingest(store, pool, folder / "two.md")) == {"two.md": "unchanged"}  # a file alone says nothing of others
    (folder / "old" / "three.md").rename(folder / "old" / ".three.md")
    (folder / "old" / "five.md").write_bytes(note("Wold Bank", 5555))
    assert told(ingest(store, pool, folder / "old")) == {"five.md": "added", "three.md": "gone"}


def test_a_folder_is_the_same_by_whichever_name(database: Database, pool: Workers, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(database)
    monkeypatch.chdir(folder)
    ingest(store, pool, Path("old/.."))
    (folder / "one.md").unlink()
    assert told(ingest(store, pool, folder))["one.md"] == "gone"


def test_of_an_empty_folder_nothing_is_removed(database: Database, pool: Workers, folder: Path) -> None:
    store = Store(database)
    ingest(store, pool, folder)
    for file in (folder / "one.md", folder / "two.md", folder / "old" / "three.md"):
        file.unlink()
    results = ingest(store, pool, folder, remove=True)  # a disk that is not mounted looks so
    assert [one.outcome for one in results] == [None, "gone", "gone", "gone"]
    assert all(marks(store).values())


def test_what_cannot_be_looked_at_is_not_gone(database: Database, pool: Workers, folder: Path) -> None:
    store = Store(database)
    ingest(store, pool, folder)
    (folder / "one.md").unlink()
    (folder / "one.md").symlink_to("nothing")  # refused, but there
    results = ingest(store, pool, folder)
    assert "gone" not in told(results).values()
    assert any(one.error for one in results)


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator of a machine may look everywhere")
def test_a_folder_that_may_not_be_read_has_lost_nothing(database: Database, pool: Workers, folder: Path) -> None:
    store = Store(database)
    ingest(store, pool, folder)
    (folder / "old").chmod(0)
    try:
        assert "gone" not in told(ingest(store, pool, folder)).values()
    finally:
        (folder / "old").chmod(0o755)


def test_what_an_archive_no_longer_holds_is_gone(database: Database, pool: Workers, tmp_path: Path) -> None:
    store, folder = Store(database), tmp_path / "papers"
    folder.mkdir()
    (folder / "year.zip").write_bytes(archive({"one.md": note("Orchard Bank", 1111), "two.md": note("Quay Bank", 2222)}))
    (folder / "results.eml").write_bytes(mail({"figures.xlsx": workbook()}))
    ingest(store, pool, folder)
    assert "gone" not in told(ingest(store, pool, folder)).values()  # a mail that is not opened again keeps what is attached
    (folder / "year.zip").write_bytes(archive({"two.md": note("Quay Bank", 2222)}))
    lost = [one for one in ingest(store, pool, folder) if one.outcome == "gone"]
    assert [one.name for one in store.documents(ADMINISTRATOR) if one.id in {row.id for row in lost}] == ["year.zip/one.md"]
    (folder / "year.zip").unlink()
    assert len([one for one in ingest(store, pool, folder) if one.outcome == "gone"]) == 2


def test_documents_of_another_collection_are_left_alone(database: Database, pool: Workers, folder: Path) -> None:
    store = Store(database)
    ingest(store, pool, folder, collection="board")
    (folder / "one.md").unlink()
    assert "gone" not in told(ingest(store, pool, folder)).values()
    assert not any(marks(store).values())


def test_who_may_not_read_a_document_is_not_told_that_it_is_gone(database: Database, pool: Workers, folder: Path) -> None:
    store, policy = Store(database), Policy(database)
    policy.add_user(ADMINISTRATOR, "ana")
    policy.add_grant(ADMINISTRATOR, "ana", "general", write=True)
    policy.add_label(ADMINISTRATOR, "board")
    results = ingest(store, pool, folder)
    secret = next(one for one in results if one.path.endswith("one.md"))
    store.relabel(ADMINISTRATOR, str(secret.id), "board")
    (folder / "one.md").unlink()
    ana = replace(ADMINISTRATOR, user="ana", administrator=False)
    assert "one.md" not in told(ingest(store, pool, folder, who=ana, remove=True))
    assert told(ingest(store, pool, folder))["one.md"] == "gone"
