"""The same text again, whatever its letter case, width and spaces; and a text that is nearly the same."""

from __future__ import annotations

import pytest

from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint, pieces

TEXT = "Net sales of ABC Holdings grew by 12.5% to 3,400 million in 2024, and its margin by half a point."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (TEXT, "exact"), (TEXT.upper(), "exact"), (TEXT.replace(" ", "\n  "), "exact"), (TEXT.replace("ABC", "ＡＢＣ"), "exact"),
        (TEXT.replace("12.5%", "１２．５％"), "exact"), (TEXT.replace(" point.", " point!"), "near"), ("Inventories fell to 120.", None),
    ],
)  # fmt: skip
def test_a_text_is_known_again_whatever_its_case_width_and_spaces(text: str, found: str | None) -> None:
    assert Fingerprints([fingerprint(TEXT)]).knows(text) == found


def test_a_question_is_found_inside_a_served_prompt() -> None:
    """Whatever its line is named; a short line is nobody's question."""
    learned = Fingerprints(map(fingerprint, pieces(f"资料：\n[1] x\n\n问题：{TEXT}\nAnswer:")))
    assert learned.knows(TEXT) == "exact"
    assert learned.knows("[1] x") is None
