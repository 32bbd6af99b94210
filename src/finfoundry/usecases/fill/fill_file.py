"""Fills a file: each field is a question of its own, asked once, under the rights of who fills it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from finfoundry.app import App
from finfoundry.core.answer import Answer
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.usecases.fill.filled import Filled
from finfoundry.usecases.fill.note_fields import fill_note
from finfoundry.usecases.fill.sheet_fields import fill_workbook

_FORMS = {".docx": fill_note, ".xlsx": fill_workbook, ".xlsm": fill_workbook}


@dataclass(frozen=True, slots=True)
class FilledFile:
    """Where it was written, how many fields are filled, unbound, and changed since the last time, and each of them."""

    file: str
    filled: int
    unbound: int
    changed: int
    fields: list[Filled]


def fill_file(
    app: App, principal: Principal, source: Path, target: Path, *, company: str | None = None, collection: str | None = None,
    report: Report = silent,
) -> FilledFile:  # fmt: skip
    """A copy of a note (.docx) or a workbook (.xlsx, .xlsm) with its fields filled; the source stays. Raises InputError for what is
    neither, has no field, or cannot be written.
    """
    form = _FORMS.get(source.suffix.lower())
    if form is None or target.suffix.lower() != source.suffix.lower():
        raise InputError(f"{source.name} cannot be filled into {target.name}", remedy=f"Give two files of one kind: {', '.join(_FORMS)}")
    if not source.is_file():
        raise InputError(f"{source} is not there", remedy="Name a file that is")
    asked = Counter[str]()

    @cache
    def ask(question: str) -> Answer:
        asked[question] += 1
        report(Progress("fill", len(asked), 0, question))
        return app.ask(principal, question, collection=collection, seconds=app.settings.ask_deadline)

    try:
        done = form(source, target, ask, company)
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror}", remedy="Choose another file") from error
    if not done:
        raise InputError(f"{source.name} has no field", remedy='Write one like {{ figure("total assets", "2024") }}')
    counts = Counter(one.status for one in done)
    return FilledFile(str(target), counts["filled"], counts["unbound"], sum(one.changed is not None for one in done), done)
