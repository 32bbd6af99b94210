"""The kinds of loss that are planted: parts of a paper that was read, dropped or changed before its certificate is drawn up."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from finfoundry.core.document import Block, Cell, Document, Fact, Parsed
from finfoundry.core.quantities.unit_lines import only_units, read_unit_line
from finfoundry.knowledge.balance.digit_runs import digits_of
from finfoundry.knowledge.balance.pieces import Printed
from finfoundry.knowledge.balance.tagged_figures import tag_of

LONGEST_PAGE = 3  # digits of the number of a page
MEASURES = ("ratio", "shares", "count", "years")  # a scale of money is not theirs
_SIGNED = re.compile(r"[^\w(（-]*(?:[(（]\s*([$€£¥￥]?\s*\d[\d.,\s]*)[)）]|[-−－–]\s?(\d[\d.,]*))\s*%?")


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


def _without_block(paper: Paper, page: int, block: int) -> Document:
    """The document without a block that is no table."""
    pages = list(paper.parsed.document.pages)
    pages[page] = replace(pages[page], blocks=[one for at, one in enumerate(pages[page].blocks) if at != block])
    return replace(paper.parsed.document, pages=pages)


def _without(paper: Paper, table: int, gone: Callable[[Fact], bool]) -> list[Fact]:
    return [fact for fact in paper.facts if fact.table != table or not gone(fact)]


def _at(fact: Fact, table: int, cell: Cell) -> bool:
    return (fact.table, fact.row, fact.column) == (table, cell.row, cell.column)


# ---- cells, columns, pages, paragraphs


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


def a_paragraph(paper: Paper, chance: random.Random) -> Changed | None:
    """A paragraph with figures."""
    pages = paper.parsed.document.pages
    among = [(p, b) for p, page in enumerate(pages) for b, one in enumerate(page.blocks) if one.kind == "paragraph" and digits_of(one.text)]
    return (_without_block(paper, *chance.choice(among)), paper.facts) if among else None


# ---- labels


def _labels(paper: Paper) -> list[tuple[int, Cell]]:
    """The cells that begin rows of figures with words, with the number of their table."""
    rows = {(number, cell.row) for number, cell in _cells_with_facts(paper)}
    return [(n, cell) for n, cell in _cells(paper) if (n, cell.row) in rows and cell.column == 0 and sum(map(str.isalpha, cell.text)) > 1]


def a_label(paper: Paper, chance: random.Random) -> Changed | None:
    """The label of a row of figures; its facts are told under another one."""
    if not (among := _labels(paper)):
        return None
    number, gone = chance.choice(among)
    return _with_table(paper, number, [cell for cell in _table(paper, number).cells if cell is not gone]), paper.facts


def another_label(paper: Paper, chance: random.Random) -> Changed | None:
    """A row under the label of another row of its table."""
    if not (among := _labels(paper)):
        return None
    number, old = chance.choice(among)
    others = [cell.text for at, cell in among if at == number and cell.text != old.text]
    if not others:
        return None
    new = replace(old, text=chance.choice(others))
    facts = [
        replace(fact, metric=(*fact.metric[:-1], new.text)) if fact.table == number and fact.row == old.row else fact
        for fact in paper.facts
    ]
    return _with_table(paper, number, [new if cell is old else cell for cell in _table(paper, number).cells]), facts


# ---- figures


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
    at = chance.choice([at for at, sign in enumerate(old.text) if sign.isdecimal()])
    new = replace(old, text=old.text[:at] + str((int(old.text[at]) + chance.randint(1, 9)) % 10) + old.text[at + 1 :])
    facts = [replace(fact, text=new.text) if _at(fact, number, old) else fact for fact in paper.facts]
    return _with_table(paper, number, [new if cell is old else cell for cell in _table(paper, number).cells]), facts


def a_value(paper: Paper, chance: random.Random) -> Changed | None:
    """A fact with another value than is printed."""
    among = [at for at, fact in enumerate(paper.facts) if digits_of(fact.text) and fact.value]
    if not among:
        return None
    at, facts = chance.choice(among), list(paper.facts)
    facts[at] = replace(facts[at], value=facts[at].value * chance.choice((2, 3, 7)) + facts[at].scale)
    return paper.parsed.document, facts


# ---- signs


def a_sign_dropped(paper: Paper, chance: random.Random) -> Changed | None:
    """A figure in brackets, or with a minus, that is read without them."""
    if not (among := [(n, cell) for n, cell in _cells_with_facts(paper) if _SIGNED.fullmatch(cell.text)]):
        return None
    number, old = chance.choice(among)
    found = _SIGNED.fullmatch(old.text)
    new = replace(old, text=(found[1] or found[2]) if found else old.text)
    facts = [replace(fact, text=new.text, value=abs(fact.value)) if _at(fact, number, old) else fact for fact in paper.facts]
    return _with_table(paper, number, [new if cell is old else cell for cell in _table(paper, number).cells]), facts


def a_sign_turned(paper: Paper, chance: random.Random) -> Changed | None:
    """A fact with the other sign, whose cell stands as it is."""
    if not (among := [one for one in _cells_with_facts(paper) if any(digit in "123456789" for digit in one[1].text)]):
        return None
    number, cell = chance.choice(among)
    facts = [replace(fact, value=-fact.value) if _at(fact, number, cell) else fact for fact in paper.facts]
    return paper.parsed.document, facts


# ---- scale lines


def _is_money(fact: Fact) -> bool:
    return fact.table is not None and fact.unit not in MEASURES and "/" not in (fact.unit or "")


def _scale_lines(paper: Paper) -> list[tuple[int, int, Cell | None, Decimal]]:
    """Blocks and cells that state a scale and hardly anything else, on pages whose amounts were read in it: page, block, cell, scale."""
    found = list[tuple[int, int, Cell | None, Decimal]]()
    for p, page in enumerate(paper.parsed.document.pages):
        scales = {fact.scale for fact in paper.facts if fact.page == page.number and _is_money(fact)}
        for b, block in enumerate(page.blocks):
            texts = [(cell.text, cell) for cell in block.cells] if block.kind == "table" else [(block.text, None)]
            for text, cell in texts:
                scale = read_unit_line(text).scale if len(text) < 80 and only_units(text) else None
                found += [(p, b, cell, scale)] if scale is not None and scale > 1 and scale in scales else []
    return found


def a_scale_line(paper: Paper, chance: random.Random) -> Changed | None:
    """A line that states a scale; the amounts of its page are read in ones."""
    if not (among := _scale_lines(paper)):
        return None
    page, block, cell, scale = chance.choice(among)
    number = next((n for n, place in enumerate(paper.tables) if place == (page, block)), 0)
    document = _without_block(paper, page, block)
    if cell is not None:
        document = _with_table(paper, number, [one for one in _table(paper, number).cells if one is not cell])
    return document, _rescaled(paper, paper.parsed.document.pages[page].number, scale, Decimal(1))


def another_scale(paper: Paper, chance: random.Random) -> Changed | None:
    """A line that states a scale; the amounts of its page are read in another."""
    if not (among := _scale_lines(paper)):
        return None
    page, _, _, scale = chance.choice(among)
    other = chance.choice([one for one in map(Decimal, (1, 1000, 1000000)) if one != scale])
    return paper.parsed.document, _rescaled(paper, paper.parsed.document.pages[page].number, scale, other)


def _rescaled(paper: Paper, page: int, old: Decimal, new: Decimal) -> list[Fact]:
    return [
        replace(fact, value=fact.value / old * new, scale=new) if fact.page == page and fact.scale == old and _is_money(fact) else fact
        for fact in paper.facts
    ]


# ---- tags


def _tagged(paper: Paper) -> list[int]:
    return [at for at, fact in enumerate(paper.facts) if fact.value and tag_of(fact) in paper.prints.tag_values]


def a_tag(paper: Paper, chance: random.Random) -> Changed | None:
    """A tagged number of which there is no fact."""
    if not (among := _tagged(paper)):
        return None
    gone = chance.choice(among)
    return paper.parsed.document, [fact for at, fact in enumerate(paper.facts) if at != gone]


def another_tag(paper: Paper, chance: random.Random) -> Changed | None:
    """A tagged number at another scale than its tag gives it."""
    if not (among := _tagged(paper)):
        return None
    at, facts, factor = chance.choice(among), list(paper.facts), chance.choice((Decimal(1000), Decimal("0.001"), Decimal(1000000)))
    facts[at] = replace(facts[at], value=facts[at].value * factor, scale=facts[at].scale * factor)
    return paper.parsed.document, facts


PLANTS: dict[str, Plant] = {
    "a cell dropped": a_cell,
    "a column dropped": a_column,
    "a row's label dropped": a_label,
    "a row under another label": another_label,
    "a sign dropped": a_sign_dropped,
    "a sign turned": a_sign_turned,
    "a scale line dropped": a_scale_line,
    "a scale changed": another_scale,
    "a page dropped": a_page,
    "a paragraph dropped": a_paragraph,
    "a figure not understood": a_fact,
    "a digit misread": a_digit,
    "a value changed": a_value,
    "a tag dropped": a_tag,
    "a tag changed": another_tag,
}
