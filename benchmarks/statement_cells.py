"""Numbers of real statement pages: does each stand in a cell of its own, in the row of its label, under its year?

Gold are the table rows quoted as evidence in FinanceBench (a label, then its numbers, in reading order; the years stand above). Only
rows count that have as many numbers as the quote has years. A number is *in a cell* if a cell of the page holds it and nothing
else; *with label* if, besides, a cell left of it in that row holds the label; *with year* if a cell above it in that column
holds the year.

    python benchmarks/statement_cells.py [--show]
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from finfoundry.core.document import Cell, Page
from finfoundry.knowledge.parse.pdf import parse_pages

DATA = Path(os.environ.get("FINFOUNDRY_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
NUMBER = re.compile(r"\(?-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\)?|\.\d+|—|–")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
FEWEST_ROWS = 5


@dataclass(frozen=True)
class Gold:
    label: str
    numbers: tuple[str, ...]
    years: tuple[str, ...]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--show", action="store_true", help="print what was missed")
    show = arguments.parse_args().show
    folder = DATA / "en_filings" / "financebench"
    if not folder.is_dir():
        raise SystemExit(f"The data is not there: {folder} (set FINFOUNDRY_DATA)")
    total: Counter[str] = Counter()
    for name, index, rows in statement_pages(folder / "questions.jsonl"):
        pages, _ = parse_pages((folder / "pdfs" / f"{name}.pdf").read_bytes(), name, [index])
        counts = score(pages[0], rows, f"{name} p{index}" if show else None)
        total += counts
        print(f"{name:40} p{index:<4} numbers {counts['numbers']:4}  {ratios(counts)}")
    print(f"all: {total['numbers']} numbers  {ratios(total)}")


def ratios(counts: Counter[str]) -> str:
    return "  ".join(f"{key} {counts[key] / max(1, counts['numbers']):.4f}" for key in ("in a cell", "with label", "with year"))


def statement_pages(path: Path) -> Iterator[tuple[str, int, list[Gold]]]:
    """Document, page index and gold rows of each distinct page quoted with at least a few complete rows."""
    seen = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        for evidence in json.loads(line)["evidence"]:
            key = evidence["doc_name"], evidence["evidence_page_num"]
            rows = gold_rows(evidence["evidence_text"])
            if key not in seen and len(rows) >= FEWEST_ROWS:
                seen.add(key)
                yield *key, rows


def gold_rows(text: str) -> list[Gold]:
    """Rows of a quoted statement. A line is a label, numbers, or a label followed by numbers."""
    rows: list[Gold] = []
    years: list[str] = []
    label = ""
    numbers: list[str] = []

    def close() -> None:
        if label and years and len(numbers) == len(years):
            rows.append(Gold(label, tuple(numbers), tuple(years)))

    for line in (raw.strip() for raw in text.splitlines()):
        bare = re.sub(r"[$%\s]", " ", line).strip()
        if not bare:
            continue
        if all(NUMBER.fullmatch(piece) for piece in bare.split()):
            if all(YEAR.fullmatch(piece) for piece in bare.split()):
                close()
                years = [*(years if not numbers and not label else []), *bare.split()]
                label, numbers = "", []
            else:
                numbers += bare.split()
            continue
        close()
        found = re.match(r"(?P<label>.*?[A-Za-z)].*?)\s+(?P<numbers>(?:[$%\s]|\(?-?[\d,.]+\)?|—)+)$", line)
        if re.search(r"\bvs\b", line):
            years, label, numbers = [], "", []  # columns of changes: not quoted in an order that can be followed
        elif YEAR.search(line) and not (found and re.search(r"\d,\d", found["numbers"])):
            dates = YEAR.findall(line)
            years, label, numbers = ([*years, *dates] if not numbers and not label else dates), "", []
        elif found:
            label, numbers = found["label"], re.sub(r"[$%]", " ", found["numbers"]).split()
        else:
            label, numbers = line, []
    close()
    return rows


def plain(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def digits(text: str) -> str:
    return re.sub(r"[^\d.—–]", "", text).replace("–", "—")


def score(page: Page, rows: list[Gold], show: str | None) -> Counter[str]:
    counts: Counter[str] = Counter()
    tables = [block.cells for block in page.blocks if block.kind == "table"]
    for row in rows:
        for number, year in zip(row.numbers, row.years, strict=True):
            counts["numbers"] += 1
            held = [
                (cells, cell)
                for cells in tables
                for cell in cells
                if digits(cell.text) == digits(number) and not re.search(r"[A-Za-z]{3}", cell.text)
            ]
            labelled = [(cells, cell) for cells, cell in held if has_label(cells, cell, row.label)]
            dated = [(cells, cell) for cells, cell in labelled if has_year(cells, cell, year)]
            counts["in a cell"] += bool(held)
            counts["with label"] += bool(labelled)
            counts["with year"] += bool(dated)
            if show and not dated:
                print(f"  {show}: {row.label[:60]!r} {number} {year}: {'cell' if held else ''} {'label' if labelled else ''}")
    return counts


def has_label(cells: list[Cell], cell: Cell, label: str) -> bool:
    wanted = plain(label)
    left = [plain(c.text) for c in cells if c.column < cell.column and c.row <= cell.row < c.row + c.row_span]
    return any(wanted and (wanted in text or (len(text) >= 4 and text in wanted)) for text in left)


def has_year(cells: list[Cell], cell: Cell, year: str) -> bool:
    return any(c.row < cell.row and c.column <= cell.column < c.column + c.column_span and year in c.text for c in cells)


if __name__ == "__main__":
    main()
