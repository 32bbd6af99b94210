"""Numbers, units, scales and currencies as people print them."""
