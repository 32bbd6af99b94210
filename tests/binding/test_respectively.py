"""Figures that are told of as many times in their order, in a sentence with further figures."""

from __future__ import annotations

import pytest

from finfoundry.binding import verify

SAID = "As of June 30, 2024 and 2023, the cooperative had about 4,210 and 3,980 members, respectively, of whom 350 live abroad."


@pytest.mark.parametrize(
    ("sentence", "bound"),
    [
        ("The cooperative had 4,210 members at June 30, 2024.", 1),
        ("The cooperative had 3,980 members at June 30, 2023.", 1),
        ("The cooperative had 3,980 members at June 30, 2024.", 0),
        ("The cooperative had 4,210 members at June 30, 2023.", 0),
    ],
)
def test_each_figure_has_the_time_in_its_place(sentence: str, bound: int) -> None:
    assert verify(sentence, [SAID]).bound == bound
