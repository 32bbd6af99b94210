"""An engine whose answers are kept in a file, so that a run that was stopped goes on, and only what is asked anew takes the model's time.

Only for a model that answers the same prompt alike: temperature 0, as all questions are asked.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path

from finfoundry.core.protocols import Completion, Engine, Request


class KeptEngine:
    """An engine (``core.protocols.Engine``) over another one: what it was asked before is answered from the file."""

    def __init__(self, engine: Engine, file: Path) -> None:
        self._engine = engine
        self._kept = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=60)
        self._kept.execute("CREATE TABLE IF NOT EXISTS completions (request TEXT PRIMARY KEY, completion TEXT)")
        self.asked = 0  # of the model itself

    @property
    def model(self) -> str:
        return self._engine.model

    def chat(self, request: Request) -> Completion:
        key = json.dumps([self.model, asdict(request) | {"deadline": None, "reuse": True}], sort_keys=True, default=str)
        found = self._kept.execute("SELECT completion FROM completions WHERE request = ?", (key,)).fetchone()
        if found is not None:
            return Completion(**json.loads(found[0]))
        completion = self._engine.chat(request)
        self.asked += 1
        self._kept.execute("INSERT OR REPLACE INTO completions VALUES (?, ?)", (key, json.dumps(asdict(completion))))
        return completion

    def stream(self, request: Request) -> Generator[str, None, Completion]:
        completion = self.chat(request)
        yield completion.text
        return completion

    def count_tokens(self, text: str) -> int:
        return self._engine.count_tokens(text)

    def close(self) -> None:
        self._kept.close()
        self._engine.close()
