"""Facts against the tags of the same filing: value, sign, scale, unit, label of the row and period; and facts that lie on no tag.

A label is the first text of the tag's own row in the HTML, which the reader of the PDF does not see. A row without one, or whose first
text is a date, has none to be compared with.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml.etree import _Element

from finfoundry.core.document import Box, Fact, Profile
from finfoundry.core.periods import Period, parse_iso
from finfoundry.knowledge.facts.tags.ixbrl import StatedYear, Tagged
from finfoundry.knowledge.formats.html_style import tag_of

SHOWN = 40  # faults named in a row
OFF = 0.1  # of a filing's figures with another period than the tag's, from which on the filing is off by one
Places = dict[str, list[tuple[int, Box]]]  # id of a tag -> page and box
Pairs = Sequence[tuple[Tagged, list[Fact]]]
_ASIDE = re.compile(r"\([^()]*\)")
_DATE = re.compile(
    r"(?:as\s*of|at|for|the|years?|quarters?|months?|weeks?|ended|ending|fiscal|january|february|march|april|may|june|july|august"
    r"|september|october|november|december|three|six|nine|twelve|[\W\d_])*",
    re.IGNORECASE,
)


@dataclass(slots=True)
class FilingOutcome:
    """What became of the figures of one filing."""

    figures: int
    facts: int = 0  # facts that lie on a figure
    right: int = 0  # recalled figures
    right_facts: int = 0
    distinct: int = 0  # recalled, and no other meaning has the same key
    off: bool = False  # the document's period or the number of its fiscal year is not the cover's, or its columns bear other periods
    loose: int = 0  # printed figures read as facts, in a table that is tagged, on which no tag lies
    kinds: Counter[str] = field(default_factory=Counter)  # why a figure is not recalled
    shown: list[str] = field(default_factory=list)


def overlap(first: Box, second: Box) -> float:
    """The share of the smaller box that both cover."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = min((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return width * height / area if area else 0.0


def lying_on(figures: Sequence[Tagged], places: Places, facts: Sequence[Fact]) -> Iterator[tuple[Tagged, list[Fact]]]:
    """Each figure with the facts whose box lies on it."""
    by_page: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_page[fact.page].append(fact)
    for figure in figures:
        found = [fact for page, box in places.get(figure.id, []) for fact in by_page[page] if _covers(fact, box)]
        yield figure, found


def by_locator(figures: Sequence[Tagged], facts: Sequence[Fact]) -> Iterator[tuple[Tagged, list[Fact]]]:
    """Each figure with the facts whose locator names its tag."""
    by_id: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        for identity in (fact.locator or {}).get("tags", "").split():
            by_id[identity].append(fact)
    for figure in figures:
        yield figure, by_id[figure.id]


def untagged(places: Places, facts: Sequence[Fact]) -> int:
    """How many facts of printed digits lie on no tag, in tables of which tags cover at least half of the facts.

    Nearly all that a statement or note prints must be tagged, so most of these are no figures. A dash counts as nothing printed.
    """
    by_page: dict[int, list[Box]] = defaultdict(list)
    for spots in places.values():
        for page, box in spots:
            by_page[page].append(box)
    tables: dict[int | None, list[bool]] = defaultdict(list)
    for fact in facts:
        if re.search(r"\d", fact.text):
            tables[fact.table].append(any(_covers(fact, box) for box in by_page[fact.page]))
    return sum(len(on) - sum(on) for table, on in tables.items() if table is not None and sum(on) * 2 >= len(on))


def _covers(fact: Fact, box: Box) -> bool:
    return fact.box is not None and overlap(fact.box, box) > 0.5


def row_labels(root: _Element) -> dict[str, str]:
    """The first text of each tagged number's row; empty where that is a date, or there is none."""
    found = {}
    for element in root.iter():
        if tag_of(element) == "ix:nonfraction":
            row = next((one for one in element.iterancestors() if tag_of(one) == "tr"), None)
            texts = ["".join(str(part) for part in cell.itertext()).strip() for cell in row] if row is not None else []
            label = next((text for text in texts if re.search(r"[A-Za-z]{2}", text)), "")
            found[element.get("id", "")] = "" if _DATE.fullmatch(label) else label
    return found


def plain(label: str) -> str:
    """Letters alone, without text in brackets."""
    return re.sub(r"[^a-z]", "", _ASIDE.sub("", label.casefold()))


def labelled(fact: Fact, label: str) -> bool:
    """Whether a fact bears the label of its row, alone or below its headings."""
    wanted = plain(label)
    return not wanted or wanted in map(plain, fact.metric) or plain(" ".join(fact.metric)).endswith(wanted)


def as_printed(period: Period) -> Period:
    """A span of one day as that day: a page that prints a price paid on it cannot tell the one from the other."""
    return Period(period.end) if period.start == period.end else period


def fault(figure: Tagged, fact: Fact | None, label: str = "") -> str | None:
    """What is wrong with the fact on a figure; None when nothing is."""
    if fact is None:
        return "missing"
    if fact.value != figure.printed:
        if abs(fact.value) == abs(figure.printed):
            return "sign"
        digits = [format(abs(value).normalize(), "f").replace(".", "").strip("0") for value in (fact.value, figure.printed)]
        return "scale" if digits[0] == digits[1] else "value"
    if fact.period != as_printed(figure.period).iso:
        return "period"
    if fact.unit != figure.unit:
        return "unit"
    return None if labelled(fact, label) else "label"


def judge(pairs: Pairs, labels: Mapping[str, str] | None = None, loose: int = 0) -> FilingOutcome:
    """Compare each figure with the best fact that lies on it; ``loose`` is counted apart, see ``untagged``."""
    known = labels or {}
    outcome = FilingOutcome(len(pairs), loose=loose)
    meanings: dict[tuple[object, ...], set[tuple[object, ...]]] = defaultdict(set)
    good: list[tuple[object, ...]] = []
    judged: dict[int, bool] = {}
    for figure, found in pairs:
        reasons = {id(fact): fault(figure, fact, known.get(figure.id, "")) for fact in found}
        best = min(found, key=lambda fact: (reasons[id(fact)] is not None, fact.value != figure.printed), default=None)
        reason = "missing" if best is None else reasons[id(best)]
        outcome.kinds[reason or "right"] += 1
        for fact in found:
            judged[id(fact)] = judged.get(id(fact), False) or reasons[id(fact)] is None
        if best is not None:
            key = (best.table, best.metric, best.dimensions, best.period)
            meanings[key].add((figure.name, figure.dimensions, figure.period.iso))
            if reason is None:
                good.append(key)
        if reason and len(outcome.shown) < SHOWN:
            outcome.shown.append(_told(figure, best, reason))
    outcome.right = len(good)
    outcome.distinct = sum(len(meanings[key]) == 1 for key in good)
    outcome.facts, outcome.right_facts = len(judged), sum(judged.values())
    return outcome


def off_by_a_period(outcome: FilingOutcome, profile: Profile, stated: StatedYear | None) -> bool:
    """Whether a whole filing is read with another time: its period or the number of its year, or so many of its figures."""
    if stated is not None:
        period = profile.period and parse_iso(profile.period)
        if not period or period.end != stated.period.end or profile.fiscal_year != stated.number:
            return True
    return outcome.kinds["period"] > OFF * outcome.figures


def _told(figure: Tagged, best: Fact | None, reason: str) -> str:
    got = best and (best.page, best.table, best.metric, str(best.value), best.unit, best.period, best.text, best.dimensions)
    return f"{reason}: {figure.id} {figure.name} {figure.text} {figure.unit} {figure.period.iso}, read as {got}"
