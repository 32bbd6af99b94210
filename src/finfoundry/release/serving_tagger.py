"""The tagger of harms that serves: the release of its slot, or where there is none the tagger that the settings name."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from finfoundry.base.taggers.harm_tagger import Tagger, TaggerOnDemand, harm_tagger, joined
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import OFF
from finfoundry.release.candidate import TAGGER
from finfoundry.release.serving import approved_folder
from finfoundry.runtime.settings import Settings

LOOK = 1.0  # seconds for which what the register said is believed: texts come by the dozen in one question


def tagger_of(settings: Settings, released: str | None) -> tuple[Tagger, dict[str, float]] | None:
    """The tagger with this SHA-256, or without one that of the settings, with its bars. Raises ModelError for other bytes."""
    if settings.tagger == OFF:
        return None
    if released is None:
        return harm_tagger(settings)
    folder = approved_folder(settings, released, TAGGER)
    return joined(settings, TextEncoder(folder).loaded(), folder)


def serving_tagger(settings: Settings, released: Callable[[], str | None], clock: Callable[[], float] = time.monotonic) -> TaggerOnDemand:
    """The tagger that serves when a text is looked at; one that is promoted or rolled back elsewhere is noticed within ``LOOK`` seconds."""
    wanted = (lambda: None) if settings.tagger == OFF else _Remembered(released, clock)
    return TaggerOnDemand(settings, wanted, partial(tagger_of, settings), clock)


class _Remembered:
    """What a function said at most ``LOOK`` seconds ago."""

    def __init__(self, ask: Callable[[], str | None], clock: Callable[[], float]) -> None:
        self._ask, self._clock = ask, clock
        self._said: tuple[float, str | None] | None = None

    def __call__(self) -> str | None:
        if self._said is None or self._clock() - self._said[0] >= LOOK:
            self._said = self._clock(), self._ask()
        return self._said[1]
