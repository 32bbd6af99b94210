"""finfoundry: a foundry for financial language models (1 base model + V private knowledge + n specialist models)."""

import os

__version__ = "0.1.0"

# Libraries that would otherwise report their use to their makers (onnxruntime keeps an id and a log under ~/.cache). Set before they are
# loaded; `finfoundry doctor --sealed` shows them.
os.environ.update(dict.fromkeys(("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK"), "1"))
