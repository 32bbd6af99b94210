"""The binder attacked: right sentences are mutated class by class; the wrong one must be caught, the right one let through.

Statements are made up (``statements``), or are the facts of inline XBRL filings (``filings``). A mutation is caught when a figure of the
sentence is not bound. The share falsely withheld is over the right sentences from which the mutations of a class were made.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from finfoundry.binding.bind import Matcher, bind_with
from finfoundry.binding.evidence import Evidence
from finfoundry.core.answer import Language
from finfoundry.core.document import Fact
from finfoundry.core.errors import InputError
from finfoundry.evals.binder import filings
from finfoundry.evals.binder.made_statements import (
    BALANCE,
    COMPANIES,
    FLOWS,
    QUESTIONS,
    STRANGERS,
    YEARS,
    StatementCompany,
    Told,
    cells,
    changed,
    company,
    passage,
    reprinted,
    tell,
)
from finfoundry.evals.measures import ratio
from finfoundry.evals.rows import Item, Judgement, Reply
from finfoundry.evals.run import Suite

CLASSES = ("digit", "sign", "scale", "year", "sibling", "entity", "scope", "unit")


@dataclass
class World:
    """Two companies and the evidence about them."""

    firm: StatementCompany
    other: StatementCompany
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
    digit = next(re.finditer(r"\d", printed)).start()
    start = digit if chance.random() < 0.5 else 1 if printed[0] == "约" else 0
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


MUTATIONS, SEED = 10_000, 1
Ready = Callable[[], Matcher]


def made_up(data: Path) -> list[Item]:  # noqa: ARG001  nothing of it is needed
    """MUTATIONS sentences about made-up statements, in both languages by turns."""
    chance = random.Random(SEED)  # noqa: S311  an attack, no secret
    found: list[Item] = []
    worlds = 0
    while len(found) < MUTATIONS:
        language: Language = "en" if worlds % 2 else "zh"
        worlds += 1
        world = World.make(language, chance)
        asked: dict[str, Ready] = {}
        for _ in range(10):
            for kind in CLASSES:
                found += _one(kind, world, language, chance, asked, len(found))
    return found[:MUTATIONS]


def _one(kind: str, world: World, language: Language, chance: random.Random, asked: dict[str, Ready], number: int) -> Iterator[Item]:
    fact = chance.choice(world.firm.facts)
    if kind == "scope" and language == "en":
        fact = chance.choice([fact for fact in world.firm.facts if fact.scope == "consolidated"])
    told = tell(world.firm, fact, chance)
    wrong = mutate(kind, told, world, fact, chance)
    if wrong is None or wrong.text == told.text:
        return
    question = ""
    if chance.random() < 0.5 and fact.scope == "consolidated":
        question = chance.choice(QUESTIONS[language]).format(entity=world.firm.alias, label=told.label, year=told.year)
    if question not in asked:
        asked[question] = _ready(world.evidence, question)
    yield _item(f"binder-attack/{number + 1}", f"{language} {kind}", told.text, wrong.text, asked[question], world.evidence)


def filed(data: Path) -> list[Item]:
    """MUTATIONS sentences about the facts of inline XBRL filings. Raises InputError where there are none."""
    every = list(filings.filings(data))
    if not every:
        raise InputError(f"there are no filings in {data / filings.FOLDER}", remedy="Give the folder that holds them with --data")
    chance = random.Random(SEED)  # noqa: S311
    each = -(-MUTATIONS // len(every))
    found: list[Item] = []
    for filing in every:
        matcher, facts, start = _ready(filing.evidence), list(filing.facts.values()), len(found)
        while facts and len(found) - start < each:
            fact = chance.choice(facts)
            sentence = filings.told(filing, fact, chance)
            for kind in (one for one in CLASSES if one != "scope"):
                wrong = _wrong_filed(kind, sentence, filing, fact, chance)
                if wrong and wrong.text != sentence.text:
                    name = f"binder-attack-filings/{len(found) + 1}"
                    found.append(_item(name, kind, sentence.text, wrong.text, matcher, filing.evidence))
    return found


def _ready(evidence: list[Evidence], question: str = "") -> Ready:
    """A matcher that is made at the first sentence that needs it."""
    return cache(lambda: Matcher(evidence, question))


def _item(name: str, kind: str, right: str, wrong: str, matcher: Ready, evidence: list[Evidence]) -> Item:
    return Item(name, wrong, right, kind, meta={"matcher": matcher, "evidence": evidence})


@dataclass(frozen=True, slots=True)
class AttackOutcome:
    """Whether each sentence was released, why not, and as what the wrong one was."""

    right: bool
    wrong: bool
    reasons: Sequence[str]


def bind(item: Item) -> Reply:
    """Both sentences through the binder."""
    matcher, evidence = item.meta["matcher"](), item.meta["evidence"]
    right, wrong = bind_with(matcher, item.gold, evidence), bind_with(matcher, item.question, evidence)
    reasons = [one.reason for one in wrong.unbound] if right.complete else [one.reason for one in right.unbound]
    return Reply(
        "released" if wrong.complete else "withheld",
        reason="; ".join(reasons),
        found=AttackOutcome(right.complete, wrong.complete, reasons),
    )


def score(_: Item, reply: Reply) -> Judgement:
    """Right is a mutation that was caught, whose right sentence was let through."""
    caught, through = not reply.found.wrong, reply.found.right
    counts = {"caught": float(caught), "withheld": float(not through), "all": 1.0}
    why = "" if caught and through else "a wrong figure was released" if not caught else "a right figure was withheld"
    return Judgement("correct" if caught and through else "wrong", float(caught and through), why, counts)


MEASURED = (ratio("caught", "caught", "all"), ratio("falsely_withheld", "withheld", "all", "lower"))
MADE_UP: Suite = Suite(
    "binder-attack", "10,000 mutations of right sentences about made-up statements.", "binder", made_up, score, MEASURED, margin=0.0
)
FILED = replace(MADE_UP, name="binder-attack-filings", about="10,000 mutations of right sentences about filings.", items=filed)
