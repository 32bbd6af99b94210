"""``make demo``: the whole path on a bank that does not exist, checked against the truth at every step.

Everything stays in the home: the report lies in its folder ``demo``, its pages in the collection ``demo``.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from finfoundry import terminal
from finfoundry.app import App, open_app
from finfoundry.core.answer import Answer
from finfoundry.core.errors import FinfoundryError
from finfoundry.demo.check import DemoQuestion, faults, own_term, questions, term_faults
from finfoundry.demo.report import DemoReport, annual_report, client_report
from finfoundry.machine import open_machine
from finfoundry.usecases.term_desk import TermDesk, entry_of

COLLECTION = "demo"
USER = "demo-analyst"
LABEL = "sensitive"
NEXT = """\
Now a file of yours:

  . .venv/bin/activate
  finfoundry ingest YOUR.pdf --collection mine --wait
  finfoundry documents list --collection mine
  finfoundry documents show ID
  finfoundry ask --collection mine "What was … at the end of …?"
  finfoundry facts --collection mine --metric "net income" --xlsx facts.xlsx

`finfoundry --help` names the other commands; docs/tour.md walks through them. `finfoundry stop` ends what runs in the background.
"""

console = Console(highlight=False)


def main() -> int:
    """Run the tour. Returns 0 only if every check held."""
    started = time.monotonic()
    try:
        checks = tour()
    except FinfoundryError as error:
        terminal.print_error(error, as_json=False)
        return 1
    table = Table("check", "result", title="against the known truth")
    for name, wrong in checks:
        table.add_row(escape(name), "[green]right[/]" if not wrong else f"[red]{escape('; '.join(wrong))}[/]")
    console.print()
    console.print(table)
    failed = sum(bool(wrong) for _, wrong in checks)
    console.print(f"{len(checks) - failed} of {len(checks)} right, {time.monotonic() - started:.0f} s\n")
    if not failed:
        console.print(NEXT, markup=False)
    return 1 if failed else 0


def tour() -> list[tuple[str, list[str]]]:
    """All steps in their order; each check's name with what is wrong about it."""
    step("The models: a base of 1.5 billion parameters (1.1 GB) and an embedder, from the first source that has them")
    with open_machine() as machine, terminal.progress(quiet=False) as progress:
        models = machine.pull([], progress)
    terminal.print_value(models)
    report = annual_report()
    step("The store, and two documents in it")
    with open_app() as app:
        checks = [("ingestion", ingest(app, report))]
        for question in questions(report):
            answer = ask(app, question)
            checks.append((question.kind, faults(question, answer, report)))
            if question.source == "calculation":
                computed = answer
        checks.append(ask_by_own_term(app, report))
        step("The audit chain: any change, removal, reordering or cut tail is found")
        verified = app.audit_verify()
        terminal.print_value(verified)
        checks.append(("audit chain", [] if verified.ok else ["the chain does not hold"]))
        step("The computed ratio once more, from its record, without a model")
        replayed = app.audit_replay(app.administrator, str(computed.audit_id), regenerate=False)
        terminal.print_value(replayed)
        checks.append(("replay", [] if replayed.ok and computed.figures else ["the replay disagrees, or there was nothing to replay"]))
    return checks


def ask_by_own_term(app: App, report: DemoReport) -> tuple[str, list[str]]:
    """A term proposed by one person, approved by a second one, and asked for: the check's name with what is wrong about the answer."""
    name, fields, question = own_term(report)
    step("A term of the institution's own: the analyst proposes it, the administrator approves it")
    app.policy.add_grant(app.administrator, USER, "general", write=True)
    desk = TermDesk(app)
    if not any(term.entry.name == name for term in desk.terms(app.administrator, "approved")):
        (proposed,) = desk.add(app.principal(USER), [entry_of(name, fields)])
        desk.approve(app.administrator, [proposed.id])
    terminal.print_value(desk.terms(app.administrator, "approved"))
    return question.kind, term_faults(question, ask(app, question), report)


def step(title: str) -> None:
    console.print(f"\n[bold cyan]── {escape(title)}[/]", soft_wrap=True)


def ingest(app: App, report: DemoReport) -> list[str]:
    """Put the report where everyone may read it, and the client's page under a label that the user has no grant for."""
    app.policy.add_user(app.administrator, USER, [])
    app.policy.add_label(app.administrator, LABEL, True)
    ids = []
    with tempfile.TemporaryDirectory() as folder:
        for name, data, label in (("yunzhou-annual-report.pdf", report.data, "general"), ("linxi-port.pdf", client_report(), LABEL)):
            ids.append(ingest_one(app, Path(folder) / name, data, label))
    certificate = app.document(app.administrator, ids[0]).certificate
    terminal.print_value(certificate)
    wrong = [f"{certificate.pages} pages instead of {report.pages}"] if certificate.pages != report.pages else []
    if list(certificate.pages_read_by_ocr) != [report.scanned_page]:
        wrong.append(f"page {report.scanned_page} is a picture, read by OCR were {list(certificate.pages_read_by_ocr)}")
    return wrong + [f"{identity.name} does not hold on page {identity.page}" for identity in certificate.identities if not identity.held]


def ingest_one(app: App, path: Path, data: bytes, label: str) -> str:
    """Write a file and read it into the store; the document's id. Raises what the ingestion raises."""
    path.write_bytes(data)
    with terminal.progress(quiet=False) as progress:
        (result,) = app.ingest(app.administrator, [path], collection=COLLECTION, label=label, wait=True, report=progress)
    terminal.print_value(result)
    if result.error or result.id is None:
        raise FinfoundryError(f"{path} could not be read: {result.error}")
    return result.id


def ask(app: App, question: DemoQuestion) -> Answer:
    step(question.kind)
    console.print(f"[bold]{escape(question.text)}[/]")
    answer = app.ask(app.principal(USER), question.text, collection=COLLECTION, conversation=None)
    terminal.print_value(answer)
    return answer
