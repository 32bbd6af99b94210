"""Requests that need no model, many at once: how many a second, how long each takes.

    python benchmarks/service.py requests [--chunks 20000] [--seconds 20] [--clients 8] [--workers 1]

A server of its own on loopback over made-up documents, without embedder and engine. The clients run on the same cores.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import random
import statistics
import threading
import time
from collections import defaultdict
from decimal import Decimal
from urllib.parse import urlsplit

from finfoundry.app import App
from finfoundry.core.document import Block, Certificate, Document, Fact, Page, Parsed, Profile
from measures.service.server_process import Server, all_of, load, memory, processor_seconds, running

CHUNKS_A_DOCUMENT, FACTS_A_DOCUMENT = 400, 40
STEMS = ("venue", "cost", "profit", "asset", "loan", "deposit", "reserve", "margin", "capital", "interest", "fee", "tax", "credit", "risk")
SYLLABLES = ("ba", "co", "di", "fu", "ga", "he", "li", "mo", "nu", "pa", "ro", "su", "ta", "vi", "wa", "ze")
WORDS = [f"{one}{other}{stem}" for one, other, stem in itertools.product(SYLLABLES, SYLLABLES, STEMS)]
random.Random(0).shuffle(WORDS)
FREQUENCIES = [1 / (rank + 3) for rank in range(len(WORDS))]  # as words of a language (Zipf)
TOTALS = list(itertools.accumulate(FREQUENCIES))
Times = dict[str, list[float]]


def words(draw: random.Random, count: int) -> list[str]:
    return draw.choices(WORDS, cum_weights=TOTALS, k=count)


def document(number: int) -> Parsed:
    """A report of a company that does not exist: 400 paragraphs of about a chunk each, and 40 facts."""
    draw = random.Random(number)
    name = f"Company {number}"
    pages = []
    for page in range(1, CHUNKS_A_DOCUMENT // 4 + 1):
        blocks = [Block("paragraph", " ".join(words(draw, 100)) + ".", (50, 50, 500, 90)) for _ in range(4)]
        pages.append(Page(page, 595, 842, blocks))
    facts = [
        Fact((f"{WORDS[place]} total",), Decimal(draw.randrange(10**6)), "USD", "2024-12-31", "1", 1, entity=name)
        for place in range(FACTS_A_DOCUMENT)
    ]
    profile = Profile(entity=name, kind="annual report", period="2024-01-01/2024-12-31", fiscal_year=2024)
    return Parsed(Document(f"{number}.txt", f"{number:064x}", "text/plain", 1, pages, profile), facts, Certificate(pages=len(pages)))


def fill(app: App, chunks: int) -> None:
    stored = 0
    for number in itertools.count():
        stored += app.store.add(app.administrator, document(number), b"made up").chunks
        if stored >= chunks:
            break
    print(f"{stored:,} chunks in the store")


def client(server: Server, until: float, seed: int, times: Times, failed: list[int], documents: list[str]) -> None:
    """One user's requests, one after another, over one connection."""
    draw, connection = random.Random(seed), http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    headers = {**server.headers, "Content-Type": "application/json"}
    while time.monotonic() < until:
        kind = draw.choices(("search", "facts", "document", "verify"), (3, 3, 3, 1))[0]
        method, path, body = request(kind, draw, documents)
        begun = time.perf_counter()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        times[kind].append(1000 * (time.perf_counter() - begun))
        if answer.status != 200:
            failed.append(answer.status)


def request(kind: str, draw: random.Random, documents: list[str]) -> tuple[str, str, str | None]:
    word = WORDS[draw.randrange(FACTS_A_DOCUMENT)]
    if kind == "search":
        return "POST", "/v1/search", json.dumps({"query": " ".join(words(draw, 3))})
    if kind == "facts":
        return "GET", f"/v1/facts?metric={word}&entity=Company%20{draw.randrange(len(documents))}&limit=10", None
    if kind == "document":
        return "GET", f"/v1/documents/{draw.choice(documents)}", None
    return "POST", "/v1/verify", json.dumps({"answer": "Revenue was $5 million.", "evidence": ["Revenue was $5 million in 2024."]})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("chunks", 20_000), ("seconds", 20), ("clients", 8), ("workers", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    wanted = parser.parse_args()
    seconds, clients = min(wanted.seconds, 600), min(wanted.clients, 256)
    with running(lambda app: fill(app, wanted.chunks), workers=wanted.workers) as server:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
        connection.request("GET", "/v1/documents", headers=server.headers)
        documents = [one["id"] for one in json.loads(connection.getresponse().read())]
        busy, own = processor_seconds(all_of(server)), time.process_time()
        times: Times = defaultdict(list)
        failed: list[int] = []
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=client, args=(server, until, seed, times, failed, documents)) for seed in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        report(times, failed, seconds)
        each = 1000 * (processor_seconds(all_of(server)) - busy) / max(sum(map(len, times.values())), 1)
        client_each = 1000 * (time.process_time() - own) / max(sum(map(len, times.values())), 1)
        print(f"processor {each:.2f} ms a request, clients {client_each:.2f} ms: two free cores do {2000 / (each + client_each):.0f} /s")
        print(load())
        print(f"memory of the server {memory(server.pid):.0f} MiB")


def report(times: Times, failed: list[int], seconds: int) -> None:
    for kind, each in [*sorted(times.items()), ("all", list(itertools.chain(*times.values())))]:
        cuts = statistics.quantiles(each, n=100)
        print(f"{kind:9} {len(each) / seconds:7.1f} /s   p50 {cuts[49]:6.1f} ms   p95 {cuts[94]:6.1f} ms   p99 {cuts[98]:6.1f} ms")
    print(f"failed: {len(failed)} {sorted(set(failed))}")
