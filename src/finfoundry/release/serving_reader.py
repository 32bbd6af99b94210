"""The reader of questions that serves: the release of its slot, or where there is none the reader that the settings name."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from finfoundry.base.question_reader import question_reader
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import OFF
from finfoundry.core.errors import FinfoundryError, ModelError
from finfoundry.release.candidate import ENCODER, sha256_of
from finfoundry.release.serving import weights
from finfoundry.runtime.settings import Settings

RETRY = 60.0  # seconds
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
    """``released`` is asked before each question what should read it. One that cannot be loaded takes no other from service, and is tried
    again after ``RETRY`` seconds of ``clock``: its files are not read for every question.
    """

    def __init__(self, settings: Settings, released: Callable[[], str | None], clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._released = released
        self._clock = clock
        self._runs: tuple[str | None, TextEncoder | None] | None = None
        self._failed: _Failure | None = None
        self._loading = threading.Lock()

    def __call__(self) -> TextEncoder | None:
        """Raises ModelError, StoreError where no reader read before."""
        try:
            return self._current()
        except FinfoundryError:
            if self._runs is None or self._runs[1] is None:
                raise
            return self._runs[1]

    def _current(self) -> TextEncoder | None:
        wanted = self._released() if self._settings.reader != OFF else None
        with self._loading:
            if self._runs is None or self._runs[0] != wanted:
                self._runs = wanted, self._loaded(wanted)
            return self._runs[1]

    def _loaded(self, wanted: str | None) -> TextEncoder | None:
        """Raises ModelError, at once where the same failed a moment ago."""
        failed = self._failed
        if failed and failed.wanted == wanted and self._clock() < failed.again:
            raise ModelError(failed.error.message, remedy=failed.error.remedy)
        try:
            return reader_of(self._settings, wanted)
        except ModelError as error:
            self._failed = _Failure(wanted, self._clock() + RETRY, error)
            log.warning("The reader that should serve now does not load, one that was loaded before reads on: %s", error)
            raise


@dataclass(frozen=True, slots=True)
class _Failure:
    """``again`` is when it is tried again, by the same clock."""

    wanted: str | None
    again: float
    error: ModelError
