"""JSON Schemas of what ``--json`` and the API print, derived from the types that are printed, so that the two cannot part.

A change that breaks a reader raises VERSION. Every field is always printed, and nothing that the schema does not name.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from finfoundry.core.answer import Answer
from finfoundry.core.document import Certificate
from finfoundry.views import FactView, HitView, ParseView

VERSION = 1
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TYPES: dict[str, Any] = {
    "answer": Answer,
    "parse": ParseView,
    "certificate": Certificate,
    "facts": list[FactView],
    "search": list[HitView],
}


def schema(name: str) -> dict[str, Any]:
    """The schema of one kind of output; KeyError if there is no such kind."""
    body = TypeAdapter(TYPES[name]).json_schema(mode="serialization")
    close(body)
    return {"$schema": DIALECT, "$id": f"urn:finfoundry:schema:{name}:v{VERSION}", **body}


def close(node: Any) -> None:
    """Require every property of every object and allow no other, in place; drop defaults, which say nothing about output."""
    if isinstance(node, list):
        for part in node:
            close(part)
    elif isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            node["required"] = list(node["properties"])
            node["additionalProperties"] = False
            for value in node["properties"].values():
                value.pop("default", None)
        for part in node.values():
            close(part)
