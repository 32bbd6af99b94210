"""Where a figure comes from: its page with the cell, the row, the column, and what says how to read them."""
