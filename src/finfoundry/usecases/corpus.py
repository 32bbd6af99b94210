"""Documents of the store as a corpus for continued pretraining. What is learned from is what its reader may see."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from finfoundry.app import App
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.knowledge.ids import document_id
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection

LICENCE = "internal"  # a recipe that learns from one's own documents allows it by name
TEXTS, MANIFEST = "corpus.jsonl", "manifest.json"
READ = ("heading", "paragraph", "list", "caption", "table")  # not the heads and feet of pages, which say the same on each


@dataclass(frozen=True, slots=True)
class Corpus:
    """What was written. ``labels`` and ``languages`` count documents; ``missing`` are those without text."""

    folder: str
    documents: int
    characters: int
    sha256: str
    labels: dict[str, int]
    languages: dict[str, int]
    missing: int
    exported_by: str
    exported_at: str
    licence: str = LICENCE


@dataclass(frozen=True, slots=True)
class Text:
    """One line of the corpus."""

    id: str
    name: str
    label: str
    language: str
    sha256: str  # of the document's file
    text: str


def export_corpus(app: App, principal: Principal, folder: Path, collection: str | None = None) -> Corpus:
    """Write the text of every document that the principal may read now, with a manifest. Raises InputError where there is none, NotFound
    for a collection that is not there.
    """
    app.policy.require_collection(principal, collection)
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{TEXTS}.part"
    try:
        told = _written(app, principal, folder, beside, collection)
        with app.database.transaction(principal) as connection:  # nothing leaves before it is on record
            audit.append(connection, audit.AuditRecord(principal.user, "corpus exported", (audit.AuditStep("dataset", told),)))
        beside.replace(folder / TEXTS)
    finally:
        beside.unlink(missing_ok=True)
    manifest = {name: value for name, value in asdict(told).items() if name != "folder"}
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    return told


def _written(app: App, principal: Principal, folder: Path, beside: Path, collection: str | None) -> Corpus:
    digest, labels, languages, characters, missing = hashlib.sha256(), Counter[str](), Counter[str](), 0, 0
    with app.database.transaction(principal) as connection, beside.open("w", encoding="utf-8") as file:
        for one in _texts(connection, collection):
            if not one.text:
                missing += 1
                continue
            line = json.dumps(asdict(one), ensure_ascii=False) + "\n"
            file.write(line)
            digest.update(line.encode())
            labels[one.label] += 1
            languages[one.language] += 1
            characters += len(one.text)
    if not labels:
        where = f" in the collection {collection}" if collection else ""
        raise InputError(f"{principal.user} may read no document with text{where}", remedy="See finfoundry documents list")
    return Corpus(
        str(folder), labels.total(), characters, digest.hexdigest(), dict(labels), dict(languages), missing, principal.user,
        datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip


def _texts(connection: Connection, collection: str | None) -> Iterator[Text]:
    """One document after the other, in reading order; row-level security leaves out what the principal may not read."""
    query = """
        SELECT d.id, d.name, l.name, d.language, d.sha256 FROM documents d
        JOIN labels l ON l.id = d.label_id JOIN collections c ON c.id = d.collection_id
        WHERE %(collection)s::text IS NULL OR c.name = %(collection)s ORDER BY d.name, d.id
    """
    for number, name, label, language, sha256 in connection.execute(query, {"collection": collection}).fetchall():
        blocks = connection.execute(
            "SELECT text FROM blocks WHERE document_id = %s AND kind = ANY(%s) ORDER BY page, ordinal", (number, list(READ))
        ).fetchall()
        text = "\n".join(text.strip() for (text,) in blocks if text.strip())
        yield Text(document_id(number), name, label, language, sha256, text)
