"""Tables as parsed, against truth: ICDAR-2013's adjacency relations, and the numbers of real statement pages.

A solver's ``found`` is a list of ``core.document.Page``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from finfoundry.core.document import Cell, Page
from finfoundry.core.errors import InputError
from finfoundry.evals.measures import MEASURES, ratio
from finfoundry.evals.rows import Item, Judgement, Reply, TruePage
from finfoundry.evals.run import Suite
from finfoundry.evals.suites import financebench

ICDAR = "layout/icdar2013_us"
Placed = tuple[int, int, int, int, str]  # row, column, last row, last column, text
Relation = tuple[int, str, str, str]  # page, "right" or "below", text, text of the neighbour
NUMBER = re.compile(r"\(?-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\)?|\.\d+|—|–")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
FEWEST_ROWS = 5
SHOWN = 12  # relations named in a row's reason

# ICDAR-2013. A relation says that one cell's text is the next one right of, or below, another's (Göbel, Hassan, Oro, Orsi: "A methodology
# for evaluating algorithms for table understanding in PDF documents", DocEng 2012). All relations of a document are pooled per page, so
# that a table missed costs recall and a table invented costs precision. Blank cells are skipped; texts are compared without white space.
# The contest's own measure gives each document the same weight ("ICDAR 2013 Table Competition", ICDAR 2013): it averages precision and
# recall over documents. Pooled relations favour documents with large tables and are given next to it.


def table_items(data: Path) -> list[Item]:
    """One item a document. Raises InputError where the set is not there."""
    files = sorted((data / ICDAR).glob("*.pdf"))
    if not files:
        raise InputError(f"there are no documents in {data / ICDAR}", remedy="Give the folder that holds them with --data")
    return [
        Item(path.stem, path.name, evidence=(TruePage(f"{ICDAR}/{path.name}", 1),), meta={"file": path, "pages": None}) for path in files
    ]


def score_tables(item: Item, reply: Reply) -> Judgement:
    """Relations right, of the truth and of what was found."""
    path: Path = item.meta["file"]
    truth, found = expected(path.with_name(f"{path.stem}-str.xml")), recognised(reply.found)
    hits = sum((truth & found).values())
    counts = {"hits": float(hits), "truth": float(sum(truth.values())), "found": float(sum(found.values()))}
    value = 2 * hits / (counts["truth"] + counts["found"]) if truth or found else 1.0
    names = [(name, *relation) for name, rest in (("missed", truth - found), ("invented", found - truth)) for relation in sorted(rest)]
    why = "; ".join(f"{name} p{page} {way} {text[:40]} -> {other[:40]}" for name, page, way, text, other in names[:SHOWN])
    return Judgement("correct" if value == 1 else "wrong", value, why, counts)


def normal(text: str) -> str:
    text = re.sub(r"(?:\.\s?){3,}|…+", "", text)  # leader dots are no content
    return re.sub(r"[\s\u00ad]+", "", unicodedata.normalize("NFKC", text)).replace("‐", "-").lower()


def expected(path: Path) -> Counter[Relation]:
    relations: Counter[Relation] = Counter()
    for region in etree.parse(str(path)).iter("region"):
        relations.update(adjacent(int(region.get("page", 1)), map(_placed, gold_cells(region))))
    return relations


def gold_cells(region: etree._Element) -> list[Cell]:
    """The cells of one table of the truth."""
    cells = []
    for cell in region.iter("cell"):
        row, column = int(cell.get("start-row", 0)), int(cell.get("start-col", 0))
        spans = int(cell.get("end-row") or row) - row + 1, int(cell.get("end-col") or column) - column + 1
        cells.append(Cell(row, column, cell.findtext("content") or "", row_span=spans[0], column_span=spans[1]))
    return cells


def _placed(cell: Cell) -> Placed:
    return cell.row, cell.column, cell.row + cell.row_span - 1, cell.column + cell.column_span - 1, normal(cell.text)


def recognised(pages: Sequence[Page]) -> Counter[Relation]:
    """The relations of all tables on parsed pages."""
    relations: Counter[Relation] = Counter()
    for page in pages:
        for block in page.blocks:
            relations.update(adjacent(page.number, map(_placed, block.cells)))
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


TABLES: Suite = Suite(
    "tables-icdar", "Tables of ICDAR-2013's US documents, end to end: F1 over adjacency relations.", "pages", table_items, score_tables,
    (MEASURES["document_f1"], MEASURES["mean"], MEASURES["relations_f1"]),
)  # fmt: skip

# Statement pages: gold are the table rows quoted as evidence in FinanceBench (a label, then its numbers, in reading order; the years are
# above). Only rows count that have as many numbers as the quote has years. A number is in a cell if a cell of the page holds it and nothing
# else; with label if, besides, a cell left of it in that row holds the label; with year if a cell above it in that column holds the year.


@dataclass(frozen=True)
class Gold:
    label: str
    numbers: tuple[str, ...]
    years: tuple[str, ...]


def page_items(data: Path) -> list[Item]:
    """Each distinct page quoted with at least a few complete rows. Raises InputError where the set is not there."""
    source = data / financebench.FOLDER / "questions.jsonl"
    if not source.exists():
        raise InputError(f"{source} is not there", remedy="Give the folder that holds it with --data")
    places = {path.stem: path for path in financebench.documents(data)}
    found: dict[str, Item] = {}
    for line in source.read_text(encoding="utf-8").splitlines():
        for evidence in json.loads(line)["evidence"]:
            name, page = evidence["doc_name"], int(evidence["evidence_page_num"])
            rows = gold_rows(evidence["evidence_text"])
            if len(rows) >= FEWEST_ROWS and name in places:
                shown = (TruePage(places[name].relative_to(data).as_posix(), page + 1),)
                meta = {"file": places[name], "pages": [page], "rows": rows}
                found.setdefault(f"{name}/{page + 1}", Item(f"{name}/{page + 1}", f"{name}, page {page + 1}", evidence=shown, meta=meta))
    return list(found.values())


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


def score_cells(item: Item, reply: Reply) -> Judgement:
    """Of the gold numbers of one page: how many are in a cell, with their label, under their year."""
    tables = [block.cells for block in reply.found[0].blocks if block.kind == "table"]
    counts: Counter[str] = Counter(all=0, in_a_cell=0, with_label=0, with_year=0)
    missed = []
    for row, number, year in _numbers(item.meta["rows"]):
        held = [(cells, cell) for cells in tables for cell in cells if _alone(cell, number)]
        labelled = [(cells, cell) for cells, cell in held if _has_label(cells, cell, row.label)]
        dated = any(_has_year(cells, cell, year) for cells, cell in labelled)
        counts.update(all=1, in_a_cell=bool(held), with_label=bool(labelled), with_year=dated)
        if not dated:
            missed.append(f"{row.label[:40]} {number} {year}")
    share = counts["with_year"] / max(1, counts["all"])
    why = "; ".join(missed[:SHOWN])
    return Judgement("correct" if not missed else "wrong", share, why, {name: float(count) for name, count in counts.items()})


def _numbers(rows: Sequence[Gold]) -> Iterator[tuple[Gold, str, str]]:
    for row in rows:
        for number, year in zip(row.numbers, row.years, strict=True):
            yield row, number, year


def _alone(cell: Cell, number: str) -> bool:
    return _figure(cell.text) == _figure(number) and not re.search(r"[A-Za-z]{3}", cell.text)


def _figure(text: str) -> tuple[bool, str]:
    """Whether a figure is printed as a negative one, in brackets or after a minus; and its digits, a dash where nothing is printed."""
    negative = re.search(r"[(（]|[-−‐]\s*[$¥€£]?\s*\d", text) is not None
    return negative, re.sub(r"[^\d.—–]", "", text).replace("–", "—")


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def _has_label(cells: Sequence[Cell], cell: Cell, label: str) -> bool:
    wanted = _letters(label)
    left = [_letters(c.text) for c in cells if c.column < cell.column and c.row <= cell.row < c.row + c.row_span]
    return any(wanted and (wanted in text or (len(text) >= 4 and text in wanted)) for text in left)


def _has_year(cells: Sequence[Cell], cell: Cell, year: str) -> bool:
    return any(c.row < cell.row and c.column <= cell.column < c.column + c.column_span and year in c.text for c in cells)


CELLS: Suite = Suite(
    "statement-cells", "Numbers of real statement pages: in a cell of their own, in the row of their label, under their year.", "pages",
    page_items, score_cells, (ratio("in_a_cell", "in_a_cell", "all"), ratio("with_label", "with_label", "all"),
    ratio("with_year", "with_year", "all")),
)  # fmt: skip
