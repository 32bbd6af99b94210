"""What the base model makes of a question and a sentence beside it, read off its states: no word is written. A layer over the state of the
last token after two thirds of the model's layers tells whether the sentence answers, as fitted on questions whose answers are known.

What a model knows of a matter stands in its states before it says anything of it (Azaria and Mitchell, 2023), and a state is read in a
fifth of the time that one word takes to be written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from finfoundry.base.catalogue import MANIFEST, model_folder
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import OFF, AdapterUse, adapter_folder, read_manifest, served_over, tuned_encoder
from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.tuned_file import CONFIG
from finfoundry.runtime.settings import Settings

STATES_USE = AdapterUse("state reader", "questions", "state_reader", "state-readers", "scorer", "FINFOUNDRY_STATE_READER")
QUESTION, PASSAGE = 130, 300  # tokens that are read, the first
LINES = "figure-pairs"  # the head that reads lines of tables; all others read sentences, one by one or several in one piece
_ANSWER = "<|im_end|>\n<|im_start|>assistant\n"
_ASKED = f"<|im_start|>user\nQuestion: {{}}\nSentence of the paper: {{}}\nDoes the sentence answer the question?{_ANSWER}"
_ASKED_OF_LINE = f"<|im_start|>user\nQuestion: {{}}\nLine of a table: {{}}\nDoes the line state what the question asks for?{_ANSWER}"


class StateReader:
    """Scores questions and what may answer them by a tuned encoder over the first layers of a model."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder
        self.folder = encoder.folder

    @property
    def identity(self) -> str:
        return self._encoder.identity

    def reads(self, head: str) -> bool:
        """Whether it was taught so."""
        return self._encoder.reads(head)

    def loaded(self) -> StateReader:
        """The same, its weights read now. Raises ModelError."""
        self._encoder.loaded()
        return self

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """From 0 to 1, shape (texts,): how likely the second of two texts answers the first. Raises InputError for a head that it lacks."""
        return self._encoder.scores(head, [[asked(self._encoder.tokenizer, question, passage, head)] for question, passage in texts])


def asked(tokenizer: Tokenizer, question: str, passage: str, head: str = "") -> str:
    """What the model reads: a question and a passage, which are cut where they are long, and in which its signs are no signs."""
    parts = ((question, QUESTION), (passage, PASSAGE))
    return (_ASKED_OF_LINE if head == LINES else _ASKED).format(
        *(beginning(tokenizer, text.replace("<|", "< |"), most) for text, most in parts)
    )


def beginning(tokenizer: Tokenizer, text: str, most: int) -> str:
    """A text as far as its first tokens go."""
    offsets = tokenizer.encode(text).offsets
    return text[: offsets[most - 1][1]] if len(offsets) > most else text


def base_of_states(settings: Settings) -> str | None:
    """The model whose states are read; None where they are not, or the one that the settings name is not there."""
    folder = adapter_folder(settings, STATES_USE, settings.state_reader)
    if settings.state_reader == OFF or not (folder / MANIFEST).is_file():
        return None
    return str(read_manifest(folder, STATES_USE)["base"])


def state_reader(settings: Settings) -> StateReader | None:
    """The one that the settings name; None where they name none, or none is shipped, or its model was not pulled.

    The first call puts it together (half a minute, as many bytes as the model has). Raises ModelError where it is not whole.
    """
    found = tuned_encoder(settings, STATES_USE, settings.state_reader, settings.threads)
    return StateReader(found) if found else None


def state_reader_of(settings: Settings, folder: Path, digest: str) -> StateReader:
    """The one whose adapter lies in a folder with this SHA-256, over the model that it names; put together likewise, under the digest.
    Raises ModelError, also where that model was not pulled, or is another.
    """
    served = served_over(settings, STATES_USE, folder, model_folder(settings, base_named(folder)), digest)
    return StateReader(TextEncoder(served, threads=settings.threads))


def base_named(folder: Path) -> str:
    """The model that an adapter says it was learned over. Raises ModelError where it does not."""
    try:
        return str(json.loads((folder / CONFIG).read_text("utf-8"))["base_model_name_or_path"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{folder} does not say over which model it was learned ({error!r})", remedy="Tune it by the recipe state-reader"
        ) from error
