"""The kinds of question, one file a kind; ``registry`` holds their order."""
