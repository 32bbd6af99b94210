"""Tokens of an identity provider (OpenID Connect) in the place of our own keys.

A token is a JWT (RFC 7519) signed with one of the provider's published keys (RFC 7517), checked as RFC 8725 asks: only asymmetric
algorithms, the issuer, the audience, its times. Its user is added, without grants, when first seen, but never under the name of one who
was removed; its roles are those of ``api_keys``.
"""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import jwt

from finfoundry.core.errors import FinfoundryError, InputError
from finfoundry.governance.api_keys import PREFIX, ROLES, TENANT, ApiKeys, Bearer, unknown_key
from finfoundry.governance.policy import IDENTITY_PROVIDER, RESERVED, Policy, kept_name
from finfoundry.governance.sessions import Sessions
from finfoundry.runtime.database import Database
from finfoundry.runtime.settings import Settings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LONGEST = 16_384  # characters of a token
FRESH = 300.0  # seconds for which the provider's keys are taken as they were read
APART = 10.0  # seconds between two readings: tokens of strangers must not make us ask the provider all the time
PATIENCE = 5.0  # seconds for the provider to answer
AT_FIRST = 1.0  # seconds for which a token waits while another has its keys read for the first time
_LAST = 253_402_300_799.0  # seconds: the end of the year 9999, past which there is no date
DISCOVERY = "/.well-known/openid-configuration"


class ProviderAway(FinfoundryError):
    """The identity provider cannot be reached, and none of its keys is known."""


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider and what of its tokens counts. ``skew``: seconds by which its clock and ours may differ."""

    issuer: str
    audience: str
    keys_url: str | None = None  # None: as the provider's discovery document says
    user_claim: str = "sub"
    roles_claim: str = "roles"  # "a.b": the claim b within the claim a
    skew: float = 60.0

    @classmethod
    def of(cls, settings: Settings) -> Provider | None:
        """The one of the settings, if they name one."""
        if settings.oidc_issuer is None:
            return None
        return cls(
            settings.oidc_issuer,
            settings.oidc_audience,
            settings.oidc_keys,
            user_claim=settings.oidc_user,
            roles_claim=settings.oidc_roles,
            skew=settings.oidc_skew,
        )


class SigningKeys:
    """The provider's public keys by their ids. Kept when the provider is away for a while; safe to use from several threads."""

    def __init__(self, provider: Provider, client: httpx.Client | None = None) -> None:
        self._provider = provider
        self._client = client or httpx.Client(timeout=PATIENCE)
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read = self._tried = float("-inf")
        self._lock = threading.Lock()

    def key(self, identifier: str) -> jwt.PyJWK:
        """Raises UnknownKey where the provider has no such key, ProviderAway where it cannot be asked and never was."""
        # nobody waits long while another asks: a stranger's tokens would else hold every thread that looks at keys
        if (identifier not in self._keys or time.monotonic() - self._read > FRESH) and self._lock.acquire(
            timeout=0.0 if self._keys else AT_FIRST
        ):
            try:
                self._ask(time.monotonic())
            finally:
                self._lock.release()
        if identifier in self._keys:
            return self._keys[identifier]
        if not self._keys:
            raise ProviderAway(f"The keys of {self._provider.issuer} cannot be read", remedy="Try again when the provider answers")
        raise unknown_key()

    def _ask(self, now: float) -> None:
        if now - self._tried <= APART:
            return
        self._tried = now
        try:
            url = self._provider.keys_url or self._get(self._provider.issuer.rstrip("/") + DISCOVERY)["jwks_uri"]
            found = jwt.PyJWKSet.from_dict(self._get(url))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, jwt.PyJWTError):
            return  # what was read before still counts; without any, the caller raises ProviderAway
        self._keys = {key.key_id: key for key in found.keys if key.key_id}
        self._read = now

    def _get(self, url: str) -> dict[str, Any]:
        answer = self._client.get(url).raise_for_status().json()
        if not isinstance(answer, dict):
            raise TypeError(url)
        return answer


class Identities:
    """The owner of a credential: of a key of ours, or of a token where a provider is named."""

    def __init__(self, database: Database, provider: Provider | None = None, keys: SigningKeys | None = None) -> None:
        self.keys, self.sessions = ApiKeys(database), Sessions(database)
        self._database = database
        self._provider = provider
        self._signing = keys or (SigningKeys(provider) if provider else None)

    def bearer(self, credential: str | None) -> Bearer:
        """The owner of a credential and its scopes, read at every request. Raises UnknownKey, ProviderAway."""
        if self._provider is None or not credential or credential.startswith(PREFIX):
            return self.keys.bearer(credential)
        return self.of_token(credential)

    def of_token(self, token: str, *, audience: str | None = None, nonce: str | None = None) -> Bearer:
        """The owner of a token for ``audience`` (None: that of the settings), made for the attempt to sign in that has the nonce.

        Raises UnknownKey, ProviderAway.
        """
        if self._provider is None:
            raise unknown_key()
        provider = replace(self._provider, audience=audience) if audience else self._provider
        claims = self._claims(token, provider)
        user = claims.get(provider.user_claim)
        if not isinstance(user, str) or user in RESERVED:  # a token may not take a name under which the product's own acts are recorded
            raise unknown_key()
        if nonce is not None and not hmac.compare_digest(str(claims.get("nonce")).encode(), nonce.encode()):
            raise unknown_key()
        tenant = self._admit(user, float(claims["iat"]))
        until = datetime.fromtimestamp(min(float(claims["exp"]), _LAST), UTC)
        return Bearer.of(user, str(claims.get("jti", "token")), _scopes(claims, provider.roles_claim), tenant, until=until)

    def _claims(self, token: str, provider: Provider) -> dict[str, Any]:
        if len(token) > LONGEST or self._signing is None:
            raise unknown_key()
        try:
            identifier = jwt.get_unverified_header(token).get("kid")
            if not isinstance(identifier, str):
                raise unknown_key()
            key = self._signing.key(identifier)
            required = ["exp", "iat", "iss", "aud", provider.user_claim]
            if key.algorithm_name not in ALGORITHMS:
                raise unknown_key()
            return jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],  # as the provider published it, not as the token says
                audience=provider.audience,
                issuer=provider.issuer,
                leeway=provider.skew,
                options={"require": required},
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
            raise unknown_key() from error

    def _admit(self, user: str, issued: float) -> str | None:
        """The user's tenant. Raises UnknownKey for a name that cannot be a user's and for a token from before all were ended."""
        try:
            if kept_name(user) != user:  # it would be nobody's, and added at each request anew
                raise unknown_key()
            with self._database.owner() as connection:
                found = connection.execute(f"SELECT u.tokens_after, {TENANT} FROM users u WHERE u.name = %s", (user,)).fetchone()  # noqa: S608
            if found is None:
                Policy(self._database).add_user(IDENTITY_PROVIDER, user)
        except InputError as error:
            raise unknown_key() from error
        ended, tenant = found or (None, None)
        if isinstance(ended, datetime) and issued <= ended.timestamp():
            raise unknown_key()
        return tenant if isinstance(tenant, str) else None


def _scopes(claims: Mapping[str, Any], path: str) -> set[str]:
    """What the token's roles open; roles that are none of ours are let pass."""
    value: Any = claims
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    named = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    return {scope for role, scopes in ROLES.items() if role in named for scope in scopes}
