"""What a parser that was taken over can reach: 20 attempts, each in the place of a real parser, each of which must fail.

A file of a stranger may hold a fault of a library and run code of its own in the process that reads it. Here that code is ours: it tries
to read keys and environment, to reach the network, to start processes, to change files, to harm other processes and the next file, to
take memory and time without end, and to make the receiving process run something.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import pickle
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

SECRET = "finfoundry-secret-8261"
VARIABLE = "FINFOUNDRY_ENGINE_KEY"
BARE = "FINFOUNDRY_ESCAPE_WITHOUT_CONFINEMENT"
SECONDS, MEMORY = 10.0, 2**30

State = dict[str, Any]
libc = ctypes.CDLL(None, use_errno=True)
kept: list[str] = []  # lives on in a reader that would read a second file


class Attempts:
    """Each returns what it got, or raises; ``state`` names what is there to be reached."""

    @staticmethod
    def read_the_key_of_the_home(state: State) -> str:
        return Path(state["key"]).read_text()

    @staticmethod
    def list_the_home(state: State) -> str:
        return SECRET if list(Path(state["home"]).iterdir()) else ""

    @staticmethod
    def read_the_users_of_the_machine(_: State) -> str:
        return SECRET if Path("/etc/passwd").read_text() else ""

    @staticmethod
    def read_its_environment(_: State) -> str:
        return os.environ[VARIABLE]

    @staticmethod
    def read_the_environment_of_the_service(state: State) -> str:
        return Path(f"/proc/{state['parent']}/environ").read_text()

    @staticmethod
    def read_the_memory_of_the_service(state: State) -> str:
        target = ctypes.create_string_buffer(16)
        pieces = (ctypes.c_void_p * 2)(ctypes.addressof(target), 16)
        there = (ctypes.c_void_p * 2)(state["address"], 16)
        got = libc.process_vm_readv(state["parent"], pieces, 1, there, 1, 0)
        return SECRET if got > 0 else ""

    @staticmethod
    def write_a_file(state: State) -> str:
        (Path(state["open"]) / "made").write_text("x")
        return SECRET

    @staticmethod
    def change_the_program(_: State) -> str:
        with Path(msgspec.__file__).open("r+b") as file:
            file.read(1)
        return SECRET

    @staticmethod
    def make_and_remove_links(state: State) -> str:
        (Path(state["open"]) / "link").symlink_to(state["key"])
        return SECRET

    @staticmethod
    def connect_by_tcp(state: State) -> str:
        with socket.create_connection(("127.0.0.1", state["port"]), 2) as line:
            line.sendall(b"x")
        return SECRET

    @staticmethod
    def send_a_datagram(state: State) -> str:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.sendto(b"x", ("127.0.0.1", state["port"]))
        return SECRET

    @staticmethod
    def reach_the_database_by_its_socket(state: State) -> str:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(state["socket"])
        return SECRET

    @staticmethod
    def start_a_shell(state: State) -> str:
        return subprocess.run(["/bin/cat", state["key"]], capture_output=True, text=True, check=True).stdout

    @staticmethod
    def fork_without_end(_: State) -> str:
        started = 0
        for _again in range(200):
            if os.fork() == 0:
                time.sleep(2)
                os._exit(0)
            started += 1
        return SECRET if started else ""

    @staticmethod
    def start_threads_without_end(_: State) -> str:
        for _again in range(200):
            threading.Thread(target=time.sleep, args=(2,), daemon=True).start()
        return SECRET

    @staticmethod
    def stop_the_service(state: State) -> str:
        os.kill(state["victim"], 9)
        return SECRET

    @staticmethod
    def lift_its_limits_and_take_memory(_: State) -> str:
        for limit in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
            resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        held = mmap.mmap(-1, 3 * MEMORY)  # shared memory counts for the first of the two only
        return SECRET if held else ""

    @staticmethod
    def never_end(_: State) -> str:
        end = time.monotonic() + 20 * SECONDS
        while time.monotonic() < end:
            pass
        return SECRET

    @staticmethod
    def leave_something_for_the_next_file(_: State) -> str:
        if kept:
            return kept[0]
        kept.append(SECRET)
        return ""

    @staticmethod
    def answer_with_a_program(state: State) -> str:
        body = pickle.dumps(_Bomb(str(Path(state["open"]) / "ran")))
        os.write(state["outcome"], body)
        os._exit(0)


class _Bomb:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, str]]:
        return os.system, (f"touch {self.path}", self.path)[:1]  # type: ignore[return-value]


NAMES = [name for name in vars(Attempts) if not name.startswith("_")]


@dataclass(frozen=True, slots=True)
class Result:
    """One attempt: whether it reached what it wanted, and how it ended."""

    name: str
    escaped: bool
    how: str


def attempts(names: list[str], *, confined: bool = True, seconds: float = SECONDS) -> Iterator[Result]:
    """Each attempt through the workers of the product, with a malicious parser in the place of the real one. ``seconds`` an attempt may
    take, the start of a reader included.
    """
    from finfoundry.knowledge.ingest import workers

    program, workers.PROGRAM = workers.PROGRAM, (str(Path(__file__).resolve()), "serve" if confined else "bare")
    try:
        with _targets() as (state, victim):
            pool = workers.Workers(processes=1, timeout=seconds, memory=MEMORY)
            try:
                for name in names:
                    yield _attempt(pool, name, state, victim, seconds)
            finally:
                pool.close()
    finally:
        workers.PROGRAM = program


def _attempt(pool: Any, name: str, state: State, victim: subprocess.Popen[bytes], seconds: float) -> Result:
    data = msgspec.json.encode({"attempt": name, **state})
    how = ""
    started = time.monotonic()
    for _ in range(2):  # the second shows what the first left behind
        (outcome,) = pool.parse_all([(Path("hostile.md"), data)])
        how = str(outcome.result)
        if SECRET in how:
            break
    open_folder = Path(state["open"])
    made = [path.name for path in open_folder.iterdir()]
    for path in open_folder.iterdir():
        path.unlink()
    endless = time.monotonic() - started > 4 * seconds
    dead = name == "stop_the_service" and victim.poll() is not None
    return Result(name, SECRET in how or bool(made) or endless or dead, how.replace(SECRET, "the secret")[:90])


@contextmanager
def _targets() -> Iterator[tuple[State, subprocess.Popen[bytes]]]:
    """A home with a key, a folder that everybody may write to, listeners, a process of ours, a secret in the environment."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        home, free = Path(folder) / "home", Path(folder) / "open"
        home.mkdir()
        free.mkdir()
        free.chmod(0o777)
        Path(folder).chmod(0o755)
        (home / "key").write_text(SECRET)
        unix.bind(str(home / "socket"))
        unix.listen()
        os.environ[VARIABLE] = SECRET
        memory = ctypes.create_string_buffer(SECRET.encode())
        victim = subprocess.Popen(["sleep", "600"])
        try:
            state = {"home": str(home), "key": str(home / "key"), "open": str(free), "socket": str(home / "socket")}
            numbers = {"port": tcp.getsockname()[1], "parent": os.getpid(), "victim": victim.pid, "address": ctypes.addressof(memory)}
            yield {**state, **numbers}, victim
        finally:
            del os.environ[VARIABLE]
            victim.kill()
            victim.wait()


def _serve(handle: int, *, confined: bool) -> None:
    """The reader of the product, with another parser; ``confined`` False shows what the attempts reach without its limits."""
    from finfoundry.core.errors import ParseError
    from finfoundry.knowledge.ingest import parse_file, reader
    from finfoundry.runtime import sandbox

    harmless = parse_file.parse

    def hostile(data: bytes, name: str, **options: Any) -> Any:
        if not data.startswith(b"{"):
            return harmless(data, name, **options)
        state = msgspec.json.decode(data)
        state["outcome"] = max(int(entry) for entry in range(3, 64) if _is_open(entry))
        try:
            got = getattr(Attempts, state["attempt"])(state)
        except BaseException as error:
            raise ParseError(f"refused: {type(error).__name__}") from error
        raise ParseError(f"got {got}")

    parse_file.parse = hostile
    if not confined:
        sandbox.__dict__["confine"] = lambda *_args, **_options: None
    reader.serve(socket.socket(fileno=handle))


def _is_open(handle: int) -> bool:
    try:
        os.fstat(handle)
    except OSError:
        return False
    return True


if __name__ == "__main__":  # the reader that `attempts` starts in the place of the product's
    _serve(int(sys.argv[2]), confined=sys.argv[1] == "serve")
