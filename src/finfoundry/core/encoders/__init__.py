"""Tuned encoders: their file, and texts as they read them."""
