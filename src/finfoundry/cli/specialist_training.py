"""The command ``finfoundry specialists train``: what is asked for, a line an option."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from finfoundry import terminal
from finfoundry.cli.specialists import As, Data, Folder, Json, Sql, open_desk, show

Family = Annotated[str, typer.Argument(metavar="FAMILY", help="credit, fraud, aml or market-risk.")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the specialist goes; its last part is its name.")]
Target = Annotated[str, typer.Option("--target", metavar="COL", help="The outcome, with two values.")]
Event = Annotated[str, typer.Option("--event", metavar="VALUE", help="The outcome to foresee; asked for where words do not say.")]
Time = Annotated[str | None, typer.Option("--time", metavar="COL", help="Dates or times: splits go forward in time.")]
DateOrder = Annotated[str, typer.Option("--date-order", metavar="ORDER", help="dmy or mdy: asked for where dates can be read both ways.")]
Fold = Annotated[str | None, typer.Option("--fold", metavar="COL", help="Rows of one value never part between fit and test.")]
Group = Annotated[str | None, typer.Option("--group", metavar="COLS", help="For fairness only; with commas several, and where they meet.")]
Id = Annotated[str | None, typer.Option("--id", metavar="COL", help="Names the rows; never an input.")]
Exclude = Annotated[str, typer.Option("--exclude", metavar="COLS", help="Columns to leave out, parted by commas.")]
Entity = Annotated[list[str] | None, typer.Option("--entity", metavar="COL", help="fraud: card, merchant …; repeat for more.")]
Amount = Annotated[str | None, typer.Option("--amount", metavar="COL", help="fraud, aml: the amount.")]
Transactions = Annotated[Path | None, typer.Option("--transactions", metavar="FILE", help="aml: the transfers.")]
Source = Annotated[str | None, typer.Option("--source", metavar="COL", help="aml: who pays.")]
Destination = Annotated[str | None, typer.Option("--destination", metavar="COL", help="aml: who is paid.")]
TransferTime = Annotated[str | None, typer.Option("--transfer-time", metavar="COL", help="aml: when.")]
Window = Annotated[float, typer.Option("--window", metavar="DAYS", help="aml: what counts as close in time.")]
Rising = Annotated[str, typer.Option("--rising", metavar="COLS", help="Numbers with which the risk may only rise.")]
Falling = Annotated[str, typer.Option("--falling", metavar="COLS", help="Numbers with which the risk may only fall.")]
Cuts = Annotated[
    list[str] | None, typer.Option("--cuts", metavar="COL=N,N", help="Bins drawn by a person; their effect is told. Repeat for more.")
]
Special = Annotated[
    list[float] | None, typer.Option("--special", metavar="CODE", help="A number that is no quantity, as -999; repeat for more.")
]
Delay = Annotated[float, typer.Option("--delay", metavar="DAYS", help="fraud: days until a label is known.")]
Alerts = Annotated[float | None, typer.Option("--alerts", metavar="SHARE", help="fraud, aml: how many rows people can look at.")]
AlertCost = Annotated[float | None, typer.Option("--alert-cost", metavar="MONEY", help="fraud: alert when the expected loss is more.")]
Prices = Annotated[str, typer.Option("--prices", metavar="COLS", help="market-risk: series of prices; all for all.")]
Returns = Annotated[str, typer.Option("--returns", metavar="COLS", help="market-risk: series of returns.")]
Champion = Annotated[str, typer.Option("--champion", metavar="MODEL", help="Which of both models scores; as the family has it.")]
VarLevel = Annotated[float, typer.Option("--var-level", metavar="LEVEL", help="market-risk: of the value at risk.")]
EsLevel = Annotated[float, typer.Option("--es-level", metavar="LEVEL", help="market-risk: of the expected shortfall.")]
Spreads = Annotated[str, typer.Option("--spreads", metavar="COLS", help="market-risk: spreads, rates: their change is at risk.")]
ReturnsIn = Annotated[str, typer.Option("--returns-in", metavar="UNIT", help="market-risk: parts or percent.")]
Purpose = Annotated[str, typer.Option("--purpose", help="Stands on the card.")]
Budget = Annotated[int, typer.Option("--budget", metavar="FOLDS", help="With fewer than five the others are left out; two at least.")]
LeastEvents = Annotated[int, typer.Option("--least-events", metavar="N", help="With fewer events training is refused.")]
Label = Annotated[str, typer.Option("--label", help="Who may read it may use the specialist in service and see its scores.")]
Seed = Annotated[int, typer.Option("--seed")]


def train(
    family: Family,
    out: Out,
    data: Data = None,
    sql: Sql = None,
    target: Target = "",
    event: Event = "",
    time: Time = None,
    date_order: DateOrder = "",
    fold: Fold = None,
    group: Group = None,
    id_: Id = None,
    exclude: Exclude = "",
    entity: Entity = None,
    amount: Amount = None,
    transactions: Transactions = None,
    source: Source = None,
    destination: Destination = None,
    transfer_time: TransferTime = None,
    window: Window = 10.0,
    rising: Rising = "",
    falling: Falling = "",
    cuts: Cuts = None,
    special: Special = None,
    delay: Delay = 7.0,
    alerts: Alerts = None,
    alert_cost: AlertCost = None,
    prices: Prices = "",
    returns: Returns = "",
    spreads: Spreads = "",
    returns_in: ReturnsIn = "",
    champion: Champion = "",
    var_level: VarLevel = 0.99,
    es_level: EsLevel = 0.975,
    purpose: Purpose = "",
    budget: Budget = 5,
    least_events: LeastEvents = 20,
    label: Label = "sensitive",
    seed: Seed = 0,
    user: As = None,
    json: Json = False,
) -> None:
    """Train champion and challenger side by side; figures are out of fold."""
    asked = dict(locals())
    with open_desk() as (app, desk), terminal.progress(quiet=json) as report:
        from finfoundry.usecases.run_specialist import Given

        request = _request(asked)
        show(desk.train(app.maker(user, "write"), request, out, Given(data, sql), report, label=label), json)


def bins(folder: Folder, data: Data = None, sql: Sql = None, cuts: Cuts = None, user: As = None, json: Json = False) -> None:
    """Show what bins drawn by hand would change: rates, trend, information value, AUC. Nothing is applied; train --cuts does that."""
    asked = dict(cuts_of(text) for text in cuts or ())
    with open_desk() as (app, desk):
        from finfoundry.usecases.run_specialist import Given
        from finfoundry.usecases.specialist_bins import preview_bins

        show(preview_bins(desk, app.principal(user), folder, Given(data, sql), asked), json)


_LISTS = ("exclude", "rising", "falling", "prices", "returns", "spreads")  # columns, parted by commas
_AS_GIVEN = (
    "family", "target", "event", "time", "fold", "group", "amount", "source", "destination", "transfer_time", "purpose", "seed", "alerts",
    "alert_cost", "returns_in", "champion", "var_level", "es_level", "date_order", "budget", "least_events",
)  # fmt: skip


def _request(asked: dict[str, Any]) -> Any:
    """Raises BadParameter."""
    from finfoundry.specialists.families.families import MARKET_RISK, NAMES
    from finfoundry.specialists.market.market_data import UNITS
    from finfoundry.specialists.models.specialist import TrainingRequest

    choices = {"family": NAMES, "returns_in": ("", *UNITS), "date_order": ("", "dmy", "mdy")}
    for name, allowed in choices.items():
        if asked[name] not in allowed:
            hint = name.upper() if name == "family" else f"--{name.replace('_', '-')}"
            raise typer.BadParameter(f"choose one of {', '.join(filter(None, allowed))}", param_hint=hint)
    if not asked["target"] and asked["family"] != MARKET_RISK:
        raise typer.BadParameter("name the outcome", param_hint="--target")
    transactions = asked["transactions"]
    plain: dict[str, Any] = {name: asked[name] for name in _AS_GIVEN} | {name: _columns(asked[name]) for name in _LISTS}
    return TrainingRequest(
        **plain,
        data=str(asked["data"] or "the query"), id=asked["id_"], entities=tuple(asked["entity"] or ()),
        transactions=str(transactions) if transactions else None, window_days=asked["window"], delay_days=asked["delay"],
        special=tuple(asked["special"] or ()), cuts=tuple(cuts_of(text) for text in asked["cuts"] or ()),
    )  # fmt: skip


def cuts_of(text: str) -> tuple[str, tuple[float, ...]]:
    """ "income=20000,50000". Raises BadParameter."""
    name, _, numbers = text.rpartition("=")
    try:
        return name, tuple(float(number) for number in numbers.split(","))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not COL=N,N", param_hint="--cuts") from None


def _columns(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def register(specialists: typer.Typer) -> None:
    """Add these commands to those of the specialists."""
    for command in (train, bins):
        specialists.command()(command)
