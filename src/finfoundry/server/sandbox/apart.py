"""What a server computes over what clients sent, and draws from stored files, is done apart: in sandboxes (``server.sandbox.sandboxed``).

So it never has the interpreter that everybody's requests need, ends by force when nobody waits for it any more, cannot fill the memory of
the service, and reaches nothing where what was sent takes it over.
"""

from __future__ import annotations

import math
import signal
import threading
from multiprocessing.connection import wait

import msgspec

from finfoundry.core import cancellation
from finfoundry.core.errors import EngineTimeout, InputError
from finfoundry.knowledge.ingest.workers import LEAST_MEMORY, MEMORY_PER_BYTE
from finfoundry.runtime.sandbox import Sandbox, how_it_ended
from finfoundry.runtime.settings import Settings
from finfoundry.server.sandbox import sandboxed
from finfoundry.server.sandbox.sandboxed import Done, SandboxedTask, Work

PROGRAM = ("-m", sandboxed.__name__)
WRITTEN = 256 * 1024 * 1024  # bytes of an outcome
LOOK_AFTER = 0.1  # seconds between two looks whether anybody still waits


class Apart:
    """Sandboxes, as many as there is work at once; ``keep`` of them wait for more. Safe to use from several threads."""

    def __init__(self, settings: Settings, keep: int) -> None:
        self._settings = settings
        self._keep = keep
        self._idle: list[Sandbox] = []
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Have one begin to load, so that who comes first does not wait for it."""
        self._put(Sandbox(PROGRAM))

    def close(self) -> None:
        with self._lock:
            self._keep = 0
            while self._idle:
                self._idle.pop().kill()

    def do(self, work: Work, data: bytes) -> Done:
        """Raises InputError where what was sent cannot be used, EngineTimeout when nobody waits any more or the time is over."""
        left = cancellation.remaining()
        seconds = self._settings.parse_timeout if left is None else left
        memory = min(self._settings.parse_memory, LEAST_MEMORY + MEMORY_PER_BYTE * len(data))
        sandbox = self._take()
        try:
            sandbox.begin(SandboxedTask(math.ceil(seconds) + 1, memory, WRITTEN, work), data)
            while not wait([sandbox.fileno()], LOOK_AFTER):
                cancellation.check()
            return self._outcome(sandbox, memory)
        except EngineTimeout:
            sandbox.stop()
            raise
        finally:
            sandbox.close()
            self._put(sandbox)

    def _take(self) -> Sandbox:
        with self._lock:
            while self._idle:
                if (sandbox := self._idle.pop()).alive:
                    return sandbox
                sandbox.kill()
        return Sandbox(PROGRAM)

    def _put(self, sandbox: Sandbox) -> None:
        with self._lock:
            if sandbox.alive and len(self._idle) < self._keep:
                self._idle.append(sandbox)
                return
        sandbox.kill()

    def _outcome(self, sandbox: Sandbox, memory: int) -> Done:
        """The sandbox's outcome, checked by its types: whoever took the work over may have written anything."""
        code = sandbox.ended()
        if code == -signal.SIGXCPU:
            raise EngineTimeout("It took longer than a request may", remedy="Ask for less at once, or raise FINFOUNDRY_ASK_DEADLINE")
        try:
            done = sandboxed.decoder.decode(sandbox.outcome()) if code == 0 else None
        except (msgspec.MsgspecError, ValueError, RecursionError):
            done = None
        if done is None:
            message = f"What was sent ended the process that worked at it ({how_it_ended(code)}; it may take {memory / 2**20:,.0f} MiB)"
            raise InputError(message, remedy="Send it in parts, or an administrator raises parse_memory (FINFOUNDRY_PARSE_MEMORY)")
        if done.memory:
            remedy = "Send less at once, or an administrator raises parse_memory (FINFOUNDRY_PARSE_MEMORY)"
            raise InputError(f"What was sent needs more memory than the limit of {memory / 2**20:,.0f} MiB", remedy=remedy)
        if done.error:
            raise InputError(done.error, remedy=done.remedy)
        return done
