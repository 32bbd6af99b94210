"""A sentence read by itself: its figures, what it says of each, its words, times and scopes. Nothing here knows evidence."""
