"""What one person proposes and a second one approves: who did what when, and who may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from finfoundry.core.errors import NotPermitted
from finfoundry.core.principal import Principal, is_proved


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """Who proposed, approved and retired a version, when (ISO 8601), and what proves who they were."""

    proposed_by: str
    proposed_at: str
    proposed_proof: str
    approved_by: str | None = None
    approved_at: str | None = None
    approved_proof: str | None = None
    retired_by: str | None = None
    retired_at: str | None = None

    def shown_acts(self) -> list[str]:
        """Who proposed it, and who approved it or a dash: two cells of a table."""
        return [f"{self.proposed_by} {self.proposed_at}", f"{self.approved_by} {self.approved_at}" if self.approved_by else "-"]


def acts_of(values: Sequence[Any]) -> dict[str, Any]:
    """The fields of ``Acts`` from the values of their columns, in that order."""
    told = (value.isoformat(timespec="seconds") if isinstance(value, datetime) else value for value in values)
    return dict(zip(Acts.__dataclass_fields__, told, strict=True))


def refuse_own(principal: Principal, acts: Acts, said: str) -> None:
    """Raises NotPermitted where the principal proposed it, or where nothing proves who did."""
    if acts.proposed_by == principal.user:
        raise NotPermitted(
            f"{principal.user} proposed {said} and may not approve it", remedy="Let a second person do it, with a key of their own"
        )
    if is_proved(principal.proof) and not is_proved(acts.proposed_proof):
        raise NotPermitted(
            f"nothing proves that {acts.proposed_by} proposed {said}, so that it may have been you",
            remedy="Propose it again, with a key (FINFOUNDRY_KEY)",
        )


def refuse_unchanged(rows: int, principal: Principal, label: str) -> None:
    """Raises NotPermitted where an update of what carries the label changed no row: the row policies let the principal write none."""
    if not rows:
        raise not_writable(principal, label)


def not_writable(principal: Principal, label: str) -> NotPermitted:
    """The error of who may not write under a label."""
    return NotPermitted(
        f"{principal.user} may not change what carries the label {label!r}",
        remedy="An administrator grants it: finfoundry grants add USER LABEL --write",
    )
