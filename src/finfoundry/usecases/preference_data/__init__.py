"""Preferences out of what the product has: ratings, graded runs, pairs of others, corrupted sentences; and the set that they become."""
