"""What every request passes: an id, limits on its body, headers that keep a browser strict, and the metrics."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from finfoundry.server.errors import refuse
from finfoundry.server.metrics import Metrics
from finfoundry.server.tracing import Tracing

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # without one, a browser would not say either where a form comes from
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Gate:
    """ASGI middleware. ``limit`` gives the bytes that a body may have by its path; ``patience`` the seconds between two pieces of it."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, tracing: Tracing, limit: Callable[[str], int], patience: float = 30.0) -> None:
        self._app = app
        self._metrics = metrics
        self._tracing = tracing
        self._limit = limit
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identifier = scope["finfoundry.request_id"] = uuid.uuid4().hex
        started, status = time.monotonic(), "499"  # nginx's number for a client that left
        headers = Headers(scope=scope)
        finish = self._tracing.start(scope["method"], headers, identifier)

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
                sent = MutableHeaders(scope=message)
                sent["X-Request-Id"] = identifier
                for name, value in _HEADERS.items():
                    sent.setdefault(name, value)
            await send(message)

        try:
            limit = self._limit(scope["path"])
            length = headers.get("content-length", "0")
            if length.isdigit() and int(length) > limit:
                await refuse(413, "TooLarge", _too_large(limit), identifier)(scope, receive, sending)
            else:
                await self._app(scope, self._receiving(receive, limit), sending)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.count("requests_total", route=route, method=scope["method"], status=status)
            self._metrics.observe("request_seconds", time.monotonic() - started, route=route)
            finish(route, status)

    def _receiving(self, receive: Receive, limit: int) -> Receive:
        got, whole = 0, False

        async def piece() -> Message:
            nonlocal got, whole
            if whole:
                return await receive()  # waits for the client to leave, which may take as long as the answer
            try:
                message = await asyncio.wait_for(receive(), self._patience)
            except TimeoutError as error:
                raise HTTPException(408, "The body did not come in time", {"Connection": "close"}) from error
            got += len(message.get("body", b""))
            if got > limit:
                raise HTTPException(413, _too_large(limit), {"Connection": "close"})
            whole = not message.get("more_body", False)
            return message

        return piece


def _too_large(limit: int) -> str:
    return f"The body has more than {limit:,} bytes"
