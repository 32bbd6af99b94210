"""What the agent may ask of wide tables: their columns, the texts of their cells, and verified SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from finfoundry.core.principal import Principal
from finfoundry.knowledge.datasets import cells, sql_check
from finfoundry.knowledge.datasets.cells import TextCell
from finfoundry.knowledge.datasets.key_value_cells import texts_beside
from finfoundry.knowledge.datasets.sql_check import QueryResult
from finfoundry.knowledge.ids import document_number
from finfoundry.runtime.database import Database


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """A column of numbers, under one name in however many tables. ``filled_until`` is the latest year it has rows for."""

    name: str
    concept: str | None
    unit: str | None
    instant: bool


class Tables:
    """Wide tables of one database. Every call acts for a principal and sees what that principal may see."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def columns(self, principal: Principal, collection: str | None = None) -> list[NumberColumn]:
        """The columns of numbers, each name once: with a unit, where one table states it and another does not."""
        select = f"""
            SELECT DISTINCT ON (name) name, concept, unit, instant FROM table_columns
            WHERE kind = 'number' AND {_IN} ORDER BY name, unit NULLS LAST, document_id
        """  # noqa: S608  a condition of our own
        with self.database.transaction(principal) as connection:
            return [NumberColumn(*row) for row in connection.execute(select, {"collection": collection}).fetchall()]

    def fields(self, principal: Principal, collection: str | None = None) -> list[str]:
        """The names of the columns of text."""
        select = f"SELECT DISTINCT name FROM table_columns WHERE kind = 'text' AND name <> '' AND {_IN} ORDER BY 1"  # noqa: S608
        with self.database.transaction(principal) as connection:
            return [name for (name,) in connection.execute(select, {"collection": collection}).fetchall()]

    def years(self, principal: Principal, collection: str | None = None) -> list[int]:
        """The years that there are rows for, the latest first."""
        select = f"SELECT DISTINCT fiscal_year FROM table_rows WHERE fiscal_year IS NOT NULL AND {_IN} ORDER BY 1 DESC"  # noqa: S608
        with self.database.transaction(principal) as connection:
            return [year for (year,) in connection.execute(select, {"collection": collection}).fetchall()]

    def texts(self, principal: Principal, entity: str, fields: Sequence[str], collection: str | None = None) -> list[TextCell]:
        """What some columns say of an entity, the latest year first."""
        with self.database.transaction(principal) as connection:
            companies = cells.companies_named(connection, entity)
            return cells.texts(connection, companies, fields, collection) if companies else []

    def beside(self, principal: Principal, documents: Sequence[str], phrases: Sequence[str]) -> list[TextCell]:
        """The texts next to a label in the tables of documents, the latest document first."""
        with self.database.transaction(principal) as connection:
            return texts_beside(connection, [document_number(id) for id in documents], phrases)

    def collection_id(self, principal: Principal, collection: str) -> int | None:
        """The number by which SQL knows a collection; None where the principal sees none of that name."""
        with self.database.transaction(principal) as connection:
            found = connection.execute("SELECT id FROM collections WHERE name = %s", (collection,)).fetchone()
            return int(found[0]) if found else None

    def query(self, principal: Principal, query: str, rows: int = 1000) -> QueryResult:
        """Verified SQL. Raises InputError."""
        return sql_check.run(self.database, principal, query, rows=rows)


_IN = "(%(collection)s::text IS NULL OR collection_id = (SELECT id FROM collections WHERE collections.name = %(collection)s))"
