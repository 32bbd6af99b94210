"""What no client should send: each is told so in the one shape of errors, the server stays up, and nothing is half kept."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from tests.server.conftest import Live, serving
from tests.server.test_routes import events

from finfoundry.runtime import jobs
from finfoundry.server.limits import connection
from finfoundry.server.limits.incoming import BodyLimits
from finfoundry.server.service.state import Limits


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    with closing(socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=20)) as made:
        yield made


def told(wire: socket.socket) -> tuple[int, dict[str, Any]]:
    """Status and error of the answer, after which the connection ends."""
    data = b"".join(iter(lambda: wire.recv(65536), b""))
    head, _, body = data.partition(b"\r\n\r\n")
    error: dict[str, Any] = json.loads(body)["error"]
    assert set(error) == {"message", "type", "param", "code", "remedy", "request_id"}
    return int(head.split()[1]), error


class TestSlowClients:
    def test_headers_drop_by_drop(self, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connection, "PATIENCE", 0.4)
        with connected(live.url) as wire:
            wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ")
            assert told(wire)[0] == 408
        with connected(live.url) as wire:
            assert told(wire)[0] == 408, "nothing at all"

    def test_a_second_request_of_a_connection(self, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connection, "PATIENCE", 0.6)
        with connected(live.url) as wire:
            wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert wire.recv(65536).startswith(b"HTTP/1.1 200")
            wire.sendall(b"GET /healthz HTT")
            assert told(wire)[0] == 408

    def test_a_body_drop_by_drop(self, live: Live) -> None:
        with serving(live.app, Limits(bodies=BodyLimits(patience=0.4))) as url, connected(url) as wire:
            head = f"POST /v1/ask HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {live.key}\r\nContent-Type: application/json\r\n"
            wire.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
            status, error = told(wire)
        assert (status, error["code"]) == (408, "Timeout")

    def test_many_of_them_hinder_nobody(self, live: Live) -> None:
        wires = [socket.create_connection((urlsplit(live.url).hostname, urlsplit(live.url).port)) for _ in range(200)]
        for wire in wires:
            wire.sendall(b"POST /v1/ask HTTP/1.1\r\nHost:")
        assert httpx.get(f"{live.url}/healthz", timeout=20).status_code == 200
        for wire in wires:
            wire.close()


HEADS = {
    "one header": b"X-A: " + b"a" * 40_000 + b"\r\n\r\n",
    "one that has no end": b"X-A: " + b"a" * 200_000,
    "many": b"".join(b"X-%d: 1\r\n" % number for number in range(2_000)) + b"\r\n",
    "no end of them": b"".join(b"X-%d: 1\r\n" % number for number in range(20_000)),
    "a name": b"a" * 40_000 + b": 1\r\n\r\n",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_the_size_of_headers_is_bounded(live: Live, head: bytes) -> None:
    for line in (b"GET /healthz HTTP/1.1\r\nHost: x\r\n", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 2 + b"GET / HTTP/1.1\r\n"):
        with connected(live.url) as wire:
            with suppress(BrokenPipeError, ConnectionResetError):  # it does not read what it refuses
                wire.sendall(line + head)
            with suppress(ConnectionResetError):
                data = b"".join(iter(lambda wire=wire: wire.recv(65536), b""))  # type: ignore[misc]
                assert b" 431 " in data or not data
    assert httpx.get(f"{live.url}/healthz", headers={"X-A": "a" * 20_000}).status_code == 200
    assert httpx.get(f"{live.url}/healthz?{'x' * 40_000}").status_code == 431


@pytest.mark.parametrize(
    "wire_data", [b"\x16\x03\x01\x02\x00 hello\r\n\r\n", b"GET / HTTP/9.9 x\r\n\r\n", b"\x00" * 100, b"GET \xff\xfe HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_http(live: Live, wire_data: bytes) -> None:
    with connected(live.url) as wire:
        wire.sendall(wire_data)
        assert told(wire)[0] == 400


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.md", "passwd.md"),
        ("..\\..\\windows\\a.md", "a.md"),
        ("/etc/cron.d/a.md", "a.md"),
        ("a\u202emd.exe.md", "amd.exe.md"),
        ("..", None),
        ("x" * 300 + ".md", None),
        ("", None),
    ],
)
def test_names_of_files_lead_nowhere(live: Live, name: str, kept: str | None) -> None:
    with live.client() as ana:
        sent = ana.post("/v1/documents", files={"file": (name, b"# A\n\nThe fee is 1%.\n")}, data={"collection": "names"})
    if kept is None:
        assert sent.status_code == 400
        assert sent.json()["error"]["code"] == "InputError"
    else:
        assert sent.json()["name"] == kept


def test_one_file_sent_twice_at_once_is_there_once(live: Live) -> None:
    def send(_: int) -> str:
        with live.client() as ana:
            sent = ana.post("/v1/documents", files={"file": ("twin.md", b"# Twin\n\nThe fee is 3%.\n")}, data={"collection": "twins"})
            assert sent.status_code == 202
            ended = events(ana.get(f"/v1/uploads/{sent.json()['id']}/events").text)[-1][1]
            assert ended["state"] == "done"
            identifier: str = ended["result"]["id"]
            return identifier

    with ThreadPoolExecutor(4) as threads:
        identifiers = set(threads.map(send, range(4)))
    with live.client() as ana:
        (document,) = ana.get("/v1/documents", params={"collection": "twins"}).json()
        assert identifiers == {document["id"]}
        ana.delete(f"/v1/documents/{document['id']}")


def test_a_full_disk_keeps_nothing_of_an_upload(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise psycopg.errors.DiskFull("could not extend file: No space left on device")

    with live.app.database.owner() as database:
        before = database.execute("SELECT count(*) FROM uploads").fetchone()
    monkeypatch.setattr(jobs, "add", full)
    with live.client() as ana:
        refused = ana.post("/v1/documents", files={"file": ("big.md", b"# Big\n")})
    assert refused.status_code == 503
    assert "disk" in refused.json()["error"]["message"]
    assert refused.json()["error"]["remedy"]
    with live.app.database.owner() as database:
        assert database.execute("SELECT count(*) FROM uploads").fetchone() == before


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_a_wrong_content_type(live: Live, kind: str) -> None:
    with live.client() as ana:
        refused = ana.post("/v1/ask", content=b'{"question": "x"}', headers={"Content-Type": kind})
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "InputError"


@pytest.mark.parametrize("claims", [{"iat_in": 3600}, {"exp_in": -120}, {"nbf_in": 3600}])
def test_a_token_of_another_time(provided: Any, claims: dict[str, int]) -> None:
    import time

    ((name, seconds),) = claims.items()
    token = provided.token(**{name.removesuffix("_in"): int(time.time()) + seconds})
    answer = httpx.get(f"{provided.url}/v1/collections", headers={"Authorization": f"Bearer {token}"}, timeout=30)
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "authentication_error"


@pytest.mark.slow
def test_a_megabyte_of_evidence_and_two_hundred_figures_are_checked(live: Live) -> None:
    rows = "\n".join(f"| Berth {number} | {number + 1000} |" for number in range(1, 201))
    told = "The harbour lets berths by the year. " * 14
    prose = "\n\n".join(f"{told}So says its rule {number}." for number in range(1, 2_000))
    evidence = f"Rent in dollars\n\n| | 2024 |\n|---|---|\n{rows}\n\n{prose}\n"
    assert len(evidence) > 1_000_000
    said = " ".join(f"The rent of Berth {number} was ${number + 1000:,} in 2024." for number in range(1, 201))
    with serving(live.app, Limits(deadline=300)) as url:  # on a busy machine, too
        sent = {"answer": said, "evidence": [evidence]}
        checked = httpx.post(f"{url}/v1/verify", json=sent, headers={"Authorization": f"Bearer {live.key}"}, timeout=300)
    assert checked.status_code == 200, checked.text[:300]
    assert (checked.json()["bound"], checked.json()["unbound"]) == (200, 0)


@pytest.mark.parametrize(
    ("body", "size"),
    [({"answer": "x" * 200_001, "evidence": ["a"]}, "200000"), ({"answer": "It was 5.", "evidence": ["x" * 2_000_001]}, "2000000")],
    ids=["answer", "evidence"],
)
def test_what_is_larger_than_a_check_takes_is_refused_with_its_size(live: Live, body: dict[str, Any], size: str) -> None:
    with live.client() as ana:
        refused = ana.post("/v1/verify", json=body)
    assert refused.status_code == 400
    assert size in refused.json()["error"]["message"]
