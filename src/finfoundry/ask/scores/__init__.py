"""Questions about recorded scores of specialists."""
