"""What answers a taught question is known by how it begins and ends, in the question's own paper alone."""

from __future__ import annotations

import pytest

from taught_questions import TaughtQuestion, letters, taught

ASKED = TaughtQuestion("t", "en", "filings/pier-10-k.html.gz", "metric", "How many?", ("wehad3214", "attheend"))


@pytest.mark.parametrize(
    ("text", "document", "answers"),
    [
        ("We had 3,214 | employees.", "home/pier-10-k.html", True),
        ("… AT THE END.", "pier-10-k.html", True),
        ("We had 3,215 employees.", "pier-10-k.html", False),
        ("We had 3,214 employees.", "other-10-k.html", False),
    ],
)
def test_what_answers_holds_the_beginning_or_the_end(text: str, document: str, *, answers: bool) -> None:
    assert ASKED.answered_by(text, document) is answers


def test_letters_are_those_of_simplified_characters() -> None:
    assert letters("營業 收入（元）：１，２００") == "营业收入元1200"


def test_every_row_is_read_once() -> None:
    rows = list(taught())
    assert len({row.id for row in rows}) == len(rows) > 1000
    assert all(mark == letters(mark) for row in rows for mark in row.evidence)
