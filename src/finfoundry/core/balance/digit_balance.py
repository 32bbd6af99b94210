"""The balance of digits of a document: every run of digits that it prints, in exactly one account, and the lost ones with their places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

DigitAccount = Literal["fact", "heading", "reference", "text", "chart", "furniture", "lost"]
CountFrom = Literal["words", "text", "cells", "blocks"]  # of the page; of the file; of its sheets; after parsing

ACCOUNTS: tuple[DigitAccount, ...] = get_args(DigitAccount)
MOST_SHOWN = 20  # lost runs that are told one by one
MOST_KEPT = 1000  # lost runs whose places a certificate keeps


@dataclass(frozen=True, slots=True)
class LostDigits:
    """A run of digits that is in no account: as printed, what is printed around it, why, and where. ``table``: the how-manieth, from 0."""

    page: int
    text: str
    around: str
    why: str
    table: int | None = None
    box: tuple[float, float, float, float] | None = None
    locator: dict[str, str] | None = None

    def shown(self) -> str:
        """In one line."""
        x_y = f" at {self.box[0]:.0f}, {self.box[1]:.0f}" if self.box else ""
        named = " ".join(f"{key} {value}" for key, value in (self.locator or {}).items() if key != "tags")
        return f"page {self.page}{x_y}{f' ({named})' if named else ''}: {self.text} in {self.around!r}: {self.why}"


@dataclass(slots=True)
class PageDigits:
    """What became of the digits of one page: runs by account."""

    page: int
    runs: int
    accounts: dict[DigitAccount, int] = field(default_factory=dict)


@dataclass(slots=True)
class DigitBalance:
    """What became of the digits of a document. ``counted_from`` says where the count begins; ``unprinted`` counts runs in blocks that the
    pages do not print; ``lost`` holds the first places of what ``accounts`` counts as lost.
    """

    counted_from: CountFrom = "blocks"
    runs: int = 0
    accounts: dict[DigitAccount, int] = field(default_factory=dict)
    pages: list[PageDigits] = field(default_factory=list)
    lost: list[LostDigits] = field(default_factory=list)
    unprinted: int = 0

    @property
    def closes(self) -> bool:
        """Whether every run is in an account other than lost, and nothing stands in a block that no page prints."""
        return not self.accounts.get("lost") and not self.unprinted and sum(self.accounts.values()) == self.runs

    @property
    def more_lost(self) -> int:
        """How many lost runs are not among those that are told one by one."""
        return max(self.accounts.get("lost", 0) - min(len(self.lost), MOST_SHOWN), 0)

    def lines(self) -> Iterator[str]:
        """For people: the accounts, then the first lost runs and how many more there are."""
        told = "   ".join(f"{name} {self.accounts[name]:,}" for name in ACCOUNTS if self.accounts.get(name))
        yield f"digits: {self.runs:,} runs, counted from the {self.counted_from}   {told}"
        if self.unprinted:
            yield f"{self.unprinted:,} runs of digits stand in blocks that no page prints"
        yield from (f"digits lost: {one.shown()}" for one in self.lost[:MOST_SHOWN])
        if self.more_lost:
            yield f"digits lost: {self.more_lost:,} more"
