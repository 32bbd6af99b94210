"""Models as files: graphs of encoders and decoders with their heads, GGUF files taken apart, texts as their tokenizers read them."""
