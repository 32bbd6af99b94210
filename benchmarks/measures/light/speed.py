"""How much faster a model decodes once it was made light: both answer in turn, in engines of their own, with the same prompts.

    python benchmarks/light.py speed BASE LIGHT [--pairs 12] [--tokens 64]

BASE is a pulled name or a GGUF file, LIGHT a folder of `finfoundry lighten` or a GGUF file; FINFOUNDRY_THREADS is kept. Prefill and decode
apart, as llama.cpp times them; the ratio is the median over pairs with its 95 % interval (bootstrap). Also printed: bytes of both files,
memory of both processes, and how many of the greedy answers are the same.
"""

from __future__ import annotations

import argparse
import statistics
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from finfoundry.base.catalogue import chat_model
from finfoundry.base.llama import LlamaEngine
from finfoundry.runtime.settings import Settings
from measures.running_engine import running_engine

PROMPTS = (
    "The bank's net interest income rose because loans grew faster than deposits. In one sentence, what grew faster?",
    "公司公告称，本年度营业收入同比增长，主要原因是贷款规模扩大。请用一句话说明原因。",
    "Customers ask how long a transfer takes. Transfers within the bank arrive at once, others on the next working day.",
    "根据规定，银行应当在每季度结束后报送资本充足率。什么时候报送？",
)


@dataclass(frozen=True)
class Timed:
    prefill: float  # tokens a second
    decode: float
    text: str


def timed(engine: LlamaEngine, prompt: str, tokens: int) -> Timed:
    body = {"prompt": prompt, "n_predict": tokens, "temperature": 0, "ignore_eos": True, "cache_prompt": False}
    answer = engine.client.post("http://engine/completion", json=body, timeout=600).json()
    return Timed(answer["timings"]["prompt_per_second"], answer["timings"]["predicted_per_second"], answer["content"])


def ratio(first: list[float], second: list[float]) -> str:
    pairs = np.array(second) / np.array(first)
    drawn = np.median(np.random.default_rng(0).choice(pairs, (2000, len(pairs))), axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    times = f"{np.median(pairs):.2f} times [{low:.2f}, {high:.2f}]"
    return f"{statistics.median(first):7.1f} -> {statistics.median(second):7.1f} tokens/s, {times}"


def memory(path: Path) -> str:
    """Of the engines' processes that serve the file, in MB."""
    found = [one for one in psutil.process_iter(["cmdline"]) if str(path) in (one.info["cmdline"] or [])]
    return ", ".join(f"{one.memory_info().rss / 1e6:.0f} MB" for one in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("light")
    parser.add_argument("--pairs", type=int, default=12)
    parser.add_argument("--tokens", type=int, default=64)
    given = parser.parse_args()
    light = Path(given.light)
    paths = (chat_model(Settings(model=given.base)), light / "model.gguf" if light.is_dir() else light)
    runs: tuple[list[Timed], list[Timed]] = ([], [])
    with ExitStack() as stack:
        engines = [stack.enter_context(running_engine(str(path))) for path in paths]
        for pair in range(-1, given.pairs):
            for place in (0, 1) if pair % 2 else (1, 0):
                one = timed(engines[place], PROMPTS[pair % len(PROMPTS)], given.tokens)
                if pair >= 0:  # the first pair warms caches
                    runs[place].append(one)
        print(f"bytes    {paths[0].stat().st_size / 1e6:.0f} -> {paths[1].stat().st_size / 1e6:.0f} MB")
        print(f"memory   {memory(paths[0])} -> {memory(paths[1])}")
    print("prefill ", ratio([one.prefill for one in runs[0]], [one.prefill for one in runs[1]]))
    print("decode  ", ratio([one.decode for one in runs[0]], [one.decode for one in runs[1]]))
    same = sum(first.text == second.text for first, second in zip(*runs, strict=True))
    print(f"the same answers: {same} of {given.pairs}")
