"""Titles over columns by where they stand on the page."""

from __future__ import annotations

from finfoundry.core.document import Block, Cell, Word
from finfoundry.knowledge.facts.table.header_detection import read_grid
from finfoundry.knowledge.facts.table.header_spans import extents_of, part_titles

FLUSH_RIGHT = (160.0, 260.0, 360.0)


def paper(title: str, box: tuple[float, float, float, float], span: int = 2) -> Block:
    """Three columns of numbers set flush right, and a title over the last two."""
    cells = [Cell(0, 0, "Item", header=True, box=(0, 0, 30, 10)), Cell(0, 2, title, column_span=span, header=True, box=box)]
    for row, numbers in enumerate([("1,234", "5", "67"), ("1", "55", "6")], 1):
        cells.append(Cell(row, 0, "Loans", box=(0, 20.0 * row, 50, 20.0 * row + 10)))
        cells += [
            Cell(row, column, number, box=(right - 6 * len(number), 20.0 * row, right, 20.0 * row + 10))
            for column, (number, right) in enumerate(zip(numbers, FLUSH_RIGHT, strict=True), 1)
        ]
    return Block("table", "", cells=cells)


def titles(words: list[tuple[str, float, float]], title: str = "Level two Level three", right: float = 365.0) -> list[tuple[int, str]]:
    grid = read_grid(paper(title, (200.0, 0.0, right, 10.0)))
    grid.rows[0].kind = "header"
    part_titles(grid, [Word(text, (left, 0.0, right, 10.0)) for text, left, right in words])
    return [(cell.column, cell.text) for cell in grid.rows[0].cells if cell.column]


def test_a_column_reaches_from_its_leftmost_to_its_rightmost_number() -> None:
    assert extents_of(read_grid(paper("x", (200, 0, 365, 10)))) == {1: (130.0, 160.0), 2: (248.0, 260.0), 3: (348.0, 360.0)}


def test_titles_that_were_read_as_one_end_where_their_numbers_end() -> None:
    words = [("Level", 205.0, 230.0), ("two", 232.0, 262.0), ("Level", 305.0, 330.0), ("three", 332.0, 363.0)]
    assert titles(words) == [(2, "Level two"), (3, "Level three")]


def test_a_word_a_point_beside_its_cell_is_part_of_the_title_and_one_further_off_is_not() -> None:
    words = [("Level", 199.0, 230.0), ("two", 232.0, 262.0), ("Level", 305.0, 330.0), ("three", 332.0, 363.0)]
    assert titles(words, right=362.0) == [(2, "Level two"), (3, "Level three")]
    assert titles(words, right=361.0) == [(2, "Level two Level three")]


def test_a_title_that_ends_elsewhere_stays_whole() -> None:
    words = [("Level", 205.0, 230.0), ("two", 232.0, 250.0), ("Level", 305.0, 330.0), ("three", 332.0, 363.0)]
    assert titles(words) == [(2, "Level two Level three")]


def test_words_on_time_are_over_all_their_columns() -> None:
    words = [("Years", 205.0, 230.0), ("ended", 232.0, 262.0), ("fiscal", 305.0, 330.0), ("year", 332.0, 363.0)]
    assert titles(words, "Years ended fiscal year") == [(2, "Years ended fiscal year")]
