"""Corrections by hand of stored facts: proposed by one person, approved by a second one, undone at will, learned from."""
