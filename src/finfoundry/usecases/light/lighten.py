"""Bases of the catalogue made light: the ways of ``train/light`` joined to the catalogue and the home."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from finfoundry import __version__
from finfoundry.core.progress import Report, silent
from finfoundry.runtime.settings import Settings
from finfoundry.train.base import Base
from finfoundry.train.export.forms import export
from finfoundry.train.export.manifest import ModelManifest
from finfoundry.train.light.adapters import follow
from finfoundry.train.light.apart import Apart, compared_apart
from finfoundry.train.light.corpus import own_texts, texts_of
from finfoundry.train.light.depth import prune_depth
from finfoundry.train.light.distil import Teaching, Whose, distil, taught
from finfoundry.train.light.experts import upcycle
from finfoundry.train.light.heads import prune_heads
from finfoundry.train.light.lightened import FILE, Lightened
from finfoundry.train.light.low_rank import cut_rank
from finfoundry.train.light.quantise import quantise
from finfoundry.train.light.trim import trim
from finfoundry.train.light.width import prune_width
from finfoundry.train.recipe import load_recipe
from finfoundry.train.runs.training_run import TrainedModel, prepared
from finfoundry.usecases.train_model import SCREEN, Training


class Lightening:
    """Acts with the settings of one home; needs no database. ``model``: a name of the catalogue, a GGUF file, or a lightened folder."""

    def __init__(self, settings: Settings, report: Report = silent) -> None:
        self.settings, self.report = settings, report

    def trim(self, model: str, corpus: Sequence[Path], out: Path, size: int | None = None) -> Lightened:
        return trim(self.base(model), self._texts(corpus), out, size=size, version=__version__, report=self.report)

    def depth(self, model: str, corpus: Sequence[Path], out: Path, drop: int) -> Lightened:
        return prune_depth(self.base(model), texts_of(corpus), out, drop=drop, version=__version__, report=self.report)

    def width(self, model: str, corpus: Sequence[Path], out: Path, share: float) -> Lightened:
        return prune_width(self.base(model), texts_of(corpus), out, share=share, version=__version__, report=self.report)

    def heads(self, model: str, corpus: Sequence[Path], out: Path, queries: int, groups: int) -> Lightened:
        texts = texts_of(corpus)
        return prune_heads(self.base(model), texts, out, queries=queries, groups=groups, version=__version__, report=self.report)

    def rank(self, model: str, corpus: Sequence[Path], out: Path, share: float) -> Lightened:
        return cut_rank(self.base(model), texts_of(corpus), out, share=share, version=__version__, report=self.report)

    def quantise(self, model: str, corpus: Sequence[Path], out: Path, form: str) -> Lightened:
        return quantise(self.base(model), texts_of(corpus), out, form=form, version=__version__, report=self.report)

    def experts(
        self, model: str, experts: Sequence[str], corpora: Sequence[Path], out: Path, used: int, drop: float = 0.0
    ) -> Lightened:  # fmt: skip
        """``corpora``: one for each expert, in their order."""
        bases, texts = [self.base(one) for one in experts], [texts_of([one]) for one in corpora]
        return upcycle(self.base(model), bases, texts, out, used=used, drop=drop, version=__version__, report=self.report)

    def apart(self, model: str, corpora: Sequence[Path], processes: int) -> Apart:
        """Each corpus read by a mixture in one process and by one whose experts lie in several."""
        return compared_apart(self.base(model), {str(path): texts_of([path]) for path in corpora}, processes)

    def distil(
        self, recipe: Path, data: Path, out: Path, teacher: str, beta: float = 0.0, grid: str | None = None,
        answers: Whose = "rows", share: float = 1.0, checks: Sequence[str] = (),
    ) -> TrainedModel:  # fmt: skip
        """Train the recipe's base on its rows, its loss being how far it is from the teacher; then write the recipe's forms."""
        told = load_recipe(recipe)
        base, teaching = self.base(told.base), Teaching(self.base(teacher), beta, grid, answers, share, tuple(checks) or ("right",))
        ready = prepared(told, base, data, out, SCREEN, self.report, taught(told, teaching, out, self.report))
        found = distil(ready, teaching, out, __version__, self.report)
        if not found.outcome.stopped:
            export(out, base, [form for form in told.forms if form != grid], self.report)
        return found

    def adapter(self, folder: Path, light: Path, out: Path) -> ModelManifest:
        return follow(folder, light, out, self.report)

    def base(self, model: str) -> Base:
        """Raises ModelError, NotFound."""
        inside = Path(model) / FILE
        return Training(self.settings).base(str(inside) if inside.is_file() else model)

    @staticmethod
    def _texts(corpus: Sequence[Path]) -> Iterator[str]:
        return itertools.chain(own_texts(), texts_of(corpus))
