"""Runs suites over one home: joins each suite's data and scorer with the part of the product that it measures."""

from __future__ import annotations

import contextlib
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter

from finfoundry import machine
from finfoundry.app import App, open_app
from finfoundry.ask.compose.confidence import Calibration, calibration, signals
from finfoundry.base.catalogue import MANIFEST, catalogue, chat_model, models_folder
from finfoundry.base.llama import adapters_folder
from finfoundry.base.text_encoder import FORM, TextEncoder
from finfoundry.core.answer import Answer
from finfoundry.core.disclosure import of_file
from finfoundry.core.errors import FinfoundryError, InputError, SettingsError
from finfoundry.core.progress import Report, silent
from finfoundry.core.protocols import Embedder, Engine
from finfoundry.core.tasks import load_task
from finfoundry.evals import calibrate
from finfoundry.evals.binder import attack
from finfoundry.evals.plots import reliability
from finfoundry.evals.report import write_report
from finfoundry.evals.result import SuiteResult
from finfoundry.evals.rows import Item, Reply, Solver, read_rows
from finfoundry.evals.run import RESULT, ROWS, Suite, run, write_json, write_text
from finfoundry.evals.suites import OWN, filing_questions, given_tables, ixbrl_facts, load_suite, paper_questions, suite_names
from finfoundry.evals.suites.retrieval import Passage
from finfoundry.evals.suites.safety import chat_solver
from finfoundry.evals.suites.tasks import shots, task_solver
from finfoundry.evals.systems import naive
from finfoundry.evals.systems.tuned_encoder import encoder_solver
from finfoundry.knowledge.datasets.columns import DatasetReading
from finfoundry.knowledge.formats.pdf import parse as parse_pdf
from finfoundry.knowledge.formats.pdf import parse_pages
from finfoundry.knowledge.ingest.parse_file import parse as parse_file
from finfoundry.release.candidate import TAGGER, sha256_of, weights_digest
from finfoundry.release.engine import EngineOnDemand
from finfoundry.release.exam_sides import side_of, side_of_guards
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor

_MORE = (
    attack.MADE_UP, attack.FILED, filing_questions.SUITE, paper_questions.READ, paper_questions.BLIND,
    ixbrl_facts.SUITE, ixbrl_facts.READ, ixbrl_facts.BLIND, given_tables.TATQA, given_tables.PROGRAMS,
)  # fmt: skip
OWN.update({suite.name: suite for suite in _MORE})  # those that need more than core
PRODUCT = "product"
ENCODER = "encoder"
CROSSED = "crossed"  # no system to be measured: false answers for a calibration
FOUND = 60  # passages asked of a search
MOST = 0.9  # of a suite's documents: a collection with so many is the suite's own; a text published twice is stored once


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Results of the suites that ran, where the report lies, and which could not run and why."""

    report: str
    results: list[SuiteResult]
    not_run: dict[str, str] = field(default_factory=dict)


@dataclass
class Evaluation:
    """One call of ``finfoundry evaluate``. What a suite needs is started when the first one needs it."""

    settings: Settings
    data: Path
    out: Path
    limit: int | None = None
    seed: int = 0
    systems: tuple[str, ...] = ()  # none: each suite's usual one
    examples: int = 0  # answered before each question of a task
    report: Report = silent
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _app: App | None = None
    _engine: Engine | None = None

    def __enter__(self) -> Evaluation:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def evaluate(self, names: Sequence[str]) -> Evaluated:
        """Run suites, or ``all``, and write the report. Raises InputError, EngineError; with ``all`` what cannot run is only named."""
        if not self.data.is_dir():
            raise InputError(f"there is no data folder {self.data}", remedy="Give the folder that holds the data with --data")
        every = list(names) == ["all"]
        suites = [load_suite(name) for name in (suite_names() if every else names)]
        done: list[tuple[Suite, SuiteResult]] = []
        missing: dict[str, str] = {}
        for suite, name in zip(suites, suite_names() if every else names, strict=True):
            limit = self.limit if self.limit is not None or not every else suite.sample
            for system in self.systems or (usual(suite),):
                try:
                    done.append((suite, self._run(suite, name, system, limit)))
                except FinfoundryError as error:
                    if not every:
                        raise
                    missing[suite.name if system == PRODUCT else f"{suite.name}@{system}"] = str(error)
        labels = of_file(self.settings.disclosure, self.settings.disclosure_producer, str(uuid.uuid4()))
        written = write_report(self.out, "finfoundry evaluate", [*done, *self._earlier(done)], self.data, labels)
        return Evaluated(str(written), [result for _, result in done], missing)

    def _earlier(self, done: Sequence[tuple[Suite, SuiteResult]]) -> Iterator[tuple[Suite, SuiteResult]]:
        """Runs of other calls in the same folder, so that the report shows all."""
        ours = {result.folder for _, result in done}
        for path in sorted(self.out.glob(f"*/{RESULT}")):
            if path.parent.name not in ours:
                result = TypeAdapter(SuiteResult).validate_json(path.read_text(encoding="utf-8"))
                yield load_suite(result.suite), result

    def _run(self, suite: Suite, name: str, system: str, limit: int | None) -> SuiteResult:
        folder = self.out / (suite.name if system == PRODUCT else f"{suite.name}@{system}")
        items = suite.seeded(self.data, self.seed) if suite.seeded else suite.items(self.data)  # before anything is started for them
        solver = self._solver(suite, name, system)
        asked = replace(suite, items=lambda _: items, seeded=None)
        return run(
            asked, solver, self.data, folder, system=system, model=self._model(suite), weights=self._weights(suite, system),
            limit=limit, seed=self.seed, report=self.report,
        )  # fmt: skip

    def _model(self, suite: Suite) -> str | None:
        return self.settings.model if suite.system in ("answer", "answer-one", "task", "table", "chat") else None

    def _weights(self, suite: Suite, system: str) -> str | None:
        """SHA-256 of the model, and of the adapter, that answers; None where none does, or one that does not lie in this home."""
        settings = self.settings
        if suite.system == "reader":
            return side_of(self.app().agent.reader).sha256
        if suite.system == TAGGER:
            return side_of_guards(self.app().guards).sha256
        if system == ENCODER:
            return sha256_of(Path(settings.model) / FORM / "model.onnx")
        base, _, adapter = settings.model.partition("+")
        elsewhere = not settings.own_engine or (base in catalogue() and not (models_folder(settings) / base / MANIFEST).is_file())
        if self._model(suite) is None or system == "rules" or elsewhere or (base not in catalogue() and not Path(base).is_file()):
            return None
        found = weights_digest(base, chat_model(settings.model_copy(update={"model": base})))
        file = adapters_folder(settings) / f"{adapter}.gguf"
        return f"{found}+{sha256_of(file)}" if adapter and file.is_file() else found

    def _solver(self, suite: Suite, name: str, system: str) -> Solver:
        """Raises InputError where the suite is not for that system."""
        made = SYSTEMS.get((suite.system, system))
        if made is None:
            there = [other for kind, other in SYSTEMS if kind == suite.system]
            raise InputError(f"suite {suite.name} does not run on {system}", remedy=f"It runs on: {', '.join(there)}")
        return made(self, suite, name)

    def engine(self) -> Engine:
        """The model of the settings, without a store."""
        if self._engine is None:
            base, _, _ = self.settings.model.partition("+")
            self._engine = EngineOnDemand(self.settings.model_copy(update={"model": base}), Supervisor(self.settings.home))
            self._stack.callback(self._engine.close)
        return self._engine

    def model_and_adapter(self) -> tuple[Engine, str | None]:
        """The engine of ``base+adapter``, and the adapter."""
        _, _, adapter = self.settings.model.partition("+")
        return self.engine(), adapter or None

    def embedder(self) -> Embedder:
        """The embedder of the settings, for a baseline. Raises SettingsError where none is installed."""
        found = machine.embedder(self.settings)
        if found is None:
            raise SettingsError(f"the embedder {self.settings.embedder} is not here", remedy="Run finfoundry pull")
        return found

    def app(self) -> App:
        if self._app is None:
            self._app = self._stack.enter_context(open_app(self.settings))
        return self._app


def usual(suite: Suite) -> str:
    """The system that a suite is run on when none is named: the product where it serves such items, else the first that does."""
    there = [system for kind, system in SYSTEMS if kind == suite.system]
    return PRODUCT if PRODUCT in there or not there else there[0]


def fitted(runs: Sequence[Path], out: Path, plot: Path | None = None) -> Calibration:
    """A calibration from the judged answers of runs, written to ``out``; ``plot`` is how far it can be believed, as SVG.

    Raises InputError for too few answers, or none that was wrong.
    """
    crossed = [folder for folder in runs if folder.name.endswith(f"@{CROSSED}")]
    rows, false = ([row for folder in runs if (folder in crossed) == made for row in read_rows(folder / ROWS)] for made in (False, True))
    write_json(out, calibrate.fit(rows, ", ".join(folder.name for folder in runs), calibration().weights, false))
    found = calibration(out)
    if plot is not None:
        write_text(plot, reliability(calibrate.reliability(rows, found.confidence)) + "\n")
    return found


def reply_of(answer: Answer, question: str = "") -> Reply:
    """The contract's answer as an evaluation keeps it, with the signals of its confidence."""
    pages = [(citation.document.name, citation.page) for citation in answer.citations]
    tokens = answer.tokens
    return Reply(
        answer.text, answer.status, answer.reason, list(dict.fromkeys(pages)),
        found=[Passage(citation.document.name, citation.page, citation.quote) for citation in answer.citations],
        confidence=answer.confidence, signals=signals(answer, question) if answer.status == "answered" else {},
        prompt_tokens=tokens.get("prompt", 0), completion_tokens=tokens.get("completion", 0),
    )  # fmt: skip


def _tasks(evaluation: Evaluation, suite: Suite, name: str) -> Solver:  # noqa: ARG001  makers share one signature
    """A task of the model alone; ``model`` may name an adapter: base+adapter."""
    task = load_task(name)
    examples = shots(task, evaluation.data, evaluation.examples, evaluation.seed) if evaluation.examples else ()
    engine, adapter = evaluation.model_and_adapter()
    return task_solver(engine, task, examples, adapter=adapter)


def _encoder(evaluation: Evaluation, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """A task of a tuned encoder; ``model`` is the folder that ``finfoundry train`` wrote."""
    settings = evaluation.settings
    return encoder_solver(TextEncoder(Path(settings.model) / FORM, threads=settings.threads), load_task(name))


def _answers(evaluation: Evaluation, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """The whole product over the collection that holds the suite's documents."""
    app = evaluation.app()
    collection = _collection(app, suite, evaluation)

    def solve(item: Item) -> Reply:
        app.agent.engine = app.recorder
        return reply_of(app.ask(app.administrator, item.question, collection=collection), item.question)

    return solve


def _one_document(evaluation: Evaluation, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """The product over a collection that holds nothing but the document which the item is about."""
    app = evaluation.app()
    files = {path.stem: path for path in _documents(suite, evaluation)}
    ready: set[str] = set()

    def solve(item: Item) -> Reply:
        document = str(item.meta["document"])
        collection = f"evals-{document}".lower()
        if document not in ready:
            [result] = app.ingest(app.administrator, [files[document]], collection=collection, wait=True)
            if result.error:
                raise InputError(f"{result.path} could not be read into the store: {result.error}", remedy=result.remedy)
            ready.add(document)
        app.agent.engine = app.recorder
        return reply_of(app.ask(app.administrator, item.question, collection=collection), item.question)

    return solve


def _rules(evaluation: Evaluation, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """The product without a model: rules and facts alone."""
    app = evaluation.app()
    collection = _collection(app, suite, evaluation)

    def solve(item: Item) -> Reply:
        app.agent.engine = None
        return reply_of(app.ask(app.administrator, item.question, collection=collection), item.question)

    return solve


def _given(evaluation: Evaluation, *, model: bool) -> Solver:
    """The product over the page that comes with each question, and over nothing else."""
    app = evaluation.app()

    def solve(item: Item) -> Reply:
        app.agent.engine = app.recorder if model else None
        paper = parse_file(given_tables.paper(item.meta["table"], item.meta["paragraphs"]), given_tables.NAME)
        answer = app.ask(app.administrator, item.question, papers=[paper])
        reply = reply_of(answer, item.question)
        reply.text = given_tables.said(item.question, answer) if answer.status == "answered" else ""
        return reply

    return solve


def _crossed(evaluation: Evaluation, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """Each question answered with the answer to the next one of the suite: false answers, with signals of their own, for ``calibrate``."""
    items = suite.seeded(evaluation.data, evaluation.seed) if suite.seeded else suite.items(evaluation.data)
    following = {one.id: other for one, other in zip(items, [*items[1:], items[0]], strict=True)}
    app = evaluation.app()
    collection = _collection(app, suite, evaluation)

    def solve(item: Item) -> Reply:
        app.agent.engine = None
        return reply_of(app.ask(app.administrator, following[item.id].question, collection=collection), item.question)

    return solve


def _pages(item: Item) -> Reply:
    """The parser, in this process; some pages where the item names them."""
    path, wanted = item.meta["file"], item.meta["pages"]
    data = path.read_bytes()
    return Reply("", found=parse_pages(data, path.name, wanted)[0] if wanted else parse_pdf(data, path.name).pages)


def _camelot() -> Solver:
    from finfoundry.evals.systems import camelot  # an extra

    return camelot.pages


def _search(evaluation: Evaluation, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """The product's search, with what it reads from the question."""
    app = evaluation.app()
    collection = _collection(app, suite, evaluation)

    def solve(item: Item) -> Reply:
        hits = app.agent.find(app.administrator, item.question, FOUND, collection)
        return Reply(
            "",
            citations=[(hit.document_name, hit.page) for hit in hits[:10]],
            found=[Passage(hit.document_name, hit.page, hit.text) for hit in hits],
        )

    return solve


def _naive_search(evaluation: Evaluation, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """The nearest chunks of a fixed size."""
    embedder = evaluation.embedder()
    found = naive.index(_documents(suite, evaluation), embedder, evaluation.out / "indexes", evaluation.report)

    def solve(item: Item) -> Reply:
        nearest = found.nearest(embedder.query(item.question), FOUND)
        return Reply("", found=[Passage(chunk.document, chunk.page, chunk.text) for chunk in nearest])

    return solve


def _naive(evaluation: Evaluation, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    embedder = evaluation.embedder()
    found = naive.index(_documents(suite, evaluation), embedder, evaluation.out / "indexes", evaluation.report)
    return naive.solver(evaluation.engine(), embedder, found, own_document=suite.own_document)


def _llamaindex(evaluation: Evaluation, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    from finfoundry.evals.systems import llamaindex  # an extra

    files = _documents(suite, evaluation)
    folder = evaluation.out / "indexes" / suite.name
    return llamaindex.solver(evaluation.engine(), evaluation.embedder(), files, folder, evaluation.settings.context, evaluation.report)


def _documents(suite: Suite, evaluation: Evaluation) -> Sequence[Path]:
    if suite.written:
        return suite.written(evaluation.data, evaluation.out / "documents" / suite.name)
    return suite.documents(evaluation.data) if suite.documents else ()


def _collection(app: App, suite: Suite, evaluation: Evaluation) -> str:
    """The collection that holds the suite's documents: one that is there, else one of its own; what is absent is ingested.

    Raises InputError for a document that cannot be read.
    """
    wanted = {path.name: path for path in _documents(suite, evaluation)}
    held: dict[str, set[str]] = defaultdict(set)
    for document in app.documents(app.administrator):
        held[document.collection].add(document.name)
    there = [name for name, documents in held.items() if len(wanted.keys() & documents) >= MOST * len(wanted)]
    own = min(there, key=lambda name: len(held[name])) if there else f"evals-{suite.name}"
    absent = [path for name, path in wanted.items() if name not in held[own]]
    if not absent:
        return own
    if suite.missing:
        reading = DatasetReading(missing=suite.missing, currency=suite.currency)
        imported = app.import_tables(app.administrator, absent, reading, collection=own, report=evaluation.report)
        failed = [(one.path, one.error, one.remedy) for one in imported if one.error]
    else:
        ingested = app.ingest(app.administrator, absent, collection=own, wait=True, report=evaluation.report)
        failed = [(one.path, one.error, one.remedy) for one in ingested if one.error]
    for path, error, remedy in failed:
        raise InputError(f"{path} could not be read into the store: {error}", remedy=remedy)
    return own


Maker = Callable[[Evaluation, Suite, str], Solver]
SYSTEMS: dict[tuple[str, str], Maker] = {
    ("task", PRODUCT): _tasks,
    ("task", ENCODER): _encoder,
    ("reader", PRODUCT): lambda evaluation, suite, name: side_of(evaluation.app().agent.reader).solver(suite, name),
    (TAGGER, PRODUCT): lambda evaluation, suite, name: side_of_guards(evaluation.app().guards).solver(suite, name),
    ("chat", PRODUCT): lambda evaluation, _, __: chat_solver(*evaluation.model_and_adapter()),
    ("table", PRODUCT): lambda evaluation, _, __: _given(evaluation, model=True),
    ("table", "rules"): lambda evaluation, _, __: _given(evaluation, model=False),
    ("table", "model"): _tasks,
    ("answer", PRODUCT): _answers,
    ("answer-one", PRODUCT): _one_document,
    ("answer-one", "naive"): _naive,
    ("answer", "rules"): _rules,
    ("answer", CROSSED): _crossed,
    ("answer", "naive"): _naive,
    ("answer", "llamaindex"): _llamaindex,
    ("binder", PRODUCT): lambda _, __, ___: attack.bind,
    ("pages", PRODUCT): lambda _, __, ___: _pages,
    ("pages", "camelot"): lambda _, __, ___: _camelot(),
    ("facts", PRODUCT): lambda evaluation, _, __: ixbrl_facts.from_pdf(evaluation.out / "printed"),
    ("facts", "html"): lambda _, __, ___: ixbrl_facts.from_html,
    ("search", PRODUCT): _search,
    ("search", "naive"): _naive_search,
}
