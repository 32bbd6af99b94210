"""finfoundry: a foundry for financial language models (1 base model + V private knowledge + n specialist models)."""

import os

__version__ = "0.1.0"

# onnxruntime would otherwise keep an id and a log of its use under ~/.cache and send them to its maker. Set before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
