"""POST /v1/verify: an answer of 20 figures against 10 pages; time by percentile and memory of the process without a model. And how the
time grows: with the figures of one sentence, with the pages of evidence.

    python benchmarks/service.py verify [--requests 100]

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
from measures.service.server_process import memory, running

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


def sentence(figures: int) -> str:
    return "Revenue was " + ", ".join(f"${1000 + number:,} million" for number in range(figures)) + " in 2024."


def seconds(answer: str, pages: int) -> float:
    """Of CPU, the least of three, for one check with nothing kept from the one before."""
    taken = []
    for turn in range(3):
        evidence = [item for number in range(pages) for item in from_text(page(number % PAGES), f"page {number}")]
        started = time.process_time()
        verify(f"{answer} Check {turn}.", evidence)
        taken.append(time.process_time() - started)
    return min(taken)


def growth() -> None:
    """How much more than in proportion a check costs for more figures and more pages."""
    seconds(sentence(100), 1)  # what is read but once
    few, many = seconds(sentence(100), 1), seconds(sentence(3000), 1)
    print(f"figures of one sentence: 100 in {1000 * few:.1f} ms, 3,000 in {1000 * many:.0f} ms of CPU; {many / few / 30:.2f} x linear")
    answer = str(body()["answer"])
    one, hundred = seconds(answer, 1), seconds(answer, 100)
    print(f"pages of evidence: 1 in {1000 * one:.1f} ms, 100 in {1000 * hundred:.0f} ms of CPU; {hundred / one / 100:.2f} x linear")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100)
    wanted = min(parser.parse_args().requests, 2000)
    growth()
    with running() as server, httpx.Client(base_url=server.url, headers=server.headers, timeout=30) as client:
        report = client.post("/v1/verify", json=body()).json()
        times: list[float] = []
        started = time.monotonic()
        while len(times) < wanted and time.monotonic() - started < MOST_SECONDS:
            begun = time.perf_counter()
            client.post("/v1/verify", json=body()).raise_for_status()
            times.append(1000 * (time.perf_counter() - begun))
        begun = time.perf_counter()
        client.post("/v1/verify", json={"answer": sentence(3000), "evidence": [page(0)]}).raise_for_status()
        print(f"3,000 figures in one sentence over HTTP: {time.perf_counter() - begun:.2f} s (goal: at most 0.5 s)")
        print(f"the same without HTTP: {1000 * in_process():.1f} ms of CPU")
        cuts = statistics.quantiles(times, n=100)
        print(f"figures {len(report['figures'])}: bound {report['bound']}, not bound {report['unbound']}")
        print(f"requests {len(times)}  p50 {cuts[49]:.1f} ms  p95 {cuts[94]:.1f} ms  p99 {cuts[98]:.1f} ms")
        print(f"ready after {server.seconds:.1f} s (database included)  memory of the server {memory(server.pid):.0f} MiB")
