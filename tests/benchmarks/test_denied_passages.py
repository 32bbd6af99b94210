"""Which sentences of a paper are paired to be looked at, and which are made to deny themselves."""

from __future__ import annotations

from pathlib import Path

from denied_passages import made_to_deny, pairs, sentences

PAPER = """The plant in Oslo is pledged to the bank of the harbour.

The plant in Bergen is not pledged to the bank of the harbour.
"""


def test_what_denies_is_paired_with_what_is_near_and_a_denial_is_put_into_what_has_none(tmp_path: Path) -> None:
    (tmp_path / "harbour.txt").write_text(PAPER, "utf-8")
    paper = sentences(tmp_path / "harbour.txt")
    oslo, bergen = (line for line in PAPER.splitlines() if line)
    assert list(pairs(paper)) == [(bergen, oslo)]
    assert next(iter(made_to_deny(paper))) == (oslo, oslo.replace("is", "is not"))
