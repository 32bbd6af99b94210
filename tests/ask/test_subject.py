"""Whose papers they are: spellings, former names and the names of files brought together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.understand.subject import Subject, known_of, named_by_end, names_of, subject_of
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear
from finfoundry.knowledge.storage.fact_query import StoredEntity
from finfoundry.knowledge.storage.store import StoredDocument


def document(name: str, entity: str | None, aliases: tuple[str, ...] = ()) -> StoredDocument:
    period = ("10-K", "2020-01-01/2020-12-31", 2020, "USD", "en", None)
    return StoredDocument(
        name, name, "default", "general", "", "application/pdf", 1, 1, 1, entity, aliases, *period, None, 1.0, True, "2026-01-01"
    )


def entity(name: str, *aliases: str) -> StoredEntity:
    return StoredEntity(name, aliases, 1, (2020,), ("2020-01-01/2020-12-31",))


def found(question: str, entities: list[StoredEntity], documents: list[StoredDocument]) -> set[str]:
    return {named.name for named in EntityNames(sorted(names_of(entities, documents).items())).find(question)}


PAPERS = [document("BRICK_2020_10K.pdf", "TRIANGLE, INC.", ("TRIANGLE",)), document("BRICK_2023_10K.pdf", "Brick, Inc.", ("Brick",))]
RENAMED = [entity("TRIANGLE, INC.", "TRIANGLE"), entity("Brick, Inc.", "Brick")]


def test_papers_are_known_by_the_name_under_which_they_are_filed() -> None:
    assert found("What were Brick's revenues?", RENAMED[:1], PAPERS[:1]) == {"TRIANGLE, INC."}
    assert found("a brick wall", RENAMED[:1], PAPERS[:1]) == set()


def test_a_company_under_its_former_and_its_present_name_is_one() -> None:
    names = names_of(RENAMED, PAPERS)
    assert list(names) == ["Brick, Inc."]
    assert found("Brick's revenues", RENAMED, PAPERS) == found("Triangle's revenues", RENAMED, PAPERS) == {"Brick, Inc."}
    assert subject_of("Brick, Inc.", known_of(RENAMED, PAPERS)).documents == tuple(PAPERS)


@pytest.mark.parametrize(
    "name", ["annual_report_2020.pdf", "download_2020.pdf", "3f2a2020bb.pdf", "0001437749-23-006585.pdf", "10K_2020.pdf"]
)
def test_a_file_of_no_particular_name_gives_none(name: str) -> None:
    assert names_of([entity("Alpha plc")], [document(name, "Alpha plc")]) == {"Alpha plc": ()}


def test_a_word_under_which_several_companies_file_names_none_of_them() -> None:
    entities, papers = [entity("Alpha plc"), entity("Beta plc")], [document(f"peers_2020_{n}.pdf", n) for n in ("Alpha plc", "Beta plc")]
    assert names_of(entities, papers) == {"Alpha plc": (), "Beta plc": ()}


def test_chinese_file_names_hold_short_names_and_codes() -> None:
    paper = document("2020-01-21__远山电气股份有限公司__300999__远山电气__2019年__年度报告.txt", "远山电气股份有限公司")
    assert set(names_of([entity("远山电气股份有限公司")], [paper])["远山电气股份有限公司"]) == {"300999", "远山电气"}


def test_a_fiscal_year_that_no_paper_has_may_be_named_by_its_end() -> None:
    """A year of a retailer that ends in January 2023 is its fiscal 2022, and the fiscal 2023 of many a question."""
    paper = replace(document("a", "Alpha plc"), fiscal_year=2022, period="2022-01-30/2023-01-28")
    subject = Subject("Alpha plc", documents=(paper,), calendar=FiscalYear(2022, date(2023, 1, 28), weeks=True))
    shifted = named_by_end(subject, [2022, 2023])
    assert shifted
    assert shifted.calendar.end_of(2023) == date(2023, 1, 28)
    assert named_by_end(subject, [2022]) is None
    assert named_by_end(subject, [2024]) is None
    assert named_by_end(replace(subject, calendar=CALENDAR_YEAR), [2023]) is None
