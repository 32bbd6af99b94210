"""Plan to values: operands from facts, breakdowns of a whole, arithmetic in Decimal, checks of the result."""
