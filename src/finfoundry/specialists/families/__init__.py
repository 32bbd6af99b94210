"""Families of specialists: a package each (credit, fraud, aml, market_risk, text), what all of them do, and their names."""
