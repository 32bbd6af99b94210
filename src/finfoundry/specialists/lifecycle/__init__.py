"""Trained, validated, approved, served, watched: who did what to which version."""
