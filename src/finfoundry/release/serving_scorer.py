"""What scores questions beside what may answer them: the release of its slot, or where there is none what the settings name there."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from finfoundry.base.evidence_scorer import evidence_scorer, figure_scorer
from finfoundry.base.state_reader import StateReader, state_reader, state_reader_of
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import OFF, ServedOnDemand
from finfoundry.release.candidate import FIGURES, SCORER, STATES
from finfoundry.release.serving import approved_folder
from finfoundry.runtime.settings import Settings

PairScorer = TextEncoder | StateReader
_OF_SETTINGS: dict[str, Callable[[Settings], PairScorer | None]] = {SCORER: evidence_scorer, FIGURES: figure_scorer, STATES: state_reader}


def scorer_of(slot: str, settings: Settings, released: str | None) -> PairScorer | None:
    """The scorer with this SHA-256, or without one that of the settings, its weights read. Raises ModelError for other bytes, and for a
    state reader whose model was not pulled, or is another.
    """
    if _is_off(slot, settings):
        return None
    found = _OF_SETTINGS[slot](settings) if released is None else _approved(slot, settings, released)
    return found.loaded() if found else None


def _approved(slot: str, settings: Settings, released: str) -> PairScorer:
    folder = approved_folder(settings, released, slot)
    return state_reader_of(settings, folder, released) if slot == STATES else TextEncoder(folder)


def _is_off(slot: str, settings: Settings) -> bool:
    """A slot bears the name of its setting."""
    return bool(getattr(settings, slot.replace("-", "_")) == OFF)


class ScorerOnDemand(ServedOnDemand[PairScorer]):
    """The scorer that serves in a slot when a question is asked."""

    def __init__(
        self, slot: str, settings: Settings, released: Callable[[], str | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        wanted = (lambda: None) if _is_off(slot, settings) else released
        super().__init__(slot, wanted, partial(scorer_of, slot, settings), clock)
