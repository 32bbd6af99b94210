"""Facts read from a printed filing against the tags of the same filing in inline XBRL, as a suite: one item a filing.

Each filing is printed to PDF by headless Chromium with a link around every tagged number, so that the PDF itself says where each
stands. The PDF is parsed as any other, without tags. Truth: visible tagged figures inside table cells, sign as printed.

Recall: the share of figures on which a fact lies with the right value in base units (so scale and sign too) and the right period.
Precision: the same share of the facts that lie on a figure. With dimensions: two figures of different meaning must not share one key
(label path, dimensions, period) in a table. The system ``html`` reads the tables of the HTML instead, still without tags.
"""

from __future__ import annotations

import ctypes
import gzip
import hashlib
import shutil
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from lxml import etree

from finfoundry.core.document import Box, Fact
from finfoundry.core.errors import InputError, SettingsError
from finfoundry.evals.measures import ratio
from finfoundry.evals.rows import Item, Reply, Score, Solver
from finfoundry.evals.run import Suite
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.ixbrl import Tagged, read_tags
from finfoundry.knowledge.parse.html import parse_html, read_tree
from finfoundry.knowledge.parse.html_style import tag_of
from finfoundry.knowledge.parse.pdf import parse as parse_pdf

XHTML = "{http://www.w3.org/1999/xhtml}"
SHOWN = 40  # faults named in a row
FOLDER = "en_filings/ixbrl"
HOST = "http://fact.invalid/"
STYLE = "a[href^='http://fact.invalid/']{color:inherit;text-decoration:none}"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")
Places = dict[str, list[tuple[int, Box]]]  # id of a tag -> page and box


@dataclass(slots=True)
class Outcome:
    """What became of the figures of one filing."""

    figures: int
    facts: int = 0  # facts that lie on a figure
    right: int = 0  # recalled figures
    right_facts: int = 0
    distinct: int = 0  # recalled, and no other meaning has the same key
    kinds: Counter[str] = field(default_factory=Counter)  # why a figure is not recalled
    shown: list[str] = field(default_factory=list)


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
        raise SettingsError("chromium is not installed", remedy="Install it with the system's package manager")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "filing.xhtml"
        page.write_bytes(linked(data, name))
        out = Path(folder) / "filing.pdf"
        command = [chromium, *FLAGS, "--no-first-run", f"--user-data-dir={folder}/profile", "--no-pdf-header-footer"]
        subprocess.run([*command, f"--print-to-pdf={out}", page.as_uri()], check=True, capture_output=True, timeout=300)  # noqa: S603  ours
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


def judge(pairs: Sequence[tuple[Tagged, list[Fact]]]) -> Outcome:
    """Compare each figure with the best fact that lies on it."""
    outcome = Outcome(len(pairs))
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
        if reason and len(outcome.shown) < SHOWN:
            got = best and (best.page, best.table, best.metric, str(best.value), best.unit, best.period, best.text, best.dimensions)
            outcome.shown.append(f"{reason}: {figure.id} {figure.name} {figure.text} {figure.unit} {figure.period.iso}, read as {got}")
    outcome.right = len(good)
    outcome.distinct = sum(len(meanings[key]) == 1 for key in good)
    outcome.facts, outcome.right_facts = len(judged), sum(judged.values())
    return outcome


def items(data: Path) -> list[Item]:
    """One item a filing. Raises InputError where there are none."""
    files = sorted((data / FOLDER).glob("*.html.gz"))
    if not files:
        raise InputError(f"there are no filings in {data / FOLDER}", remedy="Give the folder that holds them with --data")
    return [Item(path.name.removesuffix(".html.gz"), path.name, meta={"file": path}) for path in files]


def from_pdf(cache: Path) -> Solver:
    """Prints, parses and extracts; printed filings are kept in ``cache``."""
    cache.mkdir(parents=True, exist_ok=True)

    def solve(item: Item) -> Reply:
        data = gzip.decompress(item.meta["file"].read_bytes())
        pdf = print_pdf(data, item.id, cache).read_bytes()
        places = places_of(pdf)
        figures = [tag for tag in read_tags(read_tree(data, item.id)) if tag.in_table and tag.id in places]
        return Reply("", found=judge(list(lying_on(figures, places, extract(parse_pdf(pdf, item.id))))))

    return solve


def from_html(item: Item) -> Reply:
    """Reads the tables of the HTML, without its tags."""
    data = gzip.decompress(item.meta["file"].read_bytes())
    figures = [tag for tag in read_tags(read_tree(data, item.id)) if tag.in_table]
    return Reply("", found=judge(list(by_locator(figures, extract(parse_html(data, item.id))))))


def score(_: Item, reply: Reply) -> Score:
    found: Outcome = reply.found
    counts = {
        "figures": found.figures, "right": found.right, "facts": found.facts, "right_facts": found.right_facts, "distinct": found.distinct
    } | found.kinds  # fmt: skip
    share = found.right / max(1, found.figures)
    return Score(
        "correct" if share == 1 else "wrong", share, "\n".join(found.shown), {name: float(count) for name, count in counts.items()}
    )


SUITE = Suite(
    "ixbrl-facts", "Facts of printed filings against the tags of the same filings in inline XBRL.", "facts", items, score,
    (ratio("recall", "right", "figures"), ratio("precision", "right_facts", "facts"),
    ratio("recall_with_dimensions", "distinct", "figures"), ratio("precision_with_dimensions", "distinct", "right")),
)  # fmt: skip
