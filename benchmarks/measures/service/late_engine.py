"""Questions to a service whose model is away, hangs, is slow, is full or is absent: what comes, and how long after the limit.

    python benchmarks/service.py late-engine [--deadline 30] [--clients 8] [--only hangs,slow]

A server of its own on loopback over the demonstration report, its engine an OpenAI-compatible server in this process that misbehaves.
For each way the clients ask at once: open questions, lookups that need no model, and "Hello". Seconds over the limit are the worst of all.
The baseline, first: an engine that answers at once.
"""

from __future__ import annotations

import argparse
import http.server
import json
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from finfoundry.app import App
from finfoundry.demo.report import annual_report
from measures.service.server_process import Server, running

OPEN = "How does the bank describe the risks of its borrowers, case {}?"
LOOKUP = "云洲商业银行股份有限公司2024年的净利润是多少？"
WAYS = ("answers", "away", "absent", "full", "slow", "hangs")


class Engine(http.server.ThreadingHTTPServer):
    """What speaks OpenAI's protocol and behaves in one of the ways."""

    daemon_threads = True
    way = "answers"
    over = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    server: Engine

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        if self.server.way == "hangs":
            self.server.over.wait(600)
            return
        if self.server.way == "full":
            self.send_response(429)
            self.end_headers()
            self.wfile.write(b'{"error": {"message": "all slots are taken"}}')
            return
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for word in ("NOT ", "FOUND"):
            if self.server.way == "slow" and self.server.over.wait(20):
                return
            self._event({"choices": [{"delta": {"content": word}}]})
        self._event({"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 1, "completion_tokens": 2}})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, value: object) -> None:
        try:
            self.wfile.write(f"data: {json.dumps(value)}\n\n".encode())
            self.wfile.flush()
        except OSError:
            pass  # the product left in time, as it should

    def log_message(self, *_: object) -> None:
        """Nothing."""


@dataclass
class Seen:
    outcomes: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    bare: int = 0  # closest passages announced, none there


@contextmanager
def misbehaving(way: str) -> Iterator[str | None]:
    """The address of an engine; None for none at all."""
    if way in ("absent", "away"):
        yield "http://127.0.0.1:9/v1" if way == "away" else None
        return
    engine = Engine(("127.0.0.1", 0), Handler)
    engine.way = way
    threading.Thread(target=engine.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{engine.server_address[1]}/v1"
    finally:
        engine.over.set()
        engine.shutdown()


def fill(app: App) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (path := Path(folder) / "report.pdf").write_bytes(annual_report().data)
        (read,) = app.ingest(app.administrator, [path])
    assert read.id, read.error


def asked(server: Server, questions: list[str]) -> Seen:
    """All at once; what came of each, and the longest."""
    seen = Seen()

    def one(question: str) -> None:
        begun = time.monotonic()
        answer = httpx.post(f"{server.url}/v1/ask", json={"question": question}, headers=server.headers, timeout=300)
        seconds = time.monotonic() - begun
        told = answer.json()
        outcome = "/".join(filter(None, (told.get("status"), told.get("reason")))) if answer.status_code == 200 else str(answer.status_code)
        seen.outcomes[outcome] += 1
        seen.longest = max(seen.longest, seconds)
        seen.bare += told.get("reason") in ("late", "busy") and not told["nearest"]

    with ThreadPoolExecutor(len(questions)) as threads:
        list(threads.map(one, questions))
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deadline", type=float, default=30.0, help="FINFOUNDRY_ASK_DEADLINE, seconds")
    parser.add_argument("--clients", type=int, default=8, help="open questions asked at once")
    parser.add_argument("--only", default=",".join(WAYS), help="some of the ways")
    given = parser.parse_args()
    worst = 0.0
    for way in given.only.split(","):
        with misbehaving(way) as url:
            environment = {"FINFOUNDRY_ASK_DEADLINE": str(given.deadline), **({"FINFOUNDRY_ENGINE_URL": url} if url else {})}
            with running(fill, environment=environment) as server:
                asked(server, [LOOKUP])  # whatever is read but once
                opened = asked(server, [OPEN.format(number) for number in range(given.clients)])
                rest = asked(server, [LOOKUP, "Hello", "你好"])
        over = max(opened.longest, rest.longest) - given.deadline
        worst = max(worst, over)
        print(
            f"engine {way:8} open questions {given.clients}: {dict(opened.outcomes)}, longest {opened.longest:.1f} s; lookup, greetings:"
            f" {dict(rest.outcomes)}, longest {rest.longest:.1f} s; without passages {opened.bare}"
        )
    print(f"limit {given.deadline:.0f} s; the longest took {max(worst, 0):.1f} s more than the limit (goal: at most 1 s)")
