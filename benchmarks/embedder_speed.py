"""Chunks per second of the embedder, against one text at a time on one thread, and the time of a query.

python benchmarks/embedder_speed.py [--embedder NAME] [--chunks 256] [--tokens 176]
"""

from __future__ import annotations

import argparse
import random
import statistics
import time

from tokenizers import Tokenizer

from finfoundry.base.embedder import TOKENIZER, LocalEmbedder, make_embedder
from finfoundry.runtime.settings import Settings

TERMS = (
    "revenue, net income, total assets, operating cash flow, tax rate, loans and deposits, 营业收入, 净利润, 资产总计, 研发费用, 商誉减值"
)
WORDS = TERMS.split(", ")


def chunk(tokens: int, embedder: LocalEmbedder, seed: int) -> str:
    """Words and numbers of both languages, cut at so many tokens."""
    choice = random.Random(seed)
    text = " ".join(choice.choice([*WORDS, f"{choice.randrange(10**6):,}"]) for _ in range(tokens))
    tokenizer = Tokenizer.from_file(str(embedder.folder / TOKENIZER))
    return text[: tokenizer.encode(text, add_special_tokens=False).offsets[tokens - 6][1]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--embedder", default="multilingual-e5-small")
    parser.add_argument("--chunks", type=int, default=256)
    parser.add_argument("--tokens", type=int, default=176)
    arguments = parser.parse_args()
    embedder = make_embedder(Settings(embedder=arguments.embedder, embedder_english=""))
    assert isinstance(embedder, LocalEmbedder)
    chunks = [chunk(arguments.tokens, embedder, seed) for seed in range(arguments.chunks)]
    embedder.passages(chunks[:8])

    few = chunks[:32]
    started = time.perf_counter()
    for text in few:
        embedder.query(text)
    baseline = len(few) / (time.perf_counter() - started)

    started, worked = time.perf_counter(), time.process_time()
    embedder.passages(chunks)
    wall, work = time.perf_counter() - started, time.process_time() - worked

    seconds = []
    for number in range(50):
        started = time.perf_counter()
        embedder.query(f"What were the total current liabilities at the end of {1970 + number}?")
        seconds.append(time.perf_counter() - started)
    print(f"one at a time (baseline) {baseline:7.1f} chunks/s of {arguments.tokens} tokens, one thread")
    print(f"{embedder.model:24} {len(chunks) / wall:7.1f} chunks/s, {len(chunks) / work:.1f} per CPU-second, {embedder.threads} threads")
    print(f"query                    {statistics.median(seconds) * 1000:7.1f} ms median")


if __name__ == "__main__":
    main()
