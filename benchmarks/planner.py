"""A tuned planner, the encoder that reads questions, and the base model that plans by examples, on questions of families never learned.

    python benchmarks/planner.py [--adapter dev-question-planner] [--examples] [--limit N] [--seed S] [--json]

Questions are those of ``benchmarks/reader.py``, of which a planner can write the plan: one result, by the schema. Each is planned once, the
likeliest plan, without lines of a store. Printed: how many plans are exact (metrics, years, arithmetic, how it is told), how many come to
the same value over drawn amounts, how many would be carried out and how many of these are right, and milliseconds. ``--adapter`` is of the
home's model (``finfoundry adapters install``, or a release's name); without one only the encoder is asked. ``--examples``: the base as it
plans without a planner, too.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence

from finfoundry.app import open_app
from finfoundry.base.question_reader import question_reader
from finfoundry.core.protocols import Engine
from finfoundry.evals.rows import Item, Reply
from finfoundry.evals.suites.question_readings import READINGS, VALUES, written_text
from finfoundry.machine import read_settings
from finfoundry.release.exam_sides import ReaderSide, drawn_up
from finfoundry.usecases.readers.filled_questions import FilledQuestion
from finfoundry.usecases.readers.plan_rows import plan_rows
from reader import rows

Planning = Callable[[Item], Reply]


def main() -> None:
    """Print what each reaches."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapter", help="a planner beside the model of the home")
    parser.add_argument("--examples", action="store_true", help="the base model by examples, too")
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    chosen = [_item(one) for one in rows(given.limit, given.seed) if plan_rows([one], given.seed).lines]
    if not chosen:
        sys.exit(f"none of {given.limit} questions has a plan that a planner can write: raise --limit")
    reader = question_reader(read_settings())
    if reader is None and not (given.adapter or given.examples):
        sys.exit("nothing plans here: run `finfoundry pull multilingual-e5-small`, or name a planner with --adapter")
    found = [summary("encoder", ReaderSide(reader, "").solver(READINGS, ""), chosen)] if reader else []
    if given.adapter or given.examples:
        with open_app() as app:
            named = [(given.adapter, given.adapter)] * bool(given.adapter) + [("base by examples", None)] * given.examples
            found += [summary(name, _by(app.engine, adapter), chosen) for name, adapter in named]
    for line in found:
        print(json.dumps(line) if given.json else "  ".join(f"{key} {value}" for key, value in line.items()))


def _by(engine: Engine, adapter: str | None) -> Planning:
    return lambda item: drawn_up(engine, adapter, item)


def _item(one: FilledQuestion) -> Item:
    return Item("", one.question, written_text(one.plan.metrics, one.plan.years, one.plan.compute, one.plan.show))


def summary(name: str, plan: Planning, items: Sequence[Item]) -> dict[str, object]:
    """One line of what is printed; the first question is planned once before, so that what is loaded then costs none of them."""
    plan(Item("", f"{items[0].question} ", items[0].gold))
    timed = list(_timed(plan, items))
    told = [(one, reply) for one, reply, _ in timed if reply.status == "answered"]
    right = sum(VALUES.score(one, reply).verdict == "correct" for one, reply in told)
    return {
        "planned by": name, "rows": len(items),
        "exact": f"{sum(READINGS.score(one, reply).verdict == 'correct' for one, reply, _ in timed) / len(items):.1%}",
        "same value": f"{sum(VALUES.score(one, reply).verdict == 'correct' for one, reply, _ in timed) / len(items):.1%}",
        "carried out": f"{len(told) / len(items):.1%}", "of these right": f"{right / max(len(told), 1):.1%}",
        "p50 ms": round(1000 * statistics.median(seconds for *_, seconds in timed), 1),
    }  # fmt: skip


def _timed(plan: Planning, items: Sequence[Item]) -> Iterator[tuple[Item, Reply, float]]:
    for one in items:
        started = time.perf_counter()
        reply = plan(one)
        yield one, reply, time.perf_counter() - started


if __name__ == "__main__":
    main()
