"""A server keeps its home alive: where the supervisor was killed, and database, engine and worker with it, it is started again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from finfoundry.app import App
from finfoundry.core.errors import FinfoundryError

LOOK_AFTER = 1.0  # seconds between two looks
log = logging.getLogger("finfoundry.server")


@contextmanager
def kept(app: App) -> Iterator[None]:
    """While a server runs."""
    stop = threading.Event()
    thread = threading.Thread(target=_keep, args=(app, stop), name="keeping", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(LOOK_AFTER)


def _keep(app: App, stop: threading.Event) -> None:
    while not stop.wait(LOOK_AFTER):
        if app.supervisor.fell():
            log.error("the supervisor of %s was killed: it is started again", app.settings.home)
            try:
                app.start_processes()
            except (FinfoundryError, OSError):  # tried again at the next look
                log.exception("the supervisor of %s does not start", app.settings.home)
