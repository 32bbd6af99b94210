"""Small documents with known content, for tests of the store and of search."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.answer import Language
from finfoundry.core.document import Block, Cell, Certificate, Document, Fact, Identity, Page, Parsed, Profile, TableReport
from finfoundry.core.protocols import Scale
from finfoundry.knowledge.search.terms import terms

BALANCE = (("Total current assets", "7,669,974"), ("Total current liabilities", "5,466,312"), ("Total assets", "19,012,742"))


def paragraph(text: str, *section: str) -> Block:
    return Block("paragraph", text, (72.0, 100.0, 540.0, 120.0), section=section)


def table(rows: Sequence[Sequence[str]], *, title: str | None = None) -> Block:
    cells = [
        Cell(row, column, text, (72.0 + 100 * column, 200.0 + 12 * row, 170.0 + 100 * column, 210.0 + 12 * row), header=row == 0)
        for row, line in enumerate(rows)
        for column, text in enumerate(line)
    ]
    return Block(
        "table",
        "\n".join("\t".join(line) for line in rows),
        (72, 200, 540, 400),
        cells,
        ("Balance sheet",),
        title=title,
        note="in thousands",
    )


def parsed(
    name: str = "STREAM_2017_10K.pdf",
    *,
    pages: Sequence[Sequence[Block]] = ((paragraph("Streaming revenues grew because of memberships.", "Results"),),),
    entity: str | None = "Stream, Inc.",
    aliases: Sequence[str] = (),
    kind: str = "10-K",
    year: int = 2017,
    facts: Sequence[Fact] = (),
    version: int = 0,
) -> tuple[Parsed, bytes]:
    """A parsed document and its bytes; ``version`` makes other bytes of the same content."""
    made = [Page(number, 612.0, 792.0, list(blocks)) for number, blocks in enumerate(pages, 1)]
    data = f"{name} {version} {[page.text for page in made]}".encode()
    profile = Profile(entity, tuple(aliases), kind, f"{year}-01-01/{year}-12-31", year, "USD", "en")
    document = Document(name, hashlib.sha256(data).hexdigest(), "application/pdf", len(data), made, profile)
    certificate = Certificate(
        pages=len(made),
        facts=len(facts),
        pages_read_by_ocr={2: 0.5},
        table_reports=[TableReport(0, 1, "Balance", "1000", "USD", 6, 3, 3)],
        identities=[Identity("assets = liabilities + equity", True, 1, f"{year}-12-31", Decimal("1.10"), Decimal("1.10"))],
    )
    return Parsed(document, list(facts), certificate), data


def balance(year: int = 2017, entity: str = "Stream, Inc.", page: int = 2) -> list[Fact]:
    return [
        Fact(
            ("Current and other", label), Decimal(text.replace(",", "")) * 1000, "USD", f"{year}-12-31", text, page, entity, None,
            scale=Decimal(1000), box=(400.0, 200.0, 460.0, 210.0), statement="balance", table=0, row=row, column=1,
        )
        for row, (label, text) in enumerate(BALANCE, 1)
    ]  # fmt: skip


def filing(name: str = "STREAM_2017_10K.pdf", *, year: int = 2017, entity: str = "Stream, Inc.", version: int = 0) -> tuple[Parsed, bytes]:
    """Two pages: a paragraph, and a balance sheet with its facts."""
    rows = [("", f"December 31, {year}"), *BALANCE]
    pages = [[paragraph("Streaming revenues grew because of memberships.", "Results")], [table(rows, title="Consolidated balance sheet")]]
    return parsed(name, pages=pages, entity=entity, year=year, facts=balance(year, entity), version=version)


class HashEmbedder:
    """Vectors from hashed words: texts that share words are near. No model, the same everywhere."""

    model = "hash"
    dimensions = 384
    languages: tuple[Language | None, ...] = (None,)

    def passages(self, texts: Sequence[str], language: Language | None = None) -> NDArray[np.float32]:  # noqa: ARG002
        return np.stack([self.query(text) for text in texts])

    def query(self, text: str, language: Language | None = None) -> NDArray[np.float32]:  # noqa: ARG002
        vector = np.full(self.dimensions, 1e-3, dtype=np.float32)
        for term in terms(text):
            vector[int.from_bytes(hashlib.sha256(term.encode()).digest()[:4], "big") % self.dimensions] += 1
        unit: NDArray[np.float32] = vector / np.linalg.norm(vector)
        return unit

    def scale(self, language: Language | None = None) -> Scale:  # noqa: ARG002
        return Scale()

    def count_tokens(self, texts: Sequence[str]) -> int:
        return sum(len(text.split()) for text in texts)
