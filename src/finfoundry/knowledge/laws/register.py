"""Rules with their standing: which versions one has, which of them was in force on a day, what ended the others, what amends them.

Nothing is guessed: a version without a day, or with two that contradict each other, is in force or not for all that is known, and says why.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from finfoundry.core.display import Display, escaped
from finfoundry.core.rules.law import LEVELS, ON_ISSUE, LawStatement, Level, Matter
from finfoundry.knowledge.laws.titles import title_key

NAMELESS = re.compile(r"[\u4e00-\u9fff]{0,20}(?:令|公告|通知|决定|批复)")  # titles that many papers bear: no two are versions for that
_RANK = {"hand": 0, "manifest": 1, "text": 2}  # whose word goes first


@dataclass(slots=True)
class LawPaper:
    """A document that is a rule, with all that is said of it."""

    document: str
    name: str
    collection: str
    label: str
    language: str
    statements: list[LawStatement] = field(default_factory=list)
    entities: frozenset[str] = frozenset()  # keys of the names of whose rule it is; empty where that is not known


@dataclass(frozen=True, slots=True)
class Ending:
    """What ended a rule: ``day`` is the first on which it is no more in force, None where it is not known; ``by`` the title and the
    document of what ended it, empty where the rule itself says so.
    """

    kind: Literal["expired", "repealed", "replaced"]
    day: date | None
    by: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What changed parts of a version while it was in force: from ``day`` on, None where it is not known."""

    day: date | None
    by: str
    document: str

    def shown(self) -> str:
        return f"amended {self.day or 'on a day that is not known'} by {self.by}"


@dataclass(frozen=True, slots=True)
class Law:
    """One version of a rule. ``versions`` are the documents of all of them, the earliest first; ``faults``: why its days are not known."""

    document: str
    name: str
    collection: str
    label: str
    language: str
    title: str
    level: Level | None
    issued: date | None
    effective: date | None
    endings: tuple[Ending, ...]
    versions: tuple[str, ...]
    statements: tuple[LawStatement, ...]
    faults: tuple[str, ...]
    entities: frozenset[str] = frozenset()
    amendments: tuple[Amendment, ...] = ()  # the earliest first

    @property
    def key(self) -> str:
        return title_key(self.title)

    @property
    def keys(self) -> tuple[str, ...]:
        """The key of its title, then those of the other titles that its paper bears."""
        said = (title_key(one.value) for one in self.statements if one.matter == "title")
        return tuple(dict.fromkeys((self.key, *said)))

    @property
    def until(self) -> Ending | None:
        """What ended it first; None where nothing did."""
        dated = [one for one in self.endings if one.day]
        return min(dated, key=lambda one: one.day or date.max, default=None) or next(iter(self.endings), None)

    def in_force(self, day: date) -> bool | None:
        """Whether it was in force on a day; None where that cannot be told."""
        if any(one.day and one.day <= day for one in self.endings):
            return False
        if self.effective is None:
            return None
        if day < self.effective:
            return False
        return None if any(one.day is None for one in self.endings) else True

    def in_force_between(self, first: date, last: date) -> bool:
        """Whether it was in force on any day between two."""
        return self.effective is not None and self.effective <= last and self.in_force(max(first, self.effective)) is True

    def said(self, matter: Matter) -> LawStatement | None:
        """The statement that counts of a matter; None where there is none, or where several contradict each other."""
        return _counting(self.statements, matter)

    def repeals(self) -> list[LawStatement]:
        """What it repeals: by hand where that is said, else by a manifest, else by its text."""
        return self._best("repeals")

    def amends(self) -> list[LawStatement]:
        """What it amends, by the same order."""
        return self._best("amends")

    def _best(self, matter: Matter) -> list[LawStatement]:
        said = [one for one in self.statements if one.matter == matter]
        best = min((_RANK[one.source] for one in said), default=0)
        return [one for one in said if _RANK[one.source] == best]

    def amended(self, day: date) -> list[Amendment]:
        """The amendments that count on a day; those whose day is not known may."""
        return [one for one in self.amendments if one.day is None or one.day <= day]

    def standing(self, day: date) -> str:
        """In one line: in force and amended by what, not yet, no more, or not known."""
        force = self.in_force(day)
        end = self.until
        if force:
            until = f", until {end.day}" if end and end.day else ""
            return "; ".join([f"in force since {self.effective}{until}", *(one.shown() for one in self.amended(day))])
        if force is None:
            return "not known: " + ("; ".join(self.faults) or "it is repealed by what states no day")
        if self.effective and day < self.effective:
            return f"in force from {self.effective}"
        assert end is not None  # noqa: S101  what is no more in force was ended
        by = f" by {end.by}" if end.by else ""
        return f"{end.kind} {end.day}{by}"

    def show_on(self, display: Display) -> None:
        display.line(f"[bold]{escaped(self.title)}[/]  {self.document}  {escaped(self.name)}  {self.level or 'no level'}")
        display.line(f"  {escaped(self.standing(date.today()))}")
        for one in self.statements:
            display.line(f"  {escaped(one.shown())}")
        for fault in self.faults:
            display.line(f"  [yellow]! {escaped(fault)}[/]")


def registered(papers: Sequence[LawPaper]) -> list[Law]:
    """The rules among these papers, each with its standing among the others."""
    return _with_amendments(_with_repeals(_with_versions([law for paper in papers if (law := _single(paper)) is not None])))


def rank(level: Level | None) -> int:
    """The place of a level, 0 the highest; behind all others where it is not known."""
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def _counting(statements: Iterable[LawStatement], matter: Matter) -> LawStatement | None:
    said = [one for one in statements if one.matter == matter]
    best = min((_RANK[one.source] for one in said), default=0)
    first = [one for one in said if _RANK[one.source] == best]
    if matter in ("title", "level") or len({one.value for one in first}) == 1:
        return first[-1] if first and first[0].source == "hand" else next(iter(first), None)
    return None


def _single(paper: LawPaper) -> Law | None:
    title, level = (_counting(paper.statements, matter) for matter in ("title", "level"))
    if title is None:
        return None
    faults: list[str] = []
    issued = _day(paper, "issued", faults)
    effective = _day(paper, "effective", faults, issued)
    expires = _day(paper, "expires", faults)
    if expires and effective and expires <= effective:
        faults.append(f"contradictory dates: in force from {effective}, and no more from {expires}")
        effective = expires = None
    ending = (Ending("expired", expires),) if expires else ()
    known: Level | None = next((one for one in LEVELS if level is not None and one == level.value), None)
    return Law(
        paper.document, paper.name, paper.collection, paper.label, paper.language, title.value, known, issued, effective, ending,
        (paper.document,), tuple(paper.statements), tuple(faults), paper.entities,
    )  # fmt: skip


def _day(paper: LawPaper, matter: Matter, faults: list[str], issued: date | None = None) -> date | None:
    said = [one for one in paper.statements if one.matter == matter]
    found = _counting(said, matter)
    if found is None:
        if said:
            faults.append("contradictory dates: " + "; ".join(one.shown() for one in said))
        elif matter == "effective":
            faults.append("it states no day from which it is in force")
        return None
    if found.value != ON_ISSUE:
        return date.fromisoformat(found.value)
    if issued is None:
        faults.append("it is in force from its issue, whose day it does not state")
    return issued


def _with_versions(laws: Sequence[Law]) -> list[Law]:
    groups: dict[tuple[str, str], list[Law]] = defaultdict(list)
    for law in laws:
        groups[law.collection, law.document if NAMELESS.fullmatch(law.key) else law.key].append(law)
    return [one for group in groups.values() for own in _by_entity(group) for one in _ordered(own)]


def _by_entity(group: Sequence[Law]) -> list[list[Law]]:
    """Rules of one title, those of different institutions apart; those of nobody known are versions of the others where there is one."""
    known: list[tuple[set[str], list[Law]]] = []
    for law in group:
        if law.entities:
            alike = [one for one in known if one[0] & law.entities]
            known = [one for one in known if one not in alike]
            known.append((set(law.entities).union(*(one[0] for one in alike)), [*(law for one in alike for law in one[1]), law]))
    nobody = [law for law in group if not law.entities]
    if len(known) <= 1:
        return [list(group)]
    return [*(laws for _, laws in known), *([nobody] if nobody else [])]


def _ordered(group: Sequence[Law]) -> list[Law]:
    """Versions in their order, each ended by the next; those without a day first, and with the fault that they are several."""
    inside = sorted(group, key=lambda law: (law.effective or date.min, law.name))
    documents = tuple(law.document for law in inside)
    found = []
    for place, law in enumerate(inside):
        faults = law.faults
        later = next((one for one in inside[place + 1 :] if law.effective and one.effective), None)
        twin = any(one is not law and one.effective == law.effective and law.effective for one in inside)
        if twin:
            faults = (*faults, f"another version of {law.title} is in force from the same day, {law.effective}")
        elif len(inside) > 1 and law.effective is None:
            faults = (*faults, f"there are {len(inside)} versions of {law.title}")
        replaced = Ending("replaced", later.effective, later.title, later.document) if later and not twin else None
        endings = (*law.endings, replaced) if replaced else law.endings
        effective = None if twin else law.effective
        found.append(replace(law, effective=effective, endings=endings, versions=documents, faults=faults))
    return found


def _with_repeals(laws: Sequence[Law]) -> list[Law]:
    """Each rule with the repeals that others state of it: of an earlier rule, not of one that came after."""
    by_key: dict[str, list[tuple[Law, LawStatement]]] = defaultdict(list)
    for law in laws:
        for said in law.repeals():
            by_key[title_key(said.value)].append((law, said))
    found = []
    for law in laws:
        repeals = [
            Ending("repealed", by.effective, by.title, by.document)
            for by, _ in by_key.get(law.key, ())
            if by.key != law.key and not (law.effective and by.effective and law.effective >= by.effective)
        ]
        found.append(replace(law, endings=(*law.endings, *repeals)) if repeals else law)
    return found


def _with_amendments(laws: Sequence[Law]) -> list[Law]:
    """Each version with what others say that they amend of it: those from a day on which it was in force already and not yet ended. A
    version from the same day, or a later one, has them in it.
    """
    by_key: dict[str, list[Law]] = defaultdict(list)
    for law in laws:
        for key in {title_key(said.value) for said in law.amends()}:
            by_key[key].append(law)
    return [replace(law, amendments=tuple(_amending(law, by_key[law.key]))) if law.key in by_key else law for law in laws]


def _amending(law: Law, others: Sequence[Law]) -> list[Amendment]:
    def counts(day: date | None) -> bool:
        if day is None:
            return not any(one.day for one in law.endings)
        return not (law.effective and law.effective >= day) and not any(one.day and one.day <= day for one in law.endings)

    def concerns(by: Law) -> bool:
        of_another = law.level == "policy" and law.entities and by.entities and not law.entities & by.entities
        return by.document not in law.versions and by.key != law.key and not of_another

    found = [Amendment(by.effective, by.title, by.document) for by in others if concerns(by)]
    return sorted((one for one in found if counts(one.day)), key=lambda one: (one.day or date.max, one.by))
