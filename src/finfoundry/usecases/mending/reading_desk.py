"""Readings by hand over one home: a figure that was missed, a table within another border; tried, proposed, approved, undone, exported."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from finfoundry.app import App
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.knowledge.corrections import hand_reading_register as drafting
from finfoundry.knowledge.corrections.corrected_fields import CorrectionFields
from finfoundry.knowledge.corrections.hand_reading import HandReading, ReadingDraft, ReadingPair, ReadingState
from finfoundry.knowledge.corrections.hand_reading_register import MOST_READINGS
from finfoundry.knowledge.corrections.reading_drafts import checked_border
from finfoundry.knowledge.ingest.bordered_page import BorderedFile, BorderedPage, bordered_file
from finfoundry.runtime import audit
from finfoundry.usecases.correction_desk import PairsFile

Reads = Callable[[BorderedFile], BorderedPage]


@dataclass(frozen=True, slots=True)
class FigureGiven:
    """A figure that was not read: where it stands, and what it says; ``text``, ``metric`` and ``period`` must be there."""

    document: str
    page: int
    box: Sequence[float] | None
    fields: CorrectionFields


@dataclass(frozen=True, slots=True)
class BorderGiven:
    """A table as a person draws it, in points from the top left of the page; ``columns``: where its columns are parted."""

    document: str
    page: int
    box: Sequence[float]
    columns: Sequence[float] = ()


class ReadingDesk:
    """What the command line and the service both do with readings by hand; ``reads`` reads a page again, apart."""

    def __init__(self, app: App, reads: Reads) -> None:
        self._app = app
        self._reads = reads

    def try_figure(self, principal: Principal, given: FigureGiven) -> ReadingDraft:
        """Show what adding a figure would change; nothing is kept. Raises NotFound, InputError."""
        return self._app.readings.draft(principal, drafting.figure(given.document, given.page, given.box, given.fields))

    def propose_figure(self, principal: Principal, given: FigureGiven, why: str, *, anyway: bool = False) -> HandReading:
        """Raises NotFound, NotPermitted, InputError as ``HandReadings.propose``."""
        made = drafting.figure(given.document, given.page, given.box, given.fields)
        return self._app.readings.propose(principal, given.document, made, why, anyway=anyway)

    def try_table(self, principal: Principal, given: BorderGiven) -> ReadingDraft:
        """Show what another border would change; nothing is kept. Raises NotFound, InputError."""
        return self._app.readings.draft(principal, self._read(principal, given))

    def propose_table(self, principal: Principal, given: BorderGiven, why: str, *, anyway: bool = False) -> HandReading:
        """Raises NotFound, NotPermitted, InputError as ``HandReadings.propose``."""
        return self._app.readings.propose(principal, given.document, self._read(principal, given), why, anyway=anyway)

    def _read(self, principal: Principal, given: BorderGiven) -> drafting.Drafting:
        border = checked_border(given.box, given.columns)
        borders = self._app.readings.borders(principal, given.document, given.page, border)
        read = self._reads(bordered_file(self._app.store, principal, given.document, given.page, borders))
        return drafting.table(given.document, given.page, borders, read)

    def approve(self, principal: Principal, number: int) -> HandReading:
        """Raises NotFound, NotPermitted, InputError as ``HandReadings.approve``."""
        return self._app.readings.approve(principal, number)

    def undo(self, principal: Principal, number: int) -> HandReading:
        """Give the facts as before. Raises NotFound, NotPermitted, InputError."""
        return self._app.readings.undo(principal, number)

    def retire(self, principal: Principal, number: int) -> HandReading:
        """Withdraw a proposal. Raises NotFound, NotPermitted, InputError."""
        return self._app.readings.retire(principal, number)

    def readings(
        self,
        principal: Principal,
        state: ReadingState | None = None,
        document: str | None = None,
        *,
        limit: int = MOST_READINGS,
        after: int = 0,
    ) -> list[HandReading]:
        """Readings of documents that the principal may read, by their numbers: at most ``limit`` above ``after``. Raises NotFound."""
        return self._app.readings.readings(principal, state, document, limit=limit, after=after)

    def pairs(self, principal: Principal, *, limit: int = MOST_READINGS, after: int = 0) -> list[ReadingPair]:
        """Borders and facts as read and as right, of readings in force, by their numbers; on record before they leave."""
        found = [ReadingPair.of(one) for one in self.readings(principal, "approved", limit=limit, after=after)]
        if found:
            told = {"pairs": len(found), "readings": [one.reading for one in found]}
            step = audit.AuditStep("reading pairs", told, tuple(dict.fromkeys(one.document for one in found)))
            with self._app.database.transaction(principal) as connection:
                audit.append(connection, audit.AuditRecord(principal.user, "readings exported", (step,)))
        return found

    def export(self, principal: Principal, path: Path) -> PairsFile:
        """Write those pairs to a file. Raises InputError where there are none, or the file cannot be written."""
        found = self.pairs(principal)
        while more := self.pairs(principal, after=found[-1].reading) if found else []:
            found += more
        if not found:
            raise InputError("No reading by hand is in force that you may read", remedy="See finfoundry readings list")
        data = reading_lines(found).encode()
        try:
            path.write_bytes(data)
        except OSError as error:
            raise InputError(f"{path} cannot be written ({error.strerror})", remedy="Name another file") from error
        return PairsFile(str(path), len(found), hashlib.sha256(data).hexdigest())


def reading_lines(pairs: Sequence[ReadingPair]) -> str:
    """Pairs as JSON lines; decimals as strings."""
    return "".join(json.dumps(audit.plain(pair), ensure_ascii=False) + "\n" for pair in pairs)
