"""What serving makes of the same weights: proposing tokens from the prompt, keys and values in 8 bits, prefixes kept, four at once.

    python benchmarks/light.py serving MODEL [--draft MODEL] [--questions 8] [--only prompt …] [--out FILE]

Each question gives a page of made sentences and asks to quote one word for word: what a quotation needs stands in the prompt. Every setting
answers the same questions in an engine of its own; baseline is the engine as it is. Identical: greedy answers letter for letter. By the
clock, and by the processor time that writing took, in which other programs do not show. Answers of FILE are not asked again, so a run that
was stopped goes on.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil

from finfoundry.base.catalogue import chat_model
from finfoundry.base.llama import LlamaEngine
from finfoundry.runtime.settings import Settings
from measures.running_engine import running_engine

THINGS = (
    "deposits",
    "loans to customers",
    "fees from cards",
    "operating costs",
    "provisions",
    "risk-weighted assets",
    "bonds held",
    "staff",
)
WHY = ("because a branch was opened", "since rates were raised", "after the merger with a smaller bank", "as customers paid back early")
TOKENS = 96


def sentences(number: int) -> list[str]:
    return [
        f"In {2010 + number} {thing} of Bank {number} came to {37 * place + 13 * number + 101} million yuan, {WHY[(place + number) % 4]}."
        for place, thing in enumerate(THINGS)
    ]


def asked(number: int) -> str:
    page, thing = "\n".join(sentences(number)), THINGS[(3 * number) % len(THINGS)]
    return f"{page}\n\nCopy, word for word, the two sentences above that begin with what {thing} came to, and what followed it on the page."


def answer(engine: LlamaEngine, number: int, reuse: bool = False) -> dict[str, Any]:
    body = {"messages": [{"role": "user", "content": asked(number)}], "temperature": 0, "max_tokens": TOKENS, "cache_prompt": reuse}
    told = engine.client.post("http://engine/v1/chat/completions", json=body, timeout=600).json()
    return {"text": told["choices"][0]["message"]["content"], **told["timings"]}


def processes(model: str) -> list[psutil.Process]:
    """The engine's."""
    return [one for one in psutil.process_iter(["cmdline"]) if model in (one.info["cmdline"] or [])]


def processor(model: str) -> float:
    """Seconds of a processor that the engine took so far: other programs on the machine take nothing from them."""
    return sum(sum(one.cpu_times()[:2]) for one in processes(model))


def measured(model: str, name: str, given: dict[str, str], questions: int) -> dict[str, Any]:
    with running_engine(model, **given) as engine:
        answer(engine, questions)  # warms caches
        alone, spent = [], []
        for number in range(questions):
            alone.append(answer(engine, number))
            before = processor(model)
            answer(engine, number, reuse=True)  # its prompt was read: what is spent now is spent on writing
            spent.append(processor(model) - before)
        answer(engine, 0)
        again = answer(engine, 0, reuse=True)
        begun = time.perf_counter()
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(lambda number: answer(engine, number), range(4)))
        seconds = time.perf_counter() - begun
        held = sum(one.memory_info().rss for one in processes(model))
    return {
        "spent": spent,
        "name": name, "texts": [one["text"] for one in alone], "decode": [one["predicted_per_second"] for one in alone],
        "prefill": [one["prompt_per_second"] for one in alone], "drafted": sum(one.get("draft_n", 0) for one in alone),
        "accepted": sum(one.get("draft_n_accepted", 0) for one in alone),
        "first_read": alone[0]["prompt_ms"], "read_again": again["prompt_ms"],
        "together": sum(one["predicted_n"] for one in together) / seconds, "memory": held,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--draft", help="a smaller model of the same tokenizer")
    parser.add_argument("--questions", type=int, default=8)
    parser.add_argument("--only", nargs="*", help='settings beside "plain", in place of all: prompt, "8-bit cache", …')
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    model = str(chat_model(Settings(model=given.model)))
    grid: dict[str, dict[str, str]] = {"plain": {}, "prompt": {"speculate": "prompt"}, "8-bit cache": {"cache": "q8_0"}}
    grid["prompt, 8-bit cache"] = grid["prompt"] | grid["8-bit cache"]
    if given.draft:
        grid["draft"] = {"speculate": str(chat_model(Settings(model=given.draft)))}
    found: dict[str, dict[str, Any]] = json.loads(given.out.read_text("utf-8")) if given.out and given.out.is_file() else {}
    for name, settings in grid.items():
        if given.only is not None and name not in ("plain", *given.only):
            continue
        if name not in found:
            found[name] = measured(model, name, settings, given.questions)
            if given.out:
                given.out.write_text(json.dumps(found, ensure_ascii=False), "utf-8")
        told(found[name], found["plain"])


def told(one: dict[str, Any], plain: dict[str, Any]) -> None:
    same = sum(first == second for first, second in zip(one["texts"], plain["texts"], strict=True))
    times = statistics.median(second / first for first, second in zip(plain["decode"], one["decode"], strict=True))
    less = statistics.median(first / second for first, second in zip(plain["spent"], one["spent"], strict=True))
    accepted = f"{one['accepted']} of {one['drafted']} proposed taken, " if one["drafted"] else ""
    print(
        f"{one['name']:22} {statistics.median(one['decode']):6.1f} tokens/s, {times:.2f} times, {less:.2f} by processor time; "
        f"{accepted}identical {same} of {len(one['texts'])}; "
        f"prompt {one['first_read']:.0f} ms, again {one['read_again']:.0f} ms; four at once {one['together']:.1f} tokens/s; "
        f"{one['memory'] / 1e6:.0f} MB",
        flush=True,
    )
