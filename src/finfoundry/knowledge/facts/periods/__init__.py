"""The period of a cell."""
