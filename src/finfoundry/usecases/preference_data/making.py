"""``finfoundry preferences``: sources named, gathered, screened, put on record where they are of the store, written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from finfoundry.app import App
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import Chat
from finfoundry.usecases.feedback import Feedback, record_export
from finfoundry.usecases.preference_data.other_pairs import file_pairs, graded_pairs, made_pairs
from finfoundry.usecases.preference_data.preference_set import GatheredPairs, PreferencesMade, evaluated, screened, summary, write_set
from finfoundry.usecases.preference_data.rated_pairs import rated_pairs
from finfoundry.usecases.preference_data.refusal_pairs import refusal_pairs

ERASED = "its words were erased"


@dataclass(frozen=True)
class PreferenceSources:
    """What a set is made of. ``licence`` is that of ``files`` and ``runs``; ``against`` are tasks and runs of which nothing is learned."""

    runs: Sequence[Path] = ()
    files: Sequence[Path] = ()
    licence: str = ""
    made: int = 0
    against: Sequence[str] = ()
    data: Path = Path()
    simulated: bool = False
    seed: int = 0
    engine: Chat | None = None  # whose answers are held against refusals

    def gathered(self) -> GatheredPairs:
        """What does not come from the store. Raises InputError."""
        if (self.files or self.runs) and not self.licence:
            raise InputError("pairs of files and runs need a licence", remedy="Say under which they may be learned from: --licence")
        found = graded_pairs(self.runs, self.licence)
        for path in self.files:
            found.add(file_pairs(path, self.licence))
        found.add(made_pairs(self.made, self.seed))
        if self.engine:
            found.add(refusal_pairs(self.engine))
        return found


def make_preferences(told: PreferenceSources, out: Path) -> PreferencesMade:
    """A set out of files, runs and made-up statements alone; no store is opened. Raises InputError."""
    kept = screened(told.gathered(), evaluated(told.against, told.data))
    made = summary(out, kept, told.against, "", simulated=told.simulated)
    write_set(out, kept, made)
    return made


def preferences_with_ratings(app: App, principal: Principal, told: PreferenceSources, out: Path) -> PreferencesMade:
    """As ``make_preferences``, with the ratings of answers whose whole evidence the principal may read now; it is put on record."""
    rated, erased = Feedback(app).said(principal)
    found = rated_pairs(rated, simulated=told.simulated)
    found.add(told.gathered())
    kept = screened(found, evaluated(told.against, told.data))
    made = summary(out, kept, told.against, principal.user, simulated=told.simulated)
    if erased:
        made.left_out[ERASED] = erased
    record_export(app, principal, "preferences exported", made)
    write_set(out, kept, made)
    return made
