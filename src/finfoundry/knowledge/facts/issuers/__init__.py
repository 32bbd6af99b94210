"""Who reports, and what a document says of itself."""
