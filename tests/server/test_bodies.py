"""Before there is a key, nothing is read; with one, a body comes in time or not at all, and one address holds no more than its share."""

from __future__ import annotations

import json
import select
import socket
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import pytest
from tests.server.conftest import Live, serving

from finfoundry.server.limits.connection import Connection
from finfoundry.server.limits.incoming import BodyLimits
from finfoundry.server.service.state import Limits

LARGE = 8 * 1024 * 1024


def begun(url: str, path: str, head: str, body: bytes = b"") -> socket.socket:
    """A request whose body has begun."""
    place = urlsplit(url)
    wire = socket.create_connection((place.hostname, place.port), timeout=20)
    wire.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{head}\r\n".encode() + body)
    return wire


def told(wire: socket.socket) -> tuple[int, str]:
    """Status and head of the answer, after which the connection ends."""
    with closing(wire):
        data = b"".join(iter(lambda: wire.recv(65536), b""))
    head = data.partition(b"\r\n\r\n")[0].decode()
    return int(head.split()[1]), head.lower()


@pytest.mark.parametrize("path", ["/v1/verify", "/v1/ask", "/v1/chat/completions", "/v1/documents", "/console/ask", "/console/upload"])
@pytest.mark.parametrize("length", [f"Content-Length: {LARGE}\r\n", "Transfer-Encoding: chunked\r\n"])
def test_without_a_key_no_body_is_read(live: Live, path: str, length: str) -> None:
    """The answer comes though the body never does, and ends the connection."""
    status, head = told(begun(live.url, path, length))
    assert status in (401, 303, 403)
    assert "connection: close" in head


def test_a_wrong_key_counts_once(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    from finfoundry.server.limits.attempts import Attempts

    counted: list[str] = []
    monkeypatch.setattr(Attempts, "wrong", lambda _, address: counted.append(address))
    status, head = told(begun(live.url, "/v1/ask", f"Authorization: Bearer ff_wrong\r\nContent-Length: {LARGE}\r\n"))
    assert (status, len(counted)) == (401, 1)
    assert "connection: close" in head


def test_what_is_sent_to_sign_in_is_small(live: Live) -> None:
    status, _ = told(begun(live.url, "/console/login", f"Content-Length: {LARGE}\r\n"))
    assert status == 413


@pytest.mark.parametrize(
    ("limits", "sent"),
    [(BodyLimits(grace=0.3, slowest=1e6), b"{" * 1000), (BodyLimits(whole=-15.7), b"{" * 1000), (BodyLimits(patience=0.3), b"{")],
    ids=["below the lowest rate", "past the time for all of it", "nothing more comes"],
)
def test_a_body_that_comes_too_slowly_is_given_up(live: Live, limits: BodyLimits, sent: bytes) -> None:
    with serving(live.app, Limits(bodies=limits)) as url:
        status, head = told(begun(url, "/v1/ask", f"Authorization: Bearer {live.key}\r\nContent-Length: {LARGE}\r\n", sent))
        assert status == 408
        assert "connection: close" in head
        whole = httpx.post(f"{url}/v1/search", json={"query": "profit"}, headers={"Authorization": f"Bearer {live.key}"})
        assert whole.status_code in (200, 408), "one that comes at once"


def test_an_address_has_so_many_unfinished_bodies(live: Live) -> None:
    """Of three at once one is refused, whichever the server looks at last; the two others go on."""
    head = f"Authorization: Bearer {live.key}\r\nContent-Length: 100\r\n"
    with serving(live.app, Limits(bodies=BodyLimits(unfinished=2))) as url:
        wires = [begun(url, "/v1/search", head) for _ in range(3)]
        (refused, *_), _, _ = select.select(wires, [], [], 25)
        status, answer = told(refused)
        assert status == 429
        assert "retry-after" in answer
        rest = json.dumps({"query": "profit"}).encode()
        for wire in wires:
            if wire is not refused:
                wire.sendall(rest.ljust(100))
                assert wire.recv(65536).startswith(b"HTTP/1.1 200"), "those that were there go on"
                wire.close()
        assert httpx.post(f"{url}/v1/search", json={"query": "profit"}, headers={"Authorization": f"Bearer {live.key}"}).status_code == 200


def test_an_address_holds_so_many_bytes(live: Live) -> None:
    head = f"Authorization: Bearer {live.key}\r\nContent-Length: {LARGE}\r\n"
    with serving(live.app, Limits(bodies=BodyLimits(held=100_000))) as url:
        status, _ = told(begun(url, "/v1/search", head, b"{" * 120_000))
    assert status == 429


def test_an_address_has_so_many_connections(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(live.app, Limits()) as url:
        monkeypatch.setattr(Connection, "most", Connection._connected["127.0.0.1"] + 2)
        place = urlsplit(url)
        idle = [socket.create_connection((place.hostname, place.port), timeout=20) for _ in range(2)]
        status, _ = told(socket.create_connection((place.hostname, place.port), timeout=20))
        assert status == 429
        for wire in idle:
            wire.close()
