"""GGUF files as weapons: headers that lie, counts without end, cut and changed bytes, as a model and as an adapter.

Each of them is read in a process of its own whose memory is watched, as `release propose`, training and the engine read it before
llama.cpp does; what passes is then loaded by the engine, in its own process. A file must be refused with an error that says what is wrong,
or serve; never take more time and memory than its size allows, and never end another process. Baseline: the same for the whole model.

    python benchmarks/service.py hostile-models [--model smollm2-135m-instruct] [--changed 40] [--load]
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from finfoundry.runtime.settings import Settings

MEMORY = 1024**3  # bytes of address space for reading a header
SECONDS = 20.0
READ = """
import resource, sys, time
from pathlib import Path
from finfoundry.base.gguf_file import check_gguf
from finfoundry.core.errors import ModelError
try:
    print("read", check_gguf(Path(sys.argv[1])).context)
except ModelError as error:
    print("refused", error.message)
"""


def text(value: bytes, length: int | None = None) -> bytes:
    return struct.pack("<Q", len(value) if length is None else length) + value


def key(name: bytes, kind: int, value: bytes) -> bytes:
    return text(name) + struct.pack("<I", kind) + value


def header(keys: list[bytes], tensors: list[bytes], *, counts: tuple[int, int] | None = None) -> bytes:
    told = counts or (len(tensors), len(keys))
    return struct.pack("<4sIQQ", b"GGUF", 3, *told) + b"".join(keys) + b"".join(tensors)


def tensor(name: bytes, shape: tuple[int, ...], kind: int = 0, offset: int = 0, dimensions: int | None = None) -> bytes:
    return text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape) if dimensions is None else dimensions, *shape, kind, offset)


ARCHITECTURE = key(b"general.architecture", 8, text(b"llama"))
HUGE = 2**63


def array(kind: int, length: int, body: bytes = b"") -> bytes:
    return struct.pack("<IQ", kind, length) + body


def kinds() -> dict[str, bytes]:
    """Made headers; each is followed by nothing."""
    one = [tensor(b"t", (32,))]
    return {
        "nothing": b"",
        "magic only": b"GGUF",
        "version 99": struct.pack("<4sIQQ", b"GGUF", 99, 1, 1),
        "other byte order": struct.pack(">4sIQQ", b"GGUF", 3, 1, 1),
        "2^63 tensors": header([ARCHITECTURE], [], counts=(HUGE, 1)),
        "2^63 keys": header([ARCHITECTURE], one, counts=(1, HUGE)),
        "10,000,000 tensors, one there": header([ARCHITECTURE], one, counts=(10_000_000, 1)),
        "key of 2^63 characters": header([text(b"", HUGE)], one, counts=(1, 1)),
        "text of 2^40 characters": header([key(b"a", 8, text(b"", 2**40))], one),
        "array of 2^63 numbers": header([ARCHITECTURE, key(b"a", 9, array(4, HUGE))], one),
        "array of 9,000,000 texts, none there": header([ARCHITECTURE, key(b"a", 9, array(8, 9_000_000))], one),
        "arrays in arrays": header([ARCHITECTURE, key(b"a", 9, array(9, 1) * 100_000)], one),
        "a value of unknown type": header([ARCHITECTURE, key(b"a", 77, b"")], one),
        "2^32 dimensions": header([ARCHITECTURE], [tensor(b"t", (1,), dimensions=2**32 - 1)]),
        "shape beyond all memory": header([ARCHITECTURE], [tensor(b"t", (2**62, 2**62))]),
        "offset behind the end": header([ARCHITECTURE], [tensor(b"t", (32,), offset=2**62)]),
        "alignment 0": header([ARCHITECTURE, key(b"general.alignment", 4, struct.pack("<I", 0))], one),
        "alignment 2^63": header([ARCHITECTURE, key(b"general.alignment", 10, struct.pack("<Q", HUGE))], one),
        "alignment that is no number": header([ARCHITECTURE, key(b"general.alignment", 8, text(b"x"))], one),
        "alignment that is infinite": header([ARCHITECTURE, key(b"general.alignment", 6, struct.pack("<f", float("inf")))], one),
        "a key twice": header([ARCHITECTURE, ARCHITECTURE], one),
        "100,000 keys": header([key(b"%d" % n, 4, bytes(4)) for n in range(100_001)], one),
        "no architecture": header([], one) + bytes(200),
        "no tensors": header([ARCHITECTURE], []),
        "context that is a text": header([ARCHITECTURE, key(b"llama.context_length", 8, text(b"many"))], one) + bytes(300),
    }  # fmt: skip


def changed(whole: bytes, number: int) -> bytes:
    """The model with eight bytes of its header changed, or cut at some place."""
    draw = random.Random(number)
    if number % 4 == 0:
        return whole[: draw.randrange(len(whole))]
    at = draw.randrange(8, 60_000) if number % 2 else len(whole) - draw.randrange(1, 2_000_000)
    return whole[:at] + draw.randbytes(8) + whole[at + 8 :]


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def read(path: Path) -> tuple[str, float]:
    """What was said of the file, and seconds of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, preexec_fn=limited, timeout=SECONDS)
        said = done.stdout.strip() or f"FELL: {done.stderr.strip().splitlines()[-1:]}"
    except subprocess.TimeoutExpired:
        said = "FELL: no end"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return said, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def load(model: Path, adapters: Path | None = None) -> str:
    """What the engine's own process says of it: ready, an error, or the signal by which it ended. Ours goes on in any case."""
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder) / "s"
        command = [sys.executable, "-m", "finfoundry.base.llama_server", "--model", str(model), "--name", "m", "--socket", str(socket)]
        command += ["--context", "512", "--threads", "1", *(["--adapters", str(adapters)] if adapters else [])]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        until = time.monotonic() + 60
        while process.poll() is None and not socket.exists() and time.monotonic() < until:
            time.sleep(0.05)
        ready = process.poll() is None
        if ready:
            process.kill()
        told = process.communicate()[1].strip().splitlines()
        return ("serves" if socket.exists() else "no end") if ready else f"ended ({process.returncode}): {told[-1][:90] if told else ''}"


def tried(name: str, data: bytes, folder: Path, loading: Callable[[Path], str] | None, tally: dict[str, int]) -> None:
    path = folder / "model.gguf"
    path.write_bytes(data)
    said, seconds = read(path)
    word = said.split()[0].strip(":")
    tally[word] = tally.get(word, 0) + 1
    loaded = loading(path) if loading and word == "read" else ""
    if loaded:
        tally[f"engine {loaded.split()[0]}"] = tally.get(f"engine {loaded.split()[0]}", 0) + 1
    print(f"{seconds:5.2f} s  {name:40} {said.replace(str(folder), '')[:100]}  {loaded}", flush=True)


def main() -> None:
    os.environ.setdefault("FINFOUNDRY_HOME", tempfile.gettempdir())
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--changed", type=int, default=40, help="copies of the model with some bytes changed")
    parser.add_argument("--load", action="store_true", help="let the engine load what passes, too")
    wanted = parser.parse_args()
    given = Settings()
    model = (given.models or given.home / "models") / wanted.model / "model.gguf"
    whole = model.read_bytes()
    tally: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"baseline, the whole model: {read(model)[0]}; {load(model) if wanted.load else ''}")
        for kind, data in kinds().items():
            tried(kind, data, folder, load if wanted.load else None, tally)
        for number in range(wanted.changed):
            tried(f"{wanted.model}, change {number}", changed(whole, number), folder, load if wanted.load else None, tally)
        if wanted.load:
            adapters = folder / "adapters"
            adapters.mkdir()
            for kind, data in kinds().items():
                (adapters / "a.gguf").write_bytes(data)
                told = load(model, adapters)
                tally[f"adapter {told.split()[0]}"] = tally.get(f"adapter {told.split()[0]}", 0) + 1
                print(f"as an adapter: {kind:40} {told}", flush=True)
    print(f"{len(kinds())} made and {wanted.changed} changed files: {tally}; memory of a reader at most {MEMORY / 2**20:.0f} MiB")
    raise SystemExit(bool(tally.get("FELL")))
