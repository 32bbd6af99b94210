"""Commands for what people read in the place of the reader."""
