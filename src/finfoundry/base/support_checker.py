"""The support checker: the encoder that embeds with what was learned over it of sentences and their evidence."""

from __future__ import annotations

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import AdapterUse, tuned_encoder
from finfoundry.runtime.settings import Settings

CHECKER_USE = AdapterUse("checker", "sentences", "support", "checkers", "support", "FINFOUNDRY_CHECKER")
NO_CHECKER = (  # to who asks for it: a report without its word must not read as if it had spoken
    "No support checker is installed: words that no program decides were not checked. None is shipped: tune one, run "
    "`finfoundry support install DIR` and set FINFOUNDRY_CHECKER to its name (docs/training.md)"
)


def support_checker(settings: Settings) -> TextEncoder | None:
    """The checker that the settings name; None where they name none, or none is shipped, or its encoder was not pulled.

    The first call puts it together (seconds, as many bytes as the encoder has). Raises ModelError where it is not whole.
    """
    return tuned_encoder(settings, CHECKER_USE, settings.checker)
