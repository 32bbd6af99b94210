"""``finfoundry chains …``: chains of causes held against papers, and the rows to learn them from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finfoundry.cli.options import Json, prints, show
from finfoundry.machine import text_or_file
from finfoundry.usecases.chains.chain_rows import check_chain, write_rows

chains = typer.Typer(help="Chains cause -> ... -> conclusion: checked against papers, and made to be learned.", no_args_is_help=True)


@chains.command()
@prints("checked-chain", "finfoundry.usecases.chains.chain_rows:check_chain")
def check(
    chain: Annotated[str, typer.Argument(metavar="CHAIN", help="Steps joined by ->, or the path of a file with them.")],
    papers: Annotated[list[Path], typer.Argument(metavar="PAPER...", help="What the steps are held against.", exists=True, dir_okay=False)],
    json: Json = False,
) -> None:
    """Hold a chain, as a model wrote it, against papers: each step, and whether it leads to the next. Nothing is stored."""
    found = check_chain(text_or_file(chain), papers)
    show(found, json)
    if not found.sound:
        raise typer.Exit(1)


@chains.command()
@prints("chain-data", "finfoundry.usecases.chains.chain_rows:write_rows")
def data(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Gets chain-conclusion.jsonl and chain-links.jsonl.")],
    each: Annotated[int, typer.Option("--each", min=1, max=10_000, help="Memos of each case and language.")] = 40,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, other companies.")] = 0,
    sets: Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Pairs of cause and effect of fincqa, too.")] = None,
    written: Annotated[
        Path | None, typer.Option("--written", metavar="FILE", help="Memos that people wrote, with their chains, too.")
    ] = None,
    json: Json = False,
) -> None:
    """Write credit memos about companies that do not exist, with conclusions and chains (recipe chains-cpu)."""
    show(write_rows(out, each, seed, sets, written), json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(chains, name="chains")
