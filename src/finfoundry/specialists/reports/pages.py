"""Pages about a specialist, as HTML with plots and as Markdown: their parts, how they are written, and how a card comes under the seal."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finfoundry.specialists.inputs.table import file_digest
from finfoundry.specialists.models.metrics import MeasuredFigure
from finfoundry.specialists.models.specialist import CARD, CHECKLIST, MANIFEST, MODEL, check_sealed, seal_documents

Table = tuple[Sequence[str], Sequence[Sequence[Any]]]  # header, rows
_STYLE = """body{font:16px/1.55 Georgia,"Songti SC",serif;max-width:62rem;margin:3rem auto;padding:0 1.5rem;color:#1c2430}
h1{font-size:2rem;margin-bottom:.2rem}h2{margin-top:2.4rem;border-bottom:1px solid #d5d9e0;padding-bottom:.3rem}
table{border-collapse:collapse;font:14px/1.4 system-ui,sans-serif;margin:1rem 0}td,th{padding:.3rem .8rem;border-bottom:1px solid #e4e7ec;text-align:left}
td{font-variant-numeric:tabular-nums}figure{display:inline-block;margin:.6rem 1rem .6rem 0}svg{max-width:30rem;height:auto}.meta{color:#5b6573}"""


@dataclass(frozen=True)
class Card:
    """Where the card lies, and the sections it has."""

    html: str
    markdown: str
    sections: list[str]


@dataclass(frozen=True)
class Section:
    """A heading, paragraphs, tables and plots (SVG)."""

    title: str
    paragraphs: Sequence[str] = ()
    tables: Sequence[Table] = ()
    plots: Sequence[str] = ()


def sealed_card(folder: Path) -> Card | None:
    """The card that lies under the seal; None of a specialist of before. Raises IntegrityError where a file was altered."""
    check_sealed(folder)
    if CARD[0] not in json.loads((folder / MANIFEST).read_text())["files"]:
        return None
    page, text = (folder / name for name in CARD)
    titles = [line.removeprefix("## ") for line in text.read_text("utf-8").splitlines() if line.startswith("## ")]
    return Card(str(page), str(text), titles)


def seal_card(folder: Path, demands: Sequence[Sequence[str]]) -> str:
    """Take the card under the seal, with what the specialist shows of each demand (``checklist.Shown``); returns the version."""
    names = ("asks", "shown", "verdict", "section", "source")
    rows = [dict(zip(names, row, strict=True)) for row in demands]
    (folder / CHECKLIST).write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return seal_documents(folder, (*CARD, CHECKLIST))


def model_line(folder: Path) -> str:
    """What the card is of: it lies under the seal itself, and so cannot name the version."""
    return f"model {file_digest(folder / MODEL)[:16]}" if (folder / MODEL).is_file() else ""


def figures_table(models: Mapping[str, Mapping[str, MeasuredFigure]]) -> Table:
    names = list(dict.fromkeys(name for figures in models.values() for name in figures))
    return ["figure", *models], [[name, *(_interval(figures.get(name)) for figures in models.values())] for name in names]


def _interval(figure: MeasuredFigure | None) -> str:
    if figure is None:
        return ""
    return f"{figure.value:.4f}" + (f" [{figure.low:.4f}, {figure.high:.4f}]" if figure.low is not None and figure.high is not None else "")


def sign_off(trained_by: str, at: str) -> Section:
    told = (
        "Validations with their findings, conditions and expiry, and who promoted, are sealed records: finfoundry specialists validations."
    )
    return Section("Sign-off", [told], [(["act", "name", "date"], [["trained by", trained_by, at]])])


def write_pages(folder: Path, name: str, title: str, version: str, sections: Sequence[Section]) -> Card:
    page, text = folder / f"{name}.html", folder / f"{name}.md"
    page.write_text(_html(title, version, sections), encoding="utf-8")
    text.write_text(_markdown(title, version, sections), encoding="utf-8")
    return Card(str(page), str(text), [section.title for section in sections])


def _html(title: str, version: str, sections: Sequence[Section]) -> str:
    parts = [f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{html.escape(title)}</title><style>{_STYLE}</style>"]
    parts.append(f"<h1>{html.escape(title)}</h1><p class='meta'>{version}</p>")
    for section in sections:
        parts.append(f"<h2>{html.escape(section.title)}</h2>")
        parts += [f"<p>{html.escape(text)}</p>" for text in section.paragraphs]
        parts += [f"<figure>{svg}</figure>" for svg in section.plots]
        for header, rows in section.tables:
            head = "".join(f"<th>{html.escape(str(cell))}</th>" for cell in header)
            body = "".join("<tr>" + "".join(f"<td>{html.escape(_cell(cell))}</td>" for cell in row) + "</tr>" for row in rows)
            parts.append(f"<table><tr>{head}</tr>{body}</table>")
    return "\n".join(parts) + "</html>\n"


def _markdown(title: str, version: str, sections: Sequence[Section]) -> str:
    lines = [f"# {title}", "", version, ""]
    for section in sections:
        lines += [f"## {section.title}", ""]
        for text in section.paragraphs:
            lines += [text, ""]
        for header, rows in section.tables:
            lines += ["| " + " | ".join(map(str, header)) + " |", "|" + " --- |" * len(header)]
            lines += ["| " + " | ".join(_cell(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
            lines.append("")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
