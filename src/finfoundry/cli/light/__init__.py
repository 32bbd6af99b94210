"""Commands for light models."""
