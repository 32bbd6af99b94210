"""HTTP of one connection: uvicorn's, with an end to headers that come drop by drop (the attack called slow loris), and refusals of what
is no HTTP in the one shape of errors.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from dataclasses import asdict
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from finfoundry.server.limits.errors import ErrorBody, ErrorDetail

LONGEST_HEAD = 32 * 1024  # bytes of a request's line and headers; a token of an identity provider may take half of it
EACH = 32  # bytes that a header counts in addition to its own: many small ones cost, too
MOST = 256  # connections of one address; behind a proxy that passes no addresses on all clients are one: FINFOUNDRY_ADDRESS_CONNECTIONS
PATIENCE = 20.0  # seconds for the headers of a request, from its first byte or from the connection's beginning
_TYPES = {429: "rate_limit_error", 400: "invalid_request_error", 408: "timeout_error", 431: "invalid_request_error"}
_REASONS = {429: "Too Many Requests", 400: "Bad Request", 408: "Request Timeout", 431: "Request Header Fields Too Large"}


class Connection(HttpToolsProtocol):
    """Given to uvicorn as its ``http``."""

    most = MOST
    _connected: ClassVar[Counter[str]] = Counter()  # by address, in this process

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the time for the first headers; answer 429 where the address has ``most`` connections already."""
        super().connection_made(transport)
        self._address = (transport.get_extra_info("peername") or ("",))[0]
        self._connected[self._address] += 1
        self._late: asyncio.TimerHandle | None = None
        self._unfinished = self._head = 0  # bytes of headers that have no end yet; those of the request, as they were read
        self._wait()
        if self._connected[self._address] > self.most:
            self._refuse(429, "Busy", f"This address has {self.most} connections already")

    def connection_lost(self, exc: Exception | None) -> None:
        self._came()
        self._connected[self._address] -= 1
        if not self._connected[self._address]:
            del self._connected[self._address]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._late is not None:  # the headers go on
            self._unfinished += len(data)
            if self._unfinished > LONGEST_HEAD:
                self._refuse_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0
        if self._late is None:  # a further request of the connection
            self._wait()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + EACH)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._came()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        if self._head > LONGEST_HEAD:
            self._refuse_head()
        else:
            self._refuse(400, "InputError", msg)

    def _count(self, size: int) -> None:
        """Raises ValueError past the bound: the parser then stops, and says that the request is none."""
        self._head += size
        if self._head > LONGEST_HEAD:
            raise ValueError("the head is too large")

    def _refuse_head(self) -> None:
        self._refuse(431, "TooLarge", f"Address and headers have more than {LONGEST_HEAD:,} bytes")

    def _wait(self) -> None:
        self._late = asyncio.get_running_loop().call_later(PATIENCE, self._refuse, 408, "Timeout", "The headers did not come in time")

    def _came(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
        self._unfinished = 0

    def _refuse(self, status: int, code: str, message: str) -> None:
        self._came()
        if self.transport.is_closing():
            return
        identifier = uuid.uuid4().hex
        detail: dict[str, Any] = asdict(ErrorBody(ErrorDetail(message, _TYPES[status], None, code, None, identifier)))
        body = json.dumps(detail).encode()
        head = f"HTTP/1.1 {status} {_REASONS[status]}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(f"{head}x-request-id: {identifier}\r\nconnection: close\r\n\r\n".encode() + body)
        self.transport.close()
