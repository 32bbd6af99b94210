"""The retrieval log: one JSON line a search, with all that its order was made of, so that it can be replayed and scored later.

Lines hold questions and no passages. A replay needs neither store nor models, and other shares of the rankings can be tried on it.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from finfoundry.core.errors import InputError
from finfoundry.knowledge.ids import document_id, document_number
from finfoundry.knowledge.search.fusion import Place, fuse
from finfoundry.knowledge.search.passages import SearchOutcome


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class SearchLog:
    """Appends to a file that only its owner can read."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.Lock()

    def __call__(self, found: SearchOutcome) -> None:
        line = json.dumps(_record(found), ensure_ascii=False)
        with self._lock, open(self.file, "a", encoding="utf-8", opener=_private) as file:
            file.write(line + "\n")


@dataclass(frozen=True, slots=True)
class Logged:
    """A search of the log. Places are (document id, page), or (document id, -1 - passage) in files without pages."""

    question: str
    rankings: tuple[tuple[str, float, tuple[tuple[str, int], ...]], ...]
    factors: Mapping[str, float]
    hits: tuple[tuple[str, str, int], ...]  # document id, its name, page

    def replay(self, shares: Mapping[str, float] | None = None) -> list[tuple[str, int]]:
        """The places again, best first; ``shares`` by ranking ("words", "meaning", "facts") multiply those of the search."""
        given = shares or {}
        ranked = [
            (share * given.get(name, 1.0), [(document_number(document), part) for document, part in places])
            for name, share, places in self.rankings
        ]
        factors = {document_number(document): factor for document, factor in self.factors.items()}
        scores = fuse(ranked, factors)
        order = sorted(scores, key=lambda place: (-scores[place], place))
        return [(document_id(document), part) for document, part in order]


def read_log(file: Path) -> Iterator[Logged]:
    """Raises InputError for a file that is no such log."""
    try:
        for line in file.read_text("utf-8").splitlines():
            yield _logged(json.loads(line))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file} is no retrieval log ({error})", remedy="Set FINFOUNDRY_RETRIEVAL_LOG and search again") from error


def _record(found: SearchOutcome) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "query": asdict(found.query),
        "rankings": [
            {"name": name, "share": share, "places": [_named(place) for place in places]} for name, share, places in found.rankings
        ],
        "factors": {document_id(number): factor for number, factor in found.factors.items()},
        "hits": [
            {"document": {"id": hit.document_id, "name": hit.document_name}, "page": hit.page, "score": hit.score} for hit in found.hits
        ],
    }


def _named(place: Place) -> tuple[str, int]:
    return document_id(place[0]), place[1]


def _logged(record: dict[str, Any]) -> Logged:
    query = record["query"]
    return Logged(
        query["question"] or query["text"],
        tuple((one["name"], one["share"], tuple((document, part) for document, part in one["places"])) for one in record["rankings"]),
        record["factors"],
        tuple((hit["document"]["id"], hit["document"]["name"], hit["page"]) for hit in record["hits"]),
    )
