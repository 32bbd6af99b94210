"""Commands of the evaluation: ``finfoundry evaluate`` and ``finfoundry compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finfoundry import terminal
from finfoundry.cli.options import Json, prints, show
from finfoundry.core.errors import InputError
from finfoundry.evals.exchange.lm_eval import export_task, import_task
from finfoundry.evals.intervals import Estimate
from finfoundry.evals.result import SuiteResult
from finfoundry.evals.silent_errors import silent_suite
from finfoundry.machine import read_settings
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.compare_runs import Comparison
from finfoundry.usecases.compare_runs import compare as compare_runs
from finfoundry.usecases.evaluation.evaluate import Evaluated, Evaluation, believed, fitted

FALLEN = 3  # exit status: own questions asked again have fewer right answers than before, and not by chance
FLIPS = 20  # shown on a terminal; --json has all


@prints("evaluate", "finfoundry.usecases.evaluation.evaluate:Evaluation.evaluate")
def evaluate(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Rows, results and the report; the same folder goes on where it stopped.")
    ],
    suites: Annotated[
        list[str] | None, typer.Argument(metavar="SUITE…", help="Names of suites or tasks, paths of task files, or all.")
    ] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Own questions: ask all anew, compare with the run before; exit 3 on a fall that is not chance."),
    ] = False,
    questions: Annotated[
        Path | None,
        typer.Option("--questions", metavar="FILE", help="Your own questions with what is right: .jsonl, .csv, .xlsx; no suites then."),
    ] = None,
    data: Annotated[
        Path, typer.Option("--data", metavar="DIR", help="The folder with the data; nothing of it is copied. Made suites need none.")
    ] = Path("data"),
    model: Annotated[str | None, typer.Option("--model", metavar="M", help="Instead of the settings' model; base+adapter for one.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="A seeded sample of so many items a suite.")] = None,
    seed: Annotated[int, typer.Option("--seed")] = 0,
    system: Annotated[
        list[str] | None,
        typer.Option(
            "--system",
            help="product (the default), rules, naive, llamaindex, model, camelot, html, crossed, encoder "
            "(a tuned one: --model FOLDER), libraries, docling, edgartools; repeat.",
        ),
    ] = None,
    examples: Annotated[int, typer.Option("--examples", min=0, help="Answered examples before each question of a task.")] = 0,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", metavar="WORDS", help="Only items whose kind has these words; repeat.")
    ] = None,
    recipes: Annotated[
        Path | None, typer.Option("--recipes", metavar="FOLDER", help="silent-errors: more recipes, Python files that are run.")
    ] = None,
    json: Json = False,
) -> None:
    """Measure the product, a model or a baseline on a suite, or on your own questions; each figure with n and a 95 % interval."""
    settings = read_settings()
    if model:
        settings = Settings(**settings.model_dump() | {"model": model})
    with terminal.progress(quiet=json) as report:
        evaluation = Evaluation(
            settings, data, out, limit=limit, seed=seed, systems=tuple(system or ()), examples=examples, kinds=tuple(kind or ()),
            recipes=recipes, report=report,
        )  # fmt: skip
        if bool(suites) == (questions is not None):
            raise InputError("name suites, or a file of questions", remedy="finfoundry evaluate --questions FILE --out DIR")
        with evaluation:
            found = evaluation.ask_own(questions, again=again) if questions else evaluation.evaluate(suites or ())
    _tell_all(found, json)
    if found.fallen:
        raise typer.Exit(FALLEN)


def _tell_all(found: Evaluated, json: bool) -> None:
    if json:
        terminal.print_json(found)
        return
    for result in found.results:
        _tell(result)
    if found.against:
        _tell_comparison(found.against)
    for name, why in found.not_run.items():
        terminal.print_value(f"{name}: not run: {why}")
    terminal.print_value(f"report: {found.report}")


@prints("compare", "finfoundry.usecases.compare_runs:compare")
def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="The folder of one suite's run.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another run of that suite.")],
    json: Json = False,
) -> None:
    """Compare two runs in pairs: McNemar, paired bootstrap, and the items that flipped."""
    found = compare_runs(first, second)
    if json:
        terminal.print_json(found)
        return
    _tell_comparison(found)


def _tell(result: SuiteResult) -> None:
    verdicts = ", ".join(f"{name} {_share(one)}" for name, one in result.verdicts.items())
    measures = ", ".join(f"{name} {one.value:.3f} [{one.low:.3f}, {one.high:.3f}]" for name, one in result.measures.items())
    terminal.print_value(f"{result.suite} ({result.system}), n = {result.n} of {result.of}: {measures}")
    terminal.print_value(f"  {verdicts}; median {result.seconds.median:.2f} s, {result.tokens.prompt} + {result.tokens.completion} tokens")
    if result.suite == silent_suite.SUITE.name:
        terminal.DISPLAY.table(*silent_suite.table_of(result))
    if result.groups:
        terminal.DISPLAY.table(*_endings(result))
    if result.slips.value:
        terminal.print_value(f"  {_share(result.slips)} of the answers had not the form asked for; they were asked for again, constrained")
    if result.half_coverage:
        terminal.print_value(f"  error where half of all questions are answered: {result.half_coverage.error:.1%}")


def _endings(result: SuiteResult) -> tuple[list[str], list[list[str]]]:
    """How own questions ended, each group a row: shares in percent with their 95 % intervals."""
    head = ["by", "", "n", *result.groups[0].endings]
    rows = [
        [
            one.by,
            one.name,
            str(one.n),
            *(f"{100 * end.value:.0f} ({100 * end.low:.0f}-{100 * end.high:.0f})" for end in one.endings.values()),
        ]
        for one in result.groups
    ]
    return head, rows


def _share(one: Estimate) -> str:
    return f"{one.value:.1%}"


def _tell_comparison(found: Comparison) -> None:
    terminal.print_value(f"{found.suite}: {found.n} pairs; gained {found.gained}, lost {found.lost}, McNemar p = {found.p:.4f}")
    for one in found.differences.values():
        terminal.print_value(
            f"  {one.measure}: {one.first:.3f} to {one.second:.3f}, difference {one.difference:+.3f} [{one.low:+.3f}, {one.high:+.3f}], "
            f"one-sided 95 % bound {one.lower:+.3f}"
        )
    for flip in found.flips[:FLIPS]:
        terminal.print_value(f"  {flip.before} to {flip.after}: {flip.question[:100]}")
    if len(found.flips) > FLIPS:
        terminal.print_value(f"  and {len(found.flips) - FLIPS} more: --json prints all")


@prints("calibrate", "finfoundry.usecases.evaluation.evaluate:fitted")
def calibrate(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN…", help="Folders of suites' runs whose answers were judged.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The calibration; name it in FINFOUNDRY_CALIBRATION.")],
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="SVG", help="Draw how far it can be believed: share right over confidence.")
    ] = None,
    unseen: Annotated[
        float | None,
        typer.Option("--unseen", metavar="SHARE", help="Of right answers on questions nobody had read: the level is no higher."),
    ] = None,
    json: Json = False,
) -> None:
    """Fit the confidence of answers on the judged answers of runs, and read its errors off answers on papers that the fit had not."""
    found = fitted(runs, out, plot, unseen)
    if json:
        terminal.print_json(found)
        return
    terminal.print_value(f"{found.answers} answers; {found.fitted_on}")
    for sure, right in believed(runs, unseen):
        terminal.print_value(f"told {sure:.2f}: right {right.value:.2f} [{right.low:.2f}, {right.high:.2f}], n = {right.n}")
    for accepted in (0.01, 0.02, 0.05, 0.1):
        coverage = max((step.coverage for step in found.steps if step.error <= accepted), default=0.0)
        terminal.print_value(
            f"accepted error {accepted:.0%}: threshold {found.threshold(accepted):.3f}, {coverage:.0%} of the answers are kept"
        )


tasks = typer.Typer(help="Tasks of lm-evaluation-harness, read and written.", no_args_is_help=True)
Rows = Annotated[Path, typer.Option("--data", metavar="DIR", help="The folder with the rows.")]
TaskFolder = Annotated[Path, typer.Option("--out", metavar="DIR", help="Gets the task file and its rows.")]


@tasks.command("import")
@prints("task-exchanged", "finfoundry.evals.exchange.lm_eval:import_task")
def import_harness_task(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The task's YAML; its rows are local files.")],
    data: Rows,
    out: TaskFolder,
    licence: Annotated[str, typer.Option("--licence", help="Of its rows.")] = "none-stated",
    json: Json = False,
) -> None:
    """Take a task of lm-evaluation-harness: recipes and `evaluate` then name the file that is written."""
    show(import_task(file, data, out, licence), json)


@tasks.command("export")
@prints("task-exchanged")
def export_harness_task(
    task: Annotated[str, typer.Argument(metavar="TASK", help="A shipped task, or the path of a task file.")],
    data: Rows,
    out: TaskFolder,
    json: Json = False,
) -> None:
    """Write a task as lm-evaluation-harness reads it: `lm_eval --include_path DIR --tasks NAME`."""
    show(export_task(task, data, out), json)


def register(cli: typer.Typer) -> None:
    cli.add_typer(tasks, name="tasks")
    cli.command()(evaluate)
    cli.command()(compare)
    cli.command()(calibrate)
