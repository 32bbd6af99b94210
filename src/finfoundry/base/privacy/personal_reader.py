"""The reader of personal data: the encoder that embeds with what was learned over it of texts about people who do not exist."""

from __future__ import annotations

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import AdapterUse, tuned_encoder
from finfoundry.runtime.settings import Settings

PERSONAL_USE = AdapterUse("personal reader", "personal data", "personal", "personal-readers", "privacy", "FINFOUNDRY_PERSONAL_READER")


def personal_reader(settings: Settings) -> TextEncoder | None:
    """The reader that the settings name; None where they name none, or none is shipped, or its encoder was not pulled.

    The first call puts it together (seconds, as many bytes as the encoder has). Raises ModelError where it is not whole.
    """
    return tuned_encoder(settings, PERSONAL_USE, settings.personal_reader)
