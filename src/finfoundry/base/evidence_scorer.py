"""The scorers of pairs: the encoder that embeds with what was learned over it of questions and the sentences that answer them, or the lines
of tables.
"""

from __future__ import annotations

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import AdapterUse, tuned_encoder
from finfoundry.runtime.settings import Settings

SCORER_USE = AdapterUse("scorer", "evidence", "scorer", "scorers", "scorer", "FINFOUNDRY_SCORER")
FIGURES_USE = AdapterUse("scorer", "figures", "figure_scorer", "figure-scorers", "scorer", "FINFOUNDRY_FIGURE_SCORER")


def evidence_scorer(settings: Settings) -> TextEncoder | None:
    """The scorer of sentences that the settings name; None where they name none, or none is shipped, or its encoder was not pulled.

    The first call puts it together (seconds, as many bytes as the encoder has). Raises ModelError where it is not whole.
    """
    return tuned_encoder(settings, SCORER_USE, settings.scorer)


def figure_scorer(settings: Settings) -> TextEncoder | None:
    """The scorer of lines of tables, likewise."""
    return tuned_encoder(settings, FIGURES_USE, settings.figure_scorer)
