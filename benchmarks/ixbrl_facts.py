"""Faults of the facts read from printed filings, filing by filing; the figure comes from ``finfoundry evaluate ixbrl-facts``.

python benchmarks/ixbrl_facts.py [--data DIR] [--cache DIR] [--only PART] [--html] [--show KIND[:N]]
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections import Counter
from pathlib import Path

from finfoundry.evals.suites import ixbrl_facts, ixbrl_judging


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "finfoundry-ixbrl")
    parser.add_argument("--only", default="", help="a part of the file name")
    parser.add_argument("--html", action="store_true", help="read the tables of the HTML, not of the printed PDF")
    parser.add_argument("--show", default="none:0", help="print so many faults of a kind: period:20, all:40")
    options = parser.parse_args()
    kind, _, count = options.show.partition(":")
    ixbrl_judging.SHOWN = 10**6
    solve = ixbrl_facts.from_html if options.html else ixbrl_facts.from_pdf(options.cache)
    totals: Counter[str] = Counter()
    for item in ixbrl_facts.items(options.data):
        if options.only in item.id:
            found: ixbrl_judging.FilingOutcome = solve(item).found
            shown = [line for line in found.shown if kind == "all" or line.startswith(kind)][: int(count or 10)]
            shares = f"recall {found.right / max(found.figures, 1):.4f}, precision {found.right_facts / max(found.facts, 1):.4f}"
            totals.update({"figures": found.figures, "right": found.right, "facts": found.facts, "right facts": found.right_facts})
            totals.update(
                {"loose": found.loose, "distinct": found.distinct, **{f"not recalled: {kind}": n for kind, n in found.kinds.items()}}
            )
            print("\n".join([*shown, f"{item.id}: {found.figures} figures, {shares}, {dict(found.kinds)}"]))
    figures, right, facts = totals["figures"], totals["right facts"], totals["facts"]
    print(
        f"all: recall {totals['right'] / figures:.4f}, precision {right / facts:.4f}, with untagged {right / (facts + totals['loose']):.4f}"
    )
    print(dict(totals))


if __name__ == "__main__":
    main()
