"""Tables in: files read, typed, split; the schema that a specialist freezes."""
