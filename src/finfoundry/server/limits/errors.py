"""Errors as a client sees them: one shape for all routes, the one of OpenAI's API with a remedy and the request's id added.

{"error": {"message": "…", "type": "invalid_request_error", "param": null, "code": "InputError", "remedy": "…", "request_id": "…"}}
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from finfoundry.core.errors import (
    EngineBusy,
    EngineError,
    EngineTimeout,
    FinfoundryError,
    InputError,
    ModelError,
    NotFound,
    NotPermitted,
    ProcessError,
    StoreError,
)
from finfoundry.governance.api_keys import UnknownKey
from finfoundry.governance.oidc import ProviderAway
from finfoundry.server.limits.attempts import TooManyWrongKeys

log = logging.getLogger("finfoundry.server")


class Busy(EngineBusy):
    """The queue is full. ``retry_after`` is in seconds; ``bound``: which one was reached, and how an administrator changes it."""

    def __init__(self, retry_after: int, bound: str) -> None:
        super().__init__(f"Too much waits already: {bound}", remedy=f"Ask again in {retry_after} s")
        self.retry_after = retry_after


class UnusableField(InputError):
    """A field of a request that cannot be used as it is. ``param`` is its name, with dots where it stands deeper. The remedy stands in the
    message, too: clients of other makers show no more.
    """

    def __init__(self, param: str, why: str, *, remedy: str) -> None:
        super().__init__(f"{param!r} {why}. {remedy}", remedy=remedy)
        self.param, self.why = param, why

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class ErrorDetail:
    message: str
    type: str
    param: str | None
    code: str
    remedy: str | None
    request_id: str


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The body of every answer whose status is 400 or more."""

    error: ErrorDetail


_STATUS: tuple[tuple[type[FinfoundryError], int], ...] = (  # the first that fits
    (TooManyWrongKeys, 429),
    (UnknownKey, 401),
    (NotPermitted, 403),
    (NotFound, 404),
    (InputError, 400),
    (EngineBusy, 429),
    (EngineTimeout, 504),
    (EngineError, 503),
    (ModelError, 503),
    (StoreError, 503),
    (ProcessError, 503),
    (ProviderAway, 503),
)
_TYPE = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 408: "timeout_error", 429: "rate_limit_error"}


def status_of(error: FinfoundryError) -> int:
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def body_of(error: FinfoundryError, request_id: str) -> ErrorBody:
    param = error.param if isinstance(error, UnusableField) else None
    return _body(status_of(error), type(error).__name__, error.message, error.remedy, request_id, param)


def respond(error: FinfoundryError, request_id: str) -> JSONResponse:
    """The response for an error of ours: its status, body, and ``Retry-After`` in seconds where a later attempt may succeed."""
    status = status_of(error)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if status == 429:
        headers["Retry-After"] = str(error.retry_after if isinstance(error, Busy | TooManyWrongKeys) else 2)
    return JSONResponse(asdict(body_of(error, request_id)), status, headers)


def refuse(
    status: int, code: str, message: str, request_id: str, *, param: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    return JSONResponse(asdict(_body(status, code, message, None, request_id, param)), status, headers)


def request_id(request: Request) -> str:
    found: str = request.scope.setdefault("finfoundry.request_id", uuid.uuid4().hex)
    return found


def install(server: FastAPI, as_page: Callable[[Request, FinfoundryError], Awaitable[Response]]) -> None:
    """Every error of every route in the one shape; for a browser that opens a page, as a page."""

    @server.exception_handler(FinfoundryError)
    async def known(request: Request, error: FinfoundryError) -> Response:
        if status_of(error) >= 500:
            log.error("request %s failed: %s", request_id(request), error)
        return await as_page(request, error) if _opens_page(request) else respond(error, request_id(request))

    @server.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        param = ".".join(str(part) for part in first["loc"][1:]) or None  # the input itself is not repeated
        message = f"The request cannot be used: {first['msg']}"
        if _opens_page(request):
            return await as_page(request, InputError(message))
        return refuse(400, "InputError", message, request_id(request), param=param)

    @server.exception_handler(RecursionError)
    @server.exception_handler(UnicodeEncodeError)
    async def no_text(request: Request, _: Exception) -> Response:
        """JSON can be nested without end, and can hold halves of characters (surrogates) that are no text."""
        return refuse(400, "InputError", "The request holds text or nesting that cannot be used", request_id(request))

    @server.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404 and _opens_page(request):
            return await as_page(request, NotFound("There is no such page", remedy="Choose one above"))
        code = {404: "NotFound", 405: "MethodNotAllowed", 408: "Timeout", 413: "TooLarge"}.get(error.status_code, "InputError")
        return refuse(error.status_code, code, str(error.detail), request_id(request), headers=error.headers)

    @server.exception_handler(Exception)
    async def unknown(request: Request, error: Exception) -> Response:
        log.error("request %s failed", request_id(request), exc_info=error)
        return refuse(500, "ServerError", "This is our mistake; please report the request's id", request_id(request))


def _opens_page(request: Request) -> bool:
    """Whether somebody at a browser waits for a page."""
    return request.url.path.startswith("/console") and "text/html" in request.headers.get("accept", "")


def _body(status: int, code: str, message: str, remedy: str | None, identifier: str, param: str | None = None) -> ErrorBody:
    kind = _TYPE.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return ErrorBody(ErrorDetail(message, kind, param, code, remedy, identifier))
