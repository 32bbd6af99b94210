"""What words and headings say of units, before a table is read."""
