"""How many printed runs of digits are in an account that is right: runs drawn over development filings, to be looked at.

python benchmarks/digit_accounts.py [FILE…] [--data DIR] [--runs N] [--filings M] [--seed N] [--keep FILE] [--jsonl OUT] [--judged FILE]

Prints each run with the line that it stands in, the headings over it, its account, and the fact that it became: 600 of 60 filings, as many
of each, PDFs and pages of HTML in Chinese and English. With ``right: true`` or ``false`` (and ``should``, the account that is right) added
to the rows of ``--jsonl``, ``--judged`` counts them by account. ``--keep`` writes the rows of each filing as they come, and goes on from
them.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from finfoundry.core.balance.digit_balance import ACCOUNTS
from finfoundry.core.document import Block, Cell, Fact
from finfoundry.evals.intervals import wilson
from finfoundry.knowledge.balance.balancing import every_run
from finfoundry.knowledge.balance.digit_runs import digits_of
from finfoundry.knowledge.balance.held_runs import HeldRun
from planted_losses import DATA, read

AROUND = 90  # characters on either side of a run
SHARES = (("en_filings/financebench/pdfs", 0.4), ("en_filings/ixbrl", 0.2), ("zh_filings/docs", 0.07), ("zh_tw/finance_text", 0.33))
Row = dict[str, object]


def main() -> None:
    given = _given()
    if given.judged:
        print_judged([json.loads(line) for line in given.judged.read_text(encoding="utf-8").splitlines()])
        return
    rows = [json.loads(line) for line in given.keep.read_text(encoding="utf-8").splitlines()] if given.keep and given.keep.exists() else []
    files = given.files or filings(given.data, given.filings)
    for path in files:
        if not any(row["paper"] == path.name for row in rows):
            found = list(drawn(path, max(1, given.runs // len(files)), given.seed))
            rows += found
            if given.keep:
                with given.keep.open("a", encoding="utf-8") as file:
                    file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in found)
    for number, row in enumerate(rows):
        told = f" = {row['fact']}" if row["fact"] else ""
        print(f"{number:4} {row['account']:9} {row['run']!s:14} {str(row['paper'])[:24]} p{row['page']}: {row['line']}{told}")
    print({account: sum(row["account"] == account for row in rows) for account in ACCOUNTS})
    if given.jsonl:
        given.jsonl.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _given() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("files", nargs="*", type=Path)
    arguments.add_argument("--data", type=Path, default=DATA, help="a folder with en_filings, zh_filings and zh_tw, where no file is named")
    arguments.add_argument("--runs", type=int, default=600)
    arguments.add_argument("--filings", type=int, default=60)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--keep", type=Path, help="a file of rows that are done: these filings are not read again")
    arguments.add_argument("--jsonl", type=Path, help="where to write the rows")
    arguments.add_argument("--judged", type=Path, help="rows that were looked at, to be counted")
    return arguments.parse_args()


def filings(data: Path, count: int) -> list[Path]:
    """Development filings of both languages, the smaller PDFs first, none of a blind part."""
    found = list[Path]()
    for folder, share in SHARES:
        files = sorted((path for path in (data / folder).glob("*.*") if path.name[0] != "."), key=lambda path: path.stat().st_size)
        found += files[: round(share * count)]
    if not found:
        raise SystemExit(f"The data is not there: {data} (--data DIR, or name files)")
    return found


def drawn(path: Path, count: int, seed: int) -> Iterator[Row]:
    """Runs of a filing, drawn without return, each with what a reader needs to judge its account."""
    paper = read(path)
    document, facts = paper.parsed.document, paper.facts
    runs = list(every_run(paper.prints, document, facts))
    tables = [block for page in document.pages for block in page.blocks if block.kind == "table"]
    places = defaultdict[tuple[object, ...], list[Fact]](list)
    for fact in facts:
        places[fact.table, fact.row, fact.column].append(fact)
    for page, text, account, held in random.Random(f"{seed} {path.name}").sample(runs, min(count, len(runs))):
        read_as = _fact(held, places) if account == "fact" else None
        told = f"{' › '.join(read_as.metric)} | {read_as.period} | {read_as.value:f} {read_as.unit}" if read_as else ""
        yield {
            "paper": path.name, "page": page, "run": text, "account": account, "why": held.why if held else "",
            "line": _line(held, tables), "fact": told,
        }  # fmt: skip


def _fact(held: HeldRun | None, places: Mapping[tuple[object, ...], list[Fact]]) -> Fact | None:
    if held is None or not isinstance(held.holder, Cell):
        return None
    found = places.get((held.table, held.holder.row, held.holder.column), [])
    return next((fact for fact in found if held.digits in digits_of(fact.text)), None)


def _line(held: HeldRun | None, tables: list[Block]) -> str:
    """The row of a table with the cell of the run in ⟦⟧ and the headings over it, or the text around it."""
    if held is None:
        return "(in no block)"
    if not isinstance(held.holder, Cell) or held.table is None:
        return f"[{held.holder.kind if isinstance(held.holder, Block) else ''}] {_around(held.holder.text, held.text)}"
    cell = held.holder
    block = tables[held.table]
    row = sorted((one for one in block.cells if one.row == cell.row), key=lambda one: one.column)
    over = [one.text for one in block.cells if one.row < cell.row and one.column <= cell.column < one.column + one.column_span][:2]
    shown = " | ".join(f"⟦{_short(one.text)}⟧" if one is cell else _short(one.text) for one in row[:9])
    return f"{shown}   over it: {' / '.join(map(_short, over))}"


def _short(text: str) -> str:
    return " ".join(text.split())[:60]


def _around(text: str, run: str) -> str:
    at = max(text.find(run), 0)
    return " ".join(f"{text[max(0, at - AROUND) : at]}⟦{run}⟧{text[at + len(run) : at + len(run) + AROUND]}".split())


def print_judged(rows: Iterable[Mapping[str, object]]) -> None:
    """The share of runs whose account is right, by account, with its 95 % interval; what is not judged is counted apart."""
    counts = defaultdict[str, Counter[bool]](Counter)
    unseen = 0
    for row in rows:
        if isinstance(row.get("right"), bool):
            counts[str(row["account"])][bool(row["right"])] += 1
        else:
            unseen += 1
    for account, found in counts.items():
        print(f"{account:10} right {found[True]:4} of {found.total():4}  {found[True] / found.total():7.2%}")
    together = sum(counts.values(), Counter[bool]())
    interval = wilson(together[True], together.total())
    print(f"{'all':10} right {together[True]:4} of {together.total():4}  {interval.value:7.2%} ({interval.low:.2%} to {interval.high:.2%})")
    print(f"not judged: {unseen}")


if __name__ == "__main__":
    main()
