"""What a correction does to the equations of its document: which hold no more, which hold now, which can be tried no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from finfoundry.core.document import Fact, Identity
from finfoundry.knowledge.ingest.certificate import find_conflicts
from finfoundry.knowledge.ingest.identities import find_identities

Standing = Literal["holds", "broken", "not tried"]


@dataclass(frozen=True, slots=True)
class IdentityChange:
    """An equation that stands otherwise after a correction; ``left`` and ``right`` are its sides after it, or before it where it is then
    not tried any more.
    """

    name: str
    page: int
    period: str
    before: Standing
    after: Standing
    left: Decimal
    right: Decimal

    @property
    def breaks(self) -> bool:
        return self.after == "broken" and self.before != "broken"

    def shown(self) -> str:
        """In one line."""
        sides = f"{self.left:,f} against {self.right:,f}"
        return f"{self.name} ({self.period}, page {self.page}): {self.before} → {self.after}, {sides}"


def identities_of(kept: Sequence[dict[str, Any]]) -> list[IdentityChange]:
    """Changes as a proposal keeps them: amounts as text."""
    return [IdentityChange(**{**one, "left": Decimal(one["left"]), "right": Decimal(one["right"])}) for one in kept]


@dataclass(frozen=True, slots=True)
class DocumentChanges:
    """What changes in a document besides the fact: its equations, and conflicts that come up."""

    identities: list[IdentityChange]
    conflicts: list[str]


def document_changes(before: Sequence[Fact], after: Sequence[Fact]) -> DocumentChanges:
    """Compare all facts of a document before and after, in document order."""
    known = set(find_conflicts(before))
    return DocumentChanges(identity_changes(find_identities(before), find_identities(after)), [
        conflict for conflict in find_conflicts(after) if conflict not in known
    ])  # fmt: skip


def identity_changes(before: Sequence[Identity], after: Sequence[Identity]) -> list[IdentityChange]:
    """The equations whose standing differs; those of one name, page and period are taken in their order."""
    one, other = _by_place(before), _by_place(after)
    found = []
    for place in dict.fromkeys((*one, *other)):
        olds, news = one.get(place, []), other.get(place, [])
        for number in range(max(len(olds), len(news))):
            old, new = _at(olds, number), _at(news, number)
            shown = new or old
            if shown is not None and _standing(old) != _standing(new):
                found.append(IdentityChange(*place, _standing(old), _standing(new), shown.left, shown.right))
    return found


def _by_place(identities: Sequence[Identity]) -> dict[tuple[str, int, str], list[Identity]]:
    found: dict[tuple[str, int, str], list[Identity]] = defaultdict(list)
    for identity in identities:
        found[identity.name, identity.page, identity.period].append(identity)
    return found


def _at(identities: Sequence[Identity], number: int) -> Identity | None:
    return identities[number] if number < len(identities) else None


def _standing(identity: Identity | None) -> Standing:
    return "not tried" if identity is None else "holds" if identity.held else "broken"
