"""The independent check of published figures: what it confirms, and each way in which it must object."""

from __future__ import annotations

import importlib.util
import io
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas


def _load() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks/check_figures.py"
    spec = importlib.util.spec_from_file_location("check_figures", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_figures"] = module
    spec.loader.exec_module(module)
    return module


check_figures = _load()
BOX = [300.0, 92.0, 360.0, 104.0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=(612, 792))
    canvas.setFont("Helvetica", 10)
    canvas.drawString(72, 690, "Total current liabilities")
    canvas.drawString(302, 690, "5,466,312")
    canvas.drawString(302, 670, "(1,250)")
    canvas.save()
    (tmp_path / "report.pdf").write_bytes(data.getvalue())
    return tmp_path


def answer(**changes: Any) -> dict[str, Any]:
    figure = {
        "text": "$5,466 million",
        "value": "5466312000",
        "unit": "USD",
        "source": "cell",
        "reference": {"citation": 1, "text": "5,466,312", "scale": "1000"},
    }
    citation = {"marker": 1, "document": {"id": "d", "name": "report.pdf"}, "page": 1, "box": BOX}
    reference = figure["reference"]
    assert isinstance(reference, dict)
    for name, value in changes.items():
        (citation if name in citation else reference if name in reference else figure)[name] = value
    return {"question_id": "q1", "status": "answered", "figures": [figure], "citations": [citation]}


def check(given: dict[str, Any], folder: Path) -> Any:
    return check_figures.check(iter([given]), check_figures.Library(folder))


def test_a_figure_that_stands_there_is_confirmed(folder: Path) -> None:
    assert check(answer(), folder).confirmed == 1


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"box": [300.0, 112.0, 360.0, 124.0]}, "does not stand"),
        ({"page": 2}, "is not there"),
        ({"scale": "1000000"}, "is not '5,466,312' x"),
        ({"value": "5466313000"}, "is not '5,466,312' x"),
        ({"text": "5,466,313"}, "does not stand"),
        ({"citation": 2}, "citation 2 is not there"),
    ],
)
def test_what_differs_is_named(changes: dict[str, Any], fault: str, folder: Path) -> None:
    given = answer(**{name: value for name, value in changes.items() if name != "text"})
    if "text" in changes:
        given["figures"][0]["reference"]["text"] = changes["text"]
    outcome = check(given, folder)
    assert outcome.failed == 1
    assert fault in outcome.failures[0]["fault"]


def test_what_is_printed_must_be_the_value_rounded(folder: Path) -> None:
    given = answer()
    given["figures"][0]["text"] = "$5,468 million"
    assert "rounded" in check(given, folder).failures[0]["fault"]


def test_calculations_are_computed_again(folder: Path) -> None:
    given = answer()
    operand = given["figures"][0]
    calculation = {
        "source": "calculation",
        "text": "2.0",
        "value": "2",
        "reference": {"expression": "(a + b) / b", "operands": {"a": operand, "b": operand}},
    }
    given["figures"] = [calculation]
    assert check(given, folder).confirmed == 1
    calculation["reference"] = {"expression": "a + b", "operands": {"a": operand, "b": operand}}
    assert "is 10932624000" in check(given, folder).failures[0]["fault"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(1,234)", "-1234"),
        ("$ 5.2 million", "5200000"),
        ("5.2%", "0.052"),
        ("15.82亿元", "1582000000"),
        ("１２３", "123"),
        ("—", "0"),
        ("50 bps", "0.005"),
    ],
)
def test_numbers_are_read_anew(text: str, value: str) -> None:
    read = check_figures.read_number(text)
    assert read
    assert str(read.value.normalize()) == str(check_figures.Decimal(value).normalize())
