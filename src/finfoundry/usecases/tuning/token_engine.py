"""llama.cpp for policies that learn: a child of the training, with token ids in and out, started anew with each adapter."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from finfoundry.base.llama import ENVIRONMENT
from finfoundry.base.openai import NONE_KEPT, ONE_CONNECTION_A_REQUEST
from finfoundry.core.errors import EngineError, ModelError
from finfoundry.train.base import Base

START_SECONDS, ANSWER_SECONDS = 120.0, 600.0
PLAIN = {"top_k": 0, "top_p": 1.0, "min_p": 0.0, "samplers": ["temperature"], "return_tokens": True}  # the distribution, nothing cut off


class LlamaTokens:
    """Serves one base with one adapter. llama.cpp takes adapters when it starts: a new one is a new child, in a second for a small base."""

    def __init__(self, base: Base, slots: int, context: int, threads: int) -> None:
        self._base, self._slots, self._context, self._threads = base, slots, context, threads
        self._folder = tempfile.TemporaryDirectory(prefix="finfoundry-tokens-")
        self._child: subprocess.Popen[bytes] | None = None
        self._socket = Path(self._folder.name) / "engine.sock"
        transport = httpx.HTTPTransport(uds=str(self._socket), limits=NONE_KEPT)
        self._client = httpx.Client(transport=transport, headers=ONE_CONNECTION_A_REQUEST, timeout=ANSWER_SECONDS)

    def __enter__(self) -> LlamaTokens:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()
        self._client.close()
        self._folder.cleanup()

    def load(self, adapter: Path) -> None:
        """Raises ModelError where the child does not start with it."""
        self._stop()
        adapters = Path(self._folder.name) / "adapters"
        adapters.mkdir(exist_ok=True)
        (adapters / "policy.gguf").write_bytes(adapter.read_bytes())
        argv = [sys.executable, "-m", "finfoundry.base.llama_server", "--model", str(self._base.path), "--name", "policy"]
        argv += ["--socket", str(self._socket), "--adapters", str(adapters), "--context", str(self._context)]
        argv += ["--slots", str(self._slots), "--threads", str(self._threads)]
        self._child = subprocess.Popen(argv, stderr=subprocess.DEVNULL, env={**os.environ, **ENVIRONMENT})  # noqa: S603  our own module
        until = time.monotonic() + START_SECONDS
        while not self._socket.exists():
            if self._child.poll() is not None or time.monotonic() > until:
                self._stop()
                raise ModelError(f"llama.cpp does not start with {self._base.path} and the adapter", remedy="Set sampling.engine: false")
            time.sleep(0.02)

    def complete(self, prompt: Sequence[int], tokens: int, temperature: float, seed: int) -> tuple[int, ...]:
        """Raises EngineError."""
        asked: dict[str, Any] = PLAIN | {"prompt": list(prompt), "n_predict": tokens, "temperature": temperature, "seed": seed}
        try:
            answer = self._client.post("http://engine/completion", json=asked | {"lora": [{"id": 0, "scale": 1.0}]})
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise EngineError(f"the engine that samples does not answer: {error}", remedy="Set sampling.engine: false") from error
        found = answer.json()
        ids, end = tuple(found["tokens"]), self._base.tokenizer.eos_token_id
        return ids if found["stop_type"] != "eos" or ids[-1:] == (end,) else (*ids, end)

    def _stop(self) -> None:
        if self._child is not None:
            self._child.terminate()
            self._child.wait()
            self._child = None
        self._socket.unlink(missing_ok=True)
