"""How many numbers of the generated bilingual report become facts with the right value, period, scope and label.

    python benchmarks/report_facts.py [--seeds 5] [--misses]

Baseline in the same run: a number counts as found when its digits alone are among the facts of its page.
"""

import argparse
from collections import Counter

from finfoundry.core.document import Fact
from finfoundry.demo.bank import Bank
from finfoundry.demo.report import annual_report
from finfoundry.demo.writer import Printed
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.formats import parse_document
from measures import carried_out


def plain(text: str) -> str:
    return "".join(text.split()).removesuffix("(1)").lower()


def fault(number: Printed, candidates: list[Fact]) -> str:
    """Why a number is not among the facts as it should be; empty when it is."""
    named = [fact for fact in candidates if plain(number.metric) in plain("".join(fact.metric)) or number.dimension]
    checks = (
        ("missing", candidates),
        ("label", named),
        ("value", [fact for fact in named if fact.value == number.value]),
        ("period", [fact for fact in named if fact.value == number.value and fact.period == number.period]),
        ("scope", [f for f in named if f.value == number.value and f.period == number.period and f.scope == number.scope]),
    )
    return next((name for name, left in checks if not left), "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--misses", action="store_true", help="print each number that is not right")
    options = parser.parse_args()
    faults: Counter[tuple[int, str]] = Counter()
    total = right = seen = 0
    for seed in range(options.seeds):
        report = annual_report(Bank(seed))
        facts: dict[tuple[int, str], list[Fact]] = {}
        for fact in extract(parse_document(report.data, "report.pdf")):
            facts.setdefault((fact.page, fact.text.replace(" ", "")), []).append(fact)
        for number in report.truth:
            if number.text == "–":
                continue
            candidates = facts.get((number.page, number.text), [])
            why = fault(number, candidates)
            total, right, seen = total + 1, right + (not why), seen + bool(candidates)
            if why:
                faults[number.page, why] += 1
                if options.misses:
                    print(f"page {number.page} {why}: {number.metric} {number.period} {number.scope} {number.text} -> {candidates[:1]}")
    print(f"{total} numbers over {options.seeds} seeds: digits found {seen / total:.4f} (baseline), facts right {right / total:.4f}")
    for (page, why), count in sorted(faults.items()):
        print(f"  page {page:2} {why:8} {count}")


if __name__ == "__main__":
    carried_out(main)
