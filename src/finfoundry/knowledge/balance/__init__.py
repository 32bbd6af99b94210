"""Conservation of digits: every run of digits that a paper prints ends in exactly one account, or is told as lost, with its place."""
