"""GGUF files: what lies where, what it is called in transformers, how numbers are stored in blocks."""
