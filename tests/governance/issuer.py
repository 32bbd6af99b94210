"""An identity provider of the tests' own, on loopback: it publishes keys, signs tokens, and lets people sign in with PKCE."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass
class Issuer:
    """It publishes ``keys`` and signs; ``person`` is who sits before the browser, ``changes`` are made to their ID tokens."""

    url: str = ""
    asked: int = 0
    keys: dict[str, Any] = field(default_factory=dict)  # id to private key
    person: str = "mei"
    changes: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)  # code to what was asked for
    exchanged: list[dict[str, str]] = field(default_factory=list)

    def published(self) -> list[dict[str, Any]]:
        made = []
        for name, key in self.keys.items():
            kind = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
            made.append({**kind.to_jwk(key.public_key(), as_dict=True), "kid": name, "alg": algorithm(key)})
        return made

    def token(self, key: str = "first", *, header: Any = None, **changes: Any) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": "finfoundry", "sub": "mei", "iat": now, "exp": now + 300, "roles": ["analyst"], **changes}
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.keys[key], algorithm(self.keys[key]), {"kid": key, **(header or {})})

    def authorise(self, asked: dict[str, str]) -> str:
        """Where the browser goes back to."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, given: dict[str, str]) -> dict[str, str] | None:
        """A code counts once, for the client and the address that it was made for, with the verifier of its challenge (RFC 7636)."""
        self.exchanged.append(given)
        asked = self.codes.pop(given.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["code_challenge_method"] != "S256":
            return None
        if (asked["client_id"], asked["redirect_uri"]) != (given["client_id"], given["redirect_uri"]):
            return None
        claims = {"aud": asked["client_id"], "nonce": asked["nonce"], "sub": self.person, **self.changes}
        return {"id_token": self.token(**claims), "token_type": "Bearer"}


def algorithm(key: Any) -> str:
    return "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"


@contextmanager
def issuing() -> Iterator[Issuer]:
    made = Issuer(keys={"first": rsa.generate_private_key(65537, 2048)})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked += 1
            address = urlsplit(self.path)
            if address.path == "/authorise":
                self.send_response(303)
                self.send_header("Location", made.authorise(dict(parse_qsl(address.query))))
                self.end_headers()
                return
            discovery = {
                "issuer": made.url, "jwks_uri": f"{made.url}/keys", "authorization_endpoint": f"{made.url}/authorise",
                "token_endpoint": f"{made.url}/token",
            }  # fmt: skip
            self._say(200, discovery if self.path.endswith("configuration") else {"keys": made.published()})

        def do_POST(self) -> None:
            given = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            told = made.exchange(given)
            self._say(200 if told else 400, told or {"error": "invalid_grant"})

        def _say(self, status: int, value: dict[str, Any]) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()
