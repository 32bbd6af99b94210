"""The balance of digits of a document: what it prints against what its blocks hold and its facts tell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from finfoundry.core.balance.digit_balance import ACCOUNTS, MOST_KEPT, DigitAccount, DigitBalance, LostDigits, PageDigits
from finfoundry.core.document import Box, Document, Fact, Word
from finfoundry.knowledge.balance.held_runs import HeldRun, held_runs
from finfoundry.knowledge.balance.marks import LONGEST_MARK
from finfoundry.knowledge.balance.pieces import Printed
from finfoundry.knowledge.balance.settlement import PrintedRun, Settled, settle_flow, settle_page, stands_in

DROPPED = "no block holds it: it was dropped while the file was read"
_LONGEST = 120  # characters of what is printed around a lost run


def balance_of(printed: Printed, document: Document, facts: Sequence[Fact]) -> DigitBalance:
    """Every printed run of digits in one account. Pages that were printed and are not in the document are lost whole."""
    held = list(held_runs(document, facts, printed.tags))
    tables = table_boxes(document)
    balance = DigitBalance(printed.counted_from)
    counts = defaultdict[int, Counter[DigitAccount]](Counter)
    for settled in _settled(printed, held):
        balance.unprinted += settled.unprinted
        for mine, theirs in settled.pairs:
            counts[theirs.page if mine is None or mine.page is None else mine.page][theirs.account] += 1
        for lost in _lost(settled, tables):
            counts[lost.page]["lost"] += lost.why == DROPPED
            balance.lost += [lost] if len(balance.lost) < MOST_KEPT else []
        for one in settled.missing:
            if (account := _needs_no_block(one)) is not None:
                counts[one.page or 1][account] += 1
    for page in sorted(counts):
        balance.pages.append(PageDigits(page, counts[page].total(), _ordered(counts[page])))
    balance.accounts = _ordered(sum(counts.values(), Counter[DigitAccount]()))
    balance.runs = sum(balance.accounts.values())
    balance.lost.sort(key=lambda one: one.page)
    return balance


def table_boxes(document: Document) -> dict[int, list[tuple[int, Box]]]:
    """The tables of each page that have a box: the number of each, from 0, and its box."""
    found = defaultdict[int, list[tuple[int, Box]]](list)
    tables = ((page.number, block) for page in document.pages for block in page.blocks if block.kind == "table")
    for number, (page, block) in enumerate(tables):
        if block.box is not None:
            found[page].append((number, block.box))
    return found


def every_run(printed: Printed, document: Document, facts: Sequence[Fact]) -> Iterator[tuple[int, str, DigitAccount, HeldRun | None]]:
    """Each run of digits with its page, its account, and what holds it (None: nothing does); what ``balance_of`` counts, one by one."""
    for settled in _settled(printed, list(held_runs(document, facts, printed.tags))):
        for mine, theirs in settled.pairs:
            page = theirs.page if mine is None or mine.page is None else mine.page
            yield page, theirs.text if mine is None else mine.run.text, theirs.account, theirs
        for one in settled.missing:
            yield one.page or 1, one.run.text, _needs_no_block(one) or "lost", None


def _settled(printed: Printed, held: Sequence[HeldRun]) -> Iterator[Settled]:
    if printed.counted_from == "words":
        by_page = defaultdict[int, list[HeldRun]](list)
        for one in held:
            by_page[one.page].append(one)
        for page, words in printed.words.items():
            yield settle_page(words, by_page.pop(page, []), page)
        yield Settled(unprinted=sum(map(len, by_page.values())))
    elif printed.counted_from == "text":
        yield settle_flow(printed.pieces, held)
    else:
        yield Settled([(None, one) for one in held])


def _lost(settled: Settled, tables: Mapping[int, Sequence[tuple[int, Box]]]) -> Iterator[LostDigits]:
    """What is lost, each run once: what no block holds, then what a table holds and no fact tells. ``tables``: number and box of those of
    each page; what was dropped within one is lost to it.
    """
    for one in settled.missing:
        if _needs_no_block(one) is None:
            page, table = one.page or 1, one.table
            box = one.source.box if isinstance(one.source, Word) else None
            if box is not None:
                table = next((number for number, outer in tables.get(page, ()) if stands_in(box, outer)), None)
            locator = None if isinstance(one.source, Word) else one.source.locator
            yield LostDigits(page, one.run.text, _around(one.source.text, one.run.start), DROPPED, table, box, locator)
    for mine, theirs in settled.pairs:
        if theirs.account == "lost":
            text = theirs.text if mine is None else mine.run.text
            around = _around(theirs.holder.text, max(theirs.holder.text.find(text), 0))
            box = theirs.box if mine is None or not isinstance(mine.source, Word) else mine.source.box
            page = theirs.page if mine is None or mine.page is None else mine.page
            yield LostDigits(page, text, around, theirs.why, theirs.table, box, theirs.locator)


def _needs_no_block(one: PrintedRun) -> DigitAccount | None:
    """The account of what readers of a flowing text leave out on purpose: running headers and footers, raised marks beside words."""
    if isinstance(one.source, Word):
        return None
    if one.source.running:
        return "furniture"
    return "reference" if one.run.raised and all(len(part) <= LONGEST_MARK for part in one.run.text.split(",")) else None


def _around(text: str, start: int) -> str:
    """Some text around a run, on one line."""
    first = max(0, min(start - _LONGEST // 3, len(text) - _LONGEST))
    return " ".join(text[first : first + _LONGEST].split())


def _ordered(counts: Counter[DigitAccount]) -> dict[DigitAccount, int]:
    return {name: counts[name] for name in ACCOUNTS if counts[name]}
