"""Models made light: one way a file. Each takes a GGUF file and gives a folder with a lighter one and a manifest that names its parent."""
