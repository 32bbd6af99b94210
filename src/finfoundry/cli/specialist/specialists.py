"""Commands of the specialists: ``finfoundry specialists …``. Their libraries are loaded only when one of them runs."""

from __future__ import annotations

import dataclasses
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from finfoundry import terminal
from finfoundry.app import App, open_app
from finfoundry.cli.options import prints, with_options
from finfoundry.core.answer import Answer
from finfoundry.core.errors import SettingsError
from finfoundry.specialists.families.families import names
from finfoundry.specialists.families.families import options as options_of

if TYPE_CHECKING:
    from finfoundry.usecases.run_specialist import Desk

specialists = typer.Typer(help=f"Small quantitative models: {', '.join(names())}.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON (schemas in docs/schemas).")]
As = Annotated[str | None, typer.Option("--as", metavar="USER", help="Act as this user; without it you are the home's administrator.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The specialist's folder.")]
Data = Annotated[Path | None, typer.Option("--data", metavar="FILE", help="CSV or Parquet.")]
Sql = Annotated[str | None, typer.Option("--sql", metavar="QUERY", help="In place of a file: one SELECT over the store's wide tables.")]


def show(value: Any, as_json: bool) -> None:
    """As JSON; or for a person: single values first, then figures and lists, each as a table under its name."""
    if as_json or not dataclasses.is_dataclass(value) or isinstance(value, Answer):
        terminal.print_json(value) if as_json else terminal.print_value(value)
        return
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.name != "gains"}  # for plots
    tables = {name: found for name, found in fields.items() if found and _is_table(found)}
    terminal.print_value({name: found for name, found in fields.items() if name not in tables})
    for name, found in tables.items():
        terminal.out.print(f"[bold]{name}[/]")
        if isinstance(found, dict):
            _print_figures(found if all(isinstance(one, dict) for one in found.values()) else {"": found})
        else:
            terminal.print_rows([field.name for field in dataclasses.fields(found[0])], found)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and dataclasses.is_dataclass(value[0]))


def _print_figures(models: dict[str, dict[str, Any]]) -> None:
    """One line a figure, one column a model, with the 95 % interval."""
    table = Table("", *models)
    for name in dict.fromkeys(name for figures in models.values() for name in figures):
        table.add_row(name, *(_figure(figures.get(name)) for figures in models.values()))
    terminal.out.print(table)


def _figure(figure: Any) -> str:
    if figure is None:
        return ""
    return f"{figure.value:.4f}" + (f" [{figure.low:.4f}, {figure.high:.4f}]".replace("[", "\\[") if figure.low is not None else "")


@contextmanager
def open_desk() -> Iterator[tuple[App, Desk]]:
    """The home with its specialists. Raises SettingsError where the extra is not installed."""
    try:
        from finfoundry.usecases.run_specialist import Desk
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("finfoundry"):
            raise
        raise SettingsError(f"Specialists need the package {error.name}", remedy="Run pip install 'finfoundry[specialists]'") from error
    with open_app() as app:
        yield app, Desk(app)


@specialists.command()
@with_options("validate", after="sql")
@prints("specialist-validation", "families:validate")
def validate(folder: Folder, options: dict[str, Any], data: Data = None, sql: Sql = None, user: As = None, json: Json = False) -> None:
    """Compare both models with what happened: figures with intervals, grades, time, stability, fairness."""
    with open_desk() as (app, desk):
        from finfoundry.usecases.given_data import Given

        show(desk.validate(app.principal(user), folder, Given(data, sql, options)), json)


@specialists.command()
@with_options("score", after="sql")
@prints("specialist-scores", "families:score")
def score(
    folder: Folder,
    options: dict[str, Any],
    data: Data = None,
    sql: Sql = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the rows there: .csv or .jsonl.")] = None,
    reasons: Annotated[bool, typer.Option("--reasons", help="Up to five reasons a row; with base and rest they sum to the score.")] = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Score every row; rows that depart from the schema are returned with why. The batch is audited."""
    with open_desk() as (app, desk), terminal.progress(quiet=json) as report:
        from finfoundry.usecases.given_data import Given

        given = Given(data, sql, options)
        found = desk.score(app.principal(user), folder, given, reasons=reasons, out=out, report=report)
    show(found if json or out or _beside_rows(options) else found.rows, json)
    for warning in () if json else found.warnings:
        terminal.err.print(f"[yellow]{warning}[/]", soft_wrap=True)


@specialists.command("read")
@prints("specialist-read", "finfoundry.usecases.run_specialist:Desk.read")
def read_(data: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, Excel or Parquet.")], json: Json = False) -> None:
    """A dry run: how a file is read, and what its columns are taken for. Nothing is trained, scored or kept."""
    with open_desk() as (_, desk):
        show(desk.read(data), json)


def _beside_rows(given: dict[str, Any]) -> bool:
    """Whether an option was given whose figures are printed next to the rows, not in them."""
    return any(option.beside_rows and given[option.name] for option, _ in options_of("score"))


@specialists.command()
@prints("specialist-payments", "finfoundry.specialists.families.fraud.payment_intake:PaymentIntake.enter")
def payments(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The fraud specialist in use.")],
    data: Data = None,
    sql: Sql = None,
    score: Annotated[bool, typer.Option("--score/--no-score", help="Score the payments as of their times.")] = True,
    reasons: Annotated[bool, typer.Option("--reasons", help="Up to five reasons a payment.")] = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Enter payments, each once by its id, and labels (the target's column) into what the windows in service look back on."""
    with open_desk() as (app, desk), terminal.progress(quiet=json) as report:
        from finfoundry.usecases.given_data import Given

        show(desk.enter(app.principal(user), name, Given(data, sql), score=score, reasons=reasons, report=report), json)


@specialists.command()
@with_options("monitor", after="sql")
@prints("specialist-monitoring", "finfoundry.usecases.run_specialist:Desk.monitor")
def monitor(
    folder: Folder,
    options: dict[str, Any],
    data: Data = None,
    sql: Sql = None,
    user: As = None,
    json: Json = False,
) -> None:
    """What has moved since training: inputs, score, refusals, groups. Writes DIR/monitor.html."""
    with open_desk() as (app, desk):
        from finfoundry.usecases.given_data import Given

        show(desk.monitor(app.principal(user), folder, Given(data, sql, options)), json)


@specialists.command()
@prints("specialist-card", "finfoundry.usecases.run_specialist:Desk.card")
def card(folder: Folder, json: Json = False) -> None:
    """Write the model card, DIR/card.html and DIR/card.md."""
    with open_desk() as (_, desk):
        show(desk.card(folder), json)


@specialists.command()
def sql(folder: Folder, table: Annotated[str, typer.Option("--table", metavar="NAME", help="The table to score.")] = "applicants") -> None:
    """Print a scorecard as one SELECT, with points, probability and grade; it checks no schema."""
    with open_desk() as (_, desk):
        from finfoundry.specialists.models.sql_export import scorecard_sql

        typer.echo(scorecard_sql(desk.families.open(folder).made, table))


@specialists.command()
@prints("specialist-onnx", "finfoundry.specialists.models.onnx_export:write_onnx")
def onnx(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The graph, FILE.onnx.")],
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="scorecard or challenger; by default the champion.")] = None,
    json: Json = False,
) -> None:
    """Write the model as an ONNX graph: columns in, score, probability and grade out, in doubles; it checks no schema."""
    with open_desk() as (_, desk):
        from finfoundry.specialists.models.onnx_export import write_onnx

        show(write_onnx(desk.families.open(folder).made, out, model), json)


@specialists.command("list")
@prints("specialists", "finfoundry.specialists.lifecycle.registry:Registry.versions")
def list_(json: Json = False) -> None:
    """List every registered version."""
    with open_desk() as (_, desk):
        show(desk.registry.versions(), json)


@specialists.command()
@prints("specialist-policy", "finfoundry.usecases.run_specialist:Desk.policy")
def policy(
    folder: Folder,
    data: Data = None,
    sql: Sql = None,
    cutoff: Annotated[
        str | None, typer.Option("--cutoff", metavar="SCORE", help="Without it, the one with the most profit on the data.")
    ] = None,
    gain: Annotated[str, typer.Option("--gain", metavar="MONEY", help="Of an approved row without the event.")] = "1",
    loss: Annotated[str, typer.Option("--loss", metavar="MONEY", help="Of an approved row with it.")] = "10",
    against: Annotated[Path | None, typer.Option("--against", metavar="DIR", help="Another specialist: the rows that swap.")] = None,
    against_cutoff: Annotated[str | None, typer.Option("--against-cutoff", metavar="SCORE", help="Its cut-off.")] = None,
    put_in_force: Annotated[bool, typer.Option("--set", help="Put the cut-off in force; not by the one who trained.")] = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Weigh a cut-off by profit and swap set on rows with outcomes; --set puts it in force."""
    with open_desk() as (app, desk):
        from finfoundry.usecases.given_data import Given
        from finfoundry.usecases.specialist_policies import AskedPolicy

        money = [_amount(text, name) for text, name in ((gain, "--gain"), (loss, "--loss"))]
        cuts = [
            None if text is None else _amount(text, name) for text, name in ((cutoff, "--cutoff"), (against_cutoff, "--against-cutoff"))
        ]
        asked = AskedPolicy(money[0], money[1], cuts[0], against, cuts[1], put_in_force)
        show(desk.policy(app.maker(user), folder, asked, Given(data, sql)), json)


def _amount(text: str, name: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"{text!r} is no number", param_hint=name) from None
    if not found.is_finite():
        raise typer.BadParameter(f"{text!r} is no number", param_hint=name)
    return found


@specialists.command()
@prints("specialist-replay", "finfoundry.usecases.run_specialist:Desk.replay")
def replay(record: str, user: As = None, json: Json = False) -> None:
    """Compute an audited batch of scores again, to the last digit; exit 1 if one differs."""
    with open_desk() as (app, desk):
        found = desk.replay(app.principal(user), record)
    show(found, json)
    if not found.ok:
        raise typer.Exit(1)


@specialists.command()
@with_options("explain", after="audience")
@prints("answer")
def explain(
    folder: Folder,
    options: dict[str, Any],
    row: Annotated[str, typer.Option("--row", metavar="ID", help="A row that was scored.")],
    language: Annotated[str, typer.Option("--language", help="zh or en.")] = "en",
    audience: Annotated[str | None, typer.Option("--audience", help="customer, officer, validator or investigator.")] = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Put a score into words from its reasons; every figure is bound to the score, or the text is withheld."""
    from finfoundry.usecases.narratives.narrate import AUDIENCES

    if language not in ("zh", "en"):
        raise typer.BadParameter("zh or en", param_hint="--language")
    if audience not in (None, *AUDIENCES):
        raise typer.BadParameter(", ".join(AUDIENCES), param_hint="--audience")
    with open_desk() as (app, desk):
        show(desk.explain(app.principal(user), folder, row, language, audience, options), json)


@specialists.command()
@prints("specialist-demo", "finfoundry.demo.specialists:DemoPage")
def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR")] = Path("specialists-demo"),
    browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page.")] = True,
    json: Json = False,
) -> None:
    """Train the four families of numbers on data made here, let each be validated and promoted, and open a page about them."""
    with open_desk() as (app, desk), terminal.progress(quiet=json) as report:
        from finfoundry.demo.specialists import run

        made = run(app, desk, out, report)
    show(made, json)
    if browser and not json:
        webbrowser.open(Path(made.page).resolve().as_uri())


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(specialists, name="specialists")
