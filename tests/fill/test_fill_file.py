"""Notes and workbooks filled with bound figures, and filled again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import docx.oxml
import openpyxl
import pytest
from docx.enum.text import WD_COLOR_INDEX

from finfoundry.app import open_app
from finfoundry.core.answer import Answer, Citation, DocumentName, Figure, Reference
from finfoundry.core.errors import InputError
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.fill.field_calls import field_of, fields_in, function_in
from finfoundry.usecases.fill.fill_file import fill_file
from finfoundry.usecases.fill.filled import AUTHOR
from finfoundry.usecases.fill.note_fields import fill_note
from finfoundry.usecases.fill.sheet_fields import CHANGED, UNBOUND, fill_workbook

REVENUE = "What was Tarn's revenue in 2024?"
MARGIN = "What was Tarn's operating margin in 2024?"
Ask = Callable[[str], Answer]


def answer(text: str, *figures: tuple[str, str, str | None]) -> Answer:
    cited = [Citation(1, DocumentName("d", "tarn-2024.pdf"), 7, None, None, "Revenue | 1,241 | 1,180")]
    stated = [Figure(said, value, unit, "2024-01-01/2024-12-31", "cell", Reference(1, said)) for said, value, unit in figures]
    return Answer("a", "answered" if text else "no_evidence", "en", text, cited if figures else [], stated, audit_id="r-1")


def knows(answers: Mapping[str, Answer]) -> Ask:
    return lambda question: answers.get(question, answer(""))


FIRST = knows(
    {
        REVENUE: answer("Tarn's revenue was $1,241 million in FY2024 [1].", ("$1,241 million", "1241000000", "USD")),
        MARGIN: answer("Tarn's operating margin was 12.2% in FY2024 [1].", ("12.2%", "0.122", "ratio")),
    }
)
LATER = knows({REVENUE: answer("Tarn's revenue was $1,250 million in FY2024 [1].", ("$1,250 million", "1250000000", "USD"))})


# --- the fields -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "question"),
    [
        ('figure("revenue", "2024")', REVENUE),
        ("figure('revenue', '2024')", REVENUE),
        ("figure(“revenue”, “2024”)", REVENUE),
        ('figure("revenue", "2024", "Reed")', "What was Reed's revenue in 2024?"),
        ('FF("Reed", "revenue", "2024")', "What was Reed's revenue in 2024?"),
        ('figure("净息差", "2024", "云州银行")', "云州银行2024年的净息差是多少？"),
        ('figure("净息差", "2024年上半年", "云州银行")', "云州银行2024年上半年的净息差是多少？"),
        ('ask("Why did it rise?")', "Why did it rise?"),
    ],
)
def test_a_field_is_a_question(call: str, question: str) -> None:
    assert field_of(call, "Tarn").question == question


@pytest.mark.parametrize(
    "call",
    [
        'figure("revenue")', 'figure("revenue", 2024)', "figure(revenue, '2024')", "__import__('os')", 'figure("a", "b", "c", "d")',
        'FF("Reed", "revenue")', 'figure("a", period="2024")', 'figure("a" + "b", "2024")', "ask()", "(", 'figure("", "2024")',
    ],
)  # fmt: skip
def test_what_is_no_field_is_refused_with_how_one_is_written(call: str) -> None:
    with pytest.raises(InputError) as raised:
        field_of(call, "Tarn")
    assert "figure(" in (raised.value.remedy or "")


def test_a_figure_of_nobody_is_refused() -> None:
    with pytest.raises(InputError, match="whose revenue it is"):
        field_of('figure("revenue", "2024")', None)


def test_fields_stand_in_texts_and_alone_in_cells() -> None:
    text = 'It was {{ figure("revenue", "2024") }}, at {{figure("operating margin", "2024")}}.'
    assert [(one.field.question, text[one.start : one.end][:2]) for one in fields_in(text, "Tarn")] == [(REVENUE, "{{"), (MARGIN, "{{")]
    assert function_in('=FF("Tarn", "revenue", "2024")', None) == function_in(' FF("Tarn", "revenue", "2024") ', None)
    assert [function_in(text, "Tarn") for text in ("=SUM(A1:A2)", "Revenue", "2024", "{{ x }}")] == [None] * 4


# --- workbooks ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.title = "memo"
    sheet["A1"], sheet["B1"] = "Revenue", '=FF("Tarn", "revenue", "2024")'
    sheet["A2"], sheet["B2"] = "Margin", '{{ figure("operating margin", "2024") }}'
    sheet["A3"], sheet["B3"] = "Half of it", "=B1/2"
    sheet["A4"], sheet["B4"] = "Staff", '{{ figure("number of staff", "2024") }}'
    sheet["A5"] = 'Revenue stood at {{ figure("revenue", "2024") }} in the year.'
    made.save(tmp_path / "memo.xlsx")
    return tmp_path / "memo.xlsx"


def opened(path: Path) -> Any:
    return openpyxl.load_workbook(path)["memo"]


def test_cells_hold_numbers_with_their_sources_and_formulas_stay(book: Path, tmp_path: Path) -> None:
    done = fill_workbook(book, tmp_path / "out.xlsx", FIRST, "Tarn")
    sheet = opened(tmp_path / "out.xlsx")
    assert (sheet["B1"].value, sheet["B2"].value, sheet["B3"].value) == (1241000000, 0.122, "=B1/2")
    assert sheet["B2"].number_format == "0.00%"
    assert "tarn-2024.pdf, p. 7: Revenue | 1,241" in sheet["B1"].comment.text
    assert "finfoundry audit show r-1" in sheet["B1"].comment.text
    assert sheet["A5"].value == "Revenue stood at $1,241 million in the year."
    assert [one.status for one in done] == ["filled", "filled", "unbound", "filled"]


def test_a_figure_without_evidence_is_marked_and_no_number(book: Path, tmp_path: Path) -> None:
    fill_workbook(book, tmp_path / "out.xlsx", FIRST, "Tarn")
    cell = opened(tmp_path / "out.xlsx")["B4"]
    assert cell.value == "[no evidence]"
    assert cell.fill.fgColor.rgb == f"00{UNBOUND}"


def test_filled_again_what_changed_is_marked_and_what_did_not_is_not(book: Path, tmp_path: Path) -> None:
    fill_workbook(book, tmp_path / "first.xlsx", FIRST, "Tarn")
    fill_workbook(tmp_path / "first.xlsx", tmp_path / "same.xlsx", FIRST, "Tarn")
    done = fill_workbook(tmp_path / "same.xlsx", tmp_path / "later.xlsx", LATER, "Tarn")
    same, later = opened(tmp_path / "same.xlsx"), opened(tmp_path / "later.xlsx")
    assert same["B1"].fill.fgColor.rgb != f"00{CHANGED}"
    assert (later["B1"].value, later["B1"].fill.fgColor.rgb) == (1250000000, f"00{CHANGED}")
    assert "was: $1,241 million" in later["B1"].comment.text
    assert [one.changed for one in done if one.place == "memo!B1"] == ["$1,241 million"]
    assert later["B2"].value == "[no evidence]"  # what lost its evidence is no number any more


def test_what_a_paper_says_is_never_run_as_a_formula(book: Path, tmp_path: Path) -> None:
    made = openpyxl.load_workbook(book)
    made["memo"]["B6"] = '{{ ask("What does it say?") }}'
    made["memo"]["B7"] = '{{ ask("What does it say?") }} in short'
    made.save(book)
    hostile = knows({"What does it say?": answer('=HYPERLINK("http://there.example","x")\x07')})
    fill_workbook(book, tmp_path / "out.xlsx", hostile, "Tarn")
    sheet = opened(tmp_path / "out.xlsx")
    assert [sheet[cell].data_type for cell in ("B6", "B7", "B3")] == ["s", "s", "f"]
    assert sheet["B6"].value == '=HYPERLINK("http://there.example","x")'


# --- notes ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def note(tmp_path: Path) -> Path:
    made = docx.Document()
    paragraph = made.add_paragraph("Revenue was ")
    paragraph.add_run('{{ figure("reve').bold = True
    paragraph.add_run('nue", "2024") }} and the margin {{ figure("operating margin", "2024") }} of it.')
    made.add_table(1, 1).rows[0].cells[0].text = 'Staff: {{ figure("number of staff", "2024") }}'
    made.add_paragraph("Nothing to fill here.")
    made.save(str(tmp_path / "memo.docx"))
    return tmp_path / "memo.docx"


def test_fields_of_a_note_become_figures_with_comments(note: Path, tmp_path: Path) -> None:
    done = fill_note(note, tmp_path / "out.docx", FIRST, "Tarn")
    written = docx.Document(str(tmp_path / "out.docx"))
    first = written.paragraphs[0]
    assert first.text == "Revenue was $1,241 million and the margin 12.2% of it."
    assert [run.text for run in first.runs if run.bold and run.text] == ["$1,241 million"]  # in the form in which its field began
    assert written.tables[0].rows[0].cells[0].text == "Staff: [no evidence]"
    told = {comment.text.split("\n")[0]: comment.text for comment in written.comments if comment.author == AUTHOR}
    assert set(told) == {
        '{{ figure("revenue", "2024") }}', '{{ figure("operating margin", "2024") }}', '{{ figure("number of staff", "2024") }}'
    }  # fmt: skip
    assert "tarn-2024.pdf, p. 7" in told['{{ figure("revenue", "2024") }}']
    assert [one.status for one in done] == ["filled", "filled", "unbound"]


def test_a_link_before_a_field_moves_nothing(note: Path, tmp_path: Path) -> None:
    made = docx.Document(str(note))
    paragraph = made.paragraphs[0]
    link = docx.oxml.OxmlElement("w:hyperlink")
    paragraph._p.insert(0, link)
    link.append(paragraph.runs[0]._r)
    made.save(str(note))
    fill_note(note, tmp_path / "out.docx", FIRST, "Tarn")
    assert docx.Document(str(tmp_path / "out.docx")).paragraphs[0].text == "Revenue was $1,241 million and the margin 12.2% of it."


def test_a_note_is_filled_again_with_what_changed_marked(note: Path, tmp_path: Path) -> None:
    fill_note(note, tmp_path / "first.docx", FIRST, "Tarn")
    done = fill_note(tmp_path / "first.docx", tmp_path / "later.docx", LATER, "Tarn")
    written = docx.Document(str(tmp_path / "later.docx"))
    assert written.paragraphs[0].text == "Revenue was $1,250 million and the margin [no evidence] of it."
    changed = [run for run in written.paragraphs[0].runs if run.font.highlight_color == WD_COLOR_INDEX.YELLOW]
    assert [run.text for run in changed] == ["$1,250 million"]
    assert {one.changed for one in done} == {"$1,241 million", "12.2%", None}
    assert len([one for one in written.comments if one.author == AUTHOR]) == 3


# --- an answer that states several figures, or none -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "filled"),
    [
        (answer("It was 12.2%. Based on $152 million.", ("12.2%", "0.122", "ratio"), ("$152 million", "152000000", "USD")), "12.2%"),
        (answer("It was 12.2% and 13.0% [1].", ("12.2%", "0.122", "ratio"), ("13.0%", "0.13", "ratio")), None),
        (answer("It rose."), None),
    ],
)  # fmt: skip
def test_a_field_takes_the_one_figure_that_the_answer_begins_with(given: Answer, filled: str | None, tmp_path: Path, book: Path) -> None:
    done = fill_workbook(book, tmp_path / "out.xlsx", lambda _: given, "Tarn")
    assert (done[0].text if done[0].status == "filled" else None) == filled


# --- over a store -----------------------------------------------------------------------------------------------------------------

PAPER = """<html><body><h1>Tarn Holdings plc</h1><p>Annual report for the year ended 31 December 2024</p>
<h2>Consolidated income statement</h2><p>(in millions of US dollars)</p><table><tr><th></th><th>2024</th><th>2023</th></tr>
<tr><td>Revenue</td><td>1,241</td><td>1,180</td></tr><tr><td>Operating income</td><td>152</td><td>140</td></tr></table></body></html>"""


@pytest.fixture
def app(home: Path) -> Iterator[Any]:
    with open_app(Settings(home=home, engine="none", state_reader="off", scorer="off", figure_scorer="off", worker=False)) as opened:
        yield opened


def test_a_workbook_is_filled_from_papers(app: Any, book: Path, tmp_path: Path) -> None:
    (tmp_path / "tarn-2024.html").write_text(PAPER, "utf-8")
    app.ingest(app.administrator, [tmp_path / "tarn-2024.html"])
    told = fill_file(app, app.administrator, book, tmp_path / "out.xlsx", company="Tarn Holdings")
    sheet = opened(tmp_path / "out.xlsx")
    assert Decimal(str(sheet["B2"].value)).quantize(Decimal("0.001")) == Decimal("0.122")  # computed, and bound to both lines
    assert "152" in sheet["B2"].comment.text
    assert "1,241" in sheet["B2"].comment.text
    assert (told.filled, told.unbound, told.changed) == (3, 1, 0)


@pytest.mark.parametrize("name", ["a.txt", "away.xlsx", "bad.xlsx", "bad.docx", "empty.xlsx"])
def test_files_that_cannot_be_filled_say_what_to_do(app: Any, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text("x", "utf-8")
    for bad in ("bad.xlsx", "bad.docx"):
        (tmp_path / bad).write_bytes(b"no archive")
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    target = tmp_path / f"out{Path(name).suffix}"
    with pytest.raises(InputError) as raised:
        fill_file(app, app.administrator, tmp_path / name, target)
    assert raised.value.remedy
    assert not target.exists()
