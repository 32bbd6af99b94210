"""Engine, PostgreSQL, worker, supervisor and server killed under load, again and again: how soon each is back, what the clients were told.

    python benchmarks/service.py kills [--times 20] [--only server supervisor] [--model smollm2-135m-instruct]

Clients ask, list and upload all the while; in every second round the process is killed in the middle of a long answer of the model. The
server is started again as systemd would. Recovered: a new request that needs the killed process is answered (after the supervisor, which
takes all others along: an answer of the model and an upload). At the end every upload is whole and there once, or was refused, the audit
chain holds, and every client had an answer to every request, but those that were open while the server itself was killed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from finfoundry.app import open_app
from finfoundry.runtime.supervisor import Supervisor
from measures.service.server_process import Server, families, load, running, start_engine

KILLED = ("engine", "postgres", "worker", "supervisor", "server")
LONGEST = 60.0  # seconds after which a process counts as not recovered


@dataclass
class Told:
    statuses: Counter[str] = field(default_factory=Counter)
    nothing: list[str] = field(default_factory=list)  # requests whose client was told nothing
    sent: list[str] = field(default_factory=list)
    cut: int = 0  # requests that were open, or begun, while the server itself was away
    away: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def silence(self, what: str) -> None:
        """A client was told nothing."""
        if self.away.is_set():
            self.cut += 1
        else:
            self.nothing.append(what)


def raw(http: httpx.Client, model: str) -> httpx.Response:
    body = {"model": model, "max_tokens": 8, "messages": [{"role": "user", "content": "One word about banks"}]}
    return http.post("/v1/chat/completions", json=body)


def listing(http: httpx.Client, _model: str) -> httpx.Response:
    return http.get("/v1/documents")


def upload(http: httpx.Client, _model: str) -> httpx.Response:
    number = time.monotonic_ns()
    return http.post("/v1/documents", files={"file": (f"{number}.md", f"# Paper {number}\n\nThe fee was {number % 97}%.\n".encode())})


def client(server: Server, ask: Callable[[httpx.Client, str], httpx.Response], told: Told) -> None:
    with httpx.Client(base_url=server.url, headers=server.headers, timeout=90) as http:
        while not told.ended.wait(0.2):
            try:
                answer = ask(http, server.settings.model)
            except httpx.HTTPError as error:
                told.silence(f"{ask.__name__}: {type(error).__name__}")
                continue
            told.statuses[f"{ask.__name__} {answer.status_code}"] += 1
            if answer.status_code >= 400 and "error" not in answer.json():
                told.nothing.append(answer.text[:100])
            if ask is upload and answer.status_code == 202:
                told.sent.append(answer.json()["id"])
                with contextlib.suppress(httpx.HTTPError):  # one at a time, so that a queue does not pass for a slow recovery
                    http.get(f"/v1/uploads/{told.sent[-1]}/events")


def generation(server: Server, told: Told) -> threading.Thread:
    """A long answer that has begun when this returns, so that what is killed now is killed in the middle of it."""
    begun = threading.Event()

    def ask() -> None:
        body = {"model": server.settings.model, "max_tokens": 400, "stream": True}
        body["messages"] = [{"role": "user", "content": f"Tell a long story about bank {time.monotonic_ns()}"}]
        try:
            with httpx.stream("POST", f"{server.url}/v1/chat/completions", json=body, headers=server.headers, timeout=90) as answer:
                lines = []
                for line in answer.iter_lines():
                    lines.append(line)
                    if len(lines) > 6:
                        begun.set()
            whole = any("[DONE]" in line or '"error"' in line for line in lines)
            told.statuses[f"generation {'told its end' if whole else 'cut off'}"] += 1
            if not whole:
                told.silence("generation: no end was told")
        except httpx.HTTPError as error:
            told.silence(f"generation: {type(error).__name__}")
        begun.set()

    thread = threading.Thread(target=ask)
    thread.start()
    begun.wait(60)
    return thread


def kill(server: Server, name: str) -> None:
    for pid in pids(server, name):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def pids(server: Server, name: str) -> list[int]:
    """Of a process by its name; the server is what the loop that starts it again has as its child."""
    home = str(server.settings.home.absolute())
    if name == "server":
        return [pid for pid in families([server.pid]) if b"serve" in arguments(pid) and b"again" not in arguments(pid)]
    if name == "supervisor":
        return [pid for pid in every() if arguments(pid)[2:4] == [b"finfoundry.runtime.daemon", home.encode()]]
    return [one.pid for one in Supervisor(server.settings.home).status() if one.name == name and one.pid]


def every() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]


def arguments(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:  # it ended
        return []


def recovered(server: Server, name: str, http: httpx.Client) -> bool:
    """Whether what was killed does its work again."""
    try:
        if name in ("engine", "supervisor") and raw(http, server.settings.model).status_code != 200:
            return False
        if name == "engine":
            return True
        if name in ("postgres", "server"):
            return listing(http, "").status_code == 200
        sent = upload(http, "")
        return sent.status_code == 202 and '"state":"done"' in http.get(f"/v1/uploads/{sent.json()['id']}/events").text
    except httpx.HTTPError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--only", nargs="*", choices=KILLED, default=KILLED)
    wanted = parser.parse_args()
    with running(model=wanted.model, again=True) as server, httpx.Client(base_url=server.url, headers=server.headers, timeout=90) as http:
        start_engine(server)
        told = Told()
        threads = [threading.Thread(target=client, args=(server, ask, told)) for ask in (raw, raw, listing, upload)]
        for thread in threads:
            thread.start()
        times: dict[str, list[float]] = {name: [] for name in wanted.only}
        for number in range(1, min(wanted.times, 100) + 1):
            for name, each in times.items():
                amid = generation(server, told) if number % 2 == 0 else None
                each.append(once(server, name, http, told))
                if amid:
                    amid.join()
            print(f"round {number}: " + ", ".join(f"{name} back after {each[-1]:.1f} s" for name, each in times.items()), flush=True)
        told.ended.set()
        for thread in threads:
            thread.join()
        states = Counter(state(http, identifier) for identifier in told.sent)
        names = Counter(one["name"] for one in http.get("/v1/documents").json())
        doubled = [name for name, count in names.items() if count > 1]
        for name, each in times.items():
            print(f"{name:9} killed {len(each)} times: back after {statistics.median(each):.1f} s median, {max(each):.1f} s at most")
        print(
            f"answers {dict(sorted(told.statuses.items()))}; told nothing: {len(told.nothing)} {told.nothing[:3]};"
            f" cut off with the server itself: {told.cut}"
        )
        print(f"uploads taken {len(told.sent)}: {dict(states)}; documents {len(names)}, doubled {len(doubled)}")
        print(f"audit: {verified(server)}; {load()}")


def once(server: Server, name: str, http: httpx.Client, told: Told) -> float:
    time.sleep(1)
    if name == "server":
        told.away.set()
    while not (old := pids(server, name)) and not told.ended.wait(0.1):
        pass  # it is just being started
    begun = time.monotonic()
    kill(server, name)
    while (set(pids(server, name)) <= set(old) or not recovered(server, name, http)) and time.monotonic() - begun < LONGEST:
        time.sleep(0.1)
    taken = time.monotonic() - begun
    time.sleep(0.5)  # who was cut off has noticed
    told.away.clear()
    return taken


def state(http: httpx.Client, identifier: str) -> str:
    deadline = time.monotonic() + 60
    while (found := http.get(f"/v1/uploads/{identifier}").json())["state"] in ("waiting", "reading") and time.monotonic() < deadline:
        time.sleep(0.2)
    return str(found["state"])


def verified(server: Server) -> str:
    with open_app(server.settings) as app:
        found = app.audit_verify()
    return "the chain holds" if found.ok else f"broken: {found.problems[:2]}"
