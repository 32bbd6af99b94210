"""Recipes of inputs that were silently wrong once: each makes the input itself, and variants of it, and judges what becomes of them."""
