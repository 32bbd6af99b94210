"""What an expression is: a growth has the earlier figure, or its size, below the line."""

from __future__ import annotations

import pytest

from finfoundry.ask.plan.shape import shape_of

LINES = {"a": ("sales", 2022), "b": ("sales", 2021), "c": ("costs", 2021)}


@pytest.mark.parametrize(
    ("expression", "kind", "forward"),
    [
        ("(a - b) / b", "growth", True),
        ("(a - b) / abs(b)", "growth", True),
        ("(b - a) / a", "growth", False),
        ("(a - b) / a", "other", True),
        ("(a - b) / abs(a)", "other", True),
        ("(b - a) / b", "other", True),
        ("(a - c) / c", "quotient", True),
    ],
)
def test_shape(expression: str, kind: str, *, forward: bool) -> None:
    found = shape_of(expression, LINES)
    assert (found.kind, found.forward) == (kind, forward)
