"""A fictional bank, its annual report with known truth, and a tour that checks the whole path against it."""
