"""What every request passes: an id, limits on its body, headers that keep a browser strict, and the metrics."""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from finfoundry.server.limits.errors import refuse
from finfoundry.server.limits.incoming import Bodies, BodyLimits, too_large
from finfoundry.server.limits.metrics import Metrics
from finfoundry.server.limits.tracing import Tracing

IN_MEMORY = 16 * 1024 * 1024  # bytes: larger bodies go to disk as they come
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
    """ASGI middleware. ``limit`` gives the bytes that a body may have by its path; ``admit`` says whether its sender may send one at all,
    before any of it is read.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        tracing: Tracing,
        limit: Callable[[str], int],
        admit: Callable[[Scope], Awaitable[bool]],
        bodies: BodyLimits,
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._tracing = tracing
        self._limit = limit
        self._admit = admit
        self._bodies = Bodies(bodies)

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
            await self._pass(scope, receive, sending, headers)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.count("requests_total", route=route, method=scope["method"], status=status)
            self._metrics.observe("request_seconds", time.monotonic() - started, route=route)
            finish(route, status)

    async def _pass(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        """Pass a request on to the application: without a body, or with one whose sender is known; an unknown sender's body is not read."""
        identifier: str = scope["finfoundry.request_id"]
        most, length = self._limit(scope["path"]), headers.get("content-length", "0")
        if length.isdigit() and int(length) > most:
            await refuse(413, "TooLarge", too_large(most, int(length), whole=True), identifier)(scope, receive, send)
        elif length == "0" and "transfer-encoding" not in headers:
            await self._app(scope, receive, send)
        elif not await self._admit(scope):
            await self._app(scope, _nothing, _closing(send))
        else:
            await self._with_body(scope, receive, send, most)

    async def _with_body(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        client = scope.get("client")
        try:
            body = self._bodies.incoming(receive, client[0] if client else "", most, spooled=most > IN_MEMORY)
        except HTTPException as error:
            refusal = refuse(error.status_code, "Busy", str(error.detail), scope["finfoundry.request_id"], headers=error.headers)
            await refusal(scope, receive, send)
            return
        try:
            await self._app(scope, body.piece, send)
        finally:
            body.close()


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _closing(send: Send) -> Send:
    """The connection ends with the answer, so that what was not asked for is not read either."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Connection"] = "close"
        await send(message)

    return sending
