"""JSON Schemas of what ``--json`` and the API print, derived from the types that are printed, so that the two cannot part.

A change that breaks a reader raises VERSION. Every field is always printed, and nothing that the schema does not name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_type_hints

from pydantic import TypeAdapter

from finfoundry.app import App
from finfoundry.core.document import Certificate
from finfoundry.evals.compare import compare
from finfoundry.evaluation import Evaluation
from finfoundry.governance.api_keys import ApiKeys
from finfoundry.governance.policy import Policy
from finfoundry.machine import Machine
from finfoundry.operations import backup, contract, restore
from finfoundry.server.bodies import Collection, Feedback, Ready
from finfoundry.server.errors import ErrorBody
from finfoundry.specialist_desk import Desk
from finfoundry.uploads import Upload
from finfoundry.views import ParseView

VERSION = 1
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def returned(method: Callable[..., Any]) -> Any:
    return get_type_hints(method)["return"]


TYPES: dict[str, Any] = {
    "answer": returned(App.ask),
    "batch": returned(App.ask_batch),
    "parse": ParseView,
    "certificate": Certificate,
    "facts": returned(App.facts),
    "search": returned(App.search),
    "ingest": returned(App.ingest),
    "tables-import": returned(App.import_tables),
    "tables-query": returned(App.query_tables),
    "documents": returned(App.documents),
    "document": returned(App.document),
    "deleted": returned(App.delete),
    "verify": returned(Machine.verify),
    "models": returned(Machine.models),
    "doctor": returned(Machine.doctor),
    "doctor-database": returned(contract.examine),
    "status": returned(Machine.status),
    "user": returned(Policy.add_user),
    "users": returned(Policy.users),
    "label": returned(Policy.add_label),
    "labels": returned(Policy.labels),
    "grant": returned(Policy.add_grant),
    "grants": returned(Policy.grants),
    "key": returned(ApiKeys.create),
    "keys": returned(ApiKeys.keys),
    "upload": Upload,
    "collections": list[Collection],
    "feedback": Feedback,
    "ready": Ready,
    "error": ErrorBody,
    "backup": returned(backup.backup),
    "restore": returned(restore.restore),
    "backup-checked": returned(restore.check),
    "audit-verify": returned(App.audit_verify),
    "audit-show": returned(App.audit_show),
    "audit-replay": returned(App.audit_replay),
    "evaluate": returned(Evaluation.evaluate),
    "compare": returned(compare),
    "specialist-trained": returned(Desk.train),
    "specialist-validation": returned(Desk.validate),
    "specialist-scores": returned(Desk.score),
    "specialist-monitoring": returned(Desk.monitor),
    "specialist-card": returned(Desk.card),
    "specialist-registered": returned(Desk.promote),
    "specialist-replay": returned(Desk.replay),
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
