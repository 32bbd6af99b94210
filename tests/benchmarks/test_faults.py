"""The command over faults: each recipe has its input and variants, and an id counts by the worst of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from decimal import Decimal

import pytest

import fault_recipes
from fault_recipes.book import RECIPES, Bench, Outcome, Seen, Trial, fault
from fault_recipes.papers import Column, figures, formats, paper, statement
from faults import NOT_TRIED, run, tried

for module in pkgutil.iter_modules(fault_recipes.__path__):
    importlib.import_module(f"fault_recipes.{module.name}")

IDS = sorted(RECIPES)
ROWS = (("Revenue", "310", "295"), ("Costs", "201", "190"))
FOUND = figures(ROWS, (Column("2024"), Column("2023")))
BLOCKS = statement("Nordfjord plc", "Income statement 2024", "EUR million", [["", "2024", "2023"], *ROWS])


def record(id: str) -> dict[str, str]:
    return {"id": id, "kind": "a kind"}


@pytest.mark.parametrize("id", IDS)
def test_a_recipe_has_the_input_and_two_variants_at_least(id: str) -> None:
    names = [trial.name for trial in RECIPES[id](Bench())]
    assert len(names) >= 3
    assert len(set(names)) == len(names)


def test_an_id_without_a_recipe_is_told_as_not_tried() -> None:
    assert [row.outcome for row in run([record("X999")])] == [NOT_TRIED]


@pytest.mark.parametrize(
    ("outcomes", "worst"),
    [
        (("right", "right"), "right"), (("right", "said"), "said"), (("said", "waits", "right"), "waits"),
        (("waits", "silent"), "silent"), (("right", "error"), "silent"),
    ],
)  # fmt: skip
def test_an_id_counts_by_its_worst_input(outcomes: tuple[Outcome, ...], worst: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def see(outcome: Outcome) -> Seen:
        if outcome not in ("right", "said", "silent", "waits"):
            raise ZeroDivisionError
        return Seen(outcome)

    def recipe(_: Bench) -> Iterator[Trial]:
        for place, outcome in enumerate(outcomes):
            yield Trial(str(place), lambda outcome=outcome: see(outcome))  # type: ignore[misc]

    monkeypatch.setitem(RECIPES, "X1", recipe)
    assert tried(record("X1"), Bench()).outcome == worst


def test_two_recipes_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="two recipes"):
        fault(IDS[0])(RECIPES[IDS[0]])


@pytest.mark.parametrize(
    "trial", list(formats("plain", BLOCKS, "html docx xlsx pdf csv", FOUND, issuer="Nordfjord plc")), ids=lambda one: one.name
)
def test_a_plain_paper_is_right_in_every_format(trial: Trial) -> None:
    assert trial.run() == Seen("right")


def test_what_is_read_otherwise_is_silent_and_a_loss_makes_it_said() -> None:
    page = (
        b"<html><body><h1>Nordfjord plc</h1><p>EUR million</p><table><tr><td></td><td>2024</td></tr><tr><td>Revenue</td><td>310</td></tr>"
    )
    other = figures([("Revenue", "311")], (Column("2024"),))
    assert paper("another value", page + b"</table></body></html>", "html", other).run().outcome == "silent"
    assert paper("cut", page, "html", other, tell=("breaks off",)).run().outcome == "said"


def test_a_paper_of_no_company_must_say_so() -> None:
    blocks = statement("Monthly accounts", "", "EUR million", [["", "2024", "2023"], *ROWS])
    (unnamed,) = formats("unnamed", blocks, "html", FOUND, issuer="")
    (named,) = formats("named", BLOCKS, "html", FOUND, issuer="")
    assert unnamed.run().outcome == "right"
    assert "Nordfjord plc" in named.run().text


def test_figures_are_those_that_are_printed() -> None:
    (one, other) = figures([("Loss", "(1,250)", ""), ("Margin", "", "4.5%")], (Column("2024"), Column("2023", "ratio", Decimal("0.01"))))
    assert (one.value, one.unit, one.printed) == (Decimal(-1_250_000_000), "EUR", "(1,250)")
    assert (other.value, other.unit) == (Decimal("0.045"), "ratio")


@pytest.mark.parametrize("id", ["B077", "B096", "OWN01-3", "OWN02-2"])
def test_ids_that_are_quick_to_try_are_not_wrong_in_silence(id: str) -> None:
    row = tried(record(id), Bench())
    assert row.outcome in ("right", "said"), row
