"""How many losses the balance of digits notices: parts of parsed papers are dropped or changed, each alone, and the certificate must tell.

python benchmarks/planted_losses.py [FILE…] [--data DIR] [--plants N] [--seed N]

Prints for each kind of loss the share that was noticed, and for the papers as they are how many runs of digits are lost on them: whether
these are losses or false alarms is told by looking (``--show N`` prints the first of each paper). What is dropped is dropped between
reading and the certificate, with the facts that come from it; what the file prints is taken before.
"""

from __future__ import annotations

import argparse
import copy
import gzip
import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from finfoundry.core.document import Block, Cell, Document, Fact, Parsed
from finfoundry.knowledge.balance.balancing import balance_of
from finfoundry.knowledge.balance.digit_runs import digits_of
from finfoundry.knowledge.balance.lost_labels import label_losses
from finfoundry.knowledge.balance.pieces import Printed
from finfoundry.knowledge.balance.printed import printed
from finfoundry.knowledge.balance.tagged_figures import tag_losses
from finfoundry.knowledge.balance.value_digits import other_digits
from finfoundry.knowledge.ingest.parse_file import parse

LONGEST_PAGE = 3  # digits of the number of a page
DATA = Path(os.environ.get("FINFOUNDRY_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


@dataclass(slots=True)
class Paper:
    """A paper as it was read, what it prints, and where its tables are: the page and the block of each, by number."""

    name: str
    parsed: Parsed
    prints: Printed
    tables: list[tuple[int, int]]

    @property
    def facts(self) -> list[Fact]:
        return self.parsed.facts


Changed = tuple[Document, list[Fact]]
Plant = Callable[[Paper, random.Random], Changed | None]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("files", nargs="*", type=Path)
    arguments.add_argument("--data", type=Path, default=DATA, help="a folder with en_filings and zh_filings, where no file is named")
    arguments.add_argument("--plants", type=int, default=20, help="of each kind, on each paper")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--show", type=int, default=0, help="lost runs of each paper as it is, and losses that nobody noticed")
    given = arguments.parse_args()
    noticed: dict[str, Counter[bool]] = defaultdict(Counter)
    for path in given.files or _papers(given.data):
        paper = read(path)
        clean = _told(paper, paper.parsed.document, paper.facts)
        _show(paper, given.show)
        for kind, plant in PLANTS.items():
            chance = random.Random(f"{given.seed} {kind} {paper.name}")
            for _ in range(given.plants):
                if (changed := plant(paper, chance)) is not None:
                    found = bool(_told(paper, *changed) - clean)
                    noticed[kind][found] += 1
    for kind, counts in noticed.items():
        print(f"{kind:28} noticed {counts[True]:5} of {counts.total():5}  {counts[True] / counts.total():7.2%}")
    together = sum(noticed.values(), Counter[bool]())
    print(f"{'all':28} noticed {together[True]:5} of {together.total():5}  {together[True] / max(together.total(), 1):7.2%}")


def _papers(data: Path) -> list[Path]:
    """Ten papers of both languages: PDFs, a page of HTML, filings with tags."""
    pdfs = sorted((data / "en_filings" / "financebench" / "pdfs").glob("*.pdf"))[::7]
    found = [*pdfs, *sorted((data / "zh_filings" / "docs").glob("*.[ph]*")), *sorted((data / "en_filings" / "ixbrl").glob("*.gz"))[::6]]
    if not found:
        raise SystemExit(f"The data is not there: {data} (--data DIR, or name files)")
    return found


def read(path: Path) -> Paper:
    """A paper with what it prints."""
    data, name = path.read_bytes(), path.name
    if name.endswith(".gz"):
        data, name = gzip.decompress(data), name.removesuffix(".gz")
    parsed = parse(data, name)
    document = parsed.document
    tables = [(p, b) for p, page in enumerate(document.pages) for b, block in enumerate(page.blocks) if block.kind == "table"]
    return Paper(name, parsed, copy.deepcopy(printed(document, data)), tables)


def _told(paper: Paper, document: Document, facts: list[Fact]) -> Counter[str]:
    """All that the certificate tells of digits and labels."""
    balance = balance_of(paper.prints, document, facts)
    told = Counter(f"{one.page} {one.text} {one.why}" for one in balance.lost)
    told.update(label_losses(paper.prints, document))
    told.update(other_digits(facts))
    told.update(tag_losses(facts, paper.prints.tags))
    told["lost"] = balance.accounts.get("lost", 0)
    return told


def _show(paper: Paper, most: int) -> None:
    balance = balance_of(paper.prints, paper.parsed.document, paper.facts)
    lost = balance.accounts.get("lost", 0)
    print(f"{paper.name[:44]:44} {balance.runs:6} runs, lost as it is: {lost:5} ({lost / max(balance.runs, 1):.2%})")
    for one in balance.lost[:most]:
        print("    " + one.shown())
    for line in [*label_losses(paper.prints, paper.parsed.document)][:most]:
        print("    " + line)


# ---- what is planted


def _cells_with_facts(paper: Paper) -> list[tuple[int, Cell]]:
    """The cells that are a figure and nothing else, with the number of their table, that facts come from; not those of lists of pages."""
    texts = {(fact.table, fact.row, fact.column): fact.text for fact in paper.facts if digits_of(fact.text)}
    listed = {number for number, _ in enumerate(paper.tables)}
    listed -= {table for (table, _, _), text in texts.items() if table is not None and not (text.isdecimal() and len(text) <= LONGEST_PAGE)}
    return [(n, cell) for n, cell in _cells(paper) if n not in listed and texts.get((n, cell.row, cell.column)) == cell.text]


def _cells(paper: Paper) -> Iterator[tuple[int, Cell]]:
    for number, (page, block) in enumerate(paper.tables):
        yield from ((number, cell) for cell in paper.parsed.document.pages[page].blocks[block].cells)


def _with_table(paper: Paper, number: int, cells: list[Cell]) -> Document:
    """The document with other cells in one table."""
    page, block = paper.tables[number]
    pages = list(paper.parsed.document.pages)
    blocks = list(pages[page].blocks)
    blocks[block] = replace(blocks[block], cells=cells, text="\n".join(cell.text for cell in cells))
    pages[page] = replace(pages[page], blocks=blocks)
    return replace(paper.parsed.document, pages=pages)


def _table(paper: Paper, number: int) -> Block:
    page, block = paper.tables[number]
    return paper.parsed.document.pages[page].blocks[block]


def a_cell(paper: Paper, chance: random.Random) -> Changed | None:
    """A figure and its fact."""
    if not (among := _cells_with_facts(paper)):
        return None
    number, gone = chance.choice(among)
    cells = [cell for cell in _table(paper, number).cells if cell is not gone]
    return _with_table(paper, number, cells), _without(paper, number, lambda fact: (fact.row, fact.column) == (gone.row, gone.column))


def a_column(paper: Paper, chance: random.Random) -> Changed | None:
    """All figures of a column below its heading, with their facts."""
    if not (among := _cells_with_facts(paper)):
        return None
    number, gone = chance.choice(among)
    rows = {cell.row for at, cell in among if at == number and cell.column == gone.column}
    cells = [cell for cell in _table(paper, number).cells if cell.column != gone.column or cell.row not in rows]
    return _with_table(paper, number, cells), _without(paper, number, lambda fact: fact.column == gone.column)


def a_label(paper: Paper, chance: random.Random) -> Changed | None:
    """The label of a row of figures; its facts are told under another one."""
    rows = {(number, cell.row) for number, cell in _cells_with_facts(paper)}
    labels = [(n, cell) for n, cell in _cells(paper) if (n, cell.row) in rows and cell.column == 0 and sum(map(str.isalpha, cell.text)) > 1]
    if not labels:
        return None
    number, gone = chance.choice(labels)
    return _with_table(paper, number, [cell for cell in _table(paper, number).cells if cell is not gone]), paper.facts


def a_page(paper: Paper, chance: random.Random) -> Changed | None:
    """What is on a page with tables."""
    if not paper.tables or len(paper.parsed.document.pages) < 2:
        return None
    place = chance.choice([page for page, _ in paper.tables])
    pages = list(paper.parsed.document.pages)
    kept = len([at for at, (page, _) in enumerate(paper.tables) if page < place])
    gone = len([page for page, _ in paper.tables if page == place])
    number = pages[place].number
    pages[place] = replace(pages[place], blocks=[])
    facts = [
        fact if fact.table is None or fact.table < kept else replace(fact, table=fact.table - gone)
        for fact in paper.facts
        if fact.page != number
    ]
    return replace(paper.parsed.document, pages=pages), facts


def a_fact(paper: Paper, chance: random.Random) -> Changed | None:
    """A figure that the reader of numbers does not understand: its cell stands, and no fact comes from it."""
    if not (among := _cells_with_facts(paper)):
        return None
    number, gone = chance.choice(among)
    return paper.parsed.document, _without(paper, number, lambda fact: (fact.row, fact.column) == (gone.row, gone.column))


def a_digit(paper: Paper, chance: random.Random) -> Changed | None:
    """A digit of a cell and of its fact read as another one, as a scan is misread."""
    if not (among := _cells_with_facts(paper)):
        return None
    number, old = chance.choice(among)
    places = [at for at, sign in enumerate(old.text) if sign.isdecimal()]
    at = chance.choice(places)
    new = replace(old, text=old.text[:at] + str((int(old.text[at]) + chance.randint(1, 9)) % 10) + old.text[at + 1 :])
    cells = [new if cell is old else cell for cell in _table(paper, number).cells]
    facts = [
        replace(fact, text=new.text) if (fact.table, fact.row, fact.column) == (number, old.row, old.column) else fact
        for fact in paper.facts
    ]
    return _with_table(paper, number, cells), facts


def a_value(paper: Paper, chance: random.Random) -> Changed | None:
    """A fact with another value than is printed."""
    among = [at for at, fact in enumerate(paper.facts) if digits_of(fact.text) and fact.value]
    if not among:
        return None
    at, facts = chance.choice(among), list(paper.facts)
    facts[at] = replace(facts[at], value=facts[at].value * chance.choice((2, 3, 7)) + facts[at].scale)
    return paper.parsed.document, facts


def a_tag(paper: Paper, chance: random.Random) -> Changed | None:
    """A tagged number of which there is no fact."""
    among = [fact for fact in paper.facts if fact.table is None and (fact.locator or {}).get("anchor") in paper.prints.tags]
    if not among:
        return None
    gone = chance.choice(among)
    return paper.parsed.document, [fact for fact in paper.facts if fact is not gone]


def a_paragraph(paper: Paper, chance: random.Random) -> Changed | None:
    """A paragraph with figures."""
    pages = paper.parsed.document.pages
    among = [(p, b) for p, page in enumerate(pages) for b, one in enumerate(page.blocks) if one.kind == "paragraph" and digits_of(one.text)]
    if not among:
        return None
    p, b = chance.choice(among)
    changed = list(pages)
    changed[p] = replace(pages[p], blocks=[one for at, one in enumerate(pages[p].blocks) if at != b])
    return replace(paper.parsed.document, pages=changed), paper.facts


def _without(paper: Paper, table: int, gone: Callable[[Fact], bool]) -> list[Fact]:
    return [fact for fact in paper.facts if fact.table != table or not gone(fact)]


PLANTS: dict[str, Plant] = {
    "a cell dropped": a_cell,
    "a column dropped": a_column,
    "a row's label dropped": a_label,
    "a page dropped": a_page,
    "a paragraph dropped": a_paragraph,
    "a figure not understood": a_fact,
    "a digit misread": a_digit,
    "a value changed": a_value,
    "a tag dropped": a_tag,
}


if __name__ == "__main__":
    main()
