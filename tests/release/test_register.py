"""The register over a real database: the second person, what serves, the way back, and the audit of all three."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.rows import Row
from finfoundry.governance.decisions import ALONE
from finfoundry.governance.trail import recall, records
from finfoundry.release.candidate import ADAPTER, MODEL, Candidate
from finfoundry.release.exam import Exam, SuiteTerms
from finfoundry.release.gate import Trial, Verdict, judge
from finfoundry.release.register import Register, Release
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master

ANA, BO = Principal("ana"), Principal("bo")
OWN = "0" * 64


@pytest.fixture
def register(database: Database, tmp_path: Path) -> Register:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    return Register(database, lambda: OWN)


def candidate(name: str, *, form: str = "q8_0", base: str = OWN) -> Candidate:
    slot = name if form == ADAPTER else MODEL
    return Candidate(slot, name, form, Path(f"{name}.gguf"), name.ljust(64, "f"), "tiny", base, {"name": name, "data": {"rows": 3}})


def verdict(*, better: bool = True) -> Verdict:
    def rows(right: bool) -> list[Row]:
        return [Row(str(n), "", str(n), "?", "g", "t", "answered", "correct" if right else "wrong", float(right)) for n in range(50)]

    return judge([Trial("finfe", "improve", 0.02, MEASURES["correct"], rows(not better), rows(better))])


def proposed(register: Register, name: str, who: Principal = ANA, *, form: str = "q8_0", base: str = OWN) -> Release:
    wanted = candidate(name, form=form, base=base)
    return register.propose(who, wanted, verdict(), register.serving(), "tuned on more rows", in_force(register, wanted.slot))


def in_force(register: Register, slot: str = MODEL) -> Exam:
    """The exam of a slot; fixed by a third person where there is none."""
    try:
        return register.exam(slot)
    except NotFound:
        return register.fix_exam(
            Exam(slot, "data", {"finfe": SuiteTerms("improve", 0.02, 50, "d" * 64)}, None, 0, "what the desk needs", "cy")
        )


def test_promote_and_roll_back_all_the_way(register: Register) -> None:
    first, second = proposed(register, "first"), None
    assert first.state == "candidate"
    assert register.serving() == {}
    (first,) = register.promote(BO, [first.id], "better on finfe")
    assert first.state == "serving"
    second = proposed(register, "second")
    assert second.against == {MODEL: first.id}
    register.promote(BO, [second.id], "better still")
    assert [release.state for release in register.releases()] == ["serving", "retired"]
    assert register.rollback(BO, MODEL, "complaints")[MODEL].id == first.id
    assert register.rollback(ANA, MODEL, "more complaints") == {}
    with pytest.raises(NotFound, match="nothing to roll back"):
        register.rollback(BO, MODEL, "again")
    shown = register.show(first.id)
    assert [(move.action, move.release, move.before, move.person) for move in shown.moves] == [
        ("promoted", first.id, None, "bo"),
        ("promoted", second.id, first.id, "bo"),
        ("rolled back", first.id, second.id, "bo"),
        ("rolled back", None, first.id, "ana"),
    ]
    assert shown.manifest["data"] == {"rows": 3}
    assert shown.verdict["findings"][0]["n"] == 50


def test_who_proposed_may_not_promote(register: Register, database: Database) -> None:
    release = proposed(register, "first")
    with pytest.raises(NotPermitted, match="ana proposed release"):
        register.promote(ANA, [release.id], "I like it")
    with pytest.raises(psycopg.errors.CheckViolation), database.owner() as connection:  # nor past the program
        connection.execute(
            "INSERT INTO release_moves (act, slot, release, action, why, person, proposed_by)"
            " VALUES (gen_random_uuid(), 'model', %s, 'promoted', 'x', 'ana', 'ana')",
            (release.id,),
        )
    assert register.serving() == {}


def test_the_record_says_how_it_was_known_who_decided(register: Register, database: Database, tmp_path: Path) -> None:
    ana, bo = replace(ANA, proof="key 1"), replace(BO, proof="key 2")
    release = proposed(register, "first", ana)
    register.promote(bo, [release.id], "better")
    assert [move.proof for move in register.show(release.id).moves] == ["key 2"]
    promoted, proposal, _ = records(database, ADMINISTRATOR)
    assert recall(database, tmp_path, ADMINISTRATOR, promoted.id).one("release")["proof"] == "key 2"
    assert recall(database, tmp_path, ADMINISTRATOR, proposal.id).one("release")["release"]["proof"] == "key 1"


@pytest.mark.parametrize("proof", [ALONE, "not proved", "not recorded"])
def test_what_nobody_proved_to_have_proposed_needs_a_new_proposal(register: Register, proof: str) -> None:
    """Else one person could propose under another name first, and promote under the own name later."""
    release = proposed(register, "first", replace(ANA, proof=proof))
    with pytest.raises(NotPermitted, match="it may have been you"):
        register.promote(replace(BO, proof="key 2"), [release.id], "better")


def test_what_the_gate_refused_is_kept_and_never_serves(register: Register) -> None:
    refused = register.propose(ANA, candidate("worse"), verdict(better=False), {}, "hope", in_force(register))
    assert refused.state == "refused"
    assert refused.refusals
    with pytest.raises(NotPermitted, match="no improvement is shown"):
        register.promote(BO, [refused.id], "hope")


def test_a_comparison_with_what_served_then_is_out_of_date(register: Register) -> None:
    one, other = proposed(register, "one"), proposed(register, "other")
    register.promote(BO, [one.id], "better")
    with pytest.raises(InputError, match="compared with what served then"):
        register.promote(BO, [other.id], "better, too")


def test_an_adapter_serves_beside_its_base_only(register: Register) -> None:
    stranger = proposed(register, "stranger", form=ADAPTER, base="a" * 64)
    with pytest.raises(InputError, match="stranger was learned on tiny"):
        register.promote(BO, [stranger.id], "better")
    fitting = proposed(register, "fitting", form=ADAPTER)
    register.promote(BO, [fitting.id], "better")
    model = proposed(register, "model")
    with pytest.raises(InputError, match="fitting was learned on tiny"):
        register.promote(BO, [model.id], "better")
    assert set(register.serving()) == {"fitting"}


def test_a_base_and_its_adapters_change_together_or_not_at_all(register: Register) -> None:
    old = proposed(register, "task", form=ADAPTER)
    register.promote(BO, [old.id], "better")
    model = proposed(register, "newbase")
    adapter = proposed(register, "task", form=ADAPTER, base=model.sha256)
    assert {release.state for release in register.promote(BO, [model.id, adapter.id], "the new base")} == {"serving"}
    assert {slot: release.id for slot, release in register.serving().items()} == {MODEL: model.id, "task": adapter.id}
    assert {slot: release.id for slot, release in register.rollback(BO, MODEL, "complaints").items()} == {"task": old.id}


def test_every_act_is_in_the_audit_with_its_evidence(register: Register, database: Database, tmp_path: Path) -> None:
    release = proposed(register, "first")
    register.promote(BO, [release.id], "better on finfe")
    register.rollback(BO, MODEL, "complaints")
    listed = records(database, ADMINISTRATOR)
    assert [(one.user, one.action) for one in listed] == [
        ("bo", "release rolled back"),
        ("bo", "release promoted"),
        ("ana", "release proposed"),
        ("cy", "exam fixed"),
    ]
    evidence = recall(database, tmp_path, ADMINISTRATOR, listed[-2].id).one("release")
    assert len(evidence["verdict"]["findings"][0]["candidate_rows"]) == 64
    assert evidence["release"]["sha256"] == release.sha256
    assert recall(database, tmp_path, ADMINISTRATOR, listed[1].id).one("release")["why"] == "better on finfe"


def test_a_decision_has_a_reason_and_a_release_that_is_there(register: Register) -> None:
    with pytest.raises(InputError, match="needs its reason"):
        register.propose(ANA, candidate("first"), verdict(), {}, " ", in_force(register))
    with pytest.raises(NotFound, match="no release 7"):
        register.promote(BO, [7], "why not")
    with pytest.raises(NotFound, match="no release 7"):
        register.show(7)
    assert dataclasses.asdict(proposed(register, "first"))["why"] == "tuned on more rows"


def test_who_fixes_the_exam_may_not_propose_on_it_and_nothing_is_proposed_without_one(register: Register) -> None:
    with pytest.raises(NotFound, match="No exam is fixed for 'model'"):
        register.exam(MODEL, ANA)
    in_force(register)
    with pytest.raises(NotPermitted, match="cy fixed exam 1"):
        register.exam(MODEL, Principal("cy"))
    assert register.exam(MODEL, ANA).suites["finfe"].items == 50


def test_a_new_exam_makes_what_passed_the_old_one_out_of_date(register: Register) -> None:
    release = proposed(register, "first")
    register.fix_exam(dataclasses.replace(in_force(register), limit=20, why="a harder one"))
    with pytest.raises(InputError, match="passed another exam"):
        register.promote(BO, [release.id], "better")
