"""Experts apart: processes of the engine each hold a part of a mixture's experts, and compute together what one that holds all computes.

Each process has the whole of attention and vocabulary, and of every block its own experts and their rows of the router: a GGUF file like
any. In every block it gives the scores of its experts, takes what each of them counts, gives what they made, and takes what all made. The
gate, between the processes, chooses as the whole router would, sums, and notes what was sent to whom.
"""

from __future__ import annotations

import functools
import json
import multiprocessing
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.errors import EngineError, InputError, SettingsError
from finfoundry.core.model_files.gguf_container import Container, Planned, Tensor, byte_size, open_container, write_container
from finfoundry.train.base import Base
from finfoundry.train.gguf_file.keys import with_values
from finfoundry.train.light import engine_nodes
from finfoundry.train.light.activations import LENGTH, rows_of
from finfoundry.train.light.engine_nodes import BATCH, Floats, library
from finfoundry.train.machine import free_disk

SCORES, SHARES, MADE = "ffn_moe_logits", "ffn_moe_weights_norm", "ffn_moe_out"  # nodes of a block, as llama.cpp names them
ROUTED = (".ffn_gate_inp.", ".ffn_gate_exps.", ".ffn_up_exps.", ".ffn_down_exps.")  # tensors with rows of experts
PATIENCE = 600.0  # seconds for an answer of a process
Part = tuple[int, ...]  # experts side by side


@dataclass(frozen=True)
class Dispatch:
    """So many tokens went to an expert of a block, in a process."""

    block: int
    expert: int
    process: int
    tokens: int


@dataclass(frozen=True)
class Held:
    """What a process holds: ``bytes`` of its file; ``resident`` of its memory, after it has read, the interpreter included."""

    experts: list[int]
    bytes: int
    resident: int


@dataclass(frozen=True)
class Apart:
    """A mixture in one process of the engine and in several. ``use``: of each corpus' tokens the share that each expert takes first.
    ``dispatched``: tokens that each process was sent for each of its experts, over all blocks. ``difference``: of the logits, the largest,
    over their deviation; ``same``: of the likeliest tokens, the share.
    """

    whole: Held
    processes: list[Held]
    use: dict[str, list[float]]
    dispatched: list[dict[int, int]]
    difference: float
    same: float
    tokens: int


def compared_apart(base: Base, corpora: Mapping[str, Iterable[str]], processes: int, tokens: int = 512) -> Apart:
    """Read texts both ways. Raises what ``apart`` raises."""
    far, same, count, use = 0.0, 0, 0, dict[str, list[float]]()
    with apart(base, processes) as gate, _process(base.path) as whole:
        for name, texts in corpora.items():
            before = gate.first.sum(0)
            for ids in rows_of(base, texts, tokens):
                for place in range(0, len(ids), BATCH):
                    some = ids[place : place + BATCH]
                    one, other = whole.read(some, anew=not place), gate.read(some, anew=not place)
                    far = max(far, float(np.abs(one - other).max() / one.std()))
                    same, count = same + int((one.argmax(-1) == other.argmax(-1)).sum()), count + len(some)
            taken = gate.first.sum(0) - before
            use[name] = [round(float(share), 4) for share in taken / taken.sum()]
        held = [Held(list(part), one.path.stat().st_size, one.resident()) for part, one in zip(gate.parts, gate.processes, strict=True)]
        every = Held([*range(base.config.experts)], base.path.stat().st_size, whole.resident())
    return Apart(every, held, use, gate.dispatched(), round(far, 7), round(same / count, 6), count)


@contextmanager
def apart(base: Base, processes: int) -> Iterator[Gate]:
    """The model whose experts lie in so many processes. Raises InputError for a model without experts, fewer of them than processes, or
    another architecture than Llama's; EngineError for an engine that cannot be called from within; SettingsError for a full disk.
    """
    container, experts = open_container(base.path), base.config.experts
    if not 1 < processes <= experts or container.architecture != "llama":
        raise InputError(
            f"{experts} experts do not lie in {processes} processes",
            remedy="Give a mixture of `finfoundry lighten experts`, and 2 or more processes but no more than experts",
        )
    library()
    parts: list[Part] = [tuple(part.tolist()) for part in np.array_split(np.arange(experts), processes)]
    blocks, used = container.number("llama.block_count"), container.number("llama.expert_used_count")
    gives, takes = ([f"{node}-{block}" for block in range(blocks) for node in some] for some in ((SCORES, MADE), (SHARES, MADE)))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="finfoundry-apart-")))
        files = [write_part(container, part, used, folder / f"part-{number}.gguf") for number, part in enumerate(parts)]
        yield Gate(parts, [stack.enter_context(_process(file, gives, takes)) for file in files], blocks, used)


def write_part(container: Container, part: Part, used: int, path: Path) -> Path:
    """The model with these experts and no others, their bytes as they are stored. Raises SettingsError for a full disk."""
    tensors = [_planned(one, part) for one in container.tensors.values()]
    size = sum(byte_size(tensor.shape, tensor.kind) for tensor in tensors)
    if size > free_disk(path.parent):
        raise SettingsError(f"{size / 1e6:.0f} MB do not fit on the disk of {path.parent}", remedy="Make room, or set TMPDIR")
    values = {"llama.expert_count": len(part), "llama.expert_used_count": min(used, len(part))}
    write_container(path, *with_values(container, values), tensors)
    return path


def _planned(tensor: Tensor, part: Part) -> Planned:
    if any(name in tensor.name for name in ROUTED):
        tensor = tensor.rows(part[0], part[-1] + 1)
    return Planned(tensor.name, tensor.shape, tensor.kind, functools.partial(np.asarray, tensor.data))


@dataclass
class Gate:
    """Processes that read as one. ``sent`` grows as they read: (blocks, experts) tokens; ``first``: those that each expert took first."""

    parts: Sequence[Part]
    processes: Sequence[Process]
    blocks: int
    used: int
    sent: Any = field(init=False)
    first: Any = field(init=False)

    def __post_init__(self) -> None:
        self.sent, self.first = (np.zeros((self.blocks, sum(map(len, self.parts))), np.int64) for _ in range(2))

    def read(self, tokens: Sequence[int], *, anew: bool = False) -> Floats:
        """As ``Engine.read``: every process computes all blocks, and is answered on the way. Raises EngineError where its nodes have other
        names, or where a process ended.
        """
        for one in self.processes:
            one.ask(tokens, anew)
        for block in range(self.blocks):
            scores = np.concatenate([one.given(len(tokens)) for one in self.processes], 1)
            if scores.shape[1] != self.sent.shape[1]:
                raise EngineError(f"the engine gives no {SCORES}-{block}", remedy="Install the version of requirements/core.lock")
            shares = self._shares(block, scores)
            for one, part in zip(self.processes, self.parts, strict=True):
                one.give(_ranked(scores[:, list(part)], shares[:, list(part)], self.used))
            total = np.sum([one.given(len(tokens)) for one in self.processes], 0)
            for one in self.processes:
                one.give(total)
        first, *_ = [one.given(len(tokens)) for one in self.processes]  # all give the same
        return first

    def trace(self) -> list[Dispatch]:
        """What was sent so far, block by block."""
        places = {expert: process for process, part in enumerate(self.parts) for expert in part}
        return [
            Dispatch(block, expert, places[expert], int(self.sent[block, expert]))
            for block, expert in np.argwhere(self.sent).tolist()
        ]  # fmt: skip

    def dispatched(self) -> list[dict[int, int]]:
        """Of each process, by expert, over all blocks."""
        return [{expert: int(self.sent[:, expert].sum()) for expert in part} for part in self.parts]

    def _shares(self, block: int, scores: Floats) -> Floats:
        """What each expert counts for each token, both (tokens, experts); zero for those that are not chosen."""
        order = _order(scores)[:, : self.used]
        chosen = np.take_along_axis(scores, order, 1)
        likely, shares = np.exp(chosen - chosen.max(1, keepdims=True)), np.zeros_like(scores)
        np.put_along_axis(shares, order, likely / likely.sum(1, keepdims=True), 1)
        self.sent[block] += np.bincount(order.reshape(-1), minlength=scores.shape[1])
        self.first[block] += np.bincount(order[:, 0], minlength=scores.shape[1])
        return shares


def _order(scores: Floats) -> NDArray[np.int64]:
    """Experts of each token, the likeliest first."""
    return np.argsort(-scores, 1, kind="stable")


def _ranked(scores: Floats, shares: Floats, used: int) -> Floats:
    """The shares of the experts that a process computes: of its own the likeliest few, as it ranks them."""
    found: Floats = np.take_along_axis(shares, _order(scores)[:, :used], 1)
    return found


class Process:
    """An engine in a process of its own, and the line to it."""

    def __init__(self, path: Path, child: subprocess.Popen[bytes], line: Connection) -> None:
        self.path, self._child, self._line = path, child, line

    def hold(self, told: engine_nodes.Holding) -> None:
        self._send(json.dumps(asdict(told)).encode())

    def read(self, tokens: Sequence[int], *, anew: bool = False) -> Floats:
        """As ``Engine.read``, of a process that does not stop within."""
        self.ask(tokens, anew)
        return self.given(len(tokens))

    def ask(self, tokens: Sequence[int], anew: bool) -> None:
        self._send(np.array([anew, *tokens], np.int32).tobytes())

    def give(self, values: Floats) -> None:
        self._send(values.tobytes())

    def given(self, rows: int) -> Floats:
        """What it gives next, a row a token. Raises EngineError where it ended or does not answer."""
        with suppress(EOFError, OSError):
            if self._line.poll(PATIENCE):
                return np.frombuffer(self._line.recv_bytes(), np.float32).reshape(rows, -1)
        raise self._gone()

    def _send(self, data: bytes) -> None:
        try:
            self._line.send_bytes(data)
        except OSError:
            raise self._gone() from None

    def _gone(self) -> EngineError:
        return EngineError(f"the process that holds {self.path.name} does not answer", remedy="See what it wrote; free memory")

    def end(self) -> None:
        self._line.close()
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(10)
        self._child.kill()
        self._child.wait()

    def resident(self) -> int:
        """Bytes of its memory that are in use (Linux tells)."""
        (line,) = [one for one in Path(f"/proc/{self._child.pid}/status").read_text().splitlines() if one.startswith("VmRSS")]
        return int(line.split()[1]) * 1024


@contextmanager
def _process(path: Path, gives: Sequence[str] = (), takes: Sequence[str] = ()) -> Iterator[Process]:
    ours, theirs = multiprocessing.Pipe()
    command = [sys.executable, "-m", engine_nodes.__name__, str(theirs.fileno())]
    child = subprocess.Popen(command, pass_fds=[theirs.fileno()])  # noqa: S603  our own words only
    theirs.close()  # so that a process that ends is noticed
    found = Process(path, child, ours)
    try:
        found.hold(engine_nodes.Holding(str(path.absolute()), LENGTH, tuple(gives), tuple(takes)))
        yield found
    finally:
        found.end()
