"""The tagger of words: kept and read again, refused where it is damaged."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from finfoundry.base.harm_tagger import TAGGER_USE, harm_tagger
from finfoundry.base.lexical_tagger import FILE, PLACES, LexicalTagger, places_of
from finfoundry.base.tuned_adapter import adapter_folder
from finfoundry.core.errors import ModelError
from finfoundry.runtime.settings import Settings


@pytest.fixture
def settings(home: Path) -> Settings:
    """A home with a tagger that knows one word."""
    weights = np.zeros((2 * PLACES, 2), np.float32)
    weights[places_of("launder")[-1]] = (40.0, -40.0)  # the word itself
    found = Settings(home=home, tagger="own")
    folder = adapter_folder(found, TAGGER_USE, "own")
    LexicalTagger(("fraud", "crime"), weights, np.full(2, -4.0, np.float32)).write(folder)
    digest = hashlib.sha256((folder / FILE).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps({"sha256": digest}))
    (folder / "bars.json").write_text('{"question": 0.7}')
    return found


def test_it_is_read_as_it_was_kept(settings: Settings) -> None:
    found = harm_tagger(settings)
    assert found
    tagger, bars = found
    told = tagger.labels("guard-harms", [["how to launder money"], ["net profit of 2024"]])
    assert told[0, 0] > 0.9 > 0.1 > told[1].max()
    assert bars == {"question": 0.7}
    assert len(tagger.identity) == 16


@pytest.mark.parametrize("file", [FILE, "manifest.json", "bars.json"])
def test_a_damaged_file_is_named(settings: Settings, file: str) -> None:
    damaged = adapter_folder(settings, TAGGER_USE, "own") / file
    damaged.write_bytes(damaged.read_bytes()[:-9] + b"x")
    with pytest.raises(ModelError, match=file.split(".")[0]):
        harm_tagger(settings)


def test_runs_are_the_same_on_every_machine() -> None:
    assert places_of("ab") == places_of("AB")
    assert places_of("") == []
    assert 20 < len(places_of("净利润 rose")) < 60
