"""The tagger of harms: an encoder with what was learned over it, or one of words alone, and the bars that were fitted for it.

Both are shipped. The one of words counts beside the encoder's where its manifest says how much, and stands guard alone where the encoder
was not pulled, unless an administrator asked for more. What was learned over the first layers of a language model counts, too, where that
model was pulled: with bars of its own, for the scores are others.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from finfoundry.base.catalogue import MANIFEST, model_folder, models_folder
from finfoundry.base.taggers.joined_tagger import PASSAGE, Beside, JoinedTagger
from finfoundry.base.taggers.lexical_tagger import FILE, LexicalTagger
from finfoundry.base.text_encoder import FORM, TextEncoder
from finfoundry.base.tuned_adapter import (
    OFF,
    SHIPPED,
    AdapterUse,
    ServedOnDemand,
    adapter_folder,
    read_manifest,
    served_over,
    tuned_encoder,
)
from finfoundry.core.errors import ModelError
from finfoundry.core.protocols import TextReader
from finfoundry.runtime.settings import Settings

log = logging.getLogger("finfoundry.base")
TAGGER_USE = AdapterUse("tagger", "harms", "tagger", "taggers", "guards", "FINFOUNDRY_TAGGER")
BARS_FILE = "bars.json"  # channel → the score from which a text is stopped
WORDS = "words"  # the folder of the tagger of words in that of the other
DEEP = "deep"  # that of what was learned over the first layers of a model, which need not have been pulled
BESIDE = "beside"  # in the manifests of both: how much of the logits of questions in a language, and of passages, are theirs
MOST_DEEP = 8  # texts of one question, which may be windows, sentences and what disguises hide
DOUBT = "doubt"  # there, too: from which probability of a label on, of those before, it is asked
_AGAIN = "Install it again: finfoundry guards install DIR"
Tagger = TextEncoder | LexicalTagger | JoinedTagger


class TaggerOnDemand(ServedOnDemand[tuple[Tagger, dict[str, float]]]):
    """The tagger that serves with its bars; without ``load`` that of the settings."""

    def __init__(
        self,
        settings: Settings,
        released: Callable[[], str | None] = lambda: None,
        load: Callable[[str | None], tuple[Tagger, dict[str, float]] | None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("tagger", released, load or (lambda _: harm_tagger(settings)), clock)

    @property
    def by_words(self) -> bool:
        """Whether what was found knows words alone."""
        return bool(self._runs and self._runs[1] and isinstance(self._runs[1][0], LexicalTagger))


def harm_tagger(settings: Settings) -> tuple[Tagger, dict[str, float]] | None:
    """The tagger that the settings name, loaded, with its bars; an empty mapping where none were fitted. Raises ModelError, also where its
    encoder is absent and an administrator asked for one.
    """
    folder = adapter_folder(settings, TAGGER_USE, settings.tagger)
    if settings.tagger != OFF and (folder / FILE).exists():
        return _lexical(folder), read_bars(folder)
    if encoder := tuned_encoder(settings, TAGGER_USE, settings.tagger):
        return joined(settings, encoder.loaded(), folder)
    if is_required(settings):
        raise ModelError(
            f"the settings ask for a tagger, and {settings.embedder} is not here, over which it reads",
            remedy=f"Run `finfoundry pull {settings.embedder}`, or set FINFOUNDRY_TAGGER=off or FINFOUNDRY_GUARD_STRICT=open",
        )
    words = folder / WORDS
    return (_lexical(words), read_bars(words)) if settings.tagger == SHIPPED and (words / FILE).exists() else None


def opened_tagger(settings: Settings, folder: Path) -> tuple[Tagger, dict[str, float]]:
    """One that was fitted or trained into a folder and is not installed. Raises ModelError."""
    if (folder / FILE).exists():
        return LexicalTagger.read(folder), read_bars(folder)
    return joined(settings, TextEncoder(folder / FORM).loaded(), folder / FORM)


def joined(settings: Settings, encoder: TextEncoder, folder: Path) -> tuple[Tagger, dict[str, float]]:
    """A tagger over an encoder together with what lies in its folder and counts beside it, the tagger of words and, where its model was
    pulled and can be read, the one over a model's first layers; and their bars. Raises ModelError.
    """
    words, deep = _beside(folder / WORDS, _lexical), _deep(settings, folder / DEEP)
    beside = [one for one in (words, deep) if one]
    return JoinedTagger(encoder, beside, folder) if beside else encoder, read_bars(folder / DEEP if deep else folder)


def _deep(settings: Settings, folder: Path) -> Beside | None:
    """What reads a model's first layers; where that one is damaged, or another now, the others go on without it, unless an administrator
    asked for a tagger. Raises ModelError.
    """
    try:
        found = _beside(folder, lambda deep: over_model(settings, deep))
    except ModelError as error:
        if is_required(settings):
            raise
        log.warning("The tagger goes on without the first layers of a model: %s", error)
        return None
    return replace(found, most=MOST_DEEP) if found else None


def over_model(settings: Settings, folder: Path) -> TextEncoder | None:
    """What was learned over a model's first layers, loaded; None where the model was not pulled. Raises ModelError."""
    if lacking_model(settings, folder):
        return None
    base = str(read_manifest(folder, TAGGER_USE)["base"])
    return TextEncoder(served_over(settings, TAGGER_USE, folder, model_folder(settings, base))).loaded()


def lacking_model(settings: Settings, folder: Path) -> str:
    """The model that what lies in a folder was learned over, and that was not pulled; "" where nothing lacks. Raises ModelError."""
    base = str(read_manifest(folder, TAGGER_USE)["base"]) if (folder / MANIFEST).is_file() else ""
    return base if base and not (models_folder(settings) / base / MANIFEST).is_file() else ""


def _beside(folder: Path, read: Callable[[Path], TextReader | None]) -> Beside | None:
    """What lies in a folder, and how much its manifest says that it counts; None where it counts nothing. Raises ModelError."""
    if not (folder / MANIFEST).is_file():
        return None
    try:
        says = json.loads((folder / MANIFEST).read_text("utf-8"))
        shares, doubt = dict[str, float](says.get(BESIDE) or {}), float(says.get(DOUBT, 0))
        if any(not 0 < float(share) < 1 for share in shares.values()) or shares.keys() - {"en", "zh", PASSAGE} or not 0 <= doubt < 1:
            raise ValueError(f"it says {shares}, in doubt from {doubt}")
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"{folder / MANIFEST} does not say how much this counts ({error})", remedy=_AGAIN) from error
    reader = read(folder) if shares else None
    return Beside(reader, shares, doubt) if reader else None


def is_required(settings: Settings) -> bool:
    """Whether an administrator set the tagger, or how strict the guards are, so that its absence may not pass for its leave."""
    was_set = bool(settings.model_fields_set & {"tagger", "guard_strict"})
    return was_set and settings.tagger != OFF and settings.guard_strict != "open"


def _lexical(folder: Path) -> LexicalTagger:
    """The file that the manifest names, and no other. Raises ModelError."""
    try:
        named = json.loads((folder / MANIFEST).read_text("utf-8"))["sha256"]
        whole = named == hashlib.sha256((folder / FILE).read_bytes()).hexdigest()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{folder / MANIFEST} names no tagger ({error})", remedy=_AGAIN) from error
    if not whole:
        raise ModelError(f"{folder / FILE} is not the file that its manifest names", remedy=_AGAIN)
    return LexicalTagger.read(folder)


def read_bars(folder: Path) -> dict[str, float]:
    """The bars beside an adapter, each above 0 and below 1. Raises ModelError where the file is damaged or tells others."""
    file = folder / BARS_FILE
    try:
        told = json.loads(file.read_text("utf-8")) if file.is_file() else {}
        bars = {str(channel): float(bar) for channel, bar in told.items()}
        if wrong := [channel for channel, bar in bars.items() if not 0 < bar < 1]:
            raise ValueError(f"that of {', '.join(wrong)} is not between 0 and 1")
        return bars
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ModelError(f"{file} holds no bars ({error})", remedy="Install the tagger again, or set FINFOUNDRY_TAGGER=off") from error
