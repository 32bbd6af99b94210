"""Answers, facts, replays and exports follow corrections by hand, and their undoing."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from tests.corrections.conftest import ASSETS, BEA, CARL, COMPANY, DORA, fact_of, id_of, in_force

from finfoundry.app import App
from finfoundry.core.errors import InputError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.server.routes import verifying
from finfoundry.server.service.cache import AnswerCache
from finfoundry.usecases.correction_desk import CorrectionDesk, fields_of, lines_of


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
