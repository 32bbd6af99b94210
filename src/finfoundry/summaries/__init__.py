"""Papers → a short account of them: figures of the year, and sentences of their own, each bound to its place; with what it leaves out."""
