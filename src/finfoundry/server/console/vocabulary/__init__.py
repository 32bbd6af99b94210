"""The institution's own terms: proposed, tried before and after, approved, ended."""
