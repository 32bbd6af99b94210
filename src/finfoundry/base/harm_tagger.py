"""The tagger of harms: the encoder that embeds with what was learned over it, and the bars that were fitted for it."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import AdapterUse, adapter_folder, tuned_encoder
from finfoundry.core.errors import ModelError
from finfoundry.runtime.settings import Settings

TAGGER_USE = AdapterUse("tagger", "harms", "tagger", "taggers", "guards", "FINFOUNDRY_TAGGER")
BARS_FILE = "bars.json"  # channel → the score from which a text is stopped
RETRY = 60.0  # seconds after which one that does not load is tried again


class TaggerOnDemand:
    """The tagger of the settings, its weights read when it is first asked for, once. One that does not load is not read for each text."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loading = threading.Lock()
        self._found: list[tuple[TextEncoder, dict[str, float]] | None] = []
        self._failed: tuple[float, ModelError] | None = None

    def __call__(self) -> tuple[TextEncoder, dict[str, float]] | None:
        """None where the settings name none, or none is shipped, or its encoder was not pulled. Raises ModelError where it is not whole."""
        with self._loading:
            if self._found:
                return self._found[0]
            if self._failed and time.monotonic() - self._failed[0] < RETRY:
                raise self._failed[1]
            try:
                self._found = [harm_tagger(self._settings)]
            except ModelError as error:
                self._failed = (time.monotonic(), error)
                raise
            return self._found[0]


def harm_tagger(settings: Settings) -> tuple[TextEncoder, dict[str, float]] | None:
    """The tagger that the settings name, loaded, with its bars; an empty mapping where none were fitted. Raises ModelError."""
    found = tuned_encoder(settings, TAGGER_USE, settings.tagger)
    return (found.loaded(), read_bars(adapter_folder(settings, TAGGER_USE, settings.tagger))) if found else None


def read_bars(folder: Path) -> dict[str, float]:
    """The bars beside an adapter. Raises ModelError where the file is damaged."""
    file = folder / BARS_FILE
    try:
        told = json.loads(file.read_text("utf-8")) if file.is_file() else {}
        return {str(channel): float(bar) for channel, bar in told.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ModelError(f"{file} holds no bars ({error})", remedy="Install the tagger again, or set FINFOUNDRY_TAGGER=off") from error
