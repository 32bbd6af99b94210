"""The engine of the settings in a throw-away home, so that a benchmark neither disturbs nor inherits a running one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from finfoundry.base.catalogue import chat_model
from finfoundry.base.llama import LlamaEngine, own_model, start_engine
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor


@contextmanager
def running_engine(model: str | None = None, **other: Any) -> Iterator[LlamaEngine]:
    """``model`` is a pulled name or a path; the default is FINFOUNDRY_MODEL in FINFOUNDRY_HOME. ``other`` settings, by their names.

    It is served as the catalogue says: a base whose file has no template is asked in the one that stands there.
    """
    given = Settings(model=model) if model else Settings()
    home = Path(tempfile.mkdtemp(prefix="ff-"))
    settings = Settings(home=home, model=str(chat_model(given)), threads=given.threads, **other)
    engine = start_engine(settings, Supervisor(home), replace(own_model(given), adapters=home / "adapters"))
    try:
        yield engine
    finally:
        engine.close()
        Supervisor(home).stop()
        shutil.rmtree(home)
