"""Chains of causes: rows to learn them from, and chains of others held against papers."""
