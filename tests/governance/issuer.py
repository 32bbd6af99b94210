"""An identity provider of the tests' own, on loopback."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass
class Issuer:
    """It publishes ``keys`` and signs."""

    url: str = ""
    asked: int = 0
    keys: dict[str, Any] = field(default_factory=dict)  # id to private key

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


def algorithm(key: Any) -> str:
    return "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"


@contextmanager
def issuing() -> Iterator[Issuer]:
    made = Issuer(keys={"first": rsa.generate_private_key(65537, 2048)})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked += 1
            discovery = {"issuer": made.url, "jwks_uri": f"{made.url}/keys"}
            body = json.dumps(discovery if self.path.endswith("configuration") else {"keys": made.published()}).encode()
            self.send_response(200)
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
