"""What the reader of personal data learns from, a tuned one put into a home, and a text looked at by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finfoundry.base.adapter_install import install_adapter
from finfoundry.base.privacy.personal_reader import PERSONAL_USE, personal_reader
from finfoundry.governance.personal import personal_rows
from finfoundry.governance.personal.personal_rows import PersonalData
from finfoundry.governance.personal_text import PersonalKind, personal_spans, without_personal
from finfoundry.runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class InstalledPersonalReader:
    """``setting`` is what FINFOUNDRY_PERSONAL_READER has to be for it to be used."""

    setting: str
    base: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class PersonalPlace:
    """Characters ``start`` to ``end`` (exclusive) of a text; what stands there is not repeated."""

    kind: PersonalKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A text as it would leave the machine, and where personal data was; ``reader`` names the one that helped, if one did."""

    text: str
    found: list[PersonalPlace]
    reader: str | None


def personal_data(out: Path, each: int, seed: int = 0, plain: Path | None = None) -> PersonalData:
    """Write the rows to learn and to measure. Raises InputError."""
    return personal_rows.write_rows(out, each, seed, plain)


def install_personal_reader(settings: Settings, folder: Path, name: str) -> InstalledPersonalReader:
    """Copy what a run learned into the home, and put it together. Raises InputError for a name that is none, ModelError for a folder that
    holds no tuned encoder, or one whose base is not here.
    """
    told = install_adapter(settings, PERSONAL_USE, folder, name)
    personal_reader(settings.model_copy(update={"personal_reader": name}))  # what cannot be served is told now
    return InstalledPersonalReader(name, told.base, told.sha256, told.bytes)


def masked_text(settings: Settings, text: str) -> MaskedText:
    """What of a text is personal data. Raises ModelError where the reader of the settings is not whole."""
    reader = personal_reader(settings)
    found = [PersonalPlace(one.kind, one.start, one.end) for one in personal_spans(text, reader)]
    return MaskedText(without_personal(text, reader), found, reader.identity if reader else None)
