"""The learnt reader's data, from our lexicon or from the rows of a store, and a tuned one put into a home."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from finfoundry.app import App, open_app
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.reader.agreement import AgreedReading, Asking, Outcome, agreed_reading, figures_meant
from finfoundry.ask.reader.reader_rows import EACH, ReaderData, write_rows
from finfoundry.base.adapter_install import install_adapter
from finfoundry.base.question_reader import READER_USE, question_reader
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import TextReader
from finfoundry.governance import pii
from finfoundry.governance.unanswered import UnansweredQuestion, unanswered
from finfoundry.runtime import audit
from finfoundry.runtime.settings import Settings

ROWS = 20_000  # facts whose labels are taken
FEWEST = 20  # labels of a store below which questions would be all alike


@dataclass(frozen=True, slots=True)
class InstalledReader:
    """``setting`` is what FINFOUNDRY_READER has to be for it to be used."""

    setting: str
    base: str
    sha256: str
    bytes: int


def reader_data(out: Path, each: int = EACH, seed: int = 0, collection: str | None = None, user: str | None = None) -> ReaderData:
    """Write the rows to learn and to measure. Raises InputError for a collection with too few labels."""
    if collection is None:
        return write_rows(out, each, seed)
    with open_app() as app:
        return write_rows(out, each, seed, _labels(app, app.principal(user), collection))


def data_with_questions(
    app: App, principal: Principal, out: Path, each: int = EACH, seed: int = 0, collection: str | None = None, *, model: bool = False
) -> ReaderData:
    """As ``reader_data``, with the questions of people on whose meaning several readings agree over what the principal may read now.

    ``model``: the base model may be one of them. Raises InputError where no reader is there to read them, ModelError.
    """
    reader = app.agent.reader() if app.agent.reader else None
    if reader is None:
        raise InputError("there is no reader to read questions again", remedy=f"Run `finfoundry pull {app.settings.embedder}`")
    agreed = dict[str, AgreedReading]()
    for one in questions(app, principal):
        told = (
            None if pii.find(one.question) else agreed_reading(one.question, reader, _asking(app, principal, one.collection), model=model)
        )
        if told is not None:
            agreed[one.record] = told
    labels = _labels(app, principal, collection) if collection else ()
    used = audit.AuditStep("dataset", {"questions": list(agreed), "folder": str(out)})
    with app.database.transaction(principal) as connection:  # nothing leaves before it is on record
        audit.append(connection, audit.AuditRecord(principal.user, "questions exported", (used,)))
    return write_rows(out, each, seed, labels, list(agreed.values()))


def questions(app: App, principal: Principal) -> list[UnansweredQuestion]:
    """Those that ended without an answer while they might be learned from: one's own, of an auditor all; each text once."""
    found = unanswered(app.database, app.settings.home, principal)
    return list({(one.question, one.collection): one for one in reversed(found)}.values())[::-1]


def _asking(app: App, principal: Principal, collection: str | None) -> Asking:
    """The product as the principal may ask it."""
    agent = replace(app.agent)
    agent.known = app.agent.known

    def ask(question: str, reader: TextReader | None, *, model: bool = False) -> Outcome | None:
        agent.engine = app.engine if model else None
        agent.reader = lambda: reader
        answer, trace = agent.ask(principal, question, collection)
        plans = [step.content for step in trace.steps if step.kind == "plan" and isinstance(step.content, Plan)]
        if answer.status != "answered" or not plans:
            return None
        return Outcome(plans[-1].source, figures_meant(answer.figures))

    return ask


def _labels(app: App, principal: Principal, collection: str) -> list[str]:
    """The labels of rows that the principal may read, each once."""
    facts = app.facts(principal, collection=collection, limit=ROWS)
    found = sorted({fact.metric[-1] for fact in facts if fact.metric})
    if len(found) < FEWEST:
        remedy = "Ingest documents with tables into it, or leave out --collection"
        raise InputError(f"collection {collection} has {len(found)} labels of rows, {FEWEST} are needed", remedy=remedy)
    return found


def install_reader(settings: Settings, folder: Path, name: str) -> InstalledReader:
    """Copy what a run learned into the home, and put it together. Raises InputError for a name that is none, ModelError for a folder
    that holds no tuned encoder, or one whose base is not here.
    """
    told = install_adapter(settings, READER_USE, folder, name)
    question_reader(settings.model_copy(update={"reader": name}))  # what cannot be served is told now
    return InstalledReader(name, told.base, told.sha256, told.bytes)
