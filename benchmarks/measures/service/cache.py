"""The answer cache on a repeated workload: the first time each question is asked against the times after it.

    python benchmarks/service.py cache [--rounds 5]

Questions about the demo report that facts answer, so that no model is needed; with a model the gain is larger.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from finfoundry.app import App
from finfoundry.demo.report import annual_report
from measures.service.server_process import running

QUESTIONS = [
    f"云洲商业银行股份有限公司{year}年的{metric}是多少？" for year in (2024, 2023) for metric in ("净利润", "营业收入", "资产总额")
]


def fill(app: App) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.pdf"
        path.write_bytes(annual_report().data)
        app.ingest(app.administrator, [path])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = min(parser.parse_args().rounds, 100)
    with running(fill) as server, httpx.Client(base_url=server.url, headers=server.headers, timeout=60) as client:
        client.post("/v1/ask", json={"question": "How many aircraft are there?"})  # warms what is read once
        first, again = (statistics.median(times) for times in ([ask(client, one) for one in QUESTIONS], repeated(client, rounds)))
    print(f"first {1000 * first:.1f} ms   again {1000 * again:.1f} ms   {first / again:.1f} times sooner")


def repeated(client: httpx.Client, rounds: int) -> list[float]:
    return [ask(client, question) for _ in range(rounds) for question in QUESTIONS]


def ask(client: httpx.Client, question: str) -> float:
    started = time.perf_counter()
    client.post("/v1/ask", json={"question": question}).raise_for_status()
    return time.perf_counter() - started
