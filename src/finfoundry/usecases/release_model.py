"""From a tuned model to what serves: fix an exam, evaluate in the served form, judge, propose; promote, roll back.

What ``finfoundry release`` and the release routes call.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from finfoundry.app import App
from finfoundry.base.catalogue import chat_model
from finfoundry.base.llama import start_engine
from finfoundry.core.errors import InputError, IntegrityError, SettingsError
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Report, silent
from finfoundry.core.tasks import load_task, task_names
from finfoundry.core.tasks.task_rows import found
from finfoundry.evals.rows import Item, Row
from finfoundry.evals.run import Suite, ask
from finfoundry.evals.suites import load_suite
from finfoundry.release.apart_slots import apart_side, check_opens, commonest_classes
from finfoundry.release.candidate import (
    ADAPTER,
    BASE,
    ENCODES,
    MODEL,
    OWN_SUITES,
    Candidate,
    base_of,
    compared,
    is_apart,
    is_examined_apart,
    tuned,
    weights_digest,
)
from finfoundry.release.evidence import EvidenceRegister
from finfoundry.release.exam import NEAR_ALLOWED, Exam, fixed, own_suites
from finfoundry.release.exam_sides import ENGINE_SYSTEMS, EngineSide, ExamSide
from finfoundry.release.gate import Role, SuiteFinding, Trial, Verdict, judge
from finfoundry.release.register import Register, Release, Serving, Shown
from finfoundry.release.serving import Line, keep, keep_learned, served
from finfoundry.release.training_rows import check_memorised, check_training, fingerprints_of
from finfoundry.runtime.audit import plain
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.work_apart import apart

SPOT = 8  # items a suite that are asked again before a promotion, of both sides: so many of all, so many of those on which they differ
UNLIKE = 0.2  # of them that may be judged otherwise: engines differ in the last bit (batches, caches), evidence that was made up in more


@dataclass(frozen=True, slots=True)
class Answered:
    """What one side answered in one suite, and the key under which the store keeps it."""

    key: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Repeated:
    """Of one suite and side: items asked again before a promotion, and how many were judged the same."""

    suite: str
    asked: int
    same: int


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What moves to a new base: proposals that are promoted together, and one table of old against new."""

    base: str
    passed: bool
    releases: list[Release]
    table: list[SuiteFinding]


Tune = Callable[[dict[str, Any], str, Path, Path], Path]  # recipe, form, data, folder to make -> the folder


@dataclass
class ReleaseDesk:
    app: App
    report: Report = silent
    register: Register = field(init=False)
    evidence: EvidenceRegister = field(init=False)

    def __post_init__(self) -> None:
        self.evidence = EvidenceRegister(self.app.database)
        self.register = Register(self.app.database, self._own)

    def fix_exam(
        self, principal: Principal, slot: str, data: Path, why: str, *, suites: Sequence[str] | None = None, improve: Sequence[str] = (),
        margins: Mapping[str, float] | None = None, near: float = NEAR_ALLOWED, limit: int | None = None, seed: int = 0,
    ) -> Exam:  # fmt: skip
        """Fix on what candidates for a slot are compared; without ``suites``, on every shipped task whose data are there, of what is no
        model on the suites of its slot, which ask what none learns.

        Raises what ``exam.fixed`` raises, and InputError for a suite that does not measure what serves in the slot.
        """
        shipped = own_suites(slot)[0] if is_examined_apart(slot) else every_task(data) if data.is_dir() else ()
        kept = shipped if suites is None else suites
        roles: dict[str, Role] = {**dict.fromkeys(kept, "keep"), **dict.fromkeys(improve, "improve")}
        for name in roles:
            _check_suite(load_suite(name), slot)
        return self.register.fix_exam(
            fixed(slot, data, roles, by=principal.user, why=why, margins=margins, near=near, limit=limit, seed=seed)
        )  # fmt: skip

    def propose(
        self, principal: Principal, candidate: Candidate, why: str, *, improve: Sequence[str] = (), beside: Candidate | None = None
    ) -> Release:
        """Ask both the exam of the slot behind the engine, judge, and keep the candidate with its evidence, whatever the verdict.

        ``improve``: suites of the exam that must improve although the exam asks only that they keep; the first encoder of a task of classes
        must be better than the commonest of them. ``beside``: an adapter's base, where it is not the one that serves now. Rows lie in the
        store; a proposal that was stopped goes on.

        Raises NotFound without an exam, NotPermitted for who fixed it, InputError, IntegrityError, ModelError, EngineError.
        """
        self._refuse_remote([candidate.slot])
        exam, now = self.register.exam(candidate.slot, principal), self.register.serving()
        first = candidate.slot.startswith(ENCODES) and candidate.slot not in now
        exam = _tightened(exam, [*improve, *(commonest_classes(exam) if first else ())])
        check_training(candidate, exam)
        check_memorised(candidate)
        for one in filter(None, (candidate, beside)):
            keep(self.app.settings, one)
        if candidate.slot.startswith(ENCODES):
            keep_learned(self.app.settings, fingerprints_of(candidate))
        line: dict[str, Release | Candidate] = {MODEL: beside} if beside else {**now} if candidate.form == ADAPTER else {}
        if candidate.form == ADAPTER:
            self._check_base(candidate, line.get(MODEL))
        line[candidate.slot] = candidate
        adapter = candidate.slot if candidate.form == ADAPTER else None
        with self._side(exam, now, adapter if candidate.slot in now else None) as side:
            before = self._rows(side, exam)
        with self._side(exam, line, adapter, passing=True) as side:
            after = self._rows(side, exam)
        against = {slot: release for slot, release in now.items() if slot in compared(candidate.slot)}
        evidence = {name: [before[name].key, after[name].key] for name in exam.suites}
        return self.register.propose(principal, candidate, _judged(exam, before, after), against, why, exam, evidence)

    def promote(self, principal: Principal, releases: Sequence[int], why: str) -> list[Release]:
        """Judge the evidence again and repeat a sample of it, start what would serve, then let it serve; a request in flight ends where it
        began.

        Raises IntegrityError for evidence that is not what was judged or does not repeat, ModelError when it does not start, and what
        ``Register.promote`` raises: nothing has changed then.
        """
        wanted = [self.register.check(principal, number) for number in releases]
        self._refuse_remote(release.slot for release in wanted)
        line = {**self.register.serving(), **{release.slot: release for release in wanted}}
        self._start(line, [release.slot for release in wanted])
        for release in wanted:
            self._confirm(principal, release, line)
        return self.register.promote(principal, releases, why)

    def _confirm(self, principal: Principal, release: Release, line: Serving) -> None:
        """Raises IntegrityError where the rows do not give the verdict, or too many of a random few are answered otherwise now."""
        shown, exam = self.register.show(release.id), self.register.exam(release.slot)
        improve = [one["suite"] for one in shown.verdict["findings"] if one["role"] == "improve"]
        exam = _tightened(exam, [name for name in exam.suites if load_suite(name).name in improve])
        sides = [{name: self._kept(shown.evidence[name][side], exam, name) for name in exam.suites} for side in (0, 1)]
        if plain(_judged(exam, *sides)) != shown.verdict:
            raise IntegrityError(f"the rows of release {release.id} are not those that were judged", remedy="Propose it again")
        drawn = {name: _drawn(exam.items(name), *(side[name].rows for side in sides)) for name in exam.suites}
        before = self.register.serving()
        adapter = release.slot if release.form == ADAPTER else None
        again = []
        for number, (served_then, chosen) in enumerate(((before, adapter if release.slot in before else None), (line, adapter))):
            with self._side(exam, served_then, chosen) as side:
                if is_examined_apart(release.slot):
                    _check_current(release, side, exam, {name: keys[number] for name, keys in shown.evidence.items()})
                again += self._asked_again(side, drawn, sides[number])
        self.register.note_confirmed(principal, release, asked=sum(one.asked for one in again), same=sum(one.same for one in again))
        for one in again:
            if one.same < (1 - UNLIKE) * one.asked:
                raise IntegrityError(
                    f"the evidence of release {release.id} does not repeat: in suite {one.suite} {one.asked - one.same} of {one.asked}"
                    " are judged otherwise now",
                    remedy="Propose it again",
                )

    def _asked_again(self, side: ExamSide, drawn: Mapping[str, list[Item]], kept: Mapping[str, Answered]) -> list[Repeated]:
        """What one side answers to these items now, against the evidence, suite by suite."""
        found = list[Repeated]()
        for name, items in drawn.items():
            suite, rows = load_suite(name), list[Row]()
            ask(items, suite, side.solver(suite, name), rows.append, len(items))
            before = {row.id: row.value for row in kept[name].rows}
            found.append(Repeated(suite.name, len(rows), sum(row.value == before[row.id] for row in rows)))
        return found

    def _kept(self, key: str, exam: Exam, name: str) -> Answered:
        rows = self.evidence.rows(key)
        items = exam.items(name)
        if missing := [item.id for item in items if item.id not in rows]:
            raise IntegrityError(f"{len(missing)} rows of suite {name} are gone from the store", remedy="Propose it again")
        return Answered(key, [rows[item.id] for item in items])

    def rollback(self, principal: Principal, slot: str, why: str) -> list[Release]:
        """Back to what served before; the releases that serve then, none for the model of the settings. Raises NotFound, ModelError."""
        self._start(self.register.before(slot), [slot])
        return list(self.register.rollback(principal, slot, why).values())

    def upgrade(self, principal: Principal, base: str, out: Path, why: str, tune: Tune | None = None) -> Upgrade:
        """Tune the chat model's adapters that serve again on a new base, by the recipes in their manifests, and propose them with the base,
        each judged on its slot's exam.

        ``out`` takes what is tuned. Raises InputError where nothing tuned serves, ProcessError where tuning is killed, and what ``propose``
        and training raise.
        """
        now = self.register.serving()
        learned = [slot for slot, release in now.items() if not is_apart(slot) and release.form != BASE]
        shown = {slot: self.register.show(now[slot].id) for slot in learned}
        recipes = {slot: _recipe(slot, one) for slot, one in shown.items()}
        if not recipes:
            raise InputError(
                "no tuned model serves: there is nothing to tune again", remedy=f"finfoundry release propose {base} --form base"
            )
        exams = {slot: self.register.exam(slot, principal) for slot in {MODEL, *recipes}}
        model = base_of(self.app.settings, base)
        found: list[Release] = []
        if MODEL not in recipes:
            found.append(self.propose(principal, model, why))
        for slot, recipe in recipes.items():
            again = tune or partial(self._tune, shown[slot].manifest)
            folder = again(recipe | {"base": base}, now[slot].form, Path(exams[slot].data), out / slot / "tuned")
            beside = model if now[slot].form == ADAPTER else None
            found.append(self.propose(principal, tuned(folder, now[slot].form), why, beside=beside))
        return Upgrade(base, all(release.passed for release in found), found, [line for one in found for line in self._lines(one)])

    def _lines(self, release: Release) -> list[SuiteFinding]:
        return [SuiteFinding(**finding) for finding in self.register.show(release.id).verdict["findings"]]

    def _tune(self, manifest: dict[str, Any], recipe: dict[str, Any], form: str, data: Path, out: Path) -> Path:
        apart(tuned_again, self.app.settings, manifest, recipe["base"], form, data, out, report=self.report)
        return out

    def _rows(self, side: ExamSide, exam: Exam) -> dict[str, Answered]:
        """The rows of every suite; those in the store are not asked again."""
        found: dict[str, Answered] = {}
        for name, terms in exam.suites.items():
            suite, items = load_suite(name), exam.items(name)
            key = side.key(suite.name, terms)
            done = self.evidence.rows(key)
            missing = [item for item in items if item.id not in done]
            ask(missing, suite, side.solver(suite, name), partial(self.evidence.keep, key), len(items), self.report)
            found[name] = self._kept(key, exam, name)
        return found

    @contextmanager
    def _side(self, exam: Exam, line: Line, adapter: str | None, *, passing: bool = False) -> Iterator[ExamSide]:
        """What answers an exam for these releases; the engine of a candidate, ``passing``, lives as long as its evaluation."""
        settings, slot = self.app.settings, exam.slot
        if is_apart(slot):
            yield apart_side(slot, settings, line[slot].sha256 if slot in line else None, exam)
            return
        what = served(settings, line)
        counted = {name: one.sha256 for name, one in line.items() if name in compared(slot)}  # other adapters change no answer of the slot
        weights = counted if MODEL in counted else {MODEL: self._own(), **counted}
        engine = start_engine(settings, self.app.supervisor, what)
        try:
            yield EngineSide(engine, what, weights, adapter, settings.context)
        finally:
            engine.close()
            if passing and what != served(settings, self.register.serving()):
                self.app.supervisor.stop(what.process)

    def _start(self, line: Serving, slots: Sequence[str]) -> None:
        """What changes must start. Raises ModelError."""
        for slot in slots:
            check_opens(slot, self.app.settings, line[slot].sha256 if slot in line else None)
        if not all(map(is_apart, slots)):
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

    def _refuse_remote(self, slots: Iterable[str]) -> None:
        """What no engine runs is of this home, wherever the engine is."""
        if not self.app.settings.own_engine and not all(map(is_apart, slots)):
            raise SettingsError(
                f"the engine is none of this home ({self.app.settings.engine_name}): what it serves is changed there",
                remedy="Take FINFOUNDRY_ENGINE_URL out of the settings to release into the engine of this home",
            )


def _drawn(items: Sequence[Item], before: Sequence[Row], after: Sequence[Row]) -> list[Item]:
    """A few items of a suite that nobody can foresee, and a few of those on which the sides differ: there made-up rows would lie."""
    chance = random.SystemRandom()
    was = {row.id: row.value for row in before}
    changed = {row.id for row in after if row.value != was[row.id]}
    differing = [item for item in items if item.id in changed]
    chosen = {item.id for some in (items, differing) for item in chance.sample(some, min(SPOT, len(some)))}
    return [item for item in items if item.id in chosen]


def _check_current(release: Release, side: ExamSide, exam: Exam, keys: Mapping[str, str]) -> None:
    """Raises IntegrityError where a side is no longer what was asked: another one of the settings, other code that asks it."""
    if stale := [name for name, terms in exam.suites.items() if side.key(load_suite(name).name, terms) != keys[name]]:
        raise IntegrityError(
            f"the evidence of release {release.id} in suite {stale[0]} is of another {release.slot}, or of other code, than is here now",
            remedy="Propose it again",
        )


def _check_suite(suite: Suite, slot: str) -> None:
    """Raises InputError for a suite that does not measure what serves in the slot."""
    apart = is_examined_apart(slot)
    measures = suite.name == slot.removeprefix(ENCODES) if slot.startswith(ENCODES) else True
    if not measures or suite.system not in OWN_SUITES.get(slot, ENGINE_SYSTEMS):
        raise InputError(
            f"suite {suite.name} does not measure the {slot if apart else MODEL}, or more than it",
            remedy=f"Name {', '.join(own_suites(slot)[0])}" if apart else "Name tasks and safety suites; compare the rest by hand",
        )


def _tightened(exam: Exam, improve: Sequence[str]) -> Exam:
    """The exam with these suites asked to improve. Raises InputError for one that it does not ask."""
    if stray := [name for name in improve if exam.suites.get(name, None) is None or exam.suites[name].role == "safety"]:
        raise InputError(f"the exam of {exam.slot!r} does not ask {stray[0]}", remedy=f"It asks: {', '.join(exam.suites)}")
    return replace(exam, suites=exam.suites | {name: replace(exam.suites[name], role="improve") for name in improve})


def _judged(exam: Exam, before: Mapping[str, Answered], after: Mapping[str, Answered]) -> Verdict:
    trials = []
    for name, terms in exam.suites.items():
        suite = load_suite(name)
        trials.append(Trial(suite.name, terms.role, terms.margin, suite.measures[0], before[name].rows, after[name].rows))
    return judge(trials)


def tuned_again(settings: Settings, manifest: dict[str, Any], base: str, form: str, data: Path, out: Path, report: Report) -> None:
    """Tune what the manifest tells of on another base, into ``out``. It is done apart: what it takes of memory, two engines take next."""
    from finfoundry.train.export.manifest import manifest_of  # the extra ``train``
    from finfoundry.usecases.train_model import Training

    training = Training(settings)
    recipe = training.carried(manifest_of(manifest), base, data, out, report)
    if training.train(recipe.model_copy(update={"forms": [form]}), data, out, report).outcome.stopped:
        raise KeyboardInterrupt


def _recipe(slot: str, shown: Shown) -> dict[str, Any]:
    """The recipe by which a release was tuned. Raises InputError: its manifest names none."""
    recipe: dict[str, Any] | None = shown.manifest.get("recipe")
    if not recipe:
        raise InputError(f"the manifest of {slot} names no recipe", remedy="Tune it on the new base by hand, and propose it")
    return recipe


def every_task(data: Path) -> tuple[str, ...]:
    """The shipped tasks whose data are there."""
    return tuple(name for name in task_names() if _there(name, data))


def _there(name: str, data: Path) -> bool:
    try:
        return bool(list(found(load_task(name), data)))
    except InputError:
        return False
