"""Which metric a question in everyday words means: a layer learned over the embedder's vectors of questions, a matrix for each language.

"What did it pay the taxman?" says no word of the line that answers it. Its vector lies among those of questions that mean the same, and
multinomial logistic regression (Cox, 1958) over the centred unit vectors tells how likely it means each metric, or none of them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from finfoundry.base.catalogue import MANIFEST, models_folder
from finfoundry.base.embedder import local_embedder
from finfoundry.core.answer import Language
from finfoundry.core.errors import ModelError
from finfoundry.core.protocols import Embedder
from finfoundry.runtime.settings import Settings

NONE = "none"  # the class of questions that mean none of the metrics
SHARPNESS = 20.0  # unit vectors of questions differ by little
WEIGHTS = "weights.npz"
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ConceptLayer:
    """Of one language: ``names`` of the classes, ``centre`` (dimensions,), ``weights`` (dimensions, classes), ``bias`` (classes,)."""

    names: tuple[str, ...]
    centre: Floats
    weights: Floats
    bias: Floats

    def probabilities(self, vectors: Floats) -> Floats:
        """Of vectors, shape (texts, dimensions), how likely each means each class, shape (texts, classes)."""
        logits = self.inputs(vectors) @ self.weights + self.bias
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        found: Floats = raised / raised.sum(axis=1, keepdims=True)
        return found

    def inputs(self, vectors: Floats) -> Floats:
        return centred(vectors, self.centre)


def centred(vectors: Floats, centre: Floats) -> Floats:
    """Vectors as the layer takes them: around their centre, of one length."""
    moved = vectors - centre
    found: Floats = SHARPNESS * moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return found


class EmbeddedConcepts:
    """Reads questions by the encoder that embeds. The weights are read for the first question.

    Raises ModelError for the first question where a file is damaged.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self.folder, self._embedder = folder, embedder
        self._reading = threading.Lock()

    @cached_property
    def _layers(self) -> dict[str, ConceptLayer]:
        try:
            with np.load(BytesIO((self.folder / WEIGHTS).read_bytes())) as held:
                return {
                    language: ConceptLayer(
                        tuple(map(str, held[f"{language}.names"])),
                        *(held[f"{language}.{part}"].astype(np.float32) for part in ("centre", "weights", "bias")),
                    )
                    for language in sorted({key.partition(".")[0] for key in held})
                }
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise ModelError(
                f"{self.folder / WEIGHTS} does not load: {error}", remedy="Install finfoundry again, or set FINFOUNDRY_CONCEPT_READER=off"
            ) from error

    @property
    def languages(self) -> tuple[str, ...]:
        """Of which it reads questions. Raises ModelError as ``likely`` does."""
        return tuple(self._layers)

    def likely(self, question: str, language: Language) -> Sequence[tuple[str, float]]:
        """The metrics that a question may mean, the likeliest first; their probabilities lack that of none to 1."""
        with self._reading:
            layer = self._layers[language]
        told = layer.probabilities(self._embedder.passages([question])[:1])[0]
        return [(layer.names[at], float(told[at])) for at in np.argsort(-told) if layer.names[at] != NONE]


def concept_reader(settings: Settings) -> EmbeddedConcepts | None:
    """The shipped one; None where it is off, or its encoder was not pulled. Raises ModelError where its files are damaged."""
    folder = Path(str(resources.files("finfoundry.ask") / "data" / "concept_reader"))
    if settings.concept_reader == "off" or not (folder / MANIFEST).is_file():
        return None
    base = str(json.loads((folder / MANIFEST).read_text("utf-8"))["base"])
    if not (models_folder(settings) / base / MANIFEST).is_file():
        return None
    return EmbeddedConcepts(local_embedder(settings, base), folder)
