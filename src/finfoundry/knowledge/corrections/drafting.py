"""What a correction would change, before anything is kept: one fact, or all of its table within reach, put right in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Literal, get_args

from finfoundry.core.document import Fact, FactReading
from finfoundry.core.errors import InputError, NotFound
from finfoundry.knowledge.corrections.corrected_fields import PLAIN_UNITS, CorrectionFields, corrected_reading
from finfoundry.knowledge.corrections.correction import CorrectionDraft
from finfoundry.knowledge.corrections.identity_changes import document_changes
from finfoundry.knowledge.facts.table.scale import speaks_of_one_share
from finfoundry.knowledge.ids import document_id, document_number
from finfoundry.knowledge.storage import fact_query
from finfoundry.knowledge.storage.fact_query import StoredFact
from finfoundry.runtime.database import Connection

Reach = Literal["cell", "row", "column", "below", "table"]
REACHES: tuple[Reach, ...] = get_args(Reach)
MOST_TOGETHER = 500  # facts that one proposal may reach
_OF_A_ROW = ("metric", "concept")
_OF_MANY = ("unit", "scale", "period", "entity", "scope")  # what a scale line, a heading or the border of a table gives to all below it


def place_of(fact: str) -> tuple[int, int]:
    """The document and the number of a fact. Raises NotFound, InputError for a cell of a wide table."""
    document, _, number = fact.partition("/")
    if number.replace(".", "").isdecimal() and number.count(".") == 2:
        raise InputError(
            f"{fact[:60]} is a cell of a wide table", remedy="Put the file right and import it again: finfoundry tables import"
        )
    if not number.isdecimal() or len(number) > 9:
        raise no_fact(fact)
    try:
        return document_number(document), int(number)
    except NotFound as error:
        raise no_fact(fact) from error


def no_fact(fact: str) -> NotFound:
    return NotFound(f"There is no fact {fact[:60]!r}", remedy="Give an id of finfoundry facts")


def drafted(connection: Connection, fact: str, given: CorrectionFields, reach: Reach = "cell") -> list[tuple[StoredFact, CorrectionDraft]]:
    """The fact first, then those within reach of it that were read alike; what becomes of the identities is told with the first. Raises
    NotFound, InputError.
    """
    _check_reach(given, reach)
    document, ordinal = place_of(fact)
    every = fact_query.in_document_order(connection, document)
    id_ = f"{document_id(document)}/{ordinal}"
    stored = next((one for one in every if one.id == id_), None)
    if stored is None:
        raise no_fact(fact)
    after = {stored.id: corrected_reading(stored.fact, given)}
    for one in every:
        alike = _within(one.fact, stored.fact, reach) and read_alike(one.fact, stored.fact, given)
        if one.id != id_ and alike and (reading := _differing(one.fact, given)):
            after[one.id] = reading
    if len(after) > MOST_TOGETHER:
        raise InputError(f"{len(after):,} facts lie within reach, more than {MOST_TOGETHER}", remedy="Correct a row or a column at a time")
    return _drafts([stored, *(one for one in every if one.id in after and one.id != id_)], every, after)


def _check_reach(given: CorrectionFields, reach: Reach) -> None:
    allowed = (*_OF_MANY, *_OF_A_ROW) if reach == "row" else _OF_MANY
    wrong = [name for name, value in asdict(given).items() if value is not None and name not in allowed]
    if reach != "cell" and wrong:
        raise InputError(f"{wrong[0]} is of one cell alone", remedy=f"Together are corrected: {', '.join(allowed)}")


def _within(one: Fact, other: Fact, reach: Reach) -> bool:
    if reach == "cell" or one.table is None or one.table != other.table:
        return False
    if reach == "row":
        return one.row == other.row
    if reach == "column":
        return one.column == other.column
    return reach == "table" or (one.row is not None and other.row is not None and one.row >= other.row)


def read_alike(one: Fact, other: Fact, given: CorrectionFields) -> bool:
    """Whether what is put right was read the same of both: a ratio does not follow an amount, nor one year's column another's. A scale of
    1 is that of amounts and of counts, and no unit that of amounts and of what is for a share: their kind tells them apart. Where no
    currency is stated, a price or a rate looks like an amount, but prints decimals that amounts do not.
    """
    same = all(getattr(one, name) == getattr(other, name) for name, value in asdict(given).items() if value is not None)
    return same and ((given.scale is None and given.unit is None) or _kind(one) == _kind(other))


def _kind(fact: Fact) -> str:
    """Of a fact's unit: amounts of any currency are of one kind, those for a share of another."""
    if fact.unit is None:
        return "/share" if any(map(speaks_of_one_share, fact.metric)) else f"{fact.precision} decimals"
    if fact.unit in PLAIN_UNITS:
        return fact.unit
    return "/share" if "/" in fact.unit else "money"


def _differing(fact: Fact, given: CorrectionFields) -> FactReading | None:
    """None for a fact that is so already."""
    try:
        return corrected_reading(fact, given)
    except InputError:
        return None


def _drafts(
    chosen: Sequence[StoredFact], every: Sequence[StoredFact], after: dict[str, FactReading]
) -> list[tuple[StoredFact, CorrectionDraft]]:
    changed = [_read_as(one.fact, after[one.id]) if one.id in after else one.fact for one in every]
    effects = document_changes([one.fact for one in every], changed)
    found = []
    for number, stored in enumerate(chosen):
        before = FactReading.of(stored.fact)
        read = stored.correction.read if stored.correction else before
        told = ([], []) if number else (effects.identities, effects.conflicts)
        place = (stored.id, stored.document_id, stored.document_name, stored.fact.page)
        found.append((stored, CorrectionDraft(*place, read, before, after[stored.id], *told)))
    return found


def _read_as(fact: Fact, reading: FactReading) -> Fact:
    return replace(fact, **{name: getattr(reading, name) for name in FactReading.__slots__})
