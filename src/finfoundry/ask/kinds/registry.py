"""Questions of one kind, each answered without a plan by a module of its own; the first that knows the kind answers."""

from __future__ import annotations

from finfoundry.agent import causes, companies, cover, current_reports, members, tabular
from finfoundry.agent.context import QuestionContext
from finfoundry.agent.subject import Subject
from finfoundry.agent.understand import Intent
from finfoundry.core.answer import Answer

_READERS = (
    tabular.of_field, causes.of_causes, companies.of_companies, current_reports.of_current_report, members.of_members, cover.of_cover,
)  # fmt: skip


def read(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The answer; None where the question is of none of these kinds."""
    for reader in _READERS:
        if (told := reader(context, intent, subject)) is not None:
            return told
    return None
