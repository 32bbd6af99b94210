"""How the time of every public function over text grows with its length: nothing may be a weapon by being long.

Every public function of core, binding, knowledge, ask and governance whose arguments can all be text is called with texts that make
patterns slow: digits, blanks, brackets, Han characters, pipes, tables. Lengths go from 10 kB to 1 MB as long as the time allows. A
function fails whose time grows faster than n log n, with a margin, in each of three measurements: what else runs only adds time. One that
does so up to 1 MB is measured from there to 4 MB, too, where neither has room in the processor's caches: what is a square stays one.
Baseline: a function that only takes the text apart into words.

python benchmarks/text_growth.py               # all, in about an hour
python benchmarks/text_growth.py units claims  # modules or functions whose name holds one of these
python benchmarks/text_growth.py --state FILE --minutes 8  # a part: the same again goes on; it exits with 2 until all are measured
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import inspect
import io
import json
import math
import os
import pkgutil
import re
import resource
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from measures import carried_out

PACKAGES = ("core", "binding", "knowledge", "ask", "governance")
SHAPES = {
    "digits": "1", "blanks": " ", "wide blanks": "\u3000", "brackets": "(", "square brackets": "[", "angles": "<", "Han": "亿", "one": "一",
    "pipes": "|", "commas": "1,", "points": "1.", "dashes": "-", "letters": "a", "capitals": "A", "lines": "\n", "blank lines": " \n",
    "numbers": "1,234.5 ", "percents": "5.1% ", "amounts": "$12 million ", "yuan": "12亿元", "years": "2020年", "dates": "2020-01-01 ",
    "quarters": "Q1 2020, ", "names": "Alder Foods ", "companies": "云洲银行股份有限公司", "rows": "| 收入 | 1,000 | 2,000 |\n",
    "cells": "Revenue\t1,000\t2,000\n", "sentences": "Revenue rose to $12 million in 2020. ", "clauses": "和净利润", "dots": ".",
    "digits and blanks": "1 ", "Han numerals": "三千", "colons": "：", "units": "单位：", "at": "a@", "open brackets": "（",
    "hashes": "# ", "quotes": '"',
}  # fmt: skip
SIZES = (10_000, 40_000, 160_000, 1_000_000)
BEYOND = (1_000_000, 4_000_000)  # where the first of them has outgrown the caches
FIRST, LATER = 2.0, 0.8  # seconds after which a size is given up: the smallest; the others, or what n log n allows them
NOTICED = 0.1  # seconds below which growth is not judged
MARGIN = 1.8
AGAIN = 2  # measurements of what grew too fast in the first


@dataclass(frozen=True, slots=True)
class Growth:
    """The times of one function over one shape; ``over`` where a size did not end in time."""

    name: str
    shape: str
    seconds: tuple[float, ...]
    over: bool
    sizes: tuple[int, ...] = SIZES

    @property
    def factor(self) -> float:
        """The growth between the last two sizes, as a multiple of that of n log n."""
        if self.over:
            return math.inf
        if len(self.seconds) < 2 or self.seconds[-1] < NOTICED:
            return 0.0
        small, large = self.sizes[len(self.seconds) - 2 : len(self.seconds)]
        return self.seconds[-1] / max(self.seconds[-2], 1e-4) / expected(small, large)


def expected(small: int, large: int) -> float:
    """How many times as long the larger may take at n log n."""
    return large * math.log(large) / (small * math.log(small))


def functions(wanted: list[str]) -> Iterator[tuple[str, Callable[[str], Any]]]:
    for package in PACKAGES:
        root = importlib.import_module(f"finfoundry.{package}")
        for found in pkgutil.walk_packages(root.__path__, f"finfoundry.{package}."):
            module = importlib.import_module(found.name)
            for name, function in vars(module).items():
                label = f"{found.name.removeprefix('finfoundry.')}.{name}"
                if not inspect.isfunction(function) or function.__module__ != found.name or name.startswith("_"):
                    continue
                if (call := _call(function)) and (not wanted or any(part in label for part in wanted)):
                    yield label, call


def _call(function: Callable[..., Any]) -> Callable[[str], Any] | None:
    """The function of its texts alone, each given the same; None where it needs something else."""
    values: list[Any] = []
    texts = 0
    for parameter in inspect.signature(function).parameters.values():
        kind = str(parameter.annotation).strip("'\"")
        if parameter.name == "pattern":  # a pattern is ours
            return None
        if kind in ("str", "str | None"):
            values.append(None)
            texts += 1
        elif kind == "bytes" and not texts:
            values.append(...)
            texts += 1
        elif kind.startswith(("Sequence[str]", "Iterable[str]", "list[str]", "tuple[str, ...]", "Collection[str]")):
            values.append([])
            texts += 1
        elif parameter.default is not inspect.Parameter.empty or parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            break
        else:
            return None
    if not texts:
        return None

    def call(text: str) -> Any:
        given = [text if value is None else text.encode() if value is ... else [text] for value in values]
        found = function(*given)
        return list(found) if inspect.isgenerator(found) else found

    return call


def measure(name: str, call: Callable[[str], Any], shape: str, sizes: tuple[int, ...]) -> Growth:
    """In a process of its own, which the system ends when a size takes too much of the processor."""
    reading, writing = os.pipe()
    if (process := os.fork()) == 0:
        _run(call, SHAPES[shape], writing, sizes)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        seconds = [value for (value,) in struct.iter_unpack("d", pipe.read())]
    _, status = os.waitpid(process, 0)
    return Growth(name, shape, tuple(seconds), over=os.WIFSIGNALED(status), sizes=sizes)


def _run(call: Callable[[str], Any], unit: str, writing: int, sizes: tuple[int, ...]) -> None:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.freeze()  # else a collection of what the parent imported copies all its pages, and is counted where it falls
    may = FIRST
    for number, size in enumerate(sizes):
        allowed = math.ceil(time.process_time() + may)
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.RLIM_INFINITY))
        text = unit * (size // len(unit)) + "x"  # whole ones: another end may be read otherwise
        start = time.process_time()
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
            call(text)
        spent = time.process_time() - start
        os.write(writing, struct.pack("d", spent))
        if spent > LATER / 4 and number:  # the next is at least four times as long: growth shows here already
            break
        may = max(LATER, 1 + MARGIN * spent * expected(size, sizes[number + 1])) if size < sizes[-1] else 0.0
    os._exit(0)


def steady(name: str, call: Callable[[str], Any], shape: str, sizes: tuple[int, ...]) -> Growth:
    """The least growth of up to three measurements; of one where that is as it should be."""
    found = measure(name, call, shape, sizes)
    for _ in range(AGAIN):
        if found.factor <= MARGIN:
            return found
        found = min(found, measure(name, call, shape, sizes), key=lambda growth: growth.factor)
    if found.over or len(found.seconds) < len(SIZES) or sizes == BEYOND:
        return found
    return min(found, steady(name, call, shape, BEYOND), key=lambda growth: growth.factor)


def _read(kept: dict[str, Any]) -> Growth:
    return Growth(**{**kept, "seconds": tuple(kept["seconds"]), "sizes": tuple(kept.get("sizes", SIZES))})


class Kept:
    """What was found of each function, in a file where one is named, so that a run that was cut off is gone on with."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        lines = file.read_text().splitlines() if file and file.exists() else []
        self.found: dict[str, list[Growth]] = {row["name"]: [_read(growth) for growth in row["over"]] for row in map(json.loads, lines)}

    def add(self, name: str, over: list[Growth]) -> None:
        self.found[name] = over
        if self.file:
            with self.file.open("a") as rows:
                print(json.dumps({"name": name, "over": [asdict(growth) for growth in over]}), file=rows)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+|\W", text)


def told(name: str, found: list[Growth]) -> str:
    worst = max(found, key=lambda growth: growth.factor)
    times = " ".join(f"{value:.2f}" for value in worst.seconds)
    return f"{name}: {worst.factor:.1f} × n log n over {worst.shape} ({times} s); {', '.join(g.shape for g in found)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="parts of names of modules or functions")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="leave out longer texts")
    parser.add_argument("--state", type=Path, help="a file that keeps what was found, to go on from")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin with no further function after these")
    options = parser.parse_args()
    kept, until = Kept(options.state), time.monotonic() + options.minutes * 60
    sizes = tuple(size for size in SIZES if size <= options.largest)
    baseline = max((measure("words", _words, shape, sizes) for shape in ("numbers", "digits and blanks")), key=lambda g: g.factor)
    limit = MARGIN * max(1.0, baseline.factor)
    wanted = dict(functions(options.names))  # all imported before the first is measured
    for name, call in wanted.items():
        if name in kept.found:
            continue
        if time.monotonic() > until:
            break
        kept.add(name, [growth for shape in SHAPES if (growth := steady(name, call, shape, sizes)).factor > limit])
        print(told(name, kept.found[name]) if kept.found[name] else f"{name}: as it should", flush=True)
    measured = [name for name in wanted if name in kept.found]
    failed = [name for name in measured if kept.found[name]]
    print(f"{len(failed)} of {len(measured)} functions grow faster than n log n (limit {limit:.1f} ×)")
    print(f"baseline, a text taken apart: {baseline.factor:.1f} ×")
    print("\n".join(told(name, kept.found[name]) for name in failed))
    if len(measured) < len(wanted):
        print(f"{len(wanted) - len(measured)} functions are not measured yet: give the same --state again")
        raise SystemExit(2)
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    carried_out(main)
