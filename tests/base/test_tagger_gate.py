"""A tagger beside the one in service: told by family, and kept out where it catches less or refuses more."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from finfoundry.base.taggers.harm_tagger import harm_tagger
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.guarding.lexical_fit import fit_lexical
from finfoundry.usecases.guarding.tagger_gate import compare_taggers
from finfoundry.usecases.guarding.tagger_setup import install_tagger

LAUNDER = ["launder cash", "launder notes", "launder coins", "launder gold"]
SMUGGLE = [f"smuggle {what}" for what in ("tea", "silk", "salt", "rum", "ivory", "amber", "lace", "spice")]
ASKED = ["net profit", "total revenue", "cash flow", "equity ratio"]


def write(folder: Path, acts: Mapping[str, Sequence[str]], innocent: Sequence[str] = ASKED) -> Path:
    """Rows from which words are learned, and families that are only measured."""
    harmful = [
        {"text": f"query: {what} {n}", "target": "fraud", "family": family, "group": what}
        for family, whats in acts.items()
        for what in whats
        for n in range(6)
    ]
    harmless = [{"text": f"query: {what} {n}", "target": "none", "family": "b", "group": what} for what in innocent for n in range(6)]
    unseen = [row | {"family": f"{row['family']}-unseen", "text": f"{row['text']} please"} for row in (*harmful, *harmless)]
    folder.mkdir(exist_ok=True)
    for name, told in (("guard-harms.jsonl", [*harmful, *harmless]), ("guard-harms-unseen.jsonl", [*unseen, *harmless])):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in told))
    return folder


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    return write(tmp_path, {"a": LAUNDER})


def test_a_family_that_collapses_is_a_loss_however_much_others_gain(home: Path, tmp_path: Path) -> None:
    both = write(tmp_path / "both", {"a": LAUNDER, "c": SMUGGLE})
    for name, acts, innocent in (("before", {"a": LAUNDER}, SMUGGLE), ("now", {"c": SMUGGLE}, LAUNDER)):
        fit_lexical(write(tmp_path / f"{name}-rows", acts, [*ASKED, *innocent]), tmp_path / name)
    install_tagger(Settings(home=home), tmp_path / "before", "own")
    settings = Settings(home=home, tagger="own")
    told = compare_taggers(settings, harm_tagger(settings), both, tmp_path / "now")
    changed = {one.family: (one.lost, one.gained) for one in told.families if one.harmful}
    assert changed == {"a-unseen": (24, 0), "c-unseen": (0, 48)}
    assert told.reasons == ["a-unseen: 24 harmful texts are caught no more, 0 are caught now"]


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
