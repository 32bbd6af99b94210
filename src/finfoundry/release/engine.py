"""The engine that the product uses: started at the first call, and changed under way when another release serves."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator

from finfoundry.base.engines import engine_elsewhere
from finfoundry.base.llama import Served, own_model, start_engine
from finfoundry.core.errors import FinfoundryError
from finfoundry.core.protocols import Completion, Engine, Request
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor

log = logging.getLogger("finfoundry.release")


class EngineOnDemand:
    """``served`` is asked before each call what should run. A call in flight ends on the engine on which it began."""

    def __init__(self, settings: Settings, supervisor: Supervisor, served: Callable[[], Served] | None = None) -> None:
        self._settings = settings
        self._supervisor = supervisor
        self._served = served or (lambda: own_model(settings))
        self._engine: Engine | None = None
        self._runs: Served | None = None
        self._starting = threading.Lock()

    @property
    def model(self) -> str:
        """The name that clients ask for: it stays when a better model takes its place. A completion names the one that answered."""
        return self._settings.model

    def chat(self, request: Request) -> Completion:
        return self._current().chat(request)

    def stream(self, request: Request) -> Generator[str, None, Completion]:
        return self._current().stream(request)

    def count_tokens(self, text: str) -> int:
        return self._current().count_tokens(text)

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()

    def look_again(self) -> None:
        """What was started may be gone, and its supervisor with it: the next call has it started again."""
        self._runs = None

    def _current(self) -> Engine:
        """The engine for the next call. While another one starts, those that run already are answered by the one before."""
        if not self._settings.own_engine:
            return self._remote()
        try:
            wanted = self._served()
        except FinfoundryError as error:
            return self._as_before(error)
        if self._engine is not None and (wanted == self._runs or not self._starting.acquire(blocking=False)):
            return self._engine
        if self._engine is None:
            self._starting.acquire()
        try:
            return self._engine if self._engine is not None and wanted == self._runs else self._start(wanted)
        finally:
            self._starting.release()

    def _start(self, wanted: Served) -> Engine:
        # The client before is not closed: its connections end with the requests that it still has in flight.
        try:
            started = start_engine(self._settings, self._supervisor, wanted)
        except FinfoundryError as error:
            return self._as_before(error)
        self._engine, self._runs = started, wanted
        return started

    def _as_before(self, error: FinfoundryError) -> Engine:
        """A release that cannot start takes nothing from service. Raises the error where nothing serves yet."""
        if self._engine is None:
            raise error
        log.error("What should serve now does not start, the engine before serves on: %s", error)
        return self._engine

    def _remote(self) -> Engine:
        """An engine of somebody else's, which we do not start."""
        with self._starting:
            if self._engine is None:
                self._engine = engine_elsewhere(self._settings)
        return self._engine
