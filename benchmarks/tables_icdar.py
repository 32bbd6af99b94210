"""End-to-end table recognition on the ICDAR-2013 competition's US documents: F1 over adjacency relations.

A relation says that one cell's text is the next one right of, or below, another's (Göbel, Hassan, Oro, Orsi: "A methodology for
evaluating algorithms for table understanding in PDF documents", DocEng 2012). All relations of a document are pooled per page, so that
a table missed costs recall and a table invented costs precision. Blank cells are skipped; texts are compared without white space.

    python benchmarks/tables_icdar.py [--show us-001]
"""

from __future__ import annotations

import argparse
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from lxml import etree

from finfoundry.knowledge.parse.pdf import parse

DATA = Path(os.environ.get("FINFOUNDRY_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
Placed = tuple[int, int, int, int, str]  # row, column, last row, last column, text
Relation = tuple[int, str, str, str]  # page, "right" or "below", text, text of the neighbour


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--show", help="print the relations of one document that were missed or invented")
    only = arguments.parse_args().show
    folder = DATA / "layout" / "icdar2013_us"
    if not folder.is_dir():
        raise SystemExit(f"The data is not there: {folder} (set FINFOUNDRY_DATA)")
    truths, founds, hits, scores = 0, 0, 0, []
    for path in sorted(folder.glob("*.pdf")):
        if only and path.stem != only:
            continue
        truth, found = expected(path.with_name(f"{path.stem}-str.xml")), recognised(path)
        hit = sum((truth & found).values())
        truths, founds, hits = truths + sum(truth.values()), founds + sum(found.values()), hits + hit
        scores.append(f1(hit, sum(truth.values()), sum(found.values())))
        print(f"{path.stem:10} relations {sum(truth.values()):5}  found {sum(found.values()):5}  right {hit:5}  F1 {scores[-1]:.3f}")
        if only:
            report(truth, found)
    print(f"pooled: recall {hits / truths:.4f}  precision {hits / founds:.4f}  F1 {f1(hits, truths, founds):.4f}")
    print(f"mean over {len(scores)} documents: F1 {sum(scores) / len(scores):.4f}")


def f1(hits: int, truths: int, founds: int) -> float:
    return 2 * hits / (truths + founds) if truths + founds else 1.0


def normal(text: str) -> str:
    text = re.sub(r"(?:\.\s?){3,}|…+", "", text)  # leader dots are no content
    return re.sub(r"[\s\u00ad]+", "", unicodedata.normalize("NFKC", text)).replace("‐", "-").lower()


def expected(path: Path) -> Counter[Relation]:
    relations: Counter[Relation] = Counter()
    for region in etree.parse(str(path)).iter("region"):
        cells: list[Placed] = []
        for cell in region.iter("cell"):
            row, column = int(cell.get("start-row", 0)), int(cell.get("start-col", 0))
            last_row, last_column = int(cell.get("end-row") or row), int(cell.get("end-col") or column)
            cells.append((row, column, last_row, last_column, normal(cell.findtext("content") or "")))
        relations.update(adjacent(int(region.get("page", 1)), cells))
    return relations


def recognised(path: Path) -> Counter[Relation]:
    relations: Counter[Relation] = Counter()
    for page in parse(path.read_bytes(), path.name).pages:
        for block in page.blocks:
            cells = [(c.row, c.column, c.row + c.row_span - 1, c.column + c.column_span - 1, normal(c.text)) for c in block.cells]
            relations.update(adjacent(page.number, cells))
    return relations


def adjacent(page: int, cells: Iterable[Placed]) -> Counter[Relation]:
    """The relations of one table, each pair of cells counted once a direction."""
    filled = [cell for cell in cells if cell[4]]
    grid = {(r, c): i for i, (r0, c0, r1, c1, _) in enumerate(filled) for r in range(r0, r1 + 1) for c in range(c0, c1 + 1)}
    rows, columns = max((r for r, _ in grid), default=0), max((c for _, c in grid), default=0)
    pairs: set[tuple[str, int, int]] = set()
    for index, (r0, c0, r1, c1, _) in enumerate(filled):
        for r in range(r0, r1 + 1):
            right = next((grid[r, c] for c in range(c1 + 1, columns + 1) if (r, c) in grid), None)
            if right is not None:
                pairs.add(("right", index, right))
        for c in range(c0, c1 + 1):
            below = next((grid[r, c] for r in range(r1 + 1, rows + 1) if (r, c) in grid), None)
            if below is not None:
                pairs.add(("below", index, below))
    return Counter((page, direction, filled[a][4], filled[b][4]) for direction, a, b in pairs)


def report(truth: Counter[Relation], found: Counter[Relation]) -> None:
    for name, rest in (("missed", truth - found), ("invented", found - truth)):
        for page, direction, text, other in sorted(rest):
            print(f"  {name:8} p{page} {direction:5} {text[:50]!r} -> {other[:50]!r}")


if __name__ == "__main__":
    main()
