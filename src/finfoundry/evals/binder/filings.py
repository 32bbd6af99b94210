"""The facts of real inline XBRL filings as truth for the attack on the binder, and sentences about them."""

from __future__ import annotations

import gzip
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from finfoundry.binding import CellEvidence, Evidence, fiscal_year
from finfoundry.binding.sentence.labels import normal
from finfoundry.core.answer import DocumentName, Language
from finfoundry.core.document import Fact
from finfoundry.core.periods import FiscalYear, Period, parse_iso
from finfoundry.evals.binder.made_statements import STRANGERS, printed_as, reprinted
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.formats import parse_document

FRAMES = [
    "{entity}'s {label} was {n} {when}.",
    "{When}, {entity} reported {label} of {n}.",
    "{Label} of {entity} amounted to {n} {when} [1].",
    "{Label} {when} came to {n} at {entity}.",
]


_OUTFLOW = re.compile(r"purchase|payment|repay|dividend|repurchase|acquisition", re.IGNORECASE)  # stated without the minus


@dataclass(frozen=True, slots=True)
class Filed:
    """A sentence about one fact of a filing."""

    frame: str
    entity: str
    label: str
    when: str
    printed: str
    language: Language = "en"

    @property
    def text(self) -> str:
        label = self.label[0].lower() + self.label[1:] if self.label[:2].istitle() else self.label
        when = self.when[0].upper() + self.when[1:]
        return self.frame.format(entity=self.entity, label=label, Label=self.label, when=self.when, When=when, n=self.printed)


@dataclass
class Filing:
    """The facts of the statements of one filing: by label and period, where they are unambiguous."""

    entity: str
    alias: str
    facts: dict[tuple[str, str], Fact]
    evidence: list[Evidence]
    fiscal: FiscalYear | None

    def other(self, fact: Fact, differs: Callable[[Fact], bool], chance: random.Random) -> Fact | None:
        found = [other for other in self.facts.values() if other.unit == fact.unit and differs(other)]
        return chance.choice(found) if found else None


FOLDER = "en_filings/ixbrl"


def filings(data: Path, limit: int | None = None) -> Iterator[Filing]:
    """The filings under the data folder, one after the other."""
    for path in sorted((data / FOLDER).glob("*.html.gz"))[:limit]:
        document = parse_document(gzip.decompress(path.read_bytes()), path.stem)
        facts = [
            fact for fact in extract(document) if fact.statement and not fact.dimensions and "tags" in (fact.locator or {}) and fact.value
        ]
        profile = document.profile
        if not profile.entity:
            continue
        fiscal = fiscal_year(profile)
        name = DocumentName(path.stem, path.stem)
        evidence: list[Evidence] = [CellEvidence(fact, name, profile.aliases, fiscal=fiscal) for fact in facts]
        alias = next((alias for alias in profile.aliases if not alias.isupper()), profile.aliases[0] if profile.aliases else profile.entity)
        yield Filing(profile.entity, alias, _unambiguous(facts), evidence, fiscal)


def _unambiguous(facts: list[Fact]) -> dict[tuple[str, str], Fact]:
    """Facts whose own row name says which they are, at most eight words long and with one value a period."""
    held: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        leaf = fact.metric[-1] if fact.metric else ""
        if 1 < len(leaf.split()) <= 8 or fact.concept:
            held[normal(leaf), fact.period].append(fact)
    return {key: found[0] for key, found in held.items() if len({fact.value for fact in found}) == 1}


def when_of(period: Period, fiscal: FiscalYear | None, chance: random.Random) -> str:
    """A period in words: "as of June 30, 2023", "in fiscal 2023", "for the nine months ended ..."."""
    end = f"{period.end:%B} {period.end.day}, {period.end.year}"
    if period.instant:
        return f"as of {end}"
    if period.months == 12:
        year = fiscal and next(
            (year for year in range(period.end.year - 1, period.end.year + 2) if fiscal.of(year).end == period.end), None
        )
        return f"in fiscal {year}" if year and chance.random() < 0.5 else f"for the year ended {end}"
    words = {3: "three", 6: "six", 9: "nine"}.get(period.months, str(period.months))
    return f"for the {words} months ended {end}"


def told(filing: Filing, fact: Fact, chance: random.Random) -> Filed:
    """A sentence that states a fact as its filing prints it: with its unit, scale and period."""
    value, unit = abs(fact.value), fact.unit
    minus = "-" if fact.value < 0 and not _OUTFLOW.search(fact.metric[-1]) else ""
    if (unit or "").endswith("/share"):
        printed = f"${value} per share"
    elif unit == "ratio":
        printed = f"{value * 100:.{fact.precision}f}%"
    elif unit == "USD":
        printed = printed_as(value, "en", chance)
    else:
        printed = f"{value:,} {unit}" if unit == "shares" else f"{value:,}"
    when = when_of(parse_iso(fact.period), filing.fiscal, chance)
    name = filing.alias if chance.random() < 0.7 else filing.entity
    return Filed(chance.choice(FRAMES), name, fact.metric[-1], when, minus + printed)


def mutate(kind: str, sentence: Filed, filing: Filing, fact: Fact, chance: random.Random) -> Filed | None:
    """A wrong sentence of the classes that need the filing; None where there is none."""
    if kind == "entity":
        return replace(sentence, entity=chance.choice(STRANGERS["en"]))
    if kind == "year":
        other = filing.other(fact, lambda one: one.metric[-1] == fact.metric[-1] and one.period != fact.period, chance)
        changed = replace(sentence, when=when_of(parse_iso(other.period), filing.fiscal, chance)) if other else sentence
    else:
        other = filing.other(fact, lambda one: one.period == fact.period and normal(one.metric[-1]) != normal(fact.metric[-1]), chance)
        changed = replace(sentence, label=other.metric[-1]) if other else sentence
    if other is None or _alike(other, fact) or (other.concept and other.concept == fact.concept and kind == "sibling"):
        return None
    printed = reprinted(sentence.printed, other.value if fact.unit != "ratio" else other.value * 100)
    if printed == sentence.printed:
        return None
    return changed if chance.random() < 0.5 else replace(sentence, printed=printed)


def _alike(one: Fact, other: Fact) -> bool:
    return abs(abs(one.value) - abs(other.value)) <= max(abs(one.value), Decimal(1)) / 1000
