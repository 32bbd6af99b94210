"""What the texts of headers say of time."""
