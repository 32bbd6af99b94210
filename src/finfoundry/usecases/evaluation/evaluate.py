"""Runs suites over one home: joins each suite's data and scorer with the part of the product that it measures."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter

from finfoundry.ask.compose.confidence import Calibration, calibration
from finfoundry.base.catalogue import MANIFEST, catalogue, chat_model, models_folder
from finfoundry.base.llama import adapters_folder
from finfoundry.base.text_encoder import FORM
from finfoundry.core.disclosure import of_file
from finfoundry.core.errors import FinfoundryError, InputError
from finfoundry.evals import calibrate
from finfoundry.evals.binder import attack
from finfoundry.evals.intervals import Estimate
from finfoundry.evals.own import own_questions
from finfoundry.evals.plots import reliability
from finfoundry.evals.report import write_report
from finfoundry.evals.result import SuiteResult
from finfoundry.evals.rows import Row, Solver, read_rows
from finfoundry.evals.run import RESULT, ROWS, Suite, run, sample, write_json, write_text
from finfoundry.evals.silent_errors import silent_suite
from finfoundry.evals.silent_errors.peers import NotInstalled
from finfoundry.evals.suites import OWN, filing_questions, given_tables, ixbrl_facts, load_suite, paper_questions, suite_names
from finfoundry.release.candidate import SCORERS, TAGGER, sha256_of, weights_digest
from finfoundry.release.exam_sides import side_of, side_of_guards
from finfoundry.usecases.compare_runs import Comparison, compare
from finfoundry.usecases.evaluation.systems import CROSSED, ENCODER, PRODUCT, SYSTEMS, Workbench, serving_side, usual

_MORE = (
    attack.MADE_UP, attack.FILED, filing_questions.SUITE, paper_questions.READ, paper_questions.BLIND,
    ixbrl_facts.SUITE, ixbrl_facts.READ, ixbrl_facts.BLIND, given_tables.TATQA, given_tables.PROGRAMS,
    silent_suite.SUITE,
)  # fmt: skip
OWN.update({suite.name: suite for suite in _MORE})  # those that need more than core


CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Results of the suites that ran, where the report lies, and which could not run and why."""

    report: str
    results: list[SuiteResult]
    not_run: dict[str, str] = field(default_factory=dict)
    against: Comparison | None = None  # own questions that were asked again: the run before, and this one

    @property
    def fallen(self) -> bool:
        """Whether fewer are right than in the run before, and chance hardly explains it (McNemar's p below 5 %)."""
        return self.against is not None and self.against.lost > self.against.gained and self.against.p < CHANCE


@dataclass
class Evaluation(Workbench):
    """One call of ``finfoundry evaluate``."""

    limit: int | None = None
    systems: tuple[str, ...] = ()  # none: each suite's usual one
    kinds: tuple[str, ...] = ()  # words, one of which the kind of an item has; none: all kinds
    recipes: Path | None = None  # a folder with more recipes of made files

    def __enter__(self) -> Evaluation:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def evaluate(self, names: Sequence[str]) -> Evaluated:
        """Run suites, or ``all``, and write the report. Raises InputError, EngineError; with ``all`` what cannot run is only named."""
        every = list(names) == ["all"]
        suites = [self._suite(name) for name in (suite_names() if every else names)]
        if not self.data.is_dir() and not all(suite.made for suite in suites):
            raise InputError(f"there is no data folder {self.data}", remedy="Give the folder that holds the data with --data")
        done: list[tuple[Suite, SuiteResult]] = []
        missing: dict[str, str] = {}
        for suite, name in zip(suites, suite_names() if every else names, strict=True):
            limit = self.limit if self.limit is not None or not every else suite.sample
            for system in self.systems or (usual(suite),):
                try:
                    done.append((suite, self._run(suite, name, system, limit)))
                except FinfoundryError as error:
                    if not every and not isinstance(error, NotInstalled):
                        raise
                    missing[suite.name if system == PRODUCT else f"{suite.name}@{system}"] = str(error)
        return self._reported(done, missing)

    def ask_own(self, file: Path, *, again: bool = False) -> Evaluated:
        """Ask an institution's own questions (``evals/own/own_questions.py``), each of its collection and by its person, and write the
        report. ``again``: all of them anew, compared, as far as both ask the same, with the run before, which is kept beside; else another
        file, or the same one changed, needs another folder. Raises InputError, EngineError.
        """
        suite = own_questions.suite_of(file)
        folder = self.out / suite.name
        before = put_by(folder) if again else None
        name = Path(f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()[:12]}")
        items = sample(suite.items(name), self.limit, self.seed)
        result = run(
            suite, self._solver(suite, suite.name, PRODUCT), name, folder, model=self.settings.model, weights=self._weights(suite, PRODUCT),
            limit=self.limit, seed=self.seed, report=self.report,
        )  # fmt: skip
        rows = {row.id: row for row in read_rows(folder / ROWS)}
        result = replace(result, groups=own_questions.groups([rows[item.id] for item in items], items))
        write_json(folder / RESULT, asdict(result))
        found = self._reported([(suite, result)], {})
        return replace(found, against=compare(before, folder)) if before else found

    def _reported(self, done: Sequence[tuple[Suite, SuiteResult]], missing: dict[str, str]) -> Evaluated:
        labels = of_file(self.settings.disclosure, self.settings.disclosure_producer, str(uuid.uuid4()))
        written = write_report(self.out, "finfoundry evaluate", [*done, *self._earlier(done)], self.data, labels)
        return Evaluated(str(written), [result for _, result in done], missing)

    def _suite(self, name: str) -> Suite:
        suite = load_suite(name)
        return silent_suite.with_recipes(suite, self.recipes) if self.recipes and suite.name == silent_suite.SUITE.name else suite

    def _earlier(self, done: Sequence[tuple[Suite, SuiteResult]]) -> Iterator[tuple[Suite, SuiteResult]]:
        """Runs of other calls in the same folder, so that the report shows all."""
        ours = {result.folder for _, result in done}
        for path in sorted(self.out.glob(f"*/{RESULT}")):
            if path.parent.name not in ours:
                kept = TypeAdapter(SuiteResult).validate_json(path.read_text(encoding="utf-8"))
                result = replace(kept, folder=path.parent.name)  # which a run before was put by under
                yield own_questions.OF_FILE if result.suite == own_questions.SUITE else load_suite(result.suite), result

    def _run(self, suite: Suite, name: str, system: str, limit: int | None) -> SuiteResult:
        folder = self.out / (suite.name if system == PRODUCT else f"{suite.name}@{system}")
        items = suite.seeded(self.data, self.seed) if suite.seeded else suite.items(self.data)  # before anything is started for them
        if self.kinds:
            items = [item for item in items if any(word in f"{item.group} {item.kind}" for word in self.kinds)]
            if not items:
                raise InputError(f"no kind of {suite.name} has the words {', '.join(self.kinds)}", remedy="Leave --kind away to see all")
        data = Path("made") if suite.made else self.data
        solver = self._solver(suite, name, system)
        asked = replace(suite, items=lambda _: items, seeded=None)
        return run(
            asked, solver, data, folder, system=system, model=self._model(suite), weights=self._weights(suite, system),
            limit=limit, seed=self.seed, report=self.report,
        )  # fmt: skip

    def _model(self, suite: Suite) -> str | None:
        return self.settings.model if suite.system in ("answer", "answer-one", "own", "task", "table", "chat") else None

    def _weights(self, suite: Suite, system: str) -> str | None:
        """SHA-256 of the model, and of the adapter, that answers; None where none does, or one that does not lie in this home."""
        settings = self.settings
        if suite.system == "reader":
            return side_of(self.app().agent.reader).sha256
        if suite.system == TAGGER:
            return side_of_guards(self.app().guards).sha256
        if suite.system in SCORERS:
            return serving_side(self.app(), suite.system).sha256
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


def put_by(folder: Path) -> Path | None:
    """Where a finished run was put, by the time at which it ended, to make room for the next; None where there is none. One that was cut
    short stays, and is gone on with.
    """
    done = folder / RESULT
    if not done.is_file():
        return None
    ended = datetime.fromtimestamp(done.stat().st_mtime, UTC)
    kept = folder.with_name(f"{folder.name} {ended:%Y-%m-%dT%H-%M-%S}")
    if kept.exists():
        raise InputError(f"{kept} is there already", remedy="Wait a second, or choose another --out")
    return folder.rename(kept)


def fitted(runs: Sequence[Path], out: Path, plot: Path | None = None, unseen: float | None = None) -> Calibration:
    """A calibration from the judged answers of runs, written to ``out``; ``plot`` is how far it can be believed, as SVG.

    Raises InputError for too few answers, or none that was wrong.
    """
    rows, false = _told(runs)
    write_json(out, calibrate.fit(rows, ", ".join(folder.name for folder in runs), calibration().weights, false, unseen))
    if plot is not None:
        write_text(plot, reliability(believed(runs, unseen)) + "\n")
    return calibration(out)


def believed(runs: Sequence[Path], unseen: float | None = None) -> list[tuple[float, Estimate]]:
    """How far a calibration from runs can be believed: confidence and share right of answers, of papers that no fit had, by groups."""
    rows, false = _told(runs)
    return calibrate.reliability(calibrate.crossed(rows, false, unseen))


def _told(runs: Sequence[Path]) -> tuple[list[Row], list[Row]]:
    """Rows of runs of the product, and of those whose answers were made false."""
    crossed = [folder for folder in runs if folder.name.endswith(f"@{CROSSED}")]
    rows, false = ([row for folder in runs if (folder in crossed) == made for row in read_rows(folder / ROWS)] for made in (False, True))
    return rows, false
