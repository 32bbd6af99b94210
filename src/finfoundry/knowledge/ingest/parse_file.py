"""Bytes to pages, facts and certificate: a pure function, so that it can run in a killable process or elsewhere."""

from __future__ import annotations

from dataclasses import replace

from finfoundry.core.document import Document, Fact, Page, Parsed
from finfoundry.core.instructions import instructions
from finfoundry.knowledge.balance.lossy_tables import less_sure
from finfoundry.knowledge.balance.printed import printed
from finfoundry.knowledge.bounds import BOUNDS, Bounds
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.table.grid import is_nothing
from finfoundry.knowledge.facts.tags.ixbrl import has_tags
from finfoundry.knowledge.facts.tags.tagged_facts import tagged_facts
from finfoundry.knowledge.formats import parse_document
from finfoundry.knowledge.ingest.certificate import THRESHOLD, certify
from finfoundry.knowledge.ingest.contradictions import marked
from finfoundry.knowledge.ingest.legible import LONGEST_CELL, LONGEST_LINE, legible
from finfoundry.knowledge.laws.clauses import clauses
from finfoundry.knowledge.laws.statements import read_law

QUOTED, MOST_NAMED = 120, 5  # characters of an instruction in a certificate; of a page, how many


def parse(data: bytes, name: str, *, threshold: float = THRESHOLD, bounds: Bounds = BOUNDS, ocr_seconds: float = float("inf")) -> Parsed:
    """Read a file of any known format. Raises ParseError when it cannot be read.

    In an inline XBRL filing the tags say what a number is; numbers without a tag are read from their table as in any other file.
    """
    document = parse_document(data, name, bounds=bounds, ocr_seconds=ocr_seconds)
    facts = facts_of(document)
    tagged = document.media_type == "text/html" and has_tags(data)
    facts = tagged_facts(data, document, facts) if tagged else [fact for fact in facts if not is_nothing(fact.text)]
    facts = marked(document, facts)
    law = read_law(document)
    certificate = certify(document, facts, threshold=threshold, prints=printed(document, data, bounds))
    facts = less_sure(facts, certificate.digits)
    if law is None:
        return Parsed(document, facts, certificate)
    certificate.law = law.statements
    certificate.losses += law.faults
    return Parsed(document, facts, certificate, clauses(document))


def facts_of(document: Document) -> list[Fact]:
    """The facts of a document, read from what is legible of it.

    A sentence that instructs whoever answers is evidence of nothing. The certificate names it, and what was cut.
    """
    pages = document.pages
    shown, cut = legible(pages)
    if cut:
        document.losses.append(
            f"{cut} cells or lines are longer than can be read for facts ({LONGEST_CELL:,} and {LONGEST_LINE:,} characters)"
        )
    document.pages = [_without_instructions(page, document.losses) for page in shown]
    try:
        return extract(document)
    finally:
        document.pages = pages


def _without_instructions(page: Page, losses: list[str]) -> Page:
    instructing = {id(block): found for block in page.blocks if (found := instructions(block.text))}
    if not instructing:
        return page
    quoted = [found[0][:QUOTED] for found in instructing.values()][:MOST_NAMED]
    losses += [f"page {page.number}: instructs whoever answers, and supports no answer: {text!r}" for text in quoted]
    return replace(page, blocks=[block for block in page.blocks if block.kind == "table" or id(block) not in instructing])
