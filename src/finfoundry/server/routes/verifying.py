"""Checks of answers against evidence as a client gives it. Given evidence needs no store and no model; all of it is read apart."""

from __future__ import annotations

import msgspec

from finfoundry.app import App
from finfoundry.core import cancellation
from finfoundry.core.document import Certificate, Document, Parsed, Profile
from finfoundry.core.principal import Principal
from finfoundry.knowledge.storage.store import FactQuery
from finfoundry.machine import bounds_of
from finfoundry.server.routes.bodies import FileEvidence, StoredEvidence, TextEvidence, VerifyRequest
from finfoundry.server.sandbox.apart import Apart
from finfoundry.server.sandbox.sandboxed import CheckedAnswer, CheckTask, Done, FileGiven, Given, StoredGiven, TextGiven

MOST_FACTS = 50_000  # of a stored document
# to who asks for words to be held against the evidence: a report must not read as if that had been done
WORDS_UNCHECKED = "Words that no program decides were not checked: nothing here reads them"


def check(app: App, apart: Apart, principal: Principal, request: VerifyRequest) -> Done:
    """Bind the figures of an answer; where `support` is asked for, with a warning. Raises InputError for evidence that
    cannot be read, NotFound for a document not visible.
    """
    warnings = (WORDS_UNCHECKED,) if request.support else ()
    evidence = [_given(app, principal, given, number) for number, given in enumerate(request.evidence)]
    sent = msgspec.msgpack.encode(CheckedAnswer(request.answer, request.question, evidence))
    strict = app.settings.strict if request.strict is None else request.strict
    task = CheckTask(app.settings.certificate_threshold, bounds_of(app.settings), strict, warnings)
    return apart.do(task, sent)


def _given(app: App, principal: Principal, given: str | TextEvidence | FileEvidence | StoredEvidence, number: int) -> Given:
    if isinstance(given, str):
        return TextGiven(given, f"text {number + 1}")
    if isinstance(given, TextEvidence):
        return TextGiven(given.text, given.name, given.entity)
    return FileGiven(given.file, given.name) if isinstance(given, FileEvidence) else _stored(app, principal, given.document)


def _stored(app: App, principal: Principal, identifier: str) -> StoredGiven:
    """What the store keeps of a document, as far as the reader may see it. Raises NotFound."""
    stored = app.store.document(principal, identifier)
    facts = [row.fact for row in app.store.facts(principal, FactQuery(document_id=identifier, limit=MOST_FACTS))]
    pages = []
    for number in range(1, stored.pages + 1):
        cancellation.check()
        pages.append(app.store.page(principal, identifier, number))
    profile = Profile(stored.entity, stored.aliases, stored.kind, stored.period, stored.fiscal_year, stored.currency, title=stored.title)
    document = Document(stored.name, stored.sha256, stored.media_type, stored.size, pages, profile)
    return StoredGiven(Parsed(document, facts, Certificate()), stored.id)
