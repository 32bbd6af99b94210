"""Signing in at the identity provider: the authorisation code flow of OpenID Connect, with PKCE (RFC 7636), state and nonce.

The browser goes to the provider and comes back with a code; the code is exchanged for an ID token at the provider, out of the browser's
sight. What ties the two ways together stays in the browser meanwhile, in a cookie that scripts cannot read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import time
from dataclasses import astuple, dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from finfoundry.governance.api_keys import Bearer, unknown_key
from finfoundry.governance.oidc import APART, AT_FIRST, DISCOVERY, FRESH, PATIENCE, Identities, Provider, ProviderAway

SCOPE = "openid profile"


@dataclass(frozen=True, slots=True)
class Pending:
    """An attempt to sign in, as the browser keeps it until it comes back from the provider."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Pending:
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))

    @classmethod
    def from_cookie(cls, text: str) -> Pending:
        """Raises UnknownKey for a text that is none."""
        parts = text.split(".")
        if len(parts) != len(cls.__slots__) or not all(parts):
            raise unknown_key()
        return cls(*parts)

    def cookie(self) -> str:
        return ".".join(astuple(self))


class CodeFlow:
    """Signing in at one provider, where this product is registered as ``client``; ``secret`` is None for a public client."""

    def __init__(self, identities: Identities, provider: Provider, client: str, secret: str | None = None) -> None:
        self._identities, self._provider = identities, provider
        self._client, self._secret = client, secret
        self._http = httpx.Client(timeout=PATIENCE)
        self._endpoints: dict[str, str] = {}
        self._read = self._tried = float("-inf")
        self._lock = threading.Lock()

    def address(self, pending: Pending, back: str) -> str:
        """Where the browser goes to sign in; it comes back to the address ``back``. Raises ProviderAway."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(pending.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "client_id": self._client, "redirect_uri": back, "scope": SCOPE, "state": pending.state,
            "nonce": pending.nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        endpoint = self._endpoint("authorization_endpoint")
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def bearer(self, pending: Pending, state: str, code: str, back: str) -> Bearer:
        """The user who came back from the provider with ``code``. Raises UnknownKey for another attempt's state, or a code or token that
        is not valid; ProviderAway.
        """
        if not hmac.compare_digest(pending.state.encode(), state.encode()):
            raise unknown_key()
        asked = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back, "client_id": self._client,
            "code_verifier": pending.verifier,
        }  # fmt: skip
        token = self._exchanged(asked | ({"client_secret": self._secret} if self._secret else {})).get("id_token")
        if not isinstance(token, str):
            raise unknown_key()
        return self._identities.of_token(token, audience=self._client, nonce=pending.nonce)

    def _exchanged(self, asked: dict[str, str]) -> dict[str, Any]:
        try:
            answer = self._http.post(self._endpoint("token_endpoint"), data=asked)
            reply = answer.json() if answer.status_code == httpx.codes.OK else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise self._away() from error
        if not isinstance(reply, dict):
            raise unknown_key()
        return reply

    def _endpoint(self, name: str) -> str:
        if time.monotonic() - self._read > FRESH and self._lock.acquire(timeout=0.0 if self._endpoints else AT_FIRST):
            try:
                self._ask(time.monotonic())
            finally:
                self._lock.release()
        if not self._endpoints:
            raise self._away()
        return self._endpoints[name]

    def _ask(self, now: float) -> None:
        if now - self._tried <= APART or now - self._read <= FRESH:  # another has asked meanwhile
            return
        self._tried = now
        try:
            reply = self._http.get(self._provider.issuer.rstrip("/") + DISCOVERY).raise_for_status().json()
            self._endpoints = {key: str(reply[key]) for key in ("authorization_endpoint", "token_endpoint")}
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
            return  # what was read before still counts; without any, signing in fails with ProviderAway
        self._read = now

    def _away(self) -> ProviderAway:
        return ProviderAway(f"{self._provider.issuer} cannot be reached", remedy="Try again when the provider answers, or use a key")
