"""What the support checker learns from, tuned readers, checkers and scorers put into a home, and checks of answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from finfoundry.app import App
from finfoundry.ask.retrieve import figure_lines
from finfoundry.ask.support import support_rows
from finfoundry.ask.support.checked_report import open_sentences, with_support
from finfoundry.ask.support.paper_sentences import sentences_of
from finfoundry.ask.support.support_rows import SourcePaper, SupportData
from finfoundry.base.adapter_install import install_adapter
from finfoundry.base.evidence_scorer import FIGURES_USE, SCORER_USE
from finfoundry.base.question_reader import READER_USE, question_reader
from finfoundry.base.state_reader import STATES_USE
from finfoundry.base.support_checker import CHECKER_USE, NO_CHECKER, support_checker
from finfoundry.base.tuned_adapter import AdapterUse, tuned_encoder
from finfoundry.binding.verify import Report, verify
from finfoundry.core.document import Document, Profile
from finfoundry.core.model_files.heads import read_forms
from finfoundry.core.principal import Principal
from finfoundry.machine import Machine, text_or_file
from finfoundry.runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class InstalledReader:
    """``setting`` is what FINFOUNDRY_READER has to be for it to be used."""

    setting: str
    base: str
    sha256: str
    bytes: int


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
    """Check an answer against files, its sentences without figures by the support checker; where there is none, a warning says so. Raises
    InputError for a file that cannot be read.
    """
    checker = support_checker(machine.settings)
    text, parsed = text_or_file(answer), machine.parse_all(evidence)
    report = verify(text, parsed, question or "", strict=strict or machine.settings.strict)
    if checker is None:
        return replace(report, warnings=[NO_CHECKER])
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
    """``variable`` says what it scores, sentences or lines of tables, and by what; ``setting`` is what that has to be for it to be used."""

    variable: str
    setting: str
    base: str
    sha256: str
    bytes: int


def install_scorer(settings: Settings, folder: Path, name: str) -> InstalledScorer:
    """Copy what a run learned, or a state reader that was fitted, into the home, and put it together. Raises InputError for a name that is
    none, ModelError for a folder that holds no tuned encoder, or one whose base is not here.
    """
    use = _use_of(folder)
    told = install_adapter(settings, use, folder, name)
    tuned_encoder(settings, use, name)  # what cannot be served is told now
    return InstalledScorer(use.variable, name, told.base, told.sha256, told.bytes)


def _use_of(folder: Path) -> AdapterUse:
    """What a run learned is for: states, lines of tables, or sentences; a folder that holds nothing is told by who copies it."""
    try:
        forms = read_forms(folder / "adapter")
    except (OSError, ValueError):
        return SCORER_USE
    if any(form.reads == "last" for form in forms):
        return STATES_USE
    return FIGURES_USE if any(form.name == figure_lines.HEAD for form in forms) else SCORER_USE


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
