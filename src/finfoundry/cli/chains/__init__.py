"""Commands about chains of causes."""
