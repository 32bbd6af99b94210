"""Evidence as a client gives it, read into what the binder takes. Given evidence needs no store and no model."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from lxml import etree

from finfoundry.app import App
from finfoundry.binding.evidence import Evidence
from finfoundry.binding.sources import from_parsed, from_text
from finfoundry.binding.verify import Report, verify
from finfoundry.core import leaving
from finfoundry.core.document import Certificate, Document, Parsed, Profile
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.knowledge.containers import read_whole
from finfoundry.knowledge.store import FactQuery
from finfoundry.machine import workers
from finfoundry.server.bodies import FileEvidence, StoredEvidence, TextEvidence, VerifyRequest

MOST_FACTS = 50_000  # of a stored document
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def check(app: App, principal: Principal, request: VerifyRequest) -> Report:
    """Bind the figures of an answer. Raises InputError for evidence that cannot be read, NotFound for a document not visible."""
    evidence = [one for number, given in enumerate(request.evidence) for one in _read(app, principal, given, number)]
    return verify(request.answer, evidence, request.question)


def _read(app: App, principal: Principal, given: str | TextEvidence | FileEvidence | StoredEvidence, number: int) -> Sequence[Evidence]:
    leaving.check()
    if isinstance(given, str):
        return _text(given, f"text {number + 1}")
    if isinstance(given, TextEvidence):
        return _text(given.text, given.name, given.entity)
    return _file(app, given) if isinstance(given, FileEvidence) else _stored(app, principal, given.document)


def _text(text: str, name: str, entity: str | None = None) -> list[Evidence]:
    try:
        return from_text(_NOT_XML.sub(" ", text), name, entity)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, RecursionError) as error:
        raise InputError(f"The evidence {name!r} cannot be read as text with tables", remedy="Give plain text or Markdown") from error


def _file(app: App, given: FileEvidence) -> list[Evidence]:
    try:
        data = base64.b64decode(given.file, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"The file {given.name!r} is not base64", remedy="Encode its bytes in base64") from error
    left = leaving.remaining()
    limit = app.settings.parse_timeout if left is None else min(app.settings.parse_timeout, max(left, 1.0))
    with workers(app.settings.model_copy(update={"parse_timeout": limit}), 1) as pool:
        return [evidence for parsed in read_whole(pool, Path(given.name), data) for evidence in from_parsed(parsed)]


def _stored(app: App, principal: Principal, identifier: str) -> list[Evidence]:
    """What the store keeps of a document, as far as the reader may see it. Raises NotFound."""
    stored = app.store.document(principal, identifier)
    facts = [row.fact for row in app.store.facts(principal, FactQuery(document_id=identifier, limit=MOST_FACTS))]
    pages = [app.store.page(principal, identifier, number) for number in range(1, stored.pages + 1)]
    profile = Profile(stored.entity, stored.aliases, stored.kind, stored.period, stored.fiscal_year, stored.currency, title=stored.title)
    document = Document(stored.name, stored.sha256, stored.media_type, stored.size, pages, profile)
    return from_parsed(Parsed(document, facts, Certificate()), stored.id)


def mentioned(evidence: Iterable[str | TextEvidence | FileEvidence | StoredEvidence]) -> tuple[str, ...]:
    """The stored documents that a request draws on."""
    return tuple(given.document for given in evidence if isinstance(given, StoredEvidence))
