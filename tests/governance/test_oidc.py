"""Tokens of an identity provider, one of the test's own on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.governance.issuer import Issuer, issuing

from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.governance import oidc
from finfoundry.governance.api_keys import ApiKeys, UnknownKey
from finfoundry.governance.oidc import Identities, Provider, ProviderAway, SigningKeys
from finfoundry.governance.policy import Policy
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as made:
        yield made


@pytest.fixture(autouse=True)
def audited(database: Database, tmp_path: Path) -> None:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))


@pytest.fixture
def identities(database: Database, issuer: Issuer) -> Identities:
    return Identities(database, Provider(issuer.url, "finfoundry"))


def test_a_token_is_its_user_with_the_scopes_of_its_roles(identities: Identities, issuer: Issuer, database: Database) -> None:
    mei = identities.bearer(issuer.token())
    assert (mei.principal.user, mei.principal.administrator, set(mei.scopes)) == ("mei", False, {"read", "write"})
    assert "mei" in {one.name for one in Policy(database).users(ADMINISTRATOR)}
    auditor = identities.bearer(issuer.token(sub="lu", roles="auditor guest"))
    assert (auditor.principal.auditor, set(auditor.scopes)) == (True, {"read", "audit"})
    assert identities.bearer(issuer.token(sub="ou", roles=["administrator"])).principal.administrator
    assert identities.bearer(issuer.token(sub="no", roles=None)).scopes == frozenset()


def test_roles_and_user_may_stand_in_other_claims(database: Database, issuer: Issuer) -> None:
    named = Identities(database, Provider(issuer.url, "finfoundry", user_claim="upn", roles_claim="realm_access.roles"))
    bearer = named.bearer(issuer.token(upn="zhou", roles=None, realm_access={"roles": ["service"]}))
    assert (bearer.principal.user, set(bearer.scopes)) == ("zhou", {"read", "raw"})


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-service"},
        {"aud": None},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"iat": 1e10},
        {"nbf": 1e10},
        {"sub": None},
        {"sub": ""},
        {"sub": "administrator"},
        {"sub": "\x00"},
        {"iat": 1e300},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_or_not_for_now_opens_nothing(identities: Identities, issuer: Issuer, changes: dict[str, Any]) -> None:
    with pytest.raises(UnknownKey):
        identities.bearer(issuer.token(**changes))


def test_clocks_may_differ_by_the_skew_and_no_more(database: Database, issuer: Issuer) -> None:
    provider = Identities(database, Provider(issuer.url, "finfoundry", skew=60))
    now = int(time.time())
    assert provider.bearer(issuer.token(iat=now - 300, exp=now - 30))
    assert provider.bearer(issuer.token(iat=now + 30, nbf=now + 30))
    times: list[dict[str, Any]] = [{"iat": now - 300, "exp": now - 90}, {"iat": now + 90}]
    for changes in times:
        with pytest.raises(UnknownKey):
            provider.bearer(issuer.token(**changes))


def _unsigned(issuer: Issuer) -> str:
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    return jwt.encode(claims, "", "none", {"kid": "first"})


def _with_the_public_key_as_a_secret(issuer: Issuer) -> str:
    """The classic confusion of algorithms (RFC 8725, 2.1)."""
    public = issuer.keys["first"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = base64.urlsafe_b64encode(b'{"alg": "HS256", "typ": "JWT", "kid": "first"}').decode().rstrip("=")
    signed = f"{header}.{issuer.token().split('.')[1]}"
    digest = hmac.new(public, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def _by_a_stranger(issuer: Issuer) -> str:
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    return jwt.encode(claims, rsa.generate_private_key(65537, 2048), "RS256", {"kid": "first"})


@pytest.mark.parametrize(
    "forged",
    [
        _unsigned,
        _with_the_public_key_as_a_secret,
        _by_a_stranger,
        lambda issuer: issuer.token(header={"kid": "never-published"}),
        lambda issuer: issuer.token()[:-4],
        lambda issuer: issuer.token().replace(".", "..", 1),
        lambda _: "e30.e30.",
        lambda _: "x" * 20_000,
        lambda _: "\ud800.a.b",
    ],
)
def test_a_forged_token_opens_nothing(identities: Identities, issuer: Issuer, forged: Callable[[Issuer], str]) -> None:
    with pytest.raises(UnknownKey):
        identities.bearer(forged(issuer))


def test_a_new_key_of_the_provider_counts_and_a_withdrawn_one_does_not(
    identities: Identities, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = issuer.token()
    identities.bearer(old)
    monkeypatch.setattr(oidc, "APART", 0.0)
    monkeypatch.setitem(issuer.keys, "second", ec.generate_private_key(ec.SECP256R1()))
    assert identities.bearer(issuer.token("second"))
    monkeypatch.setattr(oidc, "FRESH", 0.0)
    monkeypatch.delitem(issuer.keys, "first")
    with pytest.raises(UnknownKey):
        identities.bearer(old)


RSA = rsa.generate_private_key(65537, 2048)
CURVES: dict[str, type[Any]] = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}


def published_with(name: str) -> tuple[Any, dict[str, Any]]:
    """A private key for an algorithm of RFC 7518 or 8037, and its public one as a provider publishes it."""
    key: Any = (
        ed25519.Ed25519PrivateKey.generate() if name == "EdDSA" else ec.generate_private_key(CURVES[name]()) if name in CURVES else RSA
    )
    public = jwt.get_algorithm_by_name(name).to_jwk(key.public_key(), as_dict=True)
    return key, {**public, "kid": "first", "alg": name}


@pytest.mark.parametrize("name", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"])
def test_a_token_counts_by_each_way_of_signing_with_two_keys(database: Database, name: str) -> None:
    key, public = published_with(name)
    provider = Provider("https://provider.example", "finfoundry", keys_url="https://provider.example/keys")
    asked = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json={"keys": [public]})))
    identities, now = Identities(database, provider, SigningKeys(provider, asked)), int(time.time())
    claims = {"iss": provider.issuer, "aud": "finfoundry", "sub": "mei", "iat": now, "exp": now + 300, "roles": ["analyst"], "jti": "t-1"}
    bearer = identities.bearer(jwt.encode(claims, key, name, {"kid": "first"}))
    assert (bearer.principal.user, set(bearer.scopes), bearer.key_id) == ("mei", {"read", "write"}, "t-1")
    assert bearer.until is not None
    assert bearer.until.timestamp() == now + 300
    with pytest.raises(UnknownKey):
        identities.bearer(jwt.encode(claims, "a secret of enough length for a digest of 256 bits", "HS256", {"kid": "first"}))


def test_tokens_of_strangers_do_not_make_us_ask_the_provider_each_time(identities: Identities, issuer: Issuer) -> None:
    identities.bearer(issuer.token())
    asked = issuer.asked
    for number in range(20):
        with pytest.raises(UnknownKey):
            identities.bearer(issuer.token(header={"kid": f"stranger-{number}"}))
    assert issuer.asked == asked


def test_nobody_waits_while_a_strangers_token_makes_us_ask(identities: Identities, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that look at keys are few: a provider that hangs must hold one of them only."""
    mei, stranger = issuer.token(), issuer.token(header={"kid": "unknown"})
    assert identities.bearer(mei)
    keys, asking, go = identities._signing, threading.Event(), threading.Event()

    def hang(_: float) -> None:
        asking.set()
        assert go.wait(30)

    monkeypatch.setattr(keys, "_ask", hang)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(identities.bearer, stranger)
        assert asking.wait(30)
        with pytest.raises(UnknownKey):
            identities.bearer(stranger)
        assert identities.bearer(mei).principal.user == "mei"
        assert not first.done()
        go.set()
        with pytest.raises(UnknownKey):
            first.result(30)


def test_a_provider_that_is_away(database: Database, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    away = Identities(database, Provider("http://127.0.0.1:9", "finfoundry"))
    with pytest.raises(ProviderAway):
        away.bearer(issuer.token())
    known = Identities(database, Provider(issuer.url, "finfoundry"))
    known.bearer(issuer.token())
    monkeypatch.setattr(oidc, "FRESH", 0.0)
    monkeypatch.setattr(oidc, "APART", 0.0)
    monkeypatch.setattr(oidc, "DISCOVERY", ":not-a-url")
    assert known.bearer(issuer.token()), "what was read before still counts"


def test_all_keys_and_tokens_of_a_user_end_together(identities: Identities, issuer: Issuer, database: Database) -> None:
    token, keys = issuer.token(sub="leaver"), ApiKeys(database)
    identities.bearer(token)
    key = keys.create(ADMINISTRATOR, "leaver").key
    assert keys.revoke_all(ADMINISTRATOR, "leaver").keys == 1
    for credential in (token, key):
        with pytest.raises(UnknownKey):
            identities.bearer(credential)
    assert identities.bearer(issuer.token(sub="leaver", iat=int(time.time()) + 2))


@pytest.mark.parametrize("name", ["mei ", "\uff4dei", "\uff41dministrator", "identity\u00a0provider", "a\u202eb", ""])
def test_a_name_that_would_be_kept_otherwise_is_nobodys(identities: Identities, issuer: Issuer, database: Database, name: str) -> None:
    """It is like another's, and is not the other."""
    assert identities.bearer(issuer.token())
    before = Policy(database).users(ADMINISTRATOR)
    with pytest.raises(UnknownKey):
        identities.bearer(issuer.token(sub=name))
    assert Policy(database).users(ADMINISTRATOR) == before


def test_a_token_does_not_bring_back_a_user_who_was_removed(identities: Identities, issuer: Issuer, database: Database) -> None:
    assert identities.bearer(issuer.token(sub="gone")).principal.user == "gone"
    Policy(database).remove_user(ADMINISTRATOR, "gone")
    for user in ("gone", "administrator", "identity provider"):
        with pytest.raises(UnknownKey):
            identities.bearer(issuer.token(sub=user))


def test_keys_of_ours_count_beside_tokens_and_tokens_only_where_a_provider_is_named(database: Database, issuer: Issuer) -> None:
    key = ApiKeys(database).create(ADMINISTRATOR, "mei").key
    assert Identities(database, Provider(issuer.url, "finfoundry")).bearer(key).principal.user == "mei"
    with pytest.raises(UnknownKey):
        Identities(database).bearer(issuer.token())
