"""The queue of alerts: who sees it and who works on it, notes, two people for a closing, and what is left of an erased person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import psycopg
import pytest

from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.governance.policy import Policy
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.specialists.families.aml import alerts
from finfoundry.specialists.families.aml.alerts import Alert, AlertBatch, Raised, Suspicion
from finfoundry.specialists.families.aml.graph import transfers
from finfoundry.specialists.families.aml.typologies import findings, read_rules
from finfoundry.specialists.lifecycle import outcomes
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.scoring.scores import Scores

from .conftest import ANA, Credit

DAN, EVE, FAY = Principal("dan"), Principal("eve"), Principal("fay")
EDGES = [("c", "a", 9500.0, 19_800.0), ("c", "a", 9000.55, 19_801.0), ("c", "a", 9800.0, 19_802.0)]
WHY = "wages of one employer"


def suspicion(edges: list[tuple[str, str, float, float]], probability: float = 0.7) -> Suspicion:
    source, destination, amount, time = zip(*edges, strict=True)
    graph = transfers(source, destination, np.array(amount), np.array(time))
    found = findings(graph, "a", read_rules(), 19_805.0, dated=True)
    return Suspicion("a", {"score": 1.2, "probability": probability}, alerted=False, findings=found)


@pytest.fixture
def raised(database: Database, credit: Credit, tmp_path: Path) -> Callable[..., Raised]:
    """dan and eve may write the label, fay may read it; the version stands in for one of the family aml."""
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    policy, registry = Policy(database), Registry(database)
    policy.add_label(ANA, "sensitive")
    for who in (DAN, EVE, FAY, Principal("gus")):
        policy.add_user(ANA, who.user)
    for who in (DAN, EVE, FAY):
        policy.add_grant(ANA, who.user, "sensitive", write=who is not FAY)
    registry.register(ANA, credit.folder)

    def raise_(principal: Principal, *found: Suspicion) -> Raised:
        record, _ = registry.record(principal, {"specialist": "watch", "version": credit.specialist.version}, [])
        batch = AlertBatch("watch", credit.specialist.version, record, "2024-03-23", read_rules().digest)
        with database.transaction(principal) as connection:
            return alerts.open_alerts(connection, principal, batch, found, len(found))

    return raise_


def opened(raised: Callable[..., Raised]) -> Alert:
    (alert,) = raised(DAN, suspicion(EDGES)).opened
    return alert


def test_an_alert_holds_the_transfers_that_fired_its_rules(database: Database, raised: Callable[..., Raised]) -> None:
    alert = opened(raised)
    (finding,) = alert.findings
    assert finding["rule"] == "structuring"
    assert [one["amount"] for one in finding["transfers"]] == ["9500.0", "9000.55", "9800.0"]
    assert finding["figures"]["sum moved"] == "28300.55"
    assert alerts.listed(database, FAY, "watch", "open") == [alert]
    assert alerts.listed(database, FAY, "watch", "closed") == []


def test_who_may_not_read_the_label_sees_nothing(database: Database, raised: Callable[..., Raised]) -> None:
    alert, gus = opened(raised), Principal("gus")
    assert alerts.listed(database, gus, "watch") == []
    with pytest.raises(NotFound):
        alerts.shown(database, gus, "watch", alert.id)
    with database.transaction(gus) as connection:
        assert connection.execute("SELECT count(*) FROM aml_alerts, aml_case_entries").fetchone() == (0,)
    with pytest.raises(NotPermitted, match="may not work"):
        alerts.note(database, FAY, "watch", alert.id, "a note")
    with pytest.raises(NotPermitted, match="may not work"):
        raised(FAY, suspicion(EDGES))


def test_the_same_again_is_no_new_alert(database: Database, raised: Callable[..., Raised]) -> None:
    alert = opened(raised)
    assert raised(DAN, suspicion(EDGES)).again == [alert.id]
    assert raised(DAN, suspicion([*EDGES, ("c", "a", 9700.0, 19_803.0)])).again == [alert.id]
    assert [one.kind for one in alerts.shown(database, DAN, "watch", alert.id).entries] == ["seen again"]
    alerts.propose(database, DAN, "watch", alert.id, "no suspicion", WHY)
    alerts.close(database, EVE, "watch", alert.id)
    more = suspicion([*EDGES, ("c", "a", 9700.0, 19_803.0)])
    assert raised(DAN, more).known == ["a"]
    assert len(raised(DAN, suspicion([*EDGES, ("c", "a", 9950.0, 19_804.0)])).opened) == 1, "new transfers open a new one"


def test_a_case_is_closed_by_a_second_person(database: Database, raised: Callable[..., Raised]) -> None:
    number = opened(raised).id
    alerts.note(database, DAN, "watch", number, "asked the branch")
    with pytest.raises(InputError, match="Nothing is proposed"):
        alerts.close(database, EVE, "watch", number)
    with pytest.raises(InputError, match="no narrative"):
        alerts.propose(database, DAN, "watch", number, "report", WHY)
    for wrong in ("", "  ", "x" * 20_001):
        with pytest.raises(InputError, match="Give a text"):
            alerts.propose(database, DAN, "watch", number, "no suspicion", wrong)
    alerts.propose(database, DAN, "watch", number, "no suspicion", WHY)
    with pytest.raises(NotPermitted, match="dan proposed this"):
        alerts.close(database, DAN, "watch", number)
    with pytest.raises(NotPermitted, match="it may have been you"):
        alerts.close(database, replace(EVE, proof="key 2"), "watch", number)
    assert alerts.send_back(database, EVE, "watch", number, "ask for the contract").state == "open"
    alerts.propose(database, replace(DAN, proof="key 1"), "watch", number, "no suspicion", WHY)
    closed = alerts.close(database, replace(EVE, proof="key 2"), "watch", number)
    assert (closed.state, closed.proposed_by, closed.closed_by) == ("closed", "dan", "eve")
    assert [one.kind for one in closed.entries] == ["note", "proposed", "returned", "proposed", "closed"]
    with pytest.raises(InputError, match="is closed"):
        alerts.note(database, DAN, "watch", number, "too late")
    with database.owner() as connection:
        actions = [row[0] for row in connection.execute("SELECT action FROM audit_record WHERE action LIKE 'alert %' ORDER BY at")]
    assert actions == ["alert opened", "alert note", "alert proposed", "alert returned", "alert proposed", "alert closed"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE aml_alerts SET state = 'closed', outcome = 'report', proposed_by = 'eve', proposed_proof = '', closed_by = 'dan'",
        "UPDATE aml_alerts SET state = 'proposed', outcome = 'report', proposed_by = 'eve', proposed_proof = ''",
        "UPDATE aml_alerts SET account = 'b'",
        "DELETE FROM aml_alerts",
        "UPDATE aml_case_entries SET content = '{}'",
        """INSERT INTO aml_case_entries (alert, label_id, kind, content, person, proof, record)
           SELECT id, label_id, 'note', '{}', 'eve', '', record FROM aml_alerts""",
        """INSERT INTO aml_alerts (label_id, name, version, account, as_of, score, content, fingerprint, opened_by, record)
           SELECT label_id, name, version, 'z', as_of, score, content, '', 'eve', record FROM aml_alerts""",
    ],
)
def test_the_database_itself_refuses_another_persons_name(database: Database, raised: Callable[..., Raised], statement: str) -> None:
    alert = opened(raised)
    alerts.note(database, DAN, "watch", alert.id, "a note")
    with pytest.raises((NotPermitted, psycopg.Error)), database.transaction(DAN) as connection:
        connection.execute(statement)
    assert alerts.shown(database, DAN, "watch", alert.id).state == "open"


def test_an_erased_person_leaves_no_name_on_decisions_outcomes_and_alerts(
    database: Database, raised: Callable[..., Raised], credit: Credit
) -> None:
    registry = Registry(database)
    number = opened(raised).id
    alerts.note(database, DAN, "watch", number, "asked the branch")
    alerts.propose(database, DAN, "watch", number, "no suspicion", WHY)
    alerts.close(database, EVE, "watch", number)
    with database.owner() as connection:
        connection.execute("UPDATE specialists SET state = 'promoted', decided_by = 'bob', name = 'watch'")
    batch = {"specialist": "watch", "version": credit.specialist.version}
    registry.record(DAN, batch, [{"id": "L1", "inputs": None, "output": {"probability": 0.2}}])
    outcomes.decide(database, DAN, "watch", [outcomes.Decision("L1", "approve", override=True, why="dan knows the applicant")])
    outcomes.note(database, DAN, "watch", {"L1": False})
    with database.transaction(ANA) as connection:
        subject = audit.erase(connection, "ana", "user", "dan")
        Scores.pseudonymise(connection, "dan", subject)
    with pytest.raises((NotPermitted, psycopg.Error)), database.transaction(EVE) as connection:
        Scores.pseudonymise(connection, "eve", "x")
    with database.owner() as connection:
        held = [
            row[0]
            for table in ("specialist_decisions", "specialist_outcomes", "aml_alerts", "aml_case_entries")
            for row in connection.execute(f"SELECT to_jsonb(t)::text FROM {table} t")
        ]
    assert len(held) == 6
    assert not any('"dan' in row or "dan knows" in row for row in held)
    closed = alerts.shown(database, EVE, "watch", number)
    assert (closed.proposed_by, closed.closed_by) == (f"erased {subject}", "eve")
