"""From a question to a bound answer."""
