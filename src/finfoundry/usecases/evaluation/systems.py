"""What suites are run on: the product and its parts, the model alone, and what they are compared with."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path

from finfoundry import machine
from finfoundry.app import App, open_app
from finfoundry.ask.compose.confidence import signals
from finfoundry.base.text_encoder import FORM, TextEncoder
from finfoundry.core.answer import Answer
from finfoundry.core.errors import InputError, SettingsError
from finfoundry.core.progress import Report, silent
from finfoundry.core.protocols import Embedder, Engine
from finfoundry.core.tasks import load_task
from finfoundry.evals.binder import attack
from finfoundry.evals.rows import Item, Reply, Solver
from finfoundry.evals.run import Suite
from finfoundry.evals.silent_errors.peers import PEERS, peer
from finfoundry.evals.silent_errors.silent_suite import read_by_peer, read_with
from finfoundry.evals.suites import given_tables, ixbrl_facts
from finfoundry.evals.suites.retrieval import Passage
from finfoundry.evals.suites.safety import chat_solver
from finfoundry.evals.suites.tasks import shots, task_solver
from finfoundry.evals.systems import naive
from finfoundry.evals.systems.tuned_encoder import encoder_solver
from finfoundry.knowledge.datasets.columns import DatasetReading
from finfoundry.knowledge.formats.pdf import parse as parse_pdf
from finfoundry.knowledge.formats.pdf import parse_pages
from finfoundry.knowledge.ingest.parse_file import parse as parse_file
from finfoundry.knowledge.ingest.workers import Workers
from finfoundry.release.candidate import FIGURES, SCORER, TAGGER
from finfoundry.release.engine import EngineOnDemand
from finfoundry.release.exam_sides import side_of, side_of_guards
from finfoundry.release.register import serving_digest
from finfoundry.release.scoring_side import ScoringSide, scoring_side
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor

PRODUCT = "product"
ENCODER = "encoder"
CROSSED = "crossed"  # no system to be measured: false answers for a calibration
FOUND = 60  # passages asked of a search
MOST = 0.9  # of a suite's documents: a collection with so many is the suite's own; a text published twice is stored once


@dataclass
class Workbench:
    """A home under evaluation, and the parts of it that systems need: each is started when the first one needs it."""

    settings: Settings
    data: Path
    out: Path
    _: KW_ONLY
    seed: int = 0
    examples: int = 0  # answered before each question of a task
    report: Report = silent
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _app: App | None = None
    _engine: Engine | None = None

    def close(self) -> None:
        self._stack.close()

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

    def workers(self) -> Workers:
        """A process that reads files, as ingestion has."""
        found = Workers(processes=1)
        self._stack.callback(found.close)
        return found

    def app(self) -> App:
        if self._app is None:
            self._app = self._stack.enter_context(open_app(self.settings))
        return self._app


def reply_of(answer: Answer, question: str = "") -> Reply:
    """The contract's answer as an evaluation keeps it, with the signals of its confidence."""
    pages = [(citation.document.name, citation.page) for citation in answer.citations]
    tokens = answer.tokens
    return Reply(
        answer.text, answer.status, answer.reason, list(dict.fromkeys(pages)),
        found=[Passage(citation.document.name, citation.page, citation.quote) for citation in answer.citations],
        confidence=answer.confidence, signals=signals(answer, question) if answer.status == "answered" else {},
        prompt_tokens=tokens.get("prompt", 0), completion_tokens=tokens.get("completion", 0), record=answer.audit_id,
    )  # fmt: skip


def _tasks(bench: Workbench, suite: Suite, name: str) -> Solver:  # noqa: ARG001  makers share one signature
    """A task of the model alone; ``model`` may name an adapter: base+adapter."""
    task = load_task(name)
    examples = shots(task, bench.data, bench.examples, bench.seed) if bench.examples else ()
    engine, adapter = bench.model_and_adapter()
    return task_solver(engine, task, examples, adapter=adapter)


def _encoder(bench: Workbench, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """A task of a tuned encoder; ``model`` is the folder that ``finfoundry train`` wrote."""
    settings = bench.settings
    return encoder_solver(TextEncoder(Path(settings.model) / FORM, threads=settings.threads), load_task(name))


def _answers(bench: Workbench, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """The whole product over the collection that holds the suite's documents."""
    app = bench.app()
    collection = _collection(app, suite, bench)

    def solve(item: Item) -> Reply:
        app.agent.engine = app.recorder
        return reply_of(app.ask(app.administrator, item.question, collection=collection), item.question)

    return solve


def _own(bench: Workbench, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """The whole product as it is asked: each question of its own collection, by its own person, within the time for one."""
    app, seconds = bench.app(), bench.settings.ask_deadline

    def solve(item: Item) -> Reply:
        who, where = app.principal(item.meta["as"]), item.meta["collection"]
        return reply_of(app.ask(who, item.question, collection=where, seconds=seconds), item.question)

    return solve


def _one_document(bench: Workbench, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """The product over a collection that holds nothing but the document which the item is about."""
    app = bench.app()
    files = {path.stem: path for path in _documents(suite, bench)}
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


def _rules(bench: Workbench, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """The product without a model: rules and facts alone."""
    app = bench.app()
    collection = _collection(app, suite, bench)

    def solve(item: Item) -> Reply:
        app.agent.engine = None
        return reply_of(app.ask(app.administrator, item.question, collection=collection), item.question)

    return solve


def _given(bench: Workbench, *, model: bool) -> Solver:
    """The product over the page that comes with each question, and over nothing else."""
    app = bench.app()

    def solve(item: Item) -> Reply:
        app.agent.engine = app.recorder if model else None
        paper = parse_file(given_tables.paper(item.meta["table"], item.meta["paragraphs"]), given_tables.NAME)
        answer = app.ask(app.administrator, item.question, papers=[paper])
        reply = reply_of(answer, item.question)
        reply.text = given_tables.said(item.question, answer) if answer.status == "answered" else ""
        return reply

    return solve


def _crossed(bench: Workbench, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """Each question answered with the answer to the next one of the suite: false answers, with signals of their own, for ``calibrate``."""
    items = suite.seeded(bench.data, bench.seed) if suite.seeded else suite.items(bench.data)
    following = {one.id: other for one, other in zip(items, [*items[1:], items[0]], strict=True)}
    app = bench.app()
    collection = _collection(app, suite, bench)

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


def _search(bench: Workbench, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """The product's search, with what it reads from the question."""
    app = bench.app()
    collection = _collection(app, suite, bench)

    def solve(item: Item) -> Reply:
        hits = app.agent.find(app.administrator, item.question, FOUND, collection)
        return Reply(
            "",
            citations=[(hit.document_name, hit.page) for hit in hits[:10]],
            found=[Passage(hit.document_name, hit.page, hit.text) for hit in hits],
        )

    return solve


def _naive_search(bench: Workbench, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """The nearest chunks of a fixed size."""
    embedder = bench.embedder()
    found = naive.index(_documents(suite, bench), embedder, bench.out / "indexes", bench.report)

    def solve(item: Item) -> Reply:
        nearest = found.nearest(embedder.query(item.question), FOUND)
        return Reply("", found=[Passage(chunk.document, chunk.page, chunk.text) for chunk in nearest])

    return solve


def _naive(bench: Workbench, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    embedder = bench.embedder()
    found = naive.index(_documents(suite, bench), embedder, bench.out / "indexes", bench.report)
    return naive.solver(bench.engine(), embedder, found, own_document=suite.own_document)


def _llamaindex(bench: Workbench, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    from finfoundry.evals.systems import llamaindex  # an extra

    files = _documents(suite, bench)
    folder = bench.out / "indexes" / suite.name
    return llamaindex.solver(bench.engine(), bench.embedder(), files, folder, bench.settings.context, bench.report)


def _documents(suite: Suite, bench: Workbench) -> Sequence[Path]:
    if suite.written:
        return suite.written(bench.data, bench.out / "documents" / suite.name)
    return suite.documents(bench.data) if suite.documents else ()


def _collection(app: App, suite: Suite, bench: Workbench) -> str:
    """The collection that holds the suite's documents: one that is there, else one of its own; what is absent is ingested.

    Raises InputError for a document that cannot be read.
    """
    wanted = {path.name: path for path in _documents(suite, bench)}
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
        imported = app.import_tables(app.administrator, absent, reading, collection=own, report=bench.report)
        failed = [(one.path, one.error, one.remedy) for one in imported if one.error]
    else:
        ingested = app.ingest(app.administrator, absent, collection=own, wait=True, report=bench.report)
        failed = [(one.path, one.error, one.remedy) for one in ingested if one.error]
    for path, error, remedy in failed:
        raise InputError(f"{path} could not be read into the store: {error}", remedy=remedy)
    return own


def serving_side(app: App, slot: str) -> ScoringSide:
    """The scorer that serves in a home. Raises ModelError."""
    return scoring_side(slot, app.settings, serving_digest(app.database, slot))


Maker = Callable[[Workbench, Suite, str], Solver]


def _peer(name: str) -> Maker:
    """Another reader of files, beside the product."""
    return lambda bench, suite, _: read_by_peer(peer(name), bench.out / f"{suite.name}@{name}")


SYSTEMS: dict[tuple[str, str], Maker] = {
    ("task", PRODUCT): _tasks,
    ("task", ENCODER): _encoder,
    ("reader", PRODUCT): lambda bench, suite, name: side_of(bench.app().agent.reader).solver(suite, name),
    (TAGGER, PRODUCT): lambda bench, suite, name: side_of_guards(bench.app().guards).solver(suite, name),
    (SCORER, PRODUCT): lambda bench, suite, name: serving_side(bench.app(), SCORER).solver(suite, name),
    (FIGURES, PRODUCT): lambda bench, suite, name: serving_side(bench.app(), FIGURES).solver(suite, name),
    ("chat", PRODUCT): lambda bench, _, __: chat_solver(*bench.model_and_adapter()),
    ("table", PRODUCT): lambda bench, _, __: _given(bench, model=True),
    ("table", "rules"): lambda bench, _, __: _given(bench, model=False),
    ("table", "model"): _tasks,
    ("answer", PRODUCT): _answers,
    ("own", PRODUCT): _own,
    ("answer-one", PRODUCT): _one_document,
    ("answer-one", "naive"): _naive,
    ("answer", "rules"): _rules,
    ("answer", CROSSED): _crossed,
    ("answer", "naive"): _naive,
    ("answer", "llamaindex"): _llamaindex,
    ("binder", PRODUCT): lambda _, __, ___: attack.bind,
    ("pages", PRODUCT): lambda _, __, ___: _pages,
    ("pages", "camelot"): lambda _, __, ___: _camelot(),
    ("facts", PRODUCT): lambda bench, _, __: ixbrl_facts.from_pdf(bench.out / "printed"),
    ("facts", "html"): lambda _, __, ___: ixbrl_facts.from_html,
    ("files", PRODUCT): lambda bench, suite, _: read_with(bench.workers(), bench.out / suite.name),
    **{("files", name): _peer(name) for name in PEERS},
    ("search", PRODUCT): _search,
    ("search", "naive"): _naive_search,
}


def usual(suite: Suite) -> str:
    """The system that a suite is run on when none is named: the product where it serves such items, else the first that does."""
    there = [system for kind, system in SYSTEMS if kind == suite.system]
    return PRODUCT if PRODUCT in there or not there else there[0]
