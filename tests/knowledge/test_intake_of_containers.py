"""Archives and mails into the store: each file inside is a document of its own, named after what it came out of."""

from pathlib import Path

import pytest
from tests.knowledge.formats.office import archive, mail, workbook

from finfoundry.core.document import Part
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest import containers
from finfoundry.knowledge.ingest.containers import Containers, read_whole
from finfoundry.knowledge.ingest.ingest_files import Ingested, IngestTarget, Intake
from finfoundry.knowledge.ingest.workers import Workers
from finfoundry.knowledge.storage.fact_query import FactQuery
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime.database import Database

NOTE = b"# Fees\n\nThe charge is 2.5% of the amount.\n"


def flat(results: list[Ingested]) -> list[tuple[str, str | None]]:
    return [(Path(one.path).name, one.outcome) for result in results for one in (result, *(item for item in result.inside))]


def test_files_in_files_become_documents_of_their_own(database: Database, tmp_path: Path) -> None:
    bundle = tmp_path / "year.zip"
    bundle.write_bytes(archive({"mails/results.eml": mail({"figures.xlsx": workbook()}), "fees.md": NOTE, "bad.doc": b"\0\1\2" * 50}))
    store, pool = Store(database), Workers(processes=2)
    try:
        intake = Intake(store, pool, ADMINISTRATOR, IngestTarget("default", "general"))
        (result,) = intake.run([bundle], max_bytes=10**7, home=tmp_path / "home")
        again = Intake(store, pool, ADMINISTRATOR, IngestTarget("default", "general")).run_sent("year.zip", bundle.read_bytes())
    finally:
        pool.close()
    assert result.outcome == "unpacked"
    found = {Path(one.path).name: one for one in result.inside}
    assert found["bad.doc"].error is not None
    assert not result.whole
    (figures,) = found["results.eml"].inside
    names = {document.name: document for document in store.documents(ADMINISTRATOR)}
    assert set(names) == {"year.zip/mails/results.eml", "year.zip/mails/results.eml/figures.xlsx", "year.zip/fees.md"}
    facts = store.facts(ADMINISTRATOR, FactQuery(document_id=figures.id))
    assert {"sheet": "Results", "cell": "B2"} in [row.fact.locator for row in facts]
    assert {one.outcome for one in again.inside if not one.error} == {"unchanged"}


def test_a_whole_file_is_read_without_a_store(tmp_path: Path) -> None:
    data = archive({"results.eml": mail({"figures.xlsx": workbook(), "x.bin": b"\0\1\2" * 50}), "fees.md": NOTE})
    pool = Workers(processes=1)
    try:
        read = read_whole(pool, tmp_path / "year.zip", data)
    finally:
        pool.close()
    assert sorted(parsed.document.name for parsed in read) == [
        "year.zip", "year.zip/fees.md", "year.zip/results.eml", "year.zip/results.eml/figures.xlsx",
    ]  # fmt: skip
    assert any("x.bin" in loss for loss in read[0].certificate.losses)


@pytest.mark.parametrize(("bound", "value"), [("MOST_INSIDE", 1), ("BYTES_INSIDE", 5), ("DEEPEST", 0)])
def test_what_comes_out_of_a_file_is_bounded(bound: str, value: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, bound, value)
    opened = Containers()
    refused = list(opened.take(Path("a.zip"), [Part("1.md", b"abc"), Part("2.md", b"def")]))
    assert len(refused) + len(opened.waiting) == 2
    assert refused
    assert all(error.remedy for _, error in refused)
