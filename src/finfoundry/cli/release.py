"""Commands of what serves: ``finfoundry release …``."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from finfoundry import terminal
from finfoundry.app import open_app
from finfoundry.cli.options import As, Json, prints
from finfoundry.cli.options import show as show_value
from finfoundry.cli.training import open_training
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.governance.api_keys import Scope
from finfoundry.release.candidate import BASE, MODEL, Candidate, base_of, tuned
from finfoundry.release.exam import NEAR_ALLOWED, Exam
from finfoundry.release.register import Release, Shown
from finfoundry.release.serving_encoders import ReleasedEncoders
from finfoundry.usecases import choose_point
from finfoundry.usecases.release_model import ReleaseDesk

releases = typer.Typer(
    help="What serves: proposed with evidence, promoted by a second person, taken back by one command.", no_args_is_help=True
)

Why = Annotated[str, typer.Option("--why", help="The reason, for the record.")]
Data = Annotated[Path, typer.Option("--data", metavar="DIR", help="The folder with the suites' data; nothing of it is copied.")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where what is tuned goes; the same folder goes on where it stopped.")]
Improve = Annotated[list[str] | None, typer.Option("--improve", metavar="SUITE", help="A suite that must improve; repeat for more.")]
Suites = Annotated[
    list[str] | None,
    typer.Option(
        "--suite", metavar="SUITE", help="One that must not fall; repeat for more [every task with data; of what is no model its own]."
    ),
]
Slot = Annotated[
    str,
    typer.Argument(
        metavar="[SLOT]",
        help="model, reader (of questions), tagger (of harms), scorer, figure-scorer, state-reader, encoder:TASK, or an adapter's name.",
    ),
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="A seeded sample of so many items a suite.")]


@contextmanager
def desk(user: str | None, scope: Scope | None = None, *, quiet: bool = True) -> Iterator[tuple[ReleaseDesk, Principal]]:
    """The desk, and who decides what ``scope`` opens; without one nothing is decided."""
    with open_app() as app, terminal.progress(quiet=quiet) as report:
        yield ReleaseDesk(app, report), app.maker(user, scope) if scope else app.administrator


@releases.command("exam")
@prints("exam", "finfoundry.release.register:Register.exam")
def fix_exam(
    why: Why,
    data: Data,
    slot: Slot = MODEL,
    suite: Suites = None,
    improve: Improve = None,
    margin: Annotated[
        list[str] | None, typer.Option("--margin", metavar="SUITE=SHARE", help="What may be lost there [0.02]; repeat for more.")
    ] = None,
    near: Annotated[
        float, typer.Option("--near", min=0, max=1, help="Share of a suite's items that may resemble a training row.")
    ] = NEAR_ALLOWED,
    limit: Limit = None,
    seed: Annotated[int, typer.Option("--seed")] = 0,
    user: As = None,
    json: Json = False,
) -> None:
    """Fix on what candidates for a slot are compared: suites, items, margins. Who fixes it may not propose on it."""
    with desk(user, "admin", quiet=json) as (found, principal):
        exam = found.fix_exam(
            principal,
            slot,
            data,
            why,
            suites=suite,
            improve=improve or (),
            margins=_margins(margin or ()),
            near=near,
            limit=limit,
            seed=seed,
        )
    _print_exam(exam, json)


@releases.command("exam-show")
@prints("exam")
def show_exam(
    slot: Slot = MODEL,
    json: Json = False,
) -> None:
    """Show the exam in force for a slot."""
    with desk(None) as (found, _):
        _print_exam(found.register.exam(slot), json)


@releases.command()
@prints("release", "finfoundry.release.register:Register.show")
def propose(
    model: Annotated[str, typer.Argument(metavar="DIR|BASE", help="The folder of a tuned model, or a base of the catalogue as it is.")],
    why: Why,
    form: Annotated[
        str,
        typer.Option(
            "--form",
            help="q8_0, q4_0, q4_k_m, f16, gguf; lora: an adapter that requests name; onnx: a reader, tagger, scorer, or an encoder of"
            " another task; adapter: a state reader.",
        ),
    ] = "q8_0",
    improve: Improve = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Ask a model the exam of its slot in the form in which it would serve, next to what serves now, and keep it with its evidence.

    Exit 1 if refused.
    """
    with desk(user, "write", quiet=json) as (found, principal):
        release = found.propose(principal, _candidate(found, model, form), why, improve=improve or ())
        shown = found.register.show(release.id)
    _tell(shown, json)
    if not release.passed:
        raise typer.Exit(1)


@releases.command()
@prints("release-choice", "finfoundry.usecases.choose_point:choose")
def choose(
    front: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of `finfoundry warp --out`; again after a stop: it goes on.")],
    why: Why,
    form: Annotated[str, typer.Option("--form", help="In which it would serve: q8_0, q4_0, q4_k_m, f16; lora: an adapter.")] = "q8_0",
    user: As = None,
    json: Json = False,
) -> None:
    """Let the gate choose a point of WARP's front: what earns most of those that lose nothing in the exam. Exit 1 if none passes."""
    with open_training() as training, desk(user, "write", quiet=json) as (found, principal):
        made = choose_point.choose(found, principal, front, form, why, lambda at, wanted: training.export(at, [wanted], found.report))
    _show_choice(made, json)
    if made.release is None:
        raise typer.Exit(1)


@releases.command()
@prints("release-upgrade", "finfoundry.usecases.release_model:ReleaseDesk.upgrade")
def upgrade(
    base: Annotated[str, typer.Argument(metavar="NEW_BASE", help="A base of the catalogue, or a GGUF file.")],
    why: Why,
    out: Out,
    user: As = None,
    json: Json = False,
) -> None:
    """Tune the chat model's adapters that serve again on a new base, by their recipes, and show old against new, task by task. Exit 1 if
    the gate refuses any.
    """
    with desk(user, "write", quiet=json) as (found, principal):
        made = found.upgrade(principal, base, out, why)
    if json:
        terminal.print_json(made)
    else:
        _list(made.releases, as_json=False)
        _table([dataclasses.asdict(one) for one in made.table])
    if not made.passed:
        raise typer.Exit(1)


@releases.command()
@prints("releases", "finfoundry.release.register:Register.releases")
def promote(
    release: Annotated[list[int], typer.Argument(metavar="ID…", help="One, or several that serve together or not at all.")],
    why: Why,
    user: As = None,
    json: Json = False,
) -> None:
    """Let releases serve. Who promotes is not who proposed. No request in flight is lost."""
    with desk(user, "admin") as (found, principal):
        _list(found.promote(principal, release, why), json)


@releases.command()
@prints("releases")
def rollback(
    why: Why,
    slot: Slot = MODEL,
    user: As = None,
    json: Json = False,
) -> None:
    """Undo the last promotion, with what was promoted in the same act; print what serves then."""
    with desk(user, "admin") as (found, principal):
        _list(found.rollback(principal, slot, why), json)


@releases.command()
@prints("encoder-reading", "finfoundry.release.serving_encoders:EncoderReading")
def ask(
    task: Annotated[str, typer.Argument(metavar="TASK", help="The task whose encoder serves.")],
    texts: Annotated[
        list[str], typer.Argument(metavar="TEXT…", help="A text, or of labels and scores those that the task sets side by side.")
    ],
    json: Json = False,
) -> None:
    """Ask the encoder that serves for a task: labels with probabilities, labelled spans, or a vector. Nothing is recorded.

    A vector is of the text as given: write it as the task's template does, or its match_template.
    """
    with desk(None) as (found, _):
        show_value(ReleasedEncoders(found.app.settings, found.app.database).read(task, texts), json)


@releases.command("list")
@prints("releases")
def list_releases(json: Json = False) -> None:
    """List all releases, the latest first; none serves = the model of the settings does."""
    with desk(None) as (found, _):
        _list(found.register.releases(), json)


@releases.command()
@prints("release")
def show(release: Annotated[int, typer.Argument(metavar="ID")], json: Json = False) -> None:
    """Show a release: evidence suite by suite, manifest, who decided what, when and why."""
    with desk(None) as (found, _):
        _tell(found.register.show(release), json)


def _candidate(found: ReleaseDesk, model: str, form: str) -> Candidate:
    return tuned(Path(model), form) if Path(model).is_dir() and form != BASE else base_of(found.app.settings, model)


def _show_choice(made: choose_point.PointChoice, as_json: bool) -> None:
    if as_json:
        terminal.print_json(made)
        return
    table = Table("point", "reward", "divergence", "forgotten", "release", "")
    for one in made.points:
        values = [f"{value:.3f}" for value in (one.reward, one.divergence, one.forgotten)]
        table.add_row(f"{one.share:.2f}", *values, str(one.release or ""), "passed" if one.passed else "; ".join(one.why))
    terminal.out.print(table)
    terminal.print_value(f"{made.why} (the start earns {made.start_reward:.3f})")


def _margins(given: Sequence[str]) -> dict[str, float]:
    """Raises InputError for what is no SUITE=SHARE."""
    found = {}
    for one in given:
        suite, _, share = one.rpartition("=")
        try:
            found[suite] = float(share)
        except ValueError:
            raise InputError(f"{one!r} is no margin", remedy="Write --margin SUITE=SHARE, such as --margin finre@1=0.05") from None
    return found


def _print_exam(exam: Exam, as_json: bool) -> None:
    if as_json:
        terminal.print_json(exam)
        return
    terminal.print_value(f"exam {exam.id} of {exam.slot}, fixed by {exam.fixed_by} {exam.fixed_at}: {exam.why}")
    table = Table("suite", "asked", "items", "margin", "items' digest")
    for name, terms in exam.suites.items():
        table.add_row(name, terms.role, str(terms.items), f"{terms.margin:.3f}" if terms.role == "keep" else "", terms.digest[:12])
    terminal.out.print(table)


def _list(found: list[Release], as_json: bool) -> None:
    if as_json:
        terminal.print_json(found)
        return
    table = Table("id", "slot", "name", "form", "sha256", "state", "proposed", "why")
    for one in found:
        table.add_row(
            str(one.id), one.slot, one.name, one.form, one.sha256[:12], one.state, f"{one.proposed_by} {one.proposed_at}", one.why
        )
    terminal.out.print(table if found else "the model of the settings serves")


def _tell(shown: Shown, as_json: bool) -> None:
    if as_json:
        terminal.print_json(shown)
        return
    _list([shown.release], as_json=False)
    _table(shown.verdict["findings"])
    for move in shown.moves:
        terminal.out.print(
            f"{move.at} {move.person}: {move.action} {move.slot}: {move.before or 'settings'} -> {move.release or 'settings'}: {move.why}"
            f" ({move.proof})"
        )


def _table(findings: list[dict[str, Any]]) -> None:
    table = Table("suite", "asked", "n", "measure", "serves", "candidate", "bound", "margin", "")
    for one in findings:
        values = [f"{one[key]:.3f}" for key in ("serving", "candidate")] + [f"{one['lower']:+.3f}", f"{one['margin']:.3f}"]
        table.add_row(one["suite"], one["role"], str(one["n"]), one["measure"], *values, "passed" if one["passed"] else one["why"])
    terminal.out.print(table)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(releases, name="release")
