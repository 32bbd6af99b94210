"""From tasks and documents to what may be learned, and a manifest that says what became of every row."""
