"""What a person reads in the place of the reader: a figure that it missed, a table within another border; proposed, approved, undone."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.corrections.conftest import BEA, CARL, DORA

from finfoundry.app import App, open_app
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.document import Block
from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.demo.report import annual_report
from finfoundry.governance.recorder import Recorder
from finfoundry.knowledge.corrections import hand_reading_register as register
from finfoundry.knowledge.corrections.hand_reading import HandReading
from finfoundry.knowledge.corrections.hand_reading_register import MOST_WAITING
from finfoundry.knowledge.corrections.identity_changes import IdentityChange
from finfoundry.knowledge.corrections.reading_drafts import MOST_COLUMNS, DraftedReading
from finfoundry.knowledge.ingest.bordered_page import read_bordered
from finfoundry.runtime.database import Connection
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.correction_desk import CorrectionDesk, fields_of
from finfoundry.usecases.mending.reading_desk import BorderGiven, FigureGiven, ReadingDesk

WHY = "the page prints it"
SUMMARY = 3  # the page of the five-year summary
MARGIN = "What was Yunzhou Commercial Bank's custody fee income in 2024?"
CUSTODY = {"text": "1,234", "metric": ["Custody fee income"], "period": "2024-01-01/2024-12-31", "unit": "CNY", "scale": "1000000"}
BOX = (60.0, 700.0, 90.0, 710.0)


@pytest.fixture(scope="module")
def app(module_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    paper = tmp_path_factory.mktemp("papers") / "report.pdf"
    paper.write_bytes(annual_report().data)
    with open_app(Settings(home=module_home, worker=False)) as opened:
        (done,) = opened.ingest(ADMINISTRATOR, [paper])
        assert not done.error
        opened.recorder = opened.agent.engine = Recorder(ScriptedEngine([("", "NOT FOUND")]))
        for person in (BEA, CARL, DORA):
            opened.policy.add_user(ADMINISTRATOR, person.user)
        for person in (BEA, CARL):
            opened.policy.add_grant(ADMINISTRATOR, person.user, "general", write=True)
        yield opened


@pytest.fixture
def desk(app: App) -> Iterator[ReadingDesk]:
    desk = ReadingDesk(app, read_bordered)
    yield desk
    for made in desk.readings(ADMINISTRATOR, "proposed"):
        desk.retire(ADMINISTRATOR, made.id)
    fixing = CorrectionDesk(app)
    for one in sorted(fixing.corrections(ADMINISTRATOR, "approved"), key=lambda one: -one.version):
        fixing.undo(ADMINISTRATOR, one.id)
    for made in reversed(desk.readings(ADMINISTRATOR, "approved")):
        desk.undo(ADMINISTRATOR, made.id)


@pytest.fixture(scope="module")
def paper(app: App) -> str:
    return app.documents(ADMINISTRATOR)[0].id


def summary_table(app: App, paper: str) -> Block:
    return next(block for block in app.store.page(ADMINISTRATOR, paper, SUMMARY).blocks if block.kind == "table")


def figure_of(paper: str, box: Any = BOX, **changes: Any) -> FigureGiven:
    return FigureGiven(paper, SUMMARY, box, fields_of({**CUSTODY, **changes}))


def fewer_columns(app: App, paper: str, column: int = 4) -> BorderGiven:
    """The summary without its last columns, as a border too narrow has it."""
    table = summary_table(app, paper)
    x0, y0, _, y1 = table.box or BOX
    edge = min(cell.box[0] for cell in table.cells if cell.box and cell.column == column) - 4
    return BorderGiven(paper, SUMMARY, (x0 - 2, y0 - 2, edge, y1 + 2))


def facts_there(app: App, paper: str) -> dict[str, tuple[str, ...]]:
    found = [one for one in app.facts(ADMINISTRATOR, limit=5000) if one.page == SUMMARY and (one.id or "").startswith(paper)]
    return {one.id or "": (*one.metric, one.period, one.value) for one in found}


def in_force(desk: ReadingDesk, proposing: Callable[[], HandReading]) -> HandReading:
    return desk.approve(CARL, proposing().id)


def test_a_figure_that_was_never_read_is_added_answers_and_goes_again(app: App, desk: ReadingDesk, paper: str) -> None:
    before = app.ask(ADMINISTRATOR, MARGIN)
    assert "1,234" not in before.text
    draft = desk.try_figure(DORA, figure_of(paper))  # who may read may try
    assert [one.reading.value for one in draft.comes] == [1_234_000_000]
    assert (draft.goes, draft.stays) == ([], 0)
    assert desk.readings(ADMINISTRATOR, document=paper, state="approved") == []
    made = desk.propose_figure(BEA, figure_of(paper), WHY)
    assert "1,234" not in app.ask(ADMINISTRATOR, MARGIN).text
    with pytest.raises(NotPermitted, match="may not approve"):
        desk.approve(BEA, made.id)
    desk.approve(CARL, made.id)
    answer = app.ask(ADMINISTRATOR, MARGIN)
    assert answer.status == "answered", answer.text
    assert any(figure.value == "1234000000" for figure in answer.figures)
    assert answer.citations[0].box == BOX
    assert any("added by hand" in warning and f"reading {made.id}" in warning for warning in answer.warnings)
    (fact,) = [one for one in app.facts(ADMINISTRATOR, metric="Custody fee income") if one.metric == CUSTODY["metric"]]
    assert fact.reading is not None
    assert (fact.reading.id, fact.reading.kind, fact.reading.approved_by) == (made.id, "figure", "carl")
    assert [one.id for one in app.document(ADMINISTRATOR, paper).certificate.readings] == [made.id]
    desk.undo(BEA, made.id)
    assert "1,234" not in app.ask(ADMINISTRATOR, MARGIN).text
    assert app.document(ADMINISTRATOR, paper).certificate.readings == []
    replay = app.audit_replay(ADMINISTRATOR, answer.audit_id or "")
    assert any(f"reading {made.id}" in told and "undone by bea" in told for told in replay.since)


def test_an_added_figure_can_be_corrected_and_is_then_undone_last(app: App, desk: ReadingDesk, paper: str) -> None:
    made = in_force(desk, lambda: desk.propose_figure(BEA, figure_of(paper), WHY))
    (fact,) = [one for one in app.facts(ADMINISTRATOR, metric="Custody fee income") if one.metric == CUSTODY["metric"]]
    fixing = CorrectionDesk(app)
    proposal = fixing.propose(BEA, fact.id or "", fields_of({"text": "1,235"}), WHY)
    fixing.approve(CARL, [proposal.id])
    assert proposal.id > made.id, "numbers of corrections and readings are of one sequence"
    with pytest.raises(InputError, match=f"Correction {proposal.id} rests on reading {made.id}"):
        desk.undo(BEA, made.id)
    fixing.undo(BEA, proposal.id)
    desk.undo(BEA, made.id)
    assert [one.id for one in fixing.corrections(ADMINISTRATOR, document=paper)] == [proposal.id], "its history stays to be seen"


def test_a_cell_that_was_read_is_corrected_not_added(app: App, desk: ReadingDesk, paper: str) -> None:
    cell = next(one for one in app.facts(ADMINISTRATOR, limit=5000) if one.page == SUMMARY and one.box)
    with pytest.raises(InputError, match="has been read") as told:
        desk.try_figure(BEA, figure_of(paper, box=cell.box))
    assert "corrections propose" in (told.value.remedy or "")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": ""}, "needs its text"),
        ({"metric": None}, "needs its metric"),
        ({"period": None}, "needs its period"),
        ({"text": "twelve"}, "twelve"),
        ({"period": "someday"}, "period"),
        ({"scale": "7"}, "power of ten"),
        ({"unit": "money"}, "currency"),
    ],
)
def test_a_figure_that_says_too_little_is_refused(desk: ReadingDesk, paper: str, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        desk.try_figure(BEA, figure_of(paper, **changes))


def test_a_border_is_drawn_anew_and_its_facts_follow_and_come_back(app: App, desk: ReadingDesk, paper: str) -> None:
    whole, table = facts_there(app, paper), summary_table(app, paper)
    draft = desk.try_table(DORA, fewer_columns(app, paper))
    assert draft.comes or draft.goes
    assert facts_there(app, paper) == whole
    made = in_force(desk, lambda: desk.propose_table(BEA, fewer_columns(app, paper), WHY, anyway=True))
    now = facts_there(app, paper)
    assert len(now) == len(whole) - len(made.change.goes) + len(made.change.comes)
    assert not {one.fact for one in made.change.goes} & set(now)
    assert len(summary_table(app, paper).cells) < len(table.cells)
    desk.undo(CARL, made.id)
    assert facts_there(app, paper) == whole
    assert len(summary_table(app, paper).cells) == len(table.cells)


def far_apart() -> bytes:
    """A page whose rows stand so far apart that the reader takes them for no table."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(595, 842), invariant=1)
    canvas.drawString(60, 770, "Lantern Quay Corp")
    canvas.drawString(60, 750, "Annual report for the year ended December 31, 2024")
    canvas.drawString(60, 730, "Income statement (USD million)")
    for number, (label, this, last) in enumerate((("", "2024", "2023"), ("Revenue", "1,234", "1,100"), ("Net income", "134", "120"))):
        canvas.drawString(60, 700 - 110 * number, label)
        canvas.drawRightString(300, 700 - 110 * number, this)
        canvas.drawRightString(420, 700 - 110 * number, last)
    canvas.save()
    return stream.getvalue()


def test_a_table_that_the_reader_missed_answers_once_its_border_is_drawn(app: App, desk: ReadingDesk, tmp_path: Path) -> None:
    (tmp_path / "lantern.pdf").write_bytes(far_apart())
    (done,) = app.ingest(ADMINISTRATOR, [tmp_path / "lantern.pdf"])
    assert done.id
    question = "What was Lantern Quay's revenue in 2023?"
    assert app.facts(ADMINISTRATOR, entity="Lantern Quay Corp") == []
    given = BorderGiven(done.id, 1, (50, 120, 440, 380))
    made = in_force(desk, lambda: desk.propose_table(BEA, given, WHY))
    assert {one.reading.text for one in made.change.comes} == {"1,234", "1,100", "134", "120"}
    answer = app.ask(ADMINISTRATOR, question)
    assert [figure.value for figure in answer.figures] == ["1100000000"]
    assert any("border was drawn by hand" in warning for warning in answer.warnings)
    app.delete(ADMINISTRATOR, done.id)


def test_columns_that_a_person_parts_are_read_so(app: App, desk: ReadingDesk, paper: str) -> None:
    """A border of half the columns loses the others; one with all columns given reads as before."""
    table = summary_table(app, paper)
    x0, y0, x1, y1 = table.box or BOX
    middle = min(cell.box[0] for cell in table.cells if cell.box and cell.column == 3) - 4
    narrow = BorderGiven(paper, SUMMARY, (x0 - 2, y0 - 2, middle, y1 + 2), (x0 + 150,))
    draft = desk.try_table(BEA, narrow)
    assert draft.columns == (x0 + 150,)
    assert draft.goes
    with pytest.raises(InputError, match="no words stand in two columns"):
        desk.try_table(BEA, BorderGiven(paper, SUMMARY, (1, 1, 20, 20)))
    with pytest.raises(InputError, match="more than"):
        desk.try_table(BEA, BorderGiven(paper, SUMMARY, table.box or BOX, tuple(range(MOST_COLUMNS + 1))))
    with pytest.raises(InputError, match="no room"):
        desk.try_table(BEA, BorderGiven(paper, SUMMARY, (1, 1, 2, 2)))
    with pytest.raises(InputError, match="no box of a page"):
        desk.try_table(BEA, BorderGiven(paper, SUMMARY, (1, 1, float("nan"), 2)))
    with pytest.raises(InputError, match="the same facts"):
        desk.try_table(BEA, BorderGiven(paper, SUMMARY, (x0 - 2, y0 - 2, x1 + 2, y1 + 2)))


def test_a_correction_of_a_table_goes_with_it_and_comes_back_with_it(app: App, desk: ReadingDesk, paper: str) -> None:
    gone = {one.fact for one in desk.try_table(BEA, fewer_columns(app, paper)).goes}
    assert gone, "the last columns are read otherwise"
    fixing, fact = CorrectionDesk(app), sorted(gone)[0]
    waiting = fixing.propose(BEA, fact, fields_of({"unit": "EUR"}), WHY, anyway=True)
    proposal = fixing.propose(BEA, fact, fields_of({"unit": "USD"}), WHY, anyway=True)
    early = desk.propose_table(BEA, fewer_columns(app, paper), WHY, anyway=True)
    fixing.approve(CARL, [proposal.id])
    with pytest.raises(InputError, match="were corrected"):
        desk.approve(CARL, early.id)
    made = in_force(desk, lambda: desk.propose_table(BEA, fewer_columns(app, paper), WHY, anyway=True))
    assert made.change.corrections == [proposal.id]
    assert [one.change.page for one in fixing.corrections(ADMINISTRATOR, "approved")] == [SUMMARY]
    for act in (lambda: fixing.undo(BEA, proposal.id), lambda: fixing.approve(CARL, [waiting.id])):
        with pytest.raises(InputError, match=f"reading {made.id}"):
            act()
    desk.undo(BEA, made.id)
    assert next(one for one in app.facts(ADMINISTRATOR, limit=5000) if one.id == fact).unit == "USD"
    fixing.retire(BEA, waiting.id)


def test_borders_of_a_page_come_off_in_their_order_and_the_second_is_asked_anew(app: App, desk: ReadingDesk, paper: str) -> None:
    smaller = fewer_columns(app, paper, 3)
    first = desk.propose_table(BEA, fewer_columns(app, paper), WHY, anyway=True)
    second = desk.propose_table(CARL, fewer_columns(app, paper), WHY, anyway=True)
    desk.approve(CARL, first.id)
    with pytest.raises(InputError, match="another border of page"):
        desk.approve(BEA, second.id)
    later = in_force(desk, lambda: desk.propose_table(BEA, smaller, WHY, anyway=True))
    with pytest.raises(InputError, match=f"Reading {later.id} rests on reading {first.id}"):
        desk.undo(BEA, first.id)


def test_who_may_not_read_or_write_makes_none_and_the_database_holds_it(app: App, desk: ReadingDesk, paper: str) -> None:
    nobody = Principal("nobody")
    for act in (lambda: desk.try_figure(nobody, figure_of(paper)), lambda: desk.propose_figure(nobody, figure_of(paper), WHY)):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotPermitted):
        desk.propose_figure(DORA, figure_of(paper), WHY)
    made = desk.propose_figure(BEA, figure_of(paper), WHY)
    assert [one.id for one in desk.readings(DORA, "proposed")] == [made.id]
    assert desk.readings(nobody) == []
    with pytest.raises(NotPermitted):
        desk.approve(DORA, made.id)
    update = "UPDATE hand_readings SET state = 'approved', approved_by = 'bea', approved_proof = 'x', approved_at = now() WHERE id = %s"
    with pytest.raises(psycopg.errors.CheckViolation), app.database.transaction(BEA) as connection:
        connection.execute(update, (made.id,))
    for forbidden in ("UPDATE hand_readings SET content = '{}'", "UPDATE facts SET withdrawn_by = 1", "DELETE FROM hand_readings"):
        with pytest.raises(NotPermitted), app.database.transaction(BEA) as connection:
            connection.execute(forbidden.encode())


def test_the_database_applies_no_reading_out_of_turn(app: App, desk: ReadingDesk, paper: str) -> None:
    made = desk.propose_table(BEA, fewer_columns(app, paper), WHY, anyway=True)
    other = desk.propose_table(BEA, fewer_columns(app, paper), WHY, anyway=True)
    desk.approve(CARL, made.id)
    update = "UPDATE hand_readings SET state = 'approved', approved_by = 'carl', approved_proof = 'x', approved_at = now() WHERE id = %s"
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation), app.database.transaction(CARL) as connection:
        connection.execute(update, (other.id,))


def test_a_reading_that_breaks_an_identity_says_which_and_needs_a_word(app: App, desk: ReadingDesk, paper: str) -> None:
    broken = IdentityChange("assets = liabilities + equity", SUMMARY, "2024-12-31", "holds", "broken", Decimal(2), Decimal(1))

    def drafting(connection: Connection) -> DraftedReading:
        made = register.figure(paper, SUMMARY, BOX, fields_of(CUSTODY))(connection)
        return replace(made, draft=replace(made.draft, identities=[broken]))

    with pytest.raises(InputError, match=r"breaks what holds.*assets = liabilities"):
        app.readings.propose(BEA, paper, drafting, WHY)
    made = app.readings.propose(BEA, paper, drafting, WHY, anyway=True)
    assert desk.readings(CARL, "proposed")[-1].change.broken == [broken]
    desk.retire(CARL, made.id)


def test_each_act_is_on_record_and_pairs_to_learn_from_leave_with_one(app: App, desk: ReadingDesk, paper: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No reading"):
        desk.export(BEA, tmp_path / "none.jsonl")
    figure = in_force(desk, lambda: desk.propose_figure(BEA, figure_of(paper), WHY))
    table = in_force(desk, lambda: desk.propose_table(BEA, fewer_columns(app, paper), WHY, anyway=True))
    written = desk.export(BEA, tmp_path / "pairs.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "pairs.jsonl").read_text().splitlines()]
    assert [row["reading"] for row in rows] == [figure.id, table.id]
    assert written.pairs == 2
    assert rows[0]["read"] == []
    assert rows[0]["right"][0]["reading"]["text"] == "1,234"
    assert rows[1]["before"]
    assert rows[1]["box"] != rows[1]["before"][0]
    actions = {one.action for one in app.audit_show(ADMINISTRATOR, None)}  # type: ignore[union-attr]
    assert {"reading proposed", "reading approved", "readings exported"} <= actions
    desk.undo(BEA, table.id)
    withdrawn = desk.propose_figure(BEA, figure_of(paper, box=(60.0, 720.0, 90.0, 730.0)), WHY)
    desk.retire(BEA, withdrawn.id)
    assert desk.readings(BEA, "retired")[-1].id == withdrawn.id
    with pytest.raises(InputError, match="is retired"):
        desk.approve(CARL, withdrawn.id)


def test_as_many_readings_wait_as_may_and_another_file_has_no_border(app: App, desk: ReadingDesk, paper: str, tmp_path: Path) -> None:
    for number in range(MOST_WAITING):
        desk.propose_figure(BEA, figure_of(paper, box=(60.0, 20.0 + number, 90.0, 30.0 + number)), WHY)
    with pytest.raises(InputError, match="wait for a decision"):
        desk.propose_figure(BEA, figure_of(paper), WHY)
    (tmp_path / "plain.md").write_text("# Quay Corp\n\n| USD million | 2024 |\n|---|---|\n| Revenue | 12 |\n")
    (done,) = app.ingest(ADMINISTRATOR, [tmp_path / "plain.md"])
    assert done.id
    with pytest.raises(InputError, match="no pages on which a border"):
        desk.try_table(BEA, BorderGiven(done.id, 1, BOX))
    added = in_force(desk, lambda: desk.propose_figure(BEA, FigureGiven(done.id or "", 1, None, fields_of(CUSTODY)), WHY))
    app.delete(ADMINISTRATOR, done.id)
    assert added.id not in {one.id for one in desk.readings(ADMINISTRATOR)}
