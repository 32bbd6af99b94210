"""Rules listed, shown, brought up to date as a package and put right: rights, one transaction, records, the way back, bad input."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.laws.conftest import BEA, CARL, DORA
from tests.laws.papers import travel

from finfoundry.app import App
from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.governance.trail import records
from finfoundry.knowledge.laws.law_view import LawView
from finfoundry.usecases.law_desk import LawDesk


def package(folder: Path, *entries: dict[str, Any], **texts: str) -> Path:
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps({"laws": list(entries)}), encoding="utf-8")
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def named(desk: LawDesk, name: str) -> LawView:
    return next(one for one in desk.laws(DORA, "rules") if one.name == name)


def test_rules_are_listed_as_of_a_day(reading_desk: LawDesk) -> None:
    now = {one.name: one.state for one in reading_desk.laws(DORA, "rules")}
    assert now == {"travel_2019.md": "not in force", "travel_2022.md": "in force", "expenses.md": "in force"}
    then = {one.name: one.state for one in reading_desk.laws(DORA, "rules", date(2020, 1, 1))}
    assert then == {"travel_2019.md": "in force", "travel_2022.md": "not in force", "expenses.md": "not in force"}


def test_a_document_shows_its_standing_and_what_says_so(library: App, reading_desk: LawDesk) -> None:
    view = library.document(DORA, named(reading_desk, "travel_2022.md").document)
    assert view.law is not None
    assert view.law.standing == "in force since 2022-07-01"
    said = {one.matter: one for one in view.certificate.law}
    assert (said["effective"].quote, said["effective"].page) == ("Effective from 1 July 2022", 1)


def test_a_file_of_the_same_name_with_another_day_leaves_the_earlier_version(app: App, desk: LawDesk, tmp_path: Path) -> None:
    file = tmp_path / "travel_2022.md"
    file.write_text(travel("1 May 2024", 230), encoding="utf-8")
    app.ingest(ADMINISTRATOR, [file], collection="rules")
    assert [one.effective for one in desk.laws(DORA, "rules") if one.name == "travel_2022.md"] == ["2022-07-01", "2024-05-01"]


def test_an_update_is_previewed_applied_at_once_and_taken_back(app: App, desk: LawDesk, tmp_path: Path) -> None:
    path = package(tmp_path / "update", {"file": "travel.md", "repeals": ["Expense Procedure"]}, travel=travel("1 January 2025", 240))
    shown = desk.preview(DORA, path, collection="rules")
    assert [(one.change, one.title) for one in shown.changes] == [("amended", "Travel Policy"), ("repealed", "Expense Procedure")]
    assert len(desk.laws(DORA, "rules")) == 3
    done = desk.apply(BEA, path, collection="rules")
    assert done.id is not None
    assert named(desk, "travel.md").state == "in force"
    assert named(desk, "expenses.md").ended_by == "Travel Policy"
    assert "USD 240" in app.ask(DORA, "What is the hotel limit in the travel policy?", collection="rules").text
    back = desk.take_back(CARL, done.id)
    assert back.taken_back_by == "carl"
    assert {one.name: one.state for one in desk.laws(DORA, "rules")}["expenses.md"] == "in force"
    assert "USD 210" in app.ask(DORA, "What is the hotel limit in the travel policy?", collection="rules").text
    with pytest.raises(InputError, match="taken back already"):
        desk.take_back(CARL, done.id)
    actions = [one.action for one in records(app.database, ADMINISTRATOR)]
    assert {"laws updated", "law update taken back", "document added", "document removed"} <= set(actions)


def test_an_update_of_a_zip_that_ends_a_rule_that_is_there(desk: LawDesk, tmp_path: Path) -> None:
    path = tmp_path / "update.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.yaml", "- title: Expense Procedure\n  expires: 2023-01-01\n")
    done = desk.apply(BEA, path, collection="rules")
    assert named(desk, "expenses.md").state == "not in force"
    desk.take_back(BEA, done.id or 0)
    assert named(desk, "expenses.md").state == "in force"


def test_what_is_kept_of_an_update_names_nothing_under_another_label(app: App, desk: LawDesk, tmp_path: Path) -> None:
    app.policy.add_label(ADMINISTRATOR, "board")
    file = tmp_path / "secret.md"
    file.write_text(travel("1 January 2025", 999), encoding="utf-8")
    app.ingest(ADMINISTRATOR, [file], collection="rules", label="board")
    path = package(tmp_path / "update", {"file": "travel.md"}, travel=travel("1 January 2025", 240))
    assert "secret.md" in str(desk.preview(ADMINISTRATOR, path, collection="rules").changes)
    desk.apply(ADMINISTRATOR, path, collection="rules")
    kept = desk.updates(DORA)[-1].changes
    assert [one.title for one in kept] == ["Travel Policy"]
    assert "secret.md" not in str(kept)


def test_who_may_only_read_changes_nothing(app: App, desk: LawDesk, tmp_path: Path) -> None:
    path = package(tmp_path / "update", {"file": "travel.md"}, travel=travel("1 January 2025", 240))
    with pytest.raises(NotPermitted):
        desk.apply(DORA, path, collection="rules")
    with pytest.raises(NotPermitted):
        app.law_corrections.propose(DORA, named(desk, "travel_2022.md").document, "effective", "2020-01-01", "so")
    assert len(desk.laws(DORA, "rules")) == 3
    done = desk.apply(BEA, path, collection="rules")
    with pytest.raises(NotPermitted):
        desk.take_back(DORA, done.id or 0)


def test_rules_under_a_label_that_may_not_be_read_do_not_exist(app: App, desk: LawDesk, tmp_path: Path) -> None:
    app.policy.add_label(ADMINISTRATOR, "board")
    file = tmp_path / "secret.md"
    file.write_text(travel("1 January 2026", 999).replace("Travel Policy", "Secret Policy"), encoding="utf-8")
    app.ingest(ADMINISTRATOR, [file], collection="rules", label="board")
    secret = next(one for one in desk.laws(ADMINISTRATOR, "rules") if one.name == "secret.md")
    assert "secret.md" not in {one.name for one in desk.laws(DORA, "rules")}
    assert app.store.clauses(DORA, [secret.document]) == {}
    with pytest.raises(NotFound):
        desk.law(DORA, secret.document)


def test_who_proposes_does_not_approve(app: App, desk: LawDesk) -> None:
    made = app.law_corrections.propose(BEA, named(desk, "travel_2022.md").document, "level", "law", "a test")
    with pytest.raises(NotPermitted, match="bea proposed"):
        app.law_corrections.approve(BEA, made.id)
    with pytest.raises(NotPermitted):
        app.law_corrections.approve(DORA, made.id)
    app.law_corrections.approve(CARL, made.id)
    assert named(desk, "travel_2022.md").level == "law"
    assert [one.state for one in app.law_corrections.listed(DORA)] == ["approved"]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"file": "travel.md", "effective": "2020-13-45"}, "no calendar"),
        ({"file": "travel.md", "effective": "03/04/2020"}, "two days"),
        ({"file": "travel.md", "effective": "2345-01-01"}, "out of range"),
        ({"file": "travel.md", "effective": "2020-01-01", "expires": "2019-01-01"}, "no more from 2019-01-01"),
        ({"file": "travel.md", "efective": "2020-01-01"}, "no field 'efective'"),
        ({"file": "other.md"}, "not in the package"),
        ({"file": "travel.md", "level": "decree"}, "no level"),
        ({"title": "Travel Policy"}, "has no file"),
    ],
)
def test_bad_manifests_are_refused_by_the_entry(reading_desk: LawDesk, tmp_path: Path, entry: dict[str, Any], fault: str) -> None:
    path = package(tmp_path / "update", entry, travel=travel("1 January 2025", 240))
    with pytest.raises(InputError, match=fault) as refused:
        reading_desk.preview(BEA, path, collection="rules")
    assert "entry 1" in refused.value.message
    assert refused.value.remedy


def test_text_and_manifest_that_contradict_are_shown(reading_desk: LawDesk, tmp_path: Path) -> None:
    path = package(tmp_path / "update", {"file": "travel.md", "effective": "2025-06-01"}, travel=travel("1 January 2025", 240))
    (change,) = reading_desk.preview(BEA, path, collection="rules").changes
    assert change.faults == ["effective: the text says 2025-01-01, the manifest 2025-06-01"]
    assert change.effective == "2025-06-01"
