"""``finfoundry guards …``: what was decided about questions and answers, objections, and the tagger that decides."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finfoundry import terminal
from finfoundry.app import open_app
from finfoundry.cli.options import As, Json, prints, show
from finfoundry.governance.guards.guard_register import Wanted
from finfoundry.governance.guards.harms import Channel
from finfoundry.machine import read_settings
from finfoundry.usecases.guarding.head_fit import fit_head
from finfoundry.usecases.guarding.lexical_fit import fit_lexical
from finfoundry.usecases.guarding.tagger_gate import compare_taggers
from finfoundry.usecases.guarding.tagger_setup import data_with_objections, install_tagger, looked_at, tagger_data

guards = typer.Typer(help="What was refused and why, objections to it, and the tagger of harms.", no_args_is_help=True)


@guards.command()
@prints("guard-decisions", "finfoundry.governance.guards.guard_register:GuardRegister.decisions")
def decisions(user: As = None, json: Json = False) -> None:
    """List what was refused, handed over, warned of or logged: the user's own; for an administrator or auditor, all."""
    with open_app() as app:
        show(app.guard_register.decisions(app.principal(user)), json)


@guards.command("object")
@prints("guard-objection", "finfoundry.governance.guards.guard_register:GuardRegister.object_to")
def object_to(
    act: Annotated[str, typer.Argument(metavar="AUDIT_ID", help="The answer's audit_id.")],
    wanted: Annotated[Wanted, typer.Option("--wanted", help="How it should have been taken.")] = "answer",
    label: Annotated[str, typer.Option("--label", metavar="LABEL", help="With --wanted refuse: as which harm.")] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="For those who decide; kept in the audit, under your key.")] = "",
    user: As = None,
    json: Json = False,
) -> None:
    """Object to a refusal, or to an answer that should have been one. Somebody else upholds it or does not."""
    with open_app() as app:
        show(app.guard_register.object_to(app.principal(user), act, wanted, reason, label), json)


@guards.command()
@prints("guard-objections", "finfoundry.governance.guards.guard_register:GuardRegister.objections")
def objections(user: As = None, json: Json = False) -> None:
    """List objections: the user's own; for an administrator or auditor, all."""
    with open_app() as app:
        show(app.guard_register.objections(app.principal(user)), json)


@guards.command()
@prints("guard-ruling", "finfoundry.governance.guards.guard_register:GuardRegister.decide")
def rule(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Of the objection.")],
    uphold: Annotated[bool, typer.Option("--uphold/--dismiss", help="What becomes of it.")],
    json: Json = False,
) -> None:
    """Uphold or dismiss another person's objection, by the credential of the environment. What is upheld may be learned from."""
    with open_app() as app:
        show(app.guard_register.decide(app.maker(None, "audit"), number, uphold=uphold), json)


@guards.command()
@prints("guard-data", "finfoundry.usecases.guarding.tagger_setup:tagger_data")
def data(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for guard-harms.jsonl and guard-harms-unseen.jsonl.")],
    sets: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Public sets of harmful and harmless texts, too."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, other forms.")] = 0,
    objected: Annotated[bool, typer.Option("--objections", help="And the texts of upheld objections; for auditors.")] = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Write texts with their harms: to learn (recipe guard-tagger), and of families never learned, to measure."""
    if not objected:
        show(tagger_data(out, sets, seed), json)
        return
    with open_app() as app:
        show(data_with_objections(app, app.principal(user), out, sets, seed), json)


@guards.command()
@prints("tagger-fit", "finfoundry.usecases.guarding.head_fit:fit_head")
def fit(
    rows: Annotated[Path, typer.Argument(metavar="ROWS", help="The folder that `finfoundry guards data --out` wrote.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Gets the tagger.")],
    layer: Annotated[
        list[int] | None, typer.Option("--layer", min=1, max=12, help="Of the encoder, whose states are read; repeat. Else 6, 9 and 12.")
    ] = None,
    json: Json = False,
) -> None:
    """Fit a tagger that reads the states of the encoder that embeds, and what counts beside it: words, and the first layers of gemma-3-270m
    where that was pulled; with the bars of each.
    """
    with terminal.progress(quiet=json) as report:
        found = fit_head(read_settings(), rows, out, report, layer or ())
    show(found, json)


@guards.command("fit-words")
@prints("lexical-fit", "finfoundry.usecases.guarding.lexical_fit:fit_lexical")
def fit_words(
    rows: Annotated[Path, typer.Argument(metavar="ROWS", help="The folder that `finfoundry guards data --out` wrote.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Gets the tagger.")],
    json: Json = False,
) -> None:
    """Fit a tagger that knows texts by their words alone, in seconds, and its bars: what stands guard where no encoder was pulled."""
    show(fit_lexical(rows, out), json)


@guards.command()
@prints("tagger-verdict", "finfoundry.usecases.guarding.tagger_gate:compare_taggers")
def compare(
    rows: Annotated[Path, typer.Argument(metavar="ROWS", help="The folder that `finfoundry guards data --out` wrote.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the tagger that may take the place of the other.")],
    json: Json = False,
) -> None:
    """Compare a tagger with the one in service, by family of held-out texts; exits with 1 where it may not take its place."""
    with open_app() as app:
        found = compare_taggers(app.settings, app.tagger(), rows, folder)
    show(found, json)
    if not found.passed:
        raise typer.Exit(1)


@guards.command()
@prints("tagger-installed", "finfoundry.usecases.guarding.tagger_setup:install_tagger")
def install(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `finfoundry train guard-tagger --out` wrote.")],
    name: Annotated[str, typer.Option("--name", help="What FINFOUNDRY_TAGGER calls it.")] = "own",
    json: Json = False,
) -> None:
    """Put a tuned tagger into this home; FINFOUNDRY_TAGGER=NAME then has it used."""
    show(install_tagger(read_settings(), folder, name), json)


@guards.command()
@prints("guard-decision", "finfoundry.usecases.guarding.tagger_setup:looked_at")
def look(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A question, or a part of a paper or an answer.")],
    channel: Annotated[Channel, typer.Option("--channel", help="By which it comes.")] = "question",
    json: Json = False,
) -> None:
    """Say what the guards would decide about a text. Nothing is recorded."""
    with open_app() as app:
        show(looked_at(app, text, channel), json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(guards, name="guards")
