"""Counters and times for Prometheus, in its text format (version 0.0.4). No content, no user names.

Of several processes each writes what it counted into a folder, once a second, so that whichever is asked answers for all.
"""

from __future__ import annotations

import json
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

Labels = tuple[tuple[str, str], ...]
Series = tuple[str, Labels]
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)  # seconds
FOLDER = "FINFOUNDRY_METRICS_FOLDER"  # in the environment of processes that share; not a setting
EACH = 1.0  # seconds between two writings


@dataclass(slots=True)
class MetricCounts:
    """Counters; times (a count for each bucket, then the sum, then the number); gauges, which are those of now."""

    counts: dict[Series, float] = field(default_factory=lambda: defaultdict(float))
    times: dict[Series, list[float]] = field(default_factory=dict)
    gauges: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, other: MetricCounts) -> None:
        for series, value in other.counts.items():
            self.counts[series] += value
        for series, row in other.times.items():
            self.times[series] = [a + b for a, b in zip(self.times.get(series, [0.0] * len(row)), row, strict=True)]
        for name, value in other.gauges.items():
            self.gauges[name] += value

    def to_json(self) -> str:
        return json.dumps([list(self.counts.items()), list(self.times.items()), self.gauges])

    @classmethod
    def from_json(cls, text: str) -> MetricCounts:
        counts, times, gauges = json.loads(text)
        return cls({_series(key): value for key, value in counts}, {_series(key): row for key, row in times}, gauges)


class Metrics:
    """What one process counts and times; safe to use from several threads."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or (Path(os.environ[FOLDER]) if FOLDER in os.environ else None)
        self._lock = threading.Lock()
        self._own = MetricCounts()

    def count(self, name: str, amount: float = 1.0, **labels: str) -> None:
        with self._lock:
            self._own.counts[name, tuple(sorted(labels.items()))] += amount

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Count a duration in the histogram ``name`` with these labels."""
        with self._lock:
            row = self._own.times.setdefault((name, tuple(sorted(labels.items()))), [0.0] * (len(BUCKETS) + 2))
            for place, bound in enumerate(BUCKETS):
                row[place] += seconds <= bound
            row[-2] += seconds
            row[-1] += 1

    def text(self, gauges: Mapping[str, float]) -> str:
        """All that was counted, by other processes, too, and the gauges' present values, in Prometheus' text format."""
        found = self._now(gauges)
        for other in self._others():
            found.add(other)
        statuses = {labels: value for (name, labels), value in found.counts.items() if name == "answers_total"}
        if statuses:
            found.gauges["answers_withheld_share"] = statuses.get((("status", "withheld"),), 0.0) / sum(statuses.values())
        return "\n".join([*_gauges(found.gauges), *_counters(found.counts), *_histograms(found.times)]) + "\n"

    @contextmanager
    def shared(self, gauges: Callable[[], Mapping[str, float]]) -> Iterator[None]:
        """A context in which other processes see what this one counts, where there is a folder for it."""
        ended = threading.Event()
        writer = threading.Thread(target=self._write_until, args=(ended, gauges), daemon=True)
        if self._folder:
            writer.start()
        try:
            yield
        finally:
            ended.set()

    def _now(self, gauges: Mapping[str, float]) -> MetricCounts:
        with self._lock:
            now = MetricCounts()
            now.add(self._own)
        now.gauges.update(gauges)
        return now

    def _write_until(self, ended: threading.Event, gauges: Callable[[], Mapping[str, float]]) -> None:
        assert self._folder  # noqa: S101  the thread is started only then
        own = self._folder / f"{os.getpid()}.json"
        while not ended.wait(EACH):
            new = own.with_suffix(".new")
            new.write_text(self._now(gauges()).to_json())
            new.replace(own)

    def _others(self) -> Iterator[MetricCounts]:
        for path in sorted(self._folder.glob("*.json")) if self._folder else []:
            if path.stem != str(os.getpid()):
                with suppress(OSError, ValueError):  # it may end, or its file be replaced, in this moment
                    other = MetricCounts.from_json(path.read_text())
                    if not Path(f"/proc/{path.stem}").exists():
                        other.gauges.clear()  # what a process that died had counted still counts
                    yield other


def _series(key: tuple[str, list[list[str]]]) -> Series:
    name, labels = key
    return name, tuple((label, value) for label, value in labels)


def _gauges(gauges: Mapping[str, float]) -> Iterator[str]:
    for name, value in gauges.items():
        yield f"# TYPE finfoundry_{name} gauge"
        yield f"finfoundry_{name} {value:g}"


def _counters(counts: Mapping[Series, float]) -> Iterator[str]:
    last = None
    for (name, labels), value in sorted(counts.items()):
        if name != last:
            yield f"# TYPE finfoundry_{name} counter"
        last = name
        yield f"finfoundry_{name}{_shown(labels)} {value:.15g}"


def _histograms(times: Mapping[Series, list[float]]) -> Iterator[str]:
    last = None
    for (name, labels), row in sorted(times.items()):
        if name != last:
            yield f"# TYPE finfoundry_{name} histogram"
        last = name
        for bound, value in zip((*map(str, BUCKETS), "+Inf"), (*row[:-2], row[-1]), strict=True):
            yield f"finfoundry_{name}_bucket{_shown((*labels, ('le', bound)))} {value:.15g}"
        yield f"finfoundry_{name}_sum{_shown(labels)} {row[-2]:g}"
        yield f"finfoundry_{name}_count{_shown(labels)} {row[-1]:.15g}"


def _shown(labels: Labels) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
