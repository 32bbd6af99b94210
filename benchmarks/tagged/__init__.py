"""Sentences composed from the tags of filings: the tags say what is true, no reader of ours does."""
