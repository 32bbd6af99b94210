"""What tags texts with harms: over an encoder, by words, over the first layers of a model, and all of them together."""
