"""One strict judge for all suites whose answers are sentences: what is true of an item, typed, against what an answer says."""

from finfoundry.evals.judging.judge import judge
from finfoundry.evals.judging.truth import TrueFigure, Truth

__all__ = ["TrueFigure", "Truth", "judge"]
