"""A table as labels and numbers: header, columns, label paths, scale and unit."""
