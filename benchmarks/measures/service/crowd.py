"""Many clients at once, mixed questions, a small model: what of the engine's throughput is left, who is refused, whose rows are shown.

    python benchmarks/service.py crowd [--clients 64] [--seconds 600] [--model smollm2-135m-instruct] [--reader on|off|both]
    python benchmarks/service.py crowd --planner dev-question-planner --model gemma-3-270m [--reader on|off]

Each client is a user with a document of its own that nobody else may read. Half of its requests go to the base model (24 tokens), others
ask for a figure, search, or list facts. A 429 is obeyed (Retry-After) and counted; any other failure is a request lost. The baseline,
before it: the engine alone with its four slots always busy.

With ``--reader`` all of them look figures up, without a base model, of a server with the learnt reader of questions, of one without it, or
of both, over one home, in turn: twice each for a quarter of the time, so that what else the machine does falls on both. Told: requests
lost, the 95th percentile of a lookup, and of ``both`` how many times as long it takes with the reader.

With ``--planner`` a quarter of the questions are in a wording that no rule knows, so that a model plans them: one server plans by this
adapter of your home (``finfoundry adapters install``) over ``--model``, on which it was learned, the other by the model alone, as before
there was one, both with the reader or without it. Told, likewise: requests lost, the 95th percentile of a lookup, and how many planned
questions came to their figure.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import shutil
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from finfoundry.app import App
from finfoundry.base.catalogue import models_folder
from finfoundry.base.llama import LlamaEngine, adapters_folder, socket_path
from finfoundry.core.document import Block, Certificate, Document, Fact, Page, Parsed, Profile
from finfoundry.core.protocols import Message, Request
from finfoundry.governance.api_keys import ApiKeys
from finfoundry.machine import read_settings
from finfoundry.runtime.settings import Settings
from measures.service.server_process import Server, load, memory, running, serving, start_engine

TOKENS = 24
PROMPT = "Write a sentence about the number {}."
MIXED = ("raw", "raw", "ask", "search")  # what clients want, each as often as it stands here
LOOKUPS = ("ask",)
PLANNED = ("ask", "ask", "ask", "plan")
TURNS = ("on", "off", "off", "on")  # of two servers that are compared
WARMING = 5.0  # seconds, in which the reader's weights are read
READERS = {"on": "shipped", "off": "off"}


@dataclass
class Seen:
    statuses: Counter[int] = field(default_factory=Counter)
    tokens: int = 0
    lost: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    planned: int = 0  # questions that a model plans, answered with their figure
    lock: threading.Lock = field(default_factory=threading.Lock)


def word(user: int) -> str:
    return f"zq{user:03}word"


def paper(user: int) -> Parsed:
    """A made-up report of a company of one user's own."""
    from decimal import Decimal

    name = f"Company {word(user)}"
    pages = [Page(1, 595, 842, [Block("paragraph", f"{name} had a good year. The word is {word(user)}.", (50, 50, 500, 90))])]
    fact = Fact(("Total assets",), Decimal(1000 + user), "USD", "2024-12-31", str(1000 + user), 1, entity=name, concept="Assets")
    profile = Profile(entity=name, kind="annual report", period="2024-01-01/2024-12-31", fiscal_year=2024)
    advances = Fact(("Berth advances",), Decimal(3000 + user), "USD", "2024-12-31", str(3000 + user), 1, entity=name)
    document = Document(f"{word(user)}.txt", f"{user:064x}", "text/plain", 1, pages, profile)
    return Parsed(document, [fact, advances], Certificate(pages=1))


def fill(app: App, clients: int, keys: list[str]) -> None:
    for user in range(clients):
        app.policy.add_user(app.administrator, f"user{user}")
        app.policy.add_label(app.administrator, f"own{user}")
        app.policy.add_grant(app.administrator, f"user{user}", f"own{user}")
        keys.append(ApiKeys(app.database).create(app.administrator, f"user{user}", scopes=("read", "raw")).key)
        app.store.add(app.administrator, paper(user), b"made up", label=f"own{user}")


def request(kind: str, user: int, draw: random.Random, model: str) -> tuple[str, dict[str, object]]:
    other = draw.randrange(64)
    if kind == "raw":
        messages = [{"role": "user", "content": PROMPT.format(draw.randrange(10**6))}]
        return "/v1/chat/completions", {"model": model, "max_tokens": TOKENS, "messages": messages}
    if kind == "ask":
        return "/v1/ask", {"question": f"What were the total assets of Company {word(user)} at the end of 2024?"}
    if kind == "plan":
        return "/v1/ask", {
            "question": f"How much money in berth advances sat unspent at Company {word(user)} in the lull at the end of 2024?"
        }
    return "/v1/search", {"query": f"{word(other)} good year"}


def client(server: Server, user: int, key: str, until: float, seen: Seen, kinds: tuple[str, ...] = MIXED) -> None:
    draw = random.Random(user)
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {key}"}, timeout=180) as http:
        while time.monotonic() < until:
            kind = draw.choice(kinds)
            path, body = request(kind, user, draw, server.settings.model)
            begun = time.monotonic()
            try:
                answer = http.post(path, json=body)
            except httpx.HTTPError as error:
                with seen.lock:
                    seen.lost.append(f"{kind}: {type(error).__name__}")
                continue
            note(seen, kind, user, answer, time.monotonic() - begun)
            if answer.status_code == 429:
                time.sleep(min(float(answer.headers["retry-after"]), max(until - time.monotonic(), 0)))


def note(seen: Seen, kind: str, user: int, answer: httpx.Response, seconds: float) -> None:
    with seen.lock:
        seen.statuses[answer.status_code] += 1
        if answer.status_code == 200:
            seen.seconds.setdefault(kind, []).append(seconds)
            if kind == "raw":
                seen.tokens += answer.json()["usage"]["completion_tokens"]
            if kind == "plan":
                seen.planned += f"{3000 + user:,}" in answer.text or str(3000 + user) in answer.text
            others = set(re.findall(r"zq\d{3}word", answer.text)) - {word(user)}
            if kind != "raw" and others:
                seen.foreign.append(f"user {user} saw {others}: {answer.text[:200]}")
            if kind == "ask" and f"{1000 + user:,}" not in answer.text and str(1000 + user) not in answer.text:
                seen.foreign.append(f"user {user}: {answer.text[:200]}")
        elif answer.status_code != 429:
            seen.lost.append(f"{kind}: {answer.status_code} {answer.text[:120]}")


def engine_alone(server: Server, seconds: float) -> float:
    """Tokens a second of the engine with its slots always busy."""
    engine = LlamaEngine(socket_path(server.settings), server.settings.model)
    until = time.monotonic() + seconds

    def run(number: int) -> int:
        tokens, draw = 0, random.Random(number)
        while time.monotonic() < until:
            messages = (Message("user", PROMPT.format(draw.randrange(10**6))),)
            tokens += engine.chat(Request(messages, max_tokens=TOKENS)).completion_tokens
        return tokens

    begun = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        total = sum(pool.map(run, range(8)))
    return total / (time.monotonic() - begun)


def watch(pid: int, until: float, sizes: list[tuple[float, float]]) -> None:
    begun = time.monotonic()
    while time.monotonic() < until:
        sizes.append((time.monotonic() - begun, memory(pid)))
        time.sleep(2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--reader", choices=(*READERS, "both"), help="lookups alone, with the learnt reader of questions or without it")
    parser.add_argument(
        "--planner", metavar="NAME", help="lookups among questions that are planned, by this adapter of your home or without"
    )
    wanted = parser.parse_args()
    clients, seconds, keys = min(wanted.clients, 64), min(wanted.seconds, 3600), list[str]()
    if wanted.planner:
        if wanted.reader == "both":
            parser.error("--planner compares servers with one reader: --reader on or off")
        raise SystemExit(beside_planner(wanted.planner, wanted.model, wanted.reader or "on", clients, seconds))
    if wanted.reader:
        raise SystemExit(beside_reader(wanted.reader, clients, seconds))
    with running(lambda app: fill(app, clients, keys), model=wanted.model) as server:
        start_engine(server)
        alone = engine_alone(server, max(seconds / 10, 10))
        seen, sizes = Seen(), list[tuple[float, float]]()
        begun = time.monotonic()
        until = begun + seconds
        threads = [threading.Thread(target=client, args=(server, user, keys[user], until, seen)) for user in range(clients)]
        threads.append(threading.Thread(target=watch, args=(server.pid, until, sizes)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        report(seen, alone, time.monotonic() - begun, sizes, clients)
    raise SystemExit(bool(seen.lost or seen.foreign))


def beside_reader(wanted: str, clients: int, seconds: float) -> bool:
    """Prints what lookups took with the reader and without it; whether one was lost."""
    turns = TURNS if wanted == "both" else (wanted,)
    return tell(in_turn(turns, of_reader, LOOKUPS, clients, seconds), "reader")


def beside_planner(name: str, model: str, reader: str, clients: int, seconds: float) -> bool:
    """Prints what lookups took with the planner and without it; whether one was lost. Exits where there is no such adapter."""
    adapter = adapters_folder(read_settings()) / f"{name}.gguf"
    if not adapter.is_file():
        sys.exit(
            f"{adapter} is not there: run `finfoundry adapters install DIR` with the folder of a planner, and name it by what that prints"
        )

    def given(turn: str) -> dict[str, str]:
        return {"FINFOUNDRY_PLANNER": name if turn == "on" else "off", "FINFOUNDRY_READER": READERS[reader]}

    return tell(in_turn(TURNS, given, PLANNED, clients, seconds, model, adapter), "planner")


def in_turn(
    turns: Sequence[str],
    given: Callable[[str], dict[str, str]],
    kinds: tuple[str, ...],
    clients: int,
    seconds: float,
    model: str | None = None,
    adapter: Path | None = None,
) -> Mapping[str, Seen]:
    """What the crowd saw of a server in each of its forms, over one home; ``given`` is the environment of a form."""
    found, keys = {turn: Seen() for turn in turns}, list[str]()

    def filled(app: App) -> None:
        fill(app, clients, keys)
        if adapter is not None:
            folder = adapters_folder(app.settings)
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(adapter, folder / adapter.name)

    with ExitStack() as stack:
        servers = dict[str, Server]()
        for turn in found:  # the second over the home of the first
            first, environment = next(iter(servers.values()), None), given(turn)
            begun = (
                serving(first.settings, keys[0], environment=environment)
                if first
                else running(filled, model=model, environment=environment)
            )
            servers[turn] = stack.enter_context(begun)
            if model:
                start_engine(servers[turn])
            client(servers[turn], 0, keys[0], time.monotonic() + WARMING, Seen(), kinds)
        for turn in turns:
            crowd(servers[turn], keys, seconds / len(turns), found[turn], kinds)
    return found


def of_reader(reader: str) -> dict[str, str]:
    """The environment of a server without a base model, with the learnt reader or without it."""
    return {"FINFOUNDRY_READER": READERS[reader], "FINFOUNDRY_ENGINE": "none", "FINFOUNDRY_MODELS": str(models_folder(Settings()))}


def crowd(server: Server, keys: list[str], seconds: float, seen: Seen, kinds: tuple[str, ...]) -> None:
    """All clients ask at once."""
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(len(keys)) as pool:
        for one in [pool.submit(client, server, user, key, until, seen, kinds) for user, key in enumerate(keys)]:
            one.result()


def tell(found: Mapping[str, Seen], what: str) -> bool:
    """Lookups by whether the reader, or the planner, was there, and how much longer the slow ones take with it; whether one was lost."""
    p95 = dict[str, float]()
    for turn, seen in found.items():
        late = sorted(seen.seconds.get("ask", [math.nan]))
        p95[turn] = late[int(0.95 * len(late))]
        told = f"{len(late)} lookups, {seen.statuses[429]} told to wait, {len(seen.lost)} lost {seen.lost[:2]}, {len(seen.foreign)} wrong"
        print(f"{what} {turn}: {told}; median {statistics.median(late):.2f} s, p95 {p95[turn]:.2f} s")
        if planned := seen.seconds.get("plan"):
            print(f"  planned: {seen.planned} of {len(planned)} told their figure; median {statistics.median(planned):.2f} s")
    if len(p95) > 1:
        print(f"p95 with the {what}: {p95['on'] / p95['off']:.2f} times that without it")
    print(load())
    return any(seen.lost or seen.foreign for seen in found.values())


def report(seen: Seen, alone: float, seconds: float, sizes: list[tuple[float, float]], clients: int) -> None:
    rate = seen.tokens / seconds
    print(f"{clients} clients for {seconds:.0f} s: {dict(sorted(seen.statuses.items()))}")
    print(f"engine alone {alone:.1f} tokens/s; in the crowd {rate:.1f} tokens/s beside the other requests: {rate / alone:.2f}")
    for kind, each in sorted(seen.seconds.items()):
        print(f"{kind:7} {len(each):6} answered   median {statistics.median(each):6.2f} s   longest {max(each):6.1f} s")
    print(f"lost without a 429: {len(seen.lost)} {seen.lost[:3]}; rows of another: {len(seen.foreign)} {seen.foreign[:1]}")
    warm = [size for at, size in sizes if seconds * 0.1 <= at < seconds * 0.2]
    last = [size for at, size in sizes if at >= seconds * 0.9]
    if warm and last:
        print(f"memory of the server {statistics.mean(warm):.0f} MiB after warm-up, {statistics.mean(last):.0f} MiB at the end")
    print(load())
