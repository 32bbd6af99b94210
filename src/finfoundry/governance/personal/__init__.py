"""Personal data that a token classifier finds: the texts that it learns from, and how its findings join those of rules."""
