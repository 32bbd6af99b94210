"""A paper with two digits exchanged, three people, and the desk of its corrections."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from finfoundry.app import App, open_app
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.document import Certificate
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.recorder import Recorder
from finfoundry.knowledge.corrections.correction import Correction
from finfoundry.knowledge.shown.views import FactView
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.correction_desk import CorrectionDesk, fields_of

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
        opened.agent.drafts = True
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
