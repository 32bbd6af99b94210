"""Two readings by hand that meet at one cell or page: one figure stands in a cell, and no border is lost that came into force meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.corrections.conftest import BEA, CARL, DORA
from tests.corrections.test_hand_readings import (  # noqa: F401  fixtures
    BOX,
    SUMMARY,
    WHY,
    app,
    desk,
    facts_there,
    far_apart,
    fewer_columns,
    figure_of,
    in_force,
    paper,
)

from finfoundry.app import App
from finfoundry.core.errors import InputError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.bordered_page import BorderedFile, BorderedPage, read_bordered
from finfoundry.usecases.mending.reading_desk import BorderGiven, FigureGiven, ReadingDesk


def test_of_two_figures_for_one_cell_one_comes_into_force(app: App, desk: ReadingDesk, paper: str) -> None:  # noqa: F811
    one = desk.propose_figure(BEA, figure_of(paper), WHY)
    other = desk.propose_figure(CARL, figure_of(paper, text="4,321"), WHY)
    desk.approve(CARL, one.id)
    with pytest.raises(InputError, match=r"stands in .* cell"):
        desk.approve(BEA, other.id)
    found = [one.value for one in app.facts(ADMINISTRATOR, metric="Custody fee income") if one.page == SUMMARY and one.box == BOX]
    assert found == ["1234000000"]


def test_a_figure_without_a_place_is_not_added_twice(desk: ReadingDesk, paper: str) -> None:  # noqa: F811
    one = desk.propose_figure(BEA, figure_of(paper, box=None), WHY)
    other = desk.propose_figure(CARL, figure_of(paper, box=None, text="4,321"), WHY)
    desk.approve(CARL, one.id)
    with pytest.raises(InputError, match="stands in"):
        desk.approve(BEA, other.id)


def test_a_border_is_not_undone_under_a_figure_in_a_cell_that_it_took_away(app: App, desk: ReadingDesk, paper: str) -> None:  # noqa: F811
    whole = facts_there(app, paper)
    border = in_force(desk, lambda: desk.propose_table(BEA, fewer_columns(app, paper), WHY, anyway=True))
    kept = {(one.box and tuple(map(round, one.box))) for one in app.facts(ADMINISTRATOR, limit=5000) if one.page == SUMMARY}
    gone = next(one for one in border.change.goes if one.box and tuple(map(round, one.box)) not in kept)
    added = in_force(desk, lambda: desk.propose_figure(BEA, figure_of(paper, box=gone.box), WHY, anyway=True))
    with pytest.raises(InputError, match=f"reading {added.id}"):
        desk.undo(BEA, border.id)
    desk.undo(BEA, added.id)
    desk.undo(BEA, border.id)
    assert facts_there(app, paper) == whole


def test_a_border_that_came_while_the_page_was_read_is_not_lost(app: App, desk: ReadingDesk, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "lantern.pdf").write_bytes(far_apart())
    (done,) = app.ingest(ADMINISTRATOR, [tmp_path / "lantern.pdf"])
    upper, lower = (BorderGiven(done.id or "", 1, (50, top, 440, bottom)) for top, bottom in ((120, 270), (340, 380)))
    first = desk.propose_table(BEA, upper, WHY, anyway=True)

    def reads(given: BorderedFile) -> BorderedPage:
        read = read_bordered(given)
        desk.approve(CARL, first.id)
        return read

    with pytest.raises(InputError, match="another border of page"):
        ReadingDesk(app, reads).propose_table(BEA, lower, WHY, anyway=True)
    in_force(desk, lambda: desk.propose_table(BEA, lower, WHY, anyway=True))
    tables = [block for block in app.store.page(ADMINISTRATOR, done.id or "", 1).blocks if block.kind == "table"]
    assert len(tables) == 2
    app.delete(ADMINISTRATOR, done.id or "")


@pytest.mark.parametrize("box", [(float("nan"), 700.0, 90.0, 710.0), (60.0, 700.0, float("inf"), 710.0), (60.0, 9e9, 90.0, 9.1e9)])
def test_a_figure_stands_at_a_place_of_a_page(desk: ReadingDesk, paper: str, box: tuple[float, ...]) -> None:  # noqa: F811
    given: FigureGiven = figure_of(paper, box=box)
    with pytest.raises(InputError, match="no box of a page"):
        desk.try_figure(DORA, given)
