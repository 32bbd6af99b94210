"""The support checker: the encoder that embeds with what was learned over it of sentences and their evidence."""

from __future__ import annotations

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import AdapterUse, tuned_encoder
from finfoundry.core.errors import InputError
from finfoundry.runtime.settings import Settings

CHECKER_USE = AdapterUse("checker", "sentences", "support", "checkers", "support", "FINFOUNDRY_CHECKER")


def support_checker(settings: Settings) -> TextEncoder | None:
    """The checker that the settings name; None where they name none, or none is shipped, or its encoder was not pulled.

    The first call puts it together (seconds, as many bytes as the encoder has). Raises ModelError where it is not whole.
    """
    return tuned_encoder(settings, CHECKER_USE, settings.checker)


def required_checker(found: TextEncoder | None) -> TextEncoder:
    """The checker for who asks for it. Raises InputError where there is none: a report without its word would read as if it had spoken."""
    if found is None:
        remedy = "None is shipped: tune one, run `finfoundry support install DIR` and set FINFOUNDRY_CHECKER to its name (docs/training.md)"
        raise InputError("there is no support checker here", remedy=remedy)
    return found
