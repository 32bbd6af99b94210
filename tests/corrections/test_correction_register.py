"""Corrections by hand over a real store: proposed, approved by a second person, undone; identities, rights and records."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from tests.corrections.conftest import BEA, CARL, COMPANY, DORA, fact_of, id_of, in_force, report, standing

from finfoundry.app import App
from finfoundry.core.document import Fact
from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.governance.trail import recall, records
from finfoundry.knowledge.corrections.correction_register import MOST_PROPOSALS, lock_documents
from finfoundry.knowledge.corrections.drafting import read_alike
from finfoundry.knowledge.ids import document_number
from finfoundry.usecases.correction_desk import CorrectionDesk, fields_of


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


@contextlib.contextmanager
def held(app: App, fact: str) -> Iterator[None]:
    """Somebody else decides about the document of a fact, and takes their time."""
    with app.database.transaction(ADMINISTRATOR) as connection:
        lock_documents(connection, [document_number(fact.partition("/")[0])])
        yield


def test_who_may_not_write_waits_for_nobody_and_costs_nothing(desk: CorrectionDesk, app: App) -> None:
    fact = id_of(app, "Total assets")
    made = desk.propose(BEA, fact, fields_of({"text": "2,356"}), "page 1")
    with held(app, fact):
        for act in (
            lambda: desk.propose(DORA, fact, fields_of({"text": "2,356"}), "page 1"),
            lambda: desk.approve(DORA, [made.id]),
            lambda: desk.retire(DORA, made.id),
        ):
            with pytest.raises(NotPermitted, match="dora may not change what carries the label 'general'"):
                act()


def test_a_decision_waits_for_those_of_its_document_alone(desk: CorrectionDesk, app: App, other: str) -> None:
    here, there = id_of(app, "Total assets"), id_of(app, "Total assets", company="Northquay Harbours Corp")
    with ThreadPoolExecutor() as pool, held(app, here):
        waiting = pool.submit(desk.propose, BEA, here, fields_of({"text": "2,356"}), "page 1")
        assert in_force(desk, there, text="2,356").change.document == other
        assert not waiting.done()
    assert waiting.result(30).state == "proposed"


def test_what_is_approved_together_is_tried_together(desk: CorrectionDesk, app: App) -> None:
    """Harmless while the balance does not hold; once it does, each alone would break it, and both together keep it."""
    debts = desk.propose(BEA, id_of(app, "Total liabilities"), fields_of({"text": "911"}), "the note says so")
    equity = desk.propose(BEA, id_of(app, "Total stockholders' equity"), fields_of({"text": "1,445"}), "the note says so")
    in_force(desk, id_of(app, "Total assets"), text="2,356")
    for alone in (debts, equity):
        with pytest.raises(InputError, match=r"now breaks .*assets = liabilities \+ equity"):
            desk.approve(CARL, [alone.id])
    desk.approve(CARL, [debts.id, equity.id])
    assert standing(app.document(DORA, debts.change.document).certificate)["assets = liabilities + equity"]


def test_as_many_proposals_wait_for_a_fact_as_may(desk: CorrectionDesk, app: App) -> None:
    fact = id_of(app, "Goodwill")
    for number in range(MOST_PROPOSALS):
        desk.propose(BEA, fact, fields_of({"text": str(1000 + number)}), "a guess", anyway=True)
    with pytest.raises(InputError, match=r"20 proposals .* wait") as refused:
        desk.propose(CARL, fact, fields_of({"unit": "EUR"}), "another")
    assert "retire" in (refused.value.remedy or "")
    desk.propose(CARL, id_of(app, "Inventories"), fields_of({"unit": "EUR"}), "of another fact")
    desk.retire(CARL, desk.corrections(CARL, "proposed")[0].id)
    desk.propose(CARL, fact, fields_of({"unit": "EUR"}), "another")


def test_lists_and_pairs_come_in_pages(desk: CorrectionDesk, app: App, tmp_path: Path) -> None:
    labels = ("Total assets", "Goodwill", "Inventories")
    made = [in_force(desk, id_of(app, label), unit="EUR").id for label in labels]
    later = in_force(desk, id_of(app, "Total assets"), unit="CAD").id
    assert [one.id for one in desk.corrections(DORA, "approved", limit=2)] == made[:2]
    assert [one.id for one in desk.corrections(DORA, "approved", limit=2, after=made[1])] == [made[2], later]
    assert [one.correction for one in desk.pairs(DORA, limit=2)] == made[1:]  # the first is replaced
    assert [one.correction for one in desk.pairs(DORA, limit=2, after=made[2])] == [later]
    assert desk.export(DORA, tmp_path / "pairs.jsonl").pairs == 3


def test_what_the_border_of_a_table_gave_wrongly_is_put_right_together(app: App, desk: CorrectionDesk) -> None:
    every = [one for one in app.facts(BEA, entity=COMPANY) if one.statement == "income"]
    first = next(one for one in every if one.metric[-1] == "Gross profit" and one.period.endswith("2024-12-31"))
    column = {one.id for one in every if one.period == first.period}
    assert first.id
    given = fields_of({"unit": "CAD"})
    drafts = desk.try_together(BEA, first.id, given, "column")
    assert drafts[0].fact == first.id
    assert {one.fact for one in drafts} == column
    assert all(one.after.unit == "CAD" for one in drafts)
    assert len(desk.try_together(BEA, first.id, given, "row")) == 2
    assert len(desk.try_together(BEA, first.id, given, "below")) == 6
    assert len(desk.try_together(BEA, first.id, given, "table")) == len(every) == 10
    with pytest.raises(InputError, match="of one cell alone"):
        desk.try_together(BEA, first.id, fields_of({"text": "1,307"}), "column")
    made = desk.propose_together(BEA, first.id, given, "the heading says Canadian dollars", "below", anyway=True)
    assert len(made) == 6
    desk.approve(CARL, [one.id for one in made])
    changed = [one for one in app.facts(BEA, entity=COMPANY) if one.unit == "CAD"]
    assert {one.metric[-1] for one in changed} == {"Gross profit", "Operating income", "Net income"}
    for one in reversed(made):
        desk.undo(CARL, one.id)
    assert [one for one in app.facts(BEA, entity=COMPANY) if one.unit == "CAD"] == []


MIXED = """
Fares|$2,450|$2,310
Freight|$610|$580
Fare margin|35%|33%
Number of employees|812|797
Diluted earnings per share|$3.40|$3.15
"""


@pytest.mark.parametrize("currency", ["$", ""])
def test_what_was_read_otherwise_is_not_put_right_in_the_same_way(app: App, desk: CorrectionDesk, tmp_path: Path, currency: str) -> None:
    rows = "".join("<tr><td>" + line.replace("|", "</td><td>") + "</td></tr>" for line in f"|2024|2023{MIXED}".splitlines())
    path, company = tmp_path / "funiculars.htm", "Eastgate Funiculars Corp"
    page = f"<p>FORM 10-K</p><p>{company}</p><p>For the fiscal year ended December 31, 2024</p><table>{rows.replace('$', currency)}</table>"
    path.write_text(page)
    (done,) = app.ingest(ADMINISTRATOR, [path])
    assert done.id
    try:
        every = [one for one in app.facts(ADMINISTRATOR) if (one.id or "").startswith(done.id)]
        facts = {(one.metric[-1], one.period[-10:-6]): one for one in every}
        assert len(facts) == len(every) == 10
        chosen, years = facts["Fares", "2024"], ("2024", "2023")

        def reached(**given: str) -> set[tuple[str, str]]:
            drafts = desk.try_together(ADMINISTRATOR, chosen.id or "", fields_of(given), "table")
            return {(one.before.metric[-1], one.before.period[-10:-6]) for one in drafts}

        amounts = {(label, year) for label in ("Fares", "Freight") for year in years}
        assert reached(scale="1000000") == reached(unit="EUR") == reached(unit="EUR", scale="1000") == amounts
        assert reached(period="2022-01-01/2022-12-31") == {key for key, one in facts.items() if one.period == chosen.period}
    finally:
        app.delete(ADMINISTRATOR, done.id)


@pytest.mark.parametrize(("unit", "follows"), [(None, False), ("USD", True)])
def test_without_a_currency_a_price_follows_no_amount(unit: str | None, follows: bool) -> None:
    amount = Fact(("Fares",), Decimal(2450), unit, "2024", "2,450", 1)
    price = Fact(("Dividend",), Decimal("1.20"), unit, "2024", "1.20", 1, precision=2)
    other = replace(amount, metric=("Freight",), value=Decimal(610), text="610")
    for given in ({"scale": "1000"}, {"unit": "EUR"}, {"unit": "EUR", "scale": "1000"}):
        assert read_alike(other, amount, fields_of(given))
        assert read_alike(price, amount, fields_of(given)) == follows
    assert read_alike(price, amount, fields_of({"period": "2023"}))
