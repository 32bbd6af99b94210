"""The guards of a home: decisions, objections, the tagger."""
