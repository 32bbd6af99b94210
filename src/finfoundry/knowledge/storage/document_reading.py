"""What helps to read a stored document: its outline, where words stand in it, one of its facts, and how much would go with it."""

from __future__ import annotations

from dataclasses import dataclass

from finfoundry.core.document import Box
from finfoundry.core.errors import NotFound
from finfoundry.core.principal import Principal
from finfoundry.knowledge.ids import document_id, document_number
from finfoundry.knowledge.storage import fact_query
from finfoundry.knowledge.storage.fact_query import StoredFact
from finfoundry.knowledge.storage.page_rows import box_of_row
from finfoundry.runtime.database import Database

MOST_HEADINGS, MOST_PLACES = 400, 100


@dataclass(frozen=True, slots=True)
class TextPlace:
    """A block of a document: its page, its level where it is a heading, its box and its text, cut."""

    page: int
    level: int | None
    box: Box | None
    text: str


@dataclass(frozen=True, slots=True)
class GoesAlong:
    """What a deletion of a document takes along; ``answers`` are past ones that rest on it, one's own."""

    pages: int
    tables: int
    facts: int
    corrections: int
    answers: int


def outline(database: Database, principal: Principal, id: str) -> list[TextPlace]:
    """The headings of a document in order, at most ``MOST_HEADINGS``. Raises NotFound for what can be no document."""
    query = (
        "SELECT page, level, box, left(text, 200) FROM blocks WHERE document_id = %s AND kind = 'heading' ORDER BY page, ordinal LIMIT %s"
    )
    with database.transaction(principal) as connection:
        rows = connection.execute(query, (document_number(id), MOST_HEADINGS)).fetchall()
    return [TextPlace(page, level, box_of_row(box), text) for page, level, box, text in rows]


def places_of(database: Database, principal: Principal, id: str, words: str) -> list[TextPlace]:
    """Where a text stands in a document, at most ``MOST_PLACES``; capitals do not matter. Raises NotFound."""
    query = """
        SELECT page, level, box, substr(text, greatest(position(lower(%(words)s) in lower(text)) - 80, 1), 240) FROM blocks
        WHERE document_id = %(document)s AND position(lower(%(words)s) in lower(text)) > 0 ORDER BY page, ordinal LIMIT %(most)s
    """
    values = {"document": document_number(id), "words": words, "most": MOST_PLACES}
    with database.transaction(principal) as connection:
        rows = connection.execute(query, values).fetchall()
    return [TextPlace(page, level, box_of_row(box), text) for page, level, box, text in rows]


def goes_along(database: Database, principal: Principal, id: str) -> GoesAlong:
    """Raises NotFound for what can be no document."""
    query = """
        SELECT (SELECT count(*) FROM pages WHERE document_id = %(id)s), (SELECT count(*) FROM blocks WHERE document_id = %(id)s
        AND kind = 'table'), (SELECT count(*) FROM facts WHERE document_id = %(id)s), (SELECT count(*) FROM corrections WHERE
        document_id = %(id)s) + (SELECT count(*) FROM hand_readings WHERE document_id = %(id)s),
        (SELECT count(*) FROM past_answers WHERE evidence @> ARRAY[%(id)s]::bigint[])
    """
    with database.transaction(principal) as connection:
        row = connection.execute(query, {"id": document_number(id)}).fetchone() or (0, 0, 0, 0, 0)
    return GoesAlong(*map(int, row))


def stored_fact(database: Database, principal: Principal, id: str) -> StoredFact:
    """One fact of a document's pages by its id. Raises NotFound."""
    document, _, ordinal = id.partition("/")
    if not ordinal.isdecimal() or len(ordinal) > 9:
        raise _no_fact(id)
    try:
        number = document_number(document)
    except NotFound as error:
        raise _no_fact(id) from error
    with database.transaction(principal) as connection:
        found = fact_query.one(connection, number, int(ordinal))
    if found is None:
        raise _no_fact(f"{document_id(number)}/{ordinal}")
    return found


def _no_fact(id: str) -> NotFound:
    return NotFound(f"There is no fact {id[:60]!r}", remedy="Open it from an answer, or from the list of facts")
