"""A scripted model that answers with real but wrong numbers of the same page: how many does the binder release?

    python benchmarks/wrong_numbers.py [--questions 200] [--seed 1] [--filings] [--show 5]

Each question names a company, a metric and a period; the answer claims another number of the same page as if it were the one asked for, in
one of several wordings. Beside it, in the same run: the right answers, and a baseline that only asks whether the number stands on the page.
"""

from __future__ import annotations

import argparse
import os
import random
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from finfoundry.binding import Evidence, bind
from finfoundry.core.answer import Language
from finfoundry.core.document import Fact
from finfoundry.core.errors import NotFound
from finfoundry.core.periods import FiscalYear, parse_iso
from finfoundry.evals.binder import filings
from finfoundry.evals.binder.made_statements import COMPANIES, QUESTIONS, StatementCompany, cells, company, passage, printed_as
from measures import WHERE, carried_out

DATA = Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data"))
WORDINGS = {
    "en": [
        "{n}",
        "It was {n} [1].",
        "{entity}'s {label} was {n} in FY{year}.",
        "The answer is {n}.",
        "In {year}, {label} came to {n}.",
        "{label}: {n}",
    ],
    "zh": ["{n}", "是{n}[1]。", "{entity}{year}年的{label}为{n}。", "答案是{n}。", "{year}年，{label}为{n}。", "{label}：{n}"],
}


@dataclass
class Count:
    asked: int = 0
    released: int = 0
    withheld: int = 0
    on_page: int = 0


def ask(
    language: Language,
    entity: str,
    right: Fact,
    wrong: Fact,
    evidence: list[Evidence],
    chance: random.Random,
    count: Count,
    show: list[str],
) -> None:
    year = FiscalYear.ending(parse_iso(right.period).end).year
    question = chance.choice(QUESTIONS[language]).format(entity=entity, label=right.metric[-1], year=year)
    wording = chance.choice(WORDINGS[language])
    count.asked += 1
    for fact in (right, wrong):
        minus = "-" if fact.value < 0 else ""
        text = wording.format(n=minus + printed_as(fact.value, language, chance), entity=entity, label=right.metric[-1], year=year)
        bound = bind(text, evidence, question)
        if fact is right:
            count.withheld += not bound.complete
        else:
            count.released += bound.complete
            count.on_page += 1
        if bound.complete is (fact is wrong):
            reasons: list[str | None] = [one.reason for one in bound.unbound]
            reasons = reasons or [one.reference.metric or one.reference.expression for one in bound.figures]
            show.append(f"{'RELEASED' if fact is wrong else 'WITHHELD'} {question!r} {text!r} {reasons}")


def made_up(questions: int, seed: int, show: list[str]) -> dict[str, Count]:
    chance = random.Random(seed)
    counts = {"en": Count(), "zh": Count()}
    for number in range(questions):
        language: Language = "zh" if number % 2 else "en"
        firm: StatementCompany = company(chance.choice(COMPANIES[language]), language, chance)
        facts = [fact for fact in firm.facts if fact.scope == "consolidated"]
        right = chance.choice(facts)
        wrong = _another(right, facts, chance)
        ask(language, firm.alias, right, wrong, [*cells(firm), passage(firm, chance)], chance, counts[language], show)
    return counts


def of_filings(questions: int, seed: int, show: list[str]) -> dict[str, Count]:
    chance, count = random.Random(seed), Count()
    annual = [filing for filing in filings.filings(DATA) if filing.fiscal and filing.fiscal.end.month == 12]
    while annual and count.asked < questions:
        filing = chance.choice(annual)
        facts = [fact for fact in filing.facts.values() if fact.unit == "USD" and parse_iso(fact.period).months in (0, 12)]
        right = chance.choice(facts)
        same_page = [fact for fact in facts if fact.page == right.page]
        if len(same_page) > 3:
            ask("en", filing.alias, right, _another(right, same_page, chance), filing.evidence, chance, count, show)
    return {"filings": count}


def _another(right: Fact, facts: list[Fact], chance: random.Random) -> Fact:
    """Another number of the page that does not print like the right one."""
    far = [fact for fact in facts if abs(abs(fact.value) - abs(right.value)) > abs(right.value) * Decimal("0.3")]
    return chance.choice(far)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--filings", action="store_true", help="over ../shared/data/en_filings/ixbrl instead of made-up statements")
    parser.add_argument("--show", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.filings and not (DATA / filings.FOLDER).is_dir():
        raise NotFound(f"there are no filings in {DATA / filings.FOLDER}", remedy=WHERE)
    show: list[str] = []
    counts = (of_filings if arguments.filings else made_up)(arguments.questions, arguments.seed, show)
    for name, count in counts.items():
        print(
            f"{name}: {count.asked} questions; wrong numbers released {count.released} ({count.released / count.asked:.2%}), "
            f"right ones withheld {count.withheld} ({count.withheld / count.asked:.2%}); "
            f"baseline (the number stands on the page) releases {count.on_page}"
        )
    for kind in ("RELEASED", "WITHHELD"):
        for example in [one for one in show if one.startswith(kind)][: arguments.show]:
            print("  ", example)
    print(Counter(one.split()[0] for one in show) or "")


if __name__ == "__main__":
    carried_out(main)
