"""What the reader of questions and the support checker learn from, tuned ones and a scorer put into a home, and checks of answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from finfoundry.app import App, open_app
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.reader.agreement import AgreedReading, Asking, Outcome, agreed_reading, figures_meant
from finfoundry.ask.reader.reader_rows import EACH, ReaderData, write_rows
from finfoundry.ask.retrieve.figure_lines import HEAD
from finfoundry.ask.support import support_rows
from finfoundry.ask.support.checked_report import open_sentences, with_support
from finfoundry.ask.support.paper_sentences import sentences_of
from finfoundry.ask.support.support_rows import SourcePaper, SupportData
from finfoundry.base.adapter_install import install_adapter
from finfoundry.base.evidence_scorer import FIGURES_USE, SCORER_USE
from finfoundry.base.question_reader import READER_USE, question_reader
from finfoundry.base.support_checker import CHECKER_USE, support_checker
from finfoundry.base.tuned_adapter import tuned_encoder
from finfoundry.binding.verify import Report, verify
from finfoundry.core.document import Document, Profile
from finfoundry.core.errors import InputError
from finfoundry.core.model_files.heads import read_forms
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import TextReader
from finfoundry.governance import pii
from finfoundry.governance.unanswered import UnansweredQuestion, unanswered
from finfoundry.machine import Machine, text_or_file
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


_LEGAL_FORMS = (" Inc", " Corp", " Co", " Ltd", " plc", " LLC", " Company", " Corporation", ",")
_NAME = (3, 28)  # characters of a name that sentences can say


@dataclass(frozen=True, slots=True)
class InstalledChecker:
    """``setting`` is what FINFOUNDRY_CHECKER has to be for it to be used."""

    setting: str
    base: str
    sha256: str
    bytes: int


def verified_with_support(
    machine: Machine, answer: str, evidence: Sequence[Path], question: str | None = None, *, strict: bool = False
) -> Report:
    """Check an answer against files, its sentences without figures by the support checker. Raises InputError for a file that cannot be
    read, and where there is no checker.
    """
    checker = support_checker(machine.settings)
    if checker is None:
        raise InputError("there is no support checker here", remedy=f"Run `finfoundry pull {machine.settings.embedder}`")
    text, parsed = text_or_file(answer), machine.parse_all(evidence)
    report = verify(text, parsed, question or "", strict=strict or machine.settings.strict)
    return with_support(report, text, open_sentences(report, sentences_of(parsed)), checker)


def data_of_files(machine: Machine, files: Sequence[Path], out: Path, each: int = support_rows.EACH, seed: int = 0) -> SupportData:
    """Write the rows to learn and to measure, out of files. Raises InputError, ParseError."""
    return support_rows.write_rows(out, [_paper(parsed.document, each) for parsed in machine.parse_all(files)], seed)


def data_of_store(
    app: App, principal: Principal, out: Path, collection: str | None = None, each: int = support_rows.EACH, seed: int = 0
) -> SupportData:
    """The same out of the documents of a store that the principal may read."""
    return support_rows.write_rows(out, [_paper(one, each) for one in _documents(app, principal, collection)], seed)


def install_checker(settings: Settings, folder: Path, name: str) -> InstalledChecker:
    """Copy what a run learned into the home, and put it together. Raises InputError for a name that is none, ModelError for a folder
    that holds no tuned encoder, or one whose base is not here.
    """
    told = install_adapter(settings, CHECKER_USE, folder, name)
    support_checker(settings.model_copy(update={"checker": name}))  # what cannot be served is told now
    return InstalledChecker(name, told.base, told.sha256, told.bytes)


@dataclass(frozen=True, slots=True)
class InstalledScorer:
    """``variable`` says what it scores, sentences or lines of tables; ``setting`` is what that has to be for it to be used."""

    variable: str
    setting: str
    base: str
    sha256: str
    bytes: int


def install_scorer(settings: Settings, folder: Path, name: str) -> InstalledScorer:
    """Copy what a run learned into the home, and put it together. Raises InputError for a name that is none, ModelError for a folder
    that holds no tuned encoder, or one whose base is not here.
    """
    use = FIGURES_USE if _reads_lines(folder) else SCORER_USE
    told = install_adapter(settings, use, folder, name)
    tuned_encoder(settings, use, name)  # what cannot be served is told now
    return InstalledScorer(use.variable, name, told.base, told.sha256, told.bytes)


def _reads_lines(folder: Path) -> bool:
    """Whether what a run learned scores lines of tables; a folder that holds nothing is told by who copies it."""
    try:
        return any(form.name == HEAD for form in read_forms(folder / "adapter"))
    except (OSError, ValueError):
        return False


def _documents(app: App, principal: Principal, collection: str | None) -> Iterator[Document]:
    for stored in app.documents(principal, collection):
        pages = [app.store.page(principal, stored.id, number) for number in range(1, stored.pages + 1)]
        profile = Profile(
            stored.entity, stored.aliases, stored.kind, stored.period, stored.fiscal_year, stored.currency, title=stored.title
        )
        yield Document(stored.name, stored.sha256, stored.media_type, stored.size, pages, profile)


def _paper(document: Document, each: int) -> SourcePaper:
    """All papers of one company are learned from, or none; of those of no company each for itself."""
    entity = document.profile.entity
    names = [name for name in (entity, *document.profile.aliases) if name and _NAME[0] <= len(name) < _NAME[1]]
    company = min(names, key=len) if names else ""
    for form in _LEGAL_FORMS:
        company = company.partition(form)[0] if company.isascii() else company
    return SourcePaper(entity or document.name, company, sentences_of([document]), each)
