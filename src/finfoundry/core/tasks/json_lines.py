"""The lines of a JSON-lines file: only a line feed ends one, since a text in JSON may hold every other sign that ends lines elsewhere
(U+0085, U+2028, U+2029) as it is.
"""

from __future__ import annotations

from collections.abc import Iterator


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, each with its number from 1."""
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())
