"""finfoundry: a foundry for financial language models (1 base model + V private knowledge + n specialist models).

The names below are the library; each is loaded when it is first used, so that checking a sentence opens no store and loads no model.
"""

from importlib import import_module as _import_module
from os import environ as _environ

__version__ = "0.1.0"

_HOMES = {
    "finfoundry.app": ("App", "open_app"),
    "finfoundry.binding": ("Report", "verify"),
    "finfoundry.server.client": ("Client",),
    "finfoundry.core.answer": ("Answer", "Citation", "Figure"),
    "finfoundry.core.document": ("Document", "Fact", "Parsed"),
    "finfoundry.core.errors": ("FinfoundryError", "InputError", "NotFound", "NotPermitted", "ParseError", "StoreError"),
    "finfoundry.core.principal": ("Principal",),
    "finfoundry.runtime.settings": ("Settings",),
    "finfoundry.knowledge.ingest.parse_file": ("parse",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["__version__", *sorted(_HOME_OF)]


def __getattr__(name: str) -> object:
    """Load an exported name. Raises AttributeError for any other."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, getattr(_import_module(_HOME_OF[name]), name))


def __dir__() -> list[str]:
    return list(__all__)


# Libraries that would otherwise report their use to their makers (onnxruntime keeps an id and a log under ~/.cache). Set before they are
# loaded; `finfoundry doctor --sealed` shows them.
_environ.update(dict.fromkeys(("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK"), "1"))
