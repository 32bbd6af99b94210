"""The gateway in raw mode against the engine alone: tokens a second, and what it adds to the time to the first token.

    python benchmarks/service.py raw [--model smollm2-135m-instruct] [--pairs 30] [--tokens 64]

The same prompts go to the engine's own socket and through the service (key, queue, audit), in turns and in either order; each prompt is
new to the engine. The model lies in the models folder of the settings.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from dataclasses import dataclass

import httpx

from finfoundry.base.llama import socket_path
from finfoundry.base.openai import NONE_KEPT
from measures.service.server_process import load, running, start_engine

WORDS = ("assets", "loans", "deposits", "equity", "profit", "interest", "fees", "tax", "reserves", "capital", "margin", "cash", "goodwill")


@dataclass
class Measured:
    first: list[float]  # ms to the first token
    rates: list[float]  # tokens a second after it
    wall: float = 0.0
    tokens: int = 0


def prompt(number: int) -> str:
    """Never seen by the engine, always as long."""
    draw = random.Random(number)
    return f"Number {number:06}. Go on with the list, one word a line: {' '.join(draw.choices(WORDS, k=60))}"


def ask(client: httpx.Client, url: str, model: str, number: int, tokens: int, seen: Measured) -> None:
    body = {
        "model": model,
        "stream": True,
        "max_tokens": tokens,
        "temperature": 0,
        "messages": [{"role": "user", "content": prompt(number)}],
    }
    begun = time.perf_counter()
    moments = []
    with client.stream("POST", url, json=body) as answer:
        answer.raise_for_status()
        for line in answer.iter_lines():
            if line.startswith("data: {") and (json.loads(line[6:])["choices"] or [{}])[0].get("delta", {}).get("content"):
                moments.append(time.perf_counter())
    seen.first.append(1000 * (moments[0] - begun))
    seen.wall += time.perf_counter() - begun
    seen.tokens += len(moments)
    if len(moments) > 1:
        seen.rates.append((len(moments) - 1) / (moments[-1] - moments[0]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--tokens", type=int, default=64)
    wanted = parser.parse_args()
    with running(model=wanted.model) as server:
        gateway = httpx.Client(base_url=server.url, headers=server.headers, timeout=300)
        start_engine(server)
        transport = httpx.HTTPTransport(uds=str(socket_path(server.settings)), limits=NONE_KEPT)
        alone = httpx.Client(transport=transport, timeout=300)
        through, direct = Measured([], []), Measured([], [])
        for pair in range(min(wanted.pairs, 1000)):
            ways = [
                (gateway, "/v1/chat/completions", 2 * pair, through),
                (alone, "http://engine/v1/chat/completions", 2 * pair + 1, direct),
            ]
            for client, url, number, seen in ways if pair % 2 else ways[::-1]:
                ask(client, url, wanted.model, number, wanted.tokens, seen)
    added = [a - b for a, b in zip(through.first, direct.first, strict=True)]
    for name, seen in (("engine alone", direct), ("gateway", through)):
        print(f"{name:13} first token {statistics.median(seen.first):7.1f} ms   {seen.tokens / seen.wall:6.1f} tokens/s over all, "
              f"{statistics.median(seen.rates):6.1f} after the first")  # fmt: skip
    share = (through.tokens / through.wall) / (direct.tokens / direct.wall)
    spread = statistics.stdev(added) / len(added) ** 0.5
    print(f"gateway / engine {share:.1%} of tokens/s")
    print(f"added to the first token {statistics.median(added):.1f} ms (mean {statistics.mean(added):.1f} ± {spread:.1f})")
    print(load())
