"""From a tuned model to what serves: evaluate in the served form, judge, propose; promote, roll back. What ``finfoundry release`` calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

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
from finfoundry.release.candidate import ADAPTER, BASE, MODEL, Candidate, base_of, tuned, weights_digest
from finfoundry.release.gate import Finding, Role, Trial, judge
from finfoundry.release.register import Register, Release, Serving, Shown
from finfoundry.release.serving import Line, keep, label, served


@dataclass(frozen=True, slots=True)
class Contest:
    """On what a candidate is compared with what serves. Suites that it need not improve must not fall; those of safety are always asked."""

    data: Path
    out: Path
    improve: tuple[str, ...] = ()
    others: tuple[str, ...] | None = None  # None = every shipped task whose data are there
    limit: int | None = None  # items a suite
    seed: int = 0

    def roles(self) -> dict[str, Role]:
        """Suite or path of a task file -> what is asked of it. Raises InputError for a data folder that is not there."""
        if not self.data.is_dir():
            raise InputError(f"there is no data folder {self.data}", remedy="Give the folder that holds the data with --data")
        others = every_task(self.data) if self.others is None else self.others
        wanted: dict[str, Role] = dict.fromkeys(self.improve, "improve")
        return wanted | {name: "keep" for name in others if name not in wanted} | dict.fromkeys(SAFETY, "safety")


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What moves to a new base: proposals that are promoted together, and one table of old against new."""

    base: str
    passed: bool
    releases: list[Release]
    table: list[Finding]


Tune = Callable[[dict[str, Any], str, Path, Path], Path]  # recipe, form, data, folder to make -> the folder


@dataclass
class ReleaseDesk:
    app: App
    report: Report = silent
    register: Register = field(init=False)

    def __post_init__(self) -> None:
        self.register = Register(self.app.database, self._own)

    def propose(
        self, principal: Principal, candidate: Candidate, contest: Contest, why: str, *, beside: Candidate | None = None
    ) -> Release:
        """Run both behind the engine, judge, and keep the candidate with its evidence, whatever the verdict. ``beside``: an adapter's base,
        where it is not the one that serves now.

        Raises InputError, ModelError, EngineError; what was answered by then stays in ``contest.out``, and the same call goes on.
        """
        self._refuse_remote()
        roles = contest.roles()
        now = self.register.serving()
        for one in filter(None, (candidate, beside)):
            keep(self.app.settings, one)
        line: dict[str, Release | Candidate] = {MODEL: beside} if beside else {**now} if candidate.form == ADAPTER else {}
        if candidate.form == ADAPTER:
            self._check_base(candidate, line.get(MODEL))
        line[candidate.slot] = candidate
        adapter = candidate.slot if candidate.form == ADAPTER else None
        before = self._rows(now, adapter if candidate.slot in now else None, roles, contest, "serving")
        after = self._rows(line, adapter, roles, contest, "candidate")
        trials = [_trial(name, role, before[name], after[name]) for name, role in roles.items()]
        verdict = judge(trials)
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

    def upgrade(self, principal: Principal, base: str, contest: Contest, why: str, tune: Tune | None = None) -> Upgrade:
        """Tune all that serves again on a new base, by the recipes in their manifests, and propose it with the base.

        Each is compared on the tasks of its own recipe; the base alone on what no recipe covers. Raises InputError where nothing tuned
        serves, and what ``propose`` and training raise.
        """
        now = self.register.serving()
        recipes = {slot: _recipe(slot, self.register.show(release.id)) for slot, release in now.items() if release.form != BASE}
        if not recipes:
            raise InputError(
                "no tuned model serves: there is nothing to tune again", remedy=f"finfoundry release propose {base} --form base"
            )
        model, tasks = base_of(self.app.settings, base), {slot: _tasks(recipe) for slot, recipe in recipes.items()}
        rest = every_task(contest.data) if contest.others is None else contest.others
        found: list[Release] = []
        if MODEL not in recipes:
            others = tuple(name for name in rest if name not in {task for names in tasks.values() for task in names})
            found.append(self.propose(principal, model, replace(contest, out=contest.out / BASE, improve=(), others=others), why))
        for slot, recipe in recipes.items():
            folder = (tune or self._tune)(recipe | {"base": base}, now[slot].form, contest.data, contest.out / slot / "tuned")
            its = replace(contest, out=contest.out / slot, improve=(), others=(*tasks[slot], *(rest if slot == MODEL else ())))
            beside = model if now[slot].form == ADAPTER else None
            found.append(self.propose(principal, tuned(folder, now[slot].form), its, why, beside=beside))
        return Upgrade(base, all(release.passed for release in found), found, [line for one in found for line in self._lines(one)])

    def _lines(self, release: Release) -> list[Finding]:
        return [Finding(**finding) for finding in self.register.show(release.id).verdict["findings"]]

    def _tune(self, recipe: dict[str, Any], form: str, data: Path, out: Path) -> Path:
        from finfoundry.train.recipe import parse_recipe  # the extra ``train``
        from finfoundry.training import Training

        training = Training(self.app.settings)
        training.train(parse_recipe(recipe | {"forms": [form]}, f"the recipe of {recipe['name']}"), data, out, self.report)
        return out

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
            if what != served(self.app.settings, self.register.serving()):  # a candidate's engine lives as long as its evaluation
                self.app.supervisor.stop(what.process)
        return {name: _asked(name, contest, side) for name in roles}

    def _start(self, line: Serving) -> None:
        start_engine(self.app.settings, self.app.supervisor, served(self.app.settings, line)).close()

    def _own(self) -> str:
        settings = self.app.settings
        return weights_digest(settings.model, chat_model(settings))

    def _check_base(self, candidate: Candidate, base: Release | Candidate | None) -> None:
        model = base.sha256 if base else self._own()
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


def _trial(name: str, role: Role, before: list[Row], after: list[Row]) -> Trial:
    suite = load_suite(name)
    return Trial(suite.name, role, suite.margin, suite.measures[0], before, after)


def _recipe(slot: str, shown: Shown) -> dict[str, Any]:
    """By which a release was tuned. Raises InputError."""
    recipe: dict[str, Any] | None = shown.manifest.get("recipe")
    if not recipe:
        raise InputError(f"the manifest of {slot} names no recipe", remedy="Tune it on the new base by hand, and propose it")
    return recipe


def _tasks(recipe: dict[str, Any]) -> tuple[str, ...]:
    """What a recipe teaches, and what it holds out."""
    return (*(share["task"] for share in recipe["data"]["tasks"]), *recipe["data"]["held_out"])


def every_task(data: Path) -> tuple[str, ...]:
    """The shipped tasks whose data are there."""
    return tuple(name for name in task_names() if _there(name, data))


def _there(name: str, data: Path) -> bool:
    try:
        return bool(list(found(load_task(name), data)))
    except InputError:
        return False
