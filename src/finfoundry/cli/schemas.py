"""JSON Schemas of what ``--json`` and the API print, derived from the types that are printed, so that the two cannot part.

A change that breaks a reader raises VERSION. Every field is always printed, and nothing that the schema does not name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_type_hints

from pydantic import TypeAdapter

from finfoundry.app import App
from finfoundry.ask.views import FactsFile, ParseView
from finfoundry.core.document import Certificate
from finfoundry.demo.specialists import DemoPage
from finfoundry.governance.api_keys import ApiKeys
from finfoundry.governance.policy import Policy
from finfoundry.machine import Machine
from finfoundry.operations import advisories, backup, bundle, contract_points, restore, retention, sealed
from finfoundry.release.register import Register
from finfoundry.server.limits.errors import ErrorBody
from finfoundry.server.routes.bodies import Collection, FeedbackRecord, Ready
from finfoundry.specialists.lifecycle import alerts, outcomes, roles
from finfoundry.specialists.lifecycle.payment_intake import PaymentIntake
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.models import onnx_export
from finfoundry.usecases import specialist_production
from finfoundry.usecases.compare_runs import compare
from finfoundry.usecases.corpus import export_corpus
from finfoundry.usecases.evaluate import Evaluation, fitted
from finfoundry.usecases.feedback import Feedback as Ratings
from finfoundry.usecases.release_model import ReleaseDesk
from finfoundry.usecases.run_specialist import Desk
from finfoundry.usecases.specialist_alerts import AlertDesk
from finfoundry.usecases.specialist_bins import preview_bins
from finfoundry.usecases.train_model import Training
from finfoundry.usecases.uploads import Upload

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
    "doctor-database": returned(contract_points.examine),
    "doctor-sealed": returned(sealed.examine),
    "status": returned(Machine.status),
    "stopped": returned(Machine.stop),
    "user": returned(Policy.add_user),
    "users": returned(Policy.users),
    "label": returned(Policy.add_label),
    "labels": returned(Policy.labels),
    "grant": returned(Policy.add_grant),
    "grants": returned(Policy.grants),
    "key": returned(ApiKeys.create),
    "keys": returned(ApiKeys.keys),
    "key-revoked": returned(ApiKeys.revoke),
    "keys-ended": returned(ApiKeys.revoke_all),
    "facts-file": FactsFile,
    "upload": Upload,
    "collections": list[Collection],
    "feedback": FeedbackRecord,
    "rated": returned(Ratings.add),
    "ratings": returned(Ratings.rated),
    "feedback-exported": returned(Ratings.export),
    "corpus": returned(export_corpus),
    "ready": Ready,
    "error": ErrorBody,
    "backup": returned(backup.backup),
    "restore": returned(restore.restore),
    "backup-checked": returned(restore.check),
    "bundle": returned(bundle.bundle),
    "bundle-verify": returned(bundle.verify),
    "bundle-audit": returned(advisories.audit),
    "retention": returned(retention.set_rule),
    "retention-list": returned(retention.rules),
    "retention-applied": returned(retention.apply),
    "audit-verify": returned(App.audit_verify),
    "audit-show": returned(App.audit_show),
    "audit-replay": returned(App.audit_replay),
    "audit-erased": returned(App.audit_erase),
    "audit-resumed": returned(App.audit_resume),
    "exam": returned(Register.exam),
    "release": returned(Register.show),
    "releases": returned(Register.releases),
    "release-upgrade": returned(ReleaseDesk.upgrade),
    "evaluate": returned(Evaluation.evaluate),
    "compare": returned(compare),
    "calibrate": returned(fitted),
    "train": returned(Training.train),
    "train-plan": returned(Training.dry_run),
    "model": returned(Training.export),
    "adapter": returned(Training.install),
    "specialist-trained": returned(Desk.train),
    "specialist-validation": returned(Desk.validate),
    "specialist-scores": returned(Desk.score),
    "specialist-payments": returned(PaymentIntake.enter),
    "specialist-batch": returned(PaymentIntake.queue),
    "specialist-monitoring": returned(Desk.monitor),
    "specialist-card": returned(Desk.card),
    "specialist-registered": returned(Desk.promote),
    "specialist-validated": returned(Desk.sign),
    "specialist-validations": returned(Registry.validations),
    "specialist-role": returned(roles.give),
    "specialist-roles": returned(roles.given),
    "specialist-noted": returned(outcomes.note),
    "specialist-backtest": returned(specialist_production.back_test),
    "specialist-replay": returned(Desk.replay),
    "specialist-policy": returned(Desk.policy),
    "specialist-alerts-raised": returned(AlertDesk.judge),
    "specialist-alerts": returned(alerts.listed),
    "specialist-alert": returned(alerts.shown),
    "specialist-bins": returned(preview_bins),
    "specialist-read": returned(Desk.read),
    "specialists": returned(Registry.versions),
    "specialist-demo": DemoPage,
    "specialist-onnx": returned(onnx_export.write_onnx),
    "specialist-challenger": returned(Desk.challenge),
    "specialist-comparison": returned(specialist_production.compare),
}
# Command, with an option where the option changes what is printed -> what it prints.
COMMANDS = {
    "pull": "models", "models": "models", "doctor": "doctor", "doctor --database": "doctor-database", "status": "status", "stop": "stopped",
    "ingest": "ingest", "parse": "parse", "search": "search", "facts": "facts", "facts --xlsx": "facts-file",
    "ask": "answer", "ask --batch": "batch", "verify": "verify",
    "documents list": "documents", "documents show": "document", "documents delete": "deleted",
    "users add": "user", "users list": "users", "users remove": "user",
    "labels add": "label", "labels list": "labels", "labels remove": "label",
    "grants add": "grant", "grants list": "grants", "grants remove": "grant",
    "keys create": "key", "keys list": "keys", "keys revoke": "key-revoked", "keys revoke --user": "keys-ended",
    "audit verify": "audit-verify", "audit show": "audit-show", "audit replay": "audit-replay", "audit erase": "audit-erased",
    "audit resume": "audit-resumed",
    "tables import": "tables-import", "tables query": "tables-query",
    "backup": "backup", "restore": "restore", "restore --check": "backup-checked", "bundle": "bundle",
    "bundle verify": "bundle-verify", "bundle audit": "bundle-audit",
    "retention set": "retention", "retention list": "retention-list", "retention remove": "retention",
    "retention apply": "retention-applied",
    "evaluate": "evaluate", "compare": "compare", "calibrate": "calibrate",
    "release exam": "exam", "release exam-show": "exam",
    "release propose": "release", "release promote": "releases", "release rollback": "releases", "release list": "releases",
    "release show": "release", "release upgrade": "release-upgrade",
    "feedback add": "rated", "feedback list": "ratings", "feedback export": "feedback-exported",
    "corpus": "corpus",
    "train": "train", "train --dry-run": "train-plan", "export": "model", "adapters install": "adapter",
    "specialists train": "specialist-trained", "specialists validate": "specialist-validation", "specialists score": "specialist-scores",
    "specialists payments": "specialist-payments",
    "specialists monitor": "specialist-monitoring", "specialists card": "specialist-card", "specialists list": "specialists",
    "specialists promote": "specialist-registered", "specialists retire": "specialist-registered",
    "specialists sign": "specialist-validated", "specialists validations": "specialist-validations",
    "specialists role-give": "specialist-role", "specialists roles": "specialist-roles", "specialists decide": "specialist-noted",
    "specialists outcomes": "specialist-noted", "specialists backtest": "specialist-backtest",
    "specialists replay": "specialist-replay", "specialists policy": "specialist-policy", "specialists read": "specialist-read",
    "specialists alerts raise": "specialist-alerts-raised", "specialists alerts list": "specialist-alerts",
    "specialists alerts show": "specialist-alert", "specialists alerts note": "specialist-alert",
    "specialists alerts narrative": "specialist-alert", "specialists alerts propose": "specialist-alert",
    "specialists alerts close": "specialist-alert", "specialists alerts return": "specialist-alert",
    "specialists bins": "specialist-bins",
    "specialists explain": "answer", "specialists demo": "specialist-demo", "specialists onnx": "specialist-onnx",
    "specialists challenger": "specialist-challenger", "specialists compare": "specialist-comparison",
}  # fmt: skip


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
