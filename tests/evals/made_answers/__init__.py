"""Answers made true and made false on purpose, by which judges are tested: from an item's truth alone, in wording of their own.

Nothing here knows how a judge reads: no word list, pattern or tolerance is shared with ``finfoundry.evals.judging``.
"""

from tests.evals.made_answers.made import Made
from tests.evals.made_answers.rates import Rates, answers, measure

__all__ = ["Made", "Rates", "answers", "measure"]
