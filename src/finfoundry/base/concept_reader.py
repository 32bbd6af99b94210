"""Which metric a question in everyday words means: a layer learned over the embedder's vectors of questions, a matrix for each language.

"What did it pay the taxman?" says no word of the line that answers it. Its vector lies among those of questions that mean the same, and
multinomial logistic regression (Cox, 1958) over the centred unit vectors tells how likely it means each metric, or none of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
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
ANY: Language = "zh"  # whose encoder reads every language, where English has one of its own
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
        logits = centred(vectors, self.centre) @ self.weights + self.bias
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        found: Floats = raised / raised.sum(axis=1, keepdims=True)
        return found


def centred(vectors: Floats, centre: Floats) -> Floats:
    """Vectors as the layer takes them: around their centre, of one length."""
    moved = vectors - centre
    found: Floats = SHARPNESS * moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return found


class EmbeddedConcepts:
    """Reads questions by the encoder that embeds. Raises ModelError where its file is damaged, or is not the one that was fitted."""

    def __init__(self, embedder: Embedder, folder: Path, sha256: str) -> None:
        self.folder, self._embedder = folder, embedder
        self._layers = _read(folder / WEIGHTS, sha256)

    @property
    def languages(self) -> tuple[str, ...]:
        """Of which it reads questions."""
        return tuple(self._layers)

    def likely(self, question: str, language: Language) -> Sequence[tuple[str, float]]:
        """The metrics that a question may mean, the likeliest first; their probabilities lack that of none to 1."""
        layer = self._layers[language]
        (told,) = layer.probabilities(self._embedder.passages([question], ANY))
        return [(layer.names[at], float(told[at])) for at in np.argsort(-told) if layer.names[at] != NONE]


def _read(file: Path, sha256: str) -> dict[str, ConceptLayer]:
    try:
        held = file.read_bytes()
        if hashlib.sha256(held).hexdigest() != sha256:
            raise ValueError("it is not the file that its manifest names")
        with np.load(BytesIO(held)) as parts:
            return {
                language: ConceptLayer(
                    tuple(map(str, parts[f"{language}.names"])),
                    *(parts[f"{language}.{part}"].astype(np.float32) for part in ("centre", "weights", "bias")),
                )
                for language in sorted({key.partition(".")[0] for key in parts})
            }
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        remedy = "Install finfoundry again, or set FINFOUNDRY_CONCEPT_READER=off"
        raise ModelError(f"{file} does not load: {error}", remedy=remedy) from error


def concept_reader(settings: Settings, embedder: Embedder | None = None) -> EmbeddedConcepts | None:
    """The shipped one, over ``embedder`` where that is its encoder; None where it is off, or its encoder was not pulled. Raises ModelError
    where its files are damaged.
    """
    folder = Path(str(resources.files("finfoundry.ask") / "data" / "concept_reader"))
    if settings.concept_reader == "off" or not (folder / MANIFEST).is_file():
        return None
    told = json.loads((folder / MANIFEST).read_text("utf-8"))
    if not (models_folder(settings) / told["base"] / MANIFEST).is_file():
        return None
    own = embedder is not None and settings.embedder == told["base"] and not settings.embedder_url
    return EmbeddedConcepts(embedder if embedder and own else local_embedder(settings, told["base"]), folder, told["sha256"])
