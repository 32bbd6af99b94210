"""Papers against questions: cells bound or empty, kept, and asked anew only where a paper changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.ask.memory import document

from finfoundry.app import open_app
from finfoundry.core.errors import InputError
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.fill.paper_matrix import paper_matrix, rows_of

PAPER = """<html><body><h1>{name}</h1><p>Annual report for the year ended 31 December 2024</p>
<h2>Consolidated income statement</h2><p>(in millions of US dollars)</p><table><tr><th></th><th>2024</th><th>2023</th></tr>
<tr><td>Revenue</td><td>{revenue}</td><td>1,180</td></tr><tr><td>Operating income</td><td>152</td><td>140</td></tr></table></body></html>"""
QUESTIONS = """# what the desk asks of everybody
What was {company}'s revenue in {year}?
What was {company}'s operating margin in {year}?
How many lighthouses does {company} keep?
"""


@pytest.fixture
def app(home: Path) -> Iterator[Any]:
    with open_app(Settings(home=home, engine="none", state_reader="off", scorer="off", figure_scorer="off", worker=False)) as opened:
        yield opened


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    (tmp_path / "questions.txt").write_text(QUESTIONS, "utf-8")
    return tmp_path / "questions.txt"


def ingest(app: Any, folder: Path, name: str, revenue: str) -> None:
    file = folder / f"{name.split()[0].lower()}-2024.html"
    file.write_text(PAPER.format(name=name, revenue=revenue), "utf-8")
    app.ingest(app.administrator, [file])


def test_cells_are_bound_or_empty_and_only_a_changed_row_is_asked_anew(app: Any, asked: Path, tmp_path: Path) -> None:
    ingest(app, tmp_path, "Tarn Holdings plc", "1,241")
    ingest(app, tmp_path, "Reed Harbours plc", "2,050")
    target = tmp_path / "matrix.xlsx"
    first = paper_matrix(app, app.administrator, asked, target)
    assert (first.rows, first.asked, first.filled, first.unbound) == (2, 6, 4, 2)
    sheet: Any = openpyxl.load_workbook(target)["matrix"]
    told = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    tarn = next(row for name, row in told.items() if "Tarn" in name)
    assert (tarn[1].value, tarn[2].value, tarn[4].value) == (2024, 1241000000, None)
    assert round(tarn[3].value, 3) == 0.122
    assert "tarn-2024.html" in tarn[2].comment.text
    assert "audit show" in tarn[4].comment.text
    assert paper_matrix(app, app.administrator, asked, target).asked == 0
    ingest(app, tmp_path, "Tarn Holdings plc", "1,300")  # another paper of the same company
    again = paper_matrix(app, app.administrator, asked, target)
    assert again.asked == 3


def test_a_run_that_was_cut_short_goes_on(app: Any, asked: Path, tmp_path: Path) -> None:
    ingest(app, tmp_path, "Tarn Holdings plc", "1,241")
    target = tmp_path / "matrix.xlsx"
    paper_matrix(app, app.administrator, asked, target)
    kept = tmp_path / "matrix.cells.jsonl"
    lines = kept.read_text("utf-8").split("\n")
    kept.write_text("\n".join(lines[:2]) + "\n" + lines[2][:20], "utf-8")  # killed amid a line
    assert paper_matrix(app, app.administrator, asked, target).asked == 1
    assert paper_matrix(app, app.administrator, asked, target).asked == 0


def test_a_company_is_a_row_a_year_and_papers_of_nobody_are_none() -> None:
    papers = [document("a-2024", "Tarn", 2024), document("a-2023", "Tarn", 2023), document("b-2024", "Reed", 2024)]
    assert [(row.company, row.year) for row in rows_of(papers)] == [("Reed", 2024), ("Tarn", 2024), ("Tarn", 2023)]
    assert len({row.papers for row in rows_of(papers) if row.company == "Tarn"}) == 1  # a figure may stand in the next year's paper


@pytest.mark.parametrize("text", ["", "# only a remark\n", "What was the revenue in {year}?\n"])
def test_files_without_questions_of_a_company_say_what_to_do(app: Any, tmp_path: Path, text: str) -> None:
    (tmp_path / "q.txt").write_text(text, "utf-8")
    with pytest.raises(InputError) as raised:
        paper_matrix(app, app.administrator, tmp_path / "q.txt", tmp_path / "matrix.xlsx")
    assert "{company}" in (raised.value.remedy or "")


def test_a_store_without_papers_says_so(app: Any, asked: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no paper"):
        paper_matrix(app, app.administrator, asked, tmp_path / "matrix.xlsx")
