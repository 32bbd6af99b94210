"""The report of one run or of many: figures, plots, and each error with the page that holds the truth."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import yaml
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from finfoundry.core.disclosure import Disclosure
from finfoundry.evals.intervals import Estimate
from finfoundry.evals.plots import error_curve, intervals
from finfoundry.evals.result import SuiteResult
from finfoundry.evals.rows import Row, read_rows
from finfoundry.evals.run import ROWS, Suite, write_text

SHOWN = 100  # errors a run that are opened with their page
CAUSES = 10
CAUSES_READ = "causes.yaml"
PIXELS = 1100  # width of a page image


@dataclass(frozen=True, slots=True)
class Image:
    file: str
    caption: str


def write_report(
    folder: Path, title: str, runs: Sequence[tuple[Suite, SuiteResult]], data: Path | None, labels: Sequence[Disclosure] = ()
) -> Path:
    """``report.html`` in the folder over runs that lie in it, with page images next to it. Without ``data`` errors open without pages.

    ``labels``: that its answers were generated, as the law of the place asks, in each language.
    """
    page = Environment(loader=PackageLoader("finfoundry.evals"), autoescape=True).get_template("report.html")
    target = folder / "report.html"
    write_text(
        target, page.render(title=title, labels=labels, runs=[_section(folder, suite, result, data, runs) for suite, result in runs])
    )
    return target


def _section(
    folder: Path, suite: Suite, result: SuiteResult, data: Path | None, runs: Sequence[tuple[Suite, SuiteResult]]
) -> dict[str, object]:
    past = _history(result, [other for _, other in runs])
    place = folder / result.folder if (folder / result.folder / ROWS).exists() else folder
    failed = [row for row in read_rows(place / ROWS) if not row.correct]
    read = read_causes(place / CAUSES_READ)
    failed.sort(key=lambda row: (row.verdict != "wrong", -(row.confidence or 0), row.value))
    return {
        "result": result, "about": suite.about, "failed": len(failed), "causes": causes(failed, read), "read": read,
        "figures": Markup(intervals(result.measures)), "verdicts": Markup(intervals(result.verdicts)),  # noqa: S704  SVG of ours
        "history": Markup(intervals(past)) if past else "",  # noqa: S704
        "curve": Markup(error_curve(result.curve)),  # noqa: S704
        "faults": [(row, _images(folder, row, data)) for row in failed[:SHOWN]],
    }  # fmt: skip


def _history(result: SuiteResult, runs: Sequence[SuiteResult]) -> dict[str, Estimate]:
    """The headline of each run of own questions by the time at which it ended, the latest last; nothing for a run that is one of them."""
    earlier = sorted((one for one in runs if one.folder.startswith(f"{result.folder} ")), key=lambda one: one.folder)
    told = {one.folder.removeprefix(f"{result.folder} "): one.measures[one.headline] for one in earlier}
    return told | {"now": result.measures[result.headline]} if told else {}


def causes(rows: Sequence[Row], read: Mapping[str, str] | None = None) -> list[tuple[str, int]]:
    """The commonest causes: as a person wrote them (up to the colon), else the reasons with figures and names left out."""
    known = read or {}
    found = (
        known[row.id].partition(":")[0]
        if row.id in known
        else re.sub(r"[“\"'‘].*?[”\"'’]|[\d.,%$]+", "…", row.reason or row.why or row.verdict)[:120]
        for row in rows
    )
    return Counter(found).most_common(CAUSES)


def read_causes(path: Path) -> dict[str, str]:
    """What a person found to be the cause of each error: a YAML file in the run's folder, id of the item to "cause: remark"."""
    return (
        {str(key): str(value) for key, value in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items()} if path.exists() else {}
    )


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
