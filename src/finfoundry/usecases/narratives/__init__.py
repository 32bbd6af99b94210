"""Sentences that explain a specialist's score or tell of an alert, each checked against the record."""
