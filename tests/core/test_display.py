"""A type brings its own view, and the terminal lists none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import pytest
from tests.repository.imports import imports

from finfoundry import terminal
from finfoundry.core.answer import Answer
from finfoundry.core.display import Display, escaped


@dataclass(frozen=True)
class Told:
    text: str

    def show_on(self, display: Display) -> None:
        display.line(f"[bold]told[/] {escaped(self.text)}")


@dataclass(frozen=True)
class Counted:
    name: str
    count: int
    HAS_HEADING: ClassVar[bool] = True

    @classmethod
    def show_all(cls, rows: Sequence[Self], display: Display) -> None:
        display.wrapped(f"{sum(row.count for row in rows)} of {len(rows)}")


@dataclass(frozen=True)
class Narrow:
    id: str
    left_out: str
    COLUMNS: ClassVar[tuple[str, ...]] = ("id",)


@dataclass(frozen=True)
class Plain:
    first: Told
    second: Counted
    third: int


def printed(value: object, capsys: pytest.CaptureFixture[str]) -> str:
    terminal.print_value(value)
    return capsys.readouterr().out


def test_a_type_is_shown_by_its_own_view(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(Told("[red]7[/]"), capsys) == "told [red]7[/]\n", "text is no markup"


def test_choices_are_shown_with_the_numbers_by_which_they_are_picked(capsys: pytest.CaptureFixture[str]) -> None:
    told = printed(Answer("1", "clarify", "en", "Which one?", options=["Alder [b]Foods", "Zephyr"]), capsys)
    assert "  1. Alder [b]Foods\n  2. Zephyr\n" in told


def test_a_list_is_shown_by_the_view_of_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed([Counted("a", 3), Counted("b", 4)], capsys) == "7 of 2\n"
    assert "left out" not in printed([Narrow("a", "b")], capsys)
    assert printed([], capsys) == "nothing\n"


def test_a_field_with_a_view_stands_under_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(Plain(Told("yes"), Counted("a", 3), 5), capsys)
    assert "\nfirst\ntold yes\n" in text
    assert "second\n" not in text, "it has a heading of its own"
    assert text.lstrip().startswith("third")


def test_the_terminal_imports_no_type_that_it_shows() -> None:
    of_types = imports()["finfoundry.terminal"]
    assert of_types <= {f"finfoundry.core.{name}" for name in ("display", "errors", "progress")} | {"finfoundry.knowledge.shown.views"}
    views = {name for name, others in imports().items() if "finfoundry.core.display" in others}
    assert {"finfoundry.core.answer", "finfoundry.governance.seal", "finfoundry.operations.contract"} <= views
