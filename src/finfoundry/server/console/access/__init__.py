"""Users, keys, labels and grants as forms."""
