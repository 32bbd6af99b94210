"""The reader of questions that serves: the release of its slot, or where there is none the reader that the settings name."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from finfoundry.base.question_reader import question_reader
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import OFF, ServedOnDemand
from finfoundry.release.candidate import READER
from finfoundry.release.serving import approved_folder
from finfoundry.runtime.settings import Settings


def reader_of(settings: Settings, released: str | None) -> TextEncoder | None:
    """The reader with this SHA-256, or without one that of the settings, its weights read. Raises ModelError for other bytes."""
    if settings.reader == OFF:
        return None
    if released is None:
        return question_reader(settings)
    return TextEncoder(approved_folder(settings, released, READER)).loaded()


class ReaderOnDemand(ServedOnDemand[TextEncoder]):
    """The reader that serves when a question is asked."""

    def __init__(self, settings: Settings, released: Callable[[], str | None], clock: Callable[[], float] = time.monotonic) -> None:
        wanted = (lambda: None) if settings.reader == OFF else released
        super().__init__(READER, wanted, partial(reader_of, settings), clock)
