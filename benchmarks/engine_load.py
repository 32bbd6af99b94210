"""Two hundred requests at once: how long they take, against one after another; what is refused; what leaving frees.

python benchmarks/engine_load.py [--model NAME] [--requests 200] [--tokens 8]
"""

from __future__ import annotations

import argparse
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from finfoundry.base.llama import LlamaEngine
from finfoundry.core.errors import EngineBusy
from finfoundry.core.protocols import Message, Request
from running_engine import running_engine

RULES = "Answer with one word. The evidence: cash 12, loans 340, deposits 290, equity 41, net profit 6. " * 4


def request(number: int, tokens: int) -> Request:
    return Request((Message("user", f"{RULES}\nQuestion {number}: which of loans and deposits is larger?"),), max_tokens=tokens)


def answer(engine: LlamaEngine, number: int, tokens: int) -> tuple[float, int]:
    """Seconds from asking to the whole answer, and its tokens; -1 seconds when it was refused."""
    started = time.perf_counter()
    try:
        completion = engine.chat(request(number, tokens))
    except EngineBusy:
        return -1.0, 0
    return time.perf_counter() - started, completion.completion_tokens


def at_once(engine: LlamaEngine, count: int, tokens: int) -> tuple[float, list[float], int]:
    """Wall seconds, the seconds of each request, and the tokens written."""
    started = time.perf_counter()
    with ThreadPoolExecutor(count) as pool:
        results = list(pool.map(lambda number: answer(engine, number, tokens), range(count)))
    return time.perf_counter() - started, [seconds for seconds, _ in results], sum(written for _, written in results)


def seconds_to_idle(engine: LlamaEngine) -> float:
    """Start four long answers, leave them all after their first piece, and wait until no slot works."""
    streams = [engine.stream(request(number, 2000)) for number in range(4)]
    for stream in streams:
        next(stream)
    started = time.perf_counter()
    for stream in streams:
        stream.close()
    while any(slot["is_processing"] for slot in engine.client.get("http://engine/slots").json()):
        time.sleep(0.01)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model")
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--tokens", type=int, default=8)
    arguments = parser.parse_args()
    with running_engine(arguments.model) as engine:
        answer(engine, -1, arguments.tokens)
        alone = [answer(engine, number, arguments.tokens) for number in range(10)]
        rate_alone = sum(tokens for _, tokens in alone) / sum(seconds for seconds, _ in alone)
        wall, latencies, tokens = at_once(engine, arguments.requests, arguments.tokens)
        bound = engine.admission.slots + engine.admission.waiting
        _, crowd, _ = at_once(engine, bound + 100, 1)
        freed = seconds_to_idle(engine)
    done = sorted(latency for latency in latencies if latency >= 0)
    print(f"one after another (baseline)   {rate_alone:6.1f} tokens/s, {statistics.median(s for s, _ in alone):.2f} s a request")
    print(f"{arguments.requests} at once: {len(done)} answered {tokens / wall:6.1f} tokens/s, {wall:.1f} s in all")
    print(f"  latency                      {statistics.median(done):6.1f} s median, {done[int(len(done) * 0.95)]:.1f} s p95")
    print(f"{bound + 100} at once                    {sum(latency < 0 for latency in crowd):6} refused at once (the line holds {bound})")
    print(f"four clients leave             {freed:6.2f} s until the engine is idle")


if __name__ == "__main__":
    main()
