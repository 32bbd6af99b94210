"""Terms of the institution's own over a real store: proposed, approved by a second person, used in answers, retired, replayed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
import yaml
from tests.test_replay_of_answers import filing

from finfoundry.app import App, open_app
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.own_terms import OwnTerm
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.term_desk import TermDesk, entry_of, read_entries
from finfoundry.usecases.tuning.own_scenes import export_scenes

COMPANY = "Halvorsen Ferries Corp"
BEA = Principal("bea", proof="key b")
CARL = Principal("carl", proof="key c")
DORA = Principal("dora", proof="key d")  # reads what is general, and writes nothing
COVERAGE = {
    "en": ["house coverage"], "zh": ["本行覆盖率"], "expression": "operating cash flow / interest expense",
    "definition": "Cash that the business brings in for each unit of interest",
}  # fmt: skip


@pytest.fixture(scope="module")
def app(module_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    paper = tmp_path_factory.mktemp("papers") / "ferries.htm"
    paper.write_bytes(filing(COMPANY))
    with open_app(Settings(home=module_home, worker=False)) as opened:
        opened.agent.engine = ScriptedEngine([("", "NOT FOUND")])  # of passages that no rule reads
        (done,) = opened.ingest(ADMINISTRATOR, [paper])
        assert not done.error
        for person in (BEA, CARL, DORA):
            opened.policy.add_user(ADMINISTRATOR, person.user)
        for person in (BEA, CARL):
            for label in ("general", "sensitive"):
                opened.policy.add_grant(ADMINISTRATOR, person.user, label, write=True)
        yield opened


@pytest.fixture
def desk(app: App) -> Iterator[TermDesk]:
    desk = TermDesk(app)
    yield desk
    for term in desk.terms(ADMINISTRATOR):
        if term.state != "retired":
            desk.retire(ADMINISTRATOR, term.id)


def in_force(desk: TermDesk, name: str, **fields: object) -> OwnTerm:
    (proposed,) = desk.add(BEA, [entry_of(name, fields)])
    (approved,) = desk.approve(CARL, [proposed.id])
    return approved


def test_a_formula_of_the_institution_is_computed_and_its_definition_stated(desk: TermDesk, app: App) -> None:
    question = f"What was {COMPANY}'s house coverage in 2024?"
    assert app.ask(BEA, question).status != "answered"
    term = in_force(desk, "house_coverage", **COVERAGE)
    answer = app.ask(BEA, question)
    assert answer.status == "answered", answer.text
    (figure,) = [one for one in answer.figures if one.source == "calculation"]
    assert figure.reference.expression == "operating_cash_flow_fy2024 / interest_expense_fy2024"
    assert [(one.name, one.version, one.means) for one in answer.terms] == [
        ("house_coverage", term.version, "operating_cash_flow / interest_expense")
    ]
    assert app.audit_replay(ADMINISTRATOR, str(answer.audit_id)).ok


def test_a_synonym_names_a_metric_in_either_language(desk: TermDesk, app: App) -> None:
    in_force(desk, "takings", en=["ferry takings"], zh=["船务总进款"], means="revenue")
    plain = app.ask(DORA, f"What was {COMPANY}'s revenue in 2024?")
    for question in (f"What were {COMPANY}'s ferry takings in 2024?", f"{COMPANY} 2024年的船务总进款是多少？"):
        answer = app.ask(DORA, question)
        assert answer.status == "answered", answer.text
        assert answer.figures[0].value == plain.figures[0].value


def test_a_second_person_approves(desk: TermDesk, app: App) -> None:
    (proposed,) = desk.add(BEA, [entry_of("house_coverage", COVERAGE)])
    with pytest.raises(NotPermitted, match="bea proposed"):
        desk.approve(BEA, [proposed.id])
    with pytest.raises(NotPermitted):
        desk.approve(DORA, [proposed.id])
    with pytest.raises(NotPermitted):
        desk.add(DORA, [entry_of("other_coverage", {**COVERAGE, "en": ["other coverage"], "zh": []})])
    assert app.ask(BEA, f"What was {COMPANY}'s house coverage in 2024?").status != "answered"


def test_a_term_under_a_label_is_no_term_to_others(desk: TermDesk, app: App) -> None:
    question = f"What was {COMPANY}'s house coverage in 2024?"
    before = app.ask(DORA, question)
    term = in_force(desk, "house_coverage", **COVERAGE, label="sensitive")
    assert app.ask(CARL, question).status == "answered"
    after = app.ask(DORA, question)
    assert (after.status, after.text, after.options, after.warnings, after.terms) == (
        before.status, before.text, before.options, before.warnings, before.terms
    )  # fmt: skip
    assert all(one.entry.label == "general" for one in desk.terms(DORA))
    with pytest.raises(NotFound, match=f"no term {term.id}"):
        desk.versions(DORA, term.id)


def test_retirement_ends_the_use_at_once_and_versions_replay(desk: TermDesk, app: App) -> None:
    question = f"What was {COMPANY}'s house coverage in 2024?"
    in_force(desk, "house_coverage", **COVERAGE)
    first = app.ask(BEA, question)
    second = in_force(desk, "house_coverage", **{**COVERAGE, "expression": "operating cash flow / revenue"})
    changed = app.ask(BEA, question)
    assert changed.terms[0].version == first.terms[0].version + 1
    assert changed.figures[0].value != first.figures[0].value
    desk.retire(CARL, second.id)
    assert app.ask(BEA, question).status != "answered"
    for answer in (first, changed):
        assert app.audit_replay(ADMINISTRATOR, str(answer.audit_id)).ok


def test_a_trial_changes_nothing(desk: TermDesk, app: App) -> None:
    question = f"What was {COMPANY}'s house coverage in 2024?"
    trial = desk.try_on(DORA, question, [entry_of("house_coverage", COVERAGE)])
    assert (trial.with_terms.status, trial.without.status) == ("answered", app.ask(DORA, question).status)
    assert trial.without.status != "answered"
    assert [term for term in desk.terms(ADMINISTRATOR) if term.state != "retired"] == []


def test_the_definition_is_stated_in_the_language_of_the_question(desk: TermDesk, app: App) -> None:
    in_force(desk, "house_coverage", **COVERAGE)
    english = app.ask(BEA, f"What was {COMPANY}'s house coverage in 2024?").text
    assert "By a term of the institution, house coverage is " in english
    assert "interest expense" in english.lower().partition("by a term")[2]
    assert "按本机构的定义，本行覆盖率为" in app.ask(BEA, f"{COMPANY} 2024年的本行覆盖率是多少？").text


MARGIN = {"expression": "(operating income + interest expense) / revenue", "redefines": True}


def test_a_formula_of_the_product_is_redefined_for_this_home_and_back(desk: TermDesk, app: App) -> None:
    question = f"What was {COMPANY}'s operating margin in 2024?"
    usual = app.ask(BEA, question)
    assert not usual.terms
    term = in_force(desk, "operating_margin", **MARGIN)
    own = app.ask(DORA, question)
    assert own.status == "answered", own.reason
    assert own.figures[0].value != usual.figures[0].value
    assert "By the institution's own definition, which takes the place of the usual one, operating margin is " in own.text
    assert [(one.name, one.version, one.replaces, bool(one.approved)) for one in own.terms] == [
        ("operating_margin", term.version, "operating_income / revenue", True)
    ]
    other = app.ask(DORA, f"{COMPANY} 2024年的营业利润率是多少？")
    assert "按本机构自己的定义（取代通用定义），营业利润率为" in other.text
    assert [(one.name, one.words, one.shipped) for one in desk.redefined(DORA)] == [
        ("operating_margin", "operating_margin", "operating_income / revenue")
    ]
    desk.retire(CARL, term.id)
    assert app.ask(DORA, question).text == usual.text
    assert desk.redefined(DORA) == []
    for answer in (usual, own):
        assert app.audit_replay(ADMINISTRATOR, str(answer.audit_id)).ok


def test_a_phrase_of_the_product_gets_another_meaning(desk: TermDesk, app: App) -> None:
    question = f"What was {COMPANY}'s operating margin in 2024?"
    usual = app.ask(BEA, question)
    with pytest.raises(InputError, match="already means operating margin") as refused:
        desk.add(BEA, [entry_of("house_margin", {"en": ["operating margin"], "expression": "gross profit / revenue"})])
    assert "redefines: true" in (refused.value.remedy or "")
    in_force(desk, "house_margin", en=["operating margin"], expression="gross profit / revenue", redefines=True)
    own = app.ask(BEA, question)
    assert own.figures[0].value != usual.figures[0].value
    assert [(one.name, one.replaces) for one in own.terms] == [("house_margin", "operating_margin")]
    assert app.ask(BEA, f"What was {COMPANY}'s operating profit margin in 2024?").figures[0].value == usual.figures[0].value
    in_force(desk, "plain_income", en=["net income"], means="operating income", redefines=True)
    told = app.ask(BEA, f"What was {COMPANY}'s net income in 2024?")
    assert "net income means operating income here" in told.text
    assert [(one.words, one.shipped) for one in desk.redefined(BEA)] == [
        ("operating margin", "operating_margin"), ("net income", "net_income")
    ]  # fmt: skip
    with pytest.raises(InputError, match="by the term 'plain_income'"):
        desk.add(BEA, [entry_of("third", {"en": ["net income"], "means": "revenue", "redefines": True})])


def test_who_may_not_read_a_redefinition_has_what_the_product_means(desk: TermDesk, app: App) -> None:
    question = f"What was {COMPANY}'s operating margin in 2024?"
    usual = app.ask(DORA, question)
    in_force(desk, "operating_margin", **MARGIN, label="sensitive")
    hidden = app.ask(DORA, question)
    assert (hidden.text, hidden.terms, hidden.warnings) == (usual.text, [], usual.warnings)
    assert desk.redefined(DORA) == []
    assert app.ask(BEA, question).text != usual.text
    (resting,) = desk.add(BEA, [entry_of("twice", {"en": ["doubled margin"], "expression": "operating_margin * 2"})])
    desk.approve(CARL, [resting.id])
    value = app.ask(DORA, f"What was {COMPANY}'s doubled margin in 2024?").figures[0].value
    assert Decimal(value) == pytest.approx(2 * Decimal(usual.figures[0].value)), "by the product's own, for who may not know another"


def test_a_trial_of_a_redefinition_shows_the_shipped_result_beside_it(desk: TermDesk, app: App) -> None:
    question = f"What was {COMPANY}'s operating margin in 2024?"
    usual = app.ask(BEA, question).figures[0].value
    first = desk.try_on(BEA, question, [entry_of("operating_margin", MARGIN)])
    assert first.shipped is not None
    assert first.shipped.figures[0].value == first.without.figures[0].value == usual
    assert first.with_terms.figures[0].value != usual
    in_force(desk, "operating_margin", **MARGIN)
    second = desk.try_on(BEA, question, [entry_of("operating_margin", {**MARGIN, "expression": "gross profit / revenue"})])
    assert second.shipped is not None
    assert second.shipped.figures[0].value == usual
    assert second.without.figures[0].value == first.with_terms.figures[0].value
    assert second.with_terms.figures[0].value not in (usual, second.without.figures[0].value)
    plain = desk.try_on(BEA, question, [entry_of("house_coverage", COVERAGE)])
    assert plain.shipped is None


def test_no_usual_level_judges_what_was_redefined(desk: TermDesk, app: App) -> None:
    question = f"Was {COMPANY}'s quick ratio healthy in 2024?"
    assert app.ask(BEA, question).text.startswith(("Yes.", "No."))
    in_force(desk, "quick_assets", expression="total current assets - 2 * inventory", redefines=True)
    assert app.ask(BEA, question).status != "answered"
    in_force(desk, "house_quickness", means="quick ratio", norm="0.01")
    answer = app.ask(BEA, question)
    assert "the norm of the institution, 0.01" in answer.text
    assert {one.name for one in answer.terms} == {"quick_assets", "house_quickness"}


def test_a_redefinition_that_cannot_be_computed_gives_way_to_the_product(desk: TermDesk, app: App) -> None:
    question = f"What was {COMPANY}'s operating margin in 2024?"
    usual = app.ask(BEA, question)
    base = in_force(desk, "wider_income", en=["wider income"], expression="operating income + interest expense")
    in_force(desk, "operating_margin", expression="wider_income / revenue", redefines=True)
    assert {one.name for one in app.ask(BEA, question).terms} == {"operating_margin", "wider_income"}
    desk.retire(BEA, base.id)
    assert app.ask(BEA, question).text == usual.text


def test_two_redefinitions_of_two_labels_in_a_circle_are_none(desk: TermDesk, app: App) -> None:
    """Each is sound by itself; only who reads both labels has both."""
    app.policy.add_grant(ADMINISTRATOR, DORA.user, "general", write=True)
    try:
        in_force(desk, "quick_assets", expression="current_ratio * total_current_liabilities", redefines=True, label="sensitive")
        (proposed,) = desk.add(
            DORA, [entry_of("current_ratio", {"expression": "quick_assets / total_current_liabilities", "redefines": True})]
        )
        app.policy.add_user(ADMINISTRATOR, "erik")
        app.policy.add_grant(ADMINISTRATOR, "erik", "general", write=True)
        desk.approve(Principal("erik", proof="key e"), [proposed.id])
    finally:
        app.policy.remove_grant(ADMINISTRATOR, DORA.user, "general")
    answer = app.ask(BEA, f"What was {COMPANY}'s current ratio in 2024?")
    assert answer.status == "answered"
    assert answer.terms == []


@pytest.mark.parametrize(("norm", "asked", "verdict"), [("2%", "within our limit", "No"), ("2%", "in breach of the limit", "Yes")])
def test_a_norm_judges_what_papers_print(desk: TermDesk, app: App, norm: str, asked: str, verdict: str) -> None:
    in_force(desk, "bad_loans", means="NPL ratio", norm=norm)
    answer = app.ask(BEA, f"Was {COMPANY}'s NPL ratio {asked} in 2024?")
    assert answer.status == "answered", (answer.text, answer.reason)
    assert answer.text.startswith(verdict)
    assert "the norm of the institution, " in answer.text
    assert "the term bad_loans (v" in answer.text
    assert app.audit_replay(ADMINISTRATOR, str(answer.audit_id)).ok


def test_a_definition_with_a_number_is_stated_in_a_warning(desk: TermDesk, app: App) -> None:
    in_force(desk, "house_days", en=["house days"], expression="365 * inventory / revenue")
    answer = app.ask(BEA, f"What were {COMPANY}'s house days in 2024?")
    assert answer.status == "answered", answer.reason
    assert any("365 * " in warning for warning in answer.warnings)


@pytest.mark.parametrize(("norm", "better", "verdict"), [("0.01", None, "Yes"), ("90", None, "No"), ("0.01", "lower", "No")])
def test_a_norm_of_the_institution_judges_with_its_level(desk: TermDesk, app: App, norm: str, better: str | None, verdict: str) -> None:
    in_force(desk, "house_liquidity", means="current ratio", norm=norm, better=better)
    answer = app.ask(BEA, f"Was {COMPANY}'s current ratio healthy in 2024?")
    assert answer.status == "answered", (answer.text, answer.reason)
    assert answer.text.startswith(verdict)
    assert "the norm of the institution" in answer.text
    assert [one.kind for one in answer.terms] == ["norm"]
    assert app.audit_replay(ADMINISTRATOR, str(answer.audit_id)).ok


def test_a_printed_label_gets_a_name_and_formulas_use_it(desk: TermDesk, app: App) -> None:
    in_force(desk, "boats", en=["boat takings"], printed="Passengers")
    in_force(desk, "boat_share", en=["boat share"], expression="boats / revenue")
    plain = app.ask(BEA, f"What were {COMPANY}'s boat takings in 2024?")
    assert any(one.name == "boats" for one in plain.terms)
    shared = app.ask(BEA, f"What was {COMPANY}'s boat share in 2024?")
    assert {one.name for one in shared.terms} == {"boats", "boat_share"}


def test_a_term_that_rests_on_a_hidden_one_is_refused(desk: TermDesk) -> None:
    in_force(desk, "house_coverage", **COVERAGE, label="sensitive")
    with pytest.raises(InputError, match="rests on 'house_coverage' under the label 'sensitive'"):
        desk.add(BEA, [entry_of("twice", {"en": ["twice covered"], "expression": "house_coverage * 2"})])


def test_a_hidden_term_takes_no_name(desk: TermDesk, app: App) -> None:
    in_force(desk, "house_coverage", **COVERAGE, label="sensitive")
    app.policy.add_grant(ADMINISTRATOR, DORA.user, "general", write=True)
    try:
        (own,) = desk.add(DORA, [entry_of("house_coverage", {**COVERAGE, "expression": "revenue / interest expense"})])
    finally:
        app.policy.remove_grant(ADMINISTRATOR, DORA.user, "general")
    assert own.entry.label == "general"


def test_the_database_refuses_an_approval_by_the_proposer(desk: TermDesk, app: App) -> None:
    (proposed,) = desk.add(BEA, [entry_of("house_coverage", COVERAGE)])
    acts = (
        "UPDATE terms SET state = 'approved', approved_by = 'bea', approved_at = now() WHERE id = %s",
        "UPDATE terms SET state = 'approved', approved_by = 'carl', approved_at = now() WHERE id = %s",
        "UPDATE terms SET content = '{}' WHERE id = %s",
        "DELETE FROM terms WHERE id = %s",
    )
    for act in acts:
        with pytest.raises((NotPermitted, psycopg.errors.CheckViolation)), app.database.transaction(BEA) as connection:
            connection.execute(act, (proposed.id,))


def test_a_file_is_taken_whole_or_not_at_all_and_comes_back(desk: TermDesk, tmp_path: Path) -> None:
    path = tmp_path / "terms.yaml"
    path.write_text(
        yaml.safe_dump({"terms": {"house_coverage": COVERAGE, "double": {"en": ["double cover"], "expression": "house_coverage * 2"}}})
    )
    proposed = desk.add(BEA, read_entries(path))
    desk.approve(CARL, [term.id for term in proposed])
    out = tmp_path / "out.yaml"
    assert desk.export(BEA, out).terms == 2
    assert read_entries(out) == [term.entry for term in proposed]


@pytest.mark.parametrize(
    "text", ["", "terms: []", "terms: {a: 1}", "terms: {a: {colour: red}}", "{{{", "- 1", "terms: {a: {en: 5}}", "a\x00b"]
)
def test_a_file_that_holds_no_terms_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "terms.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as refused:
        read_entries(path)
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("name", "fields", "said"),
    [
        ("", COVERAGE, "cannot be one"),
        ("x" * 5000, COVERAGE, "cannot be one"),
        ("house", {**COVERAGE, "en": [""]}, "cannot be one"),
        ("house", {**COVERAGE, "en": ["a " * 2500]}, "cannot be one"),
        ("house", {**COVERAGE, "en": ["<script>alert(1)</script>"]}, "cannot be one"),
        ("house", {**COVERAGE, "en": ["coverage\u202e ratio"]}, "cannot be one"),
        ("house", {**COVERAGE, "definition": "x" * 5000}, "cannot be kept"),
        ("house", {**COVERAGE, "en": ["total"]}, "say how a question asks"),
        ("house", {**COVERAGE, "en": ["growth"]}, "say how a question asks"),
        ("house", {**COVERAGE, "zh": ["多少"]}, "say how a question asks"),
        ("house", {**COVERAGE, "en": ["2024"]}, "say how a question asks"),
        ("house", {**COVERAGE, "en": ["net income"]}, "already means net income"),
        ("house", {**COVERAGE, "zh": ["净利润"]}, "already means net income"),
        ("house", {**COVERAGE, "expression": "5 *"}, "no formula that can be read"),
        ("house", {**COVERAGE, "expression": "(" * 400}, "no formula that can be read"),
        ("house", {**COVERAGE, "expression": "revenue / " + "x" * 5000}, "cannot be kept"),
        ("house", {**COVERAGE, "expression": "revenue / flurbs"}, "'flurbs', which is not known"),
        ("house", {**COVERAGE, "expression": "revenue / house"}, "defined by itself: house → house"),
        ("house", {**COVERAGE, "expression": "revenue / revenue"}, "comes to 1 whatever"),
        ("house", {**COVERAGE, "expression": "revenue / (revenue - revenue)"}, "cannot be computed"),
        ("house", {**COVERAGE, "expression": "9 ** 9 ** 9 ** 9"}, "cannot be computed"),
        ("house", {**COVERAGE, "expression": "__import__('os').system('true')"}, "cannot be"),
        ("house", {"en": ["house takings"], "means": "the takings of nobody"}, "which is not known"),
        ("house", {"en": ["house takings"]}, "without means or printed"),
        ("revenue", COVERAGE, "that there is"),
        ("operating_margin", COVERAGE, "that there is"),
        ("operating_margin", {"expression": "operating_margin - 0.01", "redefines": True}, "defined by itself: operating_margin"),
        ("quick_assets", {"expression": "quick_ratio * total_current_liabilities", "redefines": True}, "quick_assets → quick_ratio"),
        ("capital_adequacy_computed", {"expression": "total_equity / total_assets", "redefines": True}, "that there is"),
        ("house", {**COVERAGE, "redefines": True}, "redefines nothing"),
        ("house", {"means": "current ratio", "norm": "1", "redefines": True}, "has no redefines"),
    ],
)
def test_bad_terms_are_refused_with_their_name_and_a_remedy(desk: TermDesk, name: str, fields: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        desk.add(BEA, [entry_of("good_one", {**COVERAGE, "en": ["good one"], "zh": []}), entry_of(name, fields)])
    assert refused.value.remedy
    assert name[:60] in refused.value.message
    assert all(term.state == "retired" for term in desk.terms(ADMINISTRATOR))


def test_a_term_in_force_is_a_scene_to_who_may_read_it(app: App, desk: TermDesk, tmp_path: Path) -> None:
    (proposed,) = desk.add(
        BEA, [entry_of("scene_coverage", COVERAGE | {"en": ["scene coverage"], "zh": ["场景覆盖率"], "label": "sensitive"})]
    )
    assert "scene coverage" not in written_scenes(app, BEA, tmp_path / "before"), "nobody has approved it"
    desk.approve(CARL, [proposed.id])
    said = written_scenes(app, BEA, tmp_path / "bea")
    assert "What do we mean by scene coverage?" in said
    assert "Cash that the business brings in for each unit of interest. It is " in said
    assert " / interest expense." in said
    assert "本机构如何定义场景覆盖率？" in said
    assert "scene coverage" not in written_scenes(app, DORA, tmp_path / "dora")
    desk.retire(BEA, proposed.id)
    assert "scene coverage" not in written_scenes(app, BEA, tmp_path / "after")


def written_scenes(app: App, principal: Principal, folder: Path) -> str:
    try:
        export_scenes(app, principal, folder)
    except InputError:  # neither a term nor a section
        return ""
    return (folder / "scenes.jsonl").read_text("utf-8")
