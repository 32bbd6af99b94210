"""From tables as cells to typed facts."""

from finfoundry.knowledge.facts.extract import extract

__all__ = ["extract"]
