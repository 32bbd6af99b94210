"""The worked example of docs/training.md by one command: data of a home, the encoder that reads, the 270m planner, gate, promotion.

    python benchmarks/worked_example.py --home HOME [--papers FILE…] [--rows N] [--limit N] [--only STEP]

HOME is a home of the example's own; models are those of yours, pulled where they are absent. Papers are yours, else the made report of
a bank. The reader learns on from the shipped one, the planner from its base. Each step is printed with its seconds, tokens and what came
of it, and kept in HOME/worked-example.json: the same command goes on where it was stopped, a training within its step. ``--rows`` learns
so many rows of each task, and ``--limit`` asks so many questions of each suite, at least those that its exam needs to see a loss;
``--only`` does one step, once more where it is done. The goal is two hours on two cores.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from finfoundry import terminal
from finfoundry.app import App, open_app
from finfoundry.ask.reader.tuned_plan import PLANNER
from finfoundry.base.catalogue import models_folder
from finfoundry.base.question_reader import READER_USE
from finfoundry.base.tuned_adapter import SHIPPED, adapter_folder
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Report, silent
from finfoundry.demo.report import annual_report
from finfoundry.governance.policy import GENERAL
from finfoundry.machine import Machine, read_settings
from finfoundry.release.candidate import READER, tuned
from finfoundry.release.exam import least_limit
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.train.recipe import Recipe, load_recipe
from finfoundry.usecases.readers.reader_data import data_with_questions
from finfoundry.usecases.readers.reader_rows import EACH
from finfoundry.usecases.release_model import ReleaseDesk
from finfoundry.usecases.train_model import Training
from measures import carried_out
from measures.service.server_process import load

BASE = "gemma-3-270m"
STATE = "worked-example.json"
ANA, BO = Principal("ana"), Principal("bo")  # who reads the papers and proposes, and who lets it serve
READER_RECIPE = "question-reader"
LEARNING_ON = 2e-4  # a quarter of the recipe's rate: what the shipped one knows is to stay
ROWS = 4000  # of each task, with which the whole is done within two hours
SLOTS = {READER: (READER_RECIPE, "onnx"), PLANNER: (PLANNER, "lora")}  # recipe, and the form in which it serves
WHY = "the worked example"


@dataclass(frozen=True)
class Done:
    """What came of a step: tokens that it learned, in words, and the releases that passed the gate."""

    result: str
    tokens: int = 0
    passed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Example:
    """One example in its home; ``rows`` of each task, and ``limit`` questions of each suite, all of them where it is None."""

    home: Path
    papers: tuple[Path, ...] = ()
    rows: int | None = None
    limit: int | None = None
    report: Report = silent

    @property
    def settings(self) -> Settings:
        own = read_settings()
        pulled = models_folder(own)
        changed = {"home": self.home, "models": pulled if pulled.is_dir() else own.models, "model": BASE, "worker": False}
        return Settings(**own.model_dump() | changed)

    def folder(self, name: str) -> Path:
        return self.home / "example" / name

    @contextmanager
    def opened(self) -> Iterator[App]:
        with open_app(self.settings) as app:
            yield app

    def recipe(self, name: str) -> Recipe:
        """The shipped recipe, over so many rows of each task; the reader learns on from the one that is shipped, once over its rows."""
        told = load_recipe(Path(name))
        if name == READER_RECIPE:
            shipped = str(adapter_folder(self.settings, READER_USE, SHIPPED))
            told = told.model_copy(update={"init_adapter": shipped, "epochs": 1.0, "learning_rate": LEARNING_ON})
        if self.rows is None:
            return told
        tasks = [task.model_copy(update={"limit": self.rows}) for task in told.data.tasks]
        return told.model_copy(update={"data": told.data.model_copy(update={"tasks": tasks})})


def pull(example: Example) -> Done:
    """The encoder and the base."""
    settings = example.settings
    names = [settings.embedder, BASE]
    Machine(settings).pull(names)
    return Done(", ".join(names))


def ingest(example: Example) -> Done:
    """The papers whose rows and formulas are asked for, which the person who proposes may read. Exits where none could be read."""
    with TemporaryDirectory() as folder, example.opened() as app:
        made = Path(folder) / "report.pdf"  # what lies within a home is no paper
        made.write_bytes(annual_report().data)
        app.policy.add_user(app.administrator, ANA.user)
        app.policy.add_grant(app.administrator, ANA.user, GENERAL)
        told = app.ingest(app.administrator, example.papers or (made,))
        facts = app.facts(ANA, limit=100_000)
    if not facts:
        sys.exit(f"no figure could be read: {'; '.join(f'{one.path}: {one.error}' for one in told)}")
    return Done(f"{len(told)} papers, {len(facts)} facts")


def make_data(example: Example) -> Done:
    """Questions with their readings and plans, over the home's own rows."""
    with example.opened() as app:
        told = data_with_questions(
            app, ANA, example.folder("data"), EACH if example.rows is None else 1,
            collection=app.settings.collection, asked=False, plans=True, report=example.report,
        )  # fmt: skip
    return Done(f"{told.learned} questions and {told.plans} plans to learn, {told.unseen} and {told.plans_unseen} never learned")


def train(slot: str) -> Callable[[Example], Done]:
    """Tuning what serves in a slot; one that was stopped goes on."""

    def step(example: Example) -> Done:
        name, _ = SLOTS[slot]
        found = Training(example.settings).train(example.recipe(name), example.folder("data"), example.folder(name), example.report)
        if found.outcome.stopped:
            raise KeyboardInterrupt
        told = f"{found.data.rows} rows, {found.outcome.steps} steps, loss {found.outcome.loss:.3f}"
        return Done(told, found.outcome.tokens)

    return step


def fix_exams(example: Example) -> Done:
    """What each is asked beside what serves, by the second person."""
    with example.opened() as app:
        desk = ReleaseDesk(app, example.report)
        exams = [desk.fix_exam(BO, slot, example.folder("data"), WHY, limit=example.limit) for slot in SLOTS]
    return Done(", ".join(f"{exam.slot}: {len(exam.suites)} suites" for exam in exams))


def gate(example: Example) -> Done:
    """Both proposed; what the gate refuses is told, and is no failure of the example."""
    told, passed = list[str](), dict[str, int]()
    with example.opened() as app:
        desk = ReleaseDesk(app, example.report)
        for slot, (name, form) in SLOTS.items():
            found = desk.propose(ANA, tuned(example.folder(name), form), WHY)
            shown = "; ".join(map(_finding, desk.register.show(found.id).verdict["findings"]))
            told.append(f"{slot} {'passed' if found.passed else 'refused'} ({shown})")
            passed |= {slot: found.id} if found.passed else {}
    return Done(". ".join(told), passed=passed)


def _finding(one: Mapping[str, Any]) -> str:
    return f"{one['suite']} {one['measure']} {one['serving']:.2f} -> {one['candidate']:.2f}"


def promote(example: Example) -> Done:
    """What passed serves from here on; what does already, as of a sitting that was killed before it was kept, goes on. Exits where the gate
    is not done.
    """
    gate = kept(example)["steps"].get("gate", {})
    if "passed" not in gate:
        sys.exit("the gate is not done: do it first (--only gate), or all steps")
    if not (passed := gate["passed"]):
        return Done("nothing passed the gate: the home answers as before")
    with example.opened() as app:
        desk = ReleaseDesk(app, example.report)
        serves = {one.id for one in desk.register.serving().values()}
        if wanted := [number for number in passed.values() if number not in serves]:
            desk.promote(BO, wanted, WHY)
    return Done(", ".join(f"{slot} serves as release {number}" for slot, number in passed.items()))


STEPS: dict[str, Callable[[Example], Done]] = {
    "models": pull, "papers": ingest, "data": make_data, "reader": train(READER), "planner": train(PLANNER),
    "exams": fix_exams, "gate": gate, "promotion": promote,
}  # fmt: skip


def kept(example: Example) -> dict[str, Any]:
    """What is known of the steps so far. Exits where the example was begun otherwise."""
    file = example.home / STATE
    begun = {"rows": example.rows, "limit": example.limit, "papers": [str(one.absolute()) for one in example.papers]}
    found: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {"begun": begun, "steps": {}}
    if found["begun"] != begun:
        sys.exit(f"the example in {example.home} was begun with {found['begun']}: give the same, or another --home")
    return found


def go(example: Example, steps: Iterable[str], *, again: bool = False) -> None:
    """Do the steps that are not done, ``again`` those too that are, and print each."""
    for name in steps:
        told = kept(example)["steps"].get(name, {"seconds": 0.0})
        if "result" not in told or again:
            told = _timed(example, name, 0.0 if "result" in told else told["seconds"])
        print(f"{name:10} {told['seconds']:8.1f} s {told['tokens']:10} tokens  {told['result']}", flush=True)


def _timed(example: Example, name: str, before: float) -> dict[str, Any]:
    """A step; its seconds count with those of sittings that were stopped within it."""
    started, told = time.monotonic(), dict[str, Any]()
    try:
        told = asdict(STEPS[name](example))
    finally:
        told["seconds"] = before + time.monotonic() - started
        example.home.mkdir(parents=True, exist_ok=True)
        state = kept(example)
        state["steps"][name] = told
        partial = example.home / f"{STATE}.part"
        partial.write_text(json.dumps(state, ensure_ascii=False, indent=1) + "\n", "utf-8")
        partial.replace(example.home / STATE)
    return told


def main() -> None:
    """Print each step, and what they took together."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--home", type=Path, required=True, help="a home of the example's own")
    options.add_argument("--papers", type=Path, nargs="+", default=[], help="papers of which the questions are made")
    options.add_argument("--rows", type=int, default=ROWS, help=f"rows of each task that are learned, {ROWS} without it")
    least = max(map(least_limit, SLOTS))
    options.add_argument("--limit", type=int, help=f"questions of each suite that are asked, at least {least}")
    options.add_argument("--only", choices=STEPS, help="one step")
    given = options.parse_args()
    if given.limit is not None and given.limit < least:
        options.error(f"--limit {given.limit} is too few: an exam of the reader and the planner can be passed with {least} at the least")
    given.home.mkdir(parents=True, exist_ok=True)
    with terminal.progress(quiet=False) as report:
        example = Example(given.home.absolute(), tuple(given.papers), given.rows, given.limit, report)
        try:
            go(example, [given.only] if given.only else STEPS, again=bool(given.only))
        finally:
            Supervisor(example.home).stop()
    steps = kept(example)["steps"].values()
    print(f"together {sum(one['seconds'] for one in steps):.0f} s, {sum(one.get('tokens', 0) for one in steps)} tokens; {load()}")


if __name__ == "__main__":
    carried_out(main)
