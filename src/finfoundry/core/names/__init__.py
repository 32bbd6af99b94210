"""Names of companies: made comparable, as sentences say them, and as people call them elsewhere."""
