"""The twelve papers of invented institutions: every one is written and read, and each question is about one of them."""

from __future__ import annotations

from pathlib import Path

import own_papers
from finfoundry.knowledge.ingest.parse_file import parse
from hand_rows import rows


def test_every_question_is_about_a_paper_that_is_written_and_can_be_read(tmp_path: Path) -> None:
    own_papers.write(tmp_path)
    asked = rows(Path("benchmarks/by_hand/own.jsonl"))
    assert {Path(row["paper"]).name for row in asked} == {file.name for file in tmp_path.iterdir()}
    for file in tmp_path.iterdir():
        assert parse(file.read_bytes(), file.name).document.pages, file.name


def test_cells_that_are_one() -> None:
    cells, boxes = own_papers.grid("item|group|<\n^|2025|2024\nsales|5|4")
    assert cells == [["item", "group", ""], ["", "2025", "2024"], ["sales", "5", "4"]]
    assert boxes == [(0, 0, 1, 0), (0, 1, 0, 2)]
