"""POST /v1/verify: an answer of 20 figures against 10 pages; time by percentile and memory of the process without a model.

    python benchmarks/server_verify.py [--requests 100]

A server of its own on loopback, over an empty home in a temporary folder, without embedder and engine. Bounded by count and by 120 s.
"""

from __future__ import annotations

import argparse
import statistics
import time
from decimal import Decimal
from typing import Any

import httpx

from finfoundry.binding.sources import from_text
from finfoundry.binding.verify import verify
from server_process import memory, running

PAGES, ROWS, FIGURES = 10, 12, 20
MOST_SECONDS = 120.0
METRICS = ("Revenue", "Cost of sales", "Gross profit", "Operating income", "Net income", "Total assets", "Inventories", "Goodwill",
           "Deposits", "Borrowings", "Dividends", "Depreciation")  # fmt: skip
SEGMENTS = ("Retail", "Wholesale", "Insurance", "Treasury", "Cards", "Leasing", "Custody", "Advisory", "Mortgage", "Trade")


def page(number: int) -> str:
    """A page with running text and a table whose figures stand nowhere else."""
    rows = "\n".join(f"| {name} | {value(number, row, 0)} | {value(number, row, 1)} |" for row, name in enumerate(METRICS[:ROWS]))
    text = f"The segment {SEGMENTS[number]} did its business in {number + 3} cities. " * 12
    return f"{SEGMENTS[number]} segment\n\n{text}\n\n| {SEGMENTS[number]}, in USD million | 2024 | 2023 |\n|---|---|---|\n{rows}\n"


def value(page_number: int, row: int, column: int) -> str:
    return f"{Decimal(1000 + 977 * page_number + 83 * row + 7 * column):,}"


def body() -> dict[str, Any]:
    """Twenty figures: every fourth with a wrong digit."""
    said = []
    for number in range(FIGURES):
        row, of = number % ROWS, number % PAGES
        figure = value(of, row, 0) if number % 4 else value(of, row, 0)[:-1] + "9"
        said.append(f"{METRICS[row]} of the {SEGMENTS[of]} segment was ${figure} million in 2024.")
    return {"answer": " ".join(said), "evidence": [{"text": page(number), "name": f"page {number + 1}"} for number in range(PAGES)]}


def in_process(rounds: int = 10) -> float:
    """The baseline: seconds of CPU for the same check in this process."""
    given = body()
    started = time.process_time()
    for _ in range(rounds):
        evidence = [item for one in given["evidence"] for item in from_text(one["text"], one["name"])]
        verify(given["answer"], evidence)
    return (time.process_time() - started) / rounds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100)
    wanted = min(parser.parse_args().requests, 2000)
    with running() as server, httpx.Client(base_url=server.url, headers=server.headers, timeout=30) as client:
        report = client.post("/v1/verify", json=body()).json()
        times: list[float] = []
        started = time.monotonic()
        while len(times) < wanted and time.monotonic() - started < MOST_SECONDS:
            begun = time.perf_counter()
            client.post("/v1/verify", json=body()).raise_for_status()
            times.append(1000 * (time.perf_counter() - begun))
        print(f"the same without HTTP: {1000 * in_process():.1f} ms of CPU")
        cuts = statistics.quantiles(times, n=100)
        print(f"figures {len(report['figures'])}: bound {report['bound']}, not bound {report['unbound']}")
        print(f"requests {len(times)}  p50 {cuts[49]:.1f} ms  p95 {cuts[94]:.1f} ms  p99 {cuts[98]:.1f} ms")
        print(f"ready after {server.seconds:.1f} s (database included)  memory of the server {memory(server.pid):.0f} MiB")


if __name__ == "__main__":
    main()
