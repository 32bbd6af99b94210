"""The plain text of a suite's documents, page by page: what a baseline reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2


@dataclass(frozen=True, slots=True)
class TextPage:
    document: str  # file name
    number: int  # from 1
    text: str


def pages(files: Sequence[Path]) -> Iterator[TextPage]:
    """The text layer unchanged, in the order of the file; a text file is one page."""
    for path in files:
        if path.suffix.lower() == ".pdf":
            with pypdfium2.PdfDocument(path) as document:
                for number, page in enumerate(document, 1):
                    yield TextPage(path.name, number, page.get_textpage().get_text_range())
        else:
            yield TextPage(path.name, 1, path.read_text(encoding="utf-8", errors="replace"))
