"""The weights that tests run on, pulled once and kept between runs."""

from __future__ import annotations

import os
from pathlib import Path

from finfoundry.base.pull import pull
from finfoundry.runtime.settings import Settings

CHAT = "smollm2-135m-instruct"
EMBEDDER = "multilingual-e5-small"


def model_settings() -> Settings:
    """A home that holds only models: FINFOUNDRY_TEST_MODELS, or a folder in the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    home = Path(os.environ.get("FINFOUNDRY_TEST_MODELS", cache / "finfoundry-tests"))
    return Settings(home=home, model=CHAT)


def weights(name: str) -> Path:
    """The folder of a model; 98 MB (CHAT) or 72 MB (EMBEDDER) are downloaded the first time."""
    return pull(name, model_settings())
