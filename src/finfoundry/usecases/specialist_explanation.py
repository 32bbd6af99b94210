"""A recorded score in words: found by version, its reasons computed where they were not asked for, every statement checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from finfoundry.app import App
from finfoundry.core.answer import Answer, Language
from finfoundry.core.errors import NotFound
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import RecordedScore
from finfoundry.governance.trail import Trail
from finfoundry.runtime.audit import AuditRecord, AuditStep, append
from finfoundry.runtime.keys import Master
from finfoundry.specialists.families.family import Options, ScoreEvidence
from finfoundry.specialists.families.serving import Opened
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.models.meaning import meaning_of
from finfoundry.specialists.models.specialist import Specialist
from finfoundry.specialists.scoring.replay import computed
from finfoundry.usecases.narratives.narrate import Pattern, narrate

_AGAIN = "The score was recorded without reasons; they were computed from its recorded inputs"


@dataclass(frozen=True, slots=True)
class ExplanationRequest:
    """Which row of which specialist is explained, in which language, for whom."""

    folder: Path
    row: str
    language: Language = "en"
    audience: str | None = None
    options: Options = field(default_factory=dict)  # what the family takes besides


def explain(app: App, registry: Registry, principal: Principal, opened: Opened, asked: ExplanationRequest) -> Answer:
    """Put a row's latest score by this version into words, with what it rests on besides (a pattern of transfers), and audit the act.

    Raises NotFound: this version did not score the row.
    """
    lifecycle, made, name = opened
    family, version = lifecycle.family, made.version
    record, output = registry.find(principal, name, version, asked.row)
    if output.get("refused"):
        raise NotFound(f"The row {asked.row} was not scored: {output['refused']}")
    rows = lifecycle.classifier is not None
    again = rows and "reasons" not in output
    if again:
        output = _with_reasons(app, made, record, asked.row, output)
    score = RecordedScore(name, family.name, version, record, asked.row, "", output)
    audience = asked.audience or family.audience
    found = lifecycle.evidence(asked.folder, made, asked.row, asked.options)
    meaning = meaning_of(made, registry.state(version) or "unknown") if rows else None
    told = narrate(score, asked.language, audience, meaning, _pattern(found) if found else None)
    answer = told.answer
    answer.warnings += [_AGAIN] if again else []
    answer.warnings += [found.told] if found else []
    answer.disclosure = app.disclose(answer.language, answer.id)
    content = {"model": name, "version": version, "record": record, "row": asked.row, "output": output, "audience": audience}
    steps = (AuditStep("specialist", content), AuditStep("binding", told.binding), AuditStep("answer", answer))
    with app.database.transaction(principal) as connection:
        answer.audit_id = append(connection, AuditRecord(principal.user, "explanation", steps, target=answer.id))
    return answer


def _with_reasons(app: App, made: Specialist, record: str, row: str, output: dict[str, Any]) -> dict[str, Any]:
    """The output with its reasons, from the inputs in the audit record; as it was where they were erased or differ.

    Who may see the score was asked when it was found.
    """
    with app.database.owner() as connection:
        entries = Trail(connection, Master.open(app.settings.home)).trace(record).one("rows") or []
    entry = next((entry for entry in entries if entry["id"] == row and entry["inputs"] is not None), None)
    if entry is None:
        return output
    new = computed(made, [entry], reasons=True)[0]
    return new if all(new.get(name) == value for name, value in output.items()) else output


def _pattern(found: ScoreEvidence) -> Pattern | None:
    return Pattern(found.kind, found.collector, found.figures) if found.kind else None
