"""A tagger beside the one in service: told by family, and kept out where it catches less or refuses more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from finfoundry.base.taggers.harm_tagger import harm_tagger
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.guarding.lexical_fit import fit_lexical
from finfoundry.usecases.guarding.tagger_gate import compare_taggers
from finfoundry.usecases.guarding.tagger_setup import install_tagger

LAUNDER = ["launder cash", "launder notes", "launder coins", "launder gold"]
ASKED = ["net profit", "total revenue", "cash flow", "equity ratio"]


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Rows from which one word is learned, and a family that is only measured."""
    harmful = [{"text": f"query: {what} {n}", "target": "fraud", "family": "a", "group": what} for what in LAUNDER for n in range(6)]
    harmless = [{"text": f"query: {what} {n}", "target": "none", "family": "b", "group": what} for what in ASKED for n in range(6)]
    unseen = [row | {"family": f"{row['family']}-unseen", "text": f"{row['text']} please"} for row in (*harmful, *harmless)]
    for name, told in (("guard-harms.jsonl", [*harmful, *harmless]), ("guard-harms-unseen.jsonl", [*unseen, *harmless])):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in told))
    return tmp_path


def test_the_same_may_take_its_own_place_and_one_that_catches_nothing_may_not(rows: Path, home: Path, tmp_path: Path) -> None:
    fitted = tmp_path / "fitted"
    fit_lexical(rows, fitted)
    settings = Settings(home=home, tagger="own")
    install_tagger(settings, fitted, "own")
    told = compare_taggers(settings, harm_tagger(settings), rows, fitted)
    assert (told.passed, told.before) == (True, told.now)
    caught = {one.family: (one.seen, one.harmful, one.caught, one.harmless, one.refused) for one in told.families}
    assert caught["a-unseen"] == (False, 24, 24, 0, 0)
    assert caught["b-unseen"] == (False, 0, 0, 24, 0)
    (fitted / "bars.json").write_text('{"question": 0.9999}')
    blind = compare_taggers(settings, harm_tagger(settings), rows, fitted)
    assert not blind.passed
    assert "24 harmful texts are caught no more" in blind.reasons[0]
    (fitted / "bars.json").write_text('{"question": 0.0001}')
    assert any("harmless texts are refused" in reason for reason in compare_taggers(settings, harm_tagger(settings), rows, fitted).reasons)
