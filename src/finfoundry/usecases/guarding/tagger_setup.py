"""What the tagger of harms learns from, a tuned one put into a home, and a text looked at by hand."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from finfoundry.app import App
from finfoundry.base.adapter_install import check_name, install_adapter
from finfoundry.base.catalogue import MANIFEST
from finfoundry.base.taggers.harm_tagger import BARS_FILE, DEEP, TAGGER_USE, WORDS, harm_tagger, read_bars
from finfoundry.base.taggers.lexical_tagger import FILE, LABELS
from finfoundry.base.tuned_adapter import adapter_folder
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.governance.guards import tagger_rows
from finfoundry.governance.guards.guards import GuardDecision, tagged_with
from finfoundry.governance.guards.harms import Channel
from finfoundry.governance.guards.tagger_rows import TaggerData
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.readers.wordings import wordings


@dataclass(frozen=True, slots=True)
class InstalledTagger:
    """``setting`` is what FINFOUNDRY_TAGGER has to be for it to be used; ``bars`` those that came with it."""

    setting: str
    base: str
    sha256: str
    bytes: int
    bars: dict[str, float]


def tagger_data(out: Path, data: Path | None, seed: int = 0) -> TaggerData:
    """Write the rows to learn and to measure. Raises InputError."""
    return tagger_rows.write_rows(out, data, seed=seed, wordings=_wordings())


def data_with_objections(app: App, principal: Principal, out: Path, data: Path | None, seed: int = 0) -> TaggerData:
    """The same, with the texts of upheld objections among what is learned. Raises NotPermitted for who is no auditor."""
    return tagger_rows.write_rows(out, data, app.guard_register.upheld(principal), seed=seed, wordings=_wordings())


def _wordings() -> list[str]:
    return [wording.text for wording in wordings()]


def install_tagger(settings: Settings, folder: Path, name: str) -> InstalledTagger:
    """Copy what a run learned into the home, with the ``bars.json`` beside it, and put it together. Raises InputError for a name that is
    none, ModelError for a folder that holds no tuned encoder, one whose base is not here, or one that tells no harms.
    """
    read_bars(folder)  # before anything is replaced
    if (folder / FILE).is_file():
        return _install_lexical(settings, folder, name)
    told = install_adapter(settings, TAGGER_USE, folder, name)
    target = adapter_folder(settings, TAGGER_USE, name)
    if (folder / BARS_FILE).is_file():
        shutil.copyfile(folder / BARS_FILE, target / BARS_FILE)
    for part in (WORDS, DEEP):
        if (folder / part).is_dir():
            shutil.copytree(folder / part, target / part)
    tagged_with(harm_tagger(settings.model_copy(update={"tagger": name})))  # what cannot be served is told now
    return InstalledTagger(name, told.base, told.sha256, told.bytes, read_bars(target))


def _install_lexical(settings: Settings, folder: Path, name: str) -> InstalledTagger:
    target = adapter_folder(settings, TAGGER_USE, name)
    check_name(TAGGER_USE, name)
    target.mkdir(parents=True, exist_ok=True)
    for file in (FILE, LABELS, MANIFEST, BARS_FILE):
        if (folder / file).is_file():
            shutil.copyfile(folder / file, target / file)
    tagged_with(harm_tagger(settings.model_copy(update={"tagger": name})))
    told = json.loads((target / MANIFEST).read_text("utf-8"))
    return InstalledTagger(name, "", told["sha256"], (target / FILE).stat().st_size, read_bars(target))


def looked_at(app: App, text: str, channel: Channel) -> GuardDecision:
    """What the guards would decide. Raises InputError where there is no tagger, ModelError for one that is not whole."""
    app.tagger()  # one that is not whole is told
    decision = app.guards.decide(channel, text)
    if decision is None:
        raise InputError(
            "there is no tagger here", remedy=f"Run `finfoundry pull {app.settings.embedder}`, or install one: finfoundry guards install"
        )
    return decision
