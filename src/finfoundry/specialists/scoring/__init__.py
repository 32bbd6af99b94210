"""Rows scored, recorded, written and computed again."""
