"""What needs no database: models, processes, parsing, verifying. ``app`` builds on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import ValidationError

from finfoundry.base.catalogue import MANIFEST, catalogue, chat_model, installed, models_folder, usual_models
from finfoundry.base.concept_reader import concept_reader
from finfoundry.base.embedder import make_embedder
from finfoundry.base.evidence_scorer import evidence_scorer, figure_scorer
from finfoundry.base.gguf_file import check_digest
from finfoundry.base.llama import DEVELOPMENT, own_model
from finfoundry.base.pull import pull
from finfoundry.base.question_reader import question_reader
from finfoundry.base.state_reader import base_of_states, state_reader
from finfoundry.base.taggers.harm_tagger import DEEP, harm_tagger, lacking_model, over_model
from finfoundry.base.taggers.lexical_tagger import LexicalTagger
from finfoundry.base.tuned_adapter import OFF, SHIPPED
from finfoundry.binding.verify import Report as Verification
from finfoundry.binding.verify import verify
from finfoundry.core.document import Parsed
from finfoundry.core.errors import FinfoundryError, InputError, NotFound, SettingsError, StoreError
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.core.protocols import Embedder
from finfoundry.governance.guards.guards import tagged_with
from finfoundry.knowledge.bounds import KINDS, Bounds
from finfoundry.knowledge.ingest.containers import read_whole
from finfoundry.knowledge.ingest.loading import load
from finfoundry.knowledge.ingest.workers import Workers
from finfoundry.runtime import audit
from finfoundry.runtime.confine import installation_is_open, missing
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.runtime.postgres import Postgres
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Process, ProcessStatus, Supervisor

RELEASABLE = ("reader", "scorer", "figure_scorer", "state_reader", "tagger")  # settings that may name what else would pass a gate
NEEDED_BYTES = 5 * 1024**3  # of disk: the default model, what reads its states, the embedder, a database with some documents


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model of the catalogue as this machine sees it."""

    name: str
    purpose: str
    size: str
    bytes: int | None
    languages: tuple[str, ...]
    licence: str
    here: bool
    tunable: bool  # by finfoundry train

    COLUMNS: ClassVar[tuple[str, ...]] = ("name", "purpose", "size", "languages", "licence", "tunable", "here")


@dataclass(frozen=True, slots=True)
class Check:
    """One finding of ``doctor``."""

    name: str
    ok: bool
    detail: str
    remedy: str | None = None


class Machine:
    """One home on one machine."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.supervisor = Supervisor(settings.home)

    def pull(self, names: Sequence[str], report: Report = silent) -> list[ModelRow]:
        """Download what is missing, and put together what reads the states of a model that is named; without names the chat model and the
        embedders of the settings. Raises ModelError, NotFound.
        """
        wanted = list(names) or usual_models(self.settings)
        for name in wanted:
            pull(name, self.settings, report=report)
        if base_of_states(self.settings) in wanted:
            report(Progress("putting the state reader together", 0))
            state_reader(self.settings)
        return [row for row in self.models() if row.name in wanted]

    def models(self) -> list[ModelRow]:
        here = {model.name for model in installed(self.settings)}
        return [
            ModelRow(one.name, one.purpose, one.size, one.bytes, one.languages, one.licence, one.name in here, one.tunable)
            for one in catalogue().values()
        ]

    def parse(self, file: Path) -> list[Parsed]:
        """Parse one file, and the files inside it, in processes of their own. Raises InputError, ParseError."""
        data = load(file, self.settings.max_file_bytes, self.settings.home)
        with workers(self.settings, 1) as pool:
            return read_whole(pool, file, data)

    def verify(self, answer: str, evidence: Sequence[Path], question: str | None = None, *, strict: bool = False) -> Verification:
        """Check an answer's figures against files. ``strict``, or by the setting: none of its sentences may be left unchecked. Raises
        InputError for a file that cannot be read.
        """
        return verify(text_or_file(answer), self.parse_all(evidence), question or "", strict=strict or self.settings.strict)

    def parse_all(self, files: Sequence[Path]) -> list[Parsed]:
        """All files, each with those inside it. Raises InputError, ParseError."""
        return [document for path in files for document in self.parse(path)]

    def status(self) -> list[ProcessStatus]:
        return self.supervisor.status()

    def stop(self) -> dict[str, bool]:
        """Stop all processes; ``stopped`` is false where none ran."""
        return {"stopped": self.supervisor.stop()}

    def doctor(self) -> list[Check]:
        """Look at what an ordinary run needs, without changing anything but starting the database."""
        checks: list[tuple[str, Callable[[], str]]] = [
            ("python", lambda: sys.version.split()[0]),
            ("home", self._check_home),
            ("disk", self._check_disk),
            ("model", lambda: str(chat_model(self.settings)) if self.settings.own_engine else self.settings.engine_name),
            ("weights", self._check_weights),
            ("gate", self._check_gate),
            ("reader", self._check_reader),
            ("scorer", self._check_scorer),
            ("figures", self._check_figures),
            ("states", self._check_states),
            ("concepts", self._check_concepts),
            ("guards", self._check_guards),
            ("embedder", self._check_embedder),
            ("database", self._check_database),
            ("parser", self._check_parser),
        ]
        return [_checked(name, look) for name, look in checks]

    def _check_home(self) -> str:
        home = self.settings.home
        home.mkdir(parents=True, exist_ok=True)
        if not os.access(home, os.W_OK):
            raise SettingsError(f"{home} is not writable", remedy="Set FINFOUNDRY_HOME to a folder of yours")
        return str(home)

    def _check_disk(self) -> str:
        free = shutil.disk_usage(self.settings.home).free
        if free < NEEDED_BYTES:
            raise SettingsError(f"only {free / 1e9:.1f} GB are free", remedy=f"Free at least {NEEDED_BYTES / 1e9:.0f} GB")
        return f"{free / 1e9:.0f} GB free"

    def _check_parser(self) -> str:
        if lacking := missing():
            raise SettingsError(
                f"files are read in a process that is not wholly confined: without {'; '.join(lacking)}",
                remedy="Read files of strangers on Linux 5.13 or newer, on x86-64",
            )
        user = "" if os.geteuid() or installation_is_open() else "; as root, for root's own Python is closed to other users"
        return f"files are read without network, environment and other files{user}"

    def _check_weights(self) -> str:
        """Every file that may serve holds the bytes that were pinned or approved: the settings' model, and each release by its name."""
        wanted = [] if not self.settings.own_engine else list(own_model(self.settings).digests)
        released = self.settings.home / "releases"
        wanted += [(str(path), path.stem) for kind in ("gguf", "onnx", "adapter") for path in sorted(released.glob(f"*.{kind}"))]
        for path, sha256 in wanted:
            check_digest(Path(path), sha256)
        return f"{len(wanted)} files hold the bytes that were pinned"

    def _check_gate(self) -> str:
        """Warns of what serves by a name in the settings alone: the exam and the second person of a release have not seen it."""
        named = passed_no_gate(self.settings)
        if not named:
            return "the settings name nothing that was installed by hand"
        told = f"warning: {', '.join(named)}: installed by hand, no gate has passed it"
        return f"{told} (`finfoundry release propose`); a release goes before it"

    def _check_reader(self) -> str:
        found = question_reader(self.settings)
        return f"{self.settings.reader}, in {found.folder}" if found else "none: questions are read by rules, and planned by the model"

    def _check_guards(self) -> str:
        found = harm_tagger(self.settings)
        tagged_with(found)
        told = f"{self.settings.tagger}, in {found[0].folder}" if found else "none: no tagger looks at any question or answer"
        if found and self.settings.tagger == SHIPPED and isinstance(found[0], LexicalTagger):
            told += f" (words alone: `finfoundry pull {self.settings.embedder}`, and it reads what they mean)"
        elif found and (model := lacking_model(self.settings, found[0].folder / DEEP)):
            told += f" (`finfoundry pull {model}` and start again, and it also reads questions by what that model makes of them)"
        elif found and (found[0].folder / DEEP / MANIFEST).is_file():
            over_model(self.settings, found[0].folder / DEEP)  # the others would go on without it
        return f"{told}; where it cannot be read: {self.settings.guard_strict}"

    def _check_scorer(self) -> str:
        found = evidence_scorer(self.settings)
        return f"{self.settings.scorer}, in {found.folder}" if found else "none: what answers is chosen by words, headings and meaning"

    def _check_figures(self) -> str:
        found = figure_scorer(self.settings)
        return f"{self.settings.figure_scorer}, in {found.folder}" if found else "none: a figure is found by the words of its line alone"

    def _check_states(self) -> str:
        found = state_reader(self.settings)
        return (
            f"{self.settings.state_reader}, in {found.loaded().folder}"
            if found
            else "none: the model says in a word whether a sentence or a line answers"
        )

    def _check_concepts(self) -> str:
        found = concept_reader(self.settings)
        if found is None:
            return "none: a metric is asked for by its names"
        return f"{self.settings.concept_reader} ({', '.join(found.languages)}), in {found.folder}"

    def _check_embedder(self) -> str:
        found = embedder(self.settings)
        if found is None:
            raise NotFound("no embedder: search finds words only", remedy=f"Run `finfoundry pull {self.settings.embedder}`")
        for language in found.languages:
            found.query("profit", language)  # the weights are read for the first text
        return found.model

    def _check_database(self) -> str:
        if self.settings.database:
            return self._look_at_external(self.settings.database.get_secret_value())
        Postgres(self.settings.home).start(self.supervisor)
        return "embedded PostgreSQL"

    def _look_at_external(self, dsn: str) -> str:
        """Connects, and changes nothing. Raises StoreError, SettingsError."""
        database = Database(dsn)
        try:
            with database.owner() as connection:
                version = connection.info.server_version // 10000
                known = connection.execute("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'").fetchone()
        finally:
            database.close()
        if known is None:
            raise StoreError(f"PostgreSQL {version} without pgvector", remedy="Install pgvector 0.8 or newer; see `doctor --database DSN`")
        return f"external PostgreSQL {version} with pgvector {known[0]}"


def passed_no_gate(settings: Settings) -> list[str]:
    """The settings that name an adapter of development, or what was installed by hand, each as NAME=VALUE."""
    named = [name for name in RELEASABLE if getattr(settings, name) not in (SHIPPED, OFF)]
    named += ["planner"] if settings.planner.startswith(DEVELOPMENT) else []
    return [f"FINFOUNDRY_{name.upper()}={getattr(settings, name)}" for name in named]


@contextlib.contextmanager
def open_machine() -> Iterator[Machine]:
    """Raises SettingsError for settings that cannot be read."""
    yield Machine(read_settings())


def read_settings() -> Settings:
    """Settings from the environment and the home's file. Raises SettingsError that names the setting."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        if not name:  # two settings that contradict each other: the message names them
            raise SettingsError(first["msg"].removeprefix("Value error, "), remedy="Correct finfoundry.toml or the environment") from error
        raise SettingsError(f"The setting {name} cannot be used: {first['msg']}", remedy=f"Correct FINFOUNDRY_{name.upper()}") from error


def embedder(settings: Settings) -> Embedder | None:
    """The embedder of the settings; None where its weights are not on this machine, and search then goes by words."""
    if settings.embedder_url is None and not (models_folder(settings) / settings.embedder / MANIFEST).is_file():
        return None
    return make_embedder(settings)


def bounds_of(settings: Settings) -> Bounds:
    return Bounds(**{kind: getattr(settings, f"max_{kind}") for kind in KINDS})


@contextlib.contextmanager
def workers(settings: Settings, processes: int) -> Iterator[Workers]:
    """A pool of processes that parse files within the limits of the settings; closed at the end of the block."""
    pool = Workers(
        processes=processes,
        timeout=settings.parse_timeout,
        memory=settings.parse_memory,
        threshold=settings.certificate_threshold,
        bounds=bounds_of(settings),
    )
    try:
        yield pool
    finally:
        pool.close()


def worker_process(settings: Settings) -> Process:
    """The background worker, for the supervisor."""
    environment = {"FINFOUNDRY_HOME": str(settings.home.absolute())}
    return Process("worker", (sys.executable, "-m", "finfoundry.usecases.worker"), environment)


def text_or_file(answer: str) -> str:
    path = Path(answer)
    try:
        return path.read_text("utf-8") if len(answer) < 1000 and path.is_file() else answer
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{answer} cannot be read as text ({error})", remedy="Save the answer as UTF-8") from error


def _checked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except FinfoundryError as error:
        return Check(name, False, error.message, error.remedy)
    except OSError as error:
        return Check(name, False, str(error), "Check the path and its permissions")


def master_of(settings: Settings, database: Database) -> Master:
    """The home's key for audit contents, made known to the database. Raises IntegrityError for another home's database."""
    master = Master.open(settings.home)
    with database.owner() as connection:
        audit.install(connection, master)
    return master


def dsn_of(settings: Settings, supervisor: Supervisor) -> str:
    """The owner's DSN: that of the settings, or that of the embedded PostgreSQL, which is started."""
    return settings.database.get_secret_value() if settings.database else Postgres(settings.home).start(supervisor)


def open_database(settings: Settings, supervisor: Supervisor) -> Database:
    """Connect as owner, starting the embedded PostgreSQL where no other is named, and bring the schema up to date."""
    database = Database(dsn_of(settings, supervisor))
    database.migrate()
    return database
