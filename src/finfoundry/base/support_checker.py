"""The support checker: the encoder that embeds with what was learned over it of sentences and their evidence."""

from __future__ import annotations

import threading

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import AdapterUse, tuned_encoder
from finfoundry.runtime.settings import Settings

CHECKER_USE = AdapterUse("checker", "sentences", "support", "checkers", "support", "FINFOUNDRY_CHECKER")


def support_checker(settings: Settings) -> TextEncoder | None:
    """The checker that the settings name; None where they name none, or none is shipped, or its encoder was not pulled.

    The first call puts it together (seconds, as many bytes as the encoder has). Raises ModelError where it is not whole.
    """
    return tuned_encoder(settings, CHECKER_USE, settings.checker)


class CheckerOnDemand:
    """The checker of the settings, its weights read when it is first asked for, once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loading = threading.Lock()
        self._found: list[TextEncoder | None] = []

    def __call__(self) -> TextEncoder | None:
        """Raises ModelError where there is one that is not whole."""
        with self._loading:
            if not self._found:
                checker = support_checker(self._settings)
                self._found = [checker.loaded() if checker else None]
            return self._found[0]
