"""Questions of one kind, each answered without a plan by a module of its own; the first that knows the kind answers."""

from __future__ import annotations

from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.kinds import current_report, drivers, peer_comparison, registered_securities, segment_ranking, wide_tables
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Answer

_READERS = (
    wide_tables.of_field, drivers.of_causes, peer_comparison.of_companies, current_report.of_current_report, segment_ranking.of_members,
    registered_securities.of_cover,
)  # fmt: skip


def read(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The answer; None where the question is of none of these kinds."""
    for reader in _READERS:
        if (told := reader(context, intent, subject)) is not None:
            return told
    return None
