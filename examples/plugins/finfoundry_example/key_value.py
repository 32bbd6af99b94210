"""A format: files named ``.kv`` whose lines are ``label = value``; a first line ``year = 2024`` heads the column of values."""

from __future__ import annotations

import hashlib

from finfoundry.core.document import Block, Cell, Document, Page
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.bounds import check
from finfoundry.knowledge.formats import Format


def sniff(_: bytes, name: str) -> bool:
    return name.lower().endswith(".kv")


def parse(data: bytes, name: str) -> Document:
    """One table of two columns. Raises ParseError where a line has no ``=``."""
    try:
        lines = [line for line in data.decode("utf-8").splitlines() if line.strip()]
    except UnicodeDecodeError as error:
        raise ParseError(f"{name} is not UTF-8", remedy="Save it as UTF-8") from error
    check("cells", 2 * len(lines))
    rows = [tuple(part.strip() for part in line.split("=", 1)) for line in lines]
    if wrong := next((number for number, row in enumerate(rows, 1) if len(row) != 2), None):
        raise ParseError(f"{name}: line {wrong} has no =", remedy="Write each line as label = value")
    cells = [Cell(r, c, text, header=r == 0) for r, row in enumerate(rows) for c, text in enumerate(row)]
    table = Block("table", "\n".join("\t".join(row) for row in rows), cells=cells)
    return Document(name, hashlib.sha256(data).hexdigest(), "text/x-key-value", len(data), [Page(1, 0.0, 0.0, [table], source="flow")])


FORMAT = Format(sniff, parse)
