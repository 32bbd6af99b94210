"""What the form of a correction takes: a field that no reader would write is refused at once, in words."""

from __future__ import annotations

import time

import pytest
from tests.server.conftest import Live

from finfoundry.server.console.written import scale_words


def some_fact(live: Live) -> str:
    with live.client() as ana:
        return str(ana.get("/v1/facts", params={"metric": "净利润"}).json()[0]["id"])


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("scale", "1e999999999"),
        ("scale", "sNaN"),
        ("scale", "Infinity"),
        ("scale", "7"),
        ("scope", "xyz"),
        ("value", "1e999999999"),
        ("value", "1e-999999999"),
    ],
)
def test_a_field_that_is_no_choice_is_refused_at_once(live: Live, field: str, given: str) -> None:
    sent = {"fact": some_fact(live), "act": "try", field: given}
    with live.browser(live.key) as ana:
        began = time.monotonic()
        answer = ana.post("/console/correct", data=sent)
        taken = time.monotonic() - began
    assert answer.status_code == 400, answer.text
    assert 'role="alert"' in answer.text
    assert taken < 5


@pytest.mark.parametrize("given", ["1e999999999", "1e99999999999999999999", "sNaN", "NaN", "Infinity", "a word"])
def test_a_scale_of_no_name_is_shown_as_it_is(given: str) -> None:
    assert given in scale_words(given, "en")


def test_scales_have_their_words() -> None:
    assert [scale_words(one, "en") for one in ("1", "1000000", "1E+6", "0.01")] == ["as printed", "millions", "millions", "× 0.01"]
