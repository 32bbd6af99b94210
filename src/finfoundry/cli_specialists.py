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
from finfoundry.core.answer import Answer
from finfoundry.core.errors import SettingsError

if TYPE_CHECKING:
    from finfoundry.specialist_desk import Desk

specialists = typer.Typer(help="Small quantitative models: credit, fraud, aml, market-risk.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON (schemas in docs/schemas).")]
As = Annotated[str | None, typer.Option("--as", metavar="USER", help="Act as this user; without it you are the home's administrator.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The specialist's folder.")]
Data = Annotated[Path | None, typer.Option("--data", metavar="FILE", help="CSV or Parquet.")]
Sql = Annotated[str | None, typer.Option("--sql", metavar="QUERY", help="In place of a file: one SELECT over the store's wide tables.")]
Transactions = Annotated[Path | None, typer.Option("--transactions", metavar="FILE", help="aml: the transfers, if not those of training.")]


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
        from finfoundry.specialist_desk import Desk
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("finfoundry"):
            raise
        raise SettingsError(f"Specialists need the package {error.name}", remedy="Run pip install 'finfoundry[specialists]'") from error
    with open_app() as app:
        yield app, Desk(app)


@specialists.command()
def train(
    family: Annotated[str, typer.Argument(metavar="FAMILY", help="credit, fraud, aml or market-risk.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the specialist goes; its last part is its name.")],
    data: Data = None,
    sql: Sql = None,
    target: Annotated[str, typer.Option("--target", metavar="COL", help="The outcome, with two values.")] = "",
    event: Annotated[str, typer.Option("--event", metavar="VALUE", help="The outcome to foresee; asked for where words do not say.")] = "",
    time: Annotated[str | None, typer.Option("--time", metavar="COL", help="Dates or times: splits go forward in time.")] = None,
    date_order: Annotated[
        str, typer.Option("--date-order", metavar="ORDER", help="dmy or mdy: asked for where dates can be read both ways.")
    ] = "",
    fold: Annotated[str | None, typer.Option("--fold", metavar="COL", help="Rows of one value never part between fit and test.")] = None,
    group: Annotated[str | None, typer.Option("--group", metavar="COL", help="For fairness only; never an input.")] = None,
    id_: Annotated[str | None, typer.Option("--id", metavar="COL", help="Names the rows; never an input.")] = None,
    exclude: Annotated[str, typer.Option("--exclude", metavar="COLS", help="Columns to leave out, parted by commas.")] = "",
    entity: Annotated[list[str] | None, typer.Option("--entity", metavar="COL", help="fraud: card, merchant …; repeat for more.")] = None,
    amount: Annotated[str | None, typer.Option("--amount", metavar="COL", help="fraud, aml: the amount.")] = None,
    transactions: Annotated[Path | None, typer.Option("--transactions", metavar="FILE", help="aml: the transfers.")] = None,
    source: Annotated[str | None, typer.Option("--source", metavar="COL", help="aml: who pays.")] = None,
    destination: Annotated[str | None, typer.Option("--destination", metavar="COL", help="aml: who is paid.")] = None,
    rising: Annotated[str, typer.Option("--rising", metavar="COLS", help="Numbers with which the risk may only rise.")] = "",
    falling: Annotated[str, typer.Option("--falling", metavar="COLS", help="Numbers with which the risk may only fall.")] = "",
    cuts: Annotated[
        list[str] | None,
        typer.Option("--cuts", metavar="COL=N,N", help="Bins drawn by a person; their effect is told. Repeat for more."),
    ] = None,
    special: Annotated[
        list[float] | None, typer.Option("--special", metavar="CODE", help="A number that is no quantity, as -999; repeat for more.")
    ] = None,
    delay: Annotated[float, typer.Option("--delay", metavar="DAYS", help="fraud: days until a label is known.")] = 7.0,
    alerts: Annotated[float | None, typer.Option("--alerts", metavar="SHARE", help="fraud, aml: how many rows people can look at.")] = None,
    alert_cost: Annotated[
        float | None, typer.Option("--alert-cost", metavar="MONEY", help="fraud: alert when the expected loss is more.")
    ] = None,
    prices: Annotated[str, typer.Option("--prices", metavar="COLS", help="market-risk: series of prices; all for all.")] = "",
    returns: Annotated[str, typer.Option("--returns", metavar="COLS", help="market-risk: series of returns.")] = "",
    spreads: Annotated[str, typer.Option("--spreads", metavar="COLS", help="market-risk: spreads, rates: their change is at risk.")] = "",
    returns_in: Annotated[str, typer.Option("--returns-in", metavar="UNIT", help="market-risk: parts or percent.")] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="Stands on the card.")] = "",
    budget: Annotated[float, typer.Option("--budget", metavar="SECONDS", help="Past it, the search for settings is cut short.")] = 900.0,
    label: Annotated[
        str, typer.Option("--label", help="Who may read it may use the specialist in service and see its scores.")
    ] = "sensitive",
    seed: Annotated[int, typer.Option("--seed")] = 0,
    user: As = None,
    json: Json = False,
) -> None:
    """Train champion and challenger side by side; figures are out of fold."""
    with open_desk() as (app, desk), terminal.progress(quiet=json) as report:
        from finfoundry.specialist_desk import Given
        from finfoundry.specialists.families import MARKET_RISK, NAMES
        from finfoundry.specialists.market_data import UNITS
        from finfoundry.specialists.specialist import Request

        if family not in NAMES:
            raise typer.BadParameter(f"choose one of {', '.join(NAMES)}", param_hint="FAMILY")
        if returns_in not in ("", *UNITS):
            raise typer.BadParameter(f"choose one of {', '.join(UNITS)}", param_hint="--returns-in")
        if date_order not in ("", "dmy", "mdy"):
            raise typer.BadParameter("choose dmy or mdy", param_hint="--date-order")
        if not target and family != MARKET_RISK:
            raise typer.BadParameter("name the outcome", param_hint="--target")
        request = Request(
            family=family, data=str(data or "the query"), target=target, event=event, time=time, fold=fold, group=group, id=id_,
            exclude=_columns(exclude),
            entities=tuple(entity or ()), amount=amount, transactions=str(transactions) if transactions else None, source=source,
            destination=destination, rising=_columns(rising), falling=_columns(falling), purpose=purpose, delay_days=delay, seed=seed,
            special=tuple(special or ()), cuts=tuple(_cuts(text) for text in cuts or ()), budget=budget, alerts=alerts,
            alert_cost=alert_cost, prices=_columns(prices), returns=_columns(returns), spreads=_columns(spreads),
            returns_in=returns_in,
            date_order="dmy" if date_order == "dmy" else "mdy" if date_order else "",
        )  # fmt: skip
        given = Given(data, sql)
        show(desk.train(app.maker(user, "write"), request, out, given, report, label=label), json)


def _cuts(text: str) -> tuple[str, tuple[float, ...]]:
    """ "income=20000,50000"."""
    name, _, numbers = text.rpartition("=")
    try:
        return name, tuple(float(number) for number in numbers.split(","))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not COL=N,N", param_hint="--cuts") from None


def _columns(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


@specialists.command()
def validate(
    folder: Folder, data: Data = None, sql: Sql = None, transactions: Transactions = None, user: As = None, json: Json = False
) -> None:
    """Compare both models with what happened: figures with intervals, grades, time, stability, fairness."""
    with open_desk() as (app, desk):
        from finfoundry.specialist_desk import Given

        show(desk.validate(app.principal(user), folder, Given(data, sql, transactions)), json)


@specialists.command()
def score(
    folder: Folder,
    data: Data = None,
    sql: Sql = None,
    transactions: Transactions = None,
    scenarios: Annotated[
        Path | None, typer.Option("--scenarios", metavar="FILE", help="market-risk: a name and a return a series.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the rows there: .csv or .jsonl.")] = None,
    reasons: Annotated[bool, typer.Option("--reasons", help="Up to five reasons a row; with base and rest they sum to the score.")] = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Score every row; rows that depart from the schema are returned with why. The batch is audited."""
    with open_desk() as (app, desk), terminal.progress(quiet=json) as report:
        from finfoundry.specialist_desk import Given

        given = Given(data, sql, transactions)
        found = desk.score(app.principal(user), folder, given, reasons=reasons, out=out, scenarios=scenarios, report=report)
    show(found if json or out else found.rows, json)
    for warning in () if json else found.warnings:
        terminal.err.print(f"[yellow]{warning}[/]", soft_wrap=True)


@specialists.command("read")
def read_(data: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, Excel or Parquet.")], json: Json = False) -> None:
    """A dry run: how a file is read, and what its columns are taken for. Nothing is trained, scored or kept."""
    with open_desk() as (_, desk):
        show(desk.read(data), json)


@specialists.command()
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
        from finfoundry.specialist_desk import Given

        show(desk.enter(app.principal(user), name, Given(data, sql), score=score, reasons=reasons, report=report), json)


@specialists.command()
def monitor(
    folder: Folder, data: Data = None, sql: Sql = None, transactions: Transactions = None, user: As = None, json: Json = False
) -> None:
    """What has moved since training: inputs, score, refusals, groups. Writes DIR/monitor.html."""
    with open_desk() as (app, desk):
        from finfoundry.specialist_desk import Given

        show(desk.monitor(app.principal(user), folder, Given(data, sql, transactions)), json)


@specialists.command()
def card(folder: Folder, json: Json = False) -> None:
    """Write the model card, DIR/card.html and DIR/card.md."""
    with open_desk() as (_, desk):
        show(desk.card(folder), json)


@specialists.command()
def sql(folder: Folder, table: Annotated[str, typer.Option("--table", metavar="NAME", help="The table to score.")] = "applicants") -> None:
    """Print a scorecard as one SELECT, with points, probability and grade; it checks no schema."""
    with open_desk():
        from finfoundry.specialists.specialist import load
        from finfoundry.specialists.sql_export import scorecard_sql

        typer.echo(scorecard_sql(load(folder), table))


@specialists.command("list")
def list_(json: Json = False) -> None:
    """List every registered version."""
    with open_desk() as (_, desk):
        show(desk.registry.versions(), json)


@specialists.command()
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
        from finfoundry.specialist_desk import Given
        from finfoundry.specialist_policies import AskedPolicy

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
def replay(record: str, user: As = None, json: Json = False) -> None:
    """Compute an audited batch of scores again, to the last digit; exit 1 if one differs."""
    with open_desk() as (app, desk):
        found = desk.replay(app.principal(user), record)
    show(found, json)
    if not found.ok:
        raise typer.Exit(1)


@specialists.command()
def explain(
    folder: Folder,
    row: Annotated[str, typer.Option("--row", metavar="ID", help="A row that was scored.")],
    language: Annotated[str, typer.Option("--language", help="zh or en.")] = "en",
    audience: Annotated[str | None, typer.Option("--audience", help="customer, officer, validator or investigator.")] = None,
    transactions: Transactions = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Put a score into words from its reasons; every figure is bound to the score, or the text is withheld."""
    from finfoundry.agent.narrate import AUDIENCES

    if language not in ("zh", "en"):
        raise typer.BadParameter("zh or en", param_hint="--language")
    if audience not in (None, *AUDIENCES):
        raise typer.BadParameter(", ".join(AUDIENCES), param_hint="--audience")
    with open_desk() as (app, desk):
        show(desk.explain(app.principal(user), folder, row, language, audience, transactions), json)


@specialists.command()
def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR")] = Path("specialists-demo"),
    browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page.")] = True,
    json: Json = False,
) -> None:
    """Train credit and fraud on data made here and open a page about them."""
    with open_desk() as (app, desk), terminal.progress(quiet=json) as report:
        from finfoundry.specialist_demo import run

        made = run(desk, app.administrator, out, report)
    show(made, json)
    if browser and not json:
        webbrowser.open(Path(made.page).resolve().as_uri())


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(specialists, name="specialists")
