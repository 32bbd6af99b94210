"""The documents of a reader: filtered, sorted, and cut into pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from finfoundry.knowledge.storage.store import StoredDocument

ON_A_PAGE = 50
Order = Literal["added", "name", "entity", "period", "pages", "score"]
ORDERS: tuple[Order, ...] = get_args(Order)
_KEYS: dict[Order, Callable[[StoredDocument], Any]] = {
    "added": lambda one: one.added,
    "name": lambda one: one.name.casefold(),
    "entity": lambda one: (one.entity or "\uffff").casefold(),
    "period": lambda one: (one.period or "").rpartition("/")[2],
    "pages": lambda one: one.pages,
    "score": lambda one: one.score,
}
_LATEST_FIRST: tuple[Order, ...] = ("added", "period", "pages")


@dataclass(frozen=True, slots=True)
class PaperQuery:
    """What the reader looks for; "" does not filter."""

    words: str = ""
    collection: str = ""
    label: str = ""
    order: Order = "added"
    marked: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One page of what was found: its documents, the number of its first and last, and of all."""

    documents: list[StoredDocument]
    first: int
    last: int
    all: int


def paper_page(documents: Sequence[StoredDocument], query: PaperQuery) -> PaperPage:
    """Every word must stand in the name, the company, the kind or the title."""
    words = query.words.casefold().split()
    found = [one for one in documents if _fits(one, query) and all(word in _text(one) for word in words)]
    found.sort(key=_KEYS[query.order], reverse=query.order in _LATEST_FIRST)
    start = min((query.page - 1) * ON_A_PAGE, max(len(found) - 1, 0) // ON_A_PAGE * ON_A_PAGE)
    shown = found[start : start + ON_A_PAGE]
    return PaperPage(shown, start + 1 if shown else 0, start + len(shown), len(found))


def _fits(one: StoredDocument, query: PaperQuery) -> bool:
    return query.collection in ("", one.collection) and query.label in ("", one.label) and (not query.marked or one.mark is not None)


def _text(one: StoredDocument) -> str:
    return " ".join((one.name, one.entity or "", *one.aliases, one.kind or "", one.title or "", one.period or "")).casefold()
