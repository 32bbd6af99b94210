"""The axis of a chart beside a table is no column of it."""

from __future__ import annotations

import io

import pytest
from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.shapes import Drawing
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table
from tests.knowledge.facts.papers import Rows, table

from finfoundry.knowledge.facts.table.header_detection import read_grid
from finfoundry.knowledge.ingest.parse_file import parse

LINES = [["", "2023", "2024"], ["Revenue", "1,200", "1,300"], ["Costs", "900", "950"], ["Profit", "300", "350"], ["Tax", "30", "35"]]


def chart() -> Drawing:
    drawing, bars = Drawing(230, 170), VerticalBarChart()
    bars.x, bars.y, bars.height, bars.width, bars.data = 40, 30, 120, 180, [(13, 45, 20, 88)]
    bars.categoryAxis.categoryNames = ["2020", "2021", "2022", "2023"]
    bars.valueAxis.valueMin, bars.valueAxis.valueMax, bars.valueAxis.valueStep = 0, 100, 20
    drawing.add(bars)
    return drawing


def test_ticks_and_years_of_a_chart_beside_a_table_give_no_facts_and_no_times() -> None:
    into = io.BytesIO()
    title = Paragraph("Example Holdings plc annual report 2024", getSampleStyleSheet()["Title"])
    SimpleDocTemplate(into, invariant=1).build([title, Table([[chart(), Table(LINES)]])])
    facts = parse(into.getvalue(), "paper.pdf").facts
    assert {int(fact.value) for fact in facts} == {1200, 1300, 900, 950, 300, 350, 30, 35}
    assert {(fact.metric, fact.period[:4]) for fact in facts} == {
        ((label,), year) for label in ("Revenue", "Costs", "Profit", "Tax") for year in ("2023", "2024")
    }


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        ([["40", "", "2024"], ["", "Sales", "7"], ["20"], ["", "Costs", "5"], ["0", "Tax", "3"]], {7, 5, 3}),
        ([["30", "Sales", "7"], ["20", "Costs", "5"], ["10", "Tax", "3"]], {30, 20, 10, 7, 5, 3}),  # no tick between the rows
        ([["", "A", "B"], ["3%", "7", "5"], ["2%", "6", "4"], ["1%", "8", "9"]], {3, 2, 1, 7, 5, 6, 4, 8, 9}),  # no labels beside them
        ([["40", "Sales", "7"], ["25"], ["", "Costs", "5"], ["0", "Tax", "3"]], {40, 25, 0, 7, 5, 3}),  # by no one step
    ],
)
def test_numbers_left_of_labels_are_ticks_only_where_some_stand_between_rows(rows: Rows, values: set[int]) -> None:
    grid = read_grid(table(rows))
    assert {int(value.number.value) for row in grid.rows for value in row.values} == values
