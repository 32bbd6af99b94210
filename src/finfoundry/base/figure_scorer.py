"""The scorer of figures: the encoder that embeds with what was learned over it of questions and the lines of tables that answer them."""

from __future__ import annotations

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import AdapterUse, tuned_encoder
from finfoundry.runtime.settings import Settings

FIGURES_USE = AdapterUse("scorer", "figures", "figure_scorer", "figure-scorers", "scorer", "FINFOUNDRY_FIGURE_SCORER")


def figure_scorer(settings: Settings) -> TextEncoder | None:
    """The scorer that the settings name; None where they name none, or none is shipped, or its encoder was not pulled.

    The first call puts it together (seconds, as many bytes as the encoder has). Raises ModelError where it is not whole.
    """
    return tuned_encoder(settings, FIGURES_USE, settings.figure_scorer)
