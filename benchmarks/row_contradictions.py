"""Figures that contradict each other: of one row, under the same names, of the same period and unit, with different values.

    python benchmarks/row_contradictions.py FILE… [--show]

Needs no truth: where two columns of a table cannot be told apart, one of them at least is read wrongly.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from finfoundry.core.document import Fact
from finfoundry.core.errors import FinfoundryError
from finfoundry.knowledge.ingest.parse_file import parse


def contradicting(facts: Iterable[Fact]) -> list[list[Fact]]:
    """The facts of one row that say different things of the same."""
    groups = defaultdict[object, list[Fact]](list)
    for fact in facts:
        if fact.table is not None:
            groups[fact.table, fact.page, fact.row, fact.metric, fact.period, fact.unit, fact.scope, fact.dimensions].append(fact)
    return [group for group in groups.values() if len({fact.value for fact in group}) > 1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--show", action="store_true", help="print the rows")
    options = parser.parse_args()
    papers = figures = wrong = with_some = 0
    for file in options.files:
        try:
            facts = parse(file.read_bytes(), file.name).facts
        except FinfoundryError as error:
            print(f"{file.name}: {error.message}")
            continue
        groups = contradicting(facts)
        papers, figures, wrong, with_some = papers + 1, figures + len(facts), wrong + sum(map(len, groups)), with_some + bool(groups)
        for group in groups if options.show else ():
            first = group[0]
            print(f"{file.name} p. {first.page}: {' > '.join(first.metric)[:80]} {first.period} {[fact.text for fact in group]}", flush=True)
    share = 1000 * wrong / max(figures, 1)
    print(f"{papers} papers, {figures} figures, {wrong} contradict another of their row: {share:.1f} ‰; papers with such: {with_some}")


if __name__ == "__main__":
    main()
