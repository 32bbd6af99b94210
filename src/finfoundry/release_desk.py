"""From a tuned model to what serves: evaluate in the served form, judge, propose; promote, roll back. What ``finfoundry release`` calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from finfoundry.app import App
from finfoundry.base.catalogue import chat_model
from finfoundry.base.llama import start_engine
from finfoundry.core.errors import InputError, SettingsError
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Report, silent
from finfoundry.core.protocols import Engine
from finfoundry.core.tasks import load_task, task_names
from finfoundry.core.tasks.reading import found
from finfoundry.evals.rows import Row, Solver, read_rows
from finfoundry.evals.run import ROWS, Suite, run, sample
from finfoundry.evals.suites import load_suite
from finfoundry.evals.suites.safety import SAFETY, chat_solver
from finfoundry.evals.suites.tasks import task_solver
from finfoundry.release.candidate import ADAPTER, MODEL, Candidate, weights_digest
from finfoundry.release.gate import Role, Trial, judge
from finfoundry.release.register import Register, Release, Serving
from finfoundry.release.serving import Line, keep, label, served


@dataclass(frozen=True, slots=True)
class Contest:
    """On what a candidate is compared with what serves. Suites that it need not improve must not fall; those of safety are always asked."""

    data: Path
    out: Path
    improve: tuple[str, ...] = ()
    others: tuple[str, ...] = ()  # none = every shipped task whose data are there
    limit: int | None = None  # items a suite
    seed: int = 0

    def roles(self) -> dict[str, Role]:
        """Suite or path of a task file -> what is asked of it. Raises InputError for a data folder that is not there."""
        if not self.data.is_dir():
            raise InputError(f"there is no data folder {self.data}", remedy="Give the folder that holds the data with --data")
        others = self.others or tuple(name for name in task_names() if _there(name, self.data))
        wanted: dict[str, Role] = dict.fromkeys(self.improve, "improve")
        return wanted | {name: "keep" for name in others if name not in wanted} | dict.fromkeys(SAFETY, "safety")


@dataclass
class ReleaseDesk:
    app: App
    report: Report = silent
    register: Register = field(init=False)

    def __post_init__(self) -> None:
        self.register = Register(self.app.database, self._own)

    def propose(self, principal: Principal, candidate: Candidate, contest: Contest, why: str) -> Release:
        """Run both behind the engine, judge, and keep the candidate with its evidence, whatever the verdict.

        Raises InputError, ModelError, EngineError; what was answered by then stays in ``contest.out``, and the same call goes on.
        """
        self._refuse_remote()
        roles = contest.roles()
        now = self.register.serving()
        keep(self.app.settings, candidate)
        alone: dict[str, Release | Candidate] = (
            {candidate.slot: candidate} if candidate.slot == MODEL else {**now, candidate.slot: candidate}
        )
        if candidate.form == ADAPTER:
            self._check_base(candidate, now)
        adapter = candidate.slot if candidate.form == ADAPTER else None
        before = self._rows(now, adapter if candidate.slot in now else None, roles, contest, "serving")
        after = self._rows(alone, adapter, roles, contest, "candidate")
        suites = {name: load_suite(name) for name in roles}
        verdict = judge([Trial(suites[name].name, roles[name], suites[name].margin, suites[name].measures[0], before[name], after[name])
                         for name in roles])  # fmt: skip
        against = {slot: release for slot, release in now.items() if slot in (candidate.slot, MODEL)}
        return self.register.propose(principal, candidate, verdict, against, why)

    def promote(self, principal: Principal, releases: Sequence[int], why: str) -> list[Release]:
        """Start what would serve, then let it serve; a request in flight ends where it began.

        Raises ModelError when it does not start, and what ``Register.promote`` raises: nothing has changed then.
        """
        self._refuse_remote()
        wanted = [self.register.check(principal, number) for number in releases]
        self._start({**self.register.serving(), **{release.slot: release for release in wanted}})
        return self.register.promote(principal, releases, why)

    def rollback(self, principal: Principal, slot: str, why: str) -> list[Release]:
        """Back to what served before; the releases that serve then, none for the model of the settings. Raises NotFound, ModelError."""
        self._start(self.register.before(slot))
        return list(self.register.rollback(principal, slot, why).values())

    def _rows(
        self, line: Line, adapter: str | None, roles: dict[str, Role], contest: Contest, side: str
    ) -> dict[str, list[Row]]:  # fmt: skip
        """The rows of every suite, by one engine that is started for these releases."""
        what = served(self.app.settings, line)
        name = label(line[adapter or MODEL]) if (adapter or MODEL) in line else what.name
        engine = start_engine(self.app.settings, self.app.supervisor, what)
        try:
            for suite_name in roles:
                suite = load_suite(suite_name)
                folder = contest.out / side / suite.name
                solver = _solver(suite, suite_name, engine, adapter)
                run(suite, solver, contest.data, folder, model=name, limit=contest.limit, seed=contest.seed, report=self.report)
        finally:
            engine.close()
        return {name: _asked(name, contest, side) for name in roles}

    def _start(self, line: Serving) -> None:
        start_engine(self.app.settings, self.app.supervisor, served(self.app.settings, line)).close()

    def _own(self) -> str:
        settings = self.app.settings
        return weights_digest(settings.model, chat_model(settings))

    def _check_base(self, candidate: Candidate, now: Serving) -> None:
        model = now[MODEL].sha256 if MODEL in now else self._own()
        if candidate.base_sha256 != model:
            raise InputError(
                f"the adapter {candidate.name} was learned on {candidate.base} ({candidate.base_sha256[:12]}…); {model[:12]}… serves",
                remedy="Tune it on the base that serves, or move the base: finfoundry release upgrade",
            )

    def _refuse_remote(self) -> None:
        if self.app.settings.engine_url:
            raise SettingsError(
                f"the engine is a server of its own, at {self.app.settings.engine_url}: what it serves is changed there",
                remedy="Take FINFOUNDRY_ENGINE_URL out of the settings to release into the engine of this home",
            )


def _asked(name: str, contest: Contest, side: str) -> list[Row]:
    """The rows of the items that this contest asks: the folder of an earlier, larger one may hold more."""
    suite = load_suite(name)
    rows = {row.id: row for row in read_rows(contest.out / side / suite.name / ROWS)}
    return [rows[item.id] for item in sample(suite.items(contest.data), contest.limit, contest.seed)]


def _solver(suite: Suite, name: str, engine: Engine, adapter: str | None) -> Solver:
    """Raises InputError for a suite that measures more than the model."""
    if suite.system == "task":
        return task_solver(engine, load_task(name), adapter=adapter)
    if suite.system == "chat":
        return chat_solver(engine, adapter)
    raise InputError(f"suite {suite.name} measures more than the model", remedy="Name tasks and safety suites; compare the rest by hand")


def _there(name: str, data: Path) -> bool:
    try:
        return bool(list(found(load_task(name), data)))
    except InputError:
        return False
