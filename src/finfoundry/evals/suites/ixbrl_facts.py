"""Facts read from a printed filing against the tags of the same filing in inline XBRL, as a suite: one item a filing.

Each filing is printed to PDF by headless Chromium with a link around every tagged number, so that the PDF itself says where each
is. The PDF is parsed as any other, without tags. Truth: visible tagged figures inside table cells, sign as printed. Of a dash paper does
not say whether it is zero, and only its tag does: where the PDF is read, dashes are no figures.

Recall: the share of figures on which a fact lies with the right value in base units (so scale and sign too), period, unit and label.
Precision: the same share of the facts that lie on a figure; with untagged ones, those that lie on none in a table that is tagged count as
false, so that it is a lower bound. A filing is off by a period where period and fiscal year of the document are not those of the cover's
tags, or a tenth of its figures bear another period. With dimensions: two figures of different meaning must not share one key (label path,
dimensions, period) in a table. Of the wide set a third of the companies is blind: scored, and no fault of theirs is named. The system
``html`` reads the tables of the HTML instead, still without what the tags say but for dashes: one under a tag is a figure, without it none.
"""

from __future__ import annotations

import ctypes
import gzip
import hashlib
import shutil
import subprocess
import tempfile
from collections import defaultdict
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

import pypdfium2
import pypdfium2.raw as pdfium
from lxml import etree
from lxml.etree import _Element

from finfoundry.core.document import Document
from finfoundry.core.errors import InputError, SettingsError
from finfoundry.evals.measures import ratio
from finfoundry.evals.rows import Item, Judgement, Reply, Solver
from finfoundry.evals.run import Suite
from finfoundry.evals.suites.ixbrl_judging import (
    FilingOutcome,
    Places,
    by_locator,
    judge,
    lying_on,
    off_by_a_period,
    row_labels,
    untagged,
)
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.table.grid import is_nothing
from finfoundry.knowledge.facts.tags.ixbrl import StatedYear, Tagged, read_tags, stated_year
from finfoundry.knowledge.formats.html import parse_html, read_tree
from finfoundry.knowledge.formats.html_style import tag_of
from finfoundry.knowledge.formats.pdf import parse as parse_pdf

XHTML = "{http://www.w3.org/1999/xhtml}"
FOLDER, WIDE = "en_filings/ixbrl", "en_filings/ixbrl_wide"
Part = Literal["read", "blind"]
HOST = "http://fact.invalid/"
STYLE = "a[href^='http://fact.invalid/']{color:inherit;text-decoration:none}"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")


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
    """The filing as PDF, from the cache when it was printed before. Raises SettingsError without Chromium."""
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
        subprocess.run([*command, f"--print-to-pdf={out}", page.as_uri()], check=True, capture_output=True, timeout=600)  # noqa: S603  ours
        shutil.copy(out, target)
    return target


def places_of(pdf: bytes) -> Places:
    """The place of each linked number: its pages from 1 and boxes from the top left."""
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


def printed_figures(root: _Element, places: Places) -> list[Tagged]:
    """The tagged figures in the tables of a filing that its PDF prints: those that have a place there, and no dash."""
    return [tag for tag in read_tags(root) if tag.in_table and tag.id in places and not is_nothing(tag.text)]


def part_of(name: str) -> Part:
    """Which part of the wide set a filing belongs to: a third of the companies, by the digest of the ticker, is blind."""
    return "blind" if int(hashlib.sha256(name.partition("-")[0].upper().encode()).hexdigest(), 16) % 3 == 0 else "read"


def items(data: Path, folder: str = FOLDER) -> list[Item]:
    """One item a filing. Raises InputError where there are none."""
    files = sorted((data / folder).glob("*.html.gz"))
    if not files:
        raise InputError(f"there are no filings in {data / folder}", remedy="Give the folder that holds them with --data")
    return [Item(path.name.removesuffix(".html.gz"), path.name, meta={"file": path}) for path in files]


def wide(data: Path, part: Part) -> list[Item]:
    """The filings of one part of the wide set. Raises InputError where there are none."""
    return [item for item in items(data, WIDE) if part_of(item.id) == part]


def from_pdf(cache: Path) -> Solver:
    """Prints, parses and extracts; printed filings are kept in ``cache``."""
    cache.mkdir(parents=True, exist_ok=True)

    def solve(item: Item) -> Reply:
        data = gzip.decompress(item.meta["file"].read_bytes())
        pdf = print_pdf(data, item.id, cache).read_bytes()
        places = places_of(pdf)
        root = read_tree(data, item.id)
        figures = printed_figures(root, places)
        return Reply("", found=outcome_of(parse_pdf(pdf, item.id), figures, places, row_labels(root), stated_year(root)))

    return solve


def outcome_of(
    document: Document, figures: list[Tagged], places: Places, labels: dict[str, str], stated: StatedYear | None
) -> FilingOutcome:
    """What the facts of a parsed document make of its tagged figures, in their ``places`` and with the ``labels`` of their rows."""
    facts = extract(document)
    outcome = judge(list(lying_on(figures, places, facts)), labels, untagged(places, facts))
    return replace(outcome, off=off_by_a_period(outcome, document.profile, stated))


def tags_of(item: Item) -> tuple[list[Tagged], dict[str, str]]:
    """The tagged figures in the tables of a filing, and the labels of their rows."""
    root = read_tree(gzip.decompress(item.meta["file"].read_bytes()), item.id)
    return [tag for tag in read_tags(root) if tag.in_table], row_labels(root)


def from_html(item: Item) -> Reply:
    """Reads the tables of the HTML, without its tags."""
    figures, labels = tags_of(item)
    data = gzip.decompress(item.meta["file"].read_bytes())
    return Reply("", found=judge(list(by_locator(figures, extract(parse_html(data, item.id)))), labels))


def score(_: Item, reply: Reply) -> Judgement:
    """The counts of one filing; "correct" only where every figure has a right fact."""
    found: FilingOutcome = reply.found
    counts = {
        "figures": found.figures, "right": found.right, "facts": found.facts, "right_facts": found.right_facts, "distinct": found.distinct,
        "with_loose": found.facts + found.loose, "off": found.off, "filings": 1,
    } | found.kinds  # fmt: skip
    share = found.right / max(1, found.figures)
    return Judgement(
        "correct" if share == 1 else "wrong", share, "\n".join(found.shown), {name: float(count) for name, count in counts.items()}
    )


def score_unread(item: Item, reply: Reply) -> Judgement:
    """The counts alone: no fault of a blind filing is named."""
    return replace(score(item, reply), why="")


SUITE: Suite = Suite(
    "ixbrl-facts", "Facts of printed filings against the tags of the same filings in inline XBRL.", "facts", items, score,
    (ratio("recall", "right", "figures"), ratio("precision", "right_facts", "facts"),
    ratio("precision_with_untagged", "right_facts", "with_loose"),
    ratio("recall_with_dimensions", "distinct", "figures"), ratio("precision_with_dimensions", "distinct", "right"),
    ratio("off_by_a_period", "off", "filings", "lower")),
)  # fmt: skip
READ: Suite = replace(
    SUITE, name="ixbrl-wide", about="The same over filings of more companies, of the part that was read.", items=partial(wide, part="read")
)
BLIND: Suite = replace(
    READ,
    name="ixbrl-wide-blind",
    about="The same over the companies that nobody read; no fault is named.",
    items=partial(wide, part="blind"),
    score=score_unread,
)
