"""Facts of a parsed report against what its tables print."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from finfoundry.core.document import Fact
from institutions.composed import Report
from institutions.statements import Printed

OF_WHICH = re.compile(r"^(?:of which:? |其中：)", re.IGNORECASE)  # a row below it is named by the rest
LOOSE = frozenset({"count", "area", "nav"})  # units that papers name in many ways: their numbers need not bear one of ours


@dataclass(slots=True)
class Checked:
    """``counts``: numbers printed, found; facts of tables, true facts; and faults by their first cause ("no value", …)."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def placed(fact: Fact) -> str:
    """All words that place a fact."""
    return plain("".join([*fact.metric, *(word for dimension in fact.dimensions for word in dimension)]))


def named(number: Printed, fact: Fact) -> bool:
    words = placed(fact)
    return all(plain(OF_WHICH.sub("", name)) in words for name in number.names if plain(name) not in ("合计", "total"))


def valued(number: Printed, fact: Fact) -> bool:
    return fact.value == number.value or (number.unit == "area" and fact.value == number.value * 10_000)


def measured(number: Printed, fact: Fact) -> bool:
    if number.unit in LOOSE:
        return True
    return fact.unit == number.unit and (number.scale == 1 or fact.scale == number.scale)


def dated(number: Printed, fact: Fact) -> bool:
    """The same days; the same end where nothing is printed that tells a day from a stretch: no money, or in a table without dates."""
    if number.unit == "ratio" or number.unit in LOOSE or len(number.names) > 1:
        return fact.period.split("/")[-1] == number.period.split("/")[-1]
    return fact.period == number.period


TESTS = (
    ("no value", valued),
    ("no label", named),
    ("no period", dated),
    ("no scope", lambda number, fact: bool(number.scope == fact.scope)),
    ("no unit", measured),
)


def told(fact: Fact) -> str:
    return f"{fact.metric} {fact.dimensions} {fact.period} {fact.scope} {fact.text} = {fact.value} {fact.unit}"


def check(report: Report, facts: Sequence[Fact]) -> Checked:
    """Each printed number against the facts, and each fact of a table against the printed numbers."""
    found, true = Checked(), set()
    tabled = [fact for fact in facts if fact.table is not None]
    for number in dict.fromkeys(report.truth):
        left: list[Fact] = tabled
        found.counts["numbers"] += 1
        for cause, test in TESTS:
            before, left = left, [fact for fact in left if test(number, fact)]
            if not left:
                found.counts[cause] += 1
                near = (
                    [(fact.metric, fact.dimensions, fact.period, fact.scope, str(fact.value), fact.unit) for fact in before[:2]]
                    if cause != "no value"
                    else ""
                )
                found.faults.append(f"{cause}: {number.names} {number.period} {number.scope} {number.text} {number.unit} -> {near}")
                break
        found.counts["found"] += bool(left)
        true |= {id(fact) for fact in left}
    asides = {(plain(label), plain(text)) for label, text in report.asides}
    for fact in tabled:
        if id(fact) not in true and any(text == plain(fact.text) and label in placed(fact) for label, text in asides):
            continue
        found.counts["facts"] += 1
        found.counts["true facts"] += id(fact) in true
        if id(fact) not in true:
            found.faults.append(
                f"false fact: {fact.metric} {fact.dimensions} {fact.period} {fact.scope} {fact.text} {fact.value} {fact.unit}"
            )
    return found
