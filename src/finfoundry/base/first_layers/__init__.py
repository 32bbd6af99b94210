"""The first layers of a language model, out of its GGUF file, with its tokenizer."""
