"""The learnt reader of questions: the encoder that embeds with what was learned over it."""

from __future__ import annotations

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import AdapterUse, tuned_encoder
from finfoundry.runtime.settings import Settings

READER_USE = AdapterUse("reader", "questions", "reader", "readers", "reader", "FINFOUNDRY_READER")


def question_reader(settings: Settings) -> TextEncoder | None:
    """The reader that the settings name; None where they name none, or none is shipped, or its encoder was not pulled.

    The first call puts it together (seconds, as many bytes as the encoder has). Raises ModelError where it is not whole.
    """
    return tuned_encoder(settings, READER_USE, settings.reader)
