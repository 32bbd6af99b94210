"""Whom a question is about: the entity, its other names, its documents and its fiscal calendar."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.ports import HiddenDocument, StoredDocument, StoredEntity
from finfoundry.ask.lexicon.spans import calendar_of, calendar_of_interim
from finfoundry.ask.understand.intent import Intent
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear, parse_iso
from finfoundry.knowledge.names import entity_key, entity_keys, file_key

_GENERIC_FILE = re.compile(
    r"(?:(?:a|the|our|new|old|my|copy|of|final|draft|full|signed|document|documents|doc|docs|file|files|scan|scanned|download|downloads|untitled|company|group"
    r"|consolidated|financial|financials|statement|statements|results|press|release|presentation|filing|filings|form|sec|edgar|ir|investor|investors"
    r"|relations|web|print|online|english|en|zh|cn|version|pdf|html|test|sample|example|data|input|output|page|pages|part|vol|volume|year|half|month"
    r"|january|february|march|april|may|june|july|august|september|october|november|december|first|second|third|fourth|quarter)\b ?)+"
)


@dataclass(frozen=True, slots=True)
class Subject:
    """``name`` is None when the question names nobody and the collection holds more than one entity; ``known`` are all of these."""

    name: str | None
    aliases: tuple[str, ...] = ()
    documents: tuple[StoredDocument, ...] = ()
    calendar: FiscalYear = CALENDAR_YEAR
    known: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names of the entity, the usual one first."""
        return (self.name, *self.aliases) if self.name else self.aliases

    @property
    def published(self) -> dict[str, str]:
        """Document id → the last day that it reports on: what is later is newer."""
        return {document.id: parse_iso(document.period).end.isoformat() for document in self.documents if document.period}


def subject_of(name: str | None, entities: Mapping[str, Sequence[str]], documents: Sequence[StoredDocument]) -> Subject:
    """The subject from the documents that one may read; those of others are left out."""
    if name is None:
        return Subject(None, documents=tuple(documents), known=tuple(entities))
    aliases = tuple(entities.get(name, ()))
    keys = {entity_key(known) for known in (name, *aliases)}
    own = tuple(document for document in documents if keys & _keys(document))
    calendar = calendar_of([(document.fiscal_year, document.period) for document in own])
    return Subject(name, aliases, own, calendar, tuple(entities))


def dated(subject: Subject, flows: Callable[[str], Sequence[str]]) -> Subject:
    """With the calendar of the latest interim paper, where the entity has no annual one. ``flows`` gives the periods of its flows."""
    found = [(parse_iso(one.period), one) for one in subject.documents if subject.name and one.period and one.fiscal_year]
    if not found or any(period.months == 12 for period, _ in found):
        return subject
    period, paper = max(found, key=lambda one: one[0].end)
    return replace(subject, calendar=calendar_of_interim(paper.fiscal_year or 0, period.end, flows(paper.id)))


def named_by_end(subject: Subject, years: Sequence[int]) -> Subject | None:
    """The subject with fiscal years named by the year in which they end, where the question must mean that: its latest year is one that no
    paper has under the company's own count, and the latest paper ends in it.
    """
    calendar = subject.calendar
    known = [document.fiscal_year for document in subject.documents if document.fiscal_year]
    ends = [parse_iso(document.period).end.year for document in subject.documents if document.period]
    beyond = bool(years and known and ends) and max(years) == max(known) + 1 == max(ends)
    if not beyond or calendar.end.year != calendar.year + 1:
        return None
    return replace(subject, calendar=replace(calendar, year=calendar.end.year))


def concerns_hidden(hidden: Sequence[HiddenDocument], question: str, intent: Intent) -> bool:
    """Whether the question is about a document that its asker may know of and not read."""
    named = {item.name for item in EntityNames([(one.entity, one.aliases) for one in hidden if one.entity]).find(question)}
    years = {found.fiscal_year for found in intent.periods if found.fiscal_year}
    return any(one.entity in named and (not years or one.fiscal_year in years) for one in hidden)


def names_of(entities: Sequence[StoredEntity], documents: Sequence[StoredDocument]) -> dict[str, tuple[str, ...]]:
    """Each company with its aliases, and with the names under which its papers are filed: a reader's own word for it.

    Spellings and former names of one company are one: "TRIANGLE, INC." in papers filed as BRICK is "Brick, Inc.", where that reports too.
    The name kept is the one that most papers bear.
    """
    owner = {entity_key(alias): entity.name for entity in entities for alias in (*entity.aliases, entity.name)}
    filed: dict[str, dict[str, list[str]]] = {}  # key of a file's name → entity → as written
    names = {entity.name: list(entity.aliases) for entity in entities}
    for document in documents:
        name = owner.get(entity_key(document.entity)) if document.entity else None
        if name is not None:
            names[name] += _filed_under(document.name)
            if (key := file_key(document.name)) and not _GENERIC_FILE.fullmatch(key):
                filed.setdefault(key, {}).setdefault(name, []).append(key)
    known = {entity_key(name): name for name in names}
    for key, filers in filed.items():
        if key in known or len(filers) == 1:  # a word under which several companies' papers lie is no name
            for name in filers:
                names[name].append(key.title())
    return _united(names, {key: [known[key], *filers] for key, filers in filed.items() if key in known}, documents)


def _united(
    names: Mapping[str, Sequence[str]], groups: Mapping[str, Sequence[str]], documents: Sequence[StoredDocument]
) -> dict[str, tuple[str, ...]]:
    """The names with those of one group under one of them."""
    kept = {name: name for name in names}
    for group in groups.values():
        members = {kept[name] for name in group}
        chosen = max(members, key=lambda name: (sum(entity_key(name) in _keys(document, filed=True) for document in documents), name))
        kept = {name: chosen if now in members else now for name, now in kept.items()}
    united: dict[str, list[str]] = {}
    for name, now in kept.items():
        united.setdefault(now, []).extend([name, *names[name]])
    return {now: tuple(dict.fromkeys(alias for alias in aliases if alias != now)) for now, aliases in united.items()}


def _filed_under(file_name: str) -> list[str]:
    """Names and codes in the name of a file in Chinese."""
    if not re.search(r"[\u4e00-\u9fff]", file_name):
        return []
    parts = re.split(r"[\W_]+", file_name.rpartition(".")[0])
    return [part for part in parts if re.fullmatch(r"[\u4e00-\u9fff]{3,8}|\d{6}", part) and not re.search("报告|年报|公司|年度|公告", part)]


def _keys(document: StoredDocument, filed: bool = False) -> set[str]:
    """The normalised names that a document bears; one that prints none is known by its file's (``filed``: as are all)."""
    return set(entity_keys([document.entity, *document.aliases, file_key(document.name) if filed or not document.entity else None]))
