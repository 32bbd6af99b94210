"""Figures that contradict each other: of one row, under the same names, of the same period and unit, with different values.

    python benchmarks/row_contradictions.py FILE… [--show]

Needs no truth: where two columns of a table cannot be told apart, one of them at least is read wrongly. Such figures answer
nothing (``knowledge/facts/told_apart.py``). Beside them, lines of other tables that go by the concept of a statement's line, of the same
period, unit and scope and without a member, and have another value, rounding aside: some are of a part that their table does not
name, others are read wrongly.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from finfoundry.core.document import Fact
from finfoundry.core.errors import FinfoundryError
from finfoundry.knowledge.ingest.parse_file import parse
from measures import carried_out

STATEMENTS = frozenset({"balance", "income", "cash flow"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--show", action="store_true", help="print how many of which table")
    options = parser.parse_args()
    papers = figures = wrong = with_some = compared = others = 0
    for file in options.files:
        try:
            paper = parse(file.read_bytes(), file.name)
        except FinfoundryError as error:
            print(f"{file.name}: {error.message}")
            continue
        unclear = paper.document.not_told_apart
        papers, with_some, wrong = papers + 1, with_some + bool(unclear), wrong + sum(unclear.values())
        figures += len(paper.facts)
        found = list(compared_with_statements(paper.facts))
        compared, others = compared + len(found), others + sum(differ for _, differ in found)
        if options.show and unclear:
            print(f"{file.name}: figures by table: {unclear}", flush=True)
        if options.show:
            for fact in (fact for fact, differ in found if differ):
                print(f"{file.name} page {fact.page}: {fact.metric[-1]} {fact.period} {fact.text}: other than the {fact.concept} stated")
    share = 1000 * wrong / max(figures, 1)
    print(f"{papers} papers, {figures} figures, {wrong} contradict another of their row: {share:.1f} ‰; papers with such: {with_some}")
    print(f"{compared} figures of other tables by a concept of the statements, {others} of another value")


def compared_with_statements(facts: Sequence[Fact]) -> Iterator[tuple[Fact, bool]]:
    """Each figure outside the statements that goes by the concept of a line in them, and whether none of these has its value."""
    stated = defaultdict[tuple[str | None, ...], list[Fact]](list)
    for fact in facts:
        if fact.statement in STATEMENTS and fact.concept and not fact.dimensions:
            stated[key(fact)].append(fact)
    for fact in facts:
        own = stated.get(key(fact), []) if fact.statement not in STATEMENTS and fact.concept and not fact.dimensions else []
        if own:
            yield fact, all(abs(fact.value - other.value) > max(step(fact), step(other)) for other in own)


def key(fact: Fact) -> tuple[str | None, ...]:
    """By what a figure is asked for."""
    return fact.concept, fact.period, fact.unit, fact.scope


def step(fact: Fact) -> Decimal:
    """The worth of its last printed digit."""
    return fact.scale.scaleb(-fact.precision)


if __name__ == "__main__":
    carried_out(main)
