"""The learnt readers of questions and the checkers: what they learn from, tuned ones put into a home."""
