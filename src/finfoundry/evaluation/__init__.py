"""Suites run over one home, on the product and on baselines beside it."""

from finfoundry.evaluation.desk import PRODUCT, Evaluated, Evaluation, fitted

__all__ = ["PRODUCT", "Evaluated", "Evaluation", "fitted"]
