"""Start the server: uvicorn with as many processes as wanted, over one store and one engine."""

from __future__ import annotations

import logging
import os
import tempfile

import uvicorn

from finfoundry.machine import read_settings
from finfoundry.server.limits.connection import Connection
from finfoundry.server.limits.metrics import FOLDER

GRACE = 30  # seconds that running requests have when the server is asked to stop
log = logging.getLogger("finfoundry.server")


def run(host: str, port: int, workers: int) -> None:
    """Serve until a signal. Raises SettingsError before anything is started."""
    Connection.most = read_settings().address_connections
    with tempfile.TemporaryDirectory(prefix="finfoundry-") as folder:
        if workers > 1:
            os.environ[FOLDER] = folder
        _run(host, port, workers)


def _run(host: str, port: int, workers: int) -> None:
    uvicorn.run(
        "finfoundry.server.application:from_settings",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http=Connection,
        log_config=None,
        access_log=False,  # paths hold ids, queries may hold words of people
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE,
        limit_concurrency=1000,
        backlog=512,
    )
