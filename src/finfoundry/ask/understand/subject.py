"""Whom a question is about: the entity, its other names, its documents and its fiscal calendar."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.ports import FactStore, HiddenDocument, StoredDocument, StoredEntity
from finfoundry.ask.lexicon.spans import calendar_of, calendar_of_interim
from finfoundry.ask.understand.intent import Intent
from finfoundry.core.answer import Language
from finfoundry.core.language import has_han
from finfoundry.core.names.company_names import other_names
from finfoundry.core.names.spoken_names import entity_key, entity_keys, file_key, name_in, short_name
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear, parse_iso
from finfoundry.core.principal import Principal

SYMBOL = 2  # letters of a file's name that can only be a trading symbol

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
        """All names of the entity, the one that it is filed under first."""
        return tuple(dict.fromkeys((self.name, *self.aliases, self.called("en"), self.called("zh")))) if self.name else self.aliases

    def called(self, language: Language) -> str:
        """The entity as a sentence of a language calls it; empty without one."""
        name = name_in(self.name, self.aliases, language) if self.name else ""
        return short_name(name, self.aliases, self.known)

    @property
    def of_records(self) -> bool:
        """Whether it is known from tables of records alone, and no document is about it."""
        return self.name is not None and not self.documents

    @property
    def nameless(self) -> frozenset[str]:
        """The papers of no company, by their ids: rules, policies, products."""
        return frozenset(document.id for document in self.documents if document.entity is None)

    @property
    def published(self) -> dict[str, str]:
        """Document id → the last day that it reports on: what is later is newer."""
        return {document.id: parse_iso(document.period).end.isoformat() for document in self.documents if document.period}


def subject_of(name: str | None, known: KnownEntities) -> Subject:
    """The subject from the documents that one may read; those of others are left out."""
    if name is None:
        return Subject(None, documents=tuple(known.documents), known=tuple(known.entities))
    ids = known.papers.get(name, frozenset())
    own = tuple(document for document in known.documents if document.id in ids)
    calendar = calendar_of([(document.fiscal_year, document.period) for document in own])
    return Subject(name, known.entities.get(name, ()), own, calendar, tuple(known.entities))


def dated(subject: Subject, flows: Callable[[str], Sequence[str]]) -> Subject:
    """The subject with the calendar of its latest interim report, where it has no annual one; else unchanged. ``flows`` gives the periods
    of a document's cash flow statement.
    """
    found = [(parse_iso(one.period), one) for one in subject.documents if subject.name and one.period and one.fiscal_year]
    if not found or any(period.months == 12 for period, _ in found):
        return subject
    period, paper = max(found, key=lambda one: one[0].end)
    return replace(subject, calendar=calendar_of_interim(paper.fiscal_year or 0, period.end, flows(paper.id)))


def named_by_end(subject: Subject, years: Sequence[int]) -> Subject | None:
    """The subject with fiscal years named by the year in which they end, where the question must mean that: its latest year is one that no
    document has under the company's own count, and the latest document ends in it. None where it need not mean that.
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
    """Each company with its aliases, and with the names under which its documents are filed: a reader's own word for it.

    Spellings and former names of one company are one: "TRIANGLE, INC." in documents filed as BRICK is "Brick, Inc.", where that reports
    too. The name kept is the one that most documents bear.
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
    for name, aliases in names.items():
        aliases += [other for other in other_names((name,)) if entity_key(other) not in owner and not _begins(other, name, owner)]
    known = {entity_key(name): name for name in names}
    for key, filers in filed.items():
        if key in known or len(filers) == 1:  # a word under which several companies' documents are filed is no name
            for name in filers:
                names[name].append(key.title() if len(key) > SYMBOL else key.upper())
    return _united(names, {key: [known[key], *filers] for key, filers in filed.items() if key in known}, documents)


def _begins(word: str, name: str, owner: Mapping[str, str]) -> bool:
    """Whether a bare word in Latin script begins a name of another company: "Delta", of an airline and of a maker of electronics."""
    return re.fullmatch(r"[\w&]+", word) is not None and any(
        key.startswith(f"{entity_key(word)} ") and other != name for key, other in owner.items()
    )


def _united(
    names: Mapping[str, Sequence[str]], groups: Mapping[str, Sequence[str]], documents: Sequence[StoredDocument]
) -> dict[str, tuple[str, ...]]:
    """The names, with those of each group united under the one that most documents bear."""
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
    if not has_han(file_name):
        return []
    parts = re.split(r"[\W_]+", file_name.rpartition(".")[0])
    return [part for part in parts if re.fullmatch(r"[\u4e00-\u9fff]{3,8}|\d{6}", part) and not re.search("报告|年报|公司|年度|公告", part)]


def _keys(document: StoredDocument, filed: bool = False) -> set[str]:
    """The normalised names that a document bears; one that prints none is known by its file's (``filed``: as are all)."""
    return set(entity_keys([document.entity, *document.aliases, file_key(document.name) if filed or not document.entity else None]))


# --- who reports in the documents that somebody may read -------------------------------------------------------------------------

KEPT = 32  # sets of documents remembered


@dataclass(frozen=True, slots=True)
class KnownEntities:
    """``entities``: each with its other names; ``names`` finds them in questions; ``papers`` are the ids of each one's documents."""

    documents: Sequence[StoredDocument]
    entities: Mapping[str, tuple[str, ...]]
    names: EntityNames
    papers: Mapping[str, frozenset[str]]


def known_of(entities: Sequence[StoredEntity], documents: Sequence[StoredDocument]) -> KnownEntities:
    """The companies that report in the documents: their names, how questions find these, and which documents are whose."""
    found = names_of(entities, documents)
    bearing: dict[str, set[str]] = {}  # key of a name → ids of the documents that bear it
    for document in documents:
        for key in _keys(document):
            bearing.setdefault(key, set()).add(document.id)
    papers = {
        name: frozenset[str]().union(*(bearing.get(entity_key(known), ()) for known in (name, *aliases))) for name, aliases in found.items()
    }
    return KnownEntities(documents, found, EntityNames(sorted(found.items())), papers)


@dataclass(slots=True)
class EntityCatalogue:
    """What is known, gathered once for a set of documents and entities that the store shows; safe to use from several threads."""

    store: FactStore
    _kept: dict[tuple[tuple[str, ...], tuple[str, ...]], KnownEntities] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, principal: Principal, collection: str | None) -> KnownEntities:
        """The companies of the documents that the principal may read, in one collection or in all (None)."""
        documents, entities = self.store.known(principal, collection)
        key = (tuple(document.id for document in documents), tuple(entity.name for entity in entities))
        with self._lock:
            kept = self._kept.get(key)
        if kept is None:
            kept = known_of(entities, documents)
            with self._lock:
                while len(self._kept) >= KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = kept
        return replace(kept, documents=documents)
