"""A recorded score in words: found by version, its reasons computed where they were not asked for, every statement checked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from finfoundry.app import App
from finfoundry.ask.scores.narrate import Pattern, narrate
from finfoundry.core.answer import Answer, Language
from finfoundry.core.errors import NotFound
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import RecordedScore
from finfoundry.governance.trail import Trail
from finfoundry.runtime.audit import AuditRecord, AuditStep, append
from finfoundry.runtime.keys import Master
from finfoundry.specialists.families import aml
from finfoundry.specialists.families.families import MARKET_RISK
from finfoundry.specialists.families.graph_evidence import GraphEvidence
from finfoundry.specialists.families.graph_evidence import explain as explain_account
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.models import specialist
from finfoundry.specialists.models.meaning import meaning_of
from finfoundry.specialists.models.specialist import Specialist, check_sealed, family_of
from finfoundry.specialists.reports.card import write_evidence
from finfoundry.specialists.scoring.replay import computed

_AGAIN = "The score was recorded without reasons; they were computed from its recorded inputs"


@dataclass(frozen=True, slots=True)
class ExplanationRequest:
    """Which row of which specialist, how told to whom."""

    folder: Path
    row: str
    language: Language = "en"
    audience: str | None = None
    transactions: Path | None = None  # aml: in place of those kept at training
    as_of: str | None = None  # aml: up to when transfers count


def explain(app: App, registry: Registry, principal: Principal, asked: ExplanationRequest) -> Answer:
    """Put a row's latest score by this version into words, and audit the act.

    For aml it is the narrative of a report, with the sub-graph that shows why. Raises NotFound: this version did not score the row.
    """
    name, family, version = asked.folder.resolve().name, family_of(asked.folder), check_sealed(asked.folder)
    record, output = registry.find(principal, name, version, asked.row)
    if output.get("refused"):
        raise NotFound(f"The row {asked.row} was not scored: {output['refused']}")
    made = None if family == MARKET_RISK else specialist.load(asked.folder)
    again = made is not None and "reasons" not in output
    if made is not None and again:
        output = _with_reasons(app, made, record, asked.row, output)
    score = RecordedScore(name, family, version, record, asked.row, "", output)
    audience = asked.audience or ("investigator" if family == aml.FAMILY.name else "customer")
    found = _evidence(made, asked) if made is not None and family == aml.FAMILY.name else None
    meaning = meaning_of(made, registry.state(version) or "unknown") if made else None
    told = narrate(score, asked.language, audience, meaning, _pattern(found) if found else None)
    answer = told.answer
    answer.warnings += [_AGAIN] if again else []
    if found is not None:
        answer.warnings.append(f"The transfers and their picture: {write_evidence(asked.folder, found)}")
    elif family == aml.FAMILY.name:
        answer.warnings.append(f"No pattern of transfers stands out around {asked.row}")
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


def _evidence(made: Specialist, asked: ExplanationRequest) -> GraphEvidence | None:
    """The sub-graph that explains an account."""
    known = aml.known_of(made, asked.transactions, asked.as_of)
    return explain_account(known.graph if known.as_of is None else known.graph.until(known.as_of), asked.row)


def _pattern(found: GraphEvidence) -> Pattern:
    """The figures of a sub-graph, amounts to the hundredth."""
    amounts = [Decimal(str(edge[2])).quantize(Decimal("0.01")) for edge in found.edges]
    figures = {"transfers": Decimal(len(amounts)), "accounts": Decimal(len(found.accounts))}
    return Pattern(found.pattern, found.collector, figures | {"sum moved": sum(amounts, Decimal(0)), "largest transfer": max(amounts)})
