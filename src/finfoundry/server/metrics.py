"""Counters and times for Prometheus, in its text format (version 0.0.4). No content, no user names."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping

Labels = tuple[tuple[str, str], ...]
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)  # seconds


class Metrics:
    """Of one process; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, Labels], float] = defaultdict(float)
        self._times: dict[tuple[str, Labels], list[float]] = {}  # a count for each bucket, then sum, then number

    def count(self, name: str, amount: float = 1.0, **labels: str) -> None:
        with self._lock:
            self._counts[name, tuple(sorted(labels.items()))] += amount

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        with self._lock:
            row = self._times.setdefault((name, tuple(sorted(labels.items()))), [0.0] * (len(BUCKETS) + 2))
            for place, bound in enumerate(BUCKETS):
                row[place] += seconds <= bound
            row[-2] += seconds
            row[-1] += 1

    def text(self, gauges: Mapping[str, float]) -> str:
        """All that was counted, and ``gauges`` as they stand."""
        with self._lock:
            return "\n".join([*_gauges(gauges), *self._counters(), *self._histograms()]) + "\n"

    def _counters(self) -> Iterator[str]:
        last = None
        for (name, labels), value in sorted(self._counts.items()):
            if name != last:
                yield f"# TYPE finfoundry_{name} counter"
            last = name
            yield f"finfoundry_{name}{_shown(labels)} {value:g}"

    def _histograms(self) -> Iterator[str]:
        last = None
        for (name, labels), row in sorted(self._times.items()):
            if name != last:
                yield f"# TYPE finfoundry_{name} histogram"
            last = name
            for bound, value in zip((*map(str, BUCKETS), "+Inf"), (*row[:-2], row[-1]), strict=True):
                yield f"finfoundry_{name}_bucket{_shown((*labels, ('le', bound)))} {value:g}"
            yield f"finfoundry_{name}_sum{_shown(labels)} {row[-2]:g}"
            yield f"finfoundry_{name}_count{_shown(labels)} {row[-1]:g}"


def _gauges(gauges: Mapping[str, float]) -> Iterator[str]:
    for name, value in gauges.items():
        yield f"# TYPE finfoundry_{name} gauge"
        yield f"finfoundry_{name} {value:g}"


def _shown(labels: Labels) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
