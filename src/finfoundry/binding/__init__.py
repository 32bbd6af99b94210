"""Numbers in text against evidence. Pure: no model, no database."""
