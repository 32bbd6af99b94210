"""The loop that every method shares: packs in, one step of the optimizer out, checkpoints, progress.

A step's gradient is that of the mean over all its target tokens, however they are spread over packs and processes. Whatever is random in a
step is drawn from the seed and the step's number, and the learning rate is a function of it, so a run that is resumed ends with the bits
with which it would have ended.
"""

from __future__ import annotations

import contextlib
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from finfoundry.core.errors import SettingsError
from finfoundry.core.model_files.tuned_file import HEADS
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.train.checkpoint import Checkpoint, RunIdentity, latest, write
from finfoundry.train.curve import LossPoint, append_log, draw, read_log, write_log
from finfoundry.train.development import Watch, mean_loss
from finfoundry.train.packing import EarlyEnd, Pack, RowTokens, Steps
from finfoundry.train.recipe import Recipe
from finfoundry.train.sharding import divided, sharded, wait, whole

Step = Callable[[nn.Module, Pack], Tensor]  # the summed loss of a pack; its gradient is what the method teaches
LOG, PLOT, CHECKPOINTS = "log.jsonl", "loss.svg", "checkpoints"


@dataclass
class LoopRun:
    """All that a loop needs. ``module`` is what ``step`` is called with; ``learned`` are the tensors that make up a checkpoint."""

    recipe: Recipe
    module: nn.Module
    learned: dict[str, Tensor]
    order: Steps
    step: Step
    folder: Path
    identity: RunIdentity
    dtype: torch.dtype
    flops: Callable[[Pack], float]  # of a pack, forward and backward
    peak: float  # floating-point operations a second that the machine could do
    held: Sequence[RowTokens] = ()  # rows whose loss is watched (development)
    saved: Callable[[Sequence[LossPoint]], None] = lambda _: None  # told of all steps when a checkpoint was written


@dataclass(frozen=True)
class LoopOutcome:
    steps: int
    resumed: int  # steps that an earlier process had done
    tokens: int  # of all steps
    seconds: float  # of this process
    loss: float  # mean of the last tenth of the steps
    share_of_peak: float
    stopped: bool  # by Ctrl-C, after a checkpoint
    best_step: int | None = None  # whose weights were kept, where rows are held back
    development_loss: float | None = None  # of these weights
    ended: str = ""  # why before its last step, where the method says so


def train(run: LoopRun, report: Report = silent) -> LoopOutcome:
    """Train to the end, or on from the newest checkpoint; Ctrl-C writes one and stops. Where rows are held back the weights are at last
    those with the lowest loss on them. Raises what ``latest`` and ``write`` raise.
    """
    way = _Way(run, report)
    way.go()
    watch, outcome = way.watch, way.outcome
    if watch is None or watch.best is None or outcome.stopped:
        return outcome
    way.accelerator.wait_for_everyone()
    _put(run, watch.weights())
    return replace(outcome, best_step=watch.best.step, development_loss=watch.best.loss)


class _Way:
    """One process on its way through the steps of a run, from the newest checkpoint on."""

    def __init__(self, run: LoopRun, report: Report) -> None:
        self.run, self._report = run, report
        self.accelerator = Accelerator(cpu=not torch.cuda.is_available())
        processes = self.accelerator.num_processes
        if run.order.packs % processes:
            raise SettingsError(f"{run.order.packs} packs a step do not divide by {processes} processes", remedy="Change packs")
        self._optimizer: Any = torch.optim.AdamW(_groups(run), lr=run.recipe.learning_rate, betas=(0.9, 0.95), fused=True)
        self._done = _restore(run, self._optimizer)
        self._module = run.module
        if not sharded(run.module):
            self._module, self._optimizer = self.accelerator.prepare(run.module, self._optimizer)
        self._points, self._clock = read_log(run.folder / LOG, self._done), Clock(run, self._done)
        self._writes = self.accelerator.is_main_process
        if self._writes:
            write_log(run.folder / LOG, self._points)  # without the steps after the checkpoint, which are taken again
        self.watch = _watch(run, self._done, writes=self._writes)
        self._stopped, self._ended = False, ""

    def go(self) -> None:
        """Until the last step, Ctrl-C, or an end that the method or the development loss gives."""
        run = self.run
        with _interrupts() as interrupted:
            for number in range(self._done, run.order.steps):
                if self._over or not self._take(number):
                    return
                last = number + 1 == run.order.steps or self._over
                self._stopped = _anybody(self.accelerator, interrupted.is_set()) and not last
                if last or (number + 1) % run.recipe.checkpoint_every == 0 or self._stopped:
                    _save(run, self._optimizer, self._points, self._writes)
                if self._stopped:
                    return

    @property
    def _over(self) -> bool:
        return bool(self.watch and self.watch.over)

    def _take(self, number: int) -> bool:
        """Take a step, tell of it, and look at the rows held back; False where the method ends the run instead."""
        run, begin = self.run, time.perf_counter()
        try:
            packs = run.order.step(number)
        except EarlyEnd as end:
            self._ended = end.reason
            self._points = _ended(run, self._optimizer, self._points, self._writes, end.reason, back=end.back)
            return False
        self._points.append(_one_step(run, self.accelerator, self._module, self._optimizer, number, packs, begin))
        self._clock.count(self._points[-1].tokens, self._points[-1].seconds, sum(run.flops(pack) for pack in packs))
        self._report(self._clock.progress(self._points))
        if self._writes:
            append_log(run.folder / LOG, self._points[-1])
        if self.watch and self.watch.due(number + 1, run.order.steps):
            loss = mean_loss(run.step, run.module, run.held, run.recipe.pack, run.dtype)
            self.watch.note(number + 1, loss, lambda: _whole(run))
        return True

    @property
    def outcome(self) -> LoopOutcome:
        points = self._points
        tenth = points[-max(1, len(points) // 10) :]
        loss = sum(point.loss for point in tenth) / max(1, len(tenth))
        tokens = sum(point.tokens for point in points)
        return LoopOutcome(len(points), self._done, tokens, self._clock.seconds, loss, self._clock.share, self._stopped, ended=self._ended)


def _watch(run: LoopRun, done: int, *, writes: bool) -> Watch | None:
    """None where no rows are held back."""
    told = run.recipe.development
    return Watch(told, run.folder, run.identity, done, writes=writes) if told and run.held else None


def _whole(run: LoopRun) -> dict[str, Tensor]:
    """What is learned, put together. Every process must call it."""
    return {name: whole(weight) for name, weight in run.learned.items()}


def _put(run: LoopRun, weights: Mapping[str, Tensor]) -> None:
    with torch.no_grad():
        for name, tensor in weights.items():
            run.learned[name].copy_(divided(tensor, run.learned[name]))


def _ended(run: LoopRun, optimizer: Any, points: list[LossPoint], writes: bool, reason: str, *, back: bool) -> list[LossPoint]:
    """The steps that count: those of the last checkpoint, which is put back, or all, of which one is written."""
    if not back:
        _save(run, optimizer, points, writes)
        return points
    kept = points[: _restore(run, optimizer)]
    if not kept:
        raise SettingsError(
            f"{reason}, before the first checkpoint", remedy="Lower learning_rate or checkpoint_every, and remove the folder"
        )
    if writes:
        write_log(run.folder / LOG, kept)
    return kept


def _anybody(accelerator: Accelerator, asked: bool) -> bool:
    """Whether any process was asked to stop: then all do, after the same step."""
    if accelerator.num_processes == 1:
        return asked
    return bool(accelerator.reduce(torch.tensor(float(asked), device=accelerator.device), "sum") > 0)


@contextlib.contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Ctrl-C lets the step end, so that a checkpoint of it can be written; a second one does not wait."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def ask(*_: object) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def _one_step(
    run: LoopRun, accelerator: Accelerator, module: nn.Module, optimizer: Any, number: int, packs: list[Pack], begin: float
) -> LossPoint:
    """``begin``: when its packs were asked for, which a method may have to sample first."""
    rate = learning_rate(run.recipe, number, run.order.steps)
    if not packs:
        return LossPoint(number + 1, 0.0, rate, 0.0, 0, round(time.perf_counter() - begin, 4))
    targets = sum(pack.targets for pack in packs)
    mine = packs[accelerator.process_index :: accelerator.num_processes]
    torch.manual_seed(_seed(run.recipe.seed, number, accelerator.process_index))
    total = torch.zeros((), device=accelerator.device)
    for place, pack in enumerate(mine):
        with _adding_up(accelerator, module, more=place + 1 < len(mine)):
            with torch.autocast(accelerator.device.type, run.dtype, enabled=run.dtype != torch.float32):
                loss = run.step(module, pack) / targets
            accelerator.backward(loss * accelerator.num_processes)  # data-parallel wrappers take the mean over processes
        total += loss.detach()
    for group in optimizer.param_groups:
        group["lr"] = rate * group["times"]
    norm = float(whole(accelerator.clip_grad_norm_([w for w in module.parameters() if w.requires_grad], run.recipe.clip)))
    optimizer.step()
    optimizer.zero_grad()
    mean = float(accelerator.reduce(total, "sum"))
    seconds = time.perf_counter() - begin
    return LossPoint(number + 1, mean, rate, norm, sum(pack.tokens for pack in packs), round(seconds, 4))


@contextlib.contextmanager
def _adding_up(accelerator: Accelerator, module: nn.Module, *, more: bool) -> Iterator[None]:
    """Processes exchange gradients after the last pack of a step only."""
    if sharded(module):
        wait(module, more)
        yield
    else:
        with accelerator.no_sync(module) if more else contextlib.nullcontext():
            yield


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """The learning rate of a step, counted from 0: a straight line up, then the recipe's way down to a tenth of the highest."""
    warm = math.ceil(recipe.warmup * steps)
    if step < warm:
        return recipe.learning_rate * (step + 1) / warm
    part = (step - warm) / max(1, steps - warm)
    shape = {"constant": 1.0, "linear": 1 - 0.9 * part, "cosine": 0.1 + 0.45 * (1 + math.cos(math.pi * part))}
    return recipe.learning_rate * shape[recipe.schedule]


def _seed(seed: int, step: int, process: int) -> int:
    return (seed * 1_000_003 + step) * 1_009 + process


def _groups(run: LoopRun) -> list[dict[str, Any]]:
    """Weight decay acts on matrices, not on norms and biases. Heads learn faster: at the rate of the body the body learns sooner to give
    every text one state, which the heads' first guesses ask for, than the heads to tell states apart.
    """
    parts: dict[tuple[bool, bool], list[Tensor]] = {(decays, heads): [] for heads in (False, True) for decays in (True, False)}
    for name, weight in run.learned.items():
        parts[weight.ndim > 1, f".{HEADS}" in f".{name}"].append(weight)
    return [
        {"params": weights, "weight_decay": run.recipe.weight_decay if decays else 0.0, "times": run.recipe.head_rate if heads else 1.0}
        for (decays, heads), weights in parts.items()
        if weights
    ]


def _save(run: LoopRun, optimizer: Any, points: list[LossPoint], writes: bool) -> None:
    """All processes call it, since each may hold a part; one ``writes``."""
    states = optimizer.state_dict()["state"].items()
    moments = {f"{number}/{name}": whole(value) for number, state in states for name, value in state.items()}
    weights = _whole(run)
    if writes:
        (run.folder / PLOT).write_text(draw(points), "utf-8")
        parts = {"weights": weights, "moments": moments} | ({"steps": state} if (state := run.order.state()) else {})
        write(run.folder / CHECKPOINTS, run.identity, Checkpoint(len(points), parts))
        run.saved(points)


def _restore(run: LoopRun, optimizer: torch.optim.Optimizer) -> int:
    """Put the newest checkpoint into weights and optimizer; returns how many steps it had done."""
    found = latest(run.folder / CHECKPOINTS, run.identity)
    if found is None:
        return 0
    _put(run, found.tensors["weights"])
    places = [weight for group in optimizer.param_groups for weight in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in found.tensors["moments"].items():
        number, _, name = key.partition("/")
        like = places[int(number)]
        state.setdefault(int(number), {})[name] = divided(value, like) if value.shape == like.shape else value
    run.order.restore(found.tensors.get("steps", {}))
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return found.step


class Clock:
    """How fast a run is, and how long it will take. The first step is not counted: it warms caches."""

    def __init__(self, run: LoopRun, done: int) -> None:
        self.run, self.done = run, done
        self.tokens, self.seconds, self._flops, self._counted = 0, 0.0, 0.0, 0
        self._warm = (0, 0.0, 0.0)

    def count(self, tokens: int, seconds: float, flops: float) -> None:
        if not self.tokens:
            self._warm = (tokens, seconds, flops)
        self.tokens, self.seconds, self._flops = self.tokens + tokens, self.seconds + seconds, self._flops + flops
        self._counted += 1

    @property
    def rate(self) -> float:
        """Tokens a second."""
        tokens, seconds, _ = self._steady()
        return tokens / max(seconds, 1e-9)

    @property
    def share(self) -> float:
        """The share of the machine's peak operations a second that the run reaches."""
        _, seconds, flops = self._steady()
        return flops / max(seconds, 1e-9) / self.run.peak

    def progress(self, points: list[LossPoint]) -> Progress:
        left = (self.run.order.steps - len(points)) * self.seconds / max(1, self._counted)
        text = f"loss {points[-1].loss:.3f} · {self.rate:,.0f} tokens/s · {self.share:.0%} of peak · {_span(left)} left"
        return Progress(f"train {self.run.recipe.name}", len(points), self.run.order.steps, "steps", text)

    def _steady(self) -> tuple[int, float, float]:
        if self._counted < 2:
            return self.tokens, self.seconds, self._flops
        tokens, seconds, flops = self._warm
        return self.tokens - tokens, self.seconds - seconds, self._flops - flops


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
