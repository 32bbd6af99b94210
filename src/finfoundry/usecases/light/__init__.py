"""Making models light, and choosing the lightest that suffices, over one home."""
