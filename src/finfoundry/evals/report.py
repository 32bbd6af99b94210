"""The report of one run or of many: figures, plots, and each error with the page that holds the truth."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from finfoundry.evals.plots import error_curve, intervals
from finfoundry.evals.result import Result
from finfoundry.evals.rows import Row, read_rows
from finfoundry.evals.run import ROWS, Suite, write_text

SHOWN = 100  # errors a run that are opened with their page
CAUSES = 10
PIXELS = 1100  # width of a page image


@dataclass(frozen=True, slots=True)
class Image:
    file: str
    caption: str


def write_report(folder: Path, title: str, runs: Sequence[tuple[Suite, Result]], data: Path | None) -> Path:
    """``report.html`` in the folder over runs that lie in it; page images beside it. Without ``data`` errors open without pages."""
    page = Environment(loader=PackageLoader("finfoundry.evals"), autoescape=True).get_template("report.html")
    target = folder / "report.html"
    write_text(target, page.render(title=title, runs=[_section(folder, suite, result, data) for suite, result in runs]))
    return target


def _section(folder: Path, suite: Suite, result: Result, data: Path | None) -> dict[str, object]:
    place = folder / result.folder if (folder / result.folder / ROWS).exists() else folder
    failed = [row for row in read_rows(place / ROWS) if not row.correct]
    failed.sort(key=lambda row: (row.verdict != "wrong", -(row.confidence or 0), row.value))
    return {
        "result": result, "about": suite.about, "failed": len(failed), "causes": causes(failed),
        "figures": Markup(intervals(result.measures)), "verdicts": Markup(intervals(result.verdicts)),  # noqa: S704  SVG of ours
        "curve": Markup(error_curve(result.curve)),  # noqa: S704
        "faults": [(row, _images(folder, row, data)) for row in failed[:SHOWN]],
    }  # fmt: skip


def causes(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """The commonest reasons, figures and names left out so that like ones count together."""
    found = (re.sub(r"[“\"'‘].*?[”\"'’]|[\d.,%$]+", "…", row.reason or row.why or row.verdict)[:120] for row in rows)
    return Counter(found).most_common(CAUSES)


def _images(folder: Path, row: Row, data: Path | None) -> list[Image]:
    """The pages of the truth, rendered once each."""
    if data is None:
        return []
    return [image for file, page in row.evidence[:2] if (image := _image(folder, data / file, page)) is not None]


def _image(folder: Path, source: Path, page: int) -> Image | None:
    if source.suffix.lower() != ".pdf" or not source.exists():
        return None
    name = f"pages/{re.sub(r'[^0-9A-Za-z_-]', '-', source.stem)}-{page}.jpg"
    if not (folder / name).exists():
        (folder / "pages").mkdir(exist_ok=True)
        with pypdfium2.PdfDocument(source) as document:
            if page > len(document):
                return None
            sheet = document[page - 1]
            sheet.render(scale=PIXELS / sheet.get_width()).to_pil().convert("RGB").save(folder / name, quality=60)
    return Image(name, f"{source.name}, page {page}")
