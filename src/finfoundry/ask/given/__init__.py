"""Papers and tables that come with a question, held in memory: answered like those of the store, and forgotten with the answer."""
