"""The editor of bins shows its effect before anything is applied."""

from __future__ import annotations

from pathlib import Path

import pytest

from finfoundry.core.errors import InputError
from finfoundry.specialists.families.credit import credit as family
from finfoundry.specialists.inputs.made_data import loans
from finfoundry.specialists.inputs.table import TableSource
from finfoundry.specialists.reports.bins_preview import preview

from .conftest import Credit


def digests(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_drawn_bins_are_shown_with_their_effect_and_not_applied(credit: Credit) -> None:
    before = digests(credit.folder)
    table = loans(700, seed=3)
    found = preview(family.CLASSIFIER, credit.specialist, "loans", TableSource("loans.csv", table, ""), {"income": (3000.0, 9000.0)})
    assert digests(credit.folder) == before
    assert [(one.column, one.status) for one in found.shapes] == [("income", "now"), ("income", "drawn")]
    drawn = [one for one in found.bins if one.status == "drawn"]
    income, default = table["income"], table["default"]
    for line, inside in zip(drawn, (income < 3000, (income >= 3000) & (income < 9000), income >= 9000), strict=False):
        assert (line.rows, line.events) == (int(inside.sum()), int(default[inside].sum()))
    assert found.shapes[1].information_value != found.shapes[0].information_value
    assert found.auc_difference == pytest.approx(found.auc_drawn - found.auc_now)
    assert 0.6 < found.auc_now < 0.9


def test_drawing_what_is_there_changes_nothing(credit: Credit) -> None:
    own = next(one for one in credit.specialist.bins if one.column == "debt_ratio")
    found = preview(
        family.CLASSIFIER, credit.specialist, "loans", TableSource("loans.csv", loans(700, seed=3), ""), {"debt_ratio": own.splits}
    )
    assert found.auc_difference == 0
    assert found.shapes[0].information_value == found.shapes[1].information_value


@pytest.mark.parametrize("cuts", [{"income": (5000.0, 4000.0)}, {"job": (1.0,)}, {"nothing": (1.0,)}, {"income": ()}])
def test_cuts_that_are_none_are_refused(credit: Credit, cuts: dict[str, tuple[float, ...]]) -> None:
    with pytest.raises(InputError, match="give rising numbers"):
        preview(family.CLASSIFIER, credit.specialist, "loans", TableSource("loans.csv", loans(700, seed=3), ""), cuts)
