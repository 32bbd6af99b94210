"""Conversations: what each question asked, typed, and how the next one that leaves something out is written out in full."""
