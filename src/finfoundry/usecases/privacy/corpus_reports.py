"""Reports of what would be learned from: files, or every task whose rows lie in a data folder, against all evaluations."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from html import escape
from pathlib import Path

from finfoundry.base.privacy.personal_reader import personal_reader
from finfoundry.base.taggers.harm_tagger import TaggerOnDemand
from finfoundry.core.errors import InputError
from finfoundry.core.tasks import Task, load_task, read
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint
from finfoundry.core.tasks.task import task_names
from finfoundry.core.tasks.task_rows import split_of
from finfoundry.evals.suites import OWN
from finfoundry.governance.guards.guards import Guards, tagged_with
from finfoundry.governance.personal_text import personal_spans
from finfoundry.runtime.settings import Settings
from finfoundry.train.data.corpus_report import CorpusReport, Look, corpus_report
from finfoundry.train.data.plain_documents import CorpusDocument, documents


def report_files(settings: Settings, path: Path, licence: str, data: Path | None = None) -> list[CorpusReport]:
    """Of a file, or of each file of a folder (``.txt``, ``.md``, ``.jsonl`` with the key ``text``). Raises InputError."""
    files = sorted(one for one in path.rglob("*") if one.suffix in (".txt", ".md", ".jsonl")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise InputError(f"{path} holds no texts", remedy="Give a .txt, .md or .jsonl file, or a folder with such files")
    look = _look(settings, data)
    return [corpus_report(file.name, licence, documents([file], file.parent), look) for file in files]


def report_tasks(settings: Settings, data: Path, limit: int | None = None) -> list[CorpusReport]:
    """Of the training rows of every task whose files lie in the folder; at most ``limit`` of each. InputError if none."""
    tasks = list(_present(data))
    if not tasks:
        raise InputError(f"{data} holds the rows of no task", remedy="Give the folder that recipes take with --data")
    look = _look(settings, data)
    return [corpus_report(task.name, task.licence, list(_learned(task, data))[:limit], look) for task in tasks]


def _present(data: Path) -> Iterator[Task]:
    for name in task_names():
        task = load_task(name)
        if all(any(data.glob(pattern)) for pattern in task.source.paths):
            yield task


def _learned(task: Task, data: Path) -> Iterator[CorpusDocument]:
    return (CorpusDocument(row.id, row.about) for row in read(task, data).rows if split_of(task, row) == "train")


def _look(settings: Settings, data: Path | None) -> Look:
    tagger = TaggerOnDemand(settings)
    guards = Guards(lambda: tagged_with(tagger(), by_words=tagger.by_words)) if tagger() else None
    reader = personal_reader(settings)
    tasks = {task.name: _reported(task, data) for task in _present(data)} if data else {}
    reported = {**dict(_asked_by_suites(data)), **tasks}
    return Look(lambda text: [one.kind for one in personal_spans(text, reader)], partial(_harms, guards) if guards else None, reported)


def _harms(guards: Guards, text: str) -> list[str]:
    """The labels of what is learned from a text: a harm as if it were asked for, an order as if a model read it. Of a long text an even
    sample of windows is read.
    """
    told = (guards.decide(channel, text) for channel in ("question", "passage"))
    return list(dict.fromkeys(one.label for one in told if one and one.stops))


def _reported(task: Task, data: Path) -> Fingerprints:
    """The rows on which a task reports."""
    return Fingerprints(fingerprint(row.about) for row in read(task, data).rows if split_of(task, row) != "train")


def _asked_by_suites(data: Path | None) -> Iterator[tuple[str, Fingerprints]]:
    """The questions of the suites that are no task's: those that ship them, and those whose files lie in the folder."""
    for name, suite in OWN.items():
        try:
            items = suite.items(data or Path(os.devnull))
        except (InputError, OSError):
            continue  # its files are not there
        yield name, Fingerprints(fingerprint(item.question) for item in items)


def page_of(reports: Sequence[CorpusReport]) -> str:
    """The reports as a page that needs nothing else: a table each, with a bar for the share of texts that break a rule."""
    style = (
        "body{font:15px sans-serif;margin:2em}td,th{padding:.2em .8em;text-align:left}i{display:inline-block;height:.7em;background:#b33}"
    )
    return f"<!doctype html><meta charset=utf-8><title>Corpora</title><style>{style}</style>{''.join(map(_section, reports))}"


def _section(report: CorpusReport) -> str:
    told = {
        "texts": report.texts, "characters": report.characters, "clean": report.clean, "licence": report.licence,
        "languages": report.languages, "duplicates": report.duplicates, "near duplicates": report.near_duplicates,
        "personal data": report.personal, "harms": "no tagger looked" if report.harms is None else report.harms,
        "contamination": report.contamination,
    }  # fmt: skip
    facts = "".join(f"<tr><th>{escape(name)}<td>{escape(str(value))}" for name, value in told.items())
    bars = "".join(
        f"<tr><td>{escape(one.rule)}<td>{one.texts}<td><i style='width:{100 * one.share:.1f}px'></i> {one.share:.1%}"
        f"<td>{escape(one.says)}<td>{escape(one.source)}"
        for one in report.rules
    )
    return f"<h2>{escape(report.corpus)}</h2><table>{facts}</table><table>{bars}</table>"
