"""HTTP of one connection: uvicorn's, with an end to headers that come drop by drop (the attack called slow loris), and refusals of what
is no HTTP in the one shape of errors.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import asdict
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from finfoundry.server.errors import ErrorBody, ErrorDetail

PATIENCE = 20.0  # seconds for the headers of a request, from its first byte or from the connection's beginning
_TYPES = {400: "invalid_request_error", 408: "timeout_error"}


class Connection(HttpToolsProtocol):
    """Given to uvicorn as its ``http``."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._late: asyncio.TimerHandle | None = None
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._came()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._late is None:  # a further request of the connection
            self._wait()

    def on_headers_complete(self) -> None:
        self._came()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "InputError", msg)

    def _wait(self) -> None:
        self._late = asyncio.get_running_loop().call_later(PATIENCE, self._refuse, 408, "Timeout", "The headers did not come in time")

    def _came(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _refuse(self, status: int, code: str, message: str) -> None:
        self._came()
        if self.transport.is_closing():
            return
        identifier = uuid.uuid4().hex
        detail: dict[str, Any] = asdict(ErrorBody(ErrorDetail(message, _TYPES[status], None, code, None, identifier)))
        body = json.dumps(detail).encode()
        reason = {400: "Bad Request", 408: "Request Timeout"}[status]
        head = f"HTTP/1.1 {status} {reason}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(f"{head}x-request-id: {identifier}\r\nconnection: close\r\n\r\n".encode() + body)
        self.transport.close()
