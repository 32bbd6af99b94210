"""Whose a document is that names no company: notes torn from a report print amounts of its statements, of the same days, to the last
digit.

The other papers of that company must lie in the same collection under the same label, so that who may read one may read the other. A
document that was told so is nobody's again when its witness goes.
"""

from __future__ import annotations

from typing import NamedTuple

from finfoundry.runtime.database import Connection

LEAST = 3  # telling amounts of the same days: of 56 parts of Taiwanese reports none shares two with another company's


class Owned(NamedTuple):
    """A document whose company another one tells, by how many figures that both print."""

    document: int
    witness: int
    figures: int


def own(connection: Connection, number: int) -> list[Owned]:
    """Find whose a document is, or which nameless ones it is the witness of. Its rows are written already."""
    rows = connection.execute("SELECT * FROM own_by_figures(%s, %s)", (number, LEAST)).fetchall()
    return [Owned(*row) for row in rows]


def release(connection: Connection, number: int) -> None:
    """Forget what figures told of a document, and what its own told of others."""
    connection.execute("DELETE FROM document_owners WHERE %s IN (document_id, witness_id)", (number,))
