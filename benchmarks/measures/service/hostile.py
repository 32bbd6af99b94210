"""64 clients at once, 8 of them hostile: how long the others wait, whether a request of theirs is lost, and whether memory grows.

    python benchmarks/service.py hostile [--clients 64] [--hostile 8] [--seconds 600]

The others look up a figure or search, without a model; a 429 is obeyed and asked again. The hostile ones, each in turn: checks of sentences
of thousands of figures, questions and files of repeated words, blanks and digits, bodies that never end with and without a key, wrong keys,
connections that say nothing. The baseline, first and for a quarter of the time: the others alone. Goals: p95 at most twice the baseline, no
request lost, memory flat.
"""

from __future__ import annotations

import argparse
import base64
import itertools
import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from finfoundry.app import App
from finfoundry.governance.api_keys import ApiKeys
from measures.service.crowd import fill, word
from measures.service.server_process import Server, memory, running

LARGE = 8 * 1024 * 1024


@dataclass
class Seen:
    seconds: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    told_to_wait: int = 0
    hostile: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


def honest(server: Server, user: int, key: str, until: float, seen: Seen) -> None:
    """Lookups and searches in turn; a request counts with all that it waited."""
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {key}"}, timeout=120) as client:
        for number in itertools.count(user):
            if time.monotonic() >= until:
                return
            lookup = {"question": f"What were the total assets of Company {word(user)} at the end of 2024?", "conversation": f"c{number}"}
            path, body = ("/v1/ask", lookup) if number % 2 else ("/v1/search", {"query": f"{word(user)} good year {number}"})
            asked(client, path, body, seen)


def asked(client: httpx.Client, path: str, body: dict[str, str], seen: Seen) -> None:
    begun = time.monotonic()
    for _ in range(10):
        try:
            answer = client.post(path, json=body)
        except httpx.HTTPError as error:
            with seen.lock:
                seen.lost.append(f"{path}: {type(error).__name__}")
            return
        if answer.status_code != 429:
            break
        with seen.lock:
            seen.told_to_wait += 1
        time.sleep(min(float(answer.headers["retry-after"]), 5.0))
    with seen.lock:
        if answer.status_code == 200:
            seen.seconds.append(time.monotonic() - begun)
        else:
            seen.lost.append(f"{path}: {answer.status_code} {answer.text[:120]}")


def shapes(server: Server, key: str) -> list[Callable[[], str]]:
    """What a hostile client does, each a short word for its outcome."""
    headers = {"Authorization": f"Bearer {key}"}

    def post(path: str, body: object, wait: float = 40.0) -> str:
        return str(httpx.post(f"{server.url}{path}", json=body, headers=headers, timeout=wait).status_code)

    def check(answer: str, *evidence: object) -> Callable[[], str]:
        return lambda: post("/v1/verify", {"answer": answer, "evidence": list(evidence)})

    def file(text: str) -> dict[str, str]:
        return {"file": base64.b64encode(text.encode()).decode(), "name": "a.txt"}

    def unfinished(head: str, sent: bytes) -> Callable[[], str]:
        return lambda: drip(server, head, sent)

    figures = "Revenue was " + ", ".join(f"${number:,} million" for number in range(1000, 4000)) + "."
    keyed = f"Authorization: Bearer {key}\r\n"
    return [
        check(figures, "Revenue was $5 million."),
        check(" ".join(map(str, range(1000, 5000))), figures),
        check("一" * 20_000, "(" * 20_000),
        check("revenue of 5", file(" " * 20_000 + "5"), file("\u3000" * 20_000)),
        lambda: post("/v1/ask", {"question": f"Company {word(1)} 2024年营业收入" + "和净利润" * 900}),
        lambda: post("/v1/ask", {"question": "1," * 1_900}),
        lambda: post("/v1/search", {"query": "profit " * 500}),
        lambda: post("/v1/verify", {"answer": figures, "evidence": ["Revenue."]}, 0.5),
        unfinished("", b"{" * 4096),
        unfinished(keyed, b"{" * 65536),
        lambda: str(httpx.post(f"{server.url}/v1/ask", json={}, headers={"Authorization": "Bearer ff_wrong"}).status_code),
        lambda: silent(server),
    ]


def drip(server: Server, head: str, sent: bytes) -> str:
    """A body of 8 MB that begins and never ends."""
    with connected(server) as wire:
        wire.sendall(f"POST /v1/verify HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {LARGE}\r\n\r\n".encode() + sent)
        with suppress(OSError):
            return wire.recv(64)[9:12].decode()
    return "cut"


def silent(server: Server) -> str:
    with connected(server) as wire, suppress(OSError):
        return wire.recv(64)[9:12].decode()
    return "cut"


def connected(server: Server) -> socket.socket:
    place = urlsplit(server.url)
    return socket.create_connection((place.hostname, place.port), timeout=30)


def hostile(server: Server, number: int, key: str, until: float, seen: Seen) -> None:
    told = shapes(server, key)
    for turn in itertools.count(number):
        if time.monotonic() >= until:
            return
        try:
            outcome = told[turn % len(told)]()
        except (OSError, httpx.HTTPError) as error:
            outcome = type(error).__name__
        with seen.lock:
            seen.hostile[outcome] += 1


def together(server: Server, keys: list[str], clients: int, foes: int, duration: float) -> tuple[Seen, list[float]]:
    """All of them for a while: what was seen, and the server's memory every two seconds in MiB."""
    seen, sizes, until = Seen(), list[float](), time.monotonic() + duration
    threads = [threading.Thread(target=honest, args=(server, user, keys[user], until, seen)) for user in range(clients)]
    threads += [threading.Thread(target=hostile, args=(server, number, keys[-1], until, seen)) for number in range(foes)]
    for thread in threads:
        thread.start()
    while time.monotonic() < until:
        sizes.append(memory(server.pid))
        time.sleep(2)
    for thread in threads:
        thread.join(150)
    return seen, sizes


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--hostile", type=int, default=8, help="of them; they share one key that may only read")
    parser.add_argument("--seconds", type=float, default=600.0)
    given = parser.parse_args()
    others = given.clients - given.hostile
    keys: list[str] = []

    def made(app: App) -> None:
        fill(app, others, keys)
        keys.append(ApiKeys(app.database).create(app.administrator, "user0", scopes=("read",)).key)

    with running(made) as server:
        together(server, keys, others, 0, min(10.0, given.seconds / 10))  # whatever is read but once
        alone, _ = together(server, keys, others, 0, given.seconds / 4)
        beset, sizes = together(server, keys, others, given.hostile, given.seconds)
        print(f"alone: {len(alone.seconds)} requests of {others} clients, p95 {p95(alone.seconds):.2f} s, lost {len(alone.lost)}")
        print(
            f"with {given.hostile} hostile: {len(beset.seconds)} requests, p95 {p95(beset.seconds):.2f} s"
            f" = {p95(beset.seconds) / p95(alone.seconds):.2f} x alone (goal: at most 2), lost {len(beset.lost)} (goal: 0),"
            f" told to come again {beset.told_to_wait}"
        )
        third = max(len(sizes) // 3, 1)
        print(f"memory in MiB, mean of each third: {', '.join(f'{statistics.fmean(sizes[n * third :][:third]):.0f}' for n in range(3))}")
        print(f"what the hostile heard: {dict(beset.hostile.most_common())}")
        for line, times in Counter([*alone.lost, *beset.lost]).most_common(5):
            print(f"lost {times} x {line}")
