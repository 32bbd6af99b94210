"""Corrections by hand over a real store: shown, proposed, approved by a second person, followed by answers, undone, exported, replayed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finfoundry.app import App, open_app
from finfoundry.ask.views import FactView
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.document import Certificate
from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.recorder import Recorder
from finfoundry.governance.trail import recall, records
from finfoundry.knowledge.corrections.correction import Correction
from finfoundry.knowledge.ids import document_number
from finfoundry.runtime.settings import Settings
from finfoundry.server.routes import verifying
from finfoundry.server.service.cache import AnswerCache
from finfoundry.usecases.correction_desk import CorrectionDesk, fields_of, lines_of

COMPANY = "Marlowe Tramways Corp"
YARD = "A set of spare parts for the yard costs $415 more in Northhaven than by the sea."
PROSE = (
    "Trams are washed every night, since the streets by the sea are salt, and the drivers change after every second round of the town. " * 4
)
SCRIPT = [("spare parts for the yard", YARD), ("", "NOT FOUND")]
BEA = Principal("bea", proof="key b")
CARL = Principal("carl", proof="key c")
DORA = Principal("dora", proof="key d")  # reads what is general, and writes nothing
BALANCE = """
Current assets:||
Cash and cash equivalents|1,210|1,105
Inventories|415|397
Total current assets|1,625|1,502
Goodwill|731|731
Total assets|2,365|2,233
Total current liabilities|604|581
Total liabilities|902|880
Total stockholders' equity|1,454|1,353
Total liabilities and stockholders' equity|2,356|2,233
"""  # the total of 2024 has two digits exchanged: 2,356 is right
INCOME = """
Revenues|3,310|3,150
Cost of revenue|2,004|1,917
Gross profit|1,306|1,233
Operating income|402|371
Net income|288|267
"""
ASSETS = f"What were {COMPANY}'s total assets at the end of 2024?"


def report(company: str = COMPANY, balance: str = BALANCE, more: str = "") -> bytes:
    """An annual report with a balance sheet and an income statement, in millions."""

    def table(title: str, rows: str, heads: str) -> str:
        cells = (line.split("|") for line in [f"|{heads}", *rows.strip().splitlines()])
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in cells)
        return f"<p>{company}</p><p>{title}</p><p>(in millions of US dollars)</p><table>{body}</table>"

    days, years = "December 31, 2024|December 31, 2023", "2024|2023"
    return (
        f"<html><head><title>Annual report</title></head><body><p>FORM 10-K</p><p>For the fiscal year ended December 31, 2024</p>"
        f"<p>{company}</p><p>(Exact name of registrant as specified in its charter)</p>"
        f"{table('CONSOLIDATED BALANCE SHEETS', balance, days)}"
        f"<p>Year ended December 31,</p>{table('CONSOLIDATED STATEMENTS OF INCOME', INCOME, years)}{more}</body></html>"
    ).encode()


@pytest.fixture(scope="module")
def app(module_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    paper = tmp_path_factory.mktemp("papers") / "tramways.htm"
    paper.write_bytes(report(more=f"<h2>Yard</h2><p>{PROSE} {YARD}</p><p>{PROSE}</p>"))
    with open_app(Settings(home=module_home, worker=False)) as opened:
        (done,) = opened.ingest(ADMINISTRATOR, [paper])
        assert not done.error
        opened.recorder = opened.agent.engine = Recorder(ScriptedEngine(SCRIPT))
        for person in (BEA, CARL, DORA):
            opened.policy.add_user(ADMINISTRATOR, person.user)
        for person in (BEA, CARL):
            for label in ("general", "sensitive"):
                opened.policy.add_grant(ADMINISTRATOR, person.user, label, write=True)
        yield opened


@pytest.fixture
def desk(app: App) -> Iterator[CorrectionDesk]:
    desk = CorrectionDesk(app)
    yield desk
    for made in desk.corrections(ADMINISTRATOR, "proposed"):
        desk.retire(ADMINISTRATOR, made.id)
    for made in sorted(desk.corrections(ADMINISTRATOR, "approved"), key=lambda one: -one.version):
        desk.undo(ADMINISTRATOR, made.id)


@pytest.fixture
def other(app: App, tmp_path: Path) -> Iterator[str]:
    """A paper of another company, which the test may change or delete; its id."""
    path = tmp_path / "quays.htm"
    path.write_bytes(report("Northquay Harbours Corp"))
    (done,) = app.ingest(ADMINISTRATOR, [path])
    assert done.id
    yield done.id
    for document in app.documents(ADMINISTRATOR):
        if document.name == "quays.htm":
            app.delete(ADMINISTRATOR, document.id)


def fact_of(app: App, label: str, year: int = 2024, company: str = COMPANY, principal: Principal = ADMINISTRATOR) -> FactView:
    (found,) = [
        one for one in app.facts(principal, company, label)
        if one.metric[-1].lower() == label.lower() and one.period.rpartition("/")[2] == f"{year}-12-31"
    ]  # fmt: skip
    return found


def id_of(app: App, label: str, year: int = 2024, company: str = COMPANY) -> str:
    return fact_of(app, label, year, company).id or ""


def in_force(desk: CorrectionDesk, fact: str, why: str = "the page prints it so", **given: Any) -> Correction:
    made = desk.propose(BEA, fact, fields_of(given), why, anyway=True)
    (approved,) = desk.approve(CARL, [made.id])
    return approved


def standing(certificate: Certificate, year: int = 2024) -> dict[str, bool]:
    return {one.name: one.held for one in certificate.identities if one.period.endswith(f"{year}-12-31")}


def test_an_answer_follows_a_correction_and_its_undoing(desk: CorrectionDesk, app: App) -> None:
    before = app.ask(DORA, ASSETS)
    assert (before.status, before.figures[0].value, before.corrections) == ("answered", "2365000000", [])
    made = in_force(desk, id_of(app, "Total assets"), text="2,356")
    after = app.ask(DORA, ASSETS)
    assert (after.status, after.figures[0].value, after.corrections) == ("answered", "2356000000", [made.id])
    assert after.citations[0].locator == before.citations[0].locator
    assert after.citations[0].box == before.citations[0].box
    (warning,) = after.warnings
    assert f"read as “2,365”; 2,365,000,000; correction {made.id}, approved by carl" in warning
    chinese = app.ask(DORA, f"{COMPANY} 2024年末的总资产是多少？")
    assert any(f"第{made.id}号更正，carl于" in warning for warning in chinese.warnings)
    desk.undo(CARL, made.id)
    undone = app.ask(DORA, ASSETS)
    assert (undone.text, undone.warnings, undone.figures) == (before.text, before.warnings, before.figures)


def test_figures_that_rest_on_others_do_not_bear_the_mark(desk: CorrectionDesk, app: App) -> None:
    made = in_force(desk, id_of(app, "Total current liabilities"), text="640")
    assert app.ask(DORA, f"What was {COMPANY}'s net income in 2024?").corrections == []
    assert app.ask(DORA, f"What was {COMPANY}'s current ratio in 2023?").corrections == []
    ratio = app.ask(DORA, f"What was {COMPANY}'s current ratio in 2024?")
    assert (ratio.status, ratio.corrections) == ("answered", [made.id])
    assert Decimal(ratio.figures[0].value) == Decimal(1625) / Decimal(640)


def test_a_passage_that_prints_what_was_misread_is_marked(desk: CorrectionDesk, app: App) -> None:
    question = f"What does {COMPANY} say of a set of spare parts for the yard?"
    plain = app.ask(DORA, question)
    assert (plain.status, plain.corrections) == ("answered", []), (plain.reason, plain.text)
    made = in_force(desk, id_of(app, "Inventories"), text="451")
    answer = app.ask(DORA, question)
    assert (answer.text, answer.corrections) == (plain.text, [made.id])


def test_facts_search_and_verification_follow(desk: CorrectionDesk, app: App) -> None:
    made = in_force(desk, id_of(app, "Total assets"), text="2,356")
    fact = fact_of(app, "Total assets", principal=DORA)
    assert (fact.value, fact.text) == ("2356000000", "2,356")
    assert fact.correction is not None
    assert (fact.correction.id, fact.correction.read.text, fact.correction.approved_by) == (made.id, "2,365", "carl")
    stored = verifying._stored(app, DORA, made.change.document)
    assert any(one.value == Decimal(2_356_000_000) and one.metric[-1] == "Total assets" for one in stored.parsed.facts)
    assert not any(one.value == Decimal(2_365_000_000) for one in stored.parsed.facts)


def test_a_corrected_label_is_found_by_its_new_name_alone(desk: CorrectionDesk, app: App) -> None:
    in_force(desk, id_of(app, "Operating income"), metric=["Profit from tram lines"])
    assert fact_of(app, "Profit from tram lines").concept is None
    named = [one for one in app.facts(ADMINISTRATOR, COMPANY, "Operating income") if one.metric[-1] == "Operating income"]
    assert [one.period[:4] for one in named] == ["2023"]
    answer = app.ask(DORA, f"What was {COMPANY}'s profit from tram lines in 2024?")
    assert (answer.status, answer.figures[0].value) == ("answered", "402000000")


def test_a_figure_of_another_company_answers_no_question_about_this_one(desk: CorrectionDesk, app: App) -> None:
    in_force(desk, id_of(app, "Total assets"), entity="Marlowe Buses Ltd")
    answer = app.ask(DORA, ASSETS)
    assert not any(figure.value == "2365000000" for figure in answer.figures)
    assert not [one for one in app.facts(DORA, COMPANY, "Total assets") if one.correction]
    (moved,) = [one for one in app.facts(DORA, metric="Total assets") if one.correction]
    assert moved.entity == "Marlowe Buses Ltd"


@pytest.mark.parametrize(
    ("given", "field", "after"),
    [
        ({"unit": "EUR"}, "unit", "EUR"),
        ({"unit": "none"}, "unit", None),
        ({"period": "2022-12-31"}, "period", "2022-12-31"),
        ({"entity": "Marlowe Buses Ltd"}, "entity", "Marlowe Buses Ltd"),
        ({"scope": "parent"}, "scope", "parent"),
        ({"concept": "Assets"}, "concept", "Assets"),
        ({"concept": "none"}, "concept", None),
        ({"scale": "1000"}, "value", "731000"),
        ({"value": "732500000"}, "text", "732.5"),
        ({"value": "-732000000"}, "text", "(732)"),
    ],
)
def test_each_field_is_corrected(desk: CorrectionDesk, app: App, given: dict[str, str], field: str, after: str | None) -> None:
    before = fact_of(app, "Goodwill")
    in_force(desk, before.id or "", **given)
    (changed,) = [one for one in app.facts(ADMINISTRATOR, limit=10_000) if one.id == before.id]
    assert getattr(changed, field) == after
    assert Decimal(changed.text.strip("()").replace(",", "")) * Decimal(changed.scale) == abs(Decimal(changed.value))


def test_a_broken_identity_is_shown_and_needs_a_word(desk: CorrectionDesk, app: App) -> None:
    fact = id_of(app, "Total assets", 2023)
    draft = desk.try_out(DORA, fact, fields_of({"text": "2,332"}))
    assert {one.name for one in draft.broken} == {"assets = liabilities and equity", "assets = liabilities + equity"}
    with pytest.raises(InputError, match=r"breaks what holds .*assets = liabilities \+ equity") as refused:
        desk.propose(BEA, fact, fields_of({"text": "2,332"}), "it looks so")
    assert "--anyway" in (refused.value.remedy or "")
    assert desk.corrections(ADMINISTRATOR, "proposed") == []
    made = desk.propose(BEA, fact, fields_of({"text": "2,332"}), "it looks so", anyway=True)
    assert [one.name for one in made.change.broken] == [one.name for one in draft.broken]


def test_an_identity_that_holds_again_is_shown_and_told_by_the_certificate(desk: CorrectionDesk, app: App) -> None:
    document = id_of(app, "Total assets").partition("/")[0]
    read = app.document(DORA, document).certificate
    assert standing(read)["assets = liabilities + equity"] is False
    draft = desk.try_out(BEA, id_of(app, "Total assets"), fields_of({"text": "2,356"}))
    assert {(one.before, one.after) for one in draft.identities} == {("broken", "holds")}
    made = in_force(desk, draft.fact, text="2,356")
    told = app.document(DORA, document).certificate
    assert all(standing(told).values())
    assert [(one.id, one.read.text, one.given.text) for one in told.corrections] == [(made.id, "2,365", "2,356")]
    assert (told.score, told.mark) == (read.score, read.mark)
    desk.undo(BEA, made.id)
    assert app.document(DORA, document).certificate == read


def test_identities_of_the_store_are_those_of_the_certificate(desk: CorrectionDesk, app: App) -> None:
    """A correction of something else leaves all of them as they were: the facts are tried in the order in which they were read."""
    document = id_of(app, "Goodwill").partition("/")[0]
    read = app.document(DORA, document).certificate
    in_force(desk, id_of(app, "Net income", 2023), entity="Marlowe Tramways")
    assert app.document(DORA, document).certificate.identities == read.identities


def test_a_second_person_approves(desk: CorrectionDesk, app: App) -> None:
    fact = id_of(app, "Total assets")
    made = desk.propose(BEA, fact, fields_of({"text": "2,356"}), "page 1")
    with pytest.raises(NotPermitted, match="bea proposed"):
        desk.approve(BEA, [made.id])
    with pytest.raises(NotPermitted, match="dora may not"):
        desk.approve(DORA, [made.id])
    with pytest.raises(NotPermitted):
        desk.propose(DORA, fact, fields_of({"text": "2,356"}), "page 1")
    with pytest.raises(NotPermitted):
        desk.retire(DORA, made.id)
    assert fact_of(app, "Total assets").text == "2,365"
    desk.approve(CARL, [made.id])
    with pytest.raises(NotPermitted):
        desk.undo(DORA, made.id)


def test_the_database_holds_it_too(desk: CorrectionDesk, app: App) -> None:
    made = desk.propose(BEA, id_of(app, "Total assets"), fields_of({"text": "2,356"}), "page 1")
    insert = "INSERT INTO corrections (document_id, ordinal, label_id, version, content, proposed_by, proposed_proof)"
    acts = (
        "UPDATE corrections SET state = 'approved', approved_by = 'bea', approved_at = now() WHERE id = %(id)s",
        "UPDATE corrections SET state = 'approved', approved_by = 'carl', approved_at = now() WHERE id = %(id)s",
        "UPDATE corrections SET content = '{}' WHERE id = %(id)s",
        "DELETE FROM corrections WHERE id = %(id)s",
        "UPDATE facts SET value = 1 WHERE document_id = %(document)s",
        "SELECT FROM facts WHERE document_id = %(document)s FOR UPDATE",
        f"{insert} SELECT document_id, ordinal, label_id, 99, '{{}}', 'carl', '' FROM facts LIMIT 1",
        f"{insert} SELECT document_id, ordinal, (SELECT id FROM labels WHERE name = 'sensitive'), 99, '{{}}', 'bea', '' FROM facts LIMIT 1",
    )
    values = {"id": made.id, "document": document_number(made.change.document)}
    for act in acts:
        with pytest.raises((NotPermitted, psycopg.errors.CheckViolation)), app.database.transaction(BEA) as connection:
            connection.execute(act, values)
    assert fact_of(app, "Total assets").text == "2,365"


def test_the_database_applies_no_correction_out_of_turn(desk: CorrectionDesk, app: App) -> None:
    fact = id_of(app, "Total assets")
    late = desk.propose(BEA, fact, fields_of({"text": "2,366"}), "first thought", anyway=True)
    in_force(desk, fact, text="2,356")
    update = "UPDATE corrections SET state = 'approved', approved_by = 'carl', approved_at = now() WHERE id = %s"
    with pytest.raises(psycopg.errors.IntegrityError, match="not the next"), app.database.transaction(CARL) as connection:
        connection.execute(update, (late.id,))


def test_who_may_not_read_the_document_sees_nothing(desk: CorrectionDesk, app: App, tmp_path: Path) -> None:
    path = tmp_path / "secret.htm"
    path.write_bytes(report("Hollin Freight Corp"))
    (done,) = app.ingest(ADMINISTRATOR, [path], label="sensitive")
    try:
        fact = id_of(app, "Total assets", company="Hollin Freight Corp")
        made = in_force(desk, fact, text="2,356")
        assert [one.id for one in desk.corrections(CARL, "approved")] == [made.id]
        assert not any(one.change.document == done.id for one in desk.corrections(DORA))
        with pytest.raises(NotFound):
            desk.approve(DORA, [made.id])
        with pytest.raises(NotFound, match=f"no correction {made.id}"):
            desk.versions(DORA, made.id)
        with pytest.raises(NotFound) as hidden:
            desk.try_out(DORA, fact, fields_of({"text": "1"}))
        with pytest.raises(NotFound) as absent:
            desk.try_out(DORA, "00000000/1", fields_of({"text": "1"}))
        assert hidden.value.message.replace(fact, "") == absent.value.message.replace("00000000/1", "")
        assert desk.pairs(DORA) == []
        desk.undo(CARL, made.id)
    finally:
        app.delete(ADMINISTRATOR, done.id or "")


def test_a_correction_of_a_correction_replaces_it_and_comes_off_first(desk: CorrectionDesk, app: App) -> None:
    fact = id_of(app, "Total assets")
    first = in_force(desk, fact, text="2,357")
    second = in_force(desk, fact, text="2,356")
    assert (second.version, second.replaces) == (first.version + 1, first.id)
    shown = fact_of(app, "Total assets").correction
    assert shown is not None
    assert (shown.id, shown.read.text, shown.given.text) == (second.id, "2,365", "2,356")
    with pytest.raises(InputError, match=f"{second.id} rests on correction {first.id}"):
        desk.undo(CARL, first.id)
    desk.undo(CARL, second.id)
    assert fact_of(app, "Total assets").text == "2,357"
    desk.undo(CARL, first.id)
    restored = fact_of(app, "Total assets")
    assert (restored.text, restored.correction) == ("2,365", None)
    assert [one.id for one in desk.versions(BEA, first.id)][:2] == [first.id, second.id]


def test_of_two_proposals_at_once_the_later_is_asked_anew(desk: CorrectionDesk, app: App) -> None:
    fact = id_of(app, "Total assets")
    one = desk.propose(BEA, fact, fields_of({"text": "2,357"}), "a first look")
    two = desk.propose(CARL, fact, fields_of({"text": "2,356"}), "a second look")
    desk.approve(BEA, [two.id])
    with pytest.raises(InputError, match=f"Since correction {one.id} was proposed, correction {two.id} came into force"):
        desk.approve(CARL, [one.id])
    with pytest.raises(InputError, match="is approved, not proposed"):
        desk.approve(BEA, [two.id])
    desk.undo(CARL, two.id)
    with pytest.raises(InputError, match="is retired, not in force"):
        desk.undo(CARL, two.id)
    desk.approve(CARL, [one.id])
    assert fact_of(app, "Total assets").text == "2,357"


def test_what_it_would_break_by_now_is_not_approved(desk: CorrectionDesk, app: App) -> None:
    """Harmless while the balance does not hold; not once another correction has put it right."""
    late = desk.propose(BEA, id_of(app, "Total liabilities"), fields_of({"text": "911"}), "the note says so")
    in_force(desk, id_of(app, "Total assets"), text="2,356")
    in_force(desk, id_of(app, "Goodwill"), text="732")
    with pytest.raises(InputError, match=r"now breaks .*assets = liabilities"):
        desk.approve(CARL, [late.id])


def test_all_or_none_are_approved(desk: CorrectionDesk, app: App) -> None:
    one = desk.propose(BEA, id_of(app, "Total assets"), fields_of({"text": "2,356"}), "page 1")
    own = desk.propose(CARL, id_of(app, "Goodwill"), fields_of({"unit": "EUR"}), "page 1")
    with pytest.raises(NotPermitted):
        desk.approve(CARL, [one.id, own.id])
    assert fact_of(app, "Total assets").text == "2,365"


def test_a_document_that_is_deleted_takes_its_corrections_along(desk: CorrectionDesk, app: App, other: str) -> None:
    fact = id_of(app, "Total assets", company="Northquay Harbours Corp")
    in_force(desk, fact, text="2,356")
    waiting = desk.propose(BEA, fact, fields_of({"unit": "EUR"}), "page 1")
    assert app.delete(ADMINISTRATOR, other).counts["corrections"] == 2
    with pytest.raises(NotFound, match=f"no correction {waiting.id}"):
        desk.approve(CARL, [waiting.id])
    assert desk.corrections(ADMINISTRATOR, document=other) == []


def test_a_new_version_inherits_none_and_says_so(desk: CorrectionDesk, app: App, other: str, tmp_path: Path) -> None:
    in_force(desk, id_of(app, "Total assets", company="Northquay Harbours Corp"), text="2,356")
    (again,) = app.ingest(ADMINISTRATOR, [tmp_path / "quays.htm"], again=True)
    assert (again.superseded, again.corrections) == ((other,), 1)
    fact = fact_of(app, "Total assets", company="Northquay Harbours Corp")
    assert (fact.text, fact.correction) == ("2,365", None)
    (tmp_path / "quays.htm").write_bytes(report("Northquay Harbours Corp", more="<p>Second edition.</p>"))
    (next_version,) = app.ingest(ADMINISTRATOR, [tmp_path / "quays.htm"])
    assert (next_version.outcome, next_version.corrections) == ("superseded", 0)


def test_a_cached_answer_is_not_served_stale(desk: CorrectionDesk, app: App) -> None:
    cache = AnswerCache(app.database, 10, 600.0)

    def ask() -> tuple[str, bool]:
        answer, repeated = cache.answer(DORA, ASSETS, lambda: app.ask(DORA, ASSETS))
        return answer.figures[0].value, repeated

    assert [ask(), ask()] == [("2365000000", False), ("2365000000", True)]
    made = in_force(desk, id_of(app, "Total assets"), text="2,356")
    assert [ask(), ask()] == [("2356000000", False), ("2356000000", True)]
    desk.undo(CARL, made.id)
    assert ask() == ("2365000000", False)


def test_a_replay_computes_with_the_corrections_of_its_moment_and_names_later_ones(desk: CorrectionDesk, app: App) -> None:
    plain = app.ask(DORA, ASSETS)
    made = in_force(desk, id_of(app, "Total assets"), text="2,356")
    corrected = app.ask(DORA, ASSETS)
    of_plain, of_corrected = (app.audit_replay(ADMINISTRATOR, str(answer.audit_id)) for answer in (plain, corrected))
    assert (of_plain.ok, of_corrected.ok, of_corrected.since) == (True, True, [])
    (said,) = of_plain.since
    assert f"correction {made.id} of tramways.htm" in said
    desk.undo(CARL, made.id)
    (said,) = app.audit_replay(ADMINISTRATOR, str(corrected.audit_id)).since
    assert "undone by carl" in said


def test_each_act_is_on_record(desk: CorrectionDesk, app: App, tmp_path: Path) -> None:
    made = in_force(desk, id_of(app, "Total assets"), text="2,356")
    desk.export(DORA, tmp_path / "pairs.jsonl")
    desk.undo(CARL, made.id)
    waiting = desk.propose(BEA, id_of(app, "Goodwill"), fields_of({"unit": "EUR"}), "page 1")
    desk.retire(CARL, waiting.id)
    found = [(one.user, one.action) for one in reversed(records(app.database, ADMINISTRATOR, 6))]
    assert found == [
        ("bea", "correction proposed"), ("carl", "correction approved"), ("dora", "corrections exported"), ("carl", "correction undone"),
        ("bea", "correction proposed"), ("carl", "correction withdrawn"),
    ]  # fmt: skip
    latest = records(app.database, ADMINISTRATOR, 1)[0]
    told = recall(app.database, app.settings.home, ADMINISTRATOR, latest.id).one("correction")
    assert (told["correction"]["state"], told["proof"]) == ("retired", "key c")


def test_training_pairs_say_what_was_read_and_what_is_right(desk: CorrectionDesk, app: App, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No correction is in force"):
        desk.export(BEA, tmp_path / "none.jsonl")
    fact = id_of(app, "Total assets")
    in_force(desk, fact, text="2,357")
    in_force(desk, fact, text="2,356", unit="CAD")
    desk.propose(BEA, id_of(app, "Goodwill"), fields_of({"unit": "EUR"}), "not approved")
    told = desk.export(BEA, tmp_path / "pairs.jsonl")
    (pair,) = [json.loads(line) for line in (tmp_path / "pairs.jsonl").read_text().splitlines()]
    assert told.pairs == 1
    assert pair["row"] == ["Total assets", "2,365", "2,233"]
    assert pair["heads"] == ["December 31, 2024"]
    assert (pair["read"]["text"], pair["right"]["text"], pair["changed"]) == ("2,365", "2,356", ["text", "value", "unit"])
    assert (pair["read"]["metric"][-1], pair["right"]["value"], pair["label"]) == ("Total assets", "2356000000", "general")
    assert "balance" in (pair["title"] or " ".join(pair["section"]) or pair["note"] or pair["statement"]).lower()
    assert lines_of([]) == ""


BAD = [
    ({}, "changes nothing"),
    ({"text": "2,365"}, "changes nothing"),
    ({"text": "about two thousand"}, "is not the number of a cell"),
    ({"text": ""}, "is empty"),
    ({"text": "1" * 600}, "more than 500 characters"),
    ({"text": "1" * 40}, "larger than any figure"),
    ({"text": "1", "value": "1000000"}, "both say the number"),
    ({"value": "much"}, "is no number"),
    ({"value": "NaN"}, "is no figure"),
    ({"value": "1e99"}, "is no figure"),
    ({"value": "0." + "1" * 40}, "is no figure"),
    ({"scale": "7"}, "is no power of ten"),
    ({"scale": "0"}, "is no power of ten"),
    ({"scale": "-1000"}, "is no power of ten"),
    ({"scale": "1e400"}, "is no figure"),
    ({"unit": "money"}, "names no currency"),
    ({"unit": "/share"}, "names no currency"),
    ({"unit": "shells"}, "is not known"),
    ({"unit": "USD/share/share"}, "is not known"),
    ({"period": "last year"}, "cannot be read"),
    ({"period": "2024"}, "cannot be read"),
    ({"period": "2024-12-31/2024-01-01"}, "cannot be read"),
    ({"period": "2024-02-30"}, "cannot be read"),
    ({"period": "9999-12-31"}, "cannot be read"),
    ({"entity": "  "}, "is empty"),
    ({"entity": "a\x00b"}, "cannot be printed"),
    ({"entity": "a\u202eb"}, "cannot be printed"),
    ({"metric": []}, "is empty"),
    ({"metric": ["x"] * 30}, "more than 20 parts"),
    ({"concept": "TotalNonsense"}, "is not known"),
    ({"scope": "both"}, "scope"),
    ({"colour": "red"}, "has no field 'colour'"),
]


@pytest.mark.parametrize(("given", "said"), BAD)
def test_bad_fields_are_refused_with_a_remedy(desk: CorrectionDesk, app: App, given: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        desk.propose(BEA, id_of(app, "Total assets"), fields_of(given), "page 1")
    assert refused.value.remedy
    assert desk.corrections(ADMINISTRATOR, "proposed") == []


@pytest.mark.parametrize("fact", ["", "x", "00000000/0", "00000000/99999999999", "iiiiiiii/1", "../../etc", "00000000/-1", "00000000/²"])
def test_an_unknown_fact_is_refused(desk: CorrectionDesk, fact: str) -> None:
    with pytest.raises(NotFound, match="no fact") as refused:
        desk.propose(BEA, fact, fields_of({"text": "1"}), "page 1")
    assert refused.value.remedy


def test_a_cell_of_a_wide_table_and_a_missing_reason_are_refused(desk: CorrectionDesk, app: App) -> None:
    with pytest.raises(InputError, match="wide table"):
        desk.propose(BEA, "00000000/0.1.2", fields_of({"text": "1"}), "page 1")
    for why in ("", "  ", "x" * 3000):
        with pytest.raises(InputError, match="reason"):
            desk.propose(BEA, id_of(app, "Total assets"), fields_of({"text": "2,356"}), why)


WORDS = st.text("Tram lines资产净额", min_size=1, max_size=30).filter(str.strip)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "text": st.integers(1, 10**7).map(lambda number: f"{number:,}"),
        "unit": st.sampled_from(["EUR", "USD/share", "ratio", "none"]),
        "scale": st.sampled_from(["1", "1000", "100000000", "0.01"]),
        "period": st.dates().filter(lambda day: 1900 <= day.year < 2200).map(str),
        "entity": WORDS,
        "metric": st.lists(WORDS, min_size=1, max_size=4),
        "scope": st.sampled_from(["consolidated", "parent"]),
    },
)
LABELS = ("Total assets", "Goodwill", "Net income", "Inventories")


@settings(max_examples=15)
@given(acts=st.lists(st.tuples(st.sampled_from(LABELS), CHANGES), max_size=6))
def test_whatever_is_corrected_comes_back_as_it_was(app: App, acts: list[tuple[str, dict[str, Any]]]) -> None:
    desk = CorrectionDesk(app)
    every = "SELECT f.*, weights::text FROM facts f ORDER BY document_id, ordinal"
    ids = {label: id_of(app, label) for label in LABELS}

    def rows() -> list[Any]:
        with app.database.transaction(ADMINISTRATOR) as connection:
            return connection.execute(every).fetchall()

    moments, made = [rows()], []
    for label, said in acts:
        with contextlib.suppress(InputError):  # a change that changes nothing
            made.append(in_force(desk, ids[label], **said))
            moments.append(rows())
    for one in reversed(made):
        assert rows() == moments.pop()
        desk.undo(BEA, one.id)
    assert [rows()] == moments
