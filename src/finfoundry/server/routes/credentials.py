"""What a request brings to say who it is from: a key in its header, or a session in the cookie of the page.

A browser sends the cookie by itself, whoever made it send the request. So what comes with a cookie must come from our own pages: the cookie
is kept to the site, and ``Origin`` and ``Sec-Fetch-Site``, which no page can forge, must both say so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Annotated, Any, Literal

from fastapi import Depends, Request
from fastapi.responses import Response

from finfoundry.core.errors import FinfoundryError, NotPermitted
from finfoundry.governance.api_keys import Bearer, Scope, UnknownKey
from finfoundry.governance.sessions import LONGEST
from finfoundry.server.service.state import SIGNING_IN, Service, Still, service_of

SESSION, SIGN_IN = "finfoundry_session", "finfoundry_sign_in"  # names of cookies
_KNOWN = "finfoundry.bearer"  # in the scope of a request: its bearer, or why there is none
_OURS, _SAFE = ("same-origin", "none"), ("GET", "HEAD")


def own_address(request: Request) -> str:
    """Scheme and host by which browsers come."""
    public = service_of(request).app.settings.public_url
    return public.rstrip("/") if public else f"{request.url.scheme}://{request.url.netloc}"


def cookie_name(request: Request, name: str) -> str:
    """Behind https a name that browsers take from this very host alone, over https alone."""
    return f"__Host-{name}" if own_address(request).startswith("https:") else name


def set_cookie(request: Request, response: Response, name: str, value: str, seconds: int, *, strict: bool = True) -> None:
    """A cookie that scripts cannot read. One that is not strict comes back when another site sends the browser here."""
    secure = own_address(request).startswith("https:")
    kept: Literal["strict", "lax"] = "strict" if strict else "lax"
    response.set_cookie(cookie_name(request, name), value, max_age=seconds, httponly=True, samesite=kept, secure=secure)


def drop_cookie(request: Request, response: Response, name: str) -> None:
    secure = own_address(request).startswith("https:")
    response.delete_cookie(cookie_name(request, name), httponly=True, samesite="strict", secure=secure)


def cookie(request: Request, name: str) -> str | None:
    return request.cookies.get(cookie_name(request, name))


def start_session(request: Request, response: Response, session: str) -> None:
    set_cookie(request, response, SESSION, session, int(LONGEST.total_seconds()))


async def same_site(request: Request) -> None:
    """What changes something comes from our own pages. Raises NotPermitted."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    foreign = site not in (None, *_OURS) or origin not in (None, own_address(request))
    following = request.method in _SAFE and request.headers.get("sec-fetch-mode") == "navigate"  # a link, which shows a page and no more
    unsaid = request.method not in _SAFE and origin is None and site is None
    if unsaid or (foreign and not following):
        raise NotPermitted("The request came from another site", remedy="Open the page and send it from there; scripts send a key instead")


async def bearer_of(request: Request) -> Bearer:
    """The sender of a request. Raises UnknownKey (TooManyWrongKeys of it), NotPermitted for a cookie that another site made come."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    service = service_of(request)
    if scheme.lower() == "bearer":
        return await looked_up(request, key.strip())
    session = None if scheme else cookie(request, SESSION)
    if session is not None:
        await same_site(request)
    return await service.look(service.identities.sessions.bearer, session)


async def looked_up(request: Request, credential: str | None) -> Bearer:
    """The bearer of a key or a token, unless too many wrong ones came from there. Raises UnknownKey, ProviderAway."""
    service, address = service_of(request), request.client.host if request.client else ""
    service.attempts.admit(address, credential)
    try:
        found = await service.look(service.identities.bearer, credential)
    except UnknownKey:
        if credential:
            service.attempts.wrong(address)
        raise
    service.attempts.right(credential or "")
    return found


def still_open(request: Request) -> Still:
    """Asks again whether the request's key opens anything: for streams, which may outlive it. Raises UnknownKey."""

    async def ask() -> Bearer:
        return await bearer_of(request)

    return ask


async def known(scope: MutableMapping[str, Any]) -> bool:
    """Whether the sender of a body is known, looked at before any of it is read; what was found is kept for the route. Where people sign in
    nobody needs to be, and where there is nothing nobody is.
    """
    request = Request(scope)
    if request.url.path.startswith(SIGNING_IN):
        return True
    try:
        request.scope[_KNOWN] = await bearer_of(request)
    except FinfoundryError as error:
        request.scope[_KNOWN] = error
        return False
    return True


def opened(scope: Scope) -> Callable[[Request], Awaitable[Bearer]]:
    """The bearer of a request's key, if the key opens ``scope``. Raises UnknownKey, NotPermitted."""

    async def bearer(request: Request) -> Bearer:
        found = request.scope.pop(_KNOWN, None) or await bearer_of(request)
        if isinstance(found, FinfoundryError):
            raise found
        found.require(scope)
        return found

    return bearer


Shared = Annotated[Service, Depends(service_of)]
Reader = Annotated[Bearer, Depends(opened("read"))]
Writer = Annotated[Bearer, Depends(opened("write"))]
