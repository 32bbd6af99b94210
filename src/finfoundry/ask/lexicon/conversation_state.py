"""What one question leaves behind: the steps for its audit record, and what a follow-up may leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from finfoundry.runtime.audit import AuditStep


@dataclass(slots=True)
class Trace:
    """The steps of an answer, for the audit record."""

    steps: list[AuditStep] = field(default_factory=list)
    published: set[str] = field(default_factory=set)  # texts that a company gives of itself, no personal data

    def add(self, kind: str, content: object, documents: Sequence[str] = ()) -> None:
        self.steps.append(AuditStep(kind, content, tuple(dict.fromkeys(documents))))


@dataclass(slots=True)
class Conversation:
    """What a follow-up question may leave out: the subject and the question of the turn before."""

    entity: str | None = None
    question: str | None = None  # the last one, in full
