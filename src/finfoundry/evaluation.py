"""Runs suites over one home: joins each suite's data and scorer with the part of the product that it measures."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from finfoundry.app import App, EngineOnDemand, open_app
from finfoundry.core.answer import Answer
from finfoundry.core.errors import InputError
from finfoundry.core.progress import Report, silent
from finfoundry.core.protocols import Engine
from finfoundry.core.settings import Settings
from finfoundry.core.supervisor import Supervisor
from finfoundry.core.tasks import load_task
from finfoundry.evals.report import write_report
from finfoundry.evals.result import Result
from finfoundry.evals.rows import Reply, Solver
from finfoundry.evals.run import Suite, run
from finfoundry.evals.suites import load_suite, suite_names
from finfoundry.evals.suites.tasks import shots, task_solver

PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Results of the suites that ran, where the report lies, and which could not run and why."""

    report: str
    results: list[Result]
    not_run: dict[str, str] = field(default_factory=dict)


@dataclass
class Evaluation:
    """One call of ``finfoundry evaluate``. What a suite needs is started when the first one needs it."""

    settings: Settings
    data: Path
    out: Path
    limit: int | None = None
    seed: int = 0
    systems: tuple[str, ...] = (PRODUCT,)
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
        """Run suites, or ``all``, and write the report. Raises InputError, EngineError; with ``all`` a suite without data is only named."""
        if not self.data.is_dir():
            raise InputError(f"there is no data folder {self.data}", remedy="Give the folder that holds the data with --data")
        every = list(names) == ["all"]
        suites = [load_suite(name) for name in (suite_names() if every else names)]
        done: list[tuple[Suite, Result]] = []
        missing: dict[str, str] = {}
        for suite, name in zip(suites, suite_names() if every else names, strict=True):
            try:
                limit = self.limit if self.limit is not None or not every else suite.sample
                done += [(suite, self._run(suite, name, system, limit)) for system in self.systems]
            except InputError as error:
                if not every:
                    raise
                missing[suite.name] = str(error)
        written = write_report(self.out, "finfoundry evaluate", done, self.data)
        return Evaluated(str(written), [result for _, result in done], missing)

    def _run(self, suite: Suite, name: str, system: str, limit: int | None) -> Result:
        folder = self.out / (suite.name if system == PRODUCT else f"{suite.name}@{system}")
        solver = self._solver(suite, name, system)
        return run(
            suite, solver, self.data, folder, system=system, model=self._model(suite), limit=limit, seed=self.seed, report=self.report
        )  # fmt: skip

    def _model(self, suite: Suite) -> str | None:
        return self.settings.model if suite.system in ("answer", "task") else None

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
            self._engine = EngineOnDemand(self.settings, Supervisor(self.settings.home))
            self._stack.callback(self._engine.close)
        return self._engine

    def app(self) -> App:
        if self._app is None:
            self._app = self._stack.enter_context(open_app(self.settings))
        return self._app


def reply_of(answer: Answer) -> Reply:
    """The contract's answer as an evaluation keeps it."""
    pages = [(citation.document.name, citation.page) for citation in answer.citations]
    tokens = answer.tokens
    return Reply(
        answer.text, answer.status, answer.reason, list(dict.fromkeys(pages)),
        prompt_tokens=tokens.get("prompt", 0), completion_tokens=tokens.get("completion", 0),
    )  # fmt: skip


def _tasks(evaluation: Evaluation, suite: Suite, name: str) -> Solver:  # noqa: ARG001  makers share one signature
    """A task of the model alone; ``model`` may name an adapter: base+adapter."""
    task = load_task(name)
    examples = shots(task, evaluation.data, evaluation.examples, evaluation.seed) if evaluation.examples else ()
    model, _, adapter = evaluation.settings.model.partition("+")
    if adapter:
        evaluation.settings = evaluation.settings.model_copy(update={"model": model})
    return task_solver(evaluation.engine(), task, examples, adapter=adapter or None)


def _answers(evaluation: Evaluation, suite: Suite, name: str) -> Solver:  # noqa: ARG001
    """The whole product over the home's default collection."""
    app = evaluation.app()
    _fill(app, suite, evaluation)
    return lambda item: reply_of(app.ask(app.administrator, item.question))


def _fill(app: App, suite: Suite, evaluation: Evaluation) -> None:
    """Ingest the suite's documents that the home does not hold. Raises FinfoundryError for one that cannot be read."""
    wanted = suite.documents(evaluation.data) if suite.documents else ()
    there = {document.name for document in app.documents(app.administrator)}
    absent = [path for path in wanted if path.name not in there]
    failed = [one for one in app.ingest(app.administrator, absent, wait=True, report=evaluation.report) if one.error] if absent else []
    if failed:
        raise InputError(f"{failed[0].path} could not be ingested: {failed[0].error}", remedy=failed[0].remedy)


Maker = Callable[[Evaluation, Suite, str], Solver]
SYSTEMS: dict[tuple[str, str], Maker] = {("task", PRODUCT): _tasks, ("answer", PRODUCT): _answers}
