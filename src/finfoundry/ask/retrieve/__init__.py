"""Intent to passages: the query, the search, and the part of a passage that a prompt holds."""
