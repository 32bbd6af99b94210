"""Embeddings of a baseline's index, kept batch by batch: indexing that is cut short goes on where it stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.answer import Language
from finfoundry.core.protocols import Embedder, Scale


class Kept:
    """An embedder whose passages are written to a folder, one file a batch, named by model and texts."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self.embedder = embedder
        self.folder = folder

    @property
    def model(self) -> str:
        return self.embedder.model

    @property
    def dimensions(self) -> int:
        return self.embedder.dimensions

    @property
    def languages(self) -> tuple[Language | None, ...]:
        return self.embedder.languages

    def passages(self, texts: Sequence[str], language: Language | None = None) -> NDArray[np.float32]:
        """Vectors of shape (texts, dimensions), from the folder where they are there."""
        key = hashlib.sha256("\x00".join([self.model, language or "", *texts]).encode("utf-8", "surrogatepass")).hexdigest()[:24]
        path = self.folder / f"{key}.npy"
        if path.exists():
            held: NDArray[np.float32] = np.load(path)
            return held
        made = self.embedder.passages(texts, language)
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        with partial.open("wb") as file:
            np.save(file, made)
        partial.replace(path)
        return made

    def query(self, text: str, language: Language | None = None) -> NDArray[np.float32]:
        """The encoder's vector, shape (dimensions,): questions are not kept."""
        return self.embedder.query(text, language)

    def scale(self, language: Language | None = None) -> Scale:
        """That of the encoder."""
        return self.embedder.scale(language)

    def count_tokens(self, texts: Sequence[str]) -> int:
        """As the encoder counts."""
        return self.embedder.count_tokens(texts)
