"""Facts read from a printed filing against the tags of the same filing in inline XBRL.

Each filing is printed to PDF by headless Chromium with a link around every tagged number, so that the PDF itself says where each
stands. The PDF is parsed as any other, without tags. Truth: visible tagged figures inside table cells, sign as printed.

Recall: the share of figures on which a fact lies with the right value in base units (so scale and sign too) and the right period.
Precision: the same share of the facts that lie on a figure. With dimensions: two figures of different meaning must not share one key
(label path, dimensions, period) in a table. ``--html`` reads the tables of the HTML instead, still without tags.

Usage: python benchmarks/ixbrl_facts.py [--data DIR] [--cache DIR] [--only PART] [--html] [--show KIND[:N]] [--json FILE]
"""

from __future__ import annotations

import argparse
import ctypes
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from lxml import etree

from finfoundry.core.document import Box, Fact
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.ixbrl import Tagged, read_tags
from finfoundry.knowledge.parse.html import parse_html, read_tree
from finfoundry.knowledge.parse.html_style import tag_of
from finfoundry.knowledge.parse.pdf import parse as parse_pdf

XHTML = "{http://www.w3.org/1999/xhtml}"
HOST = "http://fact.invalid/"
STYLE = "a[href^='http://fact.invalid/']{color:inherit;text-decoration:none}"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")
Places = dict[str, list[tuple[int, Box]]]  # id of a tag -> page and box


@dataclass(slots=True)
class Outcome:
    name: str
    figures: int
    facts: int  # facts that lie on a figure
    kinds: Counter[str]  # why a figure is not recalled
    right: int  # recalled figures
    right_facts: int
    distinct: int  # recalled, and no other meaning has the same key
    pages: int
    parse_seconds: float
    extract_seconds: float
    shown: list[str]


def linked(data: bytes, name: str) -> bytes:
    """The filing with a link around each tagged number."""
    root = read_tree(data, name)
    for element in [e for e in root.iter() if tag_of(e) == "ix:nonfraction"]:
        parent = element.getparent()
        if parent is None or tag_of(parent) == "ix:hidden":
            continue
        link = etree.Element(f"{XHTML}a", href=f"{HOST}{element.get('id')}")
        parent.replace(element, link)
        link.tail, element.tail = element.tail, None
        link.append(element)
    head = next(e for e in root.iter() if tag_of(e) == "head")
    style = etree.SubElement(head, f"{XHTML}style")
    style.text = STYLE
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def print_pdf(data: bytes, name: str, cache: Path) -> Path:
    """The filing as PDF, from the cache when it was printed before."""
    digest = hashlib.sha256(data + STYLE.encode()).hexdigest()[:16]
    target = cache / f"{name}-{digest}.pdf"
    if target.exists():
        return target
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("chromium is not installed: install it with the system's package manager")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "filing.xhtml"
        page.write_bytes(linked(data, name))
        out = Path(folder) / "filing.pdf"
        command = [chromium, *FLAGS, "--no-first-run", f"--user-data-dir={folder}/profile", "--no-pdf-header-footer"]
        subprocess.run([*command, f"--print-to-pdf={out}", page.as_uri()], check=True, capture_output=True, timeout=300)
        shutil.copy(out, target)
    return target


def places_of(pdf: bytes) -> Places:
    """Where each linked number stands: its pages from 1 and boxes from the top left."""
    document = pypdfium2.PdfDocument(pdf)
    places: Places = defaultdict(list)
    for number, page in enumerate(document, 1):
        height = page.get_height()
        position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
        while pdfium.FPDFLink_Enumerate(page.raw, position, link):
            action = pdfium.FPDFLink_GetAction(link)
            length = pdfium.FPDFAction_GetURIPath(document.raw, action, None, 0)
            buffer = ctypes.create_string_buffer(length)
            pdfium.FPDFAction_GetURIPath(document.raw, action, buffer, length)
            target = buffer.value.decode("latin-1")
            rect = pdfium.FS_RECTF()
            if target.startswith(HOST) and pdfium.FPDFLink_GetAnnotRect(link, rect):
                places[target.removeprefix(HOST)].append((number, (rect.left, height - rect.top, rect.right, height - rect.bottom)))
    return places


def overlap(first: Box, second: Box) -> float:
    """The share of the smaller box that both cover."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = min((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return width * height / area if area else 0.0


def lying_on(figures: Sequence[Tagged], places: Places, facts: Sequence[Fact]) -> Iterator[tuple[Tagged, list[Fact]]]:
    """Each figure with the facts whose box lies on it."""
    by_page: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_page[fact.page].append(fact)
    for figure in figures:
        found = [
            fact
            for page, box in places.get(figure.id, [])
            for fact in by_page[page]
            if fact.box is not None and overlap(fact.box, box) > 0.5
        ]
        yield figure, found


def by_locator(figures: Sequence[Tagged], facts: Sequence[Fact]) -> Iterator[tuple[Tagged, list[Fact]]]:
    by_id: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        for identity in (fact.locator or {}).get("tags", "").split():
            by_id[identity].append(fact)
    for figure in figures:
        yield figure, by_id[figure.id]


def fault(figure: Tagged, fact: Fact | None) -> str | None:
    """What is wrong with the fact on a figure; None when nothing is."""
    if fact is None:
        return "missing"
    if fact.value != figure.printed:
        if abs(fact.value) == abs(figure.printed):
            return "sign"
        digits = [format(abs(value).normalize(), "f").replace(".", "").strip("0") for value in (fact.value, figure.printed)]
        return "scale" if digits[0] == digits[1] else "value"
    return None if fact.period == figure.period.iso else "period"


def judge(name: str, pairs: Sequence[tuple[Tagged, list[Fact]]], show: tuple[str, int]) -> Outcome:
    outcome = Outcome(name, len(pairs), 0, Counter(), 0, 0, 0, 0, 0.0, 0.0, [])
    meanings: dict[tuple[object, ...], set[tuple[object, ...]]] = defaultdict(set)
    good: list[tuple[object, ...]] = []
    judged: dict[int, bool] = {}
    for figure, found in pairs:
        best = min(found, key=lambda fact: (fault(figure, fact) is not None, fact.value != figure.printed), default=None)
        reason = fault(figure, best)
        outcome.kinds[reason or "right"] += 1
        for fact in found:
            judged[id(fact)] = judged.get(id(fact), False) or fault(figure, fact) is None
        if best is not None:
            key = (best.table, best.metric, best.dimensions, best.period)
            meanings[key].add((figure.name, figure.dimensions, figure.period.iso))
            if reason is None:
                good.append(key)
        if reason and show[0] in {reason, "all"} and len(outcome.shown) < show[1]:
            got = best and (
                best.page,
                best.table,
                best.metric,
                str(best.value),
                best.unit,
                best.period,
                best.text,
                best.dimensions,
                best.statement,
            )
            outcome.shown.append(
                f"{reason} {figure.id} {figure.name} {figure.text} {figure.unit} {figure.period.iso} {figure.dimensions[:1]} GOT {got}"
            )
    outcome.right = len(good)
    outcome.distinct = sum(len(meanings[key]) == 1 for key in good)
    outcome.facts, outcome.right_facts = len(judged), sum(judged.values())
    return outcome


def measure(path: Path, cache: Path, html: bool, show: tuple[str, int]) -> Outcome:
    name = path.name.removesuffix(".html.gz")
    data = gzip.decompress(path.read_bytes())
    figures = [tag for tag in read_tags(read_tree(data, name)) if tag.in_table]
    if html:
        started = time.perf_counter()
        document = parse_html(data, name)
        parsed = time.perf_counter()
        facts = extract(document)
        outcome = judge(name, list(by_locator(figures, facts)), show)
    else:
        pdf = print_pdf(data, name, cache).read_bytes()
        places = places_of(pdf)
        figures = [figure for figure in figures if figure.id in places]
        started = time.perf_counter()
        document = parse_pdf(pdf, name)
        parsed = time.perf_counter()
        facts = extract(document)
        outcome = judge(name, list(lying_on(figures, places, facts)), show)
    outcome.pages = len(document.pages)
    outcome.parse_seconds, outcome.extract_seconds = parsed - started, time.perf_counter() - parsed
    return outcome


KINDS = ("missing", "value", "scale", "sign", "period")


def report(outcomes: Sequence[Outcome]) -> dict[str, float]:
    print(
        f"{'filing':24} {'figures':>7} {'recall':>7} {'precis.':>7} {'+dims':>7} "
        + " ".join(f"{kind:>7}" for kind in KINDS)
        + f" {'pages/s':>7}"
    )
    for item in outcomes:
        shares = (item.right / max(item.figures, 1), item.right_facts / max(item.facts, 1), item.distinct / max(item.figures, 1))
        speed = item.pages / max(item.parse_seconds + item.extract_seconds, 1e-9)
        print(
            f"{item.name[:24]:24} {item.figures:7} "
            + " ".join(f"{share:7.4f}" for share in shares)
            + " "
            + " ".join(f"{item.kinds[kind]:7}" for kind in KINDS)
            + f" {speed:7.1f}"
        )
    figures, facts = sum(item.figures for item in outcomes), sum(item.facts for item in outcomes)
    totals = {
        "figures": figures,
        "recall": sum(item.right for item in outcomes) / max(figures, 1),
        "precision": sum(item.right_facts for item in outcomes) / max(facts, 1),
        "recall_with_dimensions": sum(item.distinct for item in outcomes) / max(figures, 1),
        "pages_per_second": sum(i.pages for i in outcomes) / max(sum(i.parse_seconds + i.extract_seconds for i in outcomes), 1e-9),
    }
    print("all: " + ", ".join(f"{name} {value:.4f}" if isinstance(value, float) else f"{name} {value}" for name, value in totals.items()))
    return totals


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = os.environ.get("FINFOUNDRY_DATA", str(Path(__file__).resolve().parents[2] / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=Path(data))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "finfoundry-ixbrl")
    parser.add_argument("--only", default="", help="a part of the file name")
    parser.add_argument("--html", action="store_true", help="read the tables of the HTML, not of the printed PDF")
    parser.add_argument("--show", default="none:0", help="print so many failures of a kind: period:20, all:50")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    files = sorted((options.data / "en_filings" / "ixbrl").glob(f"*{options.only}*.html.gz" if options.only else "*.html.gz"))
    if not files:
        sys.exit(f"no filings under {options.data}: set FINFOUNDRY_DATA or give --data")
    options.cache.mkdir(parents=True, exist_ok=True)
    kind, _, count = options.show.partition(":")
    arguments = (files, [options.cache] * len(files), [options.html] * len(files), [(kind, int(count or 10))] * len(files))
    if options.jobs > 1:
        with ProcessPoolExecutor(options.jobs) as pool:
            outcomes = list(pool.map(measure, *arguments))
    else:
        outcomes = list(map(measure, *arguments))
    for outcome in outcomes:
        print("\n".join(outcome.shown)) if outcome.shown else None
    totals = report(outcomes)
    if options.json:
        options.json.write_text(json.dumps(totals, indent=2) + "\n")


if __name__ == "__main__":
    main()
