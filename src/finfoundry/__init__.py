"""finfoundry: a foundry for financial language models (1 base model + V private knowledge + n specialist models)."""

__version__ = "0.1.0"
