"""Bases of the catalogue made light: the ways of ``train/light`` joined to the catalogue and the home."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from finfoundry import __version__
from finfoundry.core.progress import Report, silent
from finfoundry.runtime.settings import Settings
from finfoundry.train.base import Base
from finfoundry.train.light.corpus import own_texts, texts_of
from finfoundry.train.light.lightened import FILE, Lightened
from finfoundry.train.light.trim import trim
from finfoundry.usecases.train_model import Training


class Lightening:
    """Acts with the settings of one home; needs no database. ``model``: a name of the catalogue, a GGUF file, or a lightened folder."""

    def __init__(self, settings: Settings, report: Report = silent) -> None:
        self.settings, self.report = settings, report

    def trim(self, model: str, corpus: Sequence[Path], out: Path, size: int | None = None) -> Lightened:
        return trim(self.base(model), self._texts(corpus), out, size=size, version=__version__, report=self.report)

    def base(self, model: str) -> Base:
        """Raises ModelError, NotFound."""
        inside = Path(model) / FILE
        return Training(self.settings).base(str(inside) if inside.is_file() else model)

    @staticmethod
    def _texts(corpus: Sequence[Path]) -> Iterator[str]:
        return itertools.chain(own_texts(), texts_of(corpus))
