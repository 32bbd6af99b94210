"""What tuning takes from other parts of the product: an engine that samples, plans that are carried out, the institution's own material."""
