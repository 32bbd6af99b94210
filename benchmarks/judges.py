"""How many answers made false on purpose each suite's judge takes, and how many true ones.

    python benchmarks/judges.py [SUITE…] [--data ../shared/data] [--limit 200] [--seed 0] [--show 10]

Answers are made from an item's truth alone (``tests.evals.made_answers``): true ones in several hands' wording; false ones by value, sign,
direction, scale, x100, unit, period, company, other item, opposite, and a wrong figure beside the right one. Reach: at most 2 % of the
false and at least 97 % of the true are taken.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from tests.evals.made_answers import Rates, measure, tagged_facts

from finfoundry.core.tasks import load_task, task_names
from finfoundry.evals.intervals import Estimate
from finfoundry.evals.run import sample
from finfoundry.evals.suites import load_suite
from finfoundry.usecases.evaluation.evaluate import Evaluation  # noqa: F401  its import registers the suites that stand on more than core
from measures import carried_out

STATED = ("financebench", "filing-questions", "zh-filing-questions", "finglm", "zh-generated", "zh-generated-blind", "zh-regulations")
PLACED = ("page-retrieval", "zh-regulations-search", "bank-kb", "abstention", "abstention-zh")
LAYOUT = ("statement-cells", "tables-icdar")
LABELLED = tuple(name for name in task_names() if load_task(name).kind != "text" or name == "tatqa")  # a summary has no truth to falsify
FALSE, TRUE = 0.02, 0.97


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suites", nargs="*", default=(*STATED, *PLACED, *LAYOUT, *LABELLED, tagged_facts.NAME))
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")))
    parser.add_argument("--limit", type=int, default=200, help="items of each suite")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=0, help="false answers that were taken and true ones that were not, of each suite")
    given = parser.parse_args()
    print("| suite | items | false answers | taken | true answers | taken | reached |\n|---|---|---|---|---|---|---|")
    for name in given.suites:
        suite = load_suite(name)
        every = suite.seeded(given.data, given.seed) if suite.seeded else suite.items(given.data)
        items = sample(every, given.limit, given.seed)
        facts = name == tagged_facts.NAME
        rates = tagged_facts.measure(items, given.seed) if facts else measure(name, items, suite.score, given.seed)
        false, true = _share(rates.false_taken), _share(rates.true_taken)
        reached = rates.false_taken.value <= FALSE and rates.true_taken.value >= TRUE
        print(f"| {name} | {len(items)} | {rates.false} | {false} | {rates.true} | {true} | {reached} |")
        _show(rates, given.show)


def _share(one: Estimate) -> str:
    return f"{one.value:.1%} [{one.low:.1%}, {one.high:.1%}]"


def _show(rates: Rates, count: int) -> None:
    for kind, counts in sorted(rates.kinds.items()) if count else ():
        print(f"  {kind}: {dict(counts)}")
    for item, made in sorted(rates.taken, key=lambda one: one[1].kind)[:count]:
        print(f"  taken, {made.kind}: {item.question[:160]} | {item.gold[:80]} | {made.text}")
    for item, made, why in rates.refused[:count]:
        print(f"  refused: {item.question[:160]} | {item.gold[:80]} | {made.text} | {why}")


if __name__ == "__main__":
    carried_out(main)
