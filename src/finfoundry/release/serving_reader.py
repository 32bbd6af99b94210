"""The reader of questions that serves: the release of its slot, or where there is none the reader that the settings name."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from finfoundry.base.question_reader import OFF, question_reader
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.core.errors import FinfoundryError, ModelError
from finfoundry.release.candidate import ENCODER, sha256_of
from finfoundry.release.serving import weights
from finfoundry.runtime.settings import Settings

log = logging.getLogger("finfoundry.release")


def reader_of(settings: Settings, released: str | None) -> TextEncoder | None:
    """The reader with this SHA-256, or without one that of the settings, its weights read. Raises ModelError for other bytes."""
    if settings.reader == OFF:
        return None
    if released is None:
        return question_reader(settings)
    folder = weights(settings, released, ENCODER)
    if (found := sha256_of(folder)) != released:
        raise ModelError(
            f"{folder} is not the reader that was approved: its SHA-256 is {found[:12]}…",
            remedy="Roll it back (finfoundry release rollback reader), or copy the folder there from where it was proposed",
        )
    return TextEncoder(folder).loaded()


class ReaderOnDemand:
    """``released`` is asked before each question what should read it. One that cannot be loaded takes no other from service."""

    def __init__(self, settings: Settings, released: Callable[[], str | None]) -> None:
        self._settings = settings
        self._released = released
        self._runs: tuple[str | None, TextEncoder | None] | None = None
        self._loading = threading.Lock()

    def __call__(self) -> TextEncoder | None:
        """Raises ModelError, StoreError where nothing read before."""
        try:
            return self._current()
        except FinfoundryError as error:
            if self._runs is None:
                raise
            log.warning("The reader that should serve now does not load, the one before reads on: %s", error)
            return self._runs[1]

    def _current(self) -> TextEncoder | None:
        wanted = self._released() if self._settings.reader != OFF else None
        with self._loading:
            if self._runs is None or self._runs[0] != wanted:
                self._runs = wanted, reader_of(self._settings, wanted)
            return self._runs[1]
