"""What a stable prompt prefix saves: the same questions with the instructions first, and with the question first.

    python benchmarks/service.py engine-prefix [--model NAME] [--questions 6] [--examples 12]

The instructions (rules and examples) are alike in every request. Put first, the engine keeps their keys and values and reads only the
question; put last, it reads all of them each time: that is the baseline.
"""

from __future__ import annotations

import argparse
import statistics
import time

from finfoundry.core.protocols import Engine, Message, Request
from measures.running_engine import running_engine

RULES = "You turn a question about a company's report into a plan. Name the company, the years and the metrics; compute nothing."
METRICS = ["net income", "total assets", "operating cash flow", "研发费用", "应收账款", "净利润", "inventories", "goodwill"]


def instructions(examples: int) -> str:
    lines = [
        f"Example {number}: What was the {METRICS[number % 8]} of Example Company {number} in {2000 + number}? -> "
        f'{{"company": "Example Company {number}", "years": [{2000 + number}], "metrics": ["{METRICS[number % 8]}"], "kind": "lookup"}}'
        for number in range(examples)
    ]
    return "\n".join([RULES, *lines])


def question(number: int) -> str:
    return f"What was the {METRICS[number % 8]} of Sample Bank {number} in {2015 + number % 8}?"


def measure(engine: Engine, prompts: list[str]) -> tuple[float, float, float]:
    """Median seconds, median prompt tokens, share of them that were cached; the first prompt only warms up."""
    seconds, tokens, cached = [], [], []
    for prompt in prompts:
        started = time.perf_counter()
        completion = engine.chat(Request((Message("user", prompt),), max_tokens=1))
        seconds.append(time.perf_counter() - started)
        tokens.append(completion.prompt_tokens)
        cached.append(completion.cached_tokens)
    return statistics.median(seconds[1:]), statistics.median(tokens[1:]), sum(cached[1:]) / sum(tokens[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model")
    parser.add_argument("--questions", type=int, default=6)
    parser.add_argument("--examples", type=int, default=12)
    arguments = parser.parse_args()
    rules = instructions(arguments.examples)
    numbers = range(arguments.questions + 1)
    with running_engine(arguments.model) as engine:
        first = measure(engine, [f"{question(number)}\n\n{rules}" for number in numbers])
        stable = measure(engine, [f"{rules}\n\n{question(number)}" for number in numbers])
    for name, (seconds, tokens, cached) in (("question first (baseline)", first), ("stable prefix first", stable)):
        print(f"{name:26} {seconds:6.2f} s to the first token, {tokens:.0f} prompt tokens, {cached:.0%} of them cached")
    print(f"{'gain':26} {first[0] / stable[0]:6.1f} times")
