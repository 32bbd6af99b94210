"""Putting right what was read: a cell, a unit, a scale, a period, an entity, a label; proposed, approved, undone."""
