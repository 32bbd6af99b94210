"""Attack the binder: mutate right answers and count what is released; give it the right ones and count what is withheld.

    python benchmarks/binder_attack.py [--mutations 10000] [--seed 1] [--filings] [--show 5]

Statements are made up (``benchmarks/statements.py``); with ``--filings`` the facts of inline XBRL filings are attacked too. A mutation is
caught when the figure is not bound. The share withheld is over the right answers from which the mutations of a class were made.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

import filings
from finfoundry.binding.bind import bind_with
from finfoundry.binding.evidence import Evidence
from finfoundry.binding.match import Matcher
from finfoundry.core.answer import Language
from finfoundry.core.document import Fact
from statements import (
    BALANCE,
    COMPANIES,
    FLOWS,
    QUESTIONS,
    STRANGERS,
    YEARS,
    Company,
    Told,
    cells,
    changed,
    company,
    passage,
    reprinted,
    tell,
)

CLASSES = ("digit", "sign", "scale", "year", "sibling", "entity", "scope", "unit")


@dataclass
class Tally:
    right: int = 0
    withheld: int = 0
    wrong: int = 0
    released: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


@dataclass
class World:
    """Two companies and the evidence about them."""

    firm: Company
    other: Company
    evidence: list[Evidence]

    @classmethod
    def make(cls, language: Language, chance: random.Random) -> World:
        first, second = (company(name, language, chance) for name in chance.sample(COMPANIES[language], 2))
        return cls(first, second, [*cells(first), *cells(second), passage(first, chance), passage(second, chance)])


def mutate(kind: str, told: Told, world: World, fact: Fact, chance: random.Random) -> Told | None:
    """A wrong sentence of the class, or None when this one cannot be made wrong in that way."""
    match kind:
        case "digit":
            return changed(told, printed=_digit(told.printed, chance))
        case "sign":
            return None if fact.value < 0 else changed(told, printed=_signed(told.printed, chance))
        case "scale":
            return changed(told, printed=_scale(told.printed, told.language, chance))
        case "unit":
            return changed(told, printed=_unit(told.printed, told.language, chance))
        case "year":
            year = chance.choice([year for year in YEARS if abs(year - told.year) == 1])
            return _other_value(told, world.firm.find(told.label, year, fact.scope), chance, year=year)
        case "sibling":
            labels = [label for label in (BALANCE if told.balance else FLOWS)[told.language] if label != told.label]
            label = chance.choice(labels)
            return _other_value(told, world.firm.find(label, told.year, fact.scope), chance, label=label)
        case "entity":
            other = chance.choice([world.other.alias, chance.choice(STRANGERS[told.language])])
            return _other_value(told, world.other.find(told.label, told.year, fact.scope), chance, entity=other)
        case "scope":
            scope = "parent" if fact.scope == "consolidated" else "consolidated"
            if told.language == "en":
                return changed(told, scope=scope) if "{scope}" in told.frame else None
            named = {"scope": scope} if "{scope}" in told.frame else {}
            return _other_value(told, world.firm.find(told.label, told.year, scope), chance, **named)  # type: ignore[arg-type]
    raise ValueError(kind)


def _other_value(told: Told, fact: Fact, chance: random.Random, **named: object) -> Told | None:
    """Either the other's number under this name, or this number under the other's name; None when both print alike."""
    printed = reprinted(told.printed, fact.value)
    if printed == told.printed:
        return None
    if named and (not told.beside or "entity" in named) and (chance.random() < 0.5 or named.get("entity") in STRANGERS[told.language]):
        return changed(told, **named)
    return changed(told, printed=printed)


def _digit(printed: str, chance: random.Random) -> str:
    place = chance.choice([match.start() for match in re.finditer(r"\d", printed)])
    digit = chance.choice([digit for digit in "123456789" if digit != printed[place]])
    return printed[:place] + digit + printed[place + 1 :]


def _signed(printed: str, chance: random.Random) -> str:
    """A minus before the currency or before the digits."""
    digits = re.search(r"\d", printed)
    assert digits
    start = digits.start() if chance.random() < 0.5 else 1 if printed[0] == "约" else 0
    return f"{printed[:start]}-{printed[start:]}"


def _scale(printed: str, language: Language, chance: random.Random) -> str:
    words = ["thousand", "million", "billion"] if language == "en" else ["亿", "百万", "万"]
    now = next((word for word in (*words, "mn") if word in printed), "")
    if not now:
        return f"{printed} million" if language == "en" else printed.replace("元", "万元")
    other = chance.choice([word for word in (*words, "") if word != now and (now, word) != ("mn", "million")])
    return printed.replace(now, f" {other}" if now == "mn" else other).replace("  ", " ").strip()


def _unit(printed: str, language: Language, chance: random.Random) -> str:
    if language == "en":
        bare = re.sub(r"US\$|\$|USD ", "", printed)
        return chance.choice([f"€{bare}", f"£{bare}", f"RMB {bare}", f"{bare} shares", f"{bare.split()[0].replace('mn', '')}%"])
    return printed.replace("人民币", "").replace("元", chance.choice(["美元", "港元", "欧元", "股"]))


def run(mutations: int, seed: int, show: int) -> dict[str, dict[str, Tally]]:
    chance = random.Random(seed)
    tallies: dict[str, dict[str, Tally]] = {"en": defaultdict(Tally), "zh": defaultdict(Tally)}
    done = worlds = 0
    while done < mutations:
        language: Language = "en" if worlds % 2 else "zh"
        worlds += 1
        world = World.make(language, chance)
        asked: dict[str, Matcher] = {}
        for _ in range(10):
            for kind in CLASSES:
                done += _one(kind, world, language, chance, tallies[language][kind], asked, show)
    return tallies


def _one(kind: str, world: World, language: Language, chance: random.Random, tally: Tally, asked: dict[str, Matcher], show: int) -> int:
    fact = chance.choice(world.firm.facts)
    if kind == "scope" and language == "en":
        fact = chance.choice([fact for fact in world.firm.facts if fact.scope == "consolidated"])
    told = tell(world.firm, fact, chance)
    wrong = mutate(kind, told, world, fact, chance)
    if wrong is None or wrong.text == told.text:
        return 0
    question = ""
    if chance.random() < 0.5 and fact.scope == "consolidated":
        question = chance.choice(QUESTIONS[language]).format(entity=world.firm.alias, label=told.label, year=told.year)
    if question not in asked:
        asked[question] = Matcher(world.evidence, question)
    _try(tally, asked[question], world.evidence, told.text, wrong.text, show, question)
    return 1


def attack_filings(mutations: int, seed: int, show: int) -> dict[str, Tally]:
    chance = random.Random(seed)
    tallies: dict[str, Tally] = defaultdict(Tally)
    each = -(-mutations // max(1, len(list(filings.folder().glob("*.html.gz")))))
    for filing in filings.filings():
        matcher, facts = Matcher(filing.evidence), list(filing.facts.values())
        done = 0
        while facts and done < each:
            fact = chance.choice(facts)
            sentence = filings.told(filing, fact, chance)
            for kind in (one for one in CLASSES if one != "scope"):
                wrong = _wrong_filed(kind, sentence, filing, fact, chance)
                if wrong and wrong.text != sentence.text:
                    done += 1
                    _try(tallies[kind], matcher, filing.evidence, sentence.text, wrong.text, show)
    return tallies


def _wrong_filed(kind: str, sentence: filings.Filed, filing: filings.Filing, fact: Fact, chance: random.Random) -> filings.Filed | None:
    if kind in ("entity", "year", "sibling"):
        return filings.mutate(kind, sentence, filing, fact, chance)
    if kind == "digit":
        return replace(sentence, printed=_digit(sentence.printed, chance))
    if kind == "sign":
        return replace(sentence, printed=_signed(sentence.printed, chance)) if fact.value > 0 else None
    if fact.unit != "USD":
        return None
    return replace(sentence, printed=(_scale if kind == "scale" else _unit)(sentence.printed, "en", chance))


def _try(tally: Tally, matcher: Matcher, evidence: list[Evidence], right_text: str, wrong_text: str, show: int, note: str = "") -> None:
    """Bind both sentences and count."""
    right, wrong = bind_with(matcher, right_text, evidence), bind_with(matcher, wrong_text, evidence)
    tally.right += 1
    tally.wrong += 1
    if not right.complete:
        tally.withheld += 1
        _remember(tally, show, f"WITHHELD {right_text!r} {[(one.text, one.reason) for one in right.unbound]} {note}")
    if wrong.complete:
        tally.released += 1
        as_what = [one.reference.metric or one.reference.expression for one in wrong.figures]
        _remember(tally, show, f"RELEASED {wrong_text!r} from {right_text!r} as {as_what} {note}")
    else:
        tally.reasons.update(one.reason for one in wrong.unbound)


def _remember(tally: Tally, show: int, example: str) -> None:
    if len(tally.examples) < show:
        tally.examples.append(example)


def report(title: str, tallies: dict[str, Tally]) -> None:
    print(f"\n{title}\n{'class':<9} {'wrong':>6} {'caught':>8} {'right':>6} {'withheld':>9}  commonest reasons")
    for kind in CLASSES:
        tally = tallies.get(kind)
        if tally and tally.wrong:
            caught, withheld = 1 - tally.released / tally.wrong, tally.withheld / tally.right
            reasons = ", ".join(f"{reason} {count}" for reason, count in tally.reasons.most_common(3))
            print(f"{kind:<9} {tally.wrong:>6} {caught:>8.2%} {tally.right:>6} {withheld:>9.2%}  {reasons}")
    for example in dict.fromkeys(example for tally in tallies.values() for example in tally.examples):
        print("   ", example)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="examples of failures per class")
    parser.add_argument("--filings", action="store_true", help="attack facts of ../shared/data/en_filings/ixbrl instead")
    arguments = parser.parse_args()
    if arguments.filings:
        if filings.folder().is_dir():
            report("inline XBRL filings", attack_filings(arguments.mutations, arguments.seed, arguments.show))
        else:
            print(f"no filings at {filings.folder()}: not run")
        return
    for language, tallies in run(arguments.mutations, arguments.seed, arguments.show).items():
        report(f"made-up statements, {language}", tallies)


if __name__ == "__main__":
    main()
