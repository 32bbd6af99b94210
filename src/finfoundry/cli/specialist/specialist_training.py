"""The command ``finfoundry specialists train``: what is asked for, a line an option."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from finfoundry import terminal
from finfoundry.cli.options import prints, with_options
from finfoundry.cli.specialist.specialists import As, Data, Folder, Json, Sql, open_desk, show
from finfoundry.specialists.families.families import family_named, names
from finfoundry.specialists.families.families import options as options_of
from finfoundry.specialists.families.family import Option

Family = Annotated[str, typer.Argument(metavar="FAMILY", help=f"{', '.join(names()[:-1])} or {names()[-1]}.")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the specialist goes; its last part is its name.")]
Target = Annotated[str, typer.Option("--target", metavar="COL", help="The outcome, with two values.")]
Event = Annotated[str, typer.Option("--event", metavar="VALUE", help="The outcome to foresee; asked for where words do not say.")]
Time = Annotated[str | None, typer.Option("--time", metavar="COL", help="Dates or times: splits go forward in time.")]
DateOrder = Annotated[str, typer.Option("--date-order", metavar="ORDER", help="dmy or mdy: asked for where dates can be read both ways.")]
Fold = Annotated[str | None, typer.Option("--fold", metavar="COL", help="Rows of one value never part between fit and test.")]
Group = Annotated[str | None, typer.Option("--group", metavar="COLS", help="For fairness only; with commas several, and where they meet.")]
Id = Annotated[str | None, typer.Option("--id", metavar="COL", help="Names the rows; never an input.")]
Exclude = Annotated[str, typer.Option("--exclude", metavar="COLS", help="Columns to leave out, parted by commas.")]
Rising = Annotated[str, typer.Option("--rising", metavar="COLS", help="Numbers with which the risk may only rise.")]
Falling = Annotated[str, typer.Option("--falling", metavar="COLS", help="Numbers with which the risk may only fall.")]
Cuts = Annotated[
    list[str] | None, typer.Option("--cuts", metavar="COL=N,N", help="Bins drawn by a person; their effect is reported. Repeat for more.")
]
Special = Annotated[
    list[float] | None, typer.Option("--special", metavar="CODE", help="A number that is no quantity, as -999; repeat for more.")
]
Champion = Annotated[str, typer.Option("--champion", metavar="MODEL", help="Which of both models scores; as the family has it.")]
Purpose = Annotated[str, typer.Option("--purpose", help="Stands on the card.")]
Budget = Annotated[int, typer.Option("--budget", metavar="FOLDS", help="With fewer than five the others are left out; two at least.")]
LeastEvents = Annotated[int, typer.Option("--least-events", metavar="N", help="With fewer events training is refused.")]
Label = Annotated[str, typer.Option("--label", help="Who may read it may use the specialist in service and see its scores.")]
Seed = Annotated[int, typer.Option("--seed")]


@with_options("train", after="exclude")
@prints("specialist-trained", "finfoundry.usecases.run_specialist:Desk.train")
def train(
    family: Family,
    out: Out,
    options: dict[str, Any],
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
    rising: Rising = "",
    falling: Falling = "",
    cuts: Cuts = None,
    special: Special = None,
    champion: Champion = "",
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
        from finfoundry.usecases.given_data import Given

        request = _request(asked)
        show(desk.train(app.maker(user, "write"), request, out, Given(data, sql), report, label=label), json)


@prints("specialist-bins", "finfoundry.usecases.specialist_bins:preview_bins")
def bins(folder: Folder, data: Data = None, sql: Sql = None, cuts: Cuts = None, user: As = None, json: Json = False) -> None:
    """Show what bins drawn by hand would change: rates, trend, information value, AUC. Nothing is applied; train --cuts does that."""
    asked = dict(cuts_of(text) for text in cuts or ())
    with open_desk() as (app, desk):
        from finfoundry.usecases.given_data import Given
        from finfoundry.usecases.specialist_bins import preview_bins

        show(preview_bins(desk, app.principal(user), folder, Given(data, sql), asked), json)


_LISTS = ("exclude", "rising", "falling")  # columns, parted by commas
_AS_GIVEN = (
    "family", "target", "event", "time", "fold", "group", "purpose", "seed", "champion", "date_order", "budget", "least_events",
)  # fmt: skip


def _request(asked: dict[str, Any]) -> Any:
    """Raises BadParameter."""
    from finfoundry.specialists.models.specialist import TrainingRequest

    given: dict[str, Any] = asked["options"]
    choices: dict[str, tuple[str, ...]] = {"family": names(), "date_order": ("", "dmy", "mdy")}
    choices |= {option.name: (option.default, *option.choices) for option, _ in options_of("train") if option.choices}
    for name, allowed in choices.items():
        if (asked | given)[name] not in allowed:
            hint = name.upper() if name == "family" else f"--{name.replace('_', '-')}"
            raise typer.BadParameter(f"choose one of {', '.join(filter(None, allowed))}", param_hint=hint)
    if not asked["target"] and family_named(asked["family"]).needs_target:
        raise typer.BadParameter("name the outcome", param_hint="--target")
    plain: dict[str, Any] = {name: asked[name] for name in _AS_GIVEN} | {name: _columns(asked[name]) for name in _LISTS}
    return TrainingRequest(
        **plain, **_of_families(given), data=str(asked["data"] or "the query"), id=asked["id_"],
        special=tuple(asked["special"] or ()), cuts=tuple(cuts_of(text) for text in asked["cuts"] or ()),
    )  # fmt: skip


def _of_families(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of ``TrainingRequest`` that the families' options fill; what has none is in ``own``."""
    from finfoundry.specialists.models.specialist import TrainingRequest

    fields = {field.name for field in dataclasses.fields(TrainingRequest)}
    found, own = {}, {}
    for option, _ in options_of("train"):
        name, value = option.field or option.name, _plain(option, given[option.name])
        if name in fields:
            found[name] = value
        elif value != option.default:
            own[name] = value
    return {**found, "own": own}


def _plain(option: Option, value: Any) -> Any:
    if option.kind == "columns":
        return _columns(value)
    if option.kind == "texts":
        return tuple(value or ())
    return str(value) if option.kind == "file" and value else value


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
