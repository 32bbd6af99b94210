"""Roles, sealed validations as the gate of a promotion, the card under the seal, and what came of scores in production."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from psycopg.types.json import Jsonb

from finfoundry.core.errors import InputError, IntegrityError, NotFound, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.governance.policy import Policy
from finfoundry.governance.sealed import sealed
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.specialists.families.credit.credit import CLASSIFIER
from finfoundry.specialists.lifecycle import outcomes, roles
from finfoundry.specialists.lifecycle.outcomes import Decision
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.lifecycle.validations import ChecklistAnswer, Finding, blank, check_form, demands, read_form, seal_of
from finfoundry.specialists.models.binning import SMOOTHING
from finfoundry.specialists.models.specialist import check_sealed, load
from finfoundry.specialists.models.stability import DEFINITION
from finfoundry.specialists.reports.card import write_card
from finfoundry.specialists.reports.checklist import JUDGED, NOT_MET, answers
from finfoundry.specialists.reports.pages import seal_card, sealed_card

from .conftest import ANA, ASKED, BOB, CARA, Credit, form, validate


@pytest.fixture
def registry(database: Database, tmp_path: Path) -> Registry:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    return Registry(database, lambda record: sealed(database, tmp_path, record).one("validation"))


@pytest.fixture
def made(credit: Credit, tmp_path: Path) -> Path:
    """A specialist with its card under the seal, as ``specialists train`` leaves it."""
    folder = tmp_path / "loans"
    shutil.copytree(credit.folder, folder)
    write_card(folder, credit.specialist, CLASSIFIER)
    seal_card(folder, answers(credit.specialist, CLASSIFIER))
    return folder


def test_nobody_promotes_what_nobody_validated(registry: Registry, made: Path) -> None:
    registry.register(ANA, made)
    with pytest.raises(NotPermitted, match="Nobody validated"):
        registry.promote(BOB, made)
    signed = validate(registry, made)
    assert registry.promote(BOB, made).state == "promoted"
    assert registry.validations(ANA, check_sealed(made)) == [signed]


def test_three_people(registry: Registry, made: Path) -> None:
    registry.register(ANA, made)
    with pytest.raises(NotPermitted, match="ana trained"):
        validate(registry, made, ANA)
    validate(registry, made)
    with pytest.raises(NotPermitted, match="cara validated"):
        registry.promote(CARA, made)
    with pytest.raises(NotPermitted, match="ana trained"):
        registry.promote(ANA, made)
    with pytest.raises(NotPermitted, match="it may have been you"):
        registry.promote(replace(BOB, proof="key 2"), made)


def test_roles_by_label(registry: Registry, made: Path, database: Database) -> None:
    policy, chief = Policy(database), ANA
    names = ("tom", "vera", "anton")
    for name in names:
        policy.add_user(chief, name)
    tom, vera, anton = map(Principal, names)
    with pytest.raises(NotPermitted, match="no trainer"):
        registry.register(tom, made)
    with pytest.raises(NotPermitted, match="not an administrator"):
        roles.give(database, tom, "tom", "approver", "sensitive")
    with pytest.raises(InputError, match="no role"):
        roles.give(database, chief, "tom", "king", "sensitive")
    with pytest.raises(NotFound):
        roles.give(database, chief, "nobody", "trainer", "sensitive")
    for name, role in zip(names, roles.ROLES, strict=True):
        roles.give(database, chief, name, role, "sensitive")
    registry.register(tom, made)
    with pytest.raises(NotPermitted, match="no validator"):
        validate(registry, made, anton)
    validate(registry, made, vera)
    with pytest.raises(NotPermitted, match="no approver"):
        registry.promote(vera, made)
    assert registry.promote(anton, made).decided_by == "anton"
    with pytest.raises(NotPermitted, match="no approver"):
        registry.retire(vera, made)
    roles.take(database, chief, "anton", "approver", "sensitive")
    with pytest.raises(NotPermitted, match="no approver"):
        registry.retire(anton, made)
    assert [one.user for one in roles.given(database)] == ["tom", "vera"]


def test_who_trained_does_not_retire_what_is_in_use(registry: Registry, made: Path) -> None:
    registry.register(ANA, made)
    validate(registry, made)
    registry.promote(BOB, made)
    with pytest.raises(NotPermitted, match="take it out of use"):
        registry.retire(ANA, made)
    assert registry.retire(CARA, made).state == "retired"


def test_a_retired_version_comes_back_through_the_gate_alone(registry: Registry, made: Path) -> None:
    registry.register(ANA, made)
    validate(registry, made)
    registry.promote(BOB, made)
    registry.retire(BOB, made)
    with pytest.raises(NotPermitted, match="retired since"):
        registry.promote(BOB, made)
    validate(registry, made)
    assert registry.promote(BOB, made).state == "promoted"


def test_the_latest_validation_decides(registry: Registry, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.register(ANA, made)
    validate(registry, made)
    validate(registry, made, found=form("unfit", findings=[Finding("It ranks the wrong way round", "high")]))
    with pytest.raises(NotPermitted, match="unfit"):
        registry.promote(BOB, made)
    validate(registry, made, found=form(days=0))
    monkeypatch.setattr("finfoundry.specialists.lifecycle.validations.today", lambda: datetime.now(UTC).date() + timedelta(days=1))
    with pytest.raises(NotPermitted, match="expired"):
        registry.promote(BOB, made)


@pytest.mark.parametrize("how", ["content", "content and seal", "another's", "another record", "unchained"])
def test_a_validation_that_was_not_sealed_opens_nothing(registry: Registry, made: Path, database: Database, how: str) -> None:
    registry.register(ANA, made)
    unfit = form("unfit", findings=[Finding("It ranks the wrong way round", "high")])
    signed = validate(registry, made, found=unfit)
    with database.owner() as connection:
        row = connection.execute("SELECT content FROM specialist_validations WHERE id = %s", (signed.id,)).fetchone()
        assert row is not None
        told = {**row[0], "form": {**row[0]["form"], "outcome": "fit", "findings": []}}
        if how == "another's":
            told["version"] = "0" * 64
        new = {"content": Jsonb(told), "seal": seal_of(told) if how != "content" else signed.seal}
        if how == "unchained":  # a record of the same words that nobody signed
            record = audit.AuditRecord("cara", "specialist validated", (audit.AuditStep("validation", told),), target=signed.version)
            audit.append(connection, record)
            connection.execute("DELETE FROM audit_pending WHERE record = %s", (record.id,))
            connection.execute("UPDATE specialist_validations SET record = %s WHERE id = %s", (record.id, signed.id))
        if how == "another record":
            query = "SELECT id FROM audit_record WHERE action = 'specialist trained'"
            connection.execute(f"UPDATE specialist_validations SET record = ({query}) WHERE id = %s", (signed.id,))
        connection.execute("UPDATE specialist_validations SET content = %s, seal = %s WHERE id = %s", (*new.values(), signed.id))
    with pytest.raises(IntegrityError):
        registry.promote(BOB, made)


@pytest.mark.parametrize("name", ["card.html", "card.md", "checklist.json", "specialist.json"])
def test_a_tampered_card_is_refused(registry: Registry, made: Path, name: str) -> None:
    """The fault: an AUC of .9763 written into the card passed."""
    registry.register(ANA, made)
    validate(registry, made)
    text = (made / name).read_text("utf-8")
    (made / name).write_text(text.replace("0.", ".9763", 1), "utf-8")
    for act in (lambda: registry.promote(BOB, made), lambda: sealed_card(made), lambda: load(made), lambda: registry.retire(BOB, made)):
        with pytest.raises(IntegrityError, match=name):
            act()


def test_the_checklist_says_not_met_and_does_not_fill_itself_in(credit: Credit, made: Path, tmp_path: Path) -> None:
    verdicts = {asks: verdict for asks, _, verdict, *_ in answers(credit.specialist, CLASSIFIER)}
    assert verdicts["Data: period, and whether it stands for today"] == NOT_MET
    assert set(verdicts.values()) == {NOT_MET, JUDGED}
    assert json.loads((made / "checklist.json").read_text())[0]["verdict"] == JUDGED
    written = tmp_path / "form.yaml"
    written.write_text(blank(demands(made)), "utf-8")
    with pytest.raises(InputError, match="outcome"):
        read_form(written)
    told = yaml.safe_load(written.read_text("utf-8"))
    told |= {"outcome": "fit with conditions", "expires": datetime.now(UTC).date(), "conditions": ["small loans only"]}
    for one in told["checklist"]:
        one |= {"verdict": "not met", "why": "no time was given"} if one["shown"].startswith(NOT_MET) else {"verdict": "met"}
    written.write_text(yaml.safe_dump(told), "utf-8")
    read = read_form(written)
    check_form(read, [asks for asks, _ in demands(made)], datetime.now(UTC).date())
    assert [one.asks for one in read.checklist if one.verdict == "not met"] == [
        asks for asks, found in verdicts.items() if found == NOT_MET
    ]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"checklist": []}, "leaves out"),
        ({"checklist": [ChecklistAnswer("It works", "not met")]}, "No reason"),
        ({"checklist": [ChecklistAnswer("It works", "not met", "it does not")]}, "nothing left open"),
        ({"findings": [Finding("slow", "low")]}, "nothing left open"),
        ({"conditions": ["not on Sundays"]}, "nothing left open"),
        ({"outcome": "fit with conditions"}, "No condition"),
        ({"outcome": "fit with conditions", "conditions": ["x"], "findings": [Finding("it leaks", "high")]}, "high finding"),
    ],
)
def test_a_form_that_contradicts_itself_is_refused(registry: Registry, made: Path, changes: dict[str, Any], why: str) -> None:
    registry.register(ANA, made)
    with pytest.raises(InputError, match=why):
        validate(registry, made, found=replace(form(), **changes))
    for days in (-1, 4000):
        with pytest.raises(InputError, match="cannot hold"):
            validate(registry, made, found=form(days=days))
    assert registry.validations(ANA, check_sealed(made)) == []
    assert ASKED


def test_decisions_overrides_and_outcomes_make_a_production_back_test(registry: Registry, made: Path, database: Database) -> None:
    registry.register(ANA, made)
    validate(registry, made)
    version = registry.promote(BOB, made).version
    rows = [{"id": f"L{n}", "inputs": None, "output": {"probability": 0.1 + 0.8 * (n % 2), "score": n}} for n in range(60)]
    registry.record(ANA, {"specialist": "loans", "version": version}, rows)
    with pytest.raises(InputError, match="0 of 60"):
        outcomes.production(database, ANA, "loans", CLASSIFIER.metrics)
    with pytest.raises(InputError, match="No reason"):
        outcomes.decide(database, ANA, "loans", [Decision("L1", "approve", override=True)])
    said = [Decision("L1", "approve", True, "guaranteed"), *(Decision(f"L{n}", "decline") for n in (3, 5)), Decision("L99", "decline")]
    noted = outcomes.decide(database, ANA, "loans", said)
    assert (noted.recorded, noted.unknown) == (3, ["L99"])
    came = {f"L{n}": bool(n % 2) and n != 1 for n in range(50)}
    assert outcomes.note(database, ANA, "loans", came).recorded == 50
    assert outcomes.note(database, ANA, "loans", came | {"L70": True}).unchanged == 50
    with pytest.raises(InputError, match="Another outcome"):
        outcomes.note(database, ANA, "loans", {"L0": True})
    found = outcomes.production(database, ANA, "loans", CLASSIFIER.metrics)
    assert (found.scored, found.known, found.events, found.version) == (60, 50, 24, version)
    assert found.figures["auc"].value == pytest.approx(24.5 / 26 + (1 - 24.5 / 26) * 1, abs=0.05)
    assert [(one.decision, one.override, one.rows, one.known, one.events) for one in found.decisions] == [
        ("approve", True, 1, 1, 0), ("decline", False, 2, 2, 2)
    ]  # fmt: skip
    assert "17% of the scored rows" in found.warnings[0]
    with pytest.raises(NotFound):
        outcomes.production(database, Principal("dan"), "loans", CLASSIFIER.metrics)


def test_the_card_defines_what_it_prints(made: Path) -> None:
    card = (made / "card.md").read_text("utf-8")
    assert SMOOTHING in card
    assert DEFINITION in card
