"""The encoder that reads personal data."""
