"""Tuned models of one base merged into one, by what each changed."""
