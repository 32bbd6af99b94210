"""The institution's own words: ``finfoundry terms …``. Proposed by one person, approved by a second one, retired by either."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from finfoundry.app import open_app
from finfoundry.cli.options import As, Collection, Json, prints, show
from finfoundry.core.formulas import Show
from finfoundry.usecases.term_desk import TermDesk, entry_of, read_entries

terms = typer.Typer(
    help="Terms of your institution: synonyms, metrics by formulas, norms; approved by a second person.", no_args_is_help=True
)
Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="Its number in finfoundry terms list.")]


@terms.command()
@prints("terms", "finfoundry.usecases.term_desk:TermDesk.add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE.yaml", help="A name such as core_coverage, or a file of terms.")],
    en: Annotated[
        list[str] | None, typer.Option("--en", metavar="WORDS", help="What questions call it in English; repeat for more.")
    ] = None,
    zh: Annotated[
        list[str] | None, typer.Option("--zh", metavar="WORDS", help="What questions call it in Chinese; repeat for more.")
    ] = None,
    means: Annotated[
        str, typer.Option("--means", metavar="METRIC", help="The metric or formula that it names, or that a norm judges.")
    ] = "",
    printed: Annotated[str, typer.Option("--printed", metavar="LABEL", help="The line of documents that it names, as printed.")] = "",
    expression: Annotated[
        str, typer.Option("--expression", metavar="FORMULA", help="A metric by a formula: 'operating cash flow / interest expense'.")
    ] = "",
    form: Annotated[Show | None, typer.Option("--show", help="How a formula's value is shown [ratio, money, days by its form].")] = None,
    better: Annotated[Literal["higher", "lower"] | None, typer.Option("--better", help="Which direction is an improvement.")] = None,
    norm: Annotated[str | None, typer.Option("--norm", metavar="LEVEL", help="From which level on it is sound: 1.5, 12%.")] = None,
    definition: Annotated[str, typer.Option("--definition", metavar="TEXT", help="What it is, for people.")] = "",
    label: Annotated[str | None, typer.Option("--label", help="Who may use it [general: everybody].")] = None,
    redefines: Annotated[
        bool, typer.Option("--redefines", help="Its name, or one of its words, means something of the product, and means this here.")
    ] = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Propose a term, or the terms of a file, all or none. Nothing is in force before a second person approves it."""
    given = {
        "en": en or [], "zh": zh or [], "means": means, "printed": printed, "expression": expression, "show": form, "better": better,
        "norm": norm, "definition": definition, "label": label, "redefines": redefines,
    }  # fmt: skip
    entries = read_entries(Path(name)) if name.endswith((".yaml", ".yml")) else [entry_of(name, given)]
    with open_app() as app:
        show(TermDesk(app).add(app.maker(user, "write"), entries), json)


@terms.command("list")
@prints("terms")
def list_terms(
    state: Annotated[Literal["proposed", "approved", "retired"] | None, typer.Option("--state", help="Only these.")] = None,
    user: As = None,
    json: Json = False,
) -> None:
    """List the terms that the user may use, each version with its state, its proposer and its approver."""
    with open_app() as app:
        show(TermDesk(app).terms(app.principal(user), state), json)


@terms.command("show")
@prints("terms")
def show_versions(number: Number, user: As = None, json: Json = False) -> None:
    """Show a term with its other versions."""
    with open_app() as app:
        show(TermDesk(app).versions(app.principal(user), number), json)


@terms.command()
@prints("redefinitions", "finfoundry.usecases.term_desk:TermDesk.redefined")
def redefined(user: As = None, json: Json = False) -> None:
    """List what your institution redefined, each with what the product means by it. To go back: finfoundry terms retire ID."""
    with open_app() as app:
        show(TermDesk(app).redefined(app.principal(user)), json)


@terms.command("try")
@prints("term-trial", "finfoundry.usecases.term_desk:TermDesk.try_on")
def try_terms(
    question: Annotated[str, typer.Argument(help="The question, in Chinese or English.")],
    number: Annotated[list[int] | None, typer.Option("--term", metavar="ID", help="A proposed term; repeat for more.")] = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE.yaml", help="Terms that are not proposed yet.")] = None,
    collection: Collection = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Answer a question with terms that are not in force, next to the answer without them. No term is kept."""
    with open_app() as app:
        entries = read_entries(file) if file else []
        show(TermDesk(app).try_on(app.principal(user), question, entries, number or [], collection), json)


@terms.command()
@prints("terms")
def approve(
    number: Annotated[list[int], typer.Argument(metavar="ID…", help="Proposed terms, put in force together or not at all.")],
    user: As = None,
    json: Json = False,
) -> None:
    """Put proposed terms in force from the next question on. Who approves is not who proposed."""
    with open_app() as app:
        show(TermDesk(app).approve(app.maker(user, "write"), number), json)


@terms.command()
@prints("term", "finfoundry.usecases.term_desk:TermDesk.retire")
def retire(number: Number, user: As = None, json: Json = False) -> None:
    """End the use of a term from the next question on, or withdraw a proposal."""
    with open_app() as app:
        show(TermDesk(app).retire(app.maker(user, "write"), number), json)


@terms.command()
@prints("terms-file", "finfoundry.usecases.term_desk:TermDesk.export")
def export(
    out: Annotated[Path, typer.Option("--out", metavar="FILE.yaml", help="Gets the terms in force, as finfoundry terms add takes them.")],
    label: Annotated[str | None, typer.Option("--label", help="Only those under it.")] = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Write the terms in force that the user may read to a file."""
    with open_app() as app:
        show(TermDesk(app).export(app.principal(user), out, label), json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(terms, name="terms")
