"""Families of specialists: a package each (credit, fraud, aml, market_risk), what all of them do, and their names."""
