"""The runs of digits that the blocks of a document hold, each with its account: what it is there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from finfoundry.core.balance.digit_balance import DigitAccount
from finfoundry.core.document import Block, Box, Cell, Document, Fact, Locator
from finfoundry.knowledge.balance.digit_runs import digit_runs, digits_of, has_digits
from finfoundry.knowledge.balance.table_accounts import TableAccounts
from finfoundry.knowledge.balance.tagged_figures import untold_tags
from finfoundry.knowledge.balance.text_accounts import furniture_of, text_accounts, without_digits
from finfoundry.knowledge.balance.value_digits import has_printed_digits


@dataclass(slots=True)
class HeldRun:
    """A run of digits in a block: where it stands, and its account; ``why`` says why it is lost, "" for any other account."""

    page: int
    text: str
    digits: str
    account: DigitAccount
    why: str
    holder: Block | Cell
    table: int | None = None

    @property
    def box(self) -> Box | None:
        return self.holder.box

    @property
    def locator(self) -> Locator | None:
        return self.holder.locator


def held_runs(document: Document, facts: Sequence[Fact], tags: Mapping[str, str]) -> Iterator[HeldRun]:
    """All runs of all blocks, in reading order. Facts with other digits than are printed tell nothing. ``tags``: the printed text of each
    tagged number, by its id.
    """
    by_table = defaultdict[int | None, list[Fact]](list)
    for fact in filter(has_printed_digits, facts):
        by_table[fact.table].append(fact)
    told = Counter(digits for fact in by_table[None] for digits in digits_of(fact.text) if len(digits) > 1)
    untold = Counter(digits for text in untold_tags(facts, tags).values() for digits in digits_of(text))
    furniture = furniture_of(document.pages)
    number = 0
    for page in document.pages:
        for block in page.blocks:
            if block.kind == "table":
                if page.source == "flow" and without_digits(block.text) in furniture.lines:
                    yield from _of_edge(page.number, number, block)
                else:
                    yield from _of_table(page.number, number, block, by_table.get(number, ()))
                number += 1
            elif has_digits(block.text):
                for run, (account, why) in text_accounts(block, page, told, untold, furniture):
                    yield HeldRun(page.number, run.text, run.digits, account, why, block)


def _of_edge(page: int, number: int, block: Block) -> Iterator[HeldRun]:
    """A running line that was read as a table."""
    for cell in block.cells:
        yield from (HeldRun(page, run.text, run.digits, "furniture", "", cell, number) for run in digit_runs(cell.text))


def _of_table(page: int, number: int, block: Block, facts: Sequence[Fact]) -> Iterator[HeldRun]:
    accounts: TableAccounts | None = None
    for cell in block.cells:
        if not (digits := digits_of(cell.text)):
            continue
        accounts = accounts or TableAccounts(block, facts)
        if accounts.tells(cell, digits):  # as most do: nothing else needs to be known of them
            yield from [HeldRun(page, one, one, "fact", "", cell, number) for one in digits]
            continue
        runs = digit_runs(cell.text)
        for run, (account, why) in zip(runs, accounts.of(cell, runs), strict=True):
            yield HeldRun(page, run.text, run.digits, account, why, cell, number)
