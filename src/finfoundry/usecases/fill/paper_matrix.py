"""Papers against questions: one row a company and year, one column a question, each cell bound or empty with its reason.

What was asked is kept beside the workbook, each cell under a digest of its question, of the company's papers and of what answers: a run
that was stopped goes on, and after a paper came, went or was read again only that company's rows are asked anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from finfoundry import __version__
from finfoundry.app import App
from finfoundry.core.answer import Answer
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.knowledge.storage.store import StoredDocument
from finfoundry.usecases.fill.field_calls import Field
from finfoundry.usecases.fill.filled import Filled, filled
from finfoundry.usecases.fill.sheet_fields import UNBOUND, comment_on, format_of, put_text

COMPANY, YEAR = "{company}", "{year}"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A company and a year that it reports on, with the digests of all its papers: what a cell of the row may rest on."""

    company: str
    year: int | None
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """A question about a row, and what became of it."""

    company: str
    year: int | None
    question: str
    answer: Filled


@dataclass(frozen=True, slots=True)
class Matrix:
    """Where it was written, how many cells are filled and empty, and how many of all were asked now; the rest was kept."""

    file: str
    rows: int
    filled: int
    unbound: int
    asked: int
    cells: list[MatrixCell]


def paper_matrix(
    app: App, principal: Principal, questions: Path, target: Path, *, collection: str | None = None, report: Report = silent
) -> Matrix:
    """The workbook of the papers of a collection against the questions of a file, one a line. Raises InputError."""
    columns = _columns(questions)
    if target.suffix.lower() != ".xlsx":
        raise InputError(f"{target.name} is no workbook", remedy="Name a file that ends in .xlsx")
    rows = rows_of(app.documents(principal, collection))
    if not rows:
        raise InputError("no paper that you may read is a company's", remedy="Ingest papers, or name their collection with --collection")
    cells: list[MatrixCell] = []
    kept = _Kept(
        target.with_suffix(".cells.jsonl"), f"{__version__} {app.settings.engine_name} {app.settings.model} {principal.user} {collection}"
    )
    for row in rows:
        for column in columns:
            question = column.replace(COMPANY, row.company).replace(YEAR, str(row.year or ""))

            def ask(asked: str) -> Answer:
                return app.ask(principal, asked, collection=collection, seconds=app.settings.ask_deadline)

            cells.append(MatrixCell(row.company, row.year, column, kept.cell(row, question, ask)))
            report(Progress("matrix", len(cells), len(rows) * len(columns), question))
    _write(target, columns, rows, cells)
    told = sum(cell.answer.status == "filled" for cell in cells)
    return Matrix(str(target), len(rows), told, len(cells) - told, kept.asked, cells)


def rows_of(papers: Iterable[StoredDocument]) -> list[MatrixRow]:
    """A row for each company and year that a paper reports on, by name, the latest year first."""
    owned: dict[str, list[StoredDocument]] = {}
    for paper in papers:
        if paper.entity:
            owned.setdefault(paper.entity, []).append(paper)
    found = [
        MatrixRow(company, year, tuple(sorted(f"{paper.sha256} {paper.revision}" for paper in own)))
        for company, own in sorted(owned.items())
        for year in sorted({paper.fiscal_year for paper in own}, key=lambda year: -(year or 0))
    ]
    return [row for row in found if row.year is not None or not any(one.company == row.company and one.year for one in found)]


def _columns(questions: Path) -> list[str]:
    try:
        lines = [line.strip() for line in questions.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{questions} cannot be read", remedy="Name a text file in UTF-8 with a question a line") from error
    columns = [line for line in lines if line and not line.startswith("#")]
    if lacking := [line for line in columns if COMPANY not in line]:
        raise InputError(f"the question {lacking[0]!r} is of no company", remedy=f"Write {COMPANY}, and {YEAR}, where they belong in it")
    if not columns:
        raise InputError(f"{questions.name} has no question", remedy="Write one a line, such as: What was {company}'s revenue in {year}?")
    return list(dict.fromkeys(columns))


class _Kept:
    """The cells that were asked before, in a file beside the workbook, a line each."""

    def __init__(self, file: Path, answers: str) -> None:
        self._file, self._answers = file, answers  # what answers: another version, engine or person is asked anew
        self.asked = 0
        self._cells: Mapping[str, Filled] = {}
        if file.is_file():
            self._cells = {line["key"]: Filled(**line["cell"]) for line in map(json.loads, _whole_lines(file))}

    def cell(self, row: MatrixRow, question: str, ask: Callable[[str], Answer]) -> Filled:
        """What was kept, or what is answered now, which is then kept at once."""
        key = hashlib.sha256("\n".join((self._answers, question, *row.papers)).encode()).hexdigest()
        if key in self._cells:
            return self._cells[key]
        told = _told(question, ask(question))
        self.asked += 1
        with self._file.open("a", encoding="utf-8") as out:
            out.write(json.dumps({"key": key, "cell": asdict(told)}, ensure_ascii=False) + "\n")
        return told


def _whole_lines(file: Path) -> list[str]:
    """The lines of the file; one that a kill left without its end is left out, and cut off."""
    text = file.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        file.write_text(whole, encoding="utf-8")
    return whole.split("\n")[:-1]


def _told(question: str, answer: Answer) -> Filled:
    """The one figure that an answer states, else its text; nothing where it is none."""
    figure = filled(Field(question, "figure", question), question, lambda _: answer)
    if figure.status == "filled" or answer.status != "answered":
        return figure
    return filled(Field(question, "text", question), question, lambda _: answer)


def _write(target: Path, columns: Sequence[str], rows: Sequence[MatrixRow], cells: Sequence[MatrixCell]) -> None:
    import openpyxl  # here: most processes write no workbook
    from openpyxl.styles import Alignment, Font, PatternFill

    book = openpyxl.Workbook()
    sheet: Any = book.worksheets[0]
    sheet.title = "matrix"
    for place, column in enumerate(("company", "year", *columns), 1):
        head = sheet.cell(1, place)
        put_text(head, column)
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(rows, 2):
        put_text(sheet.cell(number, 1), row.company)
        sheet.cell(number, 2, row.year)
        for place, cell in enumerate(cells[(number - 2) * len(columns) : (number - 1) * len(columns)], 3):
            _cell(sheet.cell(number, place), cell.answer, PatternFill("solid", fgColor=UNBOUND))
    sheet.freeze_panes = "C2"
    part = target.with_name(f"{target.name}.part")
    try:
        book.save(part)
        part.replace(target)
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror}", remedy="Choose another file") from error


def _cell(cell: Any, one: Filled, unbound: Any) -> None:
    if one.status == "unbound":
        cell.fill = unbound  # and is left empty: its comment says why
    elif one.value is not None:
        cell.value, cell.number_format = float(one.value), format_of(one)
    else:
        put_text(cell, one.text)
    comment_on(cell, f"{one.text}\n{one.source}\nfinfoundry audit show {one.record}")
