"""Corrections by hand over one home: shown before they are taken, proposed, approved, undone, and written as pairs to learn from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from finfoundry.app import App
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.knowledge.corrections.corrected_fields import CorrectionFields
from finfoundry.knowledge.corrections.correction import Correction, CorrectionDraft, CorrectionState
from finfoundry.knowledge.corrections.correction_register import MOST_LISTED
from finfoundry.knowledge.corrections.drafting import Reach
from finfoundry.knowledge.corrections.training_pairs import TrainingPair, training_pairs
from finfoundry.runtime import audit

_GIVEN = TypeAdapter(CorrectionFields)


@dataclass(frozen=True, slots=True)
class PairsFile:
    """A file of training pairs, one JSON object a line, how many they are, and its SHA-256."""

    file: str
    pairs: int
    sha256: str


class CorrectionDesk:
    """What the command line and the service both do with corrections."""

    def __init__(self, app: App) -> None:
        self._app = app

    def try_out(self, principal: Principal, fact: str, given: CorrectionFields) -> CorrectionDraft:
        """Show what a correction would change; nothing is kept. Raises NotFound, InputError."""
        return self.try_together(principal, fact, given, "cell")[0]

    def try_together(self, principal: Principal, fact: str, given: CorrectionFields, reach: Reach) -> list[CorrectionDraft]:
        """The same for all facts of its table within reach, the fact itself first."""
        return self._app.corrections.draft(principal, fact, given, reach)

    def propose(self, principal: Principal, fact: str, given: CorrectionFields, why: str, *, anyway: bool = False) -> Correction:
        """Raises NotFound, NotPermitted, InputError as ``CorrectionRegister.propose``."""
        return self.propose_together(principal, fact, given, why, "cell", anyway=anyway)[0]

    def propose_together(
        self, principal: Principal, fact: str, given: CorrectionFields, why: str, reach: Reach, *, anyway: bool = False
    ) -> list[Correction]:
        """The same for all facts of its table within reach, each a correction of its own, the fact's first."""
        return self._app.corrections.propose(principal, fact, given, why, reach=reach, anyway=anyway)

    def approve(self, principal: Principal, numbers: Sequence[int]) -> list[Correction]:
        """Raises NotFound, NotPermitted, InputError as ``CorrectionRegister.approve``."""
        return self._app.corrections.approve(principal, numbers)

    def undo(self, principal: Principal, number: int) -> Correction:
        """Give the fact as before. Raises NotFound, NotPermitted, InputError."""
        return self._app.corrections.undo(principal, number)

    def retire(self, principal: Principal, number: int) -> Correction:
        """Withdraw a proposal. Raises NotFound, NotPermitted, InputError."""
        return self._app.corrections.retire(principal, number)

    def corrections(
        self,
        principal: Principal,
        state: CorrectionState | None = None,
        document: str | None = None,
        *,
        limit: int = MOST_LISTED,
        after: int = 0,
    ) -> list[Correction]:
        """Corrections of documents that the principal may read, each version, by their numbers: at most ``limit`` above ``after``. Raises
        NotFound.
        """
        return self._app.corrections.corrections(principal, state, document, limit=limit, after=after)

    def versions(self, principal: Principal, number: int) -> list[Correction]:
        """The versions of one correction, the one asked for first. Raises NotFound."""
        return self._app.corrections.versions_of(principal, number)

    def pairs(self, principal: Principal, *, limit: int = MOST_LISTED, after: int = 0) -> list[TrainingPair]:
        """What was read and what is right, of corrections in force in documents that the principal may read: at most ``limit`` whose
        numbers are above ``after``. What leaves is on record before it does.
        """
        in_force = self._app.corrections.in_force(principal, limit=limit, after=after)
        with self._app.database.transaction(principal) as connection:
            found = training_pairs(connection, in_force)
            if not found:
                return []
            told = {"pairs": len(found), "corrections": [one.correction for one in found]}
            documents = tuple(dict.fromkeys(one.document for one in found))
            step = audit.AuditStep("training pairs", told, documents)
            audit.append(connection, audit.AuditRecord(principal.user, "corrections exported", (step,)))
        return found

    def export(self, principal: Principal, path: Path) -> PairsFile:
        """Write those pairs to a file. Raises InputError where there are none, or the file cannot be written."""
        found = self.pairs(principal)
        while more := self.pairs(principal, after=found[-1].correction) if found else []:
            found += more
        if not found:
            raise InputError("No correction is in force that you may read", remedy="See finfoundry corrections list")
        data = lines_of(found).encode()
        try:
            path.write_bytes(data)
        except OSError as error:
            raise InputError(f"{path} cannot be written ({error.strerror})", remedy="Name another file") from error
        return PairsFile(str(path), len(found), hashlib.sha256(data).hexdigest())


def lines_of(pairs: Sequence[TrainingPair]) -> str:
    """Pairs as JSON lines; decimals as strings."""
    return "".join(json.dumps(audit.plain(pair), ensure_ascii=False) + "\n" for pair in pairs)


def fields_of(given: Mapping[str, object]) -> CorrectionFields:
    """The fields that somebody gave; what is None is left out. A label path may be one text with › between its parts. Raises InputError
    that names the field.
    """
    known = [field.name for field in fields(CorrectionFields)]
    said = {name: value for name, value in given.items() if value is not None}
    if unknown := sorted(set(said) - set(known)):
        raise InputError(f"A fact has no field {unknown[0][:80]!r} to correct", remedy=f"Its fields are {', '.join(known)}")
    if isinstance(said.get("metric"), str):
        said["metric"] = str(said["metric"]).split("›")
    try:
        return _GIVEN.validate_python(said)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", remedy="See docs/corrections.md") from error
