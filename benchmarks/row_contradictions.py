"""Figures that contradict each other: of one row, under the same names, of the same period and unit, with different values.

    python benchmarks/row_contradictions.py FILE… [--show]

Needs no truth: where two columns of a table cannot be told apart, one of them at least is read wrongly. Such figures answer
nothing (``knowledge/facts/told_apart.py``).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from finfoundry.core.errors import FinfoundryError
from finfoundry.knowledge.ingest.parse_file import parse


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--show", action="store_true", help="print how many of which table")
    options = parser.parse_args()
    papers = figures = wrong = with_some = 0
    for file in options.files:
        try:
            paper = parse(file.read_bytes(), file.name)
        except FinfoundryError as error:
            print(f"{file.name}: {error.message}")
            continue
        unclear = paper.document.not_told_apart
        papers, with_some, wrong = papers + 1, with_some + bool(unclear), wrong + sum(unclear.values())
        figures += len(paper.facts)
        if options.show and unclear:
            print(f"{file.name}: figures by table: {unclear}", flush=True)
    share = 1000 * wrong / max(figures, 1)
    print(f"{papers} papers, {figures} figures, {wrong} contradict another of their row: {share:.1f} ‰; papers with such: {with_some}")


if __name__ == "__main__":
    main()
