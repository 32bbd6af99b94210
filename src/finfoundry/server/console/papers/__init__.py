"""Documents on the page: found, sent, looked through, taken away as tables or text, read again, deleted."""
