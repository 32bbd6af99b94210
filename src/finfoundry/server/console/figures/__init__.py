"""Facts on the page: as a list with all that tells one from another, and as companies against years."""
