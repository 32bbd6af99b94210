"""Two records side by side: what is the same, what differs, and how; and what one record says of the kinds of answers."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from parity.record import looks_of, rows_of

Row = dict[str, Any]
# Verdicts in the order in which they are looked for: the first that differs names the row.
VERDICTS = ("same", "gone", "new", "another question", "new error", "status", "value", "cells", "passages", "text", "said besides")
FIELDS = {
    "status": ("status",), "value": ("values",), "cells": ("cells", "cited"), "passages": ("nearest",), "text": ("text", "language"),
    "said besides": ("warnings", "options", "reason"),
}  # fmt: skip
WIDE = 34


def verdict(old: Row | None, new: Row | None) -> str:
    """What is other in a row: the first of VERDICTS; "same" where nothing is but its time, kind and counts."""
    if old is None or new is None:
        return "new" if old is None else "gone"
    if old["question"] != new["question"]:
        return "another question"
    if new["status"] == "error" and old["status"] != "error":
        return "new error"
    return next((name for name, fields in FIELDS.items() if any(old.get(one) != new.get(one) for one in fields)), "same")


def pairs(old: Iterable[Row], new: Iterable[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """The rows of both by their keys, in order; None where one record has none."""
    before = {(row["suite"], row["id"]): row for row in old}
    after = {(row["suite"], row["id"]): row for row in new}
    for key in sorted(before.keys() | after.keys()):
        yield before.get(key), after.get(key)


def compare(old: Path, new: Path, show: int = 0, say: Callable[[str], None] = print) -> int:
    """Print the table by suite and up to ``show`` differences of each suite; how many rows differ."""
    suites: dict[str, Counter[str]] = defaultdict(Counter)
    ratios: dict[str, list[float]] = defaultdict(list)
    differing: dict[str, list[tuple[str, Row | None, Row | None]]] = defaultdict(list)
    for before, after in pairs(rows_of(old), rows_of(new)):
        suite, found = (before or after or {})["suite"], verdict(before, after)
        suites[suite][found] += 1
        if before and after and "files" not in before and "files" not in after:
            ratios[suite].append(after["processor"] / max(before["processor"], 1e-4))
        if found != "same":
            differing[suite].append((found, before, after))
    shown = [name for name in VERDICTS if name == "same" or any(counts[name] for counts in suites.values())]
    say("  ".join([f"{'suite':{WIDE}}", *(f"{name:>{max(6, len(name))}}" for name in shown), "  time"]))
    total: Counter[str] = sum(suites.values(), Counter())
    every = [ratio for found in ratios.values() for ratio in found]
    for suite, counts, times in [*((one, suites[one], ratios[one]) for one in sorted(suites)), ("all", total, every)]:
        cells = [f"{counts[name]:>{max(6, len(name))}}" for name in shown]
        say("  ".join([f"{suite[-WIDE:]:{WIDE}}", *cells, f"{statistics.median(times):6.2f}" if times else "     -"]))
    for suite in sorted(differing) if show else ():
        for found, before, after in differing[suite][:show]:
            say("\n".join(_told(found, before, after)))
    return sum(total.values()) - total["same"]


def _told(found: str, before: Row | None, after: Row | None) -> Iterator[str]:
    """One difference in a few lines."""
    either = before or after or {}
    yield f"\n{found}: {either['suite']} {either['id']}: {either['question']}"
    for sign, row in (("-", before), ("+", after)):
        if row is not None:
            fields = [*dict.fromkeys(("status", "kind", *FIELDS.get(found, ()), "text"))]
            yield f"  {sign} " + "  ".join(f"{name} {str(row.get(name))[:300]}" for name in fields)


# --- one record -------------------------------------------------------------------------------------------------------------------------


def kinds(file: Path, say: Callable[[str], None] = print, most: int = 25) -> None:
    """Print which kind answered how often, by suite; how many were tried before; and where the time went."""
    rows = rows_of(file)
    _say_kinds(rows, say)
    _say_suites(rows, say)
    looks = looks_of(file)
    total = sum(looks.values()) or 1
    say(f"\nprocessor's time by file ({total} looks)")
    for name, count in Counter(looks).most_common(most):
        say(f"  {count / total:6.1%}  {name}")


def _say_kinds(rows: Sequence[Row], say: Callable[[str], None]) -> None:
    say(f"{'kind that answered':{WIDE}}   rows  answered  tried before it: median, most   in suites")
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_kind[row.get("kind", "error")].append(row)
    for kind, found in sorted(by_kind.items(), key=lambda one: -len(one[1])):
        before = [max(len(row.get("tried", ())) - 1, 0) for row in found]
        answered = sum(row["status"] == "answered" for row in found)
        suites = Counter(row["suite"].partition("/")[0] for row in found).most_common(4)
        told = ", ".join(f"{name} {count}" for name, count in suites)
        say(f"{kind:{WIDE}}  {len(found):5}  {answered:8}  {statistics.median(before):5.0f} {max(before):5}   {told}")


def _say_suites(rows: Sequence[Row], say: Callable[[str], None]) -> None:
    heads = ("rows", "answered", "error", "kinds tried", "files", "database", "scored", "seconds", "nine in ten")
    say("\n" + "  ".join([f"{'suite':{WIDE}}", *heads, "kinds that answered"]))
    by_suite: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_suite[row["suite"]].append(row)
    for suite, found in [*sorted(by_suite.items()), ("all", list(rows))]:
        cells = [f"{cell:>{len(head)}}" for head, cell in zip(heads, _cells_of(found), strict=True)]
        answered = Counter(row["kind"] for row in found if row["status"] == "answered").most_common(3)
        say("  ".join([f"{suite[-WIDE:]:{WIDE}}", *cells, ", ".join(f"{name} {count}" for name, count in answered)]))


def _cells_of(rows: Sequence[Row]) -> Iterator[str]:
    """What is told of the rows of a suite: sums, then medians of a row, then processor's seconds."""
    status = Counter(row["status"] for row in rows)
    asked = [row.get("asked", {}) for row in rows]
    yield from map(str, (len(rows), status["answered"], status["error"]))
    yield _median(len(row.get("tried", ())) for row in rows)
    yield _median(len(row["files"]) for row in rows if "files" in row)
    yield _median(one.get("database", 0) for one in asked)
    yield _median(sum(count for door, count in one.items() if door != "database" and not door.endswith(" runs")) for one in asked)
    times = sorted(row["processor"] for row in rows if "files" not in row) or [0.0]
    yield f"{statistics.median(times):.3f}"
    yield f"{times[int(0.9 * len(times))]:.3f}"


def _median(numbers: Iterable[int]) -> str:
    held = list(numbers)
    return f"{statistics.median(held):.0f}" if held else "-"
