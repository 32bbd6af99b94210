"""Tuned readers and scorers put into a home."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finfoundry.ask.retrieve import figure_lines
from finfoundry.base.adapter_install import install_adapter
from finfoundry.base.evidence_scorer import FIGURES_USE, SCORER_USE
from finfoundry.base.question_reader import READER_USE, question_reader
from finfoundry.base.state_reader import STATES_USE
from finfoundry.base.tuned_adapter import AdapterUse, tuned_encoder
from finfoundry.core.model_files.heads import read_forms
from finfoundry.runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class InstalledReader:
    """``setting`` is what FINFOUNDRY_READER has to be for it to be used."""

    setting: str
    base: str
    sha256: str
    bytes: int


def install_reader(settings: Settings, folder: Path, name: str) -> InstalledReader:
    """Copy what a run learned into the home, and put it together. Raises InputError for a name that is none, ModelError for a folder
    that holds no tuned encoder, or one whose base is not here.
    """
    told = install_adapter(settings, READER_USE, folder, name)
    question_reader(settings.model_copy(update={"reader": name}))  # what cannot be served is told now
    return InstalledReader(name, told.base, told.sha256, told.bytes)


@dataclass(frozen=True, slots=True)
class InstalledScorer:
    """``variable`` says what it scores, sentences or lines of tables, and by what; ``setting`` is what that has to be for it to be used."""

    variable: str
    setting: str
    base: str
    sha256: str
    bytes: int


def install_scorer(settings: Settings, folder: Path, name: str) -> InstalledScorer:
    """Copy what a run learned, or a state reader that was fitted, into the home, and put it together. Raises InputError for a name that is
    none, ModelError for a folder that holds no tuned encoder, or one whose base is not here.
    """
    use = _use_of(folder)
    told = install_adapter(settings, use, folder, name)
    tuned_encoder(settings, use, name)  # what cannot be served is told now
    return InstalledScorer(use.variable, name, told.base, told.sha256, told.bytes)


def _use_of(folder: Path) -> AdapterUse:
    """What a run learned is for: states, lines of tables, or sentences; a folder that holds nothing is told by who copies it."""
    try:
        forms = read_forms(folder / "adapter")
    except (OSError, ValueError):
        return SCORER_USE
    if any(form.reads == "last" for form in forms):
        return STATES_USE
    return FIGURES_USE if any(form.name == figure_lines.HEAD for form in forms) else SCORER_USE
