"""What became of the digits that a paper prints."""
