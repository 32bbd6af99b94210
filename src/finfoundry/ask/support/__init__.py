"""Whether the words of a sentence are supported by what papers say: where to look, the trained checker, and the rows that it learns."""
