"""The parts that a table prints of one measure at one time: rows, or columns, that are called alike but for one heading."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from finfoundry.binding.evidence import CellEvidence, Evidence, EvidenceItem
from finfoundry.binding.sentence.labels import concepts_named
from finfoundry.core.periods import Period

WHOLE = re.compile(  # what names no part; "Corporate banking" and "Global markets" are parts
    r"\b(?:(?:sub)?total|consolidated)\b|^\W*(?:the )?(?:company|corporate|worldwide|global|group)\W*$|^\W*all (?!other)"
    r"|\bcorporate (?:and|&|items?|centre|center|functions?|unallocated|expenses?|costs?|other)\b|合\s*计|总\s*计|总额|小\s*计|^集团$",
    re.IGNORECASE,
)
REST = re.compile(r"^\W*(?:all )?others?\b|^\W*(?:unallocated|not allocated|remaining)\b|其\s*他|其它|未分配|未分摊", re.IGNORECASE)
_BETWEEN = re.compile(r"eliminat|inter-?segment|reconcil|adjustment|抵销|抵消|分部间|调整", re.IGNORECASE)
_WITHIN = re.compile(r"^\W*(?:of which|thereof|including)\b|其中", re.IGNORECASE)
_BRACKET = re.compile(r"\s*[(（\[].*$")
_KIND = re.compile(r"(?<=\w)\s+(?:segment|division)s?$|(?<=[一-鿿]{2})(?:分部|板块)$", re.IGNORECASE)
_MANY = 1000  # steps of a sum, which no other figure is by chance
_Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """``parts``: the cell of each by its name in small letters; ``rest``: what is left over of the whole. ``headings``: those of the
    measure, none where only the table's title says it. ``dates``: the time of all.

    ``adds_up``: whether they come to a printed figure. Where they do not, parts are missing, or parts of parts and the same
    whole in parts of another kind stand among them.
    """

    parts: Mapping[str, EvidenceItem]
    rest: Sequence[EvidenceItem]
    headings: tuple[str, ...]
    dates: Period | None
    adds_up: bool
    total: Decimal  # what all come to

    def others(self, name: str) -> list[EvidenceItem]:
        """The other parts' cells, without what is left over."""
        return [item for other, item in self.parts.items() if other != name]


def breakdowns(items: Sequence[EvidenceItem], evidence_of: Sequence[int], evidence: Sequence[Evidence]) -> dict[str, list[Breakdown]]:
    """Name of a part, in small letters → the breakdowns that have it. ``evidence_of``: the number of each item's evidence."""
    groups: dict[_Key, list[tuple[str, EvidenceItem]]] = defaultdict(list)
    tables: dict[_Key, set[Decimal]] = defaultdict(set)
    anywhere: dict[_Key, set[Decimal]] = defaultdict(set)
    for item, number in zip(items, evidence_of, strict=True):
        table = _table(evidence[number], number, item) if item.source == "cell" and not item.change and item.unit != "ratio" else None
        if table is None:
            continue
        at = (table, item.unit, item.dates, item.scope, item.entity)
        tables[at].add(item.value)
        anywhere[at[1:]].add(item.value)
        path = item.series.split(" > ")
        for place, name in enumerate(path):
            groups[*at, place, (*path[:place], *path[place + 1 :])].append((name, item))
    found: dict[str, list[Breakdown]] = defaultdict(list)
    for key, members in groups.items():
        headings = key[-1]
        of = key[:-2]
        told = _breakdown(members, headings, tables[of], anywhere[of[1:]]) if len(members) > 1 and isinstance(headings, tuple) else None
        if told is not None:
            for name in told.parts:
                found[name].append(told)
    return found


def _table(evidence: Evidence, number: int, item: EvidenceItem) -> _Key | None:
    """What tells a cell's table from all others; None for a fact of no table."""
    if not isinstance(evidence, CellEvidence):
        return (number,)
    return None if evidence.fact.table is None or item.place is None else (item.place.document.id, item.place.page, evidence.fact.table)


def _breakdown(
    members: Iterable[tuple[str, EvidenceItem]], headings: tuple[str, ...], printed: set[Decimal], anywhere: set[Decimal]
) -> Breakdown | None:
    """None where a part is printed twice with other values, or parts of parts are among them. ``printed``: the figures of the table, and
    ``anywhere`` those of all tables, to one of which parts of many digits may come as well.
    """
    parts: dict[str, EvidenceItem] = {}
    rest, between = list[EvidenceItem](), Decimal(0)
    for name, item in members:
        if _WITHIN.search(name):
            return None
        if WHOLE.search(name) or concepts_named(name):
            continue
        if _BETWEEN.search(name):
            between += item.value
        elif REST.search(name):
            rest.append(item)
        elif (core := part_name(name)) and parts.setdefault(core, item).value != item.value:
            return None
    if len(parts) < 2:
        return None
    cells = [*parts.values(), *rest]
    total = sum((item.value for item in cells), Decimal(0))
    found = Breakdown(parts, rest, headings, cells[0].dates, adds_up=False, total=total)
    little = sum((item.step for item in cells), Decimal(0)) / 2
    sums = printed - {item.value for item in cells}
    comes_to = any(min(abs(one - found.total), abs(one - found.total - between)) <= little for one in sums)
    many = abs(found.total) >= _MANY * max(item.step for item in cells)
    return replace(found, adds_up=comes_to or (many and found.total in anywhere and found.total not in {item.value for item in cells}))


def part_name(name: str) -> str:
    """What a part is called, in small letters: without brackets, and without the word for what kind of part it is."""
    bare = _KIND.sub("", _BRACKET.sub("", name)).strip(" -－—•:：*").lower()
    return bare if any(map(str.isalpha, bare)) else ""


def named_in(text: str, names: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The places of a text in small letters where parts are named, the longest name of each place."""
    lowered, taken = text.lower(), list[tuple[int, int]]()
    for name in sorted((name for name in names if name in lowered), key=len, reverse=True):
        for found in re.finditer(rf"(?<![a-z]){re.escape(name)}(?![a-z])", lowered):
            if not any(start < found.end() and found.start() < end for start, end in taken):
                taken.append(found.span())
                yield found.start(), name
