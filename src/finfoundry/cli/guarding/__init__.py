"""Commands of the guards."""
