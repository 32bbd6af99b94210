"""Names of the files inside a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from finfoundry.core.document import Part


def apart(parts: Sequence[Part]) -> list[Part]:
    """Parts of one name get a number: each is a document of its own."""
    seen: Counter[str] = Counter()
    found = []
    for part in parts:
        seen[part.name] += 1
        stem, dot, suffix = part.name.rpartition(".")
        name = f"{stem} ({seen[part.name]}){dot}{suffix}" if dot and stem else f"{part.name} ({seen[part.name]})"
        found.append(part if seen[part.name] == 1 else Part(name, part.data, part.error, part.remedy))
    return found
