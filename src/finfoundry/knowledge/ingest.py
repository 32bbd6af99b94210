"""Bytes to pages, facts and certificate: a pure function, so that it can run in a killable process or elsewhere."""

from __future__ import annotations

from finfoundry.core.document import Parsed
from finfoundry.knowledge.certificate import THRESHOLD, certify
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.ixbrl import has_tags, tagged_facts
from finfoundry.knowledge.parse import parse_document
from finfoundry.knowledge.parse.bounds import BOUNDS, Bounds


def parse(data: bytes, name: str, *, threshold: float = THRESHOLD, bounds: Bounds = BOUNDS, ocr_seconds: float = float("inf")) -> Parsed:
    """Read a file of any known format. Raises ParseError when it cannot be read.

    In an inline XBRL filing the tags say what a number is; numbers without a tag are read from their table as in any other file.
    """
    document = parse_document(data, name, bounds=bounds, ocr_seconds=ocr_seconds)
    facts = extract(document)
    if document.media_type == "text/html" and has_tags(data):
        facts = tagged_facts(data, document, facts)
    return Parsed(document, facts, certify(document, facts, threshold=threshold))
