"""What a file prints, as it is before anything reads it: words on pages, or pieces of text in the order of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from finfoundry.core.balance.digit_balance import CountFrom
from finfoundry.core.document import Locator, Word


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of a file that has no pages; ``running``: of a running header or footer, which blocks need not hold."""

    text: str
    locator: Locator | None = None
    running: bool = False


@dataclass(slots=True)
class Printed:
    """What is printed: words by page, or else pieces of text in the order of the file; neither where the count begins with the blocks."""

    counted_from: CountFrom
    words: dict[int, Sequence[Word]] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)  # of inline XBRL: the text of each tagged number that is seen, by its id
    tag_values: dict[str, Decimal] = field(default_factory=dict)  # … and the amount, where it is written in digits
