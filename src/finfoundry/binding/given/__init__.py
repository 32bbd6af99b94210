"""Tables of evidence and of answers that are given as text."""
