"""What is said of rules, and their clauses, as rows: written with their document, read for who may see them."""

from __future__ import annotations

from collections.abc import Sequence

from finfoundry.core.names.spoken_names import entity_keys
from finfoundry.core.rules.law import Clause, LawStatement
from finfoundry.knowledge.ids import document_id, document_number
from finfoundry.knowledge.laws.register import Law, LawPaper, registered
from finfoundry.knowledge.storage.document_rows import RowTarget, clean
from finfoundry.knowledge.storage.page_rows import box_of_row
from finfoundry.runtime.database import Connection

CURRENT = "state IN ('stated', 'approved')"


def write(connection: Connection, place: RowTarget, statements: Sequence[LawStatement], update: int | None = None) -> None:
    """The statements of a new document; ``update``: the package that brought it."""
    insert = (
        "INSERT INTO law_statements (document_id, label_id, matter, value, source, quote, page, box, start, update_id)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    )
    for one in statements:
        box = list(one.box) if one.box else None
        said = (one.matter, clean(one.value), one.source, clean(one.quote), one.page, box, one.start)
        connection.execute(insert, (place.document, place.label, *said, update))


def laws(connection: Connection) -> list[Law]:
    """All rules that the connection's identity may read, with their standing among one another."""
    query = f"""
        SELECT d.id, d.name, c.name, l.name, d.language, s.matter, s.value, s.source, s.quote, s.page, s.box, s.start,
            d.entity, d.aliases
        FROM law_statements s JOIN documents d ON d.id = s.document_id JOIN collections c ON c.id = d.collection_id
        JOIN labels l ON l.id = d.label_id WHERE s.{CURRENT} ORDER BY d.name, d.id, s.id
    """  # noqa: S608  our own words
    papers: dict[int, LawPaper] = {}
    for number, name, collection, label, language, *said, box, start, entity, aliases in connection.execute(query).fetchall():
        matter, value, source, quote, page = said
        paper = papers.setdefault(number, LawPaper(document_id(number), name, collection, label, language))
        paper.entities = frozenset(entity_keys([entity, *aliases])) if entity else frozenset()
        paper.statements.append(LawStatement(matter, value, source, quote, page, box_of_row(box), start))
    return registered(list(papers.values()))


def clauses(connection: Connection, documents: Sequence[str]) -> dict[str, list[Clause]]:
    """The clauses of documents in reading order, by document id."""
    query = "SELECT document_id, ordinal, number, heading, text, page, box, locator FROM clauses WHERE document_id = ANY (%s) ORDER BY 1, 2"
    found: dict[str, list[Clause]] = {}
    for number, ordinal, printed, heading, text, page, box, locator in connection.execute(
        query, ([document_number(id) for id in documents],)
    ):
        clause = Clause(ordinal, printed, tuple(heading), text, page, box_of_row(box), locator)
        found.setdefault(document_id(number), []).append(clause)
    return found
