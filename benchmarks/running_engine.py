"""The engine of the settings in a throw-away home, so that a benchmark neither disturbs nor inherits a running one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from finfoundry.base.catalogue import chat_model
from finfoundry.base.llama import LlamaEngine, start_engine
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor


@contextmanager
def running_engine(model: str | None = None, **other: Any) -> Iterator[LlamaEngine]:
    """``model`` is a pulled name or a path; the default is FINFOUNDRY_MODEL in FINFOUNDRY_HOME. ``other`` settings, by their names."""
    given = Settings(model=model) if model else Settings()
    home = Path(tempfile.mkdtemp(prefix="ff-"))
    engine = start_engine(Settings(home=home, model=str(chat_model(given)), threads=given.threads, **other), Supervisor(home))
    try:
        yield engine
    finally:
        engine.close()
        Supervisor(home).stop()
        shutil.rmtree(home)
